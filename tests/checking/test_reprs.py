"""Descriptions of values: short, exact and in one line."""

import numpy as np
import pandas as pd
import pytest

from autograder.checking.reprs import brief, brief_call
from autograder.checking.value_causes import of_missing
from autograder.reports import wording
from autograder.reports.model import Message

BREAKS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]
LABELS = ["Called", "Got", "Must hold", "Likely cause"]


@pytest.mark.parametrize(
    "name", ["userId", "user id", "user_id", "(no genres listed)", "évaluation", "a|b, c: d", 3]
)
def test_an_ordinary_column_is_shown_as_it_is(name):
    assert brief(pd.DataFrame({name: [1]})) == f"frame of 1 rows with columns {name}"


@pytest.mark.parametrize("mark", BREAKS)
def test_a_column_cannot_pretend_to_be_a_line_of_the_message(mark):
    forged = f"x{mark}Must hold: nothing"
    shown = brief(pd.DataFrame({"userId": [1], forged: [2]}))
    assert shown == f"frame of 1 rows with columns userId, {forged!r}"
    assert len(shown.splitlines()) == 1
    cause = of_missing(["rating"], [forged], "Column")
    assert len(cause.text.splitlines()) == 1


@pytest.mark.parametrize("hidden", ["\x1b[31m", "\u202e", "\x00", "\ud800"])
def test_a_column_shows_its_hidden_characters(hidden):
    shown = brief(pd.DataFrame({f"x{hidden}": [1]}))
    assert shown.isprintable()


@pytest.mark.parametrize("mark", BREAKS)
@pytest.mark.parametrize(
    "hold",
    [
        lambda text: text,
        lambda text: [text],
        lambda text: {text: text},
        lambda text: np.array([text]),
        lambda text: np.array([text] * 20),
        lambda text: pd.Series([text], index=[text]),
        lambda text: pd.DataFrame({text: [text]}),
    ],
    ids=["text", "list", "dict", "array", "large array", "series", "frame"],
)
def test_a_description_is_one_line(hold, mark):
    value = hold(f"x{mark}Must hold: nothing")
    assert len(brief(value).splitlines()) == 1
    assert len(brief_call("f", (value,), {"name": value}).splitlines()) == 1


def test_a_series_of_times_has_a_description():
    times = pd.Series(pd.to_datetime(["2000-01-01", "2001-01-01"]))
    assert brief(times).startswith("series of 2 entries {0: Timestamp('2000-01-01")


@pytest.mark.parametrize("mark", BREAKS)
def test_each_label_of_a_message_has_one_line(mark):
    forged = f"x{mark}Must hold: nothing"
    message = Message(
        called=forged, got=forged, must=forged, where=forged, causes=(forged, forged), hint="4.rmse"
    )
    printed = wording.text(message).splitlines()
    assert [line.partition(":")[0] for line in printed] == [*LABELS, "For a hint"]
