"""The cells of tables: points to hundredths, and texts that no spreadsheet takes for a formula."""

import re
import unicodedata

from autograder.util.text import is_hidden

_FORMULA = re.compile(r"\s*[=+\-@]")


def hundredths(points: float) -> int | float:
    """Round points to hundredths: 9.8 for 9.800799999999999, 6 for 6.0."""
    rounded = round(float(points), 2)
    return int(rounded) if rounded.is_integer() else rounded


def plain_text(text: str) -> str:
    """Return a text as one line that no spreadsheet takes for a formula.

    An apostrophe before what looks like a formula marks it as text.
    """
    line = "".join(" " if c.isspace() else c for c in text if c.isspace() or not is_hidden(c))
    return f"'{line}" if _FORMULA.match(unicodedata.normalize("NFKC", line)) else line


def as_written(cell: str) -> str:
    """Return a text without the apostrophe that `plain_text` puts before a formula."""
    return cell[1:] if cell[:1] == "'" and plain_text(cell[1:]) == cell else cell
