"""Read the forms in which GroupLens publishes ratings into the same columns."""

from dataclasses import replace

import pandas as pd

from recommender_data.catalogue import NO_GENRES
from recommender_data.consistency import with_one_rating_each, with_one_row_each, with_titles
from recommender_data.files import Folder
from recommender_data.i18n import _
from recommender_data.layouts import Layout, Time
from recommender_data.tables import Rule, read_table

Frames = tuple[pd.DataFrame, pd.DataFrame]

RATINGS_CSV = ("ratings.csv", "rating.csv")
MOVIES_CSV = ("movies.csv", "movie.csv")
"""The names at GroupLens, and those at Kaggle."""

_RATING_COLUMNS = {"userId": int, "movieId": int, "rating": float, "timestamp": Time}
_MOVIE_COLUMNS = {"movieId": int, "title": str, "genres": str}
_ITEM_COLUMNS = {"movieId": int, "title": str, "released": str, "video": str, "page": str}

_LATEST = Layout(_RATING_COLUMNS, may_skip=True), Layout(_MOVIE_COLUMNS)


def _plain(columns: dict[str, type], separator: str, encoding: str = "latin-1") -> Layout:
    """Return the layout of a file without a header and without quoted fields."""
    return Layout(columns, separator, encoding, has_header=False, has_quotes=False)


def read_latest(folder: Folder, skip: bool = False) -> Frames:
    """Read `ratings.csv` and `movies.csv` of ml-latest-small and of the sets from ml-20m on.

    Args:
        folder: The set's folder, on disk or in an archive.
        skip: Whether to leave out malformed lines of ratings.

    Returns:
        The ratings and the films, with the columns of `Dataset`.

    Raises:
        DataError: A file is missing, unreadable, empty or malformed.
    """
    ratings_layout, movies_layout = _LATEST
    return _read(folder, RATINGS_CSV, ratings_layout, MOVIES_CSV, movies_layout, skip)


def read_1m(folder: Folder, skip: bool = False, encoding: str = "latin-1") -> Frames:
    """Read `ratings.dat` and `movies.dat` of ml-1m, whose fields "::" separates.

    Args, returns and raises as in `read_latest`.
    """
    ratings = replace(_plain(_RATING_COLUMNS, "::", encoding), may_skip=True)
    movies = _plain(_MOVIE_COLUMNS, "::", encoding)
    return _read(folder, ("ratings.dat",), ratings, ("movies.dat",), movies, skip)


def read_10m(folder: Folder, skip: bool = False) -> Frames:
    """Read `ratings.dat` and `movies.dat` of ml-10m, which are as those of ml-1m, but in UTF-8.

    Args, returns and raises as in `read_latest`.
    """
    return read_1m(folder, skip, "utf-8")


def read_100k(folder: Folder, skip: bool = False) -> Frames:
    """Read `u.data` and `u.item` of ml-100k; `u.item` has a flag for each genre of `u.genre`.

    Args, returns and raises as in `read_latest`.
    """
    layout = replace(_plain(_RATING_COLUMNS, "\t"), may_skip=True)
    ratings = _read_ratings(folder, ("u.data",), layout, skip)
    names = read_table(folder.require("u.genre"), _plain({"genre": str, "id": int}, "|"))
    genres = list(names["genre"])

    are_flags = Rule(
        _("Expected genre flags of 0 or 1."), lambda items: items[genres].isin([0, 1]).all(axis=1)
    )
    file = folder.require("u.item")
    item_layout = _plain(_ITEM_COLUMNS | dict.fromkeys(genres, int), "|")
    items = read_table(file, item_layout, (_has_id_and_title(), are_flags))

    listed = [genre for genre in genres if genre != "unknown"]
    flags = items[listed].to_numpy(dtype=bool)
    joined = [
        "|".join(name for name, flag in zip(listed, row, strict=True) if flag) or NO_GENRES
        for row in flags
    ]
    movies = with_one_row_each(items[["movieId", "title"]].assign(genres=joined), file)
    return ratings, with_titles(movies, ratings, file)


def _read(
    folder: Folder,
    ratings_names: tuple[str, ...],
    ratings_layout: Layout,
    movies_names: tuple[str, ...],
    movies_layout: Layout,
    skip: bool,
) -> Frames:
    ratings = _read_ratings(folder, ratings_names, ratings_layout, skip)
    file = folder.require(*movies_names)
    has_genres = Rule(
        _("Expected genres, or {none}.").format(none=NO_GENRES),
        lambda movies: movies["genres"] != "",
    )
    movies = read_table(file, movies_layout, (_has_id_and_title(), has_genres))
    return ratings, with_titles(with_one_row_each(movies, file), ratings, file)


def _read_ratings(
    folder: Folder, names: tuple[str, ...], layout: Layout, skip: bool
) -> pd.DataFrame:
    file = folder.require(*names)
    is_plausible = Rule(
        _("Expected ids from 1, a rating from 0.5 to 5, a time from 0."),
        lambda ratings: (
            ratings["rating"].between(0.5, 5)
            & (ratings["userId"] > 0)
            & (ratings["movieId"] > 0)
            & (ratings["timestamp"] >= 0)
        ),
    )
    return with_one_rating_each(read_table(file, layout, (is_plausible,), skip), file)


def _has_id_and_title() -> Rule:
    return Rule(
        _("Expected an id from 1 and a title."),
        lambda movies: (movies["movieId"] > 0) & (movies["title"] != ""),
    )
