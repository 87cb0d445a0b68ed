"""Markers of a script's cells, put right before Jupytext reads them.

- A marker inside a statement, such as a function's body, would cut the statement in two.
- Code below a `# %% [markdown]` marker, without a comment mark, would become text.
- A marker with hundreds of options would keep Jupytext's parser busy for minutes.
"""

import ast
import io
import re
import tokenize
from itertools import pairwise

from autograder.submissions.ast_tools import parsed
from autograder.util.i18n import _, ngettext
from autograder.util.text import shortened

MAX_MARKER = 10_000
MAX_OPTIONS = 30
MAX_PARTS = 5
MAX_SHOWN = 60

MARKER = re.compile(
    r"^[ \t]*#[ \t]*(?:%%%*(?:[ \t][^\n]*)?|<codecell>|In\[[0-9 ]*\]:?)[ \t]*$", re.MULTILINE
)
_LONG_MARKER = re.compile(r"^([ \t]*#[ \t]*(?:%%+[ \t]|\+))([^\n]{500,})$", re.MULTILINE)
_TEXT_CELL = re.compile(r"\[(?:markdown|md|raw)\]|cell_type=[\"'](?:markdown|raw)")
_TAGS = re.compile(r"\btags[\"']?[ \t]*[=:][ \t]*(\[[^\]\n]{0,200}\])")
_QUOTES = re.compile(r"[rR]?(\"\"\"|''')")


def with_short_markers(text: str) -> str:
    """Return a script without the options of markers that would take Jupytext minutes to read.

    Jupytext parses the rest of the line anew at each equals sign. Type and tags of a cell stay.
    """
    return _LONG_MARKER.sub(_short_marker, text)


def _short_marker(match: re.Match[str]) -> str:
    start, options = match.groups()
    if len(options) <= MAX_MARKER and options.count("=") <= MAX_OPTIONS:
        return match[0]
    kind, tags = _TEXT_CELL.search(options), _TAGS.search(options)
    kept = ["[raw]" if "raw" in kind[0] else "[markdown]"] if kind else []
    return start + " ".join([*kept, f"tags={tags[1]}"] if tags else kept)


def without_markers_in_statements(text: str) -> tuple[str, list[int]]:
    """Return a script without the markers that stand inside a statement.

    A marker goes where the cell before or after it is no Python alone, and both together are.

    Returns:
        The script, line by line as before, and the numbers of the lines of these markers.
    """
    lines = ["# %%", *text.split("\n")]  # the lines above the first marker are a cell, too
    starts = [number for number, line in enumerate(lines) if MARKER.fullmatch(line)]
    ends = [*starts[1:], len(lines)]
    found: list[int] = []
    first = 0
    while first < len(starts) - 1:
        n = _n_joined(lines, starts, ends, first)
        found += starts[first + 1 : first + n]
        first += n
    for number in found:
        lines[number] = lines[number].partition("#")[0] + "#"
    return "\n".join(lines[1:]), found


def _n_joined(lines: list[str], starts: list[int], ends: list[int], first: int) -> int:
    """Return how many cells, from the first on, are one piece of code that markers cut."""
    joined = 1
    for n in range(2, MAX_PARTS + 1):
        last = first + n - 1
        if last >= len(starts):
            break
        cells = ["\n".join(lines[starts[k] + 1 : ends[k]]) for k in (first, last)]
        if any(_TEXT_CELL.search(lines[starts[k]]) for k in (first, last)):
            break
        before = "\n".join(lines[starts[first] + 1 : starts[last]])
        if parsed(before) is not None and parsed(cells[1]) is not None:
            break
        whole = "\n".join(lines[starts[first] + 1 : ends[last]])
        rows = [start - starts[first] for start in starts[first + 1 : last + 1]]
        if parsed(whole) is not None and _are_comments(whole, rows):
            joined = n
    return joined


def _are_comments(source: str, rows: list[int]) -> bool:
    """Return whether these lines of Python code are comments, not lines of a text in quotes."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (SyntaxError, tokenize.TokenError):
        return False
    comments = {token.start[0] for token in tokens if token.type == tokenize.COMMENT}
    return comments.issuperset(rows)


def with_code_below_text(text: str) -> tuple[str, list[int], list[str]]:
    """Return a script in which code below text has a marker of its own.

    Returns:
        The script, the numbers of the lines in which such code begins, and the first lines of text
        without a comment mark that is no code.
    """
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines) if MARKER.fullmatch(line)]
    found: list[int] = []
    left_out: list[str] = []
    for start, end in pairwise([*starts, len(lines)]):
        if not _TEXT_CELL.search(lines[start]):
            continue
        begin = _first_without_mark(lines, start + 1, end)
        if begin is None:
            continue
        if _is_code("\n".join(lines[begin:end])):
            found.append(begin)
        else:
            left_out.append(lines[begin])
    for number in reversed(found):
        lines.insert(number, "# %%")
    return "\n".join(lines), [number + 1 for number in found], left_out


def _first_without_mark(lines: list[str], start: int, end: int) -> int | None:
    """Return the first line of a cell of text that is neither comment nor text in quotes."""
    number = start
    while number < end:
        line = lines[number].strip()
        quotes = _QUOTES.match(line)
        if quotes and number == start:
            number = _end_of_quotes(lines, number, end, quotes)
        elif line and not line.startswith("#"):
            return number
        number += 1
    return None


def _end_of_quotes(lines: list[str], start: int, end: int, quotes: re.Match[str]) -> int:
    if quotes[1] in lines[start].strip()[quotes.end() :]:
        return start
    return next((k for k in range(start + 1, end) if quotes[1] in lines[k]), end)


def _is_code(source: str) -> bool:
    """Return whether lines are Python that does something, not prose that happens to be Python."""
    tree = parsed(source)
    return tree is not None and any(
        not isinstance(statement, ast.Expr) or isinstance(statement.value, ast.Call)
        for statement in tree.body
    )


def notes_on_markers(
    in_statements: list[int], below_text: list[int], left_out: list[str]
) -> tuple[str, ...]:
    """Return the notes on the markers of a script.

    Args:
        in_statements: The lines of markers inside a statement.
        below_text: The lines in which code begins below text.
        left_out: Lines below text, without a comment mark, that are no code.
    """
    notes = []
    if in_statements:
        notes.append(
            ngettext(
                "the cell marker in line {lines} stands inside a statement; "
                "the code around it was run as one cell",
                "the cell markers in lines {lines} stand inside statements; "
                "the code around them was run as one cell",
                len(in_statements),
            ).format(lines=", ".join(map(str, in_statements)))
        )
    if below_text:
        notes.append(
            ngettext(
                "code from line {lines} on stands in a cell of text; it was run as code",
                "code from lines {lines} on stands in cells of text; it was run as code",
                len(below_text),
            ).format(lines=", ".join(map(str, below_text)))
        )
    for line in left_out:
        text = _("a cell of text holds lines that are neither comments nor code, left out: {line}")
        notes.append(text.format(line=shortened(line, MAX_SHOWN)))
    return tuple(notes)
