"""Read delimited tables fast, and name the first malformed line of a bad table."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from typing import Any

import numpy as np
import pandas as pd

from recommender_data import wording
from recommender_data.dialects import MAX_BAD_SHARE, Dialect, inspect
from recommender_data.errors import DataError
from recommender_data.files import DAMAGED, File, open_file
from recommender_data.i18n import _
from recommender_data.layouts import Layout, Time
from recommender_data.lines import (
    Line,
    Records,
    decoded_lines,
    spanning_records,
    split,
    without_header,
)
from recommender_data.notes import tell
from recommender_data.times import to_seconds

_CHUNK = 100_000  # lines that the slow reader holds as text
_TEXT_CHUNK = 1_000_000  # rows whose times the fast reader holds as text

_UNIT = "\x1f"  # ASCII's separator of units, which stands for separators of several characters

_PATTERNS = {
    int: re.compile(r"\s*[+-]?[0-9]{1,18}(\.0*)?\s*"),
    float: re.compile(r"\s*[+-]?([0-9]+[.,]?[0-9]*|[.,][0-9]+)([eE][+-]?[0-9]+)?\s*"),
    str: re.compile(r".*", re.DOTALL),
}


@dataclass(frozen=True)
class Rule:
    """A condition on the rows of a table.

    Attributes:
        expected: A sentence on what a row must hold.
        holds: A function that takes the table and returns whether each row is valid: bool (m,).
    """

    expected: str
    holds: Callable[[pd.DataFrame], "pd.Series[bool]"]


@dataclass(frozen=True)
class BadLine:
    """A line that cannot be read.

    Attributes:
        number: The line's number, from 1.
        fields: Its fields.
        expected: A sentence on what the line must hold.
    """

    number: int
    fields: list[str]
    expected: str


def read_table(
    file: File, layout: Layout, rules: tuple[Rule, ...] = (), skip: bool = False
) -> pd.DataFrame:
    """Read a whole table.

    Args:
        file: The file, on disk or in an archive.
        layout: Its layout.
        rules: The conditions on its rows.
        skip: Whether to leave out and print single bad lines instead of raising.

    Returns:
        A frame with int64, float64 and text columns, in the layout's order.

    Raises:
        DataError: The file is unreadable, empty or malformed, or a row breaks a rule.
    """
    try:
        dialect = inspect(file, layout)
        columns = {it: kind for it, kind in layout.columns.items() if it in dialect.positions}
        layout = replace(layout, columns=columns)
        frame = _parse_fast(file, layout, dialect)
        if frame is None and layout.text_ids:
            frame = _parse_text_ids(file, layout, dialect)
        if frame is None or not all(rule.holds(frame).all() for rule in rules):
            frame = _parse_slowly(file, layout, dialect, rules, skip)
    except UnicodeDecodeError as error:
        raise wording.wrong_encoding(file, layout, error) from error
    except DataError:
        raise
    except DAMAGED as error:
        raise wording.unreadable(file, layout, error) from error
    if frame.empty:
        raise wording.no_rows(file, layout)
    if dialect.oddities:
        tell(wording.read_all_the_same(file, dialect.oddities))
    return frame


def _parse_fast(file: File, layout: Layout, dialect: Dialect) -> pd.DataFrame | None:
    """Return the table, or None where pandas' fast parser rejects it."""
    try:
        return _parse(file, layout, dialect)
    except UnicodeDecodeError:
        raise
    except (ValueError, OverflowError):
        return None


def _parse_text_ids(file: File, layout: Layout, dialect: Dialect) -> pd.DataFrame | None:
    """Return the table with ids as text, or None where hardly any id is a text."""
    types = dialect.types | dict.fromkeys(layout.text_ids, str)
    frame = _parse_fast(file, layout, replace(dialect, types=types))
    if frame is None:
        return None
    for name in layout.text_ids:
        n_texts = (~frame[name].str.fullmatch(_PATTERNS[int].pattern)).sum()
        if n_texts > MAX_BAD_SHARE * len(frame):
            return frame
    return None


def _parse(file: File, layout: Layout, dialect: Dialect) -> pd.DataFrame:
    """Read a table by pandas' fast parser."""
    options: dict[str, Any] = {"header": 0 if layout.has_header else None}
    options |= {"skiprows": dialect.n_before} if dialect.n_before else {}
    options |= {"encoding": dialect.encoding}
    has_text_times = any(
        kind is Time and dialect.types[name] is str for name, kind in layout.columns.items()
    )
    options |= {"chunksize": _TEXT_CHUNK} if has_text_times else {}
    with open_file(file) as stream:
        source = stream
        if len(dialect.separator.encode()) > 1:
            separator = dialect.separator.encode(dialect.encoding)
            source = io.BytesIO(stream.read().replace(separator, _UNIT.encode()))
        read = _read_csv(source, layout, dialect, **options)
        chunks = [read] if isinstance(read, pd.DataFrame) else read
        parts = [_numbers(chunk, layout, dialect) for chunk in chunks]
    return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]


def _read_csv(source: Any, layout: Layout, dialect: Dialect, **options: Any) -> Any:
    """Call pandas' parser, which takes separators of one character only."""
    names = [f"#{position}" for position in range(dialect.width)]
    types: dict[str, type] = dict.fromkeys(names, str)
    for name, position in dialect.positions.items():
        names[position] = name
        types[name] = dialect.types[name]
    options |= {} if layout.has_quotes else {"quoting": csv.QUOTE_NONE}
    return pd.read_csv(
        source,
        sep=dialect.separator if len(dialect.separator.encode()) == 1 else _UNIT,
        names=names,
        dtype={name: kind for name, kind in types.items() if name in names},
        decimal=dialect.decimal,
        keep_default_na=False,
        **options,
    )


def _numbers(frame: pd.DataFrame, layout: Layout, dialect: Dialect) -> pd.DataFrame:
    """Return the layout's columns of a frame, with times in seconds.

    Raises:
        ValueError: A line has more fields than the header, or a time cannot be read.
    """
    if not isinstance(frame.index, pd.RangeIndex):
        raise ValueError(_("the columns are not {names}").format(names=", ".join(layout.columns)))
    if list(frame.columns) != list(layout.columns):
        frame = frame[list(layout.columns)]
    for name, kind in layout.columns.items():
        if kind is Time and dialect.types[name] is str:
            seconds = to_seconds(frame[name], dialect.time_format)
            if seconds.isna().any():
                raise ValueError(name)
            frame = frame.assign(**{name: seconds.astype("int64")})
        elif kind is Time and dialect.per_second > 1:
            frame = frame.assign(**{name: frame[name] // dialect.per_second})
    return frame


def _parse_slowly(
    file: File, layout: Layout, dialect: Dialect, rules: tuple[Rule, ...], skip: bool
) -> pd.DataFrame:
    """Read a table line by line; print or raise for the lines that cannot be read."""
    frames: list[pd.DataFrame] = []
    bad: list[BadLine] = []
    for frame, bad_lines in _examine(file, layout, dialect, rules):
        frames.append(frame)
        bad += bad_lines
    table = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
    if not bad:
        return table
    helps = layout.may_skip and len(bad) <= MAX_BAD_SHARE * len(table)
    if not (skip and helps):
        n_rows = len(table) + len(bad)
        raise wording.malformed(
            file,
            layout,
            dialect,
            bad[0],
            skip_helps=helps,
            skip_failed=skip and layout.may_skip,
            n_bad=len(bad),
            n_rows=n_rows,
        )
    for text in wording.left_out(file, layout, dialect, bad):
        tell(text)
    return table


def _examine(
    file: File, layout: Layout, dialect: Dialect, rules: tuple[Rule, ...]
) -> Iterator[tuple[pd.DataFrame, list[BadLine]]]:
    """Yield the rows of some lines at a time, and the lines among them that cannot be read."""
    last = 0
    try:
        for frame, records in _pieces(file, layout, dialect):
            if frame is not None and all(rule.holds(frame).all() for rule in rules):
                yield frame, []
                continue
            rows = records()
            last = rows[-1][0] if rows else last
            yield _examine_rows(rows, layout, dialect, rules)
    except csv.Error as error:
        line = BadLine(last + 1, [str(error)], wording.fields(layout, dialect))
        raise wording.malformed(file, layout, dialect, line) from error


def _examine_rows(
    records: Records, layout: Layout, dialect: Dialect, rules: tuple[Rule, ...]
) -> tuple[pd.DataFrame, list[BadLine]]:
    """Return the rows of some lines, and the lines among them that cannot be read."""
    expected = wording.fields(layout, dialect)
    fitting = [(line, it) for line, it in records if _fits(it, layout, dialect)]
    bad = [BadLine(line, it, expected) for line, it in records if not _fits(it, layout, dialect)]
    frame = _converted([it for _line, it in fitting], layout, dialect)
    valid = np.ones(len(frame), dtype=bool)
    for name in layout.columns:
        unread = frame[name].isna().to_numpy()
        bad += _broken(fitting, valid & unread, expected)
        valid &= ~unread
    typed = frame[valid].astype(layout.pandas_types(dialect.types))
    for rule in rules:
        broken = np.zeros(len(frame), dtype=bool)
        broken[valid] = ~rule.holds(typed).to_numpy()
        bad += _broken(fitting, broken, rule.expected)
        valid &= ~broken
        typed = frame[valid].astype(layout.pandas_types(dialect.types))
    return typed, sorted(bad, key=lambda it: it.number)


def _broken(rows: list[tuple[int, list[str]]], which: Any, expected: str) -> list[BadLine]:
    return [BadLine(*rows[row], expected) for row in np.flatnonzero(which)]


def _converted(rows: list[list[str]], layout: Layout, dialect: Dialect) -> pd.DataFrame:
    """Return the layout's columns of fitting lines; a time that cannot be read is missing."""
    columns: dict[str, Any] = {}
    for name, kind in layout.columns.items():
        texts = [fields[dialect.positions[name]] for fields in rows]
        if dialect.types[name] is float:
            columns[name] = np.array([float(it.replace(",", ".")) for it in texts])
        elif dialect.types[name] is int:
            numbers = np.array([int(it.partition(".")[0]) for it in texts], dtype=np.int64)
            columns[name] = numbers // dialect.per_second if kind is Time else numbers
        elif kind is Time:
            columns[name] = to_seconds(pd.Series(texts, dtype=object), dialect.time_format)
        else:
            columns[name] = pd.Series(texts, dtype=object)
    return pd.DataFrame(columns)


def _pieces(
    file: File, layout: Layout, dialect: Dialect
) -> Iterator[tuple[pd.DataFrame | None, Callable[[], Records]]]:
    """Yield the table in pieces: the rows if pandas can read them, and a way to get the records."""
    with open_file(file) as stream:
        lines: Iterator[Line] = enumerate(decoded_lines(stream, dialect.encoding), start=1)
        for _line in range(dialect.n_before):
            next(lines, None)
        if layout.has_header:
            lines = without_header(lines)
        while block := list(islice(lines, _CHUNK)):
            if layout.has_quotes and any(text.count('"') % 2 for _number, text in block):
                spanning = spanning_records(chain(block, lines), dialect)
                while records := list(islice(spanning, _CHUNK)):
                    yield None, partial(list, records)
                return
            yield _parse_block(block, layout, dialect), partial(split, block, layout, dialect)


def _parse_block(block: list[Line], layout: Layout, dialect: Dialect) -> pd.DataFrame | None:
    """Return the rows of some lines, or None where pandas' fast parser rejects them."""
    text = "".join(text for _number, text in block)
    if len(dialect.separator.encode()) > 1:
        text = text.replace(dialect.separator, _UNIT)
    try:
        frame = _read_csv(io.StringIO(text), layout, dialect, header=None)
        n_lines = sum(1 for _number, text in block if text.strip())
        return _numbers(frame, layout, dialect) if len(frame) == n_lines else None
    except (ValueError, OverflowError):
        return None


def _fits(fields: list[str], layout: Layout, dialect: Dialect) -> bool:
    if not max(dialect.positions.values()) < len(fields) <= dialect.width:
        return False
    if not dialect.has_extra and len(fields) != dialect.width:
        return False
    return all(
        _PATTERNS[dialect.types[name]].fullmatch(fields[position])
        for name, position in dialect.positions.items()
    )
