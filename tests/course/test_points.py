"""An instructor's own points: reading them, scaling reports, and naming them in prose."""

from dataclasses import replace

import pytest

from autograder import course
from autograder.course.points import (
    PointsError,
    own_points,
    points_of_course,
    read_points,
    scaled,
    with_points_in_prose,
)
from autograder.reports.model import CheckResult, Report, of_function, rescaled, with_function

EXERCISE = "04_dot_product"


def file(tmp_path, text):
    path = tmp_path / "points.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[04_dot_product]\nbuild_mf = -1", "build_mf in 04_dot_product has -1 points. Write 0"),
        ("[04_dot_product]\nbuild_mf = 1e9", "has 1000000000.0 points. Write 0 to 1000"),
        (
            "[04_dot_product]\nbuild_mf = 'six'",
            "points of build_mf in 04_dot_product are no number",
        ),
        ("[04_dot_product]\nbuild_mf = true", "are no number: True"),
        ("[04_dot_product]\nbuild_mf = nan", "has nan points. Write 0 to 1000"),
        ("[04_dot_product]\nbuild_mf = inf", "has inf points. Write 0 to 1000"),
        (f"[04_dot_product]\nbuild_mf = 1{400 * '0'}", "points. Write 0 to 1000"),
        ("[04_dot_product]\nbuild_mf = 3.333", "Write at most two decimals"),
        ("[04_dot_product]\nbuild = 3", "no function build. Its functions are: build_mf, "),
        ("[04_dot]\nbuild_mf = 3", "no exercise 04_dot. The exercises are: 01_explore, "),
        ("04_dot_product = 3", "04_dot_product is no table"),
        ("[04_dot_product", "cannot be read: "),
    ],
)
def test_a_fault_in_the_file_is_one_sentence_with_its_place(tmp_path, text, sentence):
    path = file(tmp_path, text)
    with pytest.raises(PointsError) as error:
        read_points(path)
    assert sentence in str(error.value)
    assert str(path) in str(error.value)


def test_points_of_one_function_leave_the_others_and_end_with_their_context(tmp_path):
    points = read_points(file(tmp_path, "[04_dot_product]\nbuild_mf = 12\n"))
    before = dict(course.step(EXERCISE).points)
    with own_points(points):
        assert course.step(EXERCISE).points == {**before, "build_mf": 12}
        assert course.step(EXERCISE).max_points == 16
        assert course.total([course.step(EXERCISE)], {}).max_points == 16
    assert course.step(EXERCISE).points == before
    assert points_of_course(tmp_path) == points
    assert points_of_course(tmp_path / "elsewhere") == {}


def test_points_as_in_the_step_table_change_nothing():
    with own_points({EXERCISE: dict(course.step(EXERCISE).points)}):
        assert course.changed_points() == {}


@pytest.mark.parametrize(
    ("points", "old", "new", "expected"),
    [(6, 6, 3.33, 3.33), (3, 6, 12, 6), (0, 6, 12, 0), (1, 3, 1, 0.33), (2, 2, 0, 0), (0, 0, 5, 0)],
)
def test_a_fraction_stays_a_fraction_and_full_points_stay_full(points, old, new, expected):
    assert scaled(points, old, new) == expected


def a_report():
    """build_mf with two of three checks, the others with all."""
    report = Report(EXERCISE, "a.py", "", 0.0, 0.0, (), ())
    for name, points in course.step(EXERCISE).points.items():
        share = round(points / 3, 4)
        checks = [CheckResult(f"{name}_{n}", "passed", share, share) for n in range(3)]
        if name == "build_mf":
            checks[0] = replace(checks[0], outcome="failed", points=0)
        report = with_function(report, of_function(name, points, tuple(checks)))
    return report


def test_a_report_is_brought_to_the_points_of_this_process():
    report = a_report()
    assert rescaled(report) is report
    with own_points({EXERCISE: {"build_mf": 9, "predict_pairs": 0, "score_matrix": 0.5}}):
        new = rescaled(report)
        assert rescaled(new) is new
    assert {f.name: (f.points, f.max_points) for f in new.functions} == {
        "build_mf": (6, 9),
        "predict_pairs": (0, 0),
        "score_matrix": (0.5, 0.5),
    }
    assert (new.points, new.max_points) == (6.5, 9.5)
    assert [check.points for check in new.functions[0].checks] == pytest.approx([0, 3, 3], abs=1e-3)
    assert [f.outcome for f in new.functions] == [f.outcome for f in report.functions]


def test_prose_names_the_points():
    text = (
        "**Day 1 · 90 minutes · 10 points**\n\nYou write `build_mf` (6 points), `predict_pairs`\n"
        "(2) and `score_matrix` (2). See `other` (7) and (3)."
    )
    points = {"build_mf": 1, "predict_pairs": 0.5, "score_matrix": 2}
    assert with_points_in_prose(text, points) == (
        "**Day 1 · 90 minutes · 3.5 points**\n\nYou write `build_mf` (1 point), `predict_pairs`\n"
        "(0.5) and `score_matrix` (2). See `other` (7) and (3)."
    )
