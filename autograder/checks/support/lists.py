"""Helpers for checks of lists of items: the best items, best first, ties in any order."""

import warnings
from collections.abc import Collection, Iterable
from typing import Any

import numpy as np
import pandas as pd

from autograder.checking.asserts import alike, fail, integers, shape_of
from autograder.checking.failure import Mistakes, names_of
from autograder.checking.reprs import brief
from autograder.checking.value_causes import Cause
from autograder.util.i18n import _

MAX_LISTED = 100_000
LARGEST_ID = 2**53
"""The largest id that float64 holds exactly, as it does all ids below."""


def draw_encoded(
    rng: np.random.Generator, n_users: int = 6, n_items: int = 15, n_ratings: int = 40
) -> pd.DataFrame:
    """Return an encoded frame of ratings, no pair twice, neither rows nor index in order.

    Items differ in popularity. Popular items get the fewest stars, and two items have no rating.
    """
    order = rng.permutation(n_items)
    popularity = 1.25 ** order.astype(float)
    popularity[rng.choice(n_items - 1, size=2, replace=False)] = 0
    chances = np.tile(popularity, n_users)
    pairs = rng.choice(len(chances), size=n_ratings, replace=False, p=chances / chances.sum())
    items = pairs % n_items
    stars = 5 - 4 * order[items] / n_items + rng.choice([-1, -0.5, 0, 0.5], size=n_ratings)
    return pd.DataFrame(
        {
            "user": (pairs // n_items).astype("int32"),
            "item": items.astype("int32"),
            "rating": np.clip(np.round(2 * stars) / 2, 0.5, 5),
            "timestamp": 900_000_000 + rng.permutation(n_ratings),
        },
        index=rng.choice(np.arange(100, 100 + 3 * n_ratings), size=n_ratings, replace=False),
    )


def draw_wide_ids(rng: np.random.Generator, n: int) -> list[int]:
    """Return n distinct ids between 0 and 99,999, in no order, 0 among them; n is at least 7.

    Some ids differ by 256 or by 65,536, and some are neighbours above 2^15: a type that is too
    small for them, such as int8, int16 or float16, makes one id of two.
    """
    small = int(rng.integers(1, 120))
    large = int(rng.integers(33_000, 65_000))
    ids = [0, small, small + 256, small + 65_536, large, large + 1, large + 2]
    others = rng.permutation(np.setdiff1d(np.arange(70_000, 100_000), ids))
    return rng.permutation([*ids, *others[: n - len(ids)]]).tolist()


def draw_many(rng: np.random.Generator, n_users: int, n_items: int, n_ratings: int) -> pd.DataFrame:
    """Return an encoded frame of many ratings, no pair twice, the rarest items in the first rows.

    A function that reads only the first rows never meets the popular items.
    """
    chances = np.tile(1.0 + rng.permutation(n_items), n_users)
    pairs = rng.choice(len(chances), size=n_ratings, replace=False, p=chances / chances.sum())
    items = pairs % n_items
    pairs = pairs[np.argsort(np.bincount(items)[items], kind="stable")]
    return pd.DataFrame(
        {
            "user": (pairs // n_items).astype("int32"),
            "item": (pairs % n_items).astype("int32"),
            "rating": rng.integers(1, 11, size=n_ratings) / 2,
            "timestamp": 900_000_000 + rng.permutation(n_ratings),
        },
        index=100 + rng.permutation(n_ratings),
    )


def with_wide_ids(rng: np.random.Generator, train: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose users and items have ids of any size, its columns in another order.

    The item with the most ratings, and a user who rated, have the id 0.
    """
    new = {}
    for name in ("user", "item"):
        old = train[name].value_counts().index
        ids = draw_wide_ids(rng, len(old))[: len(old)]
        others = [number for number in ids if number != 0]
        new[name] = train[name].map(dict(zip(old, [0, *others], strict=False))).astype("int32")
    columns = ["timestamp", "user", "rating", "item"]
    return train.assign(**new)[columns]


NARROW_TYPES = ("int8", "uint8", "int16", "uint16", "float16", "float32")


def narrowed(ids: Any, dtype: str) -> np.ndarray:
    """Return ids as they are after a way through a type that may be too small: int64 array."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        through = np.asarray(ids).astype("int64").astype(dtype).astype("float64")
    return np.where(np.isfinite(through), through, -1).astype("int64")


def best_of(candidates: Iterable[int], scores: Any, n: int | None = None) -> np.ndarray:
    """Return the `n` candidates of highest score, best first, ties by id: int array (<= n,)."""
    candidates = np.array(sorted(candidates), dtype=int)
    order = np.argsort(-np.asarray(scores, dtype=float)[candidates], kind="stable")
    return candidates[order][:n]


def same_ids(got: Any, want: Any) -> bool:
    """Return whether two values hold the same ids in the same order; never raise."""
    return alike(got, want, rtol=0, atol=0)


def unseen(n_items: int, seen: Collection[int]) -> np.ndarray:
    """Return the items 0..n_items-1 that are not in `seen`, as an int array."""
    return np.array([item for item in range(n_items) if item not in seen], dtype=int)


def is_best(value: Any, candidates: Iterable[int], scores: Any, n: int) -> bool:
    """Return whether a value lists the `n` best candidates, best first, ties in any order.

    This function never raises.
    """
    want = best_of(candidates, scores, n)
    if shape_of(value) != want.shape:
        return False
    got = np.asarray(value).astype(float)
    if len(set(got)) < len(got) or not np.isin(got, list(candidates)).all():
        return False
    scores = np.asarray(scores)
    return np.array_equal(scores[got.astype(int)], scores[want])


def best_list(
    value: Any, candidates: Iterable[int], scores: Any, n: int, mistakes: Mistakes | None = None
) -> None:
    """Reject an answer that is no int array of the `n` best candidates, best first.

    Ties may come in any order.

    Args:
        value: The answer.
        candidates: The ids that the answer may list.
        scores: The score of every id, shape (n_items,).
        n: The length of the list, or more where there are fewer candidates.
        mistakes: The known mistakes, as in `asserts`.
    """
    want = best_of(candidates, scores, n)
    must = _("the {n} best unseen items, best first: {want}").format(
        n=len(want), want=brief(want.tolist())
    )
    if is_best(value, candidates, scores, n):
        integers(value, want.shape, must, mistakes)
        return
    cause = list_cause(value, want, candidates)
    shown = dict.fromkeys(names_of(mistakes), True)
    if cause is not None and not shown:
        fail(value, must, cause=cause)
    integers(value, want.shape, must, shown)
    fail(value, must, shown)


def list_cause(value: Any, want: np.ndarray, candidates: Iterable[int]) -> Cause | None:
    """Return the likely cause behind a list of items that should be `want`; None if unknown."""
    shape = shape_of(value)
    if shape is None or len(shape) != 1:
        pairs = isinstance(value, (list, tuple)) and value and isinstance(value[0], (list, tuple))
        if pairs or (shape is not None and len(shape) == 2 and shape[1] == 2):
            return Cause("pairs-for-ids", _PAIRS)
        return None
    numbers = np.asarray(value, dtype="float64")
    if not np.isfinite(numbers).all():
        return None
    beyond = np.flatnonzero(np.abs(numbers) > LARGEST_ID)
    if len(beyond):
        return Cause("id-beyond-all-items", _BEYOND.format(item=brief(np.ravel(value)[beyond[0]])))
    return _cause_of_order(numbers, want) or _cause_of_items(numbers, want, candidates)


def _cause_of_order(got: np.ndarray, want: np.ndarray) -> Cause | None:
    """Return the cause behind the right items in another order, or behind too few or too many."""
    n = len(want)
    if len(got) > n and np.array_equal(got[:n], want):
        return Cause("list-too-long", _TOO_LONG.format(got=len(got), want=n))
    if np.array_equal(want[: len(got)], got):
        return Cause("list-too-short", _TOO_SHORT.format(got=len(got), want=n))
    if n > 1 and np.array_equal(got, want[::-1]):
        return Cause("list-reversed", _REVERSED)
    if len(got) == n and np.array_equal(np.sort(got), np.sort(want)):
        return Cause("list-unsorted", _UNSORTED)
    if n > 1 and np.array_equal(got[: n - 1], want[1:]):
        return Cause("first-item-skipped", _SKIPPED)
    return None


def _cause_of_items(got: np.ndarray, want: np.ndarray, candidates: Iterable[int]) -> Cause:
    """Return the cause behind other items than the right ones.

    The function looks at the first `MAX_LISTED` items of a long list, because sorting millions of
    items takes seconds.
    """
    shape, got = got.shape, got[:MAX_LISTED]
    again = _first_repeated(got)
    if again is not None:
        return Cause("item-listed-again", _AGAIN.format(item=f"{again:g}"))
    strange = got[~np.isin(got, np.asarray(candidates))]
    if len(strange) and len(strange) == len(got):
        return Cause("only-excluded-items", _EXCLUDED)
    if len(strange):
        return Cause("excluded-items-listed", _STRANGE.format(item=f"{strange[0]:g}"))
    if shape != want.shape:
        return Cause("list-of-another-length", _LENGTH.format(got=shape[0], want=len(want)))
    missing = want[~np.isin(want, got)].tolist()
    return Cause("better-item-missing", _MISSING.format(item=missing[0]))


def _first_repeated(numbers: np.ndarray) -> float | None:
    """Return the first of the numbers (n,) that stands there twice; None where all differ."""
    _distinct, first, counts = np.unique(numbers, return_index=True, return_counts=True)
    repeated = first[counts > 1]
    return float(numbers[repeated.min()]) if len(repeated) else None


_PAIRS = _(
    "Pairs came back, an item with its score, where ids alone are asked for. "
    "Which half of each pair does the caller want?"
)
_BEYOND = _(
    "{item} stands in the list and is far beyond any item: a number below 0 in an unsigned type, "
    "or the result of a computation with ids. Which step makes it?"
)
_TOO_LONG = _(
    "The list begins rightly and goes on too long, {got} entries for {want}: `n` is not used, or "
    "places are filled up that should stay away. Where does your code cut?"
)
_TOO_SHORT = _(
    "The list is right as far as it goes, but ends too early: {got} entries for {want}. "
    "What takes items out, or what limits its length?"
)
_SKIPPED = _("The best item is left out: the list begins at the second. Which place is number 0?")
_LENGTH = _(
    "{got} items came back where {want} should: some that may be listed are gone, or the list ends "
    "elsewhere. Which condition or cut decides how long it is?"
)
_REVERSED = _(
    "These are the right items in reverse order, the best one last. "
    "Which end of your order comes first?"
)
_UNSORTED = _(
    "These are the right items, but not best first. By which numbers is the list ordered, if at "
    "all, and what does each step promise about the order?"
)
_EXCLUDED = _(
    "Only items came back that should have been left out: the condition is the wrong way round. "
    "Which items does it keep?"
)
_AGAIN = _(
    "Item {item} stands in the list more than once: it is found by something that two items share, "
    "such as a score. What does each item have that no other has?"
)
_MISSING = _(
    "Item {item} is missing, though it may be listed and is better than some that are. "
    "By which number does your code sort, and after which step is that item gone?"
)
_STRANGE = _(
    "Item {item} stands in the list and is none of those that may be listed: seen, unknown, or a "
    "filler. After which step are such items still there?"
)
