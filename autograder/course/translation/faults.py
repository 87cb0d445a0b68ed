"""This module finds the faults of a translation: lost parts of the original, and typography."""

import re
from collections import Counter
from collections.abc import Callable, Iterable

from babel.messages.catalog import Message as Entry

from autograder.course.translation import marks
from autograder.course.translation.catalogues import forms
from autograder.course.translation.typography import french_faults
from autograder.util.i18n import _
from autograder.util.text import shortened

_TYPOGRAPHY: dict[str, Callable[[str, str, bool], list[str]]] = {"fr": french_faults}
_CODE_KINDS = ("string", "f-string", "comment", "docstring", "drawing")
_ORDINAL = re.compile(r"\b\d+(?:st|nd|rd|th|ers?|res?|e)\b")


def faults(entry: Entry, language: str, same: Iterable[str] = ()) -> list[str]:
    """Return what is wrong with a translation, a sentence for each fault.

    Args:
        entry: A translated entry.
        language: The language, which decides on typography.
        same: Texts that may read the same in this language.
    """
    kind = entry.auto_comments[0] if entry.auto_comments else ""
    originals = forms(entry.id)
    return [
        fault
        for text in forms(entry.string)
        for fault in _faults_of(originals, text, kind, language, same)
    ]


def _faults_of(
    originals: tuple[str, ...], text: str, kind: str, language: str, same: Iterable[str]
) -> list[str]:
    """Return the faults of one form; it must keep the parts of one of its originals."""
    found = min((list(_lost(original, text, kind)) for original in originals), key=len)
    original = originals[-1]
    if text == original and marks.has_words(text) and text not in same:
        found.append(
            _("it reads like the original; list it in same.toml with a reason if that is right")
        )
    check = _TYPOGRAPHY.get(language)
    in_code = kind.startswith(_CODE_KINDS)
    return found + (check(original, text, in_code) if check else [])


def _lost(original: str, text: str, kind: str) -> Iterable[str]:
    """Return a sentence for each kind of part that both texts do not share."""
    for name, parts in _PARTS.items():
        before, after = parts(original), parts(text)
        if before != after:
            yield _("{name}: {before} became {after}").format(
                name=name, before=_listed(before - after), after=_listed(after - before)
            )
    if "\n" not in original and "\n" in text:
        yield _("it has a line break, the original has none")
    if original.startswith("\n") != text.startswith("\n") or (
        original.endswith("\n") != text.endswith("\n")
    ):
        yield _("a line break at its start or end differs")
    if kind.startswith("table row") and original.count("|") != text.count("|"):
        yield _("a row of a table has another number of cells")


def _placeholders(text: str) -> Counter[str]:
    return Counter(marks.placeholders(marks.without(text, marks.CODE, marks.FORMULA)))


def _formulas(text: str) -> Counter[str]:
    found = marks.FORMULA.findall(marks.without(text, marks.CODE))
    return Counter(marks.formula_frame(formula) for formula in found)


def _digits(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d", _ORDINAL.sub("", marks.prose_of(text))))


_PARTS: dict[str, Callable[[str], Counter[str]]] = {
    "code": lambda text: Counter(marks.CODE.findall(text)),
    "formulas": _formulas,
    "links": lambda text: Counter(marks.LINK.findall(text)),
    "HTML": lambda text: Counter(marks.TAG.findall(marks.without(text, marks.CODE, marks.LINK))),
    "placeholders": _placeholders,
    "digits": _digits,
    "bold": lambda text: Counter({"**": marks.without(text, marks.CODE).count("**")}),
}


def _listed(parts: Counter[str]) -> str:
    return shortened(", ".join(sorted(parts.elements())) or _("nothing"), 80)
