"""What tells a user's taste without a rating: films watched, and what users say of themselves."""

import numpy as np
import pandas as pd

from data.catalogue import GENRE_TASTES, GENRES, TASTE_AXES
from data.truth import Truth

AGES = ("under 25", "25 to 39", "40 to 59", "60 and over")

_FEWEST_VIEWS, _MOST_VIEWS = 20, 60
_TASTE_IN_FAVOURITE = 4.0
_CHANCE_IN_AGE = 0.6


def draw_views(rng: np.random.Generator, weights: np.ndarray, rated: np.ndarray) -> np.ndarray:
    """Films that each user watched and did not rate, chosen as the rated ones are.

    weights: log weights of the users' choices, float (U, I). rated: bool (U, I).
    Returns bool (U, I): 20 to 60 films a user, fewer where fewer are left.
    """
    n_users = len(weights)
    counts = rng.integers(_FEWEST_VIEWS, _MOST_VIEWS + 1, size=n_users)
    keys = np.where(rated, -np.inf, weights - np.log(-np.log(rng.random(weights.shape))))
    rank = np.argsort(np.argsort(-keys, axis=1, kind="stable"), axis=1)
    return (rank < counts[:, None]) & np.isfinite(keys)


def draw_attributes(rng: np.random.Generator, truth: Truth) -> pd.DataFrame:
    """A frame with one row a user: userId, `age`, `favourite` (a genre), `newsletter` (yes or no).

    The favourite genre follows a user's taste, and lovers of old films tend to be old; whether
    somebody reads the newsletter says nothing. No attribute tells more than a part of the taste.
    """
    n_users, n_axes = len(truth.user_factors), len(TASTE_AXES)
    spread = truth.item_factors.std(axis=0)
    liking = (spread * truth.user_factors)[:, :n_axes] @ GENRE_TASTES.T
    gumbel = -np.log(-np.log(rng.random(liking.shape)))
    favourite = np.argmax(_TASTE_IN_FAVOURITE * liking + gumbel, axis=1)
    youth = truth.user_factors[:, n_axes] + _CHANCE_IN_AGE * rng.standard_normal(n_users)
    group = np.argsort(np.argsort(-youth, kind="stable")) * len(AGES) // n_users
    return pd.DataFrame(
        {
            "userId": np.arange(1, n_users + 1),
            "age": np.array(AGES, dtype=object)[group],
            "favourite": np.array(GENRES, dtype=object)[favourite],
            "newsletter": np.array(["no", "yes"], dtype=object)[rng.integers(2, size=n_users)],
        }
    )
