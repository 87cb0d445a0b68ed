"""Read ratings of one's own, which `dataset.toml` describes, into MovieLens' columns."""

import numpy as np
import pandas as pd

from recommender_data.catalogue import NO_GENRES
from recommender_data.consistency import with_one_rating_each
from recommender_data.description import Description
from recommender_data.errors import DataError
from recommender_data.files import File, Folder
from recommender_data.i18n import _
from recommender_data.identifiers import clean_ids, numbered, numbers_of
from recommender_data.incomplete import ItemsWithoutGenres, RatingsWithoutTimes
from recommender_data.items import read_items
from recommender_data.layouts import Layout, Time
from recommender_data.matrix import read_matrix
from recommender_data.notes import tell
from recommender_data.tables import Rule, read_table
from recommender_data.wording import no_rows, on_missing_columns

_STARS = (0.5, 5.0)
_COLUMNS = ["userId", "movieId", "rating", "timestamp"]


def read_own(
    folder: Folder, described: Description, skip: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read ratings and items as a description says.

    Args:
        folder: The folder of the files.
        described: The content of `dataset.toml`.
        skip: Whether to leave out single malformed lines of ratings.

    Returns:
        The ratings and the items, with the columns of `Dataset`. Where times or genres are
        missing, the frame raises `MissingColumn` as soon as a step needs them.

    Raises:
        DataError: A file is missing, unreadable, empty or malformed, or differs from the
            description.
    """
    spec = described.ratings
    file = folder.described(spec.file, described.place)
    if spec.form == "matrix":
        ratings = read_matrix(file, described)
    else:
        ratings = _read_rows(file, described, skip)
    ratings = with_one_rating_each(ratings, file)
    if spec.rescale is not None:
        (low, high), (new_low, new_high) = spec.scale, spec.rescale
        share = (ratings["rating"] - low) / (high - low)
        ratings["rating"] = new_low + share * (new_high - new_low)

    numbers = numbers_of(ratings["movieId"])
    movies, has_titles = read_items(folder, described, numbers)
    ratings["movieId"] = numbered(ratings["movieId"], numbers)
    ratings["userId"] = numbered(ratings["userId"], numbers_of(ratings["userId"]))
    has_times = "timestamp" in ratings
    has_genres = not (movies["genres"] == NO_GENRES).all()
    if note := on_missing_columns(has_titles, has_times, has_genres):
        tell(note)
    _warn_of_scale(ratings)

    if not has_times:
        ratings = RatingsWithoutTimes(ratings.assign(timestamp=0))
    return ratings[_COLUMNS], movies if has_genres else ItemsWithoutGenres(movies)


def _read_rows(file: File, described: Description, skip: bool) -> pd.DataFrame:
    """Read a file with one rating a line; ids are whole numbers, or texts throughout."""
    spec = described.ratings
    sources = {"userId": spec.user, "movieId": spec.item, "rating": spec.rating}
    columns: dict[str, type] = {"userId": int, "movieId": int, "rating": float}
    times_given = "ratings.timestamp" in described.given and spec.timestamp != ""
    if times_given or (spec.header and spec.timestamp != ""):
        sources["timestamp"] = spec.timestamp
        columns["timestamp"] = Time
    if not spec.header and (names := [it for it in sources.values() if isinstance(it, str)]):
        text = _(
            "{description}: without a header, columns have numbers, such as user = 1, and not "
            "names ({names})."
        )
        raise DataError(text.format(description=described.place, names=", ".join(names)))
    layout = Layout(
        columns,
        spec.separator or None,
        spec.encoding or None,
        has_header=spec.header,
        has_quotes=len(spec.separator.encode()) < 2,
        sources=sources,
        optional=frozenset() if times_given else frozenset({"timestamp"}),
        text_ids=frozenset({"userId", "movieId"}),
        time_format=spec.date_format or None,
        may_skip=True,
        description=described.place,
        is_described=described.is_written,
    )
    low, high = spec.scale
    none = spec.no_rating if "ratings.no_rating" in described.given else np.nan
    expected = _(
        "Expected a rating from {low} to {high}; another scale stands in {description}, for "
        "example scale = [1, 10]."
    )
    in_scale = Rule(
        expected.format(low=f"{low:g}", high=f"{high:g}", description=described.place),
        lambda ratings: ratings["rating"].between(low, high) | (ratings["rating"] == none),
    )
    has_ids = Rule(
        _("Expected the ids of a user and of an item."),
        lambda ratings: (ratings["userId"] != "") & (ratings["movieId"] != ""),
    )
    ratings = read_table(file, layout, (has_ids, in_scale), skip)
    ratings = ratings[ratings["rating"] != none].reset_index(drop=True)
    if ratings.empty:
        raise no_rows(file, layout)
    for name in ("userId", "movieId"):
        ratings[name] = clean_ids(ratings[name])
    return ratings


def _warn_of_scale(ratings: pd.DataFrame) -> None:
    """Print a note where ratings are no stars, because some steps speak of stars."""
    low, high = ratings["rating"].min(), ratings["rating"].max()
    if _STARS[0] <= low and high <= _STARS[1]:
        return
    text = _(
        "Note: the ratings go from {low} to {high}. Some steps count in stars from 0.5 to 5 (a "
        "film with 4 or more is liked): `rescale = [0.5, 5]` in dataset.toml converts the ratings."
    )
    tell(text.format(low=f"{low:g}", high=f"{high:g}"))
