"""A stand-in passes plain data only, and the course answers a bounded number of times."""

import numpy as np
import pandas as pd
import pytest

from autograder.engine import stand_ins
from autograder.engine.exceptions import of_learner
from autograder.engine.stand_ins import Answerer, stand_in


def look_up(ids, table):
    return [table[each] for each in ids]


def change(values):
    values[0] = 7
    return values


@pytest.fixture
def answerer():
    return Answerer({"look_up": look_up, "change": change, "thing": object})


def test_it_answers_by_value_and_keeps_types(answerer):
    function = stand_in("change", answerer.answer)
    values = np.zeros(2, dtype="float32")
    got = function(values=values)
    assert got.tolist() == [7, 0]
    assert got.dtype == np.float32
    assert values.tolist() == [0, 0]
    assert stand_in("look_up", answerer.answer)(pd.Series([2, 1]), {1: "a", 2: "b"}) == ["b", "a"]
    assert answerer.n_answers == 2
    assert function.__name__ == "change"


def test_an_exception_is_raised_without_a_line_of_the_course(answerer):
    with pytest.raises(KeyError, match="5") as raised:
        stand_in("look_up", answerer.answer)([5], {1: "a"})
    record = of_learner(raised.value)
    assert record is not None
    assert (record.builtin, record.line, record.function, record.source) == ("KeyError", 0, "", "")


def test_nothing_but_plain_data_passes(answerer):
    with pytest.raises(TypeError, match="a function cannot be passed by value"):
        stand_in("look_up", answerer.answer)([look_up, len], {})
    assert answerer.n_answers == 0
    with pytest.raises(TypeError, match="an? object cannot be passed by value"):
        stand_in("thing", answerer.answer)()


def test_nobody_answers_for_another_function(answerer):
    with pytest.raises(LookupError, match="nobody answers for precision_at_k here"):
        answerer.answer("precision_at_k", (), {})


def test_a_check_asks_a_bounded_number_of_times(answerer, monkeypatch):
    monkeypatch.setattr(stand_ins, "MAX_ANSWERS", 3)
    function = stand_in("look_up", answerer.answer)
    for _time in range(3):
        function([], {})
    with pytest.raises(RuntimeError, match="more than 3 calls of look_up"):
        function([], {})
    answerer.begin()
    assert function([], {}) == []


def test_a_limit_on_the_judges_own_time_is_no_answer():
    class TooLate(Exception):
        pass

    def never():
        raise TooLate

    with pytest.raises(TooLate) as raised:
        Answerer({"never": never}).answer("never", (), {})
    assert of_learner(raised.value) is None
