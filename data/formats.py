"""The three forms in which GroupLens publishes ratings, read into the same columns.

Each reader takes the set's folder and `skip`: whether to leave out malformed lines of ratings.
"""

import pandas as pd

from autograder.util.i18n import _
from data.catalogue import NO_GENRES
from data.tables import File, Layout, read_table, require

_RATING_COLUMNS = {"userId": int, "movieId": int, "rating": float, "timestamp": int}
_MOVIE_COLUMNS = {"movieId": int, "title": str, "genres": str}
_ITEM_COLUMNS = {"movieId": int, "title": str, "released": str, "video": str, "page": str}


def read_latest(folder: File, skip: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`ratings.csv` and `movies.csv`, as in ml-latest-small and in the sets from ml-20m on."""
    ratings = _read_ratings(folder / "ratings.csv", Layout(_RATING_COLUMNS), skip)
    movies = _read_movies(folder / "movies.csv", Layout(_MOVIE_COLUMNS))
    return ratings, movies


def read_1m(folder: File, skip: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`ratings.dat` and `movies.dat` of ml-1m, separated by "::"."""
    ratings = _read_ratings(folder / "ratings.dat", Layout(_RATING_COLUMNS, "::", "latin-1"), skip)
    movies = _read_movies(folder / "movies.dat", Layout(_MOVIE_COLUMNS, "::", "latin-1"))
    return ratings, movies


def read_100k(folder: File, skip: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`u.data`, and `u.item` with one flag for each genre of `u.genre`, of ml-100k."""
    ratings = _read_ratings(folder / "u.data", Layout(_RATING_COLUMNS, "\t", "latin-1"), skip)
    names = read_table(folder / "u.genre", Layout({"genre": str, "id": int}, "|", "latin-1"))
    genres = list(names["genre"])

    file = folder / "u.item"
    layout = Layout(_ITEM_COLUMNS | dict.fromkeys(genres, int), "|", "latin-1")
    items = read_table(file, layout)
    _require_films(items, file, layout)
    require(items[genres].isin([0, 1]).all(axis=1), _("genre flags of 0 or 1"), file, layout)

    listed = [genre for genre in genres if genre != "unknown"]
    flags = items[listed].to_numpy(dtype=bool)
    joined = [
        "|".join(name for name, flag in zip(listed, row, strict=True) if flag) or NO_GENRES
        for row in flags
    ]
    return ratings, items[["movieId", "title"]].assign(genres=joined)


def _read_ratings(file: File, layout: Layout, skip: bool) -> pd.DataFrame:
    ratings = read_table(file, layout, skip_bad_lines=skip)
    valid = (
        ratings["rating"].between(0.5, 5)
        & (ratings["userId"] > 0)
        & (ratings["movieId"] > 0)
        & (ratings["timestamp"] >= 0)
    )
    require(valid, _("ids from 1, a rating from 0.5 to 5, a time from 0"), file, layout)
    return ratings


def _read_movies(file: File, layout: Layout) -> pd.DataFrame:
    movies = read_table(file, layout)
    _require_films(movies, file, layout)
    require(movies["genres"] != "", _("genres, or {none}").format(none=NO_GENRES), file, layout)
    return movies


def _require_films(movies: pd.DataFrame, file: File, layout: Layout) -> None:
    valid = (movies["movieId"] > 0) & (movies["title"] != "")
    require(valid, _("an id from 1 and a title"), file, layout)
