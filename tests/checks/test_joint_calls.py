"""A right answer is asked for a few costly calls, which show every property at once."""

import pytest

from autograder.course.solutions import answer_of
from autograder.running.known_answers import verdict_on

COUNTED = """

import functools

_right = {name}

@functools.wraps(_right)
def {name}(*arguments, **keywords):
    CALLS.append(1)
    return _right(*arguments, **keywords)
"""


@pytest.mark.parametrize(
    ("name", "most"),
    [
        pytest.param("compile_and_fit", 5, marks=pytest.mark.slow),
        pytest.param("fit_genres", 2, marks=pytest.mark.slow),
        ("tsne_2d", 9),
    ],
)
def test_the_reference_needs_no_calls_but_the_joint_ones(name, most):
    calls = []
    code = answer_of(name) + COUNTED.format(name=name)
    report = verdict_on(name, code, names={"CALLS": calls})
    assert report.problem is None
    assert 0 < len(calls) <= most
