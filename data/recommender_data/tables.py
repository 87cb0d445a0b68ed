"""Read delimited tables fast, and name the first malformed line of a bad table."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from recommender_data.errors import DataError
from recommender_data.i18n import _

File = Path | zipfile.Path

MAX_BAD_SHARE = 1 / 1000  # more malformed lines than this mean another format, not damage

_PATTERNS = {
    int: re.compile(r"\s*[+-]?[0-9]{1,18}\s*"),
    float: re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*"),
    str: re.compile(r".*", re.DOTALL),
}


@dataclass(frozen=True)
class Layout:
    """The layout of a file; only a comma separated file has a header and may quote fields.

    Attributes:
        columns: The type (int, float or str) of each column by its name, in order.
        separator: The text between two fields.
        encoding: The file's text encoding.
    """

    columns: dict[str, type]
    separator: str = ","
    encoding: str = "utf-8"

    @property
    def is_csv(self) -> bool:
        """Whether commas separate the fields."""
        return self.separator == ","

    def describe(self) -> str:
        """Return a sentence on the fields that a line must have."""
        kinds = {int: _("whole number"), float: _("number"), str: _("text")}
        names = list(self.columns)
        shown = names if len(names) <= 5 else [*names[:3], "...", names[-1]]
        fields = (", " if self.is_csv else self.separator).join(
            f"{name} ({kinds[self.columns[name]]})" if name in self.columns else name
            for name in shown
        )
        return _("Expected {count} fields: {fields}.").format(count=len(names), fields=fields)


def read_table(file: File, layout: Layout, skip_bad_lines: bool = False) -> pd.DataFrame:
    """Read a whole table.

    Args:
        file: The file, on disk or in an archive.
        layout: Its layout.
        skip_bad_lines: Whether to leave out and print single malformed lines instead of raising.

    Returns:
        A frame with int64, float64 and text columns, in the layout's order.

    Raises:
        DataError: The file is missing, unreadable, empty or malformed.
    """
    try:
        frame = _parse(file, layout)
    except (ValueError, OverflowError) as error:
        good = _parse_good_lines(file, layout) if skip_bad_lines else None
        if good is None:
            _raise_for_first_bad_line(file, layout)
            raise _unreadable(file, error) from error
        frame = good
    except FileNotFoundError as error:
        raise DataError(
            _(
                "{file} is missing. Unpack the whole archive from GroupLens there, or take the "
                "folder out of MOVIELENS_DIR."
            ).format(file=file)
        ) from error
    except (OSError, zipfile.BadZipFile, zlib.error) as error:
        raise _unreadable(file, error) from error
    if frame.empty:
        text = _("{file} cannot be read: it has no rows. Replace it by that of a fresh download.")
        raise DataError(text.format(file=file))
    return frame


def require(valid: "pd.Series[bool]", expected: str, file: File, layout: Layout) -> None:
    """Reject a table with invalid rows.

    Args:
        valid: Whether each row is valid: bool (m,), in the order of the file.
        expected: A sentence on what a row must hold.
        file: The file that the table comes from.
        layout: Its layout.

    Raises:
        DataError: A row is invalid; the text names the line of the first invalid row.
    """
    if valid.all():
        return
    row = int((~valid).to_numpy().argmax())
    for position, (line, fields) in enumerate(_records(file, layout)):
        if position == row + layout.is_csv:
            expected = expected if _fits(fields, layout) else layout.describe()
            raise _malformed(file, line, fields, expected, layout)
    text = _("{file} cannot be read. {expected} Replace it by that of a fresh download.")
    raise DataError(text.format(file=file, expected=expected))


def _parse_good_lines(file: File, layout: Layout) -> pd.DataFrame | None:
    """Print the malformed lines and return the others; return None for too many malformed lines."""
    try:
        records = _records(file, layout)
        if layout.is_csv and _header(records)[1] != list(layout.columns):
            return None
        good: list[tuple[int, list[str]]] = []
        bad: list[tuple[int, list[str]]] = []
        for line, fields in records:
            (good if _fits(fields, layout) else bad).append((line, fields))
    except (UnicodeDecodeError, csv.Error):
        return None
    if len(bad) > MAX_BAD_SHARE * len(good):
        return None
    for line, fields in bad:
        print(_skipped(file, line, fields, layout), flush=True)
    columns = zip(*(fields for _line, fields in good), strict=True)
    return pd.DataFrame(dict(zip(layout.columns, columns, strict=True))).astype(layout.columns)


def _parse(file: File, layout: Layout) -> pd.DataFrame:
    """Read a table by pandas' fast parser, which takes separators of one character only."""
    if layout.is_csv:
        options: dict[str, Any] = {"header": 0}
    else:
        names = list(layout.columns)
        options = {"header": None, "names": names, "quoting": csv.QUOTE_NONE}
    with file.open("rb") as stream:
        separator, source = layout.separator, stream
        if separator == "::":
            separator, source = "\t", io.BytesIO(stream.read().replace(b"::", b"\t"))
        frame: pd.DataFrame = pd.read_csv(
            source,
            sep=separator,
            dtype=layout.columns,
            encoding=layout.encoding,
            keep_default_na=False,
            **options,
        )
    if list(frame.columns) != list(layout.columns) or not isinstance(frame.index, pd.RangeIndex):
        raise ValueError(_("the columns are not {names}").format(names=", ".join(layout.columns)))
    return frame


def _raise_for_first_bad_line(file: File, layout: Layout) -> None:
    """Read the file line by line to name the line that the fast parser rejected."""
    line = 0
    records = _records(file, layout)
    try:
        if layout.is_csv:
            line, header = _header(records)
            if header != list(layout.columns):
                names = ",".join(layout.columns)
                expected = _("Expected {names}.").format(names=names)
                raise _malformed(file, line, header, expected, layout)
        for line, fields in records:
            if not _fits(fields, layout):
                raise _malformed(file, line, fields, layout.describe(), layout)
    except UnicodeDecodeError as error:
        expected = _("Expected text in {encoding}.").format(encoding=layout.encoding)
        raise _malformed(file, line + 1, [repr(error.object)], expected, layout) from error
    except csv.Error as error:
        raise _malformed(file, line + 1, [str(error)], layout.describe(), layout) from error
    except (OSError, zipfile.BadZipFile, zlib.error) as error:
        raise _unreadable(file, error) from error


def _header(records: Iterator[tuple[int, list[str]]]) -> tuple[int, list[str]]:
    """Return the line number and the fields of the first record, no fields in an empty file."""
    return next(records, (1, []))


def _records(file: File, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """Yield the line number, from 1, and the fields of every line that is not blank."""
    with file.open("rb") as stream:
        lines = (line.decode(layout.encoding) for line in stream)
        if layout.is_csv:
            yield from _csv_records(lines)
        else:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, line.rstrip("\r\n").split(layout.separator)


def _csv_records(lines: Iterator[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield records with the number of their first line; a quoted field may span several lines."""
    reader = csv.reader(lines)
    number = 1
    for fields in reader:
        if len(fields) > 1 or "".join(fields).strip():
            yield number, fields
        number = reader.line_num + 1


def _fits(fields: list[str], layout: Layout) -> bool:
    if len(fields) != len(layout.columns):
        return False
    kinds = layout.columns.values()
    return all(_PATTERNS[kind].fullmatch(field) for kind, field in zip(kinds, fields, strict=True))


def _shown(fields: list[str], layout: Layout) -> str:
    found = layout.separator.join(fields)
    return found if len(found) <= 80 else found[:77] + "..."


def _skipped(file: File, line: int, fields: list[str], layout: Layout) -> str:
    return _("{file}, line {line} is malformed and left out: {found}").format(
        file=file, line=line, found=_shown(fields, layout)
    )


def _malformed(
    file: File, line: int, fields: list[str], expected: str, layout: Layout
) -> DataError:
    return DataError(
        _(
            "{file}, line {line} is malformed. {expected} Found: {found}. "
            "Repair the line, replace the file by that of a fresh download, or leave single bad "
            'rows of ratings out with data.load(bad_rows="skip").'
        ).format(file=file, line=line, expected=expected, found=_shown(fields, layout))
    )


def _unreadable(file: File, reason: object) -> DataError:
    return DataError(
        _("{file} cannot be read: {reason}. Replace it by that of a fresh download.").format(
            file=file, reason=reason
        )
    )
