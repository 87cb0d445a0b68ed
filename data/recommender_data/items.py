"""Read titles and genres of the items that ratings name."""

import re
from dataclasses import replace
from typing import Any

import pandas as pd

from recommender_data.catalogue import NO_GENRES
from recommender_data.consistency import no_title, with_one_row_each, with_titles
from recommender_data.description import Description, ItemsFile
from recommender_data.dialects import header_of
from recommender_data.errors import DataError
from recommender_data.files import File, Folder
from recommender_data.i18n import _
from recommender_data.layouts import Layout
from recommender_data.notes import tell
from recommender_data.tables import read_table

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}(\.0*)?")
_FEWEST_KNOWN = 1 / 2  # fewer rated items in the file mean another numbering


def read_items(
    folder: Folder, described: Description, numbers: dict[Any, int]
) -> tuple[pd.DataFrame, bool]:
    """Read the items of a set.

    Args:
        folder: The folder of the files.
        described: The content of `dataset.toml`.
        numbers: The number of each rated item by its id.

    Returns:
        A frame with movieId (int64), title and genres (text), and whether titles are known. An
        item without a title is called by its id.

    Raises:
        DataError: The file is missing, unreadable or malformed, or its ids are of another
            numbering than those of the ratings.
    """
    are_texts = isinstance(next(iter(numbers)), str)
    titles = {
        number: str(identifier) if are_texts else no_title(identifier)
        for identifier, number in numbers.items()
    }
    spec = described.items
    if spec is None:
        return _frame(list(titles), list(titles.values()), NO_GENRES), False
    file = folder.described(spec.file, described.place)
    layout = _layout(spec, described)
    items = read_table(file, layout)
    keys = _keys(items["id"], are_texts)
    _require_the_same_numbering(file, layout, keys, numbers, are_texts)

    known = keys.map(lambda key: key in numbers)
    places = keys.map(numbers)
    if are_texts:
        others = {key: place for place, key in enumerate(keys[~known].unique(), len(numbers) + 1)}
        places = places.fillna(keys.map(others))
    else:
        places = keys
    readable = places.notna()
    if not readable.all():
        text = _("Note: rows of {file} whose id is no whole number: {n}. They are left out.")
        tell(text.format(file=file, n=int((~readable).sum())))
    items, places = items[readable], places[readable].astype("int64")
    named = places.map(titles)
    title = items["title"] if "title" in items else pd.Series("", items.index)
    if "year" in items:
        title = _with_years(title, items["year"])
    title = title.where(title.str.strip() != "", named.where(named.notna(), places.map(no_title)))
    genres = _genres(items["genres"], spec.genre_separator) if "genres" in items else NO_GENRES
    called: dict[int, object] = dict(zip(places.tolist(), items["id"].str.strip(), strict=True))
    called |= {number: identifier for identifier, number in numbers.items()}
    movies = with_one_row_each(_frame(places.to_numpy(), title.to_numpy(), genres), file, called)
    rated = pd.DataFrame({"movieId": pd.Series(list(titles), dtype="int64")})
    return with_titles(movies, rated, file, called), "title" in items


def _frame(ids: Any, titles: Any, genres: Any) -> pd.DataFrame:
    genres = genres if isinstance(genres, str) else genres.to_numpy()
    frame = pd.DataFrame({"movieId": ids, "title": titles, "genres": genres})
    return frame.astype({"movieId": "int64", "title": str, "genres": str})


def _layout(spec: ItemsFile, described: Description) -> Layout:
    sources = {"id": spec.id, "title": spec.title, "genres": spec.genres, "year": spec.year}
    given = {name for name in sources if f"items.{name}" in described.given}
    columns: dict[str, type] = {
        name: str
        for name, source in sources.items()
        if source != "" and (name in given or name == "id" or spec.header)
    }
    return Layout(
        columns,
        spec.separator or None,
        spec.encoding or None,
        has_header=spec.header,
        has_quotes=len(spec.separator.encode()) < 2,
        sources={name: sources[name] for name in columns},
        optional=frozenset({"title", "genres", "year"} - given),
        description=described.place,
        is_described=described.is_written,
    )


def _keys(ids: "pd.Series[str]", are_texts: bool) -> "pd.Series[Any]":
    """Return ids as the ratings have them; an id that cannot be a number is missing."""
    ids = ids.str.strip()
    if are_texts:
        return ids
    numbers = [int(it.partition(".")[0]) if _WHOLE.fullmatch(it) else None for it in ids]
    return pd.Series(numbers, ids.index, dtype=object)


def _require_the_same_numbering(
    file: File, layout: Layout, keys: "pd.Series[Any]", numbers: dict[Any, int], are_texts: bool
) -> None:
    """Reject items of which the ratings name hardly any."""
    n_known = len(set(keys.dropna()) & set(numbers))
    if n_known >= _FEWEST_KNOWN * len(numbers):
        return
    text = _(
        "{file}: the column {column} holds {n} of the {total} ids that the ratings name, so it "
        "numbers the items in another way. Name the right column as id in {description}."
    )
    sentences = [
        text.format(
            file=file,
            column=layout.source("id"),
            n=f"{n_known:,}",
            total=f"{len(numbers):,}",
            description=layout.description,
        )
    ]
    best, column = n_known, ""
    for name in header_of(file, layout)[1]:
        only_ids = replace(layout, columns={"id": str}, sources={"id": name})
        try:
            ids = _keys(read_table(file, only_ids)["id"], are_texts)
        except DataError:
            continue
        found = len(set(ids.dropna()) & set(numbers))
        if found > best:
            best, column = found, name
    if column:
        more = _("The column {column} holds {n} of them.")
        sentences.append(more.format(column=column, n=f"{best:,}"))
    raise DataError(" ".join(sentences))


def _with_years(titles: "pd.Series[str]", years: "pd.Series[str]") -> "pd.Series[str]":
    """Append years to titles, as MovieLens does: "Ran (1985)"."""
    year = years.str.strip().str.extract(r"^(-?[0-9]{1,4})(?:\.0*)?$")[0]
    plain = titles.str.strip()
    return titles.where(year.isna() | (plain == ""), plain + " (" + year.fillna("") + ")")


def _genres(texts: "pd.Series[str]", separator: str) -> "pd.Series[str]":
    """Return genres in MovieLens' form, "A|B|C", or "(no genres listed)"."""

    def joined(text: str) -> str:
        parts = text.split(separator) if separator else [text]
        names = [name.strip() for name in parts]
        return "|".join(dict.fromkeys(it for it in names if it)) or NO_GENRES

    return texts.map(joined)
