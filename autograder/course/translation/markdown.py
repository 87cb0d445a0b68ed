"""The units of a Markdown cell: headings, paragraphs, list items, rows of tables, drawings."""

import re
from collections.abc import Iterator

from autograder.course.translation.marks import has_words, words_of_formula
from autograder.course.translation.spans import Unit

_HEADING = re.compile(r"#{1,6}\s+")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+")
_RULE = re.compile(r"\|[\s:|-]+\|\s*$")
_FENCE = re.compile(r"\s*```(\w*)")
_LANGUAGES_OF_CODE = {"python", "py", "bash", "sh", "toml", "json", "console"}

# "**Day 1 · 45 minutes · 6 points**": the numbers come from the step table.
_STEP = re.compile(r"\*\*(Day (\S+)|Bonus) · (\d+) minutes · (\d+) points\*\*")


def markdown_units(source: str) -> Iterator[Unit]:
    """Return the units of a Markdown text in their order.

    Code, formulas without words, and rows without words are not offered.
    """
    lines = source.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    at = 0
    while at < len(lines):
        end, kind = _block(lines, at)
        unit = _unit(lines[at:end], starts[at], kind)
        if unit is not None:
            yield unit
        at = end


def _block(lines: list[str], at: int) -> tuple[int, str]:
    """Return where the block ends that begins at a line, and its kind."""
    line = lines[at]
    if not line.strip():
        return at + 1, ""
    if _FENCE.match(line):
        end = next((n for n in range(at + 1, len(lines)) if _FENCE.match(lines[n])), len(lines) - 1)
        return end + 1, "drawing"
    if line.startswith("$$"):
        closing = (n for n in range(at, len(lines)) if lines[n].rstrip().count("$$") > (n == at))
        return next(closing, len(lines) - 1) + 1, "formula"
    if _HEADING.match(line):
        return at + 1, "heading"
    if line.startswith("|"):
        return at + 1, "table row"
    end = at + 1
    while end < len(lines) and not _begins_block(lines[end]):
        end += 1
    return end, "list item" if _ITEM.match(line) else "paragraph"


def _begins_block(line: str) -> bool:
    starts = (_HEADING.match(line), _ITEM.match(line), _FENCE.match(line))
    return not line.strip() or line.startswith(("|", "$$")) or any(starts)


def _unit(lines: list[str], start: int, kind: str) -> Unit | None:
    source = "\n".join(lines)
    end = start + len(source)
    if kind == "drawing":
        body = "\n".join(lines[1:-1])
        language = _FENCE.match(lines[0])
        start += len(lines[0]) + 1
        if (language and language[1] in _LANGUAGES_OF_CODE) or not _drawing_has_words(body):
            return None
        return Unit(body, kind, start, start + len(body))
    if kind == "formula":
        return Unit(source, kind, start, end) if words_of_formula(source) else None
    if not kind or (kind == "table row" and _RULE.match(source)) or not has_words(source):
        return None
    marker = _HEADING.match(source) if kind == "heading" else None
    marker = _ITEM.match(source) if kind == "list item" else marker
    skip = len(marker[0]) if marker else len(source) - len(source.lstrip())
    text = " ".join(source[skip:].split())
    rest = " " * skip if kind in {"list item", "paragraph"} else ""
    return Unit(_STEP.sub(_step_line, text), kind, start + skip, end, rest)


def step_numbers(text: str) -> dict[str, str] | None:
    """Return the numbers in the line of an exercise's day, None for any other text."""
    found = _STEP.fullmatch(text)
    if found is None:
        return None
    return {"day": found[2] or "", "minutes": found[3], "points": found[4]}


def _step_line(found: re.Match[str]) -> str:
    day = "Bonus" if found[1] == "Bonus" else "Day {day}"
    return f"**{day} · {{minutes}} minutes · {{points}} points**"


def _drawing_has_words(body: str) -> bool:
    """Return whether a drawing holds two words beside each other, which no code does."""
    return re.search(r"(?<![\w.])[a-z]{2,} [a-z]{2,}(?![\w.(])", body) is not None
