"""Assertions call a function of known mistakes only where they reject an answer."""

import numpy as np
import pytest

from autograder.checking.asserts import array, close, number, require
from autograder.checking.failure import CheckFailure
from autograder.checking.value_causes import Cause

RIGHT = {
    "require": lambda mistakes: require(True, 1, mistakes=mistakes),
    "close": lambda mistakes: close(1.0, 1.0, mistakes=mistakes),
    "number": lambda mistakes: number(1.0, mistakes=mistakes),
    "array": lambda mistakes: array([1.0], (1,), mistakes=mistakes),
}
WRONG = {
    "require": lambda mistakes: require(False, 1, mistakes=mistakes),
    "close": lambda mistakes: close(1.0, 2.0, mistakes=mistakes),
    "number": lambda mistakes: number("1", mistakes=mistakes),
    "array": lambda mistakes: array([1.0], (2,), mistakes=mistakes),
}


def counted():
    calls = []

    def mistakes():
        calls.append(1)
        return {"seen": np.bool_(True), "not-seen": False, "seen-too": True}

    return mistakes, calls


@pytest.mark.parametrize("helper", RIGHT)
def test_a_right_answer_costs_no_search_for_mistakes(helper):
    mistakes, calls = counted()
    RIGHT[helper](mistakes)
    assert calls == []


@pytest.mark.parametrize("helper", WRONG)
def test_a_wrong_answer_is_searched_once(helper):
    mistakes, calls = counted()
    with pytest.raises(CheckFailure) as caught:
        WRONG[helper](mistakes)
    assert caught.value.mistakes == ("seen", "seen-too")
    assert calls == [1]


@pytest.mark.parametrize("shown", [True, False])
def test_another_cause_is_looked_for_where_no_mistake_shows(shown):
    asked = []

    def otherwise():
        asked.append(1)
        return Cause("another", "Another cause.")

    with pytest.raises(CheckFailure):
        close([1.0, 5.0], [2.0, 9.0], mistakes=lambda: {"known": shown}, otherwise=otherwise)
    assert asked == ([] if shown else [1])
