"""Checks of `10_genres`: genres of films, a split of items, a classifier, its scores."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
from scipy.linalg import hadamard

from autograder.checking import value_causes
from autograder.checking.asserts import (
    alike,
    array,
    checks,
    close,
    fail,
    integers,
    mapping,
    number,
    pair,
    require,
    shape_of,
)
from autograder.checking.reprs import brief
from autograder.checking.value_causes import Cause
from autograder.checks.support.ratings import require_unchanged
from autograder.checks.support.splits import SURPRISING, runs_of
from autograder.engine.exceptions import of_learner
from autograder.util.i18n import _

NO_GENRE = "(no genres listed)"
GENRES = (
    "Music",
    "Musical",
    "Drama",
    "Melodrama",
    "Sci-Fi",
    "Kung Fu",
    "Noir",
    "Film-Noir",
    "Road",
)


# genre_matrix


def draw_movies(rng, n_films=40) -> pd.DataFrame:
    """Return films of one to four genres, a film without genres, and a genre of only one film."""
    picks = [rng.permutation(GENRES[1:])[: rng.integers(1, 5)] for _film in range(n_films)]
    genres = ["|".join(names) for names in picks]
    genres[3] = NO_GENRE
    genres[7] = "Music|Drama"
    return pd.DataFrame(
        {
            "movieId": np.sort(rng.choice(9000, size=n_films, replace=False)) + 1,
            "title": [f"Film {k} (19{50 + k})" for k in range(n_films)],
            "genres": genres,
        }
    )


def genres_of(movies) -> list[set]:
    """Return the genres of each film."""
    return [set(text.split("|")) - {NO_GENRE} for text in movies["genres"]]


def names_of(got, mistakes=None) -> list[str]:
    """Return the names of genres as a list of str; reject any other answer."""
    must = _("names is a list of the genres' names, one a column")
    if isinstance(got, (pd.Series, np.ndarray)):
        got = got.tolist()
    if not isinstance(got, (list, tuple)) or not all(isinstance(name, str) for name in got):
        fail(got, must, mistakes, value_causes.of_kind(got, _("a list of names")))
    return [str(name) for name in got]


def check_labels(got, movies, min_films) -> None:
    """Reject an answer that is not the matrix of the genres of at least `min_films` films."""
    labels, names = pair(got, must=_("the answer is a pair (Y, names)"))
    listed = isinstance(labels, (list, tuple)) and len(labels) > 0
    first = listed and all(isinstance(text, str) for text in labels)
    names = names_of(names, {"names-before-matrix": first})
    own = genres_of(movies)
    every = set().union(*own)
    counts = {name: sum(name in film for film in own) for name in every}
    wanted = {name for name, count in counts.items() if count >= min_films}
    every_name = min_films > 1 and set(names) - {NO_GENRE} == every
    fewer = (shape_of(labels) or ())[1:] == (len(wanted),)
    extra, missing = sorted(set(names) - wanted), sorted(wanted - set(names))
    require(
        not extra and not missing,
        _("names too many: {extra}; names missing: {missing}").format(
            extra=brief(extra), missing=brief(missing)
        ),
        _("the names are those of the genres that {n} or more films have").format(n=min_films),
        {
            "no-genre-is-genre": extra == [NO_GENRE],
            "names-of-dropped-genres": every_name and fewer,
            "min-films-ignored": every_name and not fewer,
            "min-films-exclusive": not extra and all(counts[name] == min_films for name in missing),
            "genres-not-split": any("|" in name for name in names),
            "leftover-for-genre": bool(set(extra) - every - {NO_GENRE}),
            "common-genres-lost": not extra
            and bool(missing)
            and all((counts[name] > 127) == (name in missing) for name in every),
            "genres-from-a-list": len(missing) > 2,
            "first-genre-lost": not extra and missing == [min(every)],
        },
        value_causes.of_members(set(names), wanted),
    )
    require(
        len(names) == len(wanted),
        names,
        _("each genre has one column"),
        cause=Cause("genre-named-twice", _TWICE),
    )
    shape = (len(movies), len(names))
    cells = array(
        labels,
        shape,
        _("Y has a row a film and a column a genre: shape {shape}").format(shape=shape),
        {
            "genres-transposed": shape_of(labels) == shape[::-1],
            "films-dropped": (shape_of(labels) or (0,))[0] == sum(map(bool, own)),
        },
    )
    want = np.array([[name in film for name in names] for film in own], dtype=float)
    firsts = [text.split("|")[0] for text in movies["genres"]]
    substrings = [[name in text for name in names] for text in movies["genres"]]
    close(
        cells,
        want,
        _("Y[k, g] is 1 where film k has the genre names[g], else 0"),
        {
            "first-genre-only": alike(
                cells, [[name == first for name in names] for first in firsts]
            ),
            "part-of-a-word": alike(cells, substrings),
            "films-in-another-order": _same_rows(cells, want),
            "names-of-other-columns": not _same_rows(cells, want)
            and alike(np.sort(cells.sum(axis=0)), np.sort(want.sum(axis=0))),
        },
        otherwise=lambda: Cause("cells-marked-otherwise", _MARKED),
    )


def _same_rows(cells, want) -> bool:
    """Return whether two matrices have the same rows, in any order."""
    return sorted(map(tuple, cells.tolist())) == sorted(map(tuple, want.tolist()))


_TWICE = _(
    "A genre has more than one column: names were put together from every film and not made "
    "distinct. How many films may share one column?"
)
_MARKED = _(
    "Ones stand where a film lacks the genre, or are missing where it has it. Read the genres of "
    "the first film that differs: which name does your code miss, or find too often?"
)


@checks("genre_matrix", share=3)
def test_every_genre_of_a_film_is_marked(submission, rng):
    """Row k marks all genres of film k, and column g is the genre names[g]."""
    for n_films, n_more in (40, 0), (25, 0), (400, 60):
        movies = draw_movies(rng, n_films)
        genres = movies["genres"].replace(NO_GENRE, "Kung Fu")
        more = [f"|Kind {k}" for k in rng.permutation(n_more)]
        movies["genres"] = genres + ([""] * (n_films - n_more) + more)
        check_labels(submission.genre_matrix(movies), movies, 1)


@checks("genre_matrix", share=2)
def test_rare_genres_and_films_without(submission, rng):
    """Genres of fewer than min_films films are left out; a film without genres is all zeros."""
    movies = draw_movies(rng)
    check_labels(submission.genre_matrix(movies), movies, 1)
    own = genres_of(movies)
    counts = sorted({sum(name in film for film in own) for name in GENRES})
    for min_films in (2, counts[-2], counts[-1]):
        check_labels(submission.genre_matrix(movies, min_films=min_films), movies, min_films)


@checks("genre_matrix", share=1)
def test_rows_follow_the_frame(submission, rng):
    """Rows are int8, in the order of the films, whatever the index; the frame stays as it was."""
    movies = draw_movies(rng).iloc[rng.permutation(40)]
    movies.index = 3 * movies.index + 5
    movies.insert(0, "year", 1990)
    kept = submission.keep(movies)
    got = submission.genre_matrix(kept)
    check_labels(got, movies, 1)
    dtype = np.asarray(got[0]).dtype
    must = _("Y is an int8 array")
    cause = value_causes.of_type(dtype, "int8")
    require(dtype == np.int8, _("Y of type {dtype}").format(dtype=dtype), must, cause=cause)
    require_unchanged(submission, kept, movies)


# split_items


def parts_of(got, n_items) -> tuple[np.ndarray, np.ndarray]:
    """Return train and test positions, each sorted; reject overlapping and incomplete parts."""
    train, test = pair(got, must=_("the answer is a pair (train, test)"))
    must = _("train and test are arrays of positions, integers from 0 to n_items - 1")
    masks = any(np.asarray(part, dtype=object).shape == (n_items,) for part in (train, test))
    mistakes = {"masks-for-positions": masks}
    train, test = (integers(part, (None,), must, mistakes) for part in (train, test))
    both = np.concatenate([train, test])
    overlap = len(np.intersect1d(train, test))
    require(
        overlap == 0,
        _("{n} positions in both parts").format(n=overlap),
        _("no item is in both parts"),
        {"parts-overlap": True},
    )
    require(
        np.array_equal(np.sort(both), np.arange(n_items)),
        _("{n} positions, from {low} to {high}").format(
            n=len(both), low=both.min(initial=0), high=both.max(initial=0)
        ),
        _("both parts together hold every position from 0 to {last} once").format(last=n_items - 1),
        {
            "positions-from-one": np.array_equal(np.sort(both), np.arange(1, n_items + 1)),
            "positions-drawn-again": len(np.unique(both)) < len(both),
            "positions-left-out": len(np.unique(both)) == len(both) < n_items,
        },
        value_causes.of_members(set(both.tolist()), set(range(n_items))),
    )
    return np.sort(train), np.sort(test)


@checks("split_items", share=2)
def test_parts_are_random_and_cover_all(submission, rng):
    """Every position is in exactly one part, and the parts are drawn at random."""
    for n_items in 7, 12, int(rng.integers(600, 800)):
        got = submission.split_items(n_items, seed=int(rng.integers(100)))
        train, test = parts_of(got, n_items)
    require_chance(train, test)


def require_chance(train, test) -> None:
    """Reject a test part that stands in blocks or in a regular pattern, by 1 chance in 1e8."""
    n_items = len(train) + len(test)
    runs = runs_of(train, test, np.arange(n_items)).surprise
    blocks = 1 + np.sum(np.diff(test) > 1)
    few = len(np.unique(np.diff(test))) <= 3
    in_blocks = _("test positions from {low} to {high} in {n} blocks").format(
        low=test.min(initial=0), high=test.max(initial=0), n=blocks
    )
    by_rule = _("test positions {test} …, which follow a pattern").format(test=test[:6].tolist())
    together = blocks <= 2 or (runs < -SURPRISING and not few)
    require(
        abs(runs) < SURPRISING and beat_of(test, n_items) < BEAT,
        in_blocks if together else by_rule,
        _("the test part is drawn at random from all positions"),
        {"block-of-items": blocks <= 2, "stride-for-chance": few and blocks > 2},
        Cause("neighbours-drawn-together", _NEIGHBOURS)
        if together
        else Cause("positions-by-a-rule", _BY_RULE),
    )


BEAT = 25
"""The strength of a beat that chance exceeds in one of 1e8 splits."""


def beat_of(positions, n_items) -> float:
    """Return the strength of the strongest beat: the periodogram's maximum, about 1 by chance."""
    chosen = np.zeros(n_items)
    chosen[positions] = 1
    chosen -= chosen.mean()
    power = np.abs(np.fft.rfft(chosen)[1:]) ** 2
    return float(power.max() / max(np.sum(chosen**2), 1e-12))


_NEIGHBOURS = _(
    "Test items stand beside each other far more often than chance puts them there: whole "
    "stretches were chosen, or the order was mixed in part. What exactly is drawn at random?"
)
_BY_RULE = _(
    "The test positions follow a regular pattern, which chance does not make. "
    "Which line of yours draws a number at random?"
)
_SIZES_OFF = _(
    "The sizes fit neither the fraction nor its complement: rounded in another place, or taken of "
    "another number. A tenth of what is drawn?"
)
_SEEDS_SHARE = _(
    "Some different seeds give the same split: it depends on a part of the seed, or on a number "
    "that several seeds share. What reaches the generator?"
)
_SPLITS_ALIKE = _(
    "The splits of two seeds are no two draws: they share far more test items than chance lets "
    "them, or far fewer. What else than the first position depends on the seed?"
)
_DEFAULT_SEED = _(
    "Without a seed the split is another one: the default is not 0, or the seed is only used where "
    "it is given. What stands behind `seed` in the first line of the stub?"
)
_NO_PROBABILITY = _(
    "Some values are no probabilities: NaN, or what a model gives before it is asked for "
    "probabilities. Which method of the classifier answers, and between which numbers?"
)
_NOT_RECOGNISED = _(
    "A genre that the embeddings give away is recognised too seldom: columns stand in another "
    "order, rows were mixed, or the model is too weak. Which column belongs to which genre?"
)
_NO_DIFFERENCE = _(
    "A film with every genre and one with none get nearly the same sum: the answers hardly depend "
    "on the embedding, or are scaled to add up. What is done to them last?"
)


@checks("split_items", share=1)
def test_the_fraction_is_the_tests(submission, rng):
    """The test part holds `test_fraction` of all items, a quarter unless told."""
    n_items = 1000
    calls = [(0.25, {}), (0.1, {"test_fraction": 0.1}), (0.4, {"test_fraction": 0.4})]
    for fraction, keywords in calls:
        train, test = parts_of(submission.split_items(n_items, **keywords), n_items)
        slack = 4 * np.sqrt(n_items * fraction * (1 - fraction))
        require(
            abs(len(test) - fraction * n_items) < slack,
            _("{test} test items and {train} training items").format(
                test=len(test), train=len(train)
            ),
            _("about {n} of {n_items} items are for the test").format(
                n=round(fraction * n_items), n_items=n_items
            ),
            {
                "parts-exchanged": abs(len(train) - fraction * n_items) < slack,
                "fraction-ignored": len(test) == round(0.25 * n_items),
            },
            Cause("test-of-another-size", _SIZES_OFF),
        )


@checks("split_items", share=1)
def test_a_part_of_no_item(submission, rng):
    """A small fraction of a few items is one item or none; the other items are for training."""
    _train, some = parts_of(submission.split_items(40, 0.2), 40)
    for n_items, fraction in (6, 0.05), (int(rng.integers(5, 9)), 0.04):
        train, test = parts_of(submission.split_items(n_items, fraction), n_items)
        require(
            len(train) > 0,
            _("{test} test items and {train} training items").format(
                test=len(test), train=len(train)
            ),
            _("a fraction of {fraction} of {n_items} items is one item at most").format(
                fraction=fraction, n_items=n_items
            ),
            {"whole-list-for-no-item": len(some) < 20, "parts-exchanged": len(some) > 20},
        )


MANY_SEEDS = (*range(40), 42, 64, 100, 123, 128, 256, 1000, 1234, 2024, 65536)


@checks("split_items", share=1)
def test_the_seed_decides(submission, rng):
    """The same seed gives the same split, another seed another one; without a seed it is 0."""
    n_items = 80
    drawn = [0, *(int(seed) for seed in rng.choice(np.arange(1, 500), size=3, replace=False))]
    tests = {}
    for seed in drawn:
        _train, test = parts_of(submission.split_items(n_items, 0.25, seed), n_items)
        _train, again = parts_of(submission.split_items(n_items, 0.25, seed=seed), n_items)
        require(
            np.array_equal(test, again),
            _("two splits by seed {seed} that differ").format(seed=seed),
            mistakes={"split-without-seed": True},
        )
        tests[seed] = tuple(test.tolist())
    for seed in MANY_SEEDS:
        if seed not in tests:
            _train, test = parts_of(submission.split_items(n_items, 0.25, seed), n_items)
            tests[seed] = tuple(test.tolist())
    require_another_split(tests)
    _train, test = parts_of(submission.split_items(n_items), n_items)
    require(
        tuple(test.tolist()) == tests[0],
        _("without a seed, another split than with seed=0"),
        cause=Cause("default-seed-not-zero", _DEFAULT_SEED),
    )
    require_two_draws(submission, drawn[1])


def require_another_split(tests) -> None:
    """Reject test parts, given by their seeds, of which two are the same."""
    by_split: dict[tuple, list[int]] = {}
    for seed, test in sorted(tests.items()):
        by_split.setdefault(test, []).append(seed)
    shared = [seeds for seeds in by_split.values() if len(seeds) > 1]
    require(
        not shared,
        _("the same split for the seeds {seeds}").format(seeds=brief(shared[:1] and shared[0])),
        mistakes={
            "one-split-for-all-seeds": len(by_split) == 1,
            "films-seed-zero-replaced": len(shared) == 1
            and len(shared[0]) == 2
            and shared[0][0] == 0,
        },
        cause=Cause("seeds-share-a-split", _SEEDS_SHARE),
    )


def require_two_draws(submission, seed) -> None:
    """Reject splits of neighbouring seeds that share other items than two draws would."""
    n = 400
    one, other = (
        parts_of(submission.split_items(n, 0.25, each), n)[1] for each in (seed, seed + 1)
    )
    shared = len(np.intersect1d(one, other))
    share = len(other) / n
    mean = len(one) * share
    spread = np.sqrt(mean * (1 - share) * (n - len(one)) / (n - 1))
    require(
        abs(shared - mean) < SURPRISING * max(spread, 1),
        _("splits by the seeds {one} and {other} with {n} test items of {m} in common").format(
            one=seed, other=seed + 1, n=shared, m=len(one)
        ),
        _("another seed draws another split, in which about {n} come again").format(n=round(mean)),
        cause=Cause("splits-alike", _SPLITS_ALIKE),
    )


# fit_genres, predict_genres

N_GENRES = 4
N_TRAIN = 400
N_FACTORS = 8


def draw_films(rng, n_films=N_TRAIN + 80):
    """Return drawn films, of which a direction of the embeddings shows each genre.

    Every direction leans as much on one axis as on the other, with drawn signs, so that no
    coordinate alone shows a genre.

    Returns:
        The embeddings, float32 (m, K); the genres, int8 (m, G); and the embeddings of a clear film
        of all genres and of a clear film of no genre, float32 (2, K).
    """
    genres = (rng.random((n_films, N_GENRES)) < [0.5, 0.4, 0.5, 0.3]).astype("int8")
    genres[:4], genres[4:8] = 1, 0
    signs = 2.0 * genres - 1
    noise = rng.normal(size=(n_films, N_FACTORS))
    embeddings = 0.5 * noise
    embeddings[:, :N_GENRES] += 1.5 * signs
    turn = oblique(rng)
    clear = 1.5 * np.outer([1, -1], turn[:N_GENRES].sum(axis=0))
    return (embeddings @ turn).astype("float32"), genres, clear.astype("float32")


def oblique(rng, n_factors=N_FACTORS) -> np.ndarray:
    """Return a drawn rotation (K, K) whose entries all have the same absolute value."""
    rows = rng.permutation(hadamard(n_factors)) / np.sqrt(n_factors)
    return rows * rng.choice([-1, 1], size=n_factors)


def probabilities(submission, classifier, embeddings, n_genres=N_GENRES) -> np.ndarray:
    """Return `predict_genres`' answer as a float array (m, G); reject other numbers than 0 to 1."""
    got = submission.predict_genres(classifier, embeddings)
    shape = (len(embeddings), n_genres)

    def has_own() -> bool:
        own = submission.aside(lambda: own_probabilities(classifier, embeddings))
        return own is not None and own.shape == shape

    result = array(
        got,
        shape,
        _("a probability for every film and genre: shape {shape}").format(shape=shape),
        {
            "pair-for-every-genre": shape_of(got) == (n_genres, len(embeddings), 2),
            "one-genre-a-film": shape_of(got) == (len(embeddings),),
        },
    )
    require(
        (result >= -1e-6).all() and (result <= 1 + 1e-6).all(),
        _("values from {low:.3g} to {high:.3g}").format(low=result.min(), high=result.max()),
        _("probabilities lie between 0 and 1"),
        lambda: {
            "scores-for-probabilities": result.min() < 0 and result.max() > 1,
            "probabilities-bent": result.min() >= 0 and has_own(),
        },
        Cause("not-probabilities", _NO_PROBABILITY),
    )
    return result


def own_probabilities(classifier, embeddings) -> np.ndarray | None:
    """Return a classifier's own probabilities, (m, G), by scikit-learn or Keras; None without them.

    Call this function before `predict_genres` or aside, so that a message shows the call of the
    latter.
    """
    for ask in (
        lambda: classifier.predict_proba(embeddings),
        lambda: classifier.predict(embeddings, verbose=0),
    ):
        try:
            answer = np.array(ask(), dtype=float)
        except Exception:
            continue
        return _as_probabilities(answer, len(embeddings))
    return None


def _as_probabilities(answer: np.ndarray, n_films: int) -> np.ndarray | None:
    """Return a classifier's answer as probabilities (m, G); None where the answer is no such."""
    if answer.ndim == 3 and answer.shape[1:] == (n_films, 2):
        answer = answer[:, :, 1].T
    within = answer.ndim == 2 and np.isfinite(answer).all() and answer.min(initial=0) >= 0
    return answer if within and answer.max(initial=0) <= 1 else None


def separation(predicted, genres) -> np.ndarray:
    """Return for each genre how often a film of it ranks above a film without it, shape (G,).

    Ties count half.
    """
    result = []
    for column, has in zip(predicted.T, genres.T.astype(bool), strict=True):
        difference = column[has][:, None] - column[~has][None, :]
        result.append(np.mean((difference > 0) + 0.5 * (difference == 0)))
    return np.array(result)


def require_genres(predicted, genres, embeddings) -> None:
    """Reject probabilities that do not separate films of a genre from other films."""
    ranked = separation(predicted, genres)
    require(
        ranked.min() > 0.85,
        _("films of genre {genre} are ranked above others {share:.0%} of the time").format(
            genre=int(ranked.argmin()), share=ranked.min()
        ),
        _("genres that embeddings give away are recognised in unseen films, each in its column"),
        lambda: {
            "coordinates-for-genres": follows_coordinates(predicted, embeddings),
            "probability-of-absence": ranked.max() < 0.25,
            "embeddings-not-used": ranked.max() >= 0.25 and abs(ranked.mean() - 0.5) < 0.2,
        },
        Cause("genre-not-recognised", _NOT_RECOGNISED),
    )


def follows_coordinates(predicted, embeddings) -> bool:
    """Return whether each genre rises with the coordinate of the same number alone."""
    order = np.argsort(embeddings[:, :N_GENRES], axis=0)
    ranked = np.take_along_axis(predicted, order, axis=0)
    return bool((np.diff(ranked, axis=0) >= -1e-9).all() and (np.ptp(ranked, axis=0) > 0).all())


def require_several(submission, classifier, clear, shift=None) -> None:
    """Reject probabilities with the same sum for a film of all genres and a film of no genre.

    `clear` holds the embeddings of both films. `shift` is the vector that was added to all
    embeddings in training.
    """
    films = clear if shift is None else clear + shift
    every, none = probabilities(submission, classifier, films).sum(axis=1)
    require(
        every - none > 0.5,
        _("sums of {every:.3g} for a film of four genres, of {none:.3g} for one of none").format(
            every=every, none=none
        ),
        _("the probabilities of a film add up to about the number of its genres"),
        {
            "one-genre-a-film": abs(every - 1) < 0.01 and abs(none - 1) < 0.01,
            "scaler-left-behind": shift is not None and none > N_GENRES - 1,
        },
        Cause("answers-hardly-differ", _NO_DIFFERENCE),
    )


def stop_at_stub(submission) -> None:
    """Call `predict_genres` first, so that an untouched stub fails before `fit_genres` runs."""
    try:
        submission.predict_genres(None, np.zeros((1, N_FACTORS), dtype="float32"))
    except NotImplementedError:
        raise
    except Exception as error:
        if of_learner(error) is None:
            raise


# The genres that stand in some training rows only: the first row, the row behind the last, a step.
ROWS_OF_GENRES = ((0, 100, 1), (100, 400, 2), (401, 1000, 2), (1000, 1600, 1))


def genres_in_places(rng, n_train, n_test) -> np.ndarray:
    """Return genres, int8 (n_train + n_test, 6), of which no film has two of the first four.

    In the training rows, each of the first four genres stands in rows of its own. Two further
    genres stand everywhere.
    """
    genres = np.zeros((n_train + n_test, len(ROWS_OF_GENRES) + 2), dtype="int8")
    for genre, (first, last, step) in enumerate(ROWS_OF_GENRES):
        rows = np.arange(first, last, step)
        genres[rows, genre] = rng.random(len(rows)) < 0.5
    genres[np.arange(n_train, n_train + n_test), rng.integers(len(ROWS_OF_GENRES), size=n_test)] = 1
    genres[:, -2:] = rng.random((len(genres), 2)) < 0.5
    return genres


def draw_genres_in_places(rng, n_train=1_600, n_test=240, n_factors=16):
    """Return films with the genres of `genres_in_places`, and their embeddings.

    Returns:
        The embeddings, float32 (n_train + n_test, K), and the genres, int8 (n_train + n_test, 6).
    """
    genres = genres_in_places(rng, n_train, n_test)
    embeddings = 0.5 * rng.normal(size=(len(genres), n_factors))
    embeddings[:, : genres.shape[1]] += 1.5 * (2.0 * genres - 1)
    return (embeddings @ oblique(rng, n_factors)).astype("float32"), genres


# Two classifiers that together show every property of `fit_genres` and `predict_genres`

N_JOINT = 1_600


def draw_joint_films(rng, n_test=300, n_factors=16):
    """Return films for one classifier that shows several properties, with their genres.

    The first six genres are those of `draw_genres_in_places`. The embeddings speak for two further
    genres, which a film then has with probability `OFTEN`, and say nothing of the last genre. All
    embeddings lie far from the origin.

    Returns:
        The embeddings, float32 (N_JOINT + n_test, K); the genres, int8 (N_JOINT + n_test, 9); the
        genres for which the embeddings speak, (N_JOINT + n_test, 8); and the embeddings of a film
        of all eight genres and of a film of no genre, float32 (2, K).
    """
    signs = np.column_stack(
        [genres_in_places(rng, N_JOINT, n_test), rng.random((N_JOINT + n_test, 2)) < 0.5]
    ).astype("int8")
    genres = np.column_stack([signs, rng.random(len(signs)) < 0.4]).astype("int8")
    flipped = rng.random((len(signs), 2)) > OFTEN
    genres[:, 6:8] ^= flipped
    turn = oblique(rng, n_factors)
    embeddings = 0.5 * rng.normal(size=(len(signs), n_factors))
    embeddings[:, : signs.shape[1]] += 1.5 * (2.0 * signs - 1)
    clear = 1.5 * np.outer([1, -1], turn[: signs.shape[1]].sum(axis=0))
    shift = 2 * clear[0]
    films = embeddings @ turn + shift
    return films.astype("float32"), genres, signs, (clear + shift).astype("float32")


def shows_everything(submission, rng) -> bool:
    """Return whether two classifiers show every property that a check of both functions states.

    If they do not, each check fits for its own property and names the fault.
    """
    own = rng.spawn(1)[0]  # draws nothing from the check's generator
    return submission.jointly("every property", lambda: _joint_classifiers(submission, own))


def _joint_classifiers(submission, rng) -> bool:
    """Fit twice; raise or return False where a property does not show."""
    stop_at_stub(submission)
    films, genres, signs, clear = draw_joint_films(rng)
    others, other_genres, _clear = draw_films(rng)
    other_genres = 1 - other_genres
    one, two = (
        _fitted_unchanged(submission, *data)
        for data in (
            (films[:N_JOINT], genres[:N_JOINT]),
            (others[:N_TRAIN], other_genres[:N_TRAIN]),
        )
    )
    unseen, speaks = films[N_JOINT:], signs[N_JOINT:] == 1
    kept = submission.keep(unseen)
    predicted = probabilities(submission, one, kept, genres.shape[1])
    require_unchanged(submission, kept, unseen)
    every, none = probabilities(submission, one, clear, genres.shape[1])[:, :8].sum(axis=1)
    asked = others[N_TRAIN:]
    require_genres(probabilities(submission, two, asked), other_genres[N_TRAIN:], asked)
    often, seldom = (predicted[:, 6:8][of].mean() for of in (speaks[:, 6:8], ~speaks[:, 6:8]))
    return bool(
        separation(predicted[:, :8], speaks).min() > 0.85
        and every - none > 2
        and are_frequencies(often, seldom)
        and np.mean((predicted[:, 8] > 0.001) & (predicted[:, 8] < 0.999)) > 0.3
        and has_fine_values(predicted)
        and all(
            alike(
                probabilities(submission, one, unseen[rows], genres.shape[1]),
                predicted[rows],
                rtol=1e-3,
                atol=1e-3,
            )
            for rows in (np.arange(3), rng.permutation(80), np.array([17]))
        )
    )


def _fitted_unchanged(submission, embeddings, genres):
    """Return a classifier; reject a fit that changes what it is given."""
    kept = submission.keep(embeddings), submission.keep(genres)
    classifier = submission.fit_genres(*kept)
    for one, want in zip(kept, (embeddings, genres), strict=True):
        require_unchanged(submission, one, want)
    return classifier


def has_fine_values(predicted) -> bool:
    """Return whether values are neither rounded to hundredths nor cut off at their extremes."""
    at_ends = np.sum(predicted == predicted.min()) + np.sum(predicted == predicted.max())
    rounded = alike(predicted, np.round(predicted, 2), rtol=0, atol=1e-6)
    return not rounded and bool(at_ends <= 4)


@checks("fit_genres", share=2)
def test_genres_are_learnt_from_embeddings(submission, rng):
    """Where embeddings give the genres away, they are recognised in films not seen before."""
    if shows_everything(submission, rng):
        return
    embeddings, genres, _clear = draw_films(rng)
    classifier = submission.fit_genres(embeddings[:N_TRAIN], genres[:N_TRAIN])
    predicted = probabilities(submission, classifier, embeddings[N_TRAIN:])
    require_genres(predicted, genres[N_TRAIN:], embeddings[N_TRAIN:])


@checks("fit_genres", share=1)
def test_a_film_may_have_several_genres(submission, rng):
    """Genres do not compete: a film may be likely to have all of them, or none."""
    if shows_everything(submission, rng):
        return
    n_train = 2 * N_TRAIN
    embeddings, genres, clear = draw_films(rng, n_train + 80)
    shift = 2 * clear[0]
    shifted = embeddings + shift
    classifier = submission.fit_genres(embeddings=shifted[:n_train], genres=genres[:n_train])
    require_several(submission, classifier, clear, shift)
    unseen = shifted[n_train:]
    require_genres(probabilities(submission, classifier, unseen), genres[n_train:], unseen)


@checks("fit_genres", share=1)
def test_every_training_film_counts(submission, rng):
    """A genre is learnt wherever its films stand in the training rows."""
    if shows_everything(submission, rng):
        return
    n_train = 1_600
    embeddings, genres = draw_genres_in_places(rng, n_train)

    def ranked(rows) -> np.ndarray:
        classifier = submission.fit_genres(embeddings[rows], genres[rows])
        asked = embeddings[n_train:]
        predicted = probabilities(submission, classifier, asked, genres.shape[1])
        return separation(predicted, genres[n_train:])

    found = ranked(np.arange(n_train))
    worst = int(found.argmin())
    if found[worst] <= 0.85:
        places = [*ROWS_OF_GENRES, (0, n_train, 1), (0, n_train, 1)][worst]
        fail(
            _("films of genre {genre} are ranked above others {share:.0%} of the time").format(
                genre=worst, share=found[worst]
            ),
            _("genre {genre}, whose {n} films stand in rows {first} to {last}, is learnt").format(
                genre=worst,
                n=int(genres[:n_train, worst].sum()),
                first=places[0],
                last=places[1] - 1,
            ),
            {"rows-not-learnt": ranked(rng.permutation(n_train)).min() > 0.85},
            Cause("genre-not-recognised", _NOT_RECOGNISED),
        )


@checks("fit_genres", share=1)
def test_fitting_changes_nothing(submission, rng):
    """Other labels give another classifier; embeddings and genres stay as they were."""
    if shows_everything(submission, rng):
        return
    embeddings, genres, _clear = draw_films(rng)
    kept = submission.keep(embeddings[:N_TRAIN]), submission.keep(1 - genres[:N_TRAIN])
    classifier = submission.fit_genres(*kept)
    unseen = embeddings[N_TRAIN:]
    require_genres(probabilities(submission, classifier, unseen), 1 - genres[N_TRAIN:], unseen)
    for name, one, want in zip(
        ("embeddings", "genres"), kept, (embeddings, 1 - genres), strict=True
    ):
        close(
            array(submission.read(one)),
            want[:N_TRAIN],
            _("the {name} are not changed by fitting").format(name=name),
            {"embeddings-standardised-in-place": name == "embeddings"},
        )


@checks("predict_genres", share=1)
def test_answers_are_probabilities(submission, rng):
    """One probability a film and genre: not a yes or no, and no share of one whole."""
    stop_at_stub(submission)
    if shows_everything(submission, rng):
        return
    embeddings, genres, clear = draw_films(rng)
    classifier = submission.fit_genres(embeddings[:N_TRAIN], genres[:N_TRAIN])
    unseen = embeddings[N_TRAIN:]
    require_genres(probabilities(submission, classifier, unseen), genres[N_TRAIN:], unseen)
    require_several(submission, classifier, clear)
    noise = rng.normal(size=(210, N_FACTORS)).astype("float32")
    by_chance = (rng.random((160, N_GENRES)) < 0.4).astype("int8")
    classifier = submission.fit_genres(noise[:160], by_chance)
    predicted = probabilities(submission, classifier, noise[160:])
    require(
        np.mean((predicted > 0.001) & (predicted < 0.999)) > 0.3,
        _("nothing but 0 and 1, for genres that were drawn by chance"),
        _("an answer says how likely a genre is, between 0 and 1"),
        {"decisions-for-probabilities": True},
    )


OFTEN = 0.8
"""The share of films with a genre among the films whose embeddings speak for the genre."""
SLACK = 0.12


@checks("predict_genres", share=1)
def test_a_probability_says_how_often(submission, rng):
    """Where eight films in ten have a genre, its probability is about 0.8 on average."""
    stop_at_stub(submission)
    if shows_everything(submission, rng):
        return
    n_train = 2 * N_TRAIN
    embeddings, signs, _clear = draw_films(rng, n_train + 400)
    flipped = rng.random(signs.shape) > OFTEN
    genres = np.where(flipped, 1 - signs, signs).astype("int8")
    classifier = submission.fit_genres(embeddings[:n_train], genres[:n_train])
    unseen, speaks = embeddings[n_train:], signs[n_train:] == 1
    own = own_probabilities(classifier, unseen)
    predicted = probabilities(submission, classifier, unseen)
    require_genres(predicted, signs[n_train:], unseen)
    high, low = predicted[speaks].mean(), predicted[~speaks].mean()
    if own is None or own.shape != predicted.shape:
        own = predicted
    bent = are_frequencies(own[speaks].mean(), own[~speaks].mean())
    require(
        are_frequencies(high, low),
        _(
            "{high:.0%} on average for films of which {often:.0%} have a genre, {low:.0%} for "
            "films of which {seldom:.0%} have it"
        ).format(high=high, low=low, often=OFTEN, seldom=1 - OFTEN),
        _("a probability says how many of such films have the genre"),
        {"probabilities-bent": bent},
        Cause("not-calibrated", _NOT_CALIBRATED),
    )
    if own is not predicted:
        require_digits(predicted, own)


def are_frequencies(high, low) -> bool:
    """Return whether mean probabilities are near the shares of films that have a genre."""
    return abs(high - OFTEN) < SLACK and abs(low - (1 - OFTEN)) < SLACK


def require_digits(predicted, own) -> None:
    """Reject the classifier's own probabilities after rounding or clipping."""
    coarse = any(alike(predicted, np.round(own, digits), atol=1e-9) for digits in (0, 1, 2))
    require(
        not coarse or alike(predicted, own, atol=1e-3),
        _("{n} different values for {m} films and genres").format(
            n=len(np.unique(predicted)), m=predicted.size
        ),
        _("films differ in their probabilities as the classifier says"),
        {"probabilities-rounded": True},
    )
    low, high = predicted.min(), predicted.max()
    cut = alike(predicted, np.clip(own, low, high), atol=1e-6)
    require(
        not cut or (low - own.min() < 0.02 and own.max() - high < 0.02),
        _("values from {low:.3g} to {high:.3g}").format(low=low, high=high),
        _("films differ in their probabilities as the classifier says"),
        {"probabilities-cut-off": True},
    )


_NOT_CALIBRATED = _(
    "The numbers rank films, but they are no shares: too high or too low on average, or too near "
    "to 0 and 1. Of ten films that get 0.8, how many should have the genre?"
)


@checks("predict_genres", share=1)
def test_each_film_by_the_given_classifier(submission, rng):
    """A film's answer depends on the given classifier and on its own embedding, on nothing else."""
    stop_at_stub(submission)
    if shows_everything(submission, rng):
        return
    embeddings, genres, _clear = draw_films(rng)
    one = submission.fit_genres(embeddings[:N_TRAIN], genres[:N_TRAIN])
    other = submission.fit_genres(embeddings[:N_TRAIN], 1 - genres[:N_TRAIN])
    unseen = embeddings[N_TRAIN:]
    kept = submission.keep(unseen)
    predicted = probabilities(submission, one, kept)
    require_genres(predicted, genres[N_TRAIN:], unseen)
    require_genres(probabilities(submission, other, unseen), 1 - genres[N_TRAIN:], unseen)
    require_unchanged(submission, kept, unseen)
    for rows in np.arange(3), rng.permutation(80), np.array([17]):
        close(
            probabilities(submission, one, unseen[rows]),
            predicted[rows],
            _("a film has the same probabilities alone, in a batch of three and among all"),
            {"scaled-by-batch": True},
            rtol=1e-3,
            atol=1e-3,
        )


# score_genres


SCORES = ("macro_ap", "prevalence", "macro_f1")


def draw_scores(rng, n_films=150, n_genres=5):
    """Return genres int8 and probabilities, both (n_films, n_genres).

    The probabilities have no ties and are better than chance. Each column holds 0.5 once.
    """
    genres = (rng.random((n_films, n_genres)) < rng.uniform(0.1, 0.6, n_genres)).astype("int8")
    genres[:3] = 1
    ranks = np.argsort(rng.normal(size=(n_films, n_genres)) + 1.2 * genres, axis=0).argsort(axis=0)
    predicted = 0.1 + (ranks + 0.5) / n_films * np.linspace(0.35, 0.8, n_genres)
    predicted[np.abs(predicted - 0.5).argmin(axis=0), np.arange(n_genres)] = 0.5
    return genres, predicted


def average_precision(has, scores) -> float:
    """Return the mean of the precision at the place of each film that has the genre."""
    ranked = np.asarray(has)[np.argsort(-scores)]
    precision = np.cumsum(ranked, dtype=float) / np.arange(1, len(ranked) + 1)
    return float(precision[ranked == 1].mean()) if ranked.any() else 0.0


def trapezoids(has, scores) -> float:
    """Return the area under the precision-recall curve, its points joined by straight lines."""
    ranked = np.asarray(has, dtype=float)[np.argsort(-scores)]
    hits = np.cumsum(ranked)
    precision = np.concatenate([[1.0], hits / np.arange(1, len(ranked) + 1)])
    return float(np.sum(ranked * (precision[1:] + precision[:-1]) / 2) / max(hits[-1], 1))


def f1(has, predicted) -> float:
    """Return 2 TP / (2 TP + FP + FN)."""
    hits = np.sum((has == 1) & predicted)
    return float(2 * hits / max(np.sum(has == 1) + np.sum(predicted), 1))


def macro(score, genres, predicted) -> float:
    """Return the mean of a score over the columns."""
    return float(np.mean([score(genres[:, k], predicted[:, k]) for k in range(genres.shape[1])]))


def scores_of(submission, genres, predicted) -> dict[str, float]:
    """Return the learner's three scores; reject an answer that lacks one of the scores."""
    got = mapping(submission.score_genres(genres, predicted), SCORES)
    return {key: number(got[key], _("{key} is one number").format(key=key)) for key in SCORES}


def require_score(got, key, want, wrong, otherwise=lambda: None) -> None:
    """Reject a score that differs.

    `wrong` holds the value, or values, of each known mistake, or returns them where it is called.
    `otherwise` looks for a cause where the score shows no known mistake.
    """
    close(
        got[key],
        want,
        _("{key} is {want:.4f}").format(key=key, want=want),
        lambda: {
            name: any(alike(got[key], value) for value in np.ravel(values))
            for name, values in (wrong() if callable(wrong) else wrong).items()
        },
        otherwise=otherwise,
    )


def cause_of_score(submission, key, genres, predicted, score: Callable) -> Cause:
    """Tell whether a single genre's score is wrong already, or only the mean over the genres."""
    got = scores_of(submission, genres[:, :1], predicted[:, :1])
    if alike(got[key], score(genres[:, 0], predicted[:, 0])):
        return Cause("mean-of-genres-off", _MEAN_OFF.format(key=key))
    return Cause("score-of-one-genre-off", _ONE_OFF.format(key=key))


_MEAN_OFF = _(
    "For one genre alone {key} is right; the mean over several is not: genres or films are "
    "weighed, left out or put into one row before it. What is counted first, and what averaged "
    "last?"
)
_ONE_OFF = _(
    "Even for one genre alone {key} is wrong, so that it is no matter of the mean. What are its "
    "arguments, in which order, and which films count?"
)


def tied_precision(genres, decided) -> float:
    """Return the mean average precision of decisions: all films of one answer share a place."""
    values = []
    for has, yes in zip(genres.T, decided.T, strict=True):
        prevalence = has.mean()
        hits, chosen = np.sum(has[yes]), max(np.sum(yes), 1)
        recall = hits / has.sum()
        values.append(recall * hits / chosen + (1 - recall) * prevalence)
    return float(np.mean(values))


def wrong_precisions(genres, predicted) -> dict[str, object]:
    """Return the values of `macro_ap` that known mistakes give."""
    some = genres.any(axis=1)
    return {
        "roc-for-precision": separation(predicted, genres).mean(),
        "average-over-cells": average_precision(genres.ravel(), predicted.ravel()),
        "average-over-films": [
            macro(average_precision, genres[films].T, predicted[films].T)
            for films in (slice(None), some)
        ],
        "accuracy-for-ap": np.mean((predicted >= 0.5) == genres),
        "weighted-by-films": np.average(
            [average_precision(*columns) for columns in zip(genres.T, predicted.T, strict=True)],
            weights=genres.sum(axis=0),
        ),
        "area-by-trapezoids": macro(trapezoids, genres, predicted),
        "decisions-ranked": tied_precision(genres, predicted >= 0.5),
        "films-without-genre-left-out": macro(average_precision, genres[some], predicted[some]),
    }


def require_ap(submission, got, genres, predicted, wrong) -> None:
    require_score(
        got,
        "macro_ap",
        macro(average_precision, genres, predicted),
        lambda: wrong_precisions(genres, predicted) | wrong,
        lambda: cause_of_score(submission, "macro_ap", genres, predicted, average_precision),
    )


def overflowing_f1(genres, decided) -> float:
    """Return the mean F1 of counts in int8, which overflow beyond 127."""
    yes = decided.astype("int8")
    hits, wrong, missed = (
        np.array([np.dot(*pair) for pair in zip(left.T, right.T, strict=True)], dtype="int8")
        for left, right in ((genres, yes), (1 - genres, yes), (genres, 1 - yes))
    )
    twice = 2 * hits
    below = (twice + wrong + missed).astype(float)
    return float(np.mean(np.divide(twice, below, out=np.zeros_like(below), where=below != 0)))


def wrong_f1s(genres, predicted) -> dict[str, object]:
    """Return the values of `macro_f1` that known mistakes give."""
    decided = predicted >= 0.5
    said = decided.any(axis=0)
    likeliest = predicted == predicted.max(axis=1, keepdims=True)
    some = genres.any(axis=1)
    hits = np.sum(decided * genres, axis=0)
    precision = np.mean(hits / np.maximum(decided.sum(axis=0), 1))
    recall = np.mean(hits / genres.sum(axis=0))
    return {
        "one-genre-predicted": macro(f1, genres, likeliest),
        "silent-genres-left-out": macro(f1, genres[:, said], decided[:, said]),
        "f1-of-the-means": 2 * precision * recall / (precision + recall),
        "half-is-no": macro(f1, genres, predicted > 0.5),
        "accuracy-for-f1": np.mean(decided == genres),
        "average-over-cells": f1(genres.ravel(), decided.ravel()),
        "average-over-films": macro(f1, genres.T, decided.T),
        "films-without-genre-left-out": macro(f1, genres[some], decided[some]),
        "counts-overflow": overflowing_f1(genres, decided),
    }


def require_f1(submission, got, genres, predicted, wrong) -> None:
    require_score(
        got,
        "macro_f1",
        macro(f1, genres, predicted >= 0.5),
        lambda: wrong_f1s(genres, predicted) | wrong,
        lambda: cause_of_score(
            submission, "macro_f1", genres, predicted, lambda has, said: f1(has, said >= 0.5)
        ),
    )


@checks("score_genres", share=2)
def test_average_precision_beside_guessing(submission, rng):
    """macro_ap is the genres' mean average precision, prevalence their mean share of films."""
    for n_films, n_genres in (150, 5), (200, 3):
        genres, predicted = draw_scores(rng, n_films, n_genres)
        kept = submission.keep(genres), submission.keep(predicted)
        got = scores_of(submission, *kept)
        require_ap(submission, got, genres, predicted, {})
        wrong = {
            "prevalence-of-predictions": predicted.mean(),
            "prevalence-of-one-half": 0.5,
            "share-of-all-labels": 1 / n_genres,
            "films-without-genre-left-out": genres[genres.any(axis=1)].mean(),
        }
        require_score(got, "prevalence", genres.mean(), wrong)
        for one, want in zip(kept, (genres, predicted), strict=True):
            require_unchanged(submission, one, want)


@checks("score_genres", share=1)
def test_a_genre_is_predicted_from_one_half_on(submission, rng):
    """macro_f1 is the mean of all genres' F1, where 0.5 and above is a yes."""
    for n_films, n_genres in (150, 5), (200, 3):
        genres, predicted = draw_scores(rng, n_films, n_genres)
        require_f1(submission, scores_of(submission, genres, predicted), genres, predicted, {})
        predicted[:, 1] *= 0.4
        require_f1(submission, scores_of(submission, genres, predicted), genres, predicted, {})


def tied_ap(has, scores) -> float:
    """Return the average precision where films of one score share their precision."""
    order = np.argsort(-scores, kind="stable")
    ranked, scores = np.asarray(has, dtype=float)[order], scores[order]
    last = np.searchsorted(-scores, -scores, side="right")
    precision = np.cumsum(ranked)[last - 1] / last
    return float(precision[ranked == 1].mean()) if ranked.any() else 0.0


@checks("score_genres", share=1)
def test_films_of_one_probability_share_a_place(submission, rng):
    """Where films have the same probability, average precision does not depend on their order."""
    genres, fine = draw_scores(rng, n_films=160)
    predicted = np.ceil(fine * 10) / 10
    alone = scores_of(submission, genres, fine)["macro_ap"]
    got = scores_of(submission, genres, predicted)["macro_ap"]
    want = macro(tied_ap, genres, predicted)
    rows = rng.permutation(len(genres))
    turned = scores_of(submission, genres[rows], predicted[rows])["macro_ap"]

    def mistakes(value):
        nudged = (predicted + sign * 1e-6 * genres for sign in (1, -1))
        by_label = [macro(average_precision, genres, each) for each in nudged]
        right = macro(average_precision, genres, fine)
        return {
            "ties-by-label": any(alike(value, label) for label in by_label),
            "ties-by-row-order": alike(alone, right) and not alike(got, turned),
        }

    for value in got, turned:
        close(
            value,
            want,
            _("macro_ap of films that share ten probabilities is {want:.4f}").format(want=want),
            partial(mistakes, value),
        )


@checks("score_genres", share=1)
def test_a_genre_of_one_film_counts(submission, rng):
    """A genre of one film, or of all, counts as much as the others, however many there are."""
    genres, predicted = draw_scores(rng, n_genres=24)
    one, every = rng.choice(24, size=2, replace=False)
    genres[:, one], genres[:, every] = 0, 1
    genres[rng.integers(len(genres)), one] = 1
    got = scores_of(submission, genres, predicted)
    decided = predicted >= 0.5
    scores = (
        ("macro_ap", average_precision, predicted),
        ("prevalence", lambda has, _said: has.mean(), predicted),
        ("macro_f1", f1, decided),
    )
    for key, score, said in scores:
        require_score(
            got,
            key,
            macro(score, genres, said),
            partial(scores_without, score, genres, said, one, every),
            lambda key=key, score=score: cause_of_mean(
                submission, key, score, genres[:, [one, every]], predicted[:, [one, every]]
            ),
        )


def scores_without(score: Callable, genres, said, one, every) -> dict[str, float]:
    """Return the mean scores that leave out the genre of one film, or the genre of all films."""
    return {
        name: macro(score, np.delete(genres, column, axis=1), np.delete(said, column, axis=1))
        for name, column in (
            ("genre-of-one-film-left-out", one),
            ("genre-of-all-films-left-out", every),
        )
    }


def cause_of_mean(submission, key, score: Callable, genres, predicted) -> Cause:
    """Tell whether the score of a genre of one film or of all is wrong, or only the mean."""
    for k in range(2):
        got = scores_of(submission, genres[:, [k]], predicted[:, [k]])
        said = predicted[:, k] >= 0.5 if key == "macro_f1" else predicted[:, k]
        if not alike(got[key], score(genres[:, k], said)):
            text = _EXTREME.format(key=key, n=int(genres[:, k].sum()), m=len(genres))
            return Cause("score-of-one-genre-off", text)
    return Cause("mean-of-genres-off", _MEAN_OF_MANY)


_EXTREME = _(
    "For a genre that {n} of {m} films have, {key} is wrong even without the other genres. "
    "What is counted, and in which type?"
)
_MEAN_OF_MANY = _(
    "A genre of one film and a genre of all films are right alone; the mean over 24 genres is not: "
    "some are left out or weighed. Which columns count?"
)


@checks("score_genres", share=1)
def test_absent_genres_do_not_count(submission, rng):
    """All three scores are means over the genres that some film of y_true has."""
    genres, predicted = draw_scores(rng, n_genres=6)
    genres[:, [1, 4]] = 0
    present = [0, 2, 3, 5]
    got = scores_of(submission, genres, predicted)
    counted = {
        key: {"absent-genres-counted": value}
        for key, value in (
            ("macro_ap", macro(average_precision, genres, predicted)),
            ("prevalence", genres.mean()),
            ("macro_f1", macro(f1, genres, predicted >= 0.5)),
        )
    }
    scored = genres[:, present], predicted[:, present]
    require_ap(submission, got, *scored, counted["macro_ap"])
    shares = {"share-of-all-labels": [1 / len(present), 1 / genres.shape[1]]}
    wrong = counted["prevalence"] | shares
    require_score(got, "prevalence", genres[:, present].mean(), wrong)
    require_f1(submission, got, *scored, counted["macro_f1"])
