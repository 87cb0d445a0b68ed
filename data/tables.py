"""Read delimited tables fast, and name the line when one of them is malformed."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from autograder.util.i18n import _
from data.errors import DataError

File = Path | zipfile.Path

MAX_BAD_SHARE = 1 / 1000  # more malformed lines than this mean another format, not damage

_PATTERNS = {
    int: re.compile(r"\s*[+-]?[0-9]{1,18}\s*"),
    float: re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*"),
    str: re.compile(r".*", re.DOTALL),
}


@dataclass(frozen=True)
class Layout:
    """How a file is laid out. Comma separated files have a header and may quote, no others."""

    columns: dict[str, type]
    separator: str = ","
    encoding: str = "utf-8"

    @property
    def is_csv(self) -> bool:
        return self.separator == ","

    def describe(self) -> str:
        """What a line must look like, in words."""
        kinds = {int: _("whole number"), float: _("number"), str: _("text")}
        names = list(self.columns)
        shown = names if len(names) <= 5 else [*names[:3], "...", names[-1]]
        fields = (", " if self.is_csv else self.separator).join(
            f"{name} ({kinds[self.columns[name]]})" if name in self.columns else name
            for name in shown
        )
        return _("{count} fields: {fields}").format(count=len(names), fields=fields)


def read_table(file: File, layout: Layout, skip_bad_lines: bool = False) -> pd.DataFrame:
    """Read a whole table: int64, float64 and text columns, in the layout's order.

    skip_bad_lines: leave out single malformed lines, and print which, instead of raising.
    Raises DataError if the file is missing, unreadable, empty or malformed.
    """
    try:
        frame = _parse(file, layout)
    except (ValueError, OverflowError) as error:
        frame = _parse_good_lines(file, layout) if skip_bad_lines else None
        if frame is None:
            _raise_for_first_bad_line(file, layout)
            raise _broken(file, error) from error
    except FileNotFoundError as error:
        raise DataError(
            _(
                "{file} is missing. Unpack the whole archive from GroupLens there, or take the "
                "folder out of MOVIELENS_DIR."
            ).format(file=file)
        ) from error
    except (OSError, zipfile.BadZipFile, zlib.error) as error:
        raise _broken(file, error) from error
    if frame.empty:
        raise _broken(file, _("it has no rows"))
    return frame


def require(valid: pd.Series, expected: str, file: File, layout: Layout) -> None:
    """Raise DataError for the first row that is not valid; `valid` is one bool a row of `file`."""
    if valid.all():
        return
    row = int((~valid).to_numpy().argmax())
    for position, (line, fields) in enumerate(_records(file, layout)):
        if position == row + layout.is_csv:
            expected = expected if _fits(fields, layout) else layout.describe()
            raise _malformed(file, line, fields, expected, layout)
    raise _broken(file, _("expected {expected}").format(expected=expected))


def _parse_good_lines(file: File, layout: Layout) -> pd.DataFrame | None:
    """The table without its malformed lines, which are named; None where they are too many."""
    try:
        records = _records(file, layout)
        if layout.is_csv and next(records, (1, []))[1] != list(layout.columns):
            return None
        good, bad = [], []
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
    options = {"header": 0} if layout.is_csv else {"header": None, "names": list(layout.columns)}
    if not layout.is_csv:
        options["quoting"] = csv.QUOTE_NONE
    with file.open("rb") as stream:
        separator = layout.separator
        if separator == "::":
            stream, separator = io.BytesIO(stream.read().replace(b"::", b"\t")), "\t"
        frame = pd.read_csv(
            stream,
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
    """Go through the file slowly to name the line that the fast reader refused."""
    line = 0
    records = _records(file, layout)
    try:
        if layout.is_csv:
            line, header = next(records, (1, []))
            if header != list(layout.columns):
                raise _malformed(file, line, header, ",".join(layout.columns), layout)
        for line, fields in records:
            if not _fits(fields, layout):
                raise _malformed(file, line, fields, layout.describe(), layout)
    except UnicodeDecodeError as error:
        expected = _("text in {encoding}").format(encoding=layout.encoding)
        raise _malformed(file, line + 1, [repr(error.object)], expected, layout) from error
    except csv.Error as error:
        raise _malformed(file, line + 1, [str(error)], layout.describe(), layout) from error
    except (OSError, zipfile.BadZipFile, zlib.error) as error:
        raise _broken(file, error) from error


def _records(file: File, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """Line number, from 1, and fields of every line that is not blank, the header too."""
    with file.open("rb") as stream:
        lines = (line.decode(layout.encoding) for line in stream)
        if layout.is_csv:
            yield from _csv_records(csv.reader(lines))
        else:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, line.rstrip("\r\n").split(layout.separator)


def _csv_records(reader) -> Iterator[tuple[int, list[str]]]:
    """A quoted field may go over several lines: the number is that of a record's first line."""
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
            "{file}, line {line} is malformed. Expected {expected}. Found: {found}. "
            "Repair the line, replace the file by that of a fresh download, or leave single bad "
            'rows of ratings out with data.load(bad_rows="skip").'
        ).format(file=file, line=line, expected=expected, found=_shown(fields, layout))
    )


def _broken(file: File, reason: object) -> DataError:
    return DataError(
        _("{file} cannot be read: {reason}. Replace it by that of a fresh download.").format(
            file=file, reason=reason
        )
    )
