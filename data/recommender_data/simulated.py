"""Draw ratings from a known model, so that the best possible error of a prediction is known."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recommender_data.arrays import Booleans, Floats, Integers
from recommender_data.catalogue import GENRE_TASTES, GENRES, TASTE_AXES, Catalogue, draw_catalogue
from recommender_data.evidence import draw_attributes, draw_views
from recommender_data.i18n import _
from recommender_data.truth import (
    DAY,
    FIRST_SECOND,
    LAST_SECOND,
    Truth,
    expected_stars,
    score,
    to_stars,
)

MIN_RATINGS_PER_USER = 20
MIN_ITEMS = 3 * MIN_RATINGS_PER_USER

_MU = 3.06
_NOISE = 0.74
_USER_BIAS, _ITEM_BIAS = 0.38, 0.40
_AXES = (*TASTE_AXES, "recent")
_AXIS_WEIGHTS: Floats = np.array([0.53, 0.38, 0.28, 0.13, 0.10, 0.26])
_OWN_TASTE = 0.12
_USER_DRIFT, _ITEM_TREND = 0.028, 0.36
_POPULARITY, _LIKED_FOR_POPULARITY = 1.25, 0.45
_TASTE_IN_CHOICE = 1.3


@dataclass(frozen=True, eq=False)
class Simulation:
    """Simulated data and the model behind them.

    Attributes:
        ratings: Frame with the columns of `Dataset.ratings`, ordered by userId and movieId.
        movies: Frame with the columns of `Dataset.movies`.
        truth: The model.
        views: Frame with userId and movieId (int64) of films that a user watched and did not
            rate, ordered by userId and movieId.
        users: Frame with userId (int64) and each user's age, favourite (a genre) and newsletter
            ("yes" or "no"), as text.
    """

    ratings: pd.DataFrame
    movies: pd.DataFrame
    truth: Truth
    views: pd.DataFrame
    users: pd.DataFrame

    @property
    def best_rmse(self) -> float:
        """The RMSE of the expected rating over all ratings, which no model can beat; in stars."""
        return self.best_rmse_for(self.ratings)

    def best_rmse_for(self, ratings: pd.DataFrame) -> float:
        """Return the RMSE of the expected rating over some rows of `ratings`; in stars.

        Args:
            ratings: Rows such as a test set, with the columns of `Dataset.ratings`.
        """
        error: Floats = ratings["rating"].to_numpy() - self.expected(ratings)
        return float(np.sqrt(np.mean(error**2)))

    def expected(self, rows: pd.DataFrame) -> Floats:
        """Return the mean rating that the model gives.

        Args:
            rows: Frame with userId, movieId and timestamp; the pairs need not be rated.

        Returns:
            float64 (m,), in stars.

        Raises:
            KeyError: An id is not in the simulation.
        """
        known = pd.RangeIndex(1, len(self.truth.user_bias) + 1)
        users = known.get_indexer(pd.Index(rows["userId"]))
        items = pd.Index(self.movies["movieId"]).get_indexer(pd.Index(rows["movieId"]))
        for column, positions in (("userId", users), ("movieId", items)):
            if (positions < 0).any():
                raise KeyError(f"{column} {rows[column].to_numpy()[positions < 0][0]}")
        scores = score(self.truth, users, items, rows["timestamp"].to_numpy())
        return expected_stars(scores, self.truth.noise)


def simulate(
    n_users: int = 600, n_items: int = 900, n_ratings: int = 60_000, seed: int = 0
) -> Simulation:
    """Draw films, users and ratings; the same seed gives the same bytes.

    The simulation contains biases of users and items, tastes that follow genres and year of
    release, drift of users and items in time, and a long tail of popularity. Users choose films
    that suit them, whether they rate these or only watch them, and their attributes depend on
    their taste. Some films have no rating, and some are remakes with the same title.

    Args:
        n_users: The number of users, each with at least 20 ratings.
        n_items: The number of films in the catalogue, at least 60, unrated films included.
        n_ratings: The number of ratings.
        seed: The seed of all draws.

    Raises:
        ValueError: There are fewer than 20 ratings a user, fewer than 60 films, or more ratings
            than users can give.
    """
    if n_items < MIN_ITEMS or n_ratings < MIN_RATINGS_PER_USER * n_users:
        raise ValueError(
            _(
                "A simulation needs at least {min_items} films and {min_ratings} ratings a user, "
                "not {n_items} films and {n_ratings} ratings of {n_users} users."
            ).format(
                min_items=MIN_ITEMS,
                min_ratings=MIN_RATINGS_PER_USER,
                n_items=n_items,
                n_ratings=n_ratings,
                n_users=n_users,
            )
        )
    rng = np.random.Generator(np.random.PCG64(seed))
    catalogue = draw_catalogue(rng, n_items)
    truth = _plant(rng, n_users, catalogue)
    users, items = _choose_items(rng, truth, n_ratings)
    seconds = _choose_times(rng, truth, users, items)
    scores = score(truth, users, items, seconds)
    ratings = pd.DataFrame(
        {
            "userId": users + 1,
            "movieId": catalogue.movies["movieId"].to_numpy()[items],
            "rating": to_stars(scores + truth.noise * rng.standard_normal(n_ratings)),
            "timestamp": seconds,
        }
    )
    views, people = _draw_evidence(seed, truth, (users, items), catalogue.movies)
    return Simulation(ratings, catalogue.movies, truth, views, people)


def _plant(rng: np.random.Generator, n_users: int, catalogue: Catalogue) -> Truth:
    n_items = len(catalogue.movies)
    start, end = _draw_periods(rng, n_users)
    popularity = rng.standard_normal(n_items)
    liked = _LIKED_FOR_POPULARITY * popularity + 0.9 * rng.standard_normal(n_items)
    never_rated = np.argsort(rng.random(n_items))[: max(1, n_items // 75)]
    popularity[never_rated] = -np.inf
    return Truth(
        mu=_MU,
        user_bias=_USER_BIAS * rng.standard_normal(n_users),
        item_bias=_ITEM_BIAS * liked,
        axes=_AXES,
        user_factors=rng.standard_normal((n_users, len(_AXES))),
        item_factors=_draw_item_factors(rng, catalogue),
        user_drift=_USER_DRIFT * rng.standard_normal(n_users),
        user_start=start,
        user_end=end,
        item_trend=_ITEM_TREND * rng.standard_normal(n_items),
        popularity=_POPULARITY * popularity,
        genre_names=GENRES,
        genres=catalogue.genres,
        years=catalogue.years,
        noise=_NOISE,
    )


def _draw_item_factors(rng: np.random.Generator, catalogue: Catalogue) -> Floats:
    """Sum up the tastes of a film's genres, a taste of its own and its year; float64 (I, K)."""
    n_genres = np.maximum(catalogue.genres.sum(axis=1, keepdims=True), 1)
    tastes = catalogue.genres @ GENRE_TASTES / np.sqrt(n_genres)
    tastes += _OWN_TASTE * rng.standard_normal(tastes.shape)
    recent = (catalogue.years - 1990) / 18
    factors = np.column_stack([tastes, recent])
    centred: Floats = factors - factors.mean(axis=0)
    return _AXIS_WEIGHTS * centred


def _draw_periods(rng: np.random.Generator, n_users: int) -> tuple[Integers, Integers]:
    """Draw each user's first and last second, a day to eight years apart; int64 (U,) each."""
    length = DAY * np.clip(500 * np.exp(rng.standard_normal(n_users)), 1, 3000)
    start = FIRST_SECOND + (LAST_SECOND - FIRST_SECOND - length) * rng.random(n_users)
    return start.astype(np.int64), (start + length).astype(np.int64)


def _choose_items(
    rng: np.random.Generator, truth: Truth, n_ratings: int
) -> tuple[Integers, Integers]:
    """Draw the ordered users and items of the ratings, int64 (m,) each.

    A user draws released films without replacement; popularity and q_i . p_u raise a film's
    weight. The largest sums of log weights and Gumbel noise are such a draw (see `draw_views`).
    """
    shape = len(truth.user_bias), len(truth.item_bias)
    weights = _choice_weights(truth)
    counts = _draw_counts(rng, np.isfinite(weights).sum(axis=1), n_ratings)
    keys = weights - np.log(-np.log(rng.random(shape)))
    order = np.argsort(-keys, axis=1, kind="stable")
    chosen = [np.sort(row[:count]) for row, count in zip(order, counts, strict=True)]
    return np.repeat(np.arange(shape[0]), counts), np.concatenate(chosen)


def _choice_weights(truth: Truth) -> Floats:
    """Return log weights of each user's choices, float64 (U, I), -inf for unreleased films."""
    weights = truth.popularity + _TASTE_IN_CHOICE * truth.user_factors @ truth.item_factors.T
    return np.where(_released(truth.years) < truth.user_end[:, None], weights, -np.inf)


def _draw_counts(rng: np.random.Generator, available: Integers, n_ratings: int) -> Integers:
    """Draw the number of each user's ratings, int64 (U,), with a long tail.

    The number is at least 20 and at most two thirds of the available films.
    """
    most = np.maximum(2 * available // 3, MIN_RATINGS_PER_USER)
    if available.min() < MIN_RATINGS_PER_USER or most.sum() < n_ratings:
        raise ValueError(
            _("{n_ratings} ratings need more films or more users.").format(n_ratings=n_ratings)
        )
    activity = np.exp(rng.standard_normal(len(available)))
    spare = n_ratings - MIN_RATINGS_PER_USER * len(available)
    counts: Integers = MIN_RATINGS_PER_USER + (spare * activity / activity.sum()).astype(np.int64)
    counts = np.minimum(counts, most)
    while missing := n_ratings - counts.sum():
        counts[np.flatnonzero(counts < most)[:missing]] += 1
    return counts


def _draw_evidence(
    seed: int, truth: Truth, rated: tuple[Integers, Integers], movies: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw the frames `views` and `users` from a generator that does not affect the ratings."""
    rng = np.random.Generator(np.random.PCG64([seed, 1]))
    weights = _choice_weights(truth)
    is_rated: Booleans = np.zeros(weights.shape, dtype=bool)
    is_rated[rated] = True
    users, items = np.nonzero(draw_views(rng, weights, is_rated))
    views = pd.DataFrame({"userId": users + 1, "movieId": movies["movieId"].to_numpy()[items]})
    return views, draw_attributes(rng, truth)


def _choose_times(
    rng: np.random.Generator, truth: Truth, users: Integers, items: Integers
) -> Integers:
    """Draw for each rating a second in the user's period after the film's release, int64 (m,)."""
    start = np.maximum(truth.user_start[users], _released(truth.years)[items])
    seconds: Floats = start + (truth.user_end[users] - start) * rng.random(len(users))
    return seconds.astype(np.int64)


def _released(years: Integers) -> Integers:
    """Return the first second of each year, int64 (I,), since 1970."""
    starts = (years - 1970).astype("datetime64[Y]").astype("datetime64[s]")
    seconds: Integers = starts.astype(np.int64)
    return seconds
