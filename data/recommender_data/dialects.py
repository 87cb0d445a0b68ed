"""Find out how a file writes its table: encoding, separator, decimal mark and order of columns."""

import codecs
import csv
import io
import re
import unicodedata
from dataclasses import dataclass, replace

from recommender_data import wording
from recommender_data.files import DAMAGED, GZIP, File, open_file
from recommender_data.i18n import _
from recommender_data.layouts import Layout, Time

MAX_BAD_SHARE = 1 / 1000  # more malformed lines than this mean another form, not damage
_HEAD = 2**20  # bytes at the start of a file that are looked at
_SEPARATORS = (",", ";", "\t", "|")
_BY_RARITY = ("\t", ";", "|", ",")  # a comma may also be a decimal mark
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # begins as the next one does
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_WHOLE = re.compile(r"\s*[+-]?[0-9]{1,18}(\.0*)?\s*")
_LATE = 10**11  # seconds since 1970 beyond this are milliseconds (the year 5138)


@dataclass(frozen=True)
class Dialect:
    """The form in which a file holds a table.

    Attributes:
        encoding: The text encoding.
        separator: The text between two fields.
        positions: The position of each column in a line, from 0.
        types: The type (int, float or str) in which each column is read.
        width: The number of fields in a line.
        decimal: The decimal mark.
        n_before: The number of lines before the header.
        time_format: The format of times that are text; None for ISO 8601.
        per_second: The units of a numeric time in a second.
        oddities: Phrases on what differs from the form of GroupLens.
    """

    encoding: str
    separator: str
    positions: dict[str, int]
    types: dict[str, type]
    width: int
    decimal: str = "."
    n_before: int = 0
    time_format: str | None = None
    per_second: int = 1
    oddities: tuple[str, ...] = ()

    @property
    def has_extra(self) -> bool:
        """Whether the file has columns that the layout has not."""
        return self.width > len(self.positions)


def inspect(file: File, layout: Layout) -> Dialect:
    """Look at the start of a file and find out its dialect.

    Args:
        file: The file.
        layout: The layout that the file should have.

    Raises:
        DataError: The file cannot be read or holds no text, or its header lacks a column.
        UnicodeDecodeError: The header is not text in the encoding.
    """
    head = _head(file, layout)
    if not head.strip():
        raise wording.no_rows(file, layout)
    if kind := _foreign(head):
        raise wording.foreign(file, layout, kind)
    encoding, oddities = _encoding(head, layout)
    text = _text(head, encoding)
    n_before, separator = 0, layout.separator
    if directive := re.match(r"sep=(.)\r?\n", text):
        n_before, separator, text = 1, directive[1], text[directive.end() :]
        oddities.append(_('a line "sep="'))
    lines = _first_lines(text)
    if not lines:
        raise wording.no_rows(file, layout)
    if n_before == 0:
        separator = _separator(lines, layout)
    rows = _rows(lines, str(separator), layout)
    header = rows[0] if layout.has_header else [""] * len(rows[0])
    if "\ufffd" in "".join(header):
        codecs.getincrementaldecoder(encoding)().decode(head)  # raises
    positions = _positions(file, replace(layout, separator=separator), header, n_before)
    width = len(header) if layout.has_header or layout.sources else len(layout.columns)
    dialect = Dialect(encoding, str(separator), positions, {}, width, n_before=n_before)
    found = _kinds(dialect, layout, rows[1:] if layout.has_header else rows)
    if layout.is_described:
        return found
    return replace(found, oddities=(*oddities, *_differences(found, layout, header)))


def header_of(file: File, layout: Layout) -> tuple[str, list[str]]:
    """Return a file's separator and the fields of its first line, whatever the layout's columns."""
    head = _head(file, layout)
    if kind := _foreign(head):
        raise wording.foreign(file, layout, kind)
    encoding = _encoding(head, layout)[0]
    lines = _first_lines(_text(head, encoding))
    if not lines:
        raise wording.no_rows(file, layout)
    separator = layout.separator or _separator(lines, layout)
    header = [it.strip() for it in _rows(lines[:5], separator, layout)[0]]
    if "\ufffd" in "".join(header):
        try:
            codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError as error:
            raise wording.wrong_encoding(file, layout, error) from error
    return separator, header


def _head(file: File, layout: Layout) -> bytes:
    """Return the first bytes of a file."""
    try:
        with open_file(file) as stream:
            return stream.read(_HEAD)
    except DAMAGED as error:
        raise wording.unreadable(file, layout, error) from error


def _foreign(head: bytes) -> str:
    """Return the kind of a file that is no table of text, else ""."""
    start = head.lstrip()[:200].lower()
    if head.startswith(b"PK\x03\x04"):
        return "xlsx" if b"xl/" in head or b"[Content_Types]" in head else "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "xls"
    if start.startswith((b"<!doctype html", b"<html")):
        return "html"
    return "gzip" if head.startswith(GZIP) else ""


def _encoding(head: bytes, layout: Layout) -> tuple[str, list[str]]:
    """Return the encoding of a file, and phrases on what is odd about it."""
    for bom, encoding in _BOMS.items():
        if head.startswith(bom):
            if encoding == "utf-8-sig":
                return encoding, [_("a byte-order mark")]
            return encoding, [_("the encoding {name}").format(name=encoding.upper())]
    even, odd = head[:2000:2].count(0), head[1:2000:2].count(0)
    if max(even, odd) > 0.4 * len(head[:2000]) / 2:
        return ("utf-16-le" if odd > even else "utf-16-be"), [
            _("the encoding {name}").format(name="UTF-16")
        ]
    if layout.encoding == "latin-1" and not layout.description and not head.isascii():
        try:
            codecs.getincrementaldecoder("utf-8")().decode(head)
        except UnicodeDecodeError:
            return "latin-1", []
        return "utf-8", [_("the encoding {name}").format(name="UTF-8")]
    return layout.encoding or "utf-8", []


def _text(head: bytes, encoding: str) -> str:
    """Decode the start of a file; a later step reports bytes that are not of the encoding."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(head)


def _first_lines(text: str) -> list[str]:
    """Return the lines that are not blank, without the last, which may be cut."""
    lines = io.StringIO(text, newline=None).read().split("\n")
    whole = lines[:-1] if len(text) > _HEAD // 4 and len(lines) > 1 else lines
    return [line for line in whole[:2000] if line.strip()]


def _separator(lines: list[str], layout: Layout) -> str:
    """Return the separator that gives the columns; else the layout's, else a steady one."""
    given = layout.separator
    is_fixed = not (layout.has_header and layout.has_quotes) or layout.description != ""
    if given is not None and (is_fixed or _names_found(lines[0], given, layout)):
        return given
    are_named = layout.columns and not any(type(it) is int for it in layout.sources.values())
    if layout.has_header and are_named:
        for separator in _SEPARATORS:
            if _names_found(lines[0], separator, layout):
                return separator
    if given is not None and given in lines[0]:
        return given
    for separator in _BY_RARITY:
        counts = {len(_split(line, separator)) for line in lines[:20]}
        if len(counts) == 1 and max(counts) > 1:
            return separator
    return max((given or ",", *_SEPARATORS), key=lambda it: len(_split(lines[0], it)))


def _names_found(line: str, separator: str, layout: Layout) -> bool:
    """Return whether a header has a column of each name that the layout requires."""
    fields = _split(line, separator)
    required = [layout.source(name) for name in layout.columns if name not in layout.optional]
    return len(fields) > 1 and all(
        name <= len(fields) if isinstance(name, int) else place_of(name, fields) is not None
        for name in required
    )


def _split(line: str, separator: str) -> list[str]:
    if len(separator) > 1:
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return line.split(separator)


def _rows(lines: list[str], separator: str, layout: Layout) -> list[list[str]]:
    """Return the fields of the first lines; a damaged line ends the list."""
    if not layout.has_quotes:
        return [line.split(separator) for line in lines]
    rows = []
    try:
        for fields in csv.reader((f"{line}\n" for line in lines), delimiter=separator):
            rows.append(fields)
    except csv.Error:
        pass
    return rows or [lines[0].split(separator)]


def _plain(name: str) -> str:
    """Return a column's name without capitals, spaces, hyphens and underscores."""
    return re.sub(r"[\s_\-\ufeff]", "", unicodedata.normalize("NFC", name)).casefold()


def place_of(name: str, header: list[str]) -> int | None:
    """Return the position of a column, by its exact name or one in other capitals."""
    exact = [place for place, it in enumerate(header) if it.strip() == name]
    alike = [place for place, it in enumerate(header) if _plain(it) == _plain(name)]
    return next(iter(exact or alike), None)


def _is_ambiguous(name: str, header: list[str]) -> bool:
    """Return whether several columns may be meant by a name."""
    n_exact = sum(it.strip() == name for it in header)
    n_alike = sum(_plain(it) == _plain(name) for it in header)
    return n_exact > 1 or (n_exact == 0 and n_alike > 1)


def _positions(file: File, layout: Layout, header: list[str], n_before: int) -> dict[str, int]:
    """Return the position of each column of the layout that the file has.

    Raises:
        DataError: The header lacks a column, or two columns have its name.
    """
    positions: dict[str, int] = {}
    if not layout.has_header and not layout.sources:
        return {name: place for place, name in enumerate(layout.columns)}
    for name in layout.columns:
        source = layout.source(name)
        place = source - 1 if isinstance(source, int) else place_of(source, header)
        if place is not None and place < len(header):
            positions[name] = place
        elif name not in layout.optional:
            raise wording.no_column(file, layout, header, source, n_before + 1)
        if isinstance(source, str) and _is_ambiguous(source, header):
            raise wording.two_columns(file, layout, source)
    return positions


def _kinds(dialect: Dialect, layout: Layout, rows: list[list[str]]) -> Dialect:
    """Return the dialect with the types of the columns, the decimal mark and the form of times."""
    types: dict[str, type] = {}
    decimal, time_format, per_second = ".", None, 1
    for name, position in dialect.positions.items():
        sample = [row[position].strip() for row in rows if len(row) > position]
        sample = [text for text in sample if text]
        kind = types[name] = layout.columns[name]
        whole = sum(_WHOLE.fullmatch(text) is not None for text in sample)
        if kind is float and any("," in text for text in sample):
            decimal = ","
        elif name in layout.text_ids and len(sample) - whole > MAX_BAD_SHARE * len(sample):
            types[name] = str
        elif kind is Time:
            types[name] = int if 2 * whole >= len(sample) else str
            form = layout.time_format
            if form and form not in ("seconds", "milliseconds"):
                types[name], time_format = str, form
            late = [text for text in sample if _WHOLE.fullmatch(text) and float(text) > _LATE]
            are_late = 2 * len(late) > len(sample)
            if form == "milliseconds" or (layout.description and not form and are_late):
                per_second = 1000
    return replace(
        dialect, types=types, decimal=decimal, time_format=time_format, per_second=per_second
    )


def _differences(dialect: Dialect, layout: Layout, header: list[str]) -> list[str]:
    """Return phrases on what differs from the form of GroupLens; a described file may differ."""
    found = []
    if layout.has_header:
        separators = {";": _("semicolons"), "\t": _("tabs"), "|": _("vertical bars")}
        if dialect.separator in separators:
            between = _("{marks} between the columns")
            found.append(between.format(marks=separators[dialect.separator]))
        if dialect.decimal == ",":
            found.append(_("decimal commas"))
        places = list(dialect.positions.values())
        if places != sorted(places):
            found.append(_("another order of columns"))
        elif [header[place].strip() for place in places] != [
            layout.source(name) for name in dialect.positions
        ]:
            found.append(_("other capitals in the names of columns"))
        if dialect.has_extra:
            more = [it for place, it in enumerate(header) if place not in places]
            named = ", ".join(it.strip() or _("(no name)") for it in more[:5])
            found.append(_("further columns, which are left out ({names})").format(names=named))
    if any(
        kind is Time and dialect.types.get(name) is str for name, kind in layout.columns.items()
    ):
        found.append(_("times as text, taken as UTC"))
    return found
