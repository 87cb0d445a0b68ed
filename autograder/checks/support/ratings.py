"""Raw ratings for checks: frames in MovieLens' own columns, in no order and with a gappy index."""

import numpy as np
import pandas as pd

from autograder.checking.asserts import require
from autograder.checking.value_causes import argument_changed
from autograder.util.i18n import _

COLUMNS = ["userId", "movieId", "rating", "timestamp"]
STARS = np.arange(1, 11) / 2


def draw_ids(rng, n: int, largest: int = 900) -> np.ndarray:
    """Distinct ids with gaps, in no order: int64 array (n,) between 2 and `largest`."""
    return rng.choice(np.arange(2, largest + 1), size=n, replace=False)


def draw_ratings(rng, n_users: int = 7, n_items: int = 12, n_ratings: int = 40) -> pd.DataFrame:
    """A raw frame in which every user and item occurs, no pair twice, every timestamp once.

    Users and items differ in activity and popularity. The index is neither sorted nor contiguous.
    n_ratings: at least n_users + n_items, at most n_users * n_items.
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


def draw_times(rng, n: int) -> np.ndarray:
    """Distinct timestamps in no order: int64 array (n,), seconds since 1970."""
    return 900_000_000 + rng.choice(600_000_000, size=n, replace=False)


def require_unchanged(submission, kept, original, mistakes=None) -> None:
    """Reject a function that changed what `kept` stands for.

    That is a frame, series, array or dict, or a list or tuple of these.
    """
    require_as_it_was(is_unchanged(submission, kept, original), mistakes)


def is_unchanged(submission, kept, original) -> bool:
    """Whether what `kept` stands for is as it was placed."""
    return _same(submission.read(kept), original)


def require_as_it_was(unchanged: bool, mistakes=None) -> None:
    """Reject a function that changed an argument."""
    require(
        unchanged,
        _("the call left its argument changed"),
        _("a function leaves its arguments as they were"),
        mistakes,
        argument_changed(),
    )


def _same(now, original) -> bool:
    if isinstance(original, (pd.DataFrame, pd.Series)):
        return original.equals(now)
    if isinstance(original, np.ndarray):
        return np.array_equal(now, original)
    if isinstance(original, (list, tuple)):
        same_length = isinstance(now, (list, tuple)) and len(now) == len(original)
        return same_length and all(map(_same, now, original))
    return now == original
