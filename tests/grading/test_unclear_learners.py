"""Exports where several learners may be one person: nobody gets another's grade or page."""

import zipfile

import pytest

from autograder.grading.intake.names import MoodleName
from autograder.grading.people import Identity, write_people
from autograder.grading.roster import Person
from tests.grading.common import autograder
from tests.grading.test_exports import left, result, rows_of

HEADER = "Identifier,Full name,Maximum grade,Grade\n"


@pytest.fixture
def two(tmp_path):
    """Results of two learners called ada, with pages, and a worksheet that lists one ada."""
    folder = left(tmp_path / "results", result("ada", 5.0), result("ada (2)", 9.0))
    for home in folder.glob("ada*"):
        (home / "index.html").write_text(f"<html><body>{home.name}</body></html>", "utf-8")
    (tmp_path / "sheet.csv").write_text(HEADER + "Participant 12,ada,10,\n", "utf-8")
    return folder


def test_a_row_of_a_worksheet_that_two_learners_may_be_stays_empty(two, tmp_path):
    out = tmp_path / "out.csv"
    done = autograder("export", "worksheet", tmp_path / "sheet.csv", two, "--out", out)
    assert done.exit_code == 1
    assert "The worksheet lists no such learner: ada, ada (2)." in done.output
    assert out.read_text("utf-8").splitlines()[1] == "Participant 12,ada,10,"


def test_a_number_says_which_of_two_learners_a_row_is(two, tmp_path):
    known = Identity("ada", Person("ada"), (MoodleName("ada", "12", ""),))
    write_people([known, Identity("ada (2)", Person("ada (2)"))], two)
    out = tmp_path / "out.csv"
    done = autograder("export", "worksheet", tmp_path / "sheet.csv", two, "--out", out)
    assert done.exit_code == 1
    assert out.read_text("utf-8").splitlines()[1] == "Participant 12,ada,10,5"


def test_nobody_gets_the_page_of_another_learner_of_the_name(two, tmp_path):
    sheet, out = tmp_path / "sheet.csv", tmp_path / "feedback.zip"
    done = autograder("export", "feedback", two, "--worksheet", sheet, "--out", out)
    assert done.exit_code == 1
    assert "Nobody knows Moodle's number of ada, ada (2)." in done.output
    assert zipfile.ZipFile(out).namelist() == []


def test_a_number_that_two_learners_have_gives_no_page_to_either(two, tmp_path):
    write_people(
        [
            Identity("ada", Person("ada"), (MoodleName("ada", "12", ""),)),
            Identity("ada (2)", Person("ada (2)"), (MoodleName("ada b", "12", ""),)),
        ],
        two,
    )
    done = autograder("export", "feedback", two, "--out", tmp_path / "feedback.zip")
    assert done.exit_code == 1
    assert zipfile.ZipFile(tmp_path / "feedback.zip").namelist() == []


def test_no_two_learners_get_one_user_name(two, tmp_path):
    (tmp_path / "roster.csv").write_text("name,login\nada,al\n", "utf-8")
    out = tmp_path / "moodle.csv"
    done = autograder("export", "moodle", two, "--roster", tmp_path / "roster.csv", "--out", out)
    assert done.exit_code == 1
    assert [row[0] for row in rows_of(out)[1:]] == ["ada"]
    assert "ada (2)" in done.output


@pytest.mark.parametrize("cell", ["0", "nan", "inf", "-2", "Scale: good", '"1.000,00"'])
def test_a_maximum_that_is_no_number_above_0_is_an_error(tmp_path, cell):
    left(tmp_path / "results", result("ada", 5.0))
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(f"{HEADER}Participant 12,ada,{cell},\n", "utf-8")
    out = tmp_path / "out.csv"
    done = autograder("export", "worksheet", sheet, tmp_path / "results", "--out", out)
    assert done.exit_code == 2
    assert f"{sheet}: the maximum grade {cell.strip(chr(34))} is no number above 0." in done.stderr
    assert not out.exists()
