"""The kit's own tables after a spreadsheet has saved them, or somebody has changed them."""

import csv
import io

import pytest

from autograder.grading.changes import Change
from autograder.grading.intake.names import MoodleName
from autograder.grading.output.changes_page import TABLE, earlier_runs, write_changes
from autograder.grading.people import NAME, Identity, read_people, write_people
from autograder.grading.roster import Person
from autograder.grading.tables import TableError, named_rows
from tests.grading.common import RIGHT, STEP, autograder, write
from tests.grading.test_exports import left, result

ZOE = Identity("Zoé", Person("Zoé", "1", "zoe@example.org"), (MoodleName("Zoé D", "12", ""),))
CHANGE = Change("Zoé", STEP.name, "recall_at_k", 0.0, 1.5, 2.0, True)


def saved(path, encoding, separator, decimal="."):
    """Save a table as a spreadsheet does: with few quotes, and in its own encoding."""
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))
    rows = [[cell.replace(".5", f"{decimal}5") for cell in row] for row in rows]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


SPREADSHEETS = pytest.mark.parametrize(
    ("encoding", "separator"),
    [("utf-8-sig", ","), ("utf-8-sig", ";"), ("cp1252", ";"), ("utf-16", "\t")],
)


@SPREADSHEETS
def test_people_are_the_same_after_a_spreadsheet(tmp_path, encoding, separator):
    write_people([ZOE], tmp_path)
    saved(tmp_path / NAME, encoding, separator)
    assert read_people(tmp_path) == [ZOE]


@SPREADSHEETS
def test_earlier_changes_are_the_same_after_a_spreadsheet(tmp_path, encoding, separator):
    write_changes([CHANGE], tmp_path)
    before = earlier_runs(tmp_path / TABLE)
    saved(tmp_path / TABLE, encoding, separator, decimal=",")
    assert earlier_runs(tmp_path / TABLE) == before
    write_changes([CHANGE], tmp_path)
    assert sum(len(run.changes) for run in earlier_runs(tmp_path / TABLE)) == 2


def test_a_table_that_is_not_there_has_no_rows(tmp_path):
    assert named_rows(tmp_path / NAME, "learner") == []


@pytest.mark.parametrize("content", [b"", b"id,email\n1,a@example.org\n", b"PK\3\4\0\0"])
def test_a_table_without_learners_is_an_error_that_names_it(tmp_path, content):
    folder = left(tmp_path / "results", result("ada", 5.0))
    (folder / NAME).write_bytes(content)
    with pytest.raises(TableError, match=NAME):
        read_people(folder)
    for command in (
        ["export", "moodle", folder, "--out", tmp_path / "moodle.csv"],
        ["forget", "ada", folder, "--yes"],
    ):
        done = autograder(*command)
        assert done.exit_code == 2
        assert str(folder / NAME) in done.stderr
    assert (folder / "ada" / f"{STEP.name}.json").is_file()


def test_changes_that_are_no_numbers_stop_a_command_before_its_work(tmp_path):
    out = left(tmp_path / "results", result("Zoé", 5.0))
    write_changes([CHANGE], out)
    content = (out / TABLE).read_text("utf-8").replace("1.5", "much")
    (out / TABLE).write_text(content, "utf-8")
    write(tmp_path, STEP.name, RIGHT)
    for command in (
        ["grade", tmp_path / f"{STEP.name}.py", "--out", out],
        ["forget", "Zoé", out, "--yes"],
    ):
        before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
        done = autograder(*command)
        assert done.exit_code == 2
        assert f"{out / TABLE} was changed: " in done.stderr
        assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
