"""The cells of tables: points to hundredths, and texts that no spreadsheet takes for a formula."""

import re
import unicodedata
from pathlib import Path

from autograder.util.text import is_hidden, visible

# Apostrophes before a formula count, so that different texts have different cells.
_FORMULA = re.compile(r"[\s']*[=+\-@]")
_SPELLED = "⟨U+"


def hundredths(points: float) -> int | float:
    """Round points to hundredths: 9.8 for 9.800799999999999, 6 for 6.0."""
    rounded = round(float(points), 2)
    return int(rounded) if rounded.is_integer() else rounded


def plain_text(text: str) -> str:
    """Return a text as one line that no spreadsheet takes for a formula.

    An apostrophe before what looks like a formula marks it as text.
    """
    return _marked(
        "".join(" " if c.isspace() else c for c in text if c.isspace() or not is_hidden(c))
    )


def path_cell(path: Path) -> str:
    """Return a path as one line, in which hidden characters and line breaks are spelled out.

    All other characters stay as they are, also the narrow spaces of French typography.
    """
    line_breaks = {ord(c): f"{_SPELLED}{ord(c):04X}⟩" for c in "\n\t"}
    return _marked(visible(str(path)).translate(line_breaks))


def path_in(cell: str) -> Path | None:
    """Return the absolute path that `path_cell` wrote, None where a cell differs from its path."""
    path = Path(as_written(cell))
    return path if path.is_absolute() and _SPELLED not in cell else None


def as_written(cell: str) -> str:
    """Return a text without the apostrophe that marks it as text."""
    return cell[1:] if cell[:1] == "'" and _marked(cell[1:]) == cell else cell


def _marked(line: str) -> str:
    return f"'{line}" if _FORMULA.match(unicodedata.normalize("NFKC", line)) else line
