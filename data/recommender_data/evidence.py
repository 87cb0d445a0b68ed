"""Draw evidence of a user's taste besides ratings, which is watched films and user attributes."""

import numpy as np
import pandas as pd

from recommender_data.arrays import Booleans, Floats
from recommender_data.catalogue import GENRE_TASTES, GENRES, TASTE_AXES
from recommender_data.truth import Truth

AGES = ("under 25", "25 to 39", "40 to 59", "60 and over")

_FEWEST_VIEWS, _MOST_VIEWS = 20, 60
_TASTE_IN_FAVOURITE = 4.0
_CHANCE_IN_AGE = 0.6


def draw_views(rng: np.random.Generator, weights: Floats, rated: Booleans) -> Booleans:
    """Draw the films that each user watched and did not rate, by the same weights as ratings.

    The largest sums of log weights and Gumbel noise are a draw without replacement (Kool,
    van Hoof and Welling, 2019: "Stochastic Beams and Where to Find Them", section 2.3).

    Args:
        rng: The source of randomness.
        weights: Log weights of the users' choices, float64 (U, I).
        rated: Whether a user rated a film, bool (U, I).

    Returns:
        Whether a user watched a film, bool (U, I). Each user watched 20 to 60 films, or all
        films that the user may choose and has not rated where fewer are left.
    """
    n_users = len(weights)
    counts = rng.integers(_FEWEST_VIEWS, _MOST_VIEWS + 1, size=n_users)
    keys = np.where(rated, -np.inf, weights - np.log(-np.log(rng.random(weights.shape))))
    rank = np.argsort(np.argsort(-keys, axis=1, kind="stable"), axis=1)
    watched: Booleans = (rank < counts[:, None]) & np.isfinite(keys)
    return watched


def draw_attributes(rng: np.random.Generator, truth: Truth) -> pd.DataFrame:
    """Draw an age group, a favourite genre and a newsletter subscription for each user.

    The favourite genre follows a user's taste, and lovers of old films tend to be old. The
    subscription is independent of the taste. No attribute determines more than a part of the
    taste.

    Returns:
        A frame with one row a user: userId (int64), age, favourite (a genre) and newsletter
        ("yes" or "no"), the last three as text.
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
