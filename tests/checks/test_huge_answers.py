"""Answers of two million entries: what the judge does with them grows no faster than they do.

The tests count calls, which a loop over the entries makes at every entry, and no seconds.
"""

import sys

import numpy as np
import pandas as pd
import pytest

from autograder.checking import asserts, value_causes
from autograder.checking.failure import MAX_PHRASE, CheckFailure
from autograder.checking.reprs import brief
from autograder.checks import test_05_training as training
from autograder.checks import test_07_recommend as recommend
from autograder.checks import test_08_ranking as ranking
from autograder.checks import test_09_tsne as tsne
from autograder.checks import test_10_genres as genres
from autograder.checks.support.lists import best_list, list_cause

N = 2_000_000
FEW_CALLS = 3_000
CANDIDATES = list(range(40))
SCORES = np.linspace(1, 0, 40)
WANT = np.arange(5)


class TooManyCalls(BaseException):
    """A loop over the entries that calls something for each of them, which may be as long again."""


def with_few_calls(act, limit=FEW_CALLS):
    """Return what a call returns or rejects; end it at more than `limit` calls inside."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in {"call", "c_call"}
        if calls > limit:
            sys.setprofile(None)
            raise TooManyCalls(f"more than {limit} calls")

    sys.setprofile(count)
    try:
        return act()
    except CheckFailure as failure:
        return failure
    finally:
        sys.setprofile(None)


HUGE_LISTS = {
    "distinct": list(range(N)),
    "one item again": [0, 1, 2, *range(100, N), 0],
    "strange": [99] * N,
    "floats": np.arange(N) + 0.5,
    "right and on": [0, 1, 2, 3, 4, *[7] * N],
}


@pytest.mark.parametrize("answer", HUGE_LISTS.values(), ids=HUGE_LISTS)
def test_causes_of_lists(answer):
    assert with_few_calls(lambda: list_cause(answer, WANT, CANDIDATES)) is not None


@pytest.mark.parametrize("answer", HUGE_LISTS.values(), ids=HUGE_LISTS)
def test_lists_of_the_best(answer):
    failure = with_few_calls(lambda: best_list(answer, CANDIDATES, SCORES, 5))
    assert isinstance(failure, CheckFailure)
    assert len(failure.got) < 500


@pytest.mark.parametrize(
    "got, cause",
    [
        ([0, 1, 2, 3, 4, 5], "list-too-long"),
        ([0, 1, 2], "list-too-short"),
        ([4, 3, 2, 1, 0], "list-reversed"),
        ([1, 0, 2, 3, 4], "list-unsorted"),
        ([1, 2, 3, 4, 9], "first-item-skipped"),
        ([0, 5, 6, 6, 5], "item-listed-again"),
        ([50, 51, 52, 53, 54], "only-excluded-items"),
        ([0, 1, 2, 3, 54], "excluded-items-listed"),
        ([0, 9, 2, 8], "list-of-another-length"),
        ([0, 1, 2, 3, 7], "better-item-missing"),
    ],
)
def test_causes_of_short_lists(got, cause):
    assert list_cause(got, WANT, CANDIDATES).name == cause


def test_the_cause_names_the_item_that_a_reader_meets_first():
    assert "Item 5 " in list_cause([0, 5, 6, 6, 5], WANT, CANDIDATES).text
    assert "Item 51 " in list_cause([0, 51, 50, 3], WANT, CANDIDATES).text
    assert "Item 1 " in list_cause([0, 9, 2, 8, 4], WANT, CANDIDATES).text


def test_mistakes_of_a_list():
    answer = list(range(N))
    found = with_few_calls(lambda: recommend.mistakes_of_top(answer, SCORES, {3}, 5))
    assert not any(found.values())
    train = pd.DataFrame({"user": 0, "item": [0, 1, 1, 2], "rating": 3.0})
    found = with_few_calls(
        lambda: {
            **ranking.popularity_mistakes(answer, train, [0, 2], 2),
            **ranking.extreme_lists(answer, train, {1}, 2),
            **ranking.mistakes_of_all_lists({0: answer}, train, {0: {1}}, 2),
        },
        60_000,
    )
    assert not any(found.values())


def test_curves():
    losses = np.linspace(2, 1, N)
    assert with_few_calls(lambda: training._shown(losses)).endswith(", …")
    made = training.Curves(losses, losses, losses, losses)

    class Trained:
        curves = made

        class task:
            val = None

            @staticmethod
            def errors_at_start(rows):
                return np.array([5.0])

        @staticmethod
        def errors(rows):
            return np.array([3.0])

    assert isinstance(with_few_calls(lambda: training._require_best(Trained)), CheckFailure)


def test_markers_of_a_map():
    places = np.arange(40.0).reshape(20, 2)
    points = [(1.0, 2.0, [(0.0, 0.0, 0.0)])] * 20_000 + [(0.0, 1.0, [(1.0, 0.0, 0.0)])]
    far = [(float("nan"), 500.0, [])] * (N // 10)
    found = with_few_calls(lambda: tsne.colours_at({"points": [*far, *points]}, places), 30_000)
    assert found == [{(1.0, 0.0, 0.0)}, *[set()] * 19]


def test_members():
    numbers, texts = set(range(N)), {str(k) for k in range(N)}
    cause = with_few_calls(lambda: value_causes.of_members(numbers, {1, -1}), 200_000)
    assert cause.name == "numbered-anew"
    cause = with_few_calls(lambda: value_causes.of_members(texts, {1}), 200_000)
    assert cause.name == "ids-of-another-kind"
    assert value_causes.of_members({1, HUGE}, {1}).name == "members-too-many"


def test_names_of_genres():
    movies = pd.DataFrame({"movieId": [1, 2], "title": ["A", "B"], "genres": ["Drama", "Comedy"]})
    answer = (np.zeros((2, 2)), ["Drama", "Comedy"] * (N // 2))
    failure = with_few_calls(lambda: genres.check_labels(answer, movies, 1), 4 * N)
    assert failure.cause.name == "genre-named-twice"


def test_rows_for_a_pair():
    failure = with_few_calls(lambda: asserts.pair(np.zeros((N, 2))))
    assert failure.cause.name == "parts-too-many"


@pytest.mark.parametrize("got", ["x" * N, str(list(range(N // 10)))], ids=["text", "list"])
def test_parts_of_a_message_are_cut(got):
    failure = CheckFailure(got, got, want=got, cause=value_causes.Cause("any", got))
    parts = (failure.got, failure.must, failure.want, failure.cause.text)
    assert all(len(part) <= MAX_PHRASE + 1 for part in parts)


HUGE = 10**6000


@pytest.mark.parametrize(
    "value", [b"x" * N, HUGE, [HUGE], {HUGE: -HUGE}], ids=["bytes", "int", "list", "dict"]
)
def test_descriptions_are_short(value):
    assert len(brief(value)) < 200
