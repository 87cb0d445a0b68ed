"""Split the text of a file into lines and into records, with the number of each line."""

import csv
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

from recommender_data.dialects import Dialect
from recommender_data.layouts import Layout

Line = tuple[int, str]
Records = list[tuple[int, list[str]]]

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")


def decoded_lines(stream: Any, encoding: str) -> Iterator[str]:
    """Yield the lines of a file; a line ends with CR LF, LF or CR."""
    if encoding != "utf-8-sig" and "\n".encode(encoding) != b"\n":
        yield from _LINES.findall(stream.read().decode(encoding))
        return
    for number, line in enumerate(stream):
        text = line.decode("utf-8" if encoding == "utf-8-sig" and number else encoding)
        if "\r" in text:
            yield from _LINES.findall(text)
        else:
            yield text


def without_header(lines: Iterator[Line]) -> Iterator[Line]:
    """Leave out the first record that is not blank; its fields may span several lines."""
    for _number, text in lines:
        if text.strip():
            n_quotes = text.count('"')
            while n_quotes % 2 and (following := next(lines, None)):
                n_quotes += following[1].count('"')
            break
    return lines


def split(block: list[Line], layout: Layout, dialect: Dialect) -> Records:
    """Return the records of lines of which none continues a field of the line before."""
    filled = [(number, text) for number, text in block if text.strip()]
    if not layout.has_quotes:
        return [(number, it.rstrip("\r\n").split(dialect.separator)) for number, it in filled]
    rows = csv.reader((text for _number, text in filled), delimiter=dialect.separator)
    return [(number, row) for (number, _text), row in zip(filled, rows, strict=True)]


def spanning_records(lines: Iterator[Line], dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """Yield records with the number of their first line; a quoted field may span several lines."""
    first, text = next(lines)
    texts = chain([text], (text for _number, text in lines))
    reader = csv.reader(texts, delimiter=dialect.separator)
    number = first
    for fields in reader:
        if len(fields) > 1 or "".join(fields).strip():
            yield number, fields
        number = first + reader.line_num
