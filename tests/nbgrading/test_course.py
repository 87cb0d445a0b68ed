"""The course in nbgrader as it is written, handed out and collected."""

import getpass
import shutil
import sys
import zipfile

import nbformat
import pytest
from typer.testing import CliRunner

from autograder import course
from autograder.cli.app import app
from tests import classes
from tests.classes import DOT_PRODUCT, RANKING, released
from tests.nbgrading.commands import (
    NAME,
    STEPS,
    counted,
    files_in,
    gradebook,
    lines_of,
    make,
    nbgrader,
    scores,
)

pytest.importorskip("nbgrader")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="grading in the sandbox needs Linux"),
]


def test_sources_have_the_points_of_the_step_table(ready):
    for step in STEPS:
        found = counted(ready / "source" / NAME / f"{step.name}.ipynb")
        checks = {f"check_{function}": points for function, points in step.points.items()}
        assert found == {**dict.fromkeys(step.functions), **checks}


def test_every_cell_that_counts_is_the_same_in_every_build(ready, tmp_path):
    make(tmp_path / "again", "--one-assignment")
    for step in STEPS:
        first, second = (
            folder / "source" / NAME / f"{step.name}.ipynb"
            for folder in (ready, tmp_path / "again")
        )
        assert first.read_bytes() == second.read_bytes()


def test_released_notebooks_hold_no_answer(ready):
    given = released(ready, NAME)
    assert set(given.answers) == {f for step in STEPS for f in step.functions}
    for exercise, notebook in given.notebooks.items():
        text = nbformat.writes(notebook)
        assert "SOLUTION" not in text
        functions = course.step(exercise).functions
        cells = {classes.grade_id(cell): cell.source for cell in notebook.cells}
        for function in functions:
            assert "raise NotImplementedError" in cells[function]
            assert not lines_of(given.answers[function]) & lines_of(cells[function])


@pytest.mark.parametrize(
    "options, assignments",
    [
        (["--memo"], [DOT_PRODUCT, RANKING, "memo"]),
        (["--assignment-per-day"], ["day_1", "day_2"]),
        (["--one-assignment"], [NAME]),
    ],
)
def test_assignments_are_exercises_or_days_or_the_whole_and_the_memo(
    tmp_path, options, assignments
):
    make(tmp_path / "course", *options)
    assert sorted(p.name for p in (tmp_path / "course" / "source").iterdir()) == assignments
    with gradebook(tmp_path / "course") as book:
        assert sorted(assignment.name for assignment in book.assignments) == assignments


def test_made_again_it_changes_nothing(mine):
    config = mine / "nbgrader_config.py"
    config.write_text(config.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    grades = scores(mine)
    before = files_in(mine)
    assert "written:" not in make(mine, "--one-assignment")
    after = files_in(mine)
    assert {name for name in before | after if before.get(name) != after.get(name)} <= {
        "gradebook.db"
    }
    assert scores(mine) == grades


def test_made_again_it_brings_sources_up_to_date_and_nothing_else(mine):
    source = mine / "source" / NAME / f"{RANKING}.ipynb"
    right = source.read_bytes()
    earlier = right.replace(b"## ", b"# ")
    delivered = mine / ".autograder" / ".delivered" / NAME / source.name
    for path in (source, delivered):  # as an earlier version of the kit wrote the notebook
        path.write_bytes(earlier)
    before = files_in(mine)
    assert f"written: {source}" in make(mine, "--one-assignment")
    assert source.read_bytes() == right
    after = files_in(mine)
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    written = {path.relative_to(mine).as_posix() for path in (source, delivered)}
    assert changed <= {*written, "gradebook.db"}


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    result = CliRunner().invoke(app, ["course", str(tmp_path)])
    assert result.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_nbgrader_finds_the_answers_right(ready):
    path = ready / "source" / NAME / f"{DOT_PRODUCT}.ipynb"
    assert "Your notebook passes all the tests" in nbgrader(ready, "validate", path)


def test_the_exchange_hands_out_and_collects(ready, tmp_path):
    folder, desk = tmp_path / "course", tmp_path / "desk"
    shutil.copytree(ready, folder)
    place = tmp_path / "exchange"
    place.mkdir()
    place.chmod(0o777)
    exchange = [f"--Exchange.root={place}", f"--Exchange.cache={tmp_path / 'cache'}"]
    nbgrader(folder, "release_assignment", NAME, *exchange)
    shutil.copytree(place / NAME / "outbound" / NAME, desk / NAME)
    nbgrader(desk, "submit", NAME, "--course", NAME, *exchange)
    nbgrader(folder, "collect", NAME, *exchange)
    collected = folder / "submitted" / getpass.getuser() / NAME
    assert (collected / "timestamp.txt").is_file()
    for step in STEPS:
        handed_out = (folder / "release" / NAME / f"{step.name}.ipynb").read_bytes()
        assert (collected / f"{step.name}.ipynb").read_bytes() == handed_out


def test_an_archive_is_collected(ready, tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(ready, folder)
    given = released(folder, NAME)
    archive = folder / "downloaded" / NAME / "archive"
    archive.mkdir(parents=True)
    texts = {name: classes.bare(given)[RANKING] for name in ("ada", "ben")}
    with zipfile.ZipFile(archive / "class.zip", "w") as packed:
        for learner, text in texts.items():
            packed.writestr(f"{learner}-{RANKING}.ipynb", text)
    names = r"--FileNameCollectorPlugin.named_regexp=.*/(?P<student_id>\w+)-(?P<file_id>\w+)"
    nbgrader(folder, "zip_collect", NAME, names)
    for learner, text in texts.items():
        path = folder / "submitted" / learner / NAME / f"{RANKING}.ipynb"
        assert path.read_text(encoding="utf-8") == text
