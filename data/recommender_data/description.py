"""Read `dataset.toml`, which describes the files of a set of one's own."""

import codecs
import difflib
import re
import tomllib
from dataclasses import dataclass, field, fields
from typing import Any

from recommender_data.errors import DataError
from recommender_data.files import DAMAGED, File, open_file
from recommender_data.i18n import _

NAME = "dataset.toml"

Column = str | int
Pair = tuple[float, float]


@dataclass(frozen=True)
class RatingsFile:
    """The table `[ratings]`: the file with ratings.

    Attributes:
        file: The file's path, from the folder of `dataset.toml`.
        user: The column of users, by its name, or by its number from 1.
        item: The column of films, books or other items.
        rating: The column of ratings.
        timestamp: The column of times; "" where the file has none.
        scale: The lowest and the highest rating that there is.
        rescale: The range into which ratings are converted; None where they stay as they are.
        separator: The text between two fields; "" where it is to be found out.
        encoding: The text encoding; "" for UTF-8 and what a byte-order mark names.
        header: Whether the first line names the columns.
        date_format: The form of times, as of `strptime`, or "seconds" or "milliseconds".
        form: "rows" with one rating a line, or "matrix" with one user a line.
        no_rating: The number that stands for no rating.
        ignore: The number of columns at the left of a matrix that hold no ratings.
    """

    file: str = "ratings.csv"
    user: Column = "userId"
    item: Column = "movieId"
    rating: Column = "rating"
    timestamp: Column = "timestamp"
    scale: Pair = (0.5, 5)
    rescale: Pair | None = None
    separator: str = ""
    encoding: str = ""
    header: bool = True
    date_format: str = ""
    form: str = "rows"
    no_rating: float = 99
    ignore: int = 0


@dataclass(frozen=True)
class ItemsFile:
    """The table `[items]`: the file with titles and genres.

    Attributes:
        file: The file's path, from the folder of `dataset.toml`.
        id: The column with the items' ids, as in the ratings.
        title: The column with titles.
        genres: The column with genres; "" where the file has none.
        genre_separator: The text between two genres of an item.
        year: The column with years, which are appended to titles; "" for none.
        separator: The text between two fields; "" where it is to be found out.
        encoding: The text encoding; "" for UTF-8 and what a byte-order mark names.
        header: Whether the first line names the columns.
    """

    file: str = "movies.csv"
    id: Column = "movieId"
    title: Column = "title"
    genres: Column = "genres"
    genre_separator: str = "|"
    year: Column = ""
    separator: str = ""
    encoding: str = ""
    header: bool = True


@dataclass(frozen=True)
class Description:
    """The content of a `dataset.toml`.

    Attributes:
        ratings: The file with ratings.
        items: The file with titles and genres; None where there is none.
        name: The set's name; "" for that of its folder.
        given: The keys that the file gives, such as "ratings.timestamp".
        place: The path of `dataset.toml`, as messages show it.
        is_written: Whether there is such a file.
    """

    ratings: RatingsFile = field(default_factory=RatingsFile)
    items: ItemsFile | None = None
    name: str = ""
    given: frozenset[str] = frozenset()
    place: str = NAME
    is_written: bool = False


def read_description(file: File) -> Description:
    """Read a `dataset.toml`.

    Raises:
        DataError: The file is not TOML, or has an unknown key or a value of the wrong kind.
    """
    try:
        with open_file(file) as stream:
            table = tomllib.loads(stream.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        text = _("{file} is not text in UTF-8: save it in that encoding.")
        raise DataError(text.format(file=file)) from error
    except tomllib.TOMLDecodeError as error:
        text = _(
            "{file} is not TOML: {reason}. Text stands in quotation marks, and a path has / "
            "between its folders."
        )
        raise DataError(text.format(file=file, reason=error)) from error
    except DAMAGED as error:
        text = _("{file} cannot be read: {reason}.")
        raise DataError(text.format(file=file, reason=error)) from error
    _refuse_unknown(file, table, ["name", "ratings", "items"], "")
    ratings, items = table.get("ratings", {}), table.get("items")
    name = table.get("name", "")
    if (
        not isinstance(ratings, dict)
        or not isinstance(items, dict | None)
        or (not isinstance(name, str))
    ):
        text = _('{file}: "ratings" and "items" are tables, [ratings] and [items], "name" is text.')
        raise DataError(text.format(file=file))
    given = {f"ratings.{key}" for key in ratings} | {f"items.{key}" for key in items or {}}
    return Description(
        RatingsFile(**_checked(file, "ratings", ratings, RatingsFile)),
        None if items is None else ItemsFile(**_checked(file, "items", items, ItemsFile)),
        name,
        frozenset(given),
        str(file),
        is_written=True,
    )


def _refuse_unknown(file: File, table: dict[str, Any], known: list[str], where: str) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            text = _("{file}: there is no key {key}. The keys are: {known}.")
            if near:
                text = _(
                    "{file}: there is no key {key}. Do you mean {near}? The keys are: {known}."
                )
            names = ", ".join(known)
            shown = text.format(
                file=file, key=f"{where}{key}", near=near[0] if near else "", known=names
            )
            raise DataError(shown)


def _checked(file: File, where: str, table: dict[str, Any], kind: type) -> dict[str, Any]:
    """Return the values of a table of the description, each of the kind that its key needs."""
    _refuse_unknown(file, table, [it.name for it in fields(kind)], f"{where}.")
    return {key: _value(file, f"{where}.{key}", value) for key, value in table.items()}


def _value(file: File, key: str, value: Any) -> Any:
    name = key.partition(".")[2]
    wanted = _("text")
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if name in ("scale", "rescale"):
        wanted = _("two numbers, the lower first, such as [1, 10]")
        if isinstance(value, list) and len(value) == 2:
            are_numbers = all(type(it) in (int, float) for it in value)
            if are_numbers and value[0] < value[1]:
                return float(value[0]), float(value[1])
    elif name == "header":
        wanted = _("true or false")
        if isinstance(value, bool):
            return value
    elif name == "no_rating":
        wanted = _("a number")
        if is_number:
            return float(value)
    elif name == "ignore":
        wanted = _("a whole number from 0")
        if type(value) is int and value >= 0:
            return value
    elif name == "form":
        wanted = '"rows", "matrix"'
        if value in ("rows", "matrix"):
            return value
    elif name in ("user", "item", "rating", "timestamp", "id", "title", "genres", "year"):
        wanted = _("a column's name, or its number from 1")
        if isinstance(value, str) or (type(value) is int and value >= 1):
            return value
    elif name == "encoding":
        wanted = _('the name of an encoding, such as "utf-8" or "cp1252"')
        if isinstance(value, str) and (encoding := _encoding(value)) is not None:
            return encoding
    elif name == "separator":
        wanted = _("the text between two columns, such as a comma, a semicolon or a tab")
        if isinstance(value, str) and not re.search(r'[\w"\n\r]', value):
            return value
    elif isinstance(value, str):
        return value
    text = _("{file}: {key} is {value}, but must be {wanted}.")
    raise DataError(text.format(file=file, key=key, value=repr(value), wanted=wanted))


def _encoding(name: str) -> str | None:
    """Return the usual name of an encoding of text; None where Python knows no such encoding."""
    try:
        "".encode(name)
        return codecs.lookup(name).name if name else ""
    except LookupError:
        return None
