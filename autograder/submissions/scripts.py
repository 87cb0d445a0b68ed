"""The cells of a Python script, read by Jupytext.

This module removes a script's own Jupytext header first. The header may request other formats, and
it is YAML, in which a few lines can expand to gigabytes.
"""

import ast
import re
from dataclasses import replace
from itertools import pairwise

from autograder.submissions.ast_tools import MAX_LENGTH, parsed
from autograder.submissions.cells import Written, refusal, tags_of
from autograder.submissions.markers import (
    MARKER,
    notes_on_markers,
    with_code_below_text,
    with_short_markers,
    without_markers_in_statements,
)
from autograder.util.i18n import _

MAX_CELLS = 2_000
MAX_FENCES = 200
MAX_HEADER = 10_000
MAX_BRACKETS = 200
"""Brackets in a header; PyYAML's time grows with the square of their depth."""

_FENCE = re.compile(r"^[ \t]*#?[ \t]*(?:```|~~~)", re.MULTILINE)
_LIGHT_MARKER = re.compile(r"^# ?\+", re.MULTILINE)
_RULE = re.compile(r"# ?---\s*")
_BEFORE_HEADER = re.compile(r"#\s*|#!.*|[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+.*")

# Jupytext ends lines at these characters, Python does not.
_SEPARATORS = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_AWAY = {ord(old): 0x10FF00 + number for number, old in enumerate(_SEPARATORS)}
_BACK = {new: old for old, new in _AWAY.items()}

# Jupytext runs a comment that begins like a command, such as `# copy the list`, as a magic.
_PROSE = chr(0x10FF20)
_COMMENT = re.compile(r"^(#[# \t]*)([A-Za-z][^\n]*)$", re.MULTILINE)
_ASSIGNED_MAGIC = re.compile(r"=[ \t]*[%!]")


def has_markers(text: str) -> bool:
    """Return whether a text has `# %%` lines, or the cell markers of other tools."""
    return MARKER.search(text) is not None


def cells_of_script(text: str, name: str) -> tuple[list[Written], tuple[str, ...]]:
    """Return the cells of a script, and notes; without markers each paragraph is a cell.

    Args:
        text: The script.
        name: The file's name, for messages.

    Raises:
        UnreadableSubmission: The script holds far more than an exercise, or Jupytext rejects it.
    """
    if _is_excessive(text):
        raise refusal(
            name,
            _("there is far more in it than an exercise holds"),
            _("Hand in your exercise alone."),
        )
    body, notes = _without_header(text)
    body = with_short_markers(body)
    if not has_markers(body):
        return _in_place(_paragraphs(body, name), text), notes
    head = text.count("\n") - body.count("\n")
    body, in_statements = without_markers_in_statements(body)
    marked, below_text, left_out = with_code_below_text(body)
    cells = _read(marked, "py:percent", name)
    in_statements, below_text = (
        [head + line for line in found] for found in (in_statements, below_text)
    )
    notes += notes_on_markers(in_statements, below_text, left_out)
    return _in_place(cells, "\n" * head + body), notes


def _in_place(cells: list[Written], text: str) -> list[Written]:
    """Return the cells; a code cell that the script holds verbatim gets its first line."""
    text, done, line = f"\n{text}\n", 0, 1
    placed = []
    for cell in cells:
        sought = cell.kind == "code" and cell.source
        start = text.find(f"\n{cell.source}\n", done) if sought else -1
        if start >= 0:
            line += text.count("\n", done, start)
            cell = replace(cell, line=line)
            done = start + 1 + len(cell.source)
            line += text.count("\n", start, done)
        placed.append(cell)
    return placed


def _is_excessive(text: str) -> bool:
    """Return whether a text is larger than exercises are, or would take Jupytext minutes."""
    return (
        len(text) > 2 * MAX_LENGTH
        or len(MARKER.findall(text)) > MAX_CELLS
        or len(_FENCE.findall(text)) > MAX_FENCES
    )


def _paragraphs(text: str, name: str) -> list[Written]:
    """Return the paragraphs of a script without `# %%` lines, without comments between them.

    In valid Python no statement is cut. Jupytext splits any other text.
    """
    if text.count("\n\n") > MAX_CELLS:
        return [Written(1, "code", text)]
    if _LIGHT_MARKER.search(text):
        return _read(text, "py:light", name)
    tree = parsed(text)
    if tree is None:
        return [cell for cell in _read(text, "py:light", name) if cell.kind == "code"]
    lines = text.split("\n")
    starts = [_line_before(statement) for statement in tree.body[:1]]
    for before, statement in pairwise(tree.body):
        start = _line_before(statement)
        assert before.end_lineno is not None  # `ast.parse` sets it for every statement
        if start >= before.end_lineno and not lines[start - 1].strip():
            starts.append(start)
    parts = ["\n".join(lines[start:end]) for start, end in pairwise([*starts, len(lines)])]
    return [Written(number, "code", part.rstrip()) for number, part in enumerate(parts, start=1)]


def _line_before(statement: ast.stmt) -> int:
    """Return the number of lines before a statement and its decorators."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    parts: list[ast.stmt | ast.expr] = [statement, *decorators]
    return min(part.lineno for part in parts) - 1


def _read(text: str, format_name: str, name: str) -> list[Written]:
    import jupytext

    try:
        marked = _COMMENT.sub(_marked_prose, text.translate(_AWAY))
        notebook = jupytext.reads(marked, fmt=format_name)
        return [
            Written(
                number,
                cell.cell_type,
                cell.source.replace(_PROSE, "").translate(_BACK),
                tags_of(cell.metadata.get("tags")),
            )
            for number, cell in enumerate(notebook.cells, start=1)
        ]
    except Exception as error:
        raise refusal(
            name,
            _("its cell markers (lines that begin with # %%) cannot be understood"),
            _("Compare them with those of the exercise."),
        ) from error


def _marked_prose(comment: re.Match[str]) -> str:
    """Return a comment that Jupytext takes for a comment, whatever its first word is."""
    from jupytext.magics import is_magic

    if is_magic(comment[0], "python") and not _ASSIGNED_MAGIC.search(comment[2]):
        return f"{comment[1]}{_PROSE}{comment[2]}"
    return comment[0]


def _without_header(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the script without its Jupytext header, and a note where the header is damaged."""
    lines = text.split("\n")
    notes: tuple[str, ...] = ()
    start = 0
    while start < len(lines):
        if _RULE.fullmatch(lines[start]):
            end = _end_of_header(lines, start)
            if end is None:
                break
            if not _is_harmless("\n".join(line[1:] for line in lines[start + 1 : end])):
                notes = (_("the lines between # --- at its top are damaged; they were left out"),)
            start = end + 1
        elif _BEFORE_HEADER.fullmatch(lines[start]):
            start += 1
        else:
            break
    return "\n".join(lines[start:]).lstrip("\n"), notes


def _end_of_header(lines: list[str], start: int) -> int | None:
    for number, line in enumerate(lines[start + 1 :], start + 1):
        if not line.startswith("#"):
            return None
        if _RULE.fullmatch(line):
            return number
    return None


def _is_harmless(header: str) -> bool:
    """Return whether a header is YAML without references, which the parser does not follow."""
    import yaml

    if len(header) > MAX_HEADER or header.count("[") + header.count("{") > MAX_BRACKETS:
        return False
    try:
        return not any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(header))
    except yaml.YAMLError:
        return False
