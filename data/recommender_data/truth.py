"""The model behind simulated ratings.

Its equations are (4) and (7) of Koren, Bell and Volinsky (2009), "Matrix Factorization Techniques
for Recommender Systems". A user's drift follows Koren (2009), "Collaborative Filtering with
Temporal Dynamics", which gives the exponent 0.4.
"""

from dataclasses import dataclass

import numpy as np

from recommender_data.arrays import Booleans, Floats, Integers

DAY = 86_400
FIRST_SECOND, LAST_SECOND = 822_873_600, 1_537_747_200
"""1996-01-29 and 2018-09-24, in seconds since 1970; all ratings lie between these times."""

DRIFT_EXPONENT = 0.4


@dataclass(frozen=True, eq=False)
class Truth:
    """The parameters of the simulation.

    Row u of a user array stands for userId u + 1; rows of item arrays are rows of `movies`.

    Attributes:
        mu: The mean, in stars.
        user_bias: float64 (U,), stars.
        item_bias: float64 (I,), stars.
        axes: The names of the K tastes, which are the factors' columns.
        user_factors: float64 (U, K).
        item_factors: float64 (I, K).
        user_drift: Koren's alpha_u, float64 (U,), in stars per day^0.4 since the middle of the
            user's time.
        user_start: The first second in which a user may rate, int64 (U,), since 1970.
        user_end: The last second in which a user may rate, int64 (U,), since 1970.
        item_trend: The stars that an item's bias gains from the middle of the period to its end,
            float64 (I,).
        popularity: The log weight of an item in users' choices, float64 (I,); -inf for an item
            that nobody chooses.
        genre_names: The names of the G genres.
        genres: Whether an item has a genre, bool (I, G).
        years: The items' years of release, int64 (I,).
        noise: The standard deviation, in stars, of the part that no model can predict.
    """

    mu: float
    user_bias: Floats
    item_bias: Floats
    axes: tuple[str, ...]
    user_factors: Floats
    item_factors: Floats
    user_drift: Floats
    user_start: Integers
    user_end: Integers
    item_trend: Floats
    popularity: Floats
    genre_names: tuple[str, ...]
    genres: Booleans
    years: Integers
    noise: float


def score(truth: Truth, users: Integers, items: Integers, seconds: Integers) -> Floats:
    """Return the stars before noise and rounding.

    The formula is (7) of Koren, Bell and Volinsky (2009), with constant factors:
    mu + b_u + alpha_u dev_u(t) + b_i + trend_i when(t) + q_i . p_u. Here dev_u(t) is
    sign(d) |d|^0.4 for d days since the middle of the user's time (Koren, 2009), and when(t)
    rises from -1 to 1 over the period.

    Args:
        truth: The model.
        users: Rows of the user arrays, int64 (m,).
        items: Rows of the item arrays, int64 (m,).
        seconds: Times of the ratings, int64 (m,), since 1970.

    Returns:
        float64 (m,), in stars.
    """
    days = (seconds - (truth.user_start + truth.user_end)[users] / 2) / DAY
    deviation = np.sign(days) * np.abs(days) ** DRIFT_EXPONENT
    when = 2 * (seconds - FIRST_SECOND) / (LAST_SECOND - FIRST_SECOND) - 1
    stars: Floats = (
        truth.mu
        + truth.user_bias[users]
        + truth.user_drift[users] * deviation
        + truth.item_bias[items]
        + truth.item_trend[items] * when
        + (truth.user_factors[users] * truth.item_factors[items]).sum(axis=1)
    )
    return stars


def to_stars(scores: Floats) -> Floats:
    """Round scores to half stars and clip them to the range from 0.5 to 5; keep the shape."""
    stars: Floats = np.clip(np.floor(2 * scores + 0.5) / 2, 0.5, 5.0)
    return stars


def expected_stars(scores: Floats, noise: float) -> Floats:
    """Return the mean of `to_stars(scores + e)` over normal noise e.

    The mean has the smallest squared error of all predictions. It is half a star, plus half a
    star times the probability that the noisy score exceeds a threshold, for each threshold t:
    0.5 + 0.5 sum_t Phi((score - t) / noise), with the normal distribution function Phi.

    Args:
        scores: Stars before noise and rounding, float64 (m,).
        noise: The standard deviation of e, in stars.

    Returns:
        float64 (m,), in stars.
    """
    from scipy.special import ndtr

    thresholds = np.arange(0.75, 5, 0.5)
    expected: Floats = 0.5 + 0.5 * ndtr((scores[:, None] - thresholds) / noise).sum(axis=1)
    return expected
