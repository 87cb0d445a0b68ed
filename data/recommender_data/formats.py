"""Read the three forms in which GroupLens publishes ratings into the same columns."""

import pandas as pd

from recommender_data.catalogue import NO_GENRES
from recommender_data.i18n import _
from recommender_data.tables import File, Layout, read_table, require

_RATING_COLUMNS = {"userId": int, "movieId": int, "rating": float, "timestamp": int}
_MOVIE_COLUMNS = {"movieId": int, "title": str, "genres": str}
_ITEM_COLUMNS = {"movieId": int, "title": str, "released": str, "video": str, "page": str}


def read_latest(folder: File, skip: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read `ratings.csv` and `movies.csv` of ml-latest-small and of the sets from ml-20m on.

    Args:
        folder: The set's folder, on disk or in an archive.
        skip: Whether to leave out malformed lines of ratings.

    Returns:
        The ratings and the films, with the columns of `Dataset`.

    Raises:
        DataError: A file is missing, unreadable, empty or malformed.
    """
    ratings = _read_ratings(folder / "ratings.csv", Layout(_RATING_COLUMNS), skip)
    movies = _read_movies(folder / "movies.csv", Layout(_MOVIE_COLUMNS))
    return ratings, movies


def read_1m(folder: File, skip: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read `ratings.dat` and `movies.dat` of ml-1m, whose fields "::" separates.

    Args, returns and raises as in `read_latest`.
    """
    ratings = _read_ratings(folder / "ratings.dat", Layout(_RATING_COLUMNS, "::", "latin-1"), skip)
    movies = _read_movies(folder / "movies.dat", Layout(_MOVIE_COLUMNS, "::", "latin-1"))
    return ratings, movies


def read_100k(folder: File, skip: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read `u.data` and `u.item` of ml-100k; `u.item` has a flag for each genre of `u.genre`.

    Args, returns and raises as in `read_latest`.
    """
    ratings = _read_ratings(folder / "u.data", Layout(_RATING_COLUMNS, "\t", "latin-1"), skip)
    names = read_table(folder / "u.genre", Layout({"genre": str, "id": int}, "|", "latin-1"))
    genres = list(names["genre"])

    file = folder / "u.item"
    layout = Layout(_ITEM_COLUMNS | dict.fromkeys(genres, int), "|", "latin-1")
    items = read_table(file, layout)
    _require_films(items, file, layout)
    are_flags = items[genres].isin([0, 1]).all(axis=1)
    require(are_flags, _("Expected genre flags of 0 or 1."), file, layout)

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
    expected = _("Expected ids from 1, a rating from 0.5 to 5, a time from 0.")
    require(valid, expected, file, layout)
    return ratings


def _read_movies(file: File, layout: Layout) -> pd.DataFrame:
    movies = read_table(file, layout)
    _require_films(movies, file, layout)
    expected = _("Expected genres, or {none}.").format(none=NO_GENRES)
    require(movies["genres"] != "", expected, file, layout)
    return movies


def _require_films(movies: pd.DataFrame, file: File, layout: Layout) -> None:
    valid = (movies["movieId"] > 0) & (movies["title"] != "")
    require(valid, _("Expected an id from 1 and a title."), file, layout)
