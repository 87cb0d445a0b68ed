"""Grades and feedback for Moodle; two readers follow the rules of Moodle's own importers.

No Moodle is at hand. The readers below follow its code: `assignfeedback_offline` finds a
participant by the number at the end of the first column and needs three columns by name;
`assignfeedback_file` splits each part of a path at underscores.
"""

import csv
import io
import zipfile

import pytest

from autograder.grading.intake.names import MoodleName
from autograder.grading.output.grade_table import GradeTable
from autograder.grading.output.moodle import (
    MoodleError,
    write_feedback,
    write_moodle,
    write_worksheet,
)
from autograder.grading.people import Identity, write_people
from autograder.grading.result_cache import ResultCache
from autograder.grading.roster import Person
from autograder.grading.slugs import slug
from tests.grading.common import RULES, autograder
from tests.grading.made_results import submission

TABLE = GradeTable(
    ("01_explore", "04_dot_product", "11_implicit_feedback", "15_bug_hunt"),
    {"01_explore": 10, "04_dot_product": 10, "11_implicit_feedback": 10, "15_bug_hunt": 0},
    {
        "Zoé Dupont": {"01_explore": 9.8008, "04_dot_product": 5.0, "11_implicit_feedback": 4.0},
        "Jean MARTIN": {"01_explore": 0.0, "15_bug_hunt": 0.0},
        "Eve": {},
    },
    frozenset({"11_implicit_feedback"}),
)
PEOPLE = [
    Identity(
        "Zoé Dupont",
        Person("Zoé Dupont", "u1", "zoe@example.org", "zdupont"),
        (MoodleName("Zoé Dupont", "501", ""),),
    ),
    Identity("Jean MARTIN", Person("Jean MARTIN"), (MoodleName("Jean MARTIN", "502", ""),)),
    Identity("Eve", Person("Eve", "u3", "eve@example.org"), handed_in=False),
]
COLUMNS = "Identifier,Full name,Email address,Status,Grade,Maximum grade,Last modified (grade)"
ROWS = (
    '"Participant 501","Zoé Dupont",zoe@example.org,"Submitted for grading",,{most},-\n'
    '"Participant 502","Jean MARTIN",jean@example.org,"Submitted for grading",,{most},-\n'
    '"Participant 503",Eve,eve@example.org,"No submission",,{most},-\n'
)


def rows_of(path, separator=","):
    text = path.read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))


def grades_as_moodle_reads_them(path, separator=","):
    """The grade of each participant's number, by the rules of Moodle's importer."""
    rows = rows_of(path, separator)
    assert {"Identifier", "Grade", "Last modified (grade)"} <= rows[0].keys()
    start = len("Participant ")
    return {int(row["Identifier"][start:]): row["Grade"] for row in rows}


def feedback_as_moodle_reads_it(path):
    """The file names of each participant's number, by the rules of Moodle's importer."""
    found = {}
    for entry in zipfile.ZipFile(path).namelist():
        parts = f"/{entry}".split("/")
        while parts:
            info = parts.pop(0).split("_", 4)
            if len(info) < 4 or not info[1].isdigit():
                continue
            assert (info[2], info[3]) == ("assignsubmission", "file")
            rest = [*info[4:], *parts]
            found.setdefault(int(info[1]), []).append("/".join(filter(None, rest)))
            break
        else:
            raise AssertionError(f"Moodle ignores {entry}")
    return found


# The import of grades


@pytest.mark.parametrize(
    ("identifier", "own", "missing"),
    [
        ("Username", ["zdupont", "Eve"], ("Jean MARTIN",)),
        ("ID number", ["u1", "u3"], ("Jean MARTIN",)),
        ("Email address", ["zoe@example.org", "eve@example.org"], ("Jean MARTIN",)),
    ],
)
def test_the_identifier_that_was_asked_for_is_filled_in(tmp_path, identifier, own, missing):
    filled = write_moodle(TABLE, tmp_path / "moodle.csv", PEOPLE, identifier)
    rows = rows_of(tmp_path / "moodle.csv", ";")
    assert [row[identifier] for row in rows] == own
    assert (filled.n, filled.missing) == (2, missing)


def test_an_exercise_without_points_is_no_grade_of_zero(tmp_path):
    write_moodle(TABLE, tmp_path / "moodle.csv", PEOPLE)
    zoe, eve = rows_of(tmp_path / "moodle.csv", ";")
    assert zoe == {
        "Username": "zdupont",
        "01_explore": "9.8",
        "04_dot_product": "5",
        "11_implicit_feedback": "4",
    }
    assert set(eve.values()) == {"Eve", ""}


# The grading worksheet


def worksheet(tmp_path, most="20.00", columns=COLUMNS, rows=ROWS, encoding="utf-8-sig"):
    path = tmp_path / "Grades.csv"
    path.write_bytes(f"{columns}\n{rows.format(most=most)}".encode(encoding))
    return path


def test_a_worksheet_gets_the_sum_without_bonus_and_keeps_all_else(tmp_path):
    sheet = worksheet(tmp_path)
    filled = write_worksheet(TABLE, None, sheet, tmp_path / "out.csv", PEOPLE)
    assert grades_as_moodle_reads_them(tmp_path / "out.csv") == {501: "14.8", 502: "0", 503: ""}
    assert (filled.n, filled.missing, filled.scale) == (2, (), None)
    before, after = rows_of(sheet), rows_of(tmp_path / "out.csv")
    for old, new in zip(before, after, strict=True):
        assert {**old, "Grade": ""} == {**new, "Grade": ""}
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_points_are_scaled_to_moodles_maximum(tmp_path):
    sheet = worksheet(tmp_path, "100.00")
    filled = write_worksheet(TABLE, "01_explore", sheet, tmp_path / "out.csv", PEOPLE)
    assert grades_as_moodle_reads_them(tmp_path / "out.csv") == {501: "98.01", 502: "0", 503: ""}
    assert filled.scale == (10, 100)


def test_a_french_worksheet_keeps_its_signs(tmp_path):
    columns = "Identifiant;Nom complet;Adresse de courriel;Statut;Note;Note maximale;"
    columns += "Dernière modification (note)"
    rows = ROWS.replace(",", ";")
    sheet = worksheet(tmp_path, "10,00", columns, rows, "cp1252")
    write_worksheet(TABLE, "01_explore", sheet, tmp_path / "out.csv", PEOPLE)
    text = (tmp_path / "out.csv").read_bytes().decode("cp1252")
    assert "Participant 501;Zoé Dupont;zoe@example.org;Submitted for grading;9,8;10,00;-" in text
    assert "Participant 503;Eve;eve@example.org;No submission;;10,00;-" in text


def test_a_worksheet_of_another_assignment_is_matched_by_addresses_and_names(tmp_path):
    rows = ROWS.replace("Participant 50", "Participant 90")
    sheet = worksheet(tmp_path, rows=rows)
    filled = write_worksheet(TABLE, "01_explore", sheet, tmp_path / "out.csv", PEOPLE)
    grades = grades_as_moodle_reads_them(tmp_path / "out.csv")
    assert (grades[901], grades[902], filled.missing) == ("19.6", "0", ())


def test_a_learner_whom_the_worksheet_lacks_is_named(tmp_path):
    sheet = worksheet(tmp_path, rows=ROWS.splitlines(keepends=True)[0])
    filled = write_worksheet(TABLE, "01_explore", sheet, tmp_path / "out.csv", PEOPLE)
    assert filled.missing == ("Jean MARTIN",)


def test_a_blind_worksheet_is_matched_by_numbers_alone(tmp_path):
    rows = "Participant 501,,{most},-\nParticipant 502,,{most},-\n"
    sheet = worksheet(
        tmp_path, "10.00", "Identifier,Grade,Maximum grade,Last modified (grade)", rows
    )
    people = [
        Identity("Participant", Person("Participant"), (MoodleName("Participant", "502", ""),))
    ]
    table = GradeTable(("01_explore",), {"01_explore": 10}, {"Participant": {"01_explore": 7.0}})
    write_worksheet(table, None, sheet, tmp_path / "out.csv", people)
    assert grades_as_moodle_reads_them(tmp_path / "out.csv") == {501: "", 502: "7"}


@pytest.mark.parametrize(
    ("columns", "exercise", "words"),
    [
        ("Identifier,Full name,a,b,c,d,e", None, "has no column Grade"),
        (COLUMNS, "02_encode_split", "There is no grade for 02_encode_split"),
    ],
)
def test_a_worksheet_that_cannot_be_filled_in_says_why(tmp_path, columns, exercise, words):
    sheet = worksheet(tmp_path, columns=columns)
    with pytest.raises(MoodleError, match=words):
        write_worksheet(TABLE, exercise, sheet, tmp_path / "out.csv", PEOPLE)
    assert not (tmp_path / "out.csv").exists()


# The feedback


@pytest.fixture
def pages(tmp_path):
    page = tmp_path / "index.html"
    page.write_text("<p>Well done</p>", encoding="utf-8")
    return {name: {"feedback.html": page} for name in ("Zoé Dupont", "Jean MARTIN")}


def test_feedback_finds_its_learners(tmp_path, pages):
    filled = write_feedback(pages, tmp_path / "feedback.zip", PEOPLE)
    assert feedback_as_moodle_reads_it(tmp_path / "feedback.zip") == {
        501: ["feedback.html"],
        502: ["feedback.html"],
    }
    assert (filled.n, filled.missing) == (2, ())
    names = zipfile.ZipFile(tmp_path / "feedback.zip").namelist()
    assert names[0] == "Zoé Dupont_501_assignsubmission_file_/feedback.html"


def test_the_same_feedback_is_the_same_archive(tmp_path, pages):
    for name in ("a.zip", "b.zip"):
        write_feedback(pages, tmp_path / name, PEOPLE)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_names_with_underscores_and_slashes_split_as_moodle_expects(tmp_path, pages):
    moodle = (MoodleName("Zoé_D/P", "501", ""),)
    people = [Identity("Zoé Dupont", Person("Zoé Dupont"), moodle)]
    write_feedback({"Zoé Dupont": pages["Zoé Dupont"]}, tmp_path / "feedback.zip", people)
    assert feedback_as_moodle_reads_it(tmp_path / "feedback.zip") == {501: ["feedback.html"]}


def test_a_worksheet_chooses_among_several_assignments(tmp_path, pages):
    moodle = (MoodleName("Zoé Dupont", "501", ""), MoodleName("Zoé Dupont", "777", ""))
    people = [Identity("Zoé Dupont", Person("Zoé Dupont"), moodle), PEOPLE[1]]
    with pytest.raises(MoodleError, match="several assignments"):
        write_feedback(pages, tmp_path / "feedback.zip", people)
    assert not (tmp_path / "feedback.zip").exists()
    write_feedback(pages, tmp_path / "feedback.zip", people, worksheet(tmp_path))
    assert feedback_as_moodle_reads_it(tmp_path / "feedback.zip").keys() == {501, 502}


def test_a_learner_without_a_number_is_named(tmp_path, pages):
    filled = write_feedback(pages, tmp_path / "feedback.zip", PEOPLE[:1])
    assert filled.missing == ("Jean MARTIN",)
    assert feedback_as_moodle_reads_it(tmp_path / "feedback.zip").keys() == {501}


@pytest.fixture
def class_with_a_letter(page, tmp_path):
    """Results of a class in which Björn handed in a letter, and Eve nothing."""
    page(submission("Zoé Dupont"))
    ResultCache(tmp_path, "kit", RULES).store(submission("Zoé Dupont"))
    people = [*PEOPLE[::2], Identity("Björn", Person("Björn", "u4", "bo@example.org", "bo"))]
    write_people(people, tmp_path)
    return tmp_path


def test_exports_name_who_handed_in_no_exercise(class_with_a_letter):
    folder = class_with_a_letter
    commands = (
        ["worksheet", worksheet(folder), folder, "--out", folder / "w.csv"],
        ["moodle", folder, "--identifier", "ID number", "--out", folder / "m.csv"],
        ["feedback", folder, "--out", folder / "f.zip"],
    )
    for command in commands:
        done = autograder("export", *command)
        assert done.exit_code == 1, done.output
        assert "No exercise among the files of Björn was graded" in done.stderr
        assert "Eve" not in done.stderr


def test_feedback_has_no_link_to_the_page_of_the_class(class_with_a_letter):
    folder = class_with_a_letter
    own = folder / slug("Zoé Dupont") / "index.html"
    assert "../index.html" in own.read_text(encoding="utf-8")
    autograder("export", "feedback", folder, "--out", folder / "f.zip")
    with zipfile.ZipFile(folder / "f.zip") as archive:
        (name,) = archive.namelist()
        page = archive.read(name).decode("utf-8")
    assert "../" not in page
    assert "<h1><bdi>Zoé Dupont</bdi></h1>" in page
