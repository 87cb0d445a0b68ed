"""The table of a class: `grades.csv`."""

from dataclasses import replace

import pytest

from tests.grading.made_results import (
    BONUS,
    EARLIER,
    LATER,
    STEP,
    failed,
    rows,
    submission,
    unreadable,
)


def test_the_table_has_a_row_a_learner_and_a_column_an_exercise_handed_in(grades):
    text = grades(
        submission("zoe", LATER),
        submission("ada", STEP, {"build_mf": failed()}),
        submission("ada", EARLIER),
    )
    assert rows(text) == [
        ["learner", "01_explore", "04_dot_product", "08_ranking", "total", "max"],
        ["ada", "6", "6", "", "12", "26"],
        ["zoe", "", "", "10", "10", "26"],
    ]


def test_points_are_plain_numbers(grades):
    result = submission("ada")
    noisy = replace(result, report=replace(result.report, points=9.800799999999999))
    assert rows(grades(noisy))[1] == ["ada", "9.8", "9.8", "10"]


def test_bonus_points_are_in_a_column_of_their_own_and_who_leaves_them_out_loses_nothing(grades):
    text = grades(submission("ada", STEP), submission("ada", BONUS), submission("zoe", STEP))
    assert rows(text) == [
        ["learner", "04_dot_product", "14_als", "total", "max", "bonus"],
        ["ada", "10", "5", "10", "10", "5"],
        ["zoe", "10", "", "10", "10", "0"],
    ]


def test_what_cannot_be_graded_earns_nothing(grades):
    assert rows(grades(unreadable("ada")))[1] == ["ada", "0", "0", "10"]


def test_the_table_is_utf_8_without_a_mark(grades, tmp_path):
    grades(submission("张伟"))
    data = (tmp_path / "grades.csv").read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert "张伟".encode() in data


@pytest.mark.parametrize(
    "name",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\u200b=1", "\x00=1", "＝1",
     "﹣1", "＋1", "＠a"],
)  # fmt: skip
def test_no_name_becomes_a_formula(grades, name):
    cell = rows(grades(submission(name)))[1][0]
    assert cell.startswith("'")
    assert cell.endswith(name[-1])


@pytest.mark.parametrize("name", ["anne-marie", "a=b", "o'brien", 'the "ace"', "a,b", "a b"])
def test_other_names_stay_as_they_are(grades, name):
    assert rows(grades(submission(name)))[1][0] == name


def test_a_name_makes_no_cell_of_its_own_where_semicolons_separate(grades):
    text = grades(submission('x;=1+1;"'), submission("y\n=1"))
    cells = [cell for row in rows(text, ";") for cell in row]
    assert not any(cell.lstrip().startswith("=") for cell in cells)
    assert len(text.splitlines()) == 3


def test_no_control_character_reaches_the_table(grades):
    text = grades(submission("a\x00b\x1b[31m\u202ec\ud800d\x7f"))
    assert rows(text)[1][0] == "ab[31mcd"
