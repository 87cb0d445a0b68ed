"""Translated cells: the units of an exercise or page in another language, in their places.

This module needs no Babel: it reads compiled catalogues.
"""

import gettext
import re
import textwrap
from collections import defaultdict
from dataclasses import replace

from nbformat import NotebookNode

from autograder.course.translation.code import Strings
from autograder.course.translation.literals import literal
from autograder.course.translation.markdown import markdown_units, step_numbers
from autograder.course.translation.spans import LINE_LENGTH, Unit
from autograder.course.translation.units import notebook_units
from autograder.util.languages import Untranslated

_MARK_OF_SCRIPT = len("# ")

# Words that would begin a block of Markdown or a command at the start of a line.
_NO_START = re.compile(r" (?=(?:[-+*#>|%!]+|\d+[.)])(?: |$))")
_ONE_LINE = ("heading", "table row")
_GLUE = "\ue000"


def translate(
    cells: list[NotebookNode], strings: Strings, catalogue: gettext.NullTranslations
) -> list[str]:
    """Translate cells in place.

    Args:
        cells: The cells of a solution or page.
        strings: What an author says about the strings in the code of these cells.
        catalogue: The translations.

    Returns:
        The texts of units that have no translation; these stay in English.
    """
    found: dict[int, list[Unit]] = defaultdict(list)
    for number, unit in notebook_units(cells, strings):
        found[number].append(unit)
    missing: list[str] = []
    for number, units in found.items():
        cell = cells[number]
        source, shift = cell.source, 0
        # From the first unit on, since the length of a line decides where it is broken.
        for unit in sorted(units, key=lambda unit: unit.start):
            text = catalogue.gettext(unit.text)
            if isinstance(text, Untranslated):
                missing.append(unit.text)
            placed = replace(unit, start=unit.start + shift, end=unit.end + shift)
            written = _written(placed, text, source, cell.cell_type)
            source = f"{source[: placed.start]}{written}{source[placed.end :]}"
            shift += len(written) - (unit.end - unit.start)
        cell.source = source
    return missing


def translated_markdown(source: str, catalogue: gettext.NullTranslations) -> str:
    """Return a document in Markdown with the translations of its units."""
    for unit in reversed(list(markdown_units(source))):
        text = catalogue.gettext(unit.text)
        source = source[: unit.start] + reflowed(unit, text, source, 0, 120) + source[unit.end :]
    return source


def _written(unit: Unit, text: str, source: str, cell_type: str) -> str:
    """Return a translation as it stands in a cell."""
    kind = unit.what.partition(" ")[0]
    if kind in {"string", "f-string"}:
        return literal(text, source, unit.start, unit.end)
    if cell_type == "markdown":
        day_line = step_numbers(" ".join(source[unit.start : unit.end].split()))
        if day_line is not None:
            text = text.format(**day_line)
        return reflowed(unit, text, source, _MARK_OF_SCRIPT, LINE_LENGTH)
    if kind == "comment":
        return reflowed(unit, f"# {text}", source, 0, LINE_LENGTH)
    return reflowed(unit, text, source, 0, LINE_LENGTH - len('"""'))


def reflowed(unit: Unit, text: str, source: str, margin: int, length: int) -> str:
    """Return a text broken into lines, unless its line breaks are its own.

    Args:
        unit: The unit.
        text: Its translation.
        source: The cell.
        margin: How many characters stand before each line in the file.
        length: How many characters a line of the file may have.
    """
    if unit.rest is None or unit.what.startswith(_ONE_LINE):
        return text
    first = unit.start - (source.rfind("\n", 0, unit.start) + 1)
    lines = textwrap.wrap(
        _NO_START.sub(_GLUE, text),
        width=length - margin,
        initial_indent="\ue001" * first,
        subsequent_indent=unit.rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines).replace(_GLUE, " ").replace("\ue001", "")
