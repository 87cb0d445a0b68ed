"""The step table: the course's promises, and the agreement of all other files with them."""

import ast

import pytest

from autograder import course
from autograder.course import step_of_file
from autograder.util import paths
from tests.answers import solution_text

CORE_POINTS, CORE_EXERCISES = 100, 10
BONUS = {"11": 5, "12": 5, "13": 5, "14": 5}
MOVED = "A core exercise more or less? Then share its points out anew in course.toml and prose."
ENLARGED = "A bonus with points? Then name it in BONUS of this test; without points it may stay."


def test_the_core_is_worth_a_hundred_points():
    core = [step for step in course.steps() if step.core]
    assert sum(step.max_points for step in core) == CORE_POINTS, MOVED
    assert len(core) == CORE_EXERCISES, MOVED


def test_the_bonus_is_worth_twenty_more_and_no_part_of_the_total():
    bonus = [step for step in course.steps() if step.bonus and step.graded]
    assert {step.name[:2]: step.max_points for step in bonus} == BONUS, ENLARGED
    extra = sum(BONUS.values())
    everything = {step.name: step.max_points for step in course.steps()}
    assert course.total(course.steps(), everything) == course.Total(CORE_POINTS, 100, extra), MOVED
    core_only = {step.name: step.max_points for step in course.steps() if step.core}
    assert course.total(course.steps(), core_only) == course.Total(CORE_POINTS, 100, 0)
    no_bonus = [step for step in course.steps() if not step.bonus]
    assert course.total(no_bonus, {"01_explore": 2.5}) == course.Total(2.5, CORE_POINTS, None)


def test_a_bonus_without_points_counts_in_no_total():
    new = course.Step("16_new", "New", "bonus", 45, "try something", {"new": 0})
    assert not new.graded
    assert not new.core
    assert course.total([new], {"16_new": 0.0}) == course.Total(0, 0, 0)
    with_it = course.total([*course.steps(), new], {})
    assert with_it == course.total(course.steps(), {})


def test_function_names_are_unique():
    names = [name for step in course.steps() if not step.hunt for name in step.functions]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("step", course.steps(), ids=lambda step: step.name)
def test_every_step_has_its_files_and_functions(step):
    assert (paths.CHECKS / f"test_{step.name}.py").is_file()
    assert (paths.MISCONCEPTIONS / f"{step.name}.toml").is_file() != step.hunt
    tree = ast.parse(solution_text(step.name))
    defined = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert list(dict.fromkeys(n for n in defined if n in step.points)) == list(step.functions)


def test_the_timetable_adds_up():
    sessions = course.timetable()
    hours = "The three days have 21 hours: take from another session of [timetable] in course.toml."
    assert sum(session.minutes for session in sessions) == 21 * 60, hours
    on_the_timetable = [step for step in course.steps() if not step.bonus]
    for step in on_the_timetable:
        parts = [session for session in sessions if session.step == step.name]
        missing = f"{step.name} needs sessions of {step.minutes} minutes in [timetable]"
        assert sum(session.minutes for session in parts) == step.minutes, missing
        assert "-".join(dict.fromkeys(session.day for session in parts)) == step.day
    order = list(dict.fromkeys(session.step for session in sessions if session.step))
    assert order == [step.name for step in on_the_timetable]


@pytest.mark.parametrize("name", ["04_dot_product", "4", "04", "dot_product", "04_dot_product.py"])
def test_a_step_is_found_by_number_or_words(name):
    assert course.step(name).name == "04_dot_product"


def test_unknown_names_are_answered_with_the_known_ones():
    with pytest.raises(LookupError, match="04_dot_product"):
        course.step("nothing")
    with pytest.raises(LookupError, match="build_mf"):
        course.step_of_function("nothing")


@pytest.mark.parametrize(
    ("file", "exercise"),
    [
        ("04_dot_product.py", "04_dot_product"),
        ("04_Dot_Product.ipynb", "04_dot_product"),
        ("04_dot_product (1).ipynb", "04_dot_product"),
        ("04_dot_product_ada.py", "04_dot_product"),
        ("04_dot_products.py", None),
        ("notes.py", None),
        ("104_dot_product.py", None),
    ],
)
def test_a_file_tells_its_exercise_by_its_name(tmp_path, file, exercise):
    found = step_of_file(tmp_path / file)
    assert (found.name if found else None) == exercise
