"""CSV files that people and other systems write: in any of the usual encodings and separators."""

import codecs
import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from autograder.util.i18n import _

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SEPARATOR = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)


class TableError(Exception):
    """A file that is no table; the text says why, and what to do."""


@dataclass(frozen=True)
class Table:
    """A table as it stands in a file.

    Attributes:
        header: The cells of the first line.
        rows: The other lines, without empty ones; each has as many cells as the header or more.
        separator: The character between two cells.
        encoding: The encoding of the file.
        preamble: The line with which Excel names the separator, "" where there is none.
    """

    header: list[str]
    rows: list[list[str]]
    separator: str
    encoding: str
    preamble: str = ""

    def written(self) -> bytes:
        """Return the table in its own encoding and with its own separator."""
        text = io.StringIO(newline="")
        text.write(self.preamble)
        writer = csv.writer(text, delimiter=self.separator, lineterminator="\r\n")
        writer.writerows([self.header, *self.rows])
        return text.getvalue().encode(self.encoding)


def read_table(path: Path) -> Table:
    """Read a table with commas, semicolons or tabs, in UTF-8 or as Excel saves it.

    Excel saves tables in Windows-1252, and "Unicode text" in UTF-16. It may name the separator in a
    first line `sep=;`.

    Raises:
        TableError: The file cannot be read as a table.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        text = _("{path} cannot be read: {reason}.")
        raise TableError(text.format(path=path, reason=error.strerror or error)) from error
    if b"\0" in content and not content.startswith(_UTF16):
        raise TableError(
            _("{path} is no CSV file. Save the table as CSV (UTF-8).").format(path=path)
        )
    whole, encoding = _decoded(content)
    named = _SEPARATOR.match(whole)
    preamble = named[0] if named else ""
    whole = whole[len(preamble) :]
    first = whole.lstrip("\r\n").partition("\n")[0]
    separator = named[1] if named else max(",;\t", key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(whole, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        text = _("{path} is no table that can be read: {reason}.")
        raise TableError(text.format(path=path, reason=error)) from error
    filled = [line for line in lines if any(cell.strip() for cell in line)]
    header, rows = (filled[0], filled[1:]) if filled else ([], [])
    rows = [[*row, *[""] * (len(header) - len(row))] for row in rows]
    return Table(header, rows, separator, encoding, preamble)


def named_rows(path: Path, *columns: str) -> list[dict[str, str]]:
    """Return the rows of a table that the kit wrote, also if a spreadsheet has saved it since.

    Args:
        path: The table; where there is no such file, it has no rows.
        columns: The columns that must be there.

    Raises:
        TableError: The file cannot be read, or lacks a column.
    """
    if not path.is_file():
        return []
    table = read_table(path)
    header = [cell.strip() for cell in table.header]
    for column in columns:
        if column not in header:
            text = _(
                "{path} was changed: it has no column {column}. Move it away, and let the command "
                "that wrote it write it anew."
            )
            raise TableError(text.format(path=path, column=column))
    return [dict(zip(header, row, strict=False)) for row in table.rows]


def _decoded(content: bytes) -> tuple[str, str]:
    try:
        if content.startswith(_UTF16):
            return content.decode("utf-16"), "utf-16"
        encoding = "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"
        return content.decode(encoding), encoding
    except UnicodeDecodeError:
        # Bytes that Windows-1252 lacks are control characters of Latin-1; they come back unchanged.
        try:
            return content.decode("cp1252"), "cp1252"
        except UnicodeDecodeError:
            return content.decode("latin-1"), "latin-1"
