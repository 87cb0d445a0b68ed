"""String literals of a translation: quoted, and broken into lines where they are long."""

import io
import re
import tokenize
from collections.abc import Iterator

from autograder.course.translation.marks import brace_spans
from autograder.course.translation.spans import LINE_LENGTH

_PREFIX = re.compile(r"[A-Za-z]*")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def literal(text: str, source: str, start: int, end: int) -> str:
    """Return a string as code in the place of another string.

    Args:
        text: The string; that of an f-string has its placeholders as they are written in code.
        source: The code around it.
        start: Where the other string begins.
        end: Where it ends.
    """
    formatted = "f" in _PREFIX.findall(source[start:end])[0].lower()
    pieces = list(_pieces(text, formatted))
    column = start - (source.rfind("\n", 0, start) + 1)
    tail = len(source[end:].partition("\n")[0])
    whole = _quoted("".join(pieces), formatted)
    if len(pieces) == 1 or column + len(whole) + tail <= LINE_LENGTH:
        return whole
    open_bracket = _is_in_brackets(source, start)
    inner = column if open_bracket else column + 1
    lines, line = [], ""
    for piece in pieces:
        if line and inner + len(_quoted(line + piece, formatted)) + tail > LINE_LENGTH:
            lines.append(_quoted(line, formatted))
            line = ""
        line += piece
    lines.append(_quoted(line, formatted))
    code = f"\n{' ' * inner}".join(lines)
    return code if open_bracket else f"({code})"


def _pieces(text: str, formatted: bool) -> Iterator[str]:
    """Yield the parts of a string, each a word with the space after it; placeholders stay whole."""
    spans = brace_spans(text) if formatted else []
    inside = {place for start, end in spans for place in range(start, end)}
    begin = 0
    for place in range(1, len(text)):
        if text[place - 1] == " " and text[place] != " " and place - 1 not in inside:
            yield text[begin:place]
            begin = place
    yield text[begin:]


def _quoted(text: str, formatted: bool) -> str:
    """Return a string as one literal, in double quotes unless a placeholder holds such quotes."""
    spans = list(brace_spans(text)) if formatted else []
    quote = "'" if any('"' in text[start:end] for start, end in spans) else '"'
    parts, done = [], 0
    for start, end in [*spans, (len(text), len(text))]:
        plain = "".join(_ESCAPES.get(c, c) for c in text[done:start])
        parts += [plain.replace(quote, f"\\{quote}"), text[start:end]]
        done = end
    return f"{'f' if formatted else ''}{quote}{''.join(parts)}{quote}"


def _is_in_brackets(source: str, place: int) -> bool:
    """Return whether a place in code lies between brackets."""
    line = source.count("\n", 0, place) + 1
    column = place - (source.rfind("\n", 0, place) + 1)
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.start >= (line, column):
            break
        if token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
    return depth > 0
