"""Known wrong answers fail by name, right ones earn everything, on both sides of the wall."""

import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from autograder import course
from autograder.conftest import PUBLIC_SEED
from autograder.course.misconceptions import catalogue, of_step
from tests.bank import alternatives, verdict_across_wall, verdict_on

FUNCTIONS = [name for step in course.steps() if step.graded for name in step.functions]
MAX_WORDS = 90
# Mistakes that the first check cannot tell from another one, whose sentence names both.
TOLD_TOGETHER = {
    "error-sign-reversed": "step-uphill",
    "discount-of-rank": "nothing-matched",
    "stops-at-first-miss": "nothing-matched",
    "embeddings-standardised-in-place": "scaler-left-behind",
}


@pytest.mark.parametrize("name", catalogue())
def test_a_misconception_fails_and_is_named(name, zygote, record_property):
    """It fails by its own name, and no other mistake's name is given to it first.

    What its checks said is kept for the confusion matrix at the end of the run (see `conftest`).
    """
    entry = catalogue()[name]
    report = verdict_on(entry.function, entry.code)
    across = verdict_across_wall(entry.function, entry.code, zygote, PUBLIC_SEED)
    assert outcomes(across) == outcomes(report)
    failed = [check for check in report.checks if check.outcome != "passed"]
    assert failed, f"{name} earns full points"
    assert {check.outcome for check in failed} == {"failed"}, failed[0].message
    record_property("confusion", [name, [check.misconception for check in failed]])
    first = failed[0].misconception
    assert first is not None, f"its first problem names no cause: {failed[0].message}"
    told = first in (name, TOLD_TOGETHER.get(name)) or first not in catalogue()
    assert told, f"called {first}: {failed[0].message}"
    named = [check for check in failed if check.misconception == name]
    assert named, [(check.id, check.misconception, check.message) for check in failed]
    assert entry.cause in named[0].message
    assert len(named[0].message.split()) <= MAX_WORDS, named[0].message


@pytest.mark.parametrize("name", alternatives())
def test_an_alternative_earns_every_point(name, zygote):
    entry = alternatives()[name]
    report = verdict_on(entry["function"], entry["code"])
    across = verdict_across_wall(entry["function"], entry["code"], zygote, seed=20_261)
    for problem in (report.problem, across.problem):
        assert problem is None, f"{problem.id}: {problem.message}"


def outcomes(report):
    return [(check.id, check.outcome, check.misconception) for check in report.checks]


def test_every_function_has_wrong_and_right_answers():
    wrong = Counter(entry.function for entry in catalogue().values())
    right = Counter(entry["function"] for entry in alternatives().values())
    assert {name for name in FUNCTIONS if wrong[name] < 2} == set()
    assert {name for name in FUNCTIONS if right[name] < 1} == set()


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
        assert "error" not in outcomes, (name, report.problem.message)
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
