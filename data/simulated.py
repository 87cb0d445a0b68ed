"""Ratings drawn from a known model, so that the best that can be learnt from them is known too."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from autograder.util.i18n import _
from data.catalogue import GENRE_TASTES, GENRES, TASTE_AXES, Catalogue, draw_catalogue
from data.evidence import draw_attributes, draw_views
from data.truth import DAY, FIRST_SECOND, LAST_SECOND, Truth, expected_stars, score, to_stars

MIN_RATINGS_PER_USER = 20
MIN_ITEMS = 3 * MIN_RATINGS_PER_USER

_MU = 3.06
_NOISE = 0.74
_USER_BIAS, _ITEM_BIAS = 0.38, 0.40
_AXES = (*TASTE_AXES, "recent")
_AXIS_WEIGHTS = np.array([0.53, 0.38, 0.28, 0.13, 0.10, 0.26])
_OWN_TASTE = 0.12
_USER_DRIFT, _ITEM_TREND = 0.028, 0.36
_POPULARITY, _LIKED_FOR_POPULARITY = 1.25, 0.45
_TASTE_IN_CHOICE = 1.3


@dataclass(frozen=True, eq=False)
class Simulation:
    """Simulated data and the model that they were drawn from.

    ratings, movies: frames in MovieLens' columns, as `Dataset` has them; ratings are ordered by
    userId and movieId. truth: the model. views: frame with userId and movieId, films that a user
    watched and did not rate, ordered like ratings. users: frame with userId and what each user
    says: `age`, `favourite` (a genre), `newsletter` ("yes" or "no"); text.
    """

    ratings: pd.DataFrame
    movies: pd.DataFrame
    truth: Truth
    views: pd.DataFrame
    users: pd.DataFrame

    @property
    def best_rmse(self) -> float:
        """RMSE, over all ratings, of the expected rating: the best that any model can reach."""
        return self.best_rmse_for(self.ratings)

    def best_rmse_for(self, ratings: pd.DataFrame) -> float:
        """The same for some rows of `ratings`, such as a test set, in raw columns."""
        error = ratings["rating"].to_numpy() - self.expected(ratings)
        return float(np.sqrt(np.mean(error**2)))

    def expected(self, rows: pd.DataFrame) -> np.ndarray:
        """The mean rating that the model gives, float (m,), for any userId, movieId, timestamp.

        Raises KeyError for an id that is not in the simulation.
        """
        users = pd.RangeIndex(1, len(self.truth.user_bias) + 1).get_indexer(rows["userId"])
        items = pd.Index(self.movies["movieId"]).get_indexer(rows["movieId"])
        for column, positions in (("userId", users), ("movieId", items)):
            if (positions < 0).any():
                raise KeyError(f"{column} {rows[column].to_numpy()[positions < 0][0]}")
        scores = score(self.truth, users, items, rows["timestamp"].to_numpy())
        return expected_stars(scores, self.truth.noise)


def simulate(
    n_users: int = 600, n_items: int = 900, n_ratings: int = 60_000, seed: int = 0
) -> Simulation:
    """Draw films, users and ratings; the same seed gives the same bytes.

    Planted: biases of users and items, tastes that follow genres and year of release, drift of
    users and items in time, a long tail of popularity, users who choose what suits them, also
    where they do not rate it, attributes that tell of a user's taste, films that nobody rated,
    remakes of one title. `n_items` counts the catalogue, unrated films too.
    Raises ValueError if there are fewer than 20 ratings a user, fewer than 60 films, or more
    ratings than users can give.
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


def _draw_item_factors(rng: np.random.Generator, catalogue: Catalogue) -> np.ndarray:
    """Tastes of a film's genres together, some taste of its own, and its year."""
    n_genres = np.maximum(catalogue.genres.sum(axis=1, keepdims=True), 1)
    tastes = catalogue.genres @ GENRE_TASTES / np.sqrt(n_genres)
    tastes += _OWN_TASTE * rng.standard_normal(tastes.shape)
    recent = (catalogue.years - 1990) / 18
    factors = np.column_stack([tastes, recent])
    return _AXIS_WEIGHTS * (factors - factors.mean(axis=0))


def _draw_periods(rng: np.random.Generator, n_users: int) -> tuple[np.ndarray, np.ndarray]:
    """First and last second of each user: from a day to eight years, anywhere in the period."""
    length = DAY * np.clip(500 * np.exp(rng.standard_normal(n_users)), 1, 3000)
    start = FIRST_SECOND + (LAST_SECOND - FIRST_SECOND - length) * rng.random(n_users)
    return start.astype(np.int64), (start + length).astype(np.int64)


def _choose_items(
    rng: np.random.Generator, truth: Truth, n_ratings: int
) -> tuple[np.ndarray, np.ndarray]:
    """Users and items of the ratings, int64 (m,) each, ordered.

    A user draws films that are out, without repeats, with a chance that grows with popularity and
    with q_i . p_u: adding Gumbel noise to log weights and taking the largest does just that.
    """
    shape = len(truth.user_bias), len(truth.item_bias)
    weights = _choice_weights(truth)
    counts = _draw_counts(rng, np.isfinite(weights).sum(axis=1), n_ratings)
    keys = weights - np.log(-np.log(rng.random(shape)))
    order = np.argsort(-keys, axis=1, kind="stable")
    chosen = [np.sort(row[:count]) for row, count in zip(order, counts, strict=True)]
    return np.repeat(np.arange(shape[0]), counts), np.concatenate(chosen)


def _choice_weights(truth: Truth) -> np.ndarray:
    """How likely each user is to choose each film, as log weights (U, I); -inf if it is not out."""
    weights = truth.popularity + _TASTE_IN_CHOICE * truth.user_factors @ truth.item_factors.T
    return np.where(_released(truth.years) < truth.user_end[:, None], weights, -np.inf)


def _draw_counts(rng: np.random.Generator, available: np.ndarray, n_ratings: int) -> np.ndarray:
    """Ratings of each user: at least 20, a long tail, at most two thirds of what is available."""
    most = np.maximum(2 * available // 3, MIN_RATINGS_PER_USER)
    if available.min() < MIN_RATINGS_PER_USER or most.sum() < n_ratings:
        raise ValueError(
            _("{n_ratings} ratings need more films or more users.").format(n_ratings=n_ratings)
        )
    activity = np.exp(rng.standard_normal(len(available)))
    spare = n_ratings - MIN_RATINGS_PER_USER * len(available)
    counts = MIN_RATINGS_PER_USER + (spare * activity / activity.sum()).astype(np.int64)
    counts = np.minimum(counts, most)
    while missing := n_ratings - counts.sum():
        counts[np.flatnonzero(counts < most)[:missing]] += 1
    return counts


def _draw_evidence(
    seed: int, truth: Truth, rated: tuple[np.ndarray, np.ndarray], movies: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The frames `views` and `users`, from a generator of their own, so that ratings stay."""
    rng = np.random.Generator(np.random.PCG64([seed, 1]))
    weights = _choice_weights(truth)
    is_rated = np.zeros(weights.shape, dtype=bool)
    is_rated[rated] = True
    users, items = np.nonzero(draw_views(rng, weights, is_rated))
    views = pd.DataFrame({"userId": users + 1, "movieId": movies["movieId"].to_numpy()[items]})
    return views, draw_attributes(rng, truth)


def _choose_times(
    rng: np.random.Generator, truth: Truth, users: np.ndarray, items: np.ndarray
) -> np.ndarray:
    """A second in the user's period, after the film came out."""
    start = np.maximum(truth.user_start[users], _released(truth.years)[items])
    return (start + (truth.user_end[users] - start) * rng.random(len(users))).astype(np.int64)


def _released(years: np.ndarray) -> np.ndarray:
    """The first second of each year, since 1970."""
    return (years - 1970).astype("datetime64[Y]").astype("datetime64[s]").astype(np.int64)
