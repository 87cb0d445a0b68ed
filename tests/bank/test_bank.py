"""Known wrong answers fail by name, right answers earn every point, in the sandbox."""

import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from autograder import course
from autograder.conftest import PUBLIC_SEED
from autograder.course.misconceptions import catalogue, of_step
from autograder.reports import wording
from tests.bank import alternatives, verdict_in_sandbox, verdict_on

FUNCTIONS = [name for step in course.steps() if step.graded for name in step.functions]
MAX_WORDS = 90
# Mistakes that the first check confuses with another mistake, whose sentence names both.
NAMED_TOGETHER = {
    "error-sign-reversed": "step-uphill",
    "discount-of-rank": "nothing-matched",
    "stops-at-first-miss": "nothing-matched",
    "embeddings-standardised-in-place": "scaler-left-behind",
}


def by_exercise(entries):
    """Return parameters by name; their ids begin with the exercise (`-k 05_training`)."""
    return [
        pytest.param(name, id=f"{course.step_of_function(function).name}-{name}")
        for name, function in entries
    ]


WRONG = by_exercise((name, entry.function) for name, entry in catalogue().items())
RIGHT = by_exercise((name, entry["function"]) for name, entry in alternatives().items())
FIRST_OF_EACH = {entry.function: entry for entry in reversed(catalogue().values())}


@pytest.mark.parametrize("name", WRONG)
def test_a_misconception_fails_and_is_named(name, zygote, seeds, record_property):
    """A wrong answer fails by its own name, and its first message names no other mistake.

    The names that its checks gave go into the confusion matrix at the end of the run.
    """
    entry = catalogue()[name]
    for seed in seeds or [PUBLIC_SEED]:
        report = verdict_in_sandbox(entry.function, entry.code, zygote, seed)
        failed = [check for check in report.checks if check.outcome != "passed"]
        assert failed, f"{name} earns full points"
        texts = [wording.text(check.message) for check in failed]
        assert {check.outcome for check in failed} == {"failed"}, texts[0]
        record_property("confusion", [name, [check.misconception for check in failed]])
        first = failed[0].misconception
        assert first is not None, f"its first problem names no cause: {texts[0]}"
        named_first = first in (name, NAMED_TOGETHER.get(name)) or first not in catalogue()
        assert named_first, f"called {first}: {texts[0]}"
        own = [k for k, check in enumerate(failed) if check.misconception == name]
        assert own, [(check.id, check.misconception) for check in failed]
        assert entry.cause in texts[own[0]]
        assert len(texts[own[0]].split()) <= MAX_WORDS, texts[own[0]]


@pytest.mark.parametrize("name", RIGHT)
def test_an_alternative_earns_every_point(name, zygote, seeds):
    entry = alternatives()[name]
    for seed in seeds or [20_261]:
        report = verdict_in_sandbox(entry["function"], entry["code"], zygote, seed)
        problem = report.problem
        assert problem is None, f"{problem.id}: {wording.text(problem.message)}"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_both_sides_of_the_sandbox_give_the_same_verdicts(function, zygote):
    """Each function shows one known mistake; `tests/sandbox` shows that the wire keeps values."""
    entry = FIRST_OF_EACH[function]
    here = verdict_on(function, entry.code)
    across = verdict_in_sandbox(function, entry.code, zygote, PUBLIC_SEED)
    assert outcomes(across) == outcomes(here)


def outcomes(report):
    return [
        (check.id, check.outcome, check.misconception, _steady(check.message))
        for check in report.checks
    ]


def _steady(message):
    """Return the words of a message, without the names of temporary folders."""
    return re.sub(r"'/\S+'", "'…'", wording.text(message)) if message else None


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
