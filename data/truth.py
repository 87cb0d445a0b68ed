"""The model behind simulated ratings: Koren's equations (4) and (7) with numbers filled in."""

from dataclasses import dataclass

import numpy as np

DAY = 86_400
FIRST_SECOND, LAST_SECOND = 822_873_600, 1_537_747_200
"""1996-01-29 and 2018-09-24, in seconds since 1970: ratings lie between."""

DRIFT_EXPONENT = 0.4


@dataclass(frozen=True, eq=False)
class Truth:
    """What was planted. Row u of a user array is userId u + 1; item rows are those of `movies`.

    mu: float, stars. user_bias (U,), item_bias (I,): stars.
    user_factors (U, K), item_factors (I, K): column k is the taste named `axes[k]`.
    user_drift (U,): stars per day^0.4 since the middle of the user's time, alpha_u of Koren (7).
    user_start, user_end (U,): int64 seconds since 1970, between which the user rates.
    item_trend (I,): stars that an item's bias gains from the middle of the period to its end.
    popularity (I,): how likely an item is chosen, as a log weight; -inf: never.
    genres (I, G): bool, columns named by `genre_names`. years (I,): int64, of release.
    noise: standard deviation, in stars, of what no model can predict.
    """

    mu: float
    user_bias: np.ndarray
    item_bias: np.ndarray
    axes: tuple[str, ...]
    user_factors: np.ndarray
    item_factors: np.ndarray
    user_drift: np.ndarray
    user_start: np.ndarray
    user_end: np.ndarray
    item_trend: np.ndarray
    popularity: np.ndarray
    genre_names: tuple[str, ...]
    genres: np.ndarray
    years: np.ndarray
    noise: float


def score(truth: Truth, users: np.ndarray, items: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """Stars before noise and rounding, float (m,): Koren (7).

    mu + b_u + alpha_u dev_u(t) + b_i + trend_i when(t) + q_i . p_u, where dev_u(t) is
    sign(d) |d|^0.4 for d days since the middle of the user's time, and when(t) goes from -1 to 1.
    users, items: rows of the truth, int (m,). seconds: int (m,).
    """
    days = (seconds - (truth.user_start + truth.user_end)[users] / 2) / DAY
    deviation = np.sign(days) * np.abs(days) ** DRIFT_EXPONENT
    when = 2 * (seconds - FIRST_SECOND) / (LAST_SECOND - FIRST_SECOND) - 1
    return (
        truth.mu
        + truth.user_bias[users]
        + truth.user_drift[users] * deviation
        + truth.item_bias[items]
        + truth.item_trend[items] * when
        + (truth.user_factors[users] * truth.item_factors[items]).sum(axis=1)
    )


def to_stars(scores: np.ndarray) -> np.ndarray:
    """Scores as a user enters them: rounded to half stars, from 0.5 to 5."""
    return np.clip(np.floor(2 * scores + 0.5) / 2, 0.5, 5.0)


def expected_stars(scores: np.ndarray, noise: float) -> np.ndarray:
    """The mean of `to_stars(scores + e)` over normal noise e, which no prediction can beat.

    Half a star, and half a star more for each threshold that the noisy score passes.
    """
    from scipy.special import ndtr

    thresholds = np.arange(0.75, 5, 0.5)
    return 0.5 + 0.5 * ndtr((scores[:, None] - thresholds) / noise).sum(axis=1)
