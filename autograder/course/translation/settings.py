"""A file of settings in Python: its comments are prose, all else is code."""

import gettext
import re

from autograder.course.translation.apply import reflowed
from autograder.course.translation.code import Strings, code_units
from autograder.course.translation.spans import LINE_LENGTH, Unit

# A setting that is switched off; settings begin with `c.`, the name of the configuration.
_SWITCHED_OFF = re.compile(r"^# c\.\w+\..*$", re.MULTILINE)


def comment_units(source: str) -> list[Unit]:
    """Return the comments of a file of settings, without the settings that are switched off."""
    prose = _SWITCHED_OFF.sub(lambda found: " " * len(found[0]), source)
    return [unit for unit in code_units(prose, Strings()) if unit.what == "comment"]


def translated_comments(source: str, catalogue: gettext.NullTranslations) -> str:
    """Return a file of settings with the translations of its comments."""
    for unit in reversed(comment_units(source)):
        text = f"# {catalogue.gettext(unit.text)}"
        written = reflowed(unit, text, source, 0, LINE_LENGTH)
        source = source[: unit.start] + written + source[unit.end :]
    return source
