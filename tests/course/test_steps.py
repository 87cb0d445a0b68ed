"""The step table: the course's promises, and the agreement of all other files with them."""

import ast

import pytest

from autograder import course
from autograder.course import step_of_file
from autograder.util import paths
from tests.answers import solution_text


def test_the_core_is_worth_a_hundred_points():
    core = [step for step in course.steps() if step.core]
    assert sum(step.max_points for step in core) == 100
    assert len(core) == 10


def test_the_bonus_is_worth_twenty_more_and_no_part_of_the_total():
    bonus = [step for step in course.steps() if step.bonus]
    assert [step.name[:2] for step in bonus] == ["11", "12", "13", "14"]
    assert {step.max_points for step in bonus} == {5}
    everything = {step.name: step.max_points for step in course.steps()}
    assert course.total(course.steps(), everything) == course.Total(100, 100, 20)
    core_only = {step.name: step.max_points for step in course.steps() if step.core}
    assert course.total(course.steps(), core_only) == course.Total(100, 100, 0)
    no_bonus = [step for step in course.steps() if not step.bonus]
    assert course.total(no_bonus, {"01_explore": 2.5}) == course.Total(2.5, 100, None)


def test_function_names_are_unique():
    names = [name for step in course.steps() if step.graded for name in step.functions]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("step", course.steps(), ids=lambda step: step.name)
def test_every_step_has_its_files_and_functions(step):
    assert (paths.CHECKS / f"test_{step.name}.py").is_file()
    assert (paths.MISCONCEPTIONS / f"{step.name}.toml").is_file() == step.graded
    tree = ast.parse(solution_text(step.name))
    defined = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert list(dict.fromkeys(n for n in defined if n in step.points)) == list(step.functions)


def test_the_timetable_adds_up():
    sessions = course.timetable()
    assert sum(session.minutes for session in sessions) == 21 * 60
    on_the_timetable = [step for step in course.steps() if not step.bonus]
    for step in on_the_timetable:
        parts = [session for session in sessions if session.step == step.name]
        assert sum(session.minutes for session in parts) == step.minutes
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
