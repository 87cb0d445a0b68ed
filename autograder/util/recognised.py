"""Sentences known by their patterns: a text in English becomes a `Translatable` again.

Libraries, and processes that hold no catalogues, give texts. Such a text is compared with sentences
that the kit knows; it is never a pattern itself, so it cannot ask for anything to be filled in.
"""

import re
from collections.abc import Iterable
from functools import cache

from autograder.util.i18n import Translatable

_PLACEHOLDER = re.compile(r"\{(\w+)(:[^}]*)?\}")
_NUMBER = r"\d+(?:\.\d+)?(?:e[+-]?\d+)?"


def recognised(
    text: str, sentences: Iterable[Translatable], nested: tuple[str, ...] = ()
) -> Translatable | None:
    """Return the sentence that a text is, with its parameters; None where it is none of them.

    Args:
        text: A text in English.
        sentences: The known sentences; the first that fits counts.
        nested: The names of parameters that may be known sentences too.
    """
    for sentence in sentences:
        pattern, numbers = _pattern(sentence.msgid)
        found = pattern.fullmatch(text)
        if found:
            parts: dict[str, object] = dict(found.groupdict())
            for name, part in found.groupdict().items():
                if name in numbers:
                    parts[name] = float(part)
                elif name in nested:
                    parts[name] = recognised(part, sentences, nested) or part
            return sentence.format(**parts)
    return None


@cache
def _pattern(msgid: str) -> tuple[re.Pattern[str], frozenset[str]]:
    """Return the pattern of a sentence, and its parameters that are formatted as numbers."""
    pattern, at, numbers = "", 0, set()
    for found in _PLACEHOLDER.finditer(msgid):
        name, form = found.groups()
        pattern += re.escape(msgid[at : found.start()])
        pattern += f"(?P<{name}>{_NUMBER if form else '.+?'})"
        at = found.end()
        if form:
            numbers.add(name)
    return re.compile(pattern + re.escape(msgid[at:]), re.DOTALL), frozenset(numbers)
