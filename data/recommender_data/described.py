"""Load ratings by their path: in a form of GroupLens, or as `dataset.toml` describes them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pandas as pd

from recommender_data.description import NAME, Description, ItemsFile, read_description
from recommender_data.dialects import header_of, place_of
from recommender_data.errors import DataError
from recommender_data.files import Folder
from recommender_data.formats import MOVIES_CSV, RATINGS_CSV, read_1m, read_10m, read_100k
from recommender_data.i18n import _
from recommender_data.layouts import Layout
from recommender_data.own import read_own
from recommender_data.places import opened

_DATA_FILES = (".csv", ".tsv", ".txt", ".dat", ".gz", ".data")
_COLUMNS = ("userId", "movieId", "rating")
_USUAL = {
    "user": ("user_id", "userid", "user", "uid", "user-id", "reader", "reviewer", "customer_id"),
    "item": (
        "item_id",
        "itemid",
        "movie_id",
        "film_id",
        "book_id",
        "isbn",
        "item",
        "movie",
        "film",
    ),
    "rating": ("rating", "ratings", "score", "stars", "book-rating", "note", "overall"),
    "timestamp": ("timestamp", "time", "date", "datetime", "rated_at", "created_at"),
}
_TITLES = ("title", "titre", "name", "original_title", "book-title", "item")
"""Names that columns often have, for the description that a message suggests."""


def load_path(path: Path, skip: bool) -> tuple[str, pd.DataFrame, pd.DataFrame]:
    """Load ratings by their path.

    Args:
        path: A folder, a zip archive, a file of ratings, or a `dataset.toml`.
        skip: Whether to leave out single malformed lines of ratings.

    Returns:
        The set's name, the ratings and the items.

    Raises:
        DataError: The files are missing, unreadable or malformed, or need a description.
    """
    with _folder(path) as (folder, chosen):
        is_toml = path.suffix.casefold() == ".toml"
        toml = folder.find(*([path.name] if is_toml else [NAME, f"{NAME}.txt"]))
        name = _name(path)
        if toml is not None:
            described = read_description(toml)
            if chosen:
                described = replace(described, ratings=replace(described.ratings, file=chosen))
            return described.name or name, *read_own(folder, described, skip)
        if not chosen and folder.holds("u.data"):
            return name, *read_100k(folder, skip)
        if not chosen and folder.holds("ratings.dat"):
            read = read_10m if "10m" in folder.place.casefold() else read_1m
            return name, *read(folder, skip)
        return name, *read_own(folder, _undescribed(folder, chosen), skip)


@contextmanager
def _folder(path: Path) -> Iterator[tuple[Folder, str]]:
    """Give the folder of the files, and the name of the file of ratings if the path names it."""
    names = (NAME, *RATINGS_CSV, "ratings.dat", "u.data")
    if path.is_file() and path.suffix.casefold() != ".zip":
        is_toml = path.suffix.casefold() == ".toml"
        with opened(path.parent, depth=0) as folder:
            yield folder, "" if is_toml else path.name
        return
    with opened(path) as folder:
        yield folder.descend(*names), ""


def _name(path: Path) -> str:
    """Return the name of a set without a name of its own."""
    whole = path.resolve()
    if path.is_dir():
        return whole.name
    if path.suffix.casefold() == ".toml" or path.stem.casefold().startswith("ratings"):
        return whole.parent.name
    return re.sub(r"\.(csv|tsv|txt|dat)$", "", whole.stem, flags=re.IGNORECASE)


def _undescribed(folder: Folder, chosen: str) -> Description:
    """Return the description of files in MovieLens' form.

    Raises:
        DataError: The ratings have other columns; the text suggests a description.
    """
    tables = [it for it in sorted(folder.files) if it.casefold().endswith(_DATA_FILES)]
    file = folder.find(chosen) if chosen else folder.find(*RATINGS_CSV)
    where = chosen or next((it for it in tables if folder.files[it] == file), "")
    if file is None:
        guess = [it for it in tables if "rating" in it.casefold() and "/" not in it] or tables
        if not guess:
            text = _("{folder} holds no ratings: neither {name} nor a table such as ratings.csv.")
            raise DataError(text.format(folder=folder.place, name=NAME))
        where = guess[0]
        file = folder.files[where]
    place = folder.shown(NAME)
    header = header_of(file, Layout({}, None, None, description=place))[1]
    if all(place_of(name, header) is not None for name in _COLUMNS) and folder.find(where):
        movies = next((it for it in MOVIES_CSV if folder.find(it)), "")
        described = Description(place=place, items=ItemsFile(file=movies) if movies else None)
        return replace(described, ratings=replace(described.ratings, file=where))
    text = _(
        "{file} does not have MovieLens' columns {names}. Its first line is: {header}. Describe it "
        "in {place} (see docs/data.md), for example:\n\n{example}"
    )
    raise DataError(
        text.format(
            file=file,
            names=", ".join(_COLUMNS),
            header=", ".join(header)[:120],
            place=place,
            example=_suggestion(folder, where, header, place),
        )
    )


def _suggestion(folder: Folder, file: str, header: list[str], place: str) -> str:
    """Return a description of a file, with columns of usual names filled in."""
    lines = ["[ratings]", f'file = "{file}"']
    found = {key: _first_of(names, header) for key, names in _USUAL.items()}
    for key, column in found.items():
        if column:
            lines.append(f'{key} = "{column}"')
        elif key != "timestamp":
            lines.append(f'{key} = "..."  # {_("the name of the column")}')
    lines.append(f"scale = [1, 5]  # {_('the lowest and the highest rating')}")
    layout = Layout({}, None, None, description=place)
    for other in sorted(folder.files):
        if other == file or "/" in other or not other.casefold().endswith(_DATA_FILES):
            continue
        columns = header_of(folder.files[other], layout)[1]
        title, key = _first_of(_TITLES, columns), _first_of((found["item"] or "id",), columns)
        if title and key:
            lines += ["", "[items]", f'file = "{other}"', f'id = "{key}"', f'title = "{title}"']
            break
    return "\n".join(lines)


def _first_of(names: tuple[str, ...], header: list[str]) -> str:
    """Return the first column that has one of these names, "" where there is none."""
    places = (place_of(name, header) for name in names)
    return next((header[place] for place in places if place is not None), "")
