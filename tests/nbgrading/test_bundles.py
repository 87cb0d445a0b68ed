"""Bundles in a course of nbgrader: their notebooks go where nbgrader looks for them."""

import os
import sys

import nbformat
import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.nbgrading.course import make_course
from autograder.nbgrading.source_notebooks import source_notebook
from autograder.nbgrading.written_answers import memo_source
from tests.answers import exercise_text, solution_text, write
from tests.bundle.making import bundle, contents, repacked
from tests.submissions.whole import whole_notebook

NAME, OTHER = "08_ranking", "04_dot_product"


@pytest.fixture
def course(tmp_path):
    """A course with two assignments."""
    for name in (NAME, OTHER):
        folder = tmp_path / "course" / "source" / name
        folder.mkdir(parents=True)
        nbformat.write(source_notebook(name), folder / f"{name}.ipynb")
    (tmp_path / "course" / "submitted").mkdir()
    return tmp_path / "course"


@pytest.fixture
def notebooks(tmp_path):
    """The bytes of two notebooks by name."""
    folder = tmp_path / "made"
    folder.mkdir()
    texts = {NAME: solution_text(NAME), OTHER: exercise_text(OTHER)}
    paths = [write(folder, name, text, ".ipynb") for name, text in texts.items()]
    return {path.name: path.read_bytes() for path in paths}


def autograder(*arguments):
    return CliRunner().invoke(app, ["notebooks", *map(str, arguments)])


def submitted(course):
    paths = sorted((course / "submitted").rglob("*.ipynb*"))
    return [path.relative_to(course / "submitted").as_posix() for path in paths]


def test_a_bundle_given_by_its_path_goes_to_its_learners_folders(course, tmp_path, notebooks):
    path = bundle(tmp_path / "a.zip", notebooks, "ada")
    done = autograder(course, path)
    assert done.exit_code == 0, done.output
    assert "2 notebooks taken out of bundles." in done.output
    assert submitted(course) == [f"ada/{OTHER}/{OTHER}.ipynb", f"ada/{NAME}/{NAME}.ipynb"]
    written = course / "submitted" / "ada" / NAME / f"{NAME}.ipynb"
    assert written.read_bytes() == notebooks[f"{NAME}.ipynb"]
    again = autograder(course, tmp_path / "a.zip")
    assert again.exit_code == 0
    assert "taken out" not in again.output


def test_a_folder_of_bundles_serves_a_class(course, tmp_path, notebooks):
    folder = tmp_path / "moodle"
    folder.mkdir()
    bundle(folder / "a.zip", notebooks, "ada")
    bundle(folder / "b.zip", notebooks, "Zoë Müller")
    done = autograder(course / "submitted", folder)
    assert done.exit_code == 0, done.output
    learners = {path.name for path in (course / "submitted").iterdir()}
    assert len(learners) == 2
    assert all(learner.isascii() for learner in learners)


def test_another_learner_of_the_same_name_is_never_merged(course, tmp_path, notebooks):
    autograder(course, bundle(tmp_path / "a.zip", notebooks, "ada"))
    before = (course / "submitted" / "ada" / NAME / f"{NAME}.ipynb").read_bytes()
    other = {name: content + b"\n" for name, content in notebooks.items()}
    done = autograder(course, bundle(tmp_path / "b.zip", other, "ada"))
    assert done.exit_code == 1
    assert "has handed in another 08_ranking already" in done.output
    assert (course / "submitted" / "ada" / NAME / f"{NAME}.ipynb").read_bytes() == before


def test_a_bundle_in_a_learners_folder_is_that_learners(course, tmp_path, notebooks):
    place = course / "submitted" / "ben" / NAME
    place.mkdir(parents=True)
    (place / f"{NAME}.ipynb").write_text("an older notebook", encoding="utf-8")
    bundle(place / "old.zip", {f"{NAME}.ipynb": b"old"}, created="2026-01-01")
    path = bundle(place / "new.zip", notebooks, "somebody", created="2026-01-02")
    repacked({**contents(path), f"{OTHER}.ipynb": b"{}"}, path)
    done = autograder(course)
    assert done.exit_code == 0, done.output
    assert submitted(course) == [f"ben/{NAME}/{NAME}.ipynb", f"ben/{NAME}/{NAME}.ipynb.older"]
    assert (place / f"{NAME}.ipynb").read_bytes() == notebooks[f"{NAME}.ipynb"]
    assert "newer than old.zip" in done.output
    assert "was changed after it was made" in done.output
    assert autograder(course).exit_code == 0
    assert submitted(course) == [f"ben/{NAME}/{NAME}.ipynb", f"ben/{NAME}/{NAME}.ipynb.older"]


@pytest.mark.parametrize("packed", [True, False])
def test_one_notebook_becomes_the_notebooks_that_nbgrader_expects(
    course, tmp_path, notebooks, packed
):
    whole = whole_notebook({NAME: solution_text(NAME), OTHER: exercise_text(OTHER)}).encode()
    place = course / "submitted" / "ada" / NAME
    place.mkdir(parents=True)
    if packed:
        bundle(place / "a.zip", {"course.ipynb": whole})
    else:
        (place / "course.ipynb").write_bytes(whole)
    done = autograder(course)
    assert done.exit_code == 0, done.output
    notebook = nbformat.read(place / f"{NAME}.ipynb", as_version=4)
    nbformat.validate(notebook)
    ids = {c.metadata.nbgrader["grade_id"] for c in notebook.cells if "nbgrader" in c.metadata}
    wanted = source_notebook(NAME).cells
    assert ids == {c.metadata.nbgrader["grade_id"] for c in wanted if "nbgrader" in c.metadata}
    assert not any("begin_exercise" in cell.source for cell in notebook.cells)
    first = (place / f"{NAME}.ipynb").read_bytes()
    assert autograder(course).exit_code == 0
    assert (place / f"{NAME}.ipynb").read_bytes() == first


def test_a_bundle_without_an_exercise_of_the_course_is_a_problem(course, tmp_path):
    path = bundle(tmp_path / "a.zip", {"01_explore.ipynb": b"{}"}, "ada")
    done = autograder(course, path)
    assert done.exit_code == 1
    assert "no assignment of this course" in done.output


def test_a_damaged_bundle_is_a_problem_and_hides_no_other(course, tmp_path, notebooks):
    bad = tmp_path / "bad.zip"
    bad.write_bytes(b"PK")
    good = bundle(tmp_path / "good.zip", notebooks, "ada")
    done = autograder(course, bad, good)
    assert done.exit_code == 1
    assert "bad.zip: it is no archive" in done.output
    assert len(submitted(course)) == 2


@pytest.mark.slow
def test_nbgrader_grades_bundles_and_their_points_are_exported(tmp_path, run_python, monkeypatch):
    make_course(tmp_path / "course", (NAME,), "exercise")
    folder = tmp_path / "made"
    folder.mkdir()
    solved = write(folder, NAME, solution_text(NAME), ".ipynb").read_bytes()
    whole = whole_notebook({NAME: solution_text(NAME), OTHER: exercise_text(OTHER)}).encode()
    bundle(tmp_path / "a.zip", {f"{NAME}.ipynb": solved}, "ada")
    bundle(tmp_path / "b.zip", {"course.ipynb": whole}, "ben")
    done = autograder(tmp_path / "course", tmp_path / "a.zip", tmp_path / "b.zip")
    assert done.exit_code == 0, done.output
    search = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    monkeypatch.chdir(tmp_path / "course")
    for command in ("generate_assignment", "autograde"):
        graded = run_python(
            "-m", "nbgrader", command, NAME, folder=tmp_path / "course", PATH=search
        )
        assert graded.returncode == 0, graded.stderr
    assert CliRunner().invoke(app, ["export", "moodle"]).exit_code == 0
    rows = (tmp_path / "course" / "moodle.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [row.replace('"', "") for row in rows[1:]] == ["ada;10", "ben;10"]


def test_the_memo_of_a_bundle_goes_to_its_assignment(course, tmp_path, notebooks):
    folder = course / "source" / "memo"
    folder.mkdir()
    nbformat.write(memo_source(), folder / "memo.ipynb")
    memo = nbformat.writes(memo_source()).encode()
    path = bundle(tmp_path / "a.zip", {**notebooks, "memo.ipynb": memo}, "ada")
    done = autograder(course, path)
    assert done.exit_code == 0, done.output
    assert (course / "submitted" / "ada" / "memo" / "memo.ipynb").read_bytes() == memo
