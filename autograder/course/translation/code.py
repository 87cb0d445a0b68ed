"""The units of a code cell: comments, docstrings, and the strings that a learner sees."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, replace

from autograder.course.solution_cells import SolutionError
from autograder.course.translation.marks import has_two_words, has_words, without_placeholders
from autograder.course.translation.spans import LINE_LENGTH, Unit
from autograder.util.i18n import _

_VISIBLE_CALLS = {"print", "set_title", "set_xlabel", "set_ylabel", "suptitle", "annotate", "text"}
_VISIBLE_CALLS |= {"title", "xlabel", "ylabel", "legend"}
_VISIBLE_KEYWORDS = {"label", "title", "xlabel", "ylabel", "suptitle"}
_HIDDEN_KEYWORDS = {"loc", "textcoords"}
_HIDDEN_CALLS = {"check", "carry_over", "hint"}
_TRANSPARENT = (ast.IfExp, ast.BoolOp, ast.BinOp, ast.Starred, ast.List, ast.Tuple)
_NO_PROSE = re.compile(r"#+ *(?:### |BEGIN SOLUTION|END SOLUTION|noqa|type:|fmt:|%)")
_PIECE = re.compile(
    r"""(?P<prefix>[A-Za-z]*)(?P<quote>\"""|'''|"|')(?P<body>(?:\\.|(?!(?P=quote)).)*)(?P=quote)""",
    re.DOTALL,
)
_ARGUMENTS = re.compile(r"[*`\w]+(?:, [*`\w]+)*: ")
_SECTION = re.compile(r"(?:Returns|Raises|Yields)\b")


@dataclass(frozen=True)
class Strings:
    """An author's decisions about the strings of an exercise, which replace the rules.

    Attributes:
        shown: Strings that a learner sees, though no rule recognises them.
        hidden: Strings that must stay as they are.
    """

    shown: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()


def code_units(source: str, strings: Strings) -> list[Unit]:
    """Return the units of a code cell in their order.

    Args:
        source: The code.
        strings: What an author says about strings in it.

    Raises:
        SyntaxError: The source is no Python.
        SolutionError: A string stands where no translator can reach it.
    """
    tree = ast.parse(source)
    places = _Places(source)
    docstrings = list(_docstrings(tree))
    units = list(_comments(source, places))
    for node in docstrings:
        units += _docstring_units(source, *places.span(node))
    units += _string_units(source, tree, places, strings, docstrings)
    return sorted(units, key=lambda unit: unit.start)


def string_template(source: str) -> str:
    """Return the text of a string literal, or of several in a row, with its placeholders.

    Args:
        source: The literal as it stands in the code. Placeholders of an f-string stay as they are
            written.
    """
    pieces = list(_PIECE.finditer(source))
    formatted = any("f" in piece["prefix"].lower() for piece in pieces)
    text = ""
    for piece in pieces:
        prefix = piece["prefix"].lower()
        value = ast.literal_eval(prefix.replace("f", "") + piece[0][len(prefix) :])
        if formatted and "f" not in prefix:
            value = value.replace("{", "{{").replace("}", "}}")
        text += value
    return text


class _Places:
    """Offsets in a source, from the lines and columns of its nodes and tokens."""

    def __init__(self, source: str):
        self._lines = source.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def at(self, line: int, column: int) -> int:
        """Return an offset; the column counts characters."""
        return self._starts[line - 1] + column

    def span(self, node: ast.expr) -> tuple[int, int]:
        """Return where a node begins and ends."""
        last, end = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self._of_bytes(node.lineno, node.col_offset), self._of_bytes(last, end)

    def _of_bytes(self, line: int, column: int) -> int:
        """Return an offset; the column counts bytes, as those of syntax trees do."""
        return self.at(line, len(self._lines[line - 1].encode()[:column].decode()))


def _comments(source: str, places: _Places) -> Iterator[Unit]:
    """Return the comments; lines of comments below each other are one unit."""
    block: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT or _NO_PROSE.match(token.string):
            continue
        alone = not token.line[: token.start[1]].strip()
        row, column = token.start
        follows = bool(block) and alone and block[-1].start == (row - 1, column)
        if block and not follows:
            yield _comment(block, places)
            block = []
        block.append(token)
    if block:
        yield _comment(block, places)


def _comment(block: list[tokenize.TokenInfo], places: _Places) -> Unit:
    column = block[0].start[1]
    text = " ".join(token.string.lstrip("# ").rstrip() for token in block)
    start, end = places.at(*block[0].start), places.at(*block[-1].end)
    return Unit(text, "comment", start, end, " " * column + "# ")


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Expr) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value


def _docstring_units(source: str, start: int, end: int) -> Iterator[Unit]:
    """Return the paragraphs of a docstring, and its lines that begin an entry of their own."""
    start, end = start + 3, end - 3
    column = start - 3 - (source.rfind("\n", 0, start) + 1)
    lines: list[tuple[int, str]] = []
    at = start
    for line in source[start:end].split("\n"):
        if lines and _is_own(lines[-1][1], line):
            yield from _docstring_unit(lines, column)
            lines = []
        lines.append((at, line))
        at += len(line) + 1
    yield from _docstring_unit(lines, column)


def _is_own(before: str, line: str) -> bool:
    """Return whether a line of a docstring does not continue the line before."""
    if not line.strip() or not before.strip() or _SECTION.match(line.strip()):
        return True
    had_room = len(before) + 1 + len(line.split()[0]) <= LINE_LENGTH
    ended = before.rstrip().endswith((".", ":", ";"))
    return ended and (had_room or _ARGUMENTS.match(line.strip()) is not None)


def _docstring_unit(lines: list[tuple[int, str]], column: int) -> Iterator[Unit]:
    text = " ".join(line.strip() for _at, line in lines).strip()
    if has_words(text):
        first, last = lines[0], lines[-1]
        start = first[0] + len(first[1]) - len(first[1].lstrip())
        yield Unit(text, "docstring", start, last[0] + len(last[1].rstrip()), " " * column)


def _string_units(
    source: str,
    tree: ast.Module,
    places: _Places,
    strings: Strings,
    docstrings: list[ast.Constant],
) -> Iterator[Unit]:
    above = {below: node for node in ast.walk(tree) for below in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if not (text or isinstance(node, ast.JoinedStr)) or node in docstrings:
            continue
        if isinstance(above.get(node), (ast.JoinedStr, ast.FormattedValue)):
            continue
        assert isinstance(node, (ast.Constant, ast.JoinedStr))
        start, end = places.span(node)
        template = string_template(source[start:end])
        if isinstance(node, ast.JoinedStr):
            _require_no_words_inside(node, strings)
        if _is_program(template) and (inner := source.find(template, start, end)) >= 0:
            for unit in code_units(template, strings):
                yield replace(unit, start=unit.start + inner, end=unit.end + inner)
        elif _is_visible(node, above, template, strings):
            what = "f-string" if isinstance(node, ast.JoinedStr) else "string"
            yield Unit(template, what, start, end)


def _require_no_words_inside(node: ast.JoinedStr, strings: Strings) -> None:
    """Raise `SolutionError` where a placeholder holds a string that would need a translation."""
    for part in (part for value in node.values for part in ast.walk(value)):
        if isinstance(part, ast.FormattedValue):
            for inner in ast.walk(part.value):
                text = inner.value if isinstance(inner, ast.Constant) else None
                if isinstance(text, str) and (text in strings.shown or has_two_words(text)):
                    message = _(
                        "The string {text} stands inside of an f-string's placeholder, where no "
                        "translator can reach it. Give it a name in a line before."
                    )
                    raise SolutionError(message.format(text=repr(text)))


def _is_program(text: str) -> bool:
    """Return whether a string holds a program, which an exercise writes to a file."""
    return text.lstrip().startswith(("import ", "from ")) and text.count("\n") > 1


def _is_visible(
    node: ast.expr, above: dict[ast.AST, ast.AST], template: str, strings: Strings
) -> bool:
    """Return whether a learner sees a string: by an author's word, its place, or its words."""
    if template in strings.hidden or not has_words(without_placeholders(template)):
        return False
    parent = above[node]
    if isinstance(parent, ast.Call) and _name(parent.func) in _HIDDEN_CALLS:
        return False
    if template in strings.shown:
        return True
    inner, outer = node, above[node]
    while isinstance(outer, _TRANSPARENT):
        inner, outer = outer, above[outer]
    if isinstance(outer, ast.Dict) and inner in outer.values:
        key = outer.keys[outer.values.index(inner)]
        return getattr(key, "value", "") in _VISIBLE_KEYWORDS or has_two_words(template)
    if isinstance(outer, ast.keyword) and outer.arg in _HIDDEN_KEYWORDS:
        return False
    if isinstance(outer, ast.keyword) and outer.arg in _VISIBLE_KEYWORDS:
        return True
    if isinstance(outer, ast.Call) and _name(outer.func) in _VISIBLE_CALLS:
        return True
    return has_two_words(template)


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))
