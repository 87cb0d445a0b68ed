"""Checks of `01_explore`: ratings from a file, their size and density, and the long tail."""

import numpy as np
import pandas as pd

from autograder.checking import value_causes
from autograder.checking.asserts import (
    alike,
    array,
    checks,
    close,
    crash_means,
    fail,
    frame,
    integers,
    mapping,
    number,
    require,
    whole,
)
from autograder.checking.value_causes import Cause
from autograder.checks.support.ratings import draw_ratings, require_unchanged, with_wide_ids
from autograder.util.i18n import _

TYPES = {"userId": "int64", "movieId": "int64", "rating": "float64", "timestamp": "int64"}
SIZES = {"n_users": 7, "n_items": 12, "n_ratings": 40}
OTHER_SIZES = {"n_users": 11, "n_items": 30, "n_ratings": 95}


def as_text(ratings) -> str:
    """Return the frame as MovieLens writes it: a line of names, then a line for each rating."""
    rows = zip(*(ratings[name].tolist() for name in ratings.columns), strict=True)
    lines = [",".join(map(str, row)) for row in rows]
    return "\n".join([",".join(ratings.columns), *lines]) + "\n"


def read_back(submission, ratings, as_path: bool = False) -> pd.DataFrame:
    """Return the frame that `load_ratings` makes of a file of ratings; reject wrong frames.

    `as_path` hands the file over as a `pathlib.Path` instead of a str.
    """
    path = submission.given.ratings_file(as_text(ratings))
    with crash_means(path_taken_for_text=("path' object", "path' and", "path' is not")):
        got = submission.load_ratings(submission.given.as_path(path) if as_path else path)
    header_read = isinstance(got, pd.DataFrame) and "userId" not in got.columns
    mistakes = {"header-read-as-data": header_read and len(got) == len(ratings) + 1}
    if header_read:
        fail(
            got,
            _("the frame has the columns userId, movieId, rating, timestamp"),
            mistakes,
            value_causes.of_missing(["userId"], got.columns, _("Column")),
        )
    got = frame(got, TYPES)
    require(
        got.dtypes["timestamp"].kind != "M",
        _("column timestamp of type {dtype}").format(dtype=got.dtypes["timestamp"]),
        _("timestamp is int64, seconds as they stand in the file"),
        {"time-made-a-date": True},
    )
    require(
        len(got.columns) == len(TYPES),
        got,
        _("the frame has the columns userId, movieId, rating, timestamp and no others"),
        cause=Cause("columns-too-many", _COLUMNS),
    )
    require(
        len(got) == len(ratings),
        _("{n} rows from a file of {m} ratings").format(n=len(got), m=len(ratings)),
        mistakes={
            "first-rating-lost": len(got) == len(ratings) - 1,
            "header-read-as-data": len(got) == len(ratings) + 1,
        },
        cause=Cause("rows-of-the-file-lost", _ROWS),
    )
    return got


_COLUMNS = _(
    "There are columns more than the file has, an old index or one of your own. Which line adds "
    "them, and who asked for them?"
)
_ROWS = _(
    "The rows of the file and of the frame differ in number: some are dropped as doubles or as "
    "incomplete, cut off, or read twice. Which option of the reading does that?"
)


@checks("load_ratings", share=1)
def test_every_line_is_a_row(submission, rng):
    """Every line below the names is one row of the frame, in whichever file it stands."""
    long = draw_ratings(rng, n_users=150, n_items=120, n_ratings=12_000)
    long["timestamp"] = rng.choice(long["timestamp"].to_numpy()[:9], size=len(long))
    wide = with_wide_ids(rng, draw_ratings(rng, **OTHER_SIZES))
    for ratings in (draw_ratings(rng, **SIZES), wide, long):
        got = read_back(submission, ratings)
        rows = np.column_stack([array(got[name], (len(ratings),)) for name in TYPES])
        want = ratings[list(TYPES)].to_numpy(dtype="float64")
        got_sorted, want_sorted = (part[np.lexsort(part.T)] for part in (rows, want))
        close(
            got_sorted,
            want_sorted,
            _("the frame holds the numbers of the file, each row as it is there"),
            {"stars-cut-to-integers": alike(got_sorted, np.floor(want_sorted), rtol=0)},
            rtol=0,
            atol=1e-6,
        )


@checks("load_ratings", share=1)
def test_columns_have_their_types(submission, rng):
    """userId, movieId and timestamp are int64, rating is float64, wherever they stand in the file.

    The path may be a Path.
    """
    got = read_back(submission, draw_ratings(rng, **SIZES))
    for name, wanted in TYPES.items():
        require(
            str(got.dtypes[name]) == wanted,
            _("column {name} of type {dtype}").format(name=name, dtype=got.dtypes[name]),
            mistakes={
                "stars-cut-to-integers": name == "rating" and got.dtypes[name].kind == "i",
            },
            cause=value_causes.of_type(got.dtypes[name], wanted),
        )
    read_back(submission, draw_ratings(rng, **OTHER_SIZES), as_path=True)
    ratings = reordered(draw_ratings(rng, **OTHER_SIZES))
    got = read_back(submission, ratings)
    for name in TYPES:
        column = array(got[name], (len(ratings),))
        require(
            alike(column, ratings[name], rtol=0),
            _("column {name} that begins {first}").format(name=name, first=column[:3].tolist()),
            _("the first line of the file says which column is {name}").format(name=name),
            {
                "names-by-position": alike(
                    np.sort(column), np.sort(ratings[_opposite(name)]), rtol=0
                )
            },
            Cause("another-column", _ANOTHER_COLUMN),
        )


_ANOTHER_COLUMN = _(
    "This column holds other numbers than stand below its name in the file. From which place of "
    "each line do they come?"
)


def _opposite(name: str) -> str:
    """Return the column that takes a column's place where a frame's columns are reversed."""
    return dict(zip(TYPES, list(TYPES)[::-1], strict=True))[name]


def summary_of(submission, ratings, key: str):
    """Return an entry of the learner's summary, unchanged."""
    return mapping(submission.summarise(ratings), [key])[key]


@checks("summarise", share=2)
def test_sizes_are_counted(submission, rng):
    """n_users, n_items and n_ratings count the users, the rated items and the rows."""
    small = draw_ratings(rng, n_users=5, n_items=8, n_ratings=20)
    elsewhere = mapping(submission.summarise(small), SIZES)
    for sizes in (SIZES, OTHER_SIZES):
        ratings = draw_ratings(rng, **sizes)
        answer = mapping(submission.summarise(ratings), sizes)
        largest = {"n_users": ratings["userId"].max(), "n_items": ratings["movieId"].max()}
        exchanged = {"n_users": sizes["n_items"], "n_items": sizes["n_users"]}
        for key, want in sizes.items():
            got = whole(answer[key])
            require(
                got == want,
                _("{key} = {got}").format(key=key, got=got),
                _("here {key} is {want}").format(key=key, want=want),
                {
                    "catalogue-counted": alike(got, elsewhere[key]),
                    "largest-id-counted": got == largest.get(key),
                    "users-items-exchanged": got == exchanged.get(key),
                    "rows-for-distinct": key != "n_ratings" and got == len(ratings),
                    "cells-for-rows": key == "n_ratings" and got == ratings.size,
                    "stars-for-rows": key == "n_ratings" and got == ratings["rating"].nunique(),
                },
                Cause("another-thing-counted", _COUNTED),
            )
            require(
                np.asarray(answer[key]).dtype.kind in "iu",
                _("{key} of type {kind}").format(key=key, kind=type(answer[key]).__name__),
                _("{key} is an int: it is a count").format(key=key),
                cause=value_causes.of_type(type(answer[key]).__name__, _("an int")),
            )


@checks("summarise", share=2)
def test_density_is_the_share_of_filled_cells(submission, rng):
    """density is the share of the U x I cells that are filled, a number from 0 to 1."""
    full = draw_ratings(rng, n_users=4, n_items=5, n_ratings=20)
    for ratings in (draw_ratings(rng, **SIZES), draw_ratings(rng, **OTHER_SIZES), full):
        n_users, n_items = ratings["userId"].nunique(), ratings["movieId"].nunique()
        want = len(ratings) / (n_users * n_items)
        got = number(summary_of(submission, ratings, "density"))
        close(
            got,
            want,
            mistakes={
                "density-over-largest-ids": alike(
                    got, len(ratings) / (ratings["userId"].max() * ratings["movieId"].max()), atol=0
                ),
                "density-in-percent": alike(got, 100 * want),
                "sparsity-for-density": alike(got, 1 - want),
                "density-upside-down": alike(got, 1 / want),
                "density-of-sums": alike(got, len(ratings) / (n_users + n_items)),
                "half-stars-as-empty": alike(
                    got, np.sum(ratings["rating"] >= 1) / (n_users * n_items)
                ),
                "summary-rounded": is_rounded(got, want),
            },
            rtol=1e-5,
            atol=0,
            otherwise=lambda: Cause("other-cells-counted", _CELLS),
        )


@checks("summarise", share=1)
def test_mean_is_taken_over_ratings(submission, rng):
    """mean_rating is the mean over all ratings: each rating counts once."""
    for sizes in (SIZES, OTHER_SIZES):
        ratings = draw_ratings(rng, **sizes)
        stars = ratings["rating"]
        got = number(summary_of(submission, ratings, "mean_rating"))
        by_user, by_item = (
            stars.groupby(ratings[column]).mean().mean() for column in ("userId", "movieId")
        )
        close(
            got,
            stars.mean(),
            mistakes={
                "mean-of-means": alike(got, by_user) or alike(got, by_item),
                "median-for-mean": alike(got, stars.median()),
                "summary-rounded": is_rounded(got, stars.mean()),
                "missing-ratings-as-zero": alike(
                    got, stars.sum() / (ratings["userId"].nunique() * ratings["movieId"].nunique())
                ),
            },
            rtol=1e-5,
            atol=0,
            otherwise=lambda: Cause("mean-of-other-numbers", _MEAN),
        )


def is_rounded(got: float, want: float) -> bool:
    """Return whether a number is another one rounded to a few decimals."""
    return any(alike(got, round(want, digits), rtol=0, atol=1e-12) for digits in range(8))


_MEAN = _(
    "This is not the mean of all ratings: some are left out, counted twice, changed or weighed, or "
    "digits are lost on the way. Which numbers go into it for five ratings by hand?"
)
_CELLS = _(
    "This is not the share of filled cells: other cells are counted, above or below the line, or "
    "digits are lost on the way. Draw a table of 2 users and 3 films with 4 ratings: which is its "
    "density?"
)
_COUNTED = _(
    "Something else is counted, such as pairs, values or rows that are left after a filter, or ids "
    "are lost or merged on the way. Take five ratings by hand: what do you count, and what does "
    "your code?"
)


@checks("summarise", share=1)
def test_summary_leaves_the_ratings_alone(submission, rng):
    """The frame, its columns in any order, is the same afterwards, and the summary is of it."""
    for ratings in (reordered(draw_ratings(rng, **OTHER_SIZES)), draw_busy(rng)):
        kept = submission.keep(ratings)
        answer = mapping(submission.summarise(kept), ["density", "mean_rating", *SIZES])
        sizes = {
            "n_users": ratings["userId"].nunique(),
            "n_items": ratings["movieId"].nunique(),
            "n_ratings": len(ratings),
        }
        for key, want in sizes.items():
            got = whole(answer[key])
            require(
                got == want,
                _("{key} = {got}").format(key=key, got=got),
                _("here {key} is {want}").format(key=key, want=want),
                mistakes={
                    "summary-by-position": ratings.columns[0] != "userId"
                    and key != "n_ratings"
                    and got == ratings.iloc[:, list(sizes).index(key)].nunique(),
                    "ratings-of-one-moment-merged": got in merged_sizes(ratings, key),
                },
                cause=Cause("another-thing-counted", _COUNTED),
            )
        filled = len(ratings) / (sizes["n_users"] * sizes["n_items"])
        for key, value, cause in (
            ("density", filled, Cause("other-cells-counted", _CELLS)),
            ("mean_rating", ratings["rating"].mean(), Cause("mean-of-other-numbers", _MEAN)),
        ):
            share = number(answer[key])
            must = _("here {key} is {want}").format(key=key, want=f"{value:.6g}")
            shown = {"summary-rounded": is_rounded(share, value)}
            require(alike(share, value, 1e-5, 0), f"{key} = {share:.6g}", must, shown, cause)
        require_unchanged(submission, kept, ratings)


def draw_busy(rng) -> pd.DataFrame:
    """Return ratings of many users and films, with ids of any size; many share their moment."""
    ratings = with_wide_ids(rng, draw_ratings(rng, n_users=300, n_items=600, n_ratings=1_800))
    moments = rng.choice(ratings["timestamp"].to_numpy(), size=40)
    return ratings.assign(timestamp=rng.choice(moments, size=len(ratings)))


def merged_sizes(ratings, key: str) -> set[int]:
    """Return a size, where it differs, of ratings from which those of one moment are dropped."""
    found = set()
    for columns in (["timestamp"], ["userId", "timestamp"], ["movieId", "timestamp"]):
        rest = ratings.drop_duplicates(columns)
        sizes = rest["userId"].nunique(), rest["movieId"].nunique(), len(rest)
        found.add(dict(zip(SIZES, sizes, strict=True))[key])
    return found


def reordered(ratings) -> pd.DataFrame:
    """Return the frame with its columns in the reverse order."""
    return ratings[list(TYPES)[::-1]]


def counted(answer, ratings) -> tuple[np.ndarray, np.ndarray]:
    """Return the learner's counts as (movie ids, counts); reject wrong ids and wrong counts."""
    by_position = ratings.columns[1] != "movieId" and shows(answer, ratings.iloc[:, 1])
    mistakes = {
        "counts-by-position": by_position,
        "users-counted": shows(answer, ratings["userId"]),
    }
    if not isinstance(answer, pd.Series):
        must = _("the answer is a pandas Series, its index the movieId")
        fail(answer, must, mistakes, value_causes.of_kind(answer, _("a Series")))
    require(
        answer.index.nlevels == 1,
        answer,
        _("the index is the movieId alone"),
        cause=Cause("index-of-several-levels", _LEVELS),
    )
    want = ratings.groupby("movieId").size()
    index = np.asarray(answer.index.get_level_values(0))
    must = _("the index holds every movieId of the ratings once")
    mistakes["index-without-ids"] = alike(index, np.arange(len(want)))
    ids = integers(index, must=must, mistakes=mistakes)
    lost = set(want.index.tolist()) - set(ids.tolist())
    mistakes["film-zero-not-counted"] = lost == {0} and len(ids) == len(want) - 1
    mistakes["counts-cut-short"] = lost != {0} and _is_head(ids, want)
    require(
        np.array_equal(np.sort(ids), want.index),
        _("{n} entries with ids such as {some}, for {m} items").format(
            n=len(ids), some=ids[:3].tolist(), m=len(want)
        ),
        must,
        mistakes,
        value_causes.of_members(set(ids.tolist()), set(want.index.tolist())),
    )
    counts = array(answer)
    expected = want[ids]
    sums = ratings.groupby("movieId")["rating"].sum()
    close(
        counts,
        expected,
        _("the value at a movieId is the number of its ratings"),
        {
            "stars-summed": alike(counts, sums[ids]),
            "counts-as-shares": alike(counts, expected / len(ratings)),
            "distinct-stars-counted": alike(
                counts, ratings.groupby("movieId")["rating"].nunique()[ids]
            ),
        },
    )
    return ids, counts


def _is_head(ids, counts) -> bool:
    """Return whether the ids are those of the most rated items, and some items are missing."""
    known = len(ids) < len(counts) and np.isin(ids, counts.index).all()
    return bool(known) and counts[ids].min() >= counts.drop(ids).max()


def shows(answer, ids) -> bool:
    """Return whether the answer's index holds these ids rather than the ids of the films."""
    return isinstance(answer, pd.Series) and set(answer.index) == set(ids)


@checks("item_counts", share=1)
def test_each_item_has_its_count(submission, rng):
    """The value at a movieId is the number of its ratings."""
    for sizes in (SIZES, OTHER_SIZES, {"n_users": 6, "n_items": 1, "n_ratings": 6}):
        ratings = draw_ratings(rng, **sizes)
        kept = submission.keep(ratings)
        counted(submission.item_counts(kept), ratings)
        require_unchanged(submission, kept, ratings)
    many = draw_ratings(rng, n_users=20, n_items=1_200, n_ratings=2_500)
    often = draw_ratings(rng, n_users=400, n_items=12, n_ratings=3_000)
    for ratings in (many, often, draw_busy(rng)):
        counted(submission.item_counts(ratings), ratings)
    other_order = reordered(draw_ratings(rng, **OTHER_SIZES))
    counted(submission.item_counts(other_order), other_order)


@checks("item_counts", share=1)
def test_most_rated_comes_first(submission, rng):
    """The most rated item comes first, the least rated last."""
    for sizes in (SIZES, OTHER_SIZES, {"n_users": 25, "n_items": 30, "n_ratings": 180}):
        ratings = draw_ratings(rng, **sizes)
        ids, counts = counted(submission.item_counts(ratings), ratings)
        steps = np.diff(counts)
        means = ratings.groupby("movieId")["rating"].mean()
        require(
            (steps <= 0).all(),
            _("counts {first} … {last}").format(
                first=counts[:3].astype(int).tolist(), last=counts[-3:].astype(int).tolist()
            ),
            mistakes={
                "least-rated-first": (steps >= 0).all(),
                "sorted-by-id": (np.diff(ids) > 0).all() or (np.diff(ids) < 0).all(),
                "sorted-by-stars": bool((np.diff(means[ids]) <= 1e-9).all()),
            },
            cause=Cause("counts-unsorted", _UNSORTED),
        )


_LEVELS = _(
    "Rows were grouped by more than the film: the index has several levels. "
    "How many lines should a film have in the answer?"
)
_UNSORTED = _(
    "The counts neither fall nor rise along the answer: they are not sorted, or a later step puts "
    "them into another order. Which line is the last to decide the order?"
)
