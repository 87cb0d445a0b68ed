"""The typography of a language, as far as a program can see it."""

import re

from autograder.course.translation import marks
from autograder.util.i18n import _

NO_BREAK = "\u00a0\u202f"

_LONE_SIGN = re.compile(rf"(?<![{NO_BREAK}!?])[;:!?»](?=[\s{NO_BREAK})\]*_.,»…]|$)")
_LONE_QUOTE = re.compile(rf"«(?![{NO_BREAK}])")
_LONE_PERCENT = re.compile(r"\d ?%")
_QUOTED = re.compile(r'"([^"]*)"')
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:\.\d+|(?:,\d{3})+)(?![\w.]*\w)")
_VERSION = re.compile(r"(?:Python|Keras|TensorFlow|NumPy|pandas|[Vv]ersion)\s+\d+\.\d+")


def french_faults(original: str, text: str, in_code: bool) -> list[str]:
    """Return the faults of French typography.

    Args:
        original: The English text.
        text: The French one.
        in_code: Whether the text stands in code, where numbers keep Python's point.
    """
    prose = marks.prose_of(text)
    found: list[str] = []
    if _LONE_SIGN.search(prose) or _LONE_QUOTE.search(prose):
        found.append(_("a no-break space is missing before ; : ! ? » or after «"))
    if not in_code and _LONE_PERCENT.search(prose):
        found.append(_("a no-break space is missing between a number and %"))
    if re.search("[\u2018\u2019\u201c\u201d]", text):
        found.append(_("quotation marks are « », the apostrophe is '"))
    quoted = set(_QUOTED.findall(marks.without(text, marks.CODE)))
    if quoted - set(_QUOTED.findall(marks.without(original, marks.CODE))):
        found.append(_('words between "…" stand between « » in French'))
    if not in_code:
        numbers = _numbers(original) & _numbers(text)
        if numbers:
            text = _("{number} has a decimal comma, or a no-break space for thousands, in French")
            found.append(text.format(number=min(numbers)))
    return found


def _numbers(text: str) -> set[str]:
    return set(_NUMBER.findall(marks.without(marks.prose_of(text), _VERSION)))
