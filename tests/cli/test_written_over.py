"""No command writes over a file that it reads, however its path is spelled."""

import pytest

from tests.grading.common import autograder, hand_in
from tests.grading.test_exports import left, result

ROSTER = "name,login\nada,al\n"
SHEET = "Identifier,Full name,Maximum grade,Grade\nParticipant 12,ada,10,\n"


@pytest.fixture
def here(tmp_path):
    left(tmp_path / "results", result("ada", 5.0))
    (tmp_path / "aside").mkdir()
    (tmp_path / "roster.csv").write_text(ROSTER, "utf-8")
    (tmp_path / "sheet.csv").write_text(SHEET, "utf-8")
    return tmp_path


@pytest.mark.parametrize("spelled", ["{}", "aside/../{}"])
@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        (["moodle", "results", "--roster", "roster.csv"], "roster.csv"),
        (["worksheet", "sheet.csv", "results"], "sheet.csv"),
        (["worksheet", "sheet.csv", "results", "--roster", "roster.csv"], "roster.csv"),
        (["feedback", "results", "--worksheet", "sheet.csv"], "sheet.csv"),
        (["classroom", "results"], "results"),
        (["gradescope", "results"], "results"),
        (["moodle", "results"], "results/people.csv"),
    ],
)
def test_an_export_is_no_file_that_it_reads(here, monkeypatch, spelled, arguments, path):
    monkeypatch.chdir(here)
    before = {p: p.read_bytes() for p in here.rglob("*") if p.is_file()}
    done = autograder("export", *arguments, "--out", spelled.format(path))
    assert done.exit_code == 2
    assert "would be written over, and it is read here. Name another --out." in done.stderr
    assert {p: p.read_bytes() for p in here.rglob("*") if p.is_file()} == before


def test_an_export_is_written_again_beside_the_results(here, monkeypatch):
    monkeypatch.chdir(here / "results")
    for _time in range(2):
        assert autograder("export", "moodle").exit_code == 0


def test_grading_does_not_write_over_the_roster(tmp_path):
    hand_in(tmp_path / "class", "ada")
    roster = tmp_path / "grades.csv"
    roster.write_text(ROSTER, "utf-8")
    options = ("--roster", roster, "--out", tmp_path, "--dry-run")
    done = autograder("grade", tmp_path / "class", *options)
    assert done.exit_code == 2
    assert roster.read_text("utf-8") == ROSTER


def test_grading_does_not_write_among_the_files_that_it_grades(tmp_path, monkeypatch):
    hand_in(tmp_path / "class", "ada")
    monkeypatch.chdir(tmp_path / "class")
    for out in (".", "../class"):
        done = autograder("grade", ".", "--out", out)
        assert done.exit_code == 2
        assert "would be written over, and it is read here. Name another --out." in done.stderr
    assert [path.name for path in (tmp_path / "class").iterdir()] == ["ada"]
