"""Make ratings and films consistent: one rating a pair, one row a film, a title for each film."""

import numpy as np
import pandas as pd

from recommender_data.catalogue import NO_GENRES
from recommender_data.files import File
from recommender_data.i18n import _
from recommender_data.notes import tell

NO_TITLE = "(no title)"
_MOST_SHOWN = 5


def with_one_rating_each(ratings: pd.DataFrame, file: File) -> pd.DataFrame:
    """Keep the latest rating where a user rated a film several times, and print a note.

    Of ratings with the same time, or without times, the last one in the file counts. The
    exercises split by rows, so a second rating of a pair would leak into the test rows.

    Args:
        ratings: Frame with userId, movieId and rating, and timestamp where it is known.
        file: The file that the ratings come from.
    """
    keys = ratings["userId"].to_numpy(), ratings["movieId"].to_numpy()
    same_user = keys[0][1:] == keys[0][:-1]
    rises = (keys[0][1:] > keys[0][:-1]) | (same_user & (keys[1][1:] > keys[1][:-1]))
    if rises.all():
        return ratings
    pair = ["userId", "movieId"]
    if not ratings.duplicated(pair).any():
        return ratings
    by = [*pair, "timestamp"] if "timestamp" in ratings else pair
    ordered = ratings.sort_values(by, kind="stable")
    kept = ratings.loc[np.sort(ordered.drop_duplicates(pair, keep="last").index)]
    text = _(
        "Note: rows of {file} with a user and a film that another row has too: {n}. Only the "
        "latest rating of each such pair is kept."
    )
    tell(text.format(file=file, n=f"{len(ratings) - len(kept):,}"))
    return kept.reset_index(drop=True)


def with_one_row_each(
    movies: pd.DataFrame, file: File, identifiers: dict[int, object] | None = None
) -> pd.DataFrame:
    """Keep the first row of each film, and print a note where a film has several rows.

    Args:
        movies: Frame with movieId, title and genres.
        file: The file that the films come from.
        identifiers: What the file calls each film, by movieId, where that is another name.
    """
    again = movies["movieId"].duplicated()
    if not again.any():
        return movies
    ids = movies.loc[again, "movieId"].unique()
    text = _("Note: films with several rows in {file}: {ids}. Only the first row of each is kept.")
    tell(text.format(file=file, ids=_listed(ids, identifiers)))
    return movies[~again].reset_index(drop=True)


def with_titles(
    movies: pd.DataFrame,
    ratings: pd.DataFrame,
    file: File,
    identifiers: dict[int, object] | None = None,
) -> pd.DataFrame:
    """Add a row for each rated film that has none, and print a note.

    The title of such a film is "(no title) 17", where 17 is what the file calls it. Where no rated
    film has a title, the two files belong to different sets, and the films stay as they are.

    Args:
        movies: Frame with movieId, title and genres.
        ratings: Frame with movieId.
        file: The file that the films come from.
        identifiers: What the file calls each film, by movieId, where that is another name.
    """
    rated = ratings["movieId"].unique()
    missing = np.sort(rated[~np.isin(rated, movies["movieId"].to_numpy())])
    if len(missing) == 0:
        return movies
    if len(missing) == len(rated):
        text = _(
            "Note: {file} has a title for no film that the ratings name. Do the two files belong "
            "to the same set?"
        )
        tell(text.format(file=file))
        return movies
    text = _(
        "Note: rated films that have no title in {file}: {n} ({ids}). Their titles are now "
        "{example} and the like."
    )
    known = identifiers or {}
    names = [no_title(known.get(it, it)) for it in missing.tolist()]
    ids = _listed(missing, identifiers)
    tell(text.format(file=file, n=f"{len(missing):,}", ids=ids, example=names[0]))
    added = pd.DataFrame({"movieId": missing, "title": names, "genres": NO_GENRES}).astype(
        movies.dtypes.to_dict()
    )
    return pd.concat([movies, added], ignore_index=True)


def no_title(identifier: object) -> str:
    """Return the title of a film without a title."""
    return f"{NO_TITLE} {identifier}"


def _listed(
    ids: "np.ndarray[tuple[int], np.dtype[np.int64]]", identifiers: dict[int, object] | None
) -> str:
    known = identifiers or {}
    shown = ", ".join(str(known.get(it, it)) for it in ids[:_MOST_SHOWN].tolist())
    return f"{shown}, ..." if len(ids) > _MOST_SHOWN else shown
