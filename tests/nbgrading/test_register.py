"""The register of Moodle's participants: who reads it, and who is forgotten in it."""

import csv
import io
import zipfile

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.nbgrading.register import COLUMNS, read_register, register_of, write_register
from tests.nbgrading.commands import DOT_PRODUCT, make, nbgrader

pytestmark = [
    pytest.mark.process,
    # nbgrader adds a submission before it joins it to its assignment.
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]
ZOE, ADA, BO = "Zoé Dupont", "=Ada Lovelace", "Björn Åkesson"
NUMBERS = {ZOE: "101", ADA: "102", BO: "103"}


@pytest.fixture
def course(tmp_path):
    """A course whose two students came from a download of Moodle's; Bo handed in a letter."""
    folder = tmp_path / "course"
    make(folder)
    rows = [(DOT_PRODUCT, number, name, name) for name, number in NUMBERS.items()]
    write_register([dict(zip(COLUMNS, row, strict=True)) for row in rows], folder)
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        for student in (ZOE, ADA):
            gradebook.update_or_create_student(student, email=f"{NUMBERS[student]}@example.org")
            gradebook.update_or_create_submission(DOT_PRODUCT, student)
            page = folder / "feedback" / student / DOT_PRODUCT / f"{DOT_PRODUCT}.html"
            page.parent.mkdir(parents=True)
            page.write_text(student, encoding="utf-8")
    for name, number in NUMBERS.items():
        home = folder / "downloaded" / DOT_PRODUCT / "extracted" / "TP 4"
        home = home / f"{name}_{number}_assignsubmission_file_"
        home.mkdir(parents=True)
        (home / "a.ipynb").write_text("{}", encoding="utf-8")
    archive = folder / "downloaded" / DOT_PRODUCT / "archive" / "TP 4.zip"
    archive.parent.mkdir()
    archive.write_bytes(b"PK")
    return folder


def autograder(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_feedback_finds_moodles_numbers_without_a_worksheet(course, tmp_path):
    done = autograder("export", "feedback", course, "--out", tmp_path / "f.zip")
    assert done.exit_code == 0, done.output
    names = zipfile.ZipFile(tmp_path / "f.zip").namelist()
    assert f"{ZOE}_101_assignsubmission_file_/{DOT_PRODUCT}.html" in names
    assert len(names) == 2


def test_a_full_name_is_no_user_name(course, tmp_path):
    out = tmp_path / "m.csv"
    done = autograder("export", "moodle", course, "--out", out)
    assert done.exit_code == 1
    assert "Nobody knows the field Username of" in done.output
    roster = tmp_path / "roster.csv"
    roster.write_text(f"name,login,id\n{ZOE},zdupont,u1\n", encoding="utf-8")
    for identifier, own in (("Username", "zdupont"), ("ID number", "u1")):
        autograder(
            "export", "moodle", course, "--out", out, "--roster", roster, "--identifier", identifier
        )
        text = io.StringIO(out.read_text(encoding="utf-8-sig"), newline="")
        assert [row[identifier] for row in csv.DictReader(text, delimiter=";")] == [own]


@pytest.mark.parametrize("student", [ZOE, ADA, BO])
def test_nothing_of_a_forgotten_student_stays_but_the_archive(course, student):
    done = autograder("forget", student, course, "--yes")
    assert done.exit_code == 1, done.output
    others = NUMBERS.keys() - {student}
    assert {row["student_id"] for row in read_register(course)} == others
    left = [path.name for path in course.rglob("*_assignsubmission_file_")]
    assert sorted(left) == sorted(f"{n}_{NUMBERS[n]}_assignsubmission_file_" for n in others)
    assert f"TP 4.zip may hold files of {student}: delete the archive yourself." in done.output


def test_a_register_that_a_spreadsheet_saved_is_read_all_the_same(course):
    before = read_register(course)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, delimiter=";")
    writer.writeheader()
    writer.writerows(before)
    register_of(course).write_bytes(text.getvalue().encode("cp1252"))
    assert read_register(course) == before


def test_a_register_without_its_columns_is_an_error_that_names_it(course, tmp_path):
    register_of(course).write_text("name\nada\n", "utf-8")
    for command in (("forget", ZOE, course, "--yes"), ("export", "moodle", course)):
        done = autograder(*command)
        assert done.exit_code == 2
        assert f"{register_of(course)} was changed: it has no column" in done.stderr
    assert (course / "feedback" / ZOE).is_dir()


def test_zip_collect_stops_at_a_register_that_it_cannot_read(course):
    register_of(course).write_text("name\nada\n", "utf-8")
    with zipfile.ZipFile(course / "downloaded" / DOT_PRODUCT / "archive" / "TP 4.zip", "w") as file:
        file.writestr(f"{ZOE}_101_assignsubmission_file_/{DOT_PRODUCT}.ipynb", "{}")
    log = nbgrader(course, "zip_collect", DOT_PRODUCT, "--force", code=1)
    assert f"{register_of(course)} was changed: it has no column" in log
    assert "Traceback" not in log
    assert register_of(course).read_text("utf-8") == "name\nada\n"
