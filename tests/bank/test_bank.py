"""Known wrong answers fail by name, right ones earn every point, in the sandbox."""

import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from autograder import course
from autograder.cli.requirements import ALTERNATIVES_NEEDED, MISTAKES_NEEDED
from autograder.conftest import PUBLIC_SEED
from autograder.course.misconceptions import catalogue, of_step
from autograder.reports import wording
from autograder.running.known_answers import fault_of_alternative, fault_of_mistake, verdict_on
from tests.bank import alternatives, verdict_in_sandbox

FUNCTIONS = [name for step in course.steps() if not step.hunt for name in step.functions]
GRADED = [name for step in course.steps() if step.graded for name in step.functions]


def by_exercise(entries):
    """Parameters for entries by name, whose ids begin with the exercise (`-k 05_training`)."""
    return [
        pytest.param(name, id=f"{course.step_of_function(function).name}-{name}")
        for name, function in entries
    ]


WRONG = by_exercise((name, entry.function) for name, entry in catalogue().items())
RIGHT = by_exercise((name, entry.function) for name, entry in alternatives().items())
FIRST_OF_EACH = {entry.function: entry for entry in reversed(catalogue().values())}


@pytest.mark.parametrize("name", WRONG)
def test_a_misconception_fails_and_is_named(name, zygote, seeds, record_property):
    """It fails by its own name, and no other mistake's name is given to it first.

    The names that its checks gave go into the confusion matrix at the end of the run.
    """
    entry = catalogue()[name]
    for seed in seeds or [PUBLIC_SEED]:
        report = verdict_in_sandbox(entry.function, entry.code, zygote, seed)
        failed = [check for check in report.checks if check.outcome != "passed"]
        record_property("confusion", [name, [check.misconception for check in failed]])
        assert fault_of_mistake(entry, report) is None


@pytest.mark.parametrize("name", RIGHT)
def test_an_alternative_earns_every_point(name, zygote, seeds):
    entry = alternatives()[name]
    for seed in seeds or [20_261]:
        report = verdict_in_sandbox(entry.function, entry.code, zygote, seed)
        assert fault_of_alternative(name, report) is None


@pytest.mark.parametrize("function", GRADED)
def test_both_sides_of_the_sandbox_give_the_same_verdicts(function, zygote):
    """One known mistake a function; `tests/sandbox` shows that the wire changes no value."""
    entry = FIRST_OF_EACH[function]
    here = verdict_on(function, entry.code)
    across = verdict_in_sandbox(function, entry.code, zygote, PUBLIC_SEED)
    assert outcomes(across) == outcomes(here)


def outcomes(report):
    return [(check.id, check.outcome, check.misconception) for check in report.checks]


def test_every_function_has_wrong_and_right_answers():
    wrong = Counter(entry.function for entry in catalogue().values())
    right = Counter(entry.function for entry in alternatives().values())
    assert {name for name in GRADED if wrong[name] < MISTAKES_NEEDED} == set()
    assert {name for name in GRADED if right[name] < ALTERNATIVES_NEEDED} == set()


GARBAGE = {
    "none": None,
    "zero": 0,
    "not a number": float("nan"),
    "true": True,
    "text": "0.5",
    "empty list": [],
    "ragged list": [[1, 2], [3]],
    "list of none": [None, None],
    "empty dict": {},
    "dict of text": dict.fromkeys(["global", "user", "item", "precision", "n_users"], "x"),
    "pair of none": (None, None),
    "triple of none": (None, None, None),
    "empty array": np.zeros((0, 0)),
    "array of nan": np.full((4, 2), np.nan),
    "array of objects": np.array(["a", None, 3], dtype=object),
    "empty frame": pd.DataFrame(),
    "frame of text": pd.DataFrame(
        {"movieId": ["a"], "title": [1], "score": ["b"], "rating": ["c"]}
    ),
    "empty series": pd.Series(dtype=float),
    "triple of frames": (pd.DataFrame(), pd.DataFrame(), pd.DataFrame()),
    "object": object(),
    "class": dict,
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_garbage_earns_nothing_and_never_breaks_a_check(function):
    for name, value in GARBAGE.items():
        code = f"def {function}(*args, **kwargs):\n    return GARBAGE"
        report = verdict_on(function, code, names={"GARBAGE": value})
        outcomes = {check.outcome for check in report.checks}
        assert "error" not in outcomes, (name, wording.text(report.problem.message))
        assert report.points == 0, (name, [c.id for c in report.checks if c.outcome == "passed"])


def test_names_are_unique_over_the_course():
    names = Counter(name for step in course.steps() for name in of_step(step.name))
    assert [name for name, n in names.items() if n > 1] == []


def test_catalogue_reads_well():
    for name, entry in catalogue().items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", name), name
        assert entry.function in FUNCTIONS, name
        assert entry.cause.endswith("."), name
        assert entry.question.endswith("?"), name
