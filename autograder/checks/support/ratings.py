"""Raw ratings for checks: frames in MovieLens' own columns, in no order, the index with gaps."""

from typing import Any

import numpy as np
import pandas as pd

from autograder.checking.asserts import require
from autograder.checking.failure import Mistakes
from autograder.checking.proxies import Proxy, SubmissionProxy
from autograder.checking.value_causes import argument_changed
from autograder.util.i18n import _

COLUMNS = ["userId", "movieId", "rating", "timestamp"]
STARS = np.arange(1, 11) / 2


def draw_ids(rng: np.random.Generator, n: int, largest: int = 900) -> np.ndarray:
    """Return distinct ids with gaps, in no order: int64 array (n,) between 2 and `largest`."""
    return rng.choice(np.arange(2, largest + 1), size=n, replace=False)


def draw_ratings(
    rng: np.random.Generator, n_users: int = 7, n_items: int = 12, n_ratings: int = 40
) -> pd.DataFrame:
    """Return a raw frame in which every user and item occurs, no pair twice, no timestamp twice.

    Users and items differ in activity and popularity. The index is neither sorted nor contiguous.

    Args:
        rng: Draws the ratings.
        n_users: The number of users.
        n_items: The number of items.
        n_ratings: The number of rows, from n_users + n_items to n_users * n_items.
    """
    user = np.arange(n_users).repeat(n_items)
    item = np.tile(np.arange(n_items), n_users)
    chance = rng.random(len(user)) / ((1 + user) * (1 + item))
    chance[np.arange(n_users) * n_items + rng.integers(n_items, size=n_users)] = 1
    chance[rng.integers(n_users, size=n_items) * n_items + np.arange(n_items)] = 1
    chosen = rng.permutation(np.argsort(-chance)[:n_ratings])
    return pd.DataFrame(
        {
            "userId": draw_ids(rng, n_users)[user[chosen]],
            "movieId": draw_ids(rng, n_items, 190_000)[item[chosen]],
            "rating": rng.choice(STARS, size=n_ratings),
            "timestamp": draw_times(rng, n_ratings),
        },
        index=draw_ids(rng, n_ratings, 20 * n_ratings),
    )


def draw_wide_ids(rng: np.random.Generator, n: int = 9) -> np.ndarray:
    """Return n distinct ids of any size, 0 among them, in no order: int64 array (n,), n from 9.

    Some differ by 65,536 or by 2^32, and some are neighbours above 2^24 and above 2^51: a type that
    is too small for them makes one id of two. A table with a row for every number up to the largest
    id fits into no memory.
    """
    small = int(rng.integers(1, 30_000))
    large = 2**24 + 4 * int(rng.integers(1_000))
    huge = 2**51 + int(rng.integers(1_000))
    ids = [0, small, small + 65_536, small + 2**32, large, large + 1, 2**31 + 7, huge, huge + 1]
    return rng.permutation([*ids, *rng.choice(np.arange(10**6, 2 * 10**6), n - 9, replace=False)])


def with_wide_ids(rng: np.random.Generator, ratings: pd.DataFrame) -> pd.DataFrame:
    """Return ratings whose users and items, nine of each or more, have ids of any size."""
    new = {}
    for name in ("userId", "movieId"):
        old = np.unique(ratings[name])
        new[name] = ratings[name].map(dict(zip(old, draw_wide_ids(rng, len(old)), strict=True)))
    return ratings.assign(**new)


def draw_times(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return distinct timestamps in no order: int64 array (n,), seconds since 1970."""
    return 900_000_000 + rng.choice(600_000_000, size=n, replace=False)


def require_unchanged(
    submission: SubmissionProxy, kept: Proxy, original: Any, mistakes: Mistakes | None = None
) -> None:
    """Reject a function that changed its argument.

    Args:
        submission: The learner's functions.
        kept: The argument on the learner's side.
        original: The argument as it was before the call: a frame, series, array or dict, or a list
            or tuple of these.
        mistakes: The known mistakes that a changed argument shows.
    """
    require_as_it_was(is_unchanged(submission, kept, original), mistakes)


def is_unchanged(submission: SubmissionProxy, kept: Proxy, original: Any) -> bool:
    """Return whether the object behind `kept` still equals the original."""
    return _same(submission.read(kept), original)


def require_as_it_was(unchanged: bool, mistakes: Mistakes | None = None) -> None:
    """Reject a function that changed an argument."""
    require(
        unchanged,
        _("the call left its argument changed"),
        _("a function leaves its arguments as they were"),
        mistakes,
        argument_changed(),
    )


def _same(now: Any, original: Any) -> bool:
    if isinstance(original, (pd.DataFrame, pd.Series)):
        return original.equals(now)
    if isinstance(original, np.ndarray):
        return np.array_equal(now, original)
    if isinstance(original, (list, tuple)):
        same_length = isinstance(now, (list, tuple)) and len(now) == len(original)
        return same_length and all(map(_same, now, original))
    return now == original
