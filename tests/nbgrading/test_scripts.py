"""Scripts in a course: `autograder notebooks`, and what nbgrader makes of them."""

import csv
import io
import os
import sys

import jupytext
import nbformat
import pytest
from typer.testing import CliRunner

from autograder import course
from autograder.cli.app import app
from autograder.nbgrading.course import COURSE_ID, make_course
from autograder.nbgrading.source_notebooks import source_notebook
from tests.answers import exercise_text, filled_in, solution_text, write

STEP = course.step("08_ranking")
OTHER = course.step("04_dot_product")


def autograder(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def rows_of(path):
    text = io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")
    return list(csv.reader(text, delimiter=";"))


@pytest.fixture
def place(tmp_path):
    """A learner's folder of an assignment."""
    folder = tmp_path / "submitted" / "ada" / "08_ranking"
    folder.mkdir(parents=True)
    return folder


def ids_of(notebook):
    cells = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    return {cell.metadata.nbgrader["grade_id"]: cell.metadata.nbgrader for cell in cells}


@pytest.mark.parametrize("name", ["08_ranking.py", "08_ranking (1).py", "my answers.py"])
@pytest.mark.parametrize("folder", [".", "submitted"])
def test_a_script_becomes_the_notebook_that_nbgrader_expects(place, tmp_path, name, folder):
    (place / name).write_text(solution_text(STEP.name), encoding="utf-8")
    done = autograder("notebooks", tmp_path / folder)
    assert done.exit_code == 0, done.output
    assert done.output.endswith("1 notebook made of a script.\n")
    notebook = nbformat.read(place / "08_ranking.ipynb", as_version=4)
    nbformat.validate(notebook)
    assert ids_of(notebook) == ids_of(source_notebook(STEP.name))
    written = jupytext.reads(solution_text(STEP.name), fmt="py:percent")
    assert [c.source for c in notebook.cells] == [c.source for c in written.cells]
    assert not any("autograder_cell" in cell.metadata for cell in notebook.cells)


def test_a_learners_cells_stay_as_they_are(place, tmp_path):
    """Two answers in one cell, checks deleted: a stub put back would hide an answer."""
    script = jupytext.reads(solution_text(STEP.name), fmt="py:percent")
    sources = [c.source for c in script.cells if c.cell_type == "code" and "check" not in c.source]
    (place / "08_ranking.py").write_text("# %%\n" + "\n\n".join(sources), encoding="utf-8")
    assert autograder("notebooks", tmp_path).exit_code == 0
    [cell] = nbformat.read(place / "08_ranking.ipynb", as_version=4).cells
    assert cell.source == "\n\n".join(sources)


def test_a_notebook_is_made_once_and_again_when_its_script_is_newer(place, tmp_path):
    script = write(place, STEP.name, exercise_text(STEP.name))
    for expected in ("1 notebook made of a script.\n", "0 notebooks made of scripts.\n"):
        assert autograder("notebooks", tmp_path).output.endswith(expected)
    script.write_text(solution_text(STEP.name), encoding="utf-8")
    stamp = (place / "08_ranking.ipynb").stat().st_mtime + 5
    os.utime(script, (stamp, stamp))
    assert autograder("notebooks", tmp_path).output.endswith("1 notebook made of a script.\n")
    notebook = nbformat.read(place / "08_ranking.ipynb", as_version=4)
    assert not any("NotImplementedError" in cell.source for cell in notebook.cells)
    assert sorted(path.name for path in place.iterdir()) == ["08_ranking.ipynb", "08_ranking.py"]


def test_a_learners_own_notebook_is_never_lost(place, tmp_path):
    script = write(place, STEP.name, solution_text(STEP.name))
    other_work = filled_in("ndcg_at_k", "def ndcg_at_k(*arguments):\n    return 0.0")
    own = write(place, STEP.name, other_work, ".ipynb")
    content = own.read_bytes()
    for seconds, files in (
        (-5, {"08_ranking.py", "08_ranking.ipynb"}),
        (5, {"08_ranking.py", "08_ranking.ipynb", "08_ranking.ipynb.older"}),
    ):
        stamp = own.stat().st_mtime + seconds
        os.utime(script, (stamp, stamp))
        done = autograder("notebooks", tmp_path)
        assert done.exit_code == 0
        assert {path.name for path in place.iterdir()} == files
        assert content in {path.read_bytes() for path in place.iterdir()}
    assert "08_ranking.ipynb.older" in done.output


def test_a_script_that_cannot_be_read_is_told_and_the_others_are_made(place, tmp_path):
    (place / "08_ranking.py").write_bytes(b"\x00\x01\x02" * 500)
    write(place, OTHER.name, solution_text(OTHER.name))
    done = autograder("notebooks", tmp_path)
    assert done.exit_code == 1
    assert "08_ranking.py cannot be graded because" in done.output
    assert sorted(path.name for path in place.glob("*.ipynb")) == ["04_dot_product.ipynb"]


@pytest.mark.slow
def test_nbgrader_grades_a_script_and_its_points_are_exported(tmp_path, run_python, monkeypatch):
    make_course(tmp_path, (STEP.name,), "exercise")
    for learner, text in {"ada": solution_text, "ben": exercise_text}.items():
        folder = tmp_path / "submitted" / learner / STEP.name
        folder.mkdir(parents=True)
        write(folder, STEP.name, text(STEP.name))
    assert autograder("notebooks", tmp_path).exit_code == 0
    search = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    for command in ("generate_assignment", "autograde"):
        done = run_python("-m", "nbgrader", command, STEP.name, folder=tmp_path, PATH=search)
        assert done.returncode == 0, done.stderr
    monkeypatch.chdir(tmp_path)
    assert autograder("export", "moodle").exit_code == 0
    assert rows_of(tmp_path / "moodle.csv")[1:] == [["ada", "10"], ["ben", "0"]]


@pytest.mark.slow
def test_in_nbgrader_a_bonus_is_extra_credit(tmp_path, run_python):
    from nbgrader.api import Gradebook

    make_course(tmp_path, ("01_explore", "14_als"), "one")
    texts = {
        "both": {"01_explore": solution_text, "14_als": solution_text},
        "no_bonus": {"01_explore": solution_text, "14_als": exercise_text},
        "only_bonus": {"14_als": solution_text},
    }
    for learner, handed_in in texts.items():
        folder = tmp_path / "submitted" / learner / COURSE_ID
        folder.mkdir(parents=True)
        for exercise, text in handed_in.items():
            write(folder, exercise, text(exercise), ".ipynb")
    search = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    for command in ("generate_assignment", "autograde"):
        done = run_python("-m", "nbgrader", command, COURSE_ID, folder=tmp_path, PATH=search)
        assert done.returncode == 0, done.stderr
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db", COURSE_ID) as book:
        submissions = book.assignment_submissions(COURSE_ID)
        found = {each.student.id: (each.score, each.max_score) for each in submissions}
    assert found == {"both": (11, 6), "no_bonus": (6, 6), "only_bonus": (5, 6)}
