"""`data.simulate`: the properties planted in simulated ratings show in the ratings themselves."""

import os
import re
from collections import Counter
from dataclasses import fields, replace
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.naive_bayes import MultinomialNB

import recommender_data as data

REAL_FOLDER = os.environ.get("MOVIELENS_DIR")
YEAR = re.compile(r" \((\d{4})\)$")
DAY = 86_400


@pytest.fixture(scope="module")
def simulation():
    return data.simulate()


class Encoded:
    """Ratings as arrays, users and items counted from 0, one row in five held out."""

    def __init__(self, simulation):
        ratings = simulation.ratings
        self.n_users = len(simulation.truth.user_bias)
        self.n_items = len(simulation.movies)
        self.user = ratings["userId"].to_numpy() - 1
        self.item = pd.Index(simulation.movies["movieId"]).get_indexer(ratings["movieId"])
        self.rating = ratings["rating"].to_numpy()
        self.seconds = ratings["timestamp"].to_numpy()
        self.is_test = np.random.default_rng(5).random(len(ratings)) < 0.2
        self.is_train = ~self.is_test

    def test_rmse(self, prediction):
        error = (self.rating - prediction)[self.is_test]
        return np.sqrt(np.mean(error**2))


@pytest.fixture(scope="module")
def rows(simulation):
    return Encoded(simulation)


def shrunken_means(values, groups, n_groups, reg):
    """Return means of `values` by group, shrunk as if each group had `reg` more values of 0."""
    counts = np.bincount(groups, minlength=n_groups)
    return np.bincount(groups, values, n_groups) / (reg + counts)


@pytest.fixture(scope="module")
def baseline(rows):
    """Return predictions of the mean and two biases, learnt from the training rows."""
    train = rows.is_train
    mu = rows.rating[train].mean()
    left = rows.rating - mu
    b_i = shrunken_means(left[train], rows.item[train], rows.n_items, 5)[rows.item]
    b_u = shrunken_means((left - b_i)[train], rows.user[train], rows.n_users, 5)[rows.user]
    return mu + b_i + b_u


@pytest.fixture(scope="module")
def learnt(rows, baseline):
    """Return factors of users and items, learnt from the training rows."""
    return alternating_least_squares(rows, baseline)


def alternating_least_squares(rows, baseline, n_factors=6, reg=0.1, sweeps=6):
    """Return factors for the baseline's residuals, learnt from the training rows."""
    train = np.flatnonzero(rows.is_train)
    left = (rows.rating - baseline)[train]
    rng = np.random.default_rng(0)
    q = 0.1 * rng.standard_normal((rows.n_items, n_factors))
    p = np.zeros((rows.n_users, n_factors))

    def solve(target, groups, source, others):
        for group in np.unique(groups):
            of_group = groups == group
            x = source[others[of_group]]
            gram = x.T @ x + reg * len(x) * np.eye(n_factors)
            target[group] = np.linalg.solve(gram, x.T @ left[of_group])

    for _sweep in range(sweeps):
        solve(p, rows.user[train], q, rows.item[train])
        solve(q, rows.item[train], p, rows.user[train])
    return p, q


# Shape


def test_frames_have_movielens_columns_and_types(simulation):
    assert dict(simulation.ratings.dtypes) == {
        "userId": np.int64,
        "movieId": np.int64,
        "rating": np.float64,
        "timestamp": np.int64,
    }
    assert list(simulation.movies) == ["movieId", "title", "genres"]
    assert simulation.movies["movieId"].dtype == np.int64


@pytest.mark.parametrize("sizes", [(600, 900, 60_000), (30, 80, 900), (np.int64(50), 200, 1000)])
def test_sizes_are_those_asked_for(sizes):
    n_users, n_items, n_ratings = sizes
    simulation = data.simulate(n_users, n_items, n_ratings, seed=3)
    assert len(simulation.ratings) == n_ratings
    assert len(simulation.movies) == n_items
    assert sorted(simulation.ratings["userId"].unique()) == list(range(1, n_users + 1))
    assert simulation.ratings["userId"].value_counts().min() >= 20


@pytest.mark.parametrize("sizes", [(10, 80, 199), (10, 59, 400), (10, 80, 790), (0, 0, 0)])
def test_sizes_that_cannot_be_are_refused(sizes):
    with pytest.raises(ValueError, match="films"):
        data.simulate(*sizes)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_data(simulation):
    again, other = data.simulate(seed=0), data.simulate(seed=1)
    for frame, same, different in (
        (simulation.ratings, again.ratings, other.ratings),
        (simulation.movies, again.movies, other.movies),
    ):
        assert frame.to_csv().encode() == same.to_csv().encode()
        assert frame.to_csv().encode() != different.to_csv().encode()
    for field in fields(data.Truth):
        np.testing.assert_array_equal(
            getattr(simulation.truth, field.name), getattr(again.truth, field.name)
        )


def test_ratings_are_half_stars_and_every_one_of_them_is_used(simulation):
    assert sorted(simulation.ratings["rating"].unique()) == list(np.arange(0.5, 5.5, 0.5))


def test_nobody_rates_a_film_twice_and_rows_are_ordered(simulation):
    pairs = simulation.ratings[["userId", "movieId"]]
    assert not pairs.duplicated().any()
    assert pairs.equals(pairs.sort_values(["userId", "movieId"]))


# Films


def test_film_ids_rise_with_gaps(simulation):
    ids = simulation.movies["movieId"]
    assert (ids.diff().dropna() >= 1).all()
    assert ids.max() > 3 * len(ids)


def test_a_few_films_have_no_rating_a_few_no_genre_and_two_share_a_title(simulation):
    movies = simulation.movies
    unrated = ~movies["movieId"].isin(simulation.ratings["movieId"])
    assert 0 < unrated.sum() < 0.05 * len(movies)
    assert 0 < (movies["genres"] == "(no genres listed)").sum() < 0.05 * len(movies)
    twins = movies[movies["title"].duplicated(keep=False)]
    assert len(twins) == 4
    assert twins["movieId"].is_unique


def test_films_have_one_to_three_genres_that_agree_with_the_truth(simulation):
    truth = simulation.truth
    for text, row in zip(simulation.movies["genres"], truth.genres, strict=True):
        listed = [] if text == "(no genres listed)" else text.split("|")
        assert listed == sorted(np.array(truth.genre_names)[row])
        assert len(listed) <= 3
    assert len(set(truth.genres.sum(axis=1))) == 4


def test_titles_end_in_the_year_of_release(simulation):
    years = simulation.movies["title"].str.extract(YEAR)[0].astype(int)
    np.testing.assert_array_equal(years, simulation.truth.years)
    assert years.nunique() > 40


def test_titles_sound_like_their_genres(simulation):
    known = simulation.movies[simulation.truth.genres.sum(axis=1) == 1]
    words = CountVectorizer().fit_transform(known["title"].str.replace(YEAR, "", regex=True))
    learn = np.arange(len(known)) % 2 == 0
    guessed = MultinomialNB().fit(words[learn], known["genres"][learn]).predict(words[~learn])
    commonest = Counter(known["genres"]).most_common(1)[0][1] / len(known)
    assert np.mean(guessed == known["genres"][~learn]) > 2 * commonest


def test_a_second_part_is_not_older_than_the_first(simulation):
    parts = simulation.movies["title"].str.extract(r"^(.*), Part (\d+) \((\d{4})\)$").dropna()
    first_year = dict(simulation.movies["title"].str.extract(r"^(.*) \((\d{4})\)$").to_numpy())
    assert len(parts) > 5
    assert all(year >= first_year[name] for name, _part, year in parts.to_numpy())


def test_no_title_is_that_of_a_film_in_ml_latest_small(monkeypatch, simulation):
    if not REAL_FOLDER:
        pytest.skip("MOVIELENS_DIR is not set")
    real = pd.read_csv(os.path.join(REAL_FOLDER, "ml-latest-small", "movies.csv"))["title"]

    def names(titles):
        return set(titles.str.replace(YEAR, "", regex=True).str.lower())

    invented = names(data.simulate(n_items=5000, n_ratings=20_000).movies["title"])
    assert invented & names(real) == set()


# Time and choice


def test_timestamps_lie_between_1996_and_2018_and_after_the_release(simulation, rows):
    when = pd.to_datetime(simulation.ratings["timestamp"], unit="s")
    assert when.dt.year.min() == 1996
    assert when.dt.year.max() == 2018
    assert (when.dt.year.to_numpy() >= simulation.truth.years[rows.item]).all()


def test_each_user_rates_in_a_time_of_their_own(simulation, rows):
    truth = simulation.truth
    assert (rows.seconds >= truth.user_start[rows.user]).all()
    assert (rows.seconds <= truth.user_end[rows.user]).all()
    days = (truth.user_end - truth.user_start) / DAY
    assert np.quantile(days, 0.9) > 5 * np.quantile(days, 0.1)


def test_popularity_has_a_long_tail(simulation):
    counts = simulation.ratings["movieId"].value_counts()
    tenth = len(simulation.movies) // 10
    assert counts.iloc[:tenth].sum() > 0.3 * counts.sum()
    assert counts.max() > 8 * counts.median()


def test_users_who_chose_alike_have_like_tastes(simulation, rows):
    chosen = np.zeros((rows.n_users, rows.n_items))
    chosen[rows.user, rows.item] = 1
    chosen /= np.sqrt(np.maximum(chosen.sum(axis=0), 1))
    pairs = np.triu_indices(rows.n_users, 1)
    similar_choice = cosine(chosen)[pairs]
    spread = simulation.truth.item_factors.std(axis=0)
    similar_taste = cosine(spread * simulation.truth.user_factors)[pairs]
    assert np.corrcoef(similar_choice, similar_taste)[0, 1] > 0.15


def cosine(rows):
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit @ unit.T


# Signs of taste without a rating


def test_views_are_films_that_were_out_and_that_the_user_did_not_rate(simulation):
    views = simulation.views
    assert list(views) == ["userId", "movieId"]
    assert views.equals(views.sort_values(["userId", "movieId"]))
    assert not views.duplicated().any()
    assert views.merge(simulation.ratings, on=["userId", "movieId"]).empty
    assert set(views["userId"]) == set(simulation.users["userId"])
    assert views["userId"].value_counts().between(20, 60).all()
    years = pd.Series(simulation.truth.years, index=simulation.movies["movieId"])
    last = pd.to_datetime(simulation.truth.user_end, unit="s").year.to_numpy()
    assert (years[views["movieId"]].to_numpy() <= last[views["userId"] - 1]).all()


def test_users_watch_what_suits_them(simulation):
    truth, views = simulation.truth, simulation.views
    items = pd.Index(simulation.movies["movieId"]).get_indexer(views["movieId"])
    liking = truth.user_factors @ truth.item_factors.T
    strangers = np.random.default_rng(0).permutation(views["userId"])
    own, of_strangers = liking[views["userId"] - 1, items], liking[strangers - 1, items]
    assert own.mean() > of_strangers.mean() + 0.1


def test_each_user_names_an_age_a_favourite_genre_and_the_newsletter(simulation):
    users = simulation.users
    assert list(users) == ["userId", "age", "favourite", "newsletter"]
    assert list(users["userId"]) == list(range(1, len(simulation.truth.user_bias) + 1))
    assert set(users["favourite"]) == set(simulation.truth.genre_names)
    assert users["age"].value_counts().tolist() == [150] * 4
    assert set(users["newsletter"]) == {"yes", "no"}


def explained(groups, tastes):
    """Return the share of each taste's variance that lies between groups of users, (K,)."""
    tastes = pd.DataFrame(tastes)
    return (tastes.groupby(groups.to_numpy()).transform("mean").var() / tastes.var()).to_numpy()


def test_age_and_favourite_tell_of_taste_and_the_newsletter_does_not(simulation):
    users, truth = simulation.users, simulation.truth
    tastes, recent = truth.user_factors[:, :-1], truth.user_factors[:, -1]
    assert truth.axes[-1] == "recent"
    assert 0.3 < explained(users["age"], recent) < 0.95
    assert 0.1 < explained(users["favourite"], tastes).mean() < 0.95
    assert explained(users["newsletter"], truth.user_factors).max() < 0.03


def test_views_and_users_follow_the_seed(simulation):
    again, other = data.simulate(seed=0), data.simulate(seed=1)
    for name in ("views", "users"):
        assert getattr(again, name).equals(getattr(simulation, name))
        assert not getattr(other, name).equals(getattr(simulation, name))


# Learnable structure


def test_each_step_of_the_course_has_something_to_gain(simulation, rows, baseline, learnt):
    """The global mean, item mean, biases, factors and the best reachable improve in this order."""
    train = rows.is_train
    mu = rows.rating[train].mean()
    item = shrunken_means((rows.rating - mu)[train], rows.item[train], rows.n_items, 0.1)
    p, q = learnt
    factorised = baseline + (p[rows.user] * q[rows.item]).sum(axis=1)
    errors = [
        rows.test_rmse(mu),
        rows.test_rmse(mu + item[rows.item]),
        rows.test_rmse(baseline),
        rows.test_rmse(factorised),
        rows.test_rmse(simulation.expected(simulation.ratings)),
    ]
    assert all(np.diff(errors) < -0.03), errors


def test_drift_of_users_and_items_can_be_learnt(rows, baseline):
    train = rows.is_train
    first = shrunken_means(rows.seconds[train], rows.user[train], rows.n_users, 0)
    days = (rows.seconds - first[rows.user]) / DAY
    deviation = np.sign(days) * np.abs(days) ** 0.4
    left = rows.rating - baseline
    up = np.bincount(rows.user[train], (deviation * left)[train], rows.n_users)
    down = np.bincount(rows.user[train], deviation[train] ** 2, rows.n_users)
    drifted = baseline + (up / (down + 300))[rows.user] * deviation

    edges = np.quantile(rows.seconds, [0.2, 0.4, 0.6, 0.8])
    cell = 5 * rows.item + np.searchsorted(edges, rows.seconds)
    left = rows.rating - drifted
    binned = drifted + shrunken_means(left[train], cell[train], 5 * rows.n_items, 15)[cell]
    assert rows.test_rmse(baseline) - rows.test_rmse(drifted) > 0.005
    assert rows.test_rmse(drifted) - rows.test_rmse(binned) > 0.005


def test_genres_show_in_learnt_item_factors(simulation, rows, learnt):
    counts = np.bincount(rows.item, minlength=rows.n_items)
    films = np.random.default_rng(0).permutation(np.flatnonzero(counts >= 10))
    factors, genres = learnt[1][films], simulation.truth.genres[films]
    shuffled = np.random.default_rng(1).permutation(factors)
    assert genre_precision(factors, genres) > 2 * genre_precision(shuffled, genres)


def genre_precision(factors, genres):
    """Return the mean average precision of a linear classifier on the second half of the films."""
    half = len(factors) // 2
    return np.mean(
        [
            average_precision_score(
                of_genre[half:],
                LogisticRegression(C=100)
                .fit(factors[:half], of_genre[:half])
                .decision_function(factors[half:]),
            )
            for of_genre in genres.T
        ]
    )


def test_the_year_of_release_shows_in_learnt_item_factors(simulation, rows, learnt):
    rated = np.bincount(rows.item, minlength=rows.n_items) >= 10
    x = np.column_stack([learnt[1], np.ones(rows.n_items)])[rated]
    years = simulation.truth.years[rated]
    fitted = x @ np.linalg.lstsq(x, years, rcond=None)[0]
    assert np.corrcoef(fitted, years)[0, 1] > 0.5


# The best reachable


def expected_by_hand(truth, user, item, seconds):
    """Return Koren (7) term by term, then the mean over the ten ratings of a normal score."""
    middle = (truth.user_start[user] + truth.user_end[user]) / 2
    days = (seconds - middle) / DAY
    period = pd.Timestamp("1996-01-29").timestamp(), pd.Timestamp("2018-09-24").timestamp()
    when = np.interp(seconds, period, (-1, 1))
    score = truth.mu + truth.user_bias[user] + truth.item_bias[item]
    score += truth.user_drift[user] * np.copysign(abs(days) ** 0.4, days)
    score += truth.item_trend[item] * when
    score += np.dot(truth.user_factors[user], truth.item_factors[item])
    below = NormalDist(score, truth.noise).cdf
    edges = [-np.inf, *np.arange(0.75, 5, 0.5), np.inf]
    stars = np.arange(0.5, 5.5, 0.5)
    return sum(
        star * (below(high) - below(low))
        for star, low, high in zip(stars, edges[:-1], edges[1:], strict=True)
    )


def test_best_rmse_is_that_of_the_expected_rating_worked_out_by_hand(simulation, rows):
    some = np.arange(0, len(rows.user), 50)
    arguments = zip(rows.user[some], rows.item[some], rows.seconds[some], strict=True)
    expected = np.array([expected_by_hand(simulation.truth, *row) for row in arguments])
    table = simulation.ratings.iloc[some]
    np.testing.assert_allclose(simulation.expected(table), expected)
    by_hand = np.sqrt(np.mean((rows.rating[some] - expected) ** 2))
    assert simulation.best_rmse_for(table) == pytest.approx(by_hand)


def test_best_rmse_is_that_of_all_ratings(simulation):
    assert simulation.best_rmse == simulation.best_rmse_for(simulation.ratings)
    assert type(simulation.best_rmse) is float


@pytest.mark.parametrize(
    "changed",
    ["user_bias", "item_bias", "user_factors", "item_factors", "user_drift", "item_trend"],
)
def test_no_part_of_the_truth_is_idle(simulation, changed):
    values = getattr(simulation.truth, changed)
    poorer = replace(simulation.truth, **{changed: np.zeros_like(values)})
    assert replace(simulation, truth=poorer).best_rmse > simulation.best_rmse + 0.01


def test_expected_ratings_exist_for_pairs_that_nobody_rated(simulation):
    movies = simulation.movies
    unrated = movies[~movies["movieId"].isin(simulation.ratings["movieId"])]["movieId"]
    rows = pd.DataFrame({"userId": 1, "movieId": unrated, "timestamp": 10**9})
    expected = simulation.expected(rows)
    assert ((expected > 0.5) & (expected < 5)).all()


@pytest.mark.parametrize(("column", "value"), [("userId", 0), ("userId", 601), ("movieId", -1)])
def test_an_unknown_id_has_no_expected_rating(simulation, column, value):
    row = simulation.ratings.head(1).assign(**{column: value})
    with pytest.raises(KeyError, match=f"{column} {value}"):
        simulation.expected(row)
