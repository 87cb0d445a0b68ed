"""What several checks ask of lists of items: the best ones, best first, ties in any order."""

import numpy as np
import pandas as pd

from autograder.checking import Mistakes, integers, require, shape_of
from autograder.describe import brief
from autograder.i18n import _


def draw_encoded(rng, n_users: int = 6, n_items: int = 15, n_ratings: int = 40) -> pd.DataFrame:
    """An encoded frame of ratings, no pair twice, neither rows nor index in order.

    Items differ in popularity; the popular ones get the fewest stars, two have no rating at all.
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


def best_of(candidates, scores, n: int | None = None) -> np.ndarray:
    """The `n` candidates of highest score, best first, ties by id: int array (<= n,)."""
    candidates = np.array(sorted(candidates), dtype=int)
    order = np.argsort(-np.asarray(scores, dtype=float)[candidates], kind="stable")
    return candidates[order][:n]


def unseen(n_items: int, seen) -> np.ndarray:
    """Which of the items 0..n_items-1 are not in `seen`: int array."""
    return np.array([item for item in range(n_items) if item not in seen], dtype=int)


def is_best(value, candidates, scores, n: int) -> bool:
    """Whether a value lists the `n` best candidates, best first, ties in any order.

    Never raises.
    """
    want = best_of(candidates, scores, n)
    if shape_of(value) != want.shape:
        return False
    got = np.asarray(value).astype(float)
    if len(set(got)) < len(got) or not np.isin(got, list(candidates)).all():
        return False
    scores = np.asarray(scores)
    return np.array_equal(scores[got.astype(int)], scores[want])


def best_list(value, candidates, scores, n: int, mistakes: Mistakes | None = None) -> None:
    """Reject an answer that is no int array of the `n` best candidates, best first.

    Ties may come in any order. candidates: ids; scores: array with a score for every id.
    """
    want = best_of(candidates, scores, n)
    must = _("the {n} best unseen items, best first: {want}").format(
        n=len(want), want=brief(want.tolist())
    )
    integers(value, want.shape, must, mistakes)
    require(is_best(value, candidates, scores, n), value, must, mistakes)
