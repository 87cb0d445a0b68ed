"""Translation: English is the source, catalogues lie in `locale/`.

`_` returns a `Translatable`, which remembers its message id and its parameters. `str` and `format`
give its wording in the current language, whatever language was current when it was made. For that
reason a constant of a module follows the language, and a report can be shown in another language.

The current language is that of the block `speaking`, else that of the process.
"""

import re
from collections.abc import Iterable
from string import Formatter
from typing import Any

from autograder.util import languages
from autograder.util.compiled import DECIMAL, GROUP, NUMBERS, PERCENT, PLURALS
from autograder.util.languages import ENGLISH, current, speaking
from autograder.util.text import whole_text

__all__ = [
    "Translatable",
    "_",
    "clause",
    "current",
    "from_json",
    "identity",
    "joined",
    "labelled",
    "ngettext",
    "series",
    "speaking",
    "to_json",
    "with_signs",
]

Json = Any

_STOP = ". "
_CODE = re.compile(r"(``.+?``|`[^`]*`)", re.DOTALL)


class Translatable(str):
    """A sentence with its message id and its parameters.

    Its characters are those of the language in which it was made. `str`, `format`, f-strings,
    `print` and templates give the wording in the current language. Joining or cutting a
    `Translatable` gives a plain `str`; `format` and `joined` keep id and parameters. A message id
    holds no conversions such as `{name!r}`: parameters are numbers and texts.
    """

    msgid: str
    params: dict[str, Any]
    language: str
    is_clause: bool = False

    def __new__(
        cls,
        text: str,
        msgid: str,
        params: dict[str, Any] | None = None,
        language: str | None = None,
    ) -> "Translatable":
        """Return a text that remembers its message id, its parameters and its language."""
        sentence = super().__new__(cls, text)
        sentence.msgid = msgid
        sentence.params = params or {}
        sentence.language = language or current()
        return sentence

    def __getnewargs__(self) -> tuple[str, str, dict[str, Any], str]:  # type: ignore[override]
        return super().__str__(), self.msgid, self.params, self.language

    def __str__(self) -> str:
        return self.in_language(current())

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def format(self, *_positional: object, **params: object) -> "Translatable":
        """Return the sentence with its placeholders filled; remember the parameters."""
        plain = {name: _plain(value) for name, value in params.items()}
        language = current()
        if self.params or language == self.language:
            template = super().__str__()
        else:
            template = _translation(self.msgid, {**self.params, **plain}, language)
        text = _filled(template, plain, language)
        return Translatable(text, self.msgid, {**self.params, **plain}, language)

    def in_language(self, language: str) -> str:
        """Return the sentence in a language, in English where no catalogue translates it."""
        made: str = super().__str__()
        if language == self.language:
            return made
        text = self._wording(language, made)
        return text.rstrip(_STOP) if self.is_clause else text

    def _wording(self, language: str, made: str) -> str:
        template = _translation(self.msgid, self.params, language)
        if not self.params:
            return template
        try:
            with speaking(language):
                return _filled(template, self.params, language)
        except (LookupError, TypeError, ValueError):  # the parameters of another version of the kit
            return made


def _(message: str) -> Translatable:
    """Return the translation of a message, which remembers its id."""
    language = current()
    return Translatable(languages.catalogue(language).gettext(message), message, language=language)


def ngettext(singular: str, plural: str, n: int) -> Translatable:
    """Return the translation of a message for `n` things; its id is the form used in English."""
    language = current()
    text = languages.catalogue(language).ngettext(singular, plural, n)
    return Translatable(text, singular if n == 1 else plural, language=language)


def joined(separator: str, texts: Iterable[str]) -> str:
    """Return texts one after the other, as one text that still follows the language."""
    parts = {f"part{number}": text for number, text in enumerate(texts, 1)}
    if not any(isinstance(text, Translatable) for text in parts.values()):
        return separator.join(parts.values())
    pattern = separator.replace("{", "{{").replace("}", "}}").join(f"{{{p}}}" for p in parts)
    return Translatable(pattern, pattern).format(**parts)


def labelled(label: str, text: str) -> Translatable:
    """Return a text behind its label and a colon, with the spaces of the language."""
    return _("{label}: {text}").format(label=label, text=text)


def series(texts: Iterable[str]) -> str:
    """Return texts one after the other with semicolons, with the spaces of the language."""
    whole = ""
    for text in texts:
        whole = _("{before}; {note}").format(before=whole, note=text) if whole else text
    return whole


def clause(text: str) -> str:
    """Return a sentence without its full stop, as a part of another sentence."""
    if not isinstance(text, Translatable):
        return text.rstrip(_STOP)
    part = Translatable(str(text).rstrip(_STOP), text.msgid, text.params)
    part.is_clause = True
    return part


def identity(text: str) -> str:
    """Return a key of a text that is the same in every language."""
    if not isinstance(text, Translatable):
        return text
    params = {name: identity(v) if isinstance(v, str) else v for name, v in text.params.items()}
    return f"{text.msgid} {params}"


def with_signs(number: str) -> str:
    """Return a number, formatted as in English, with the signs of the current language."""
    language = current()
    return number if language == ENGLISH else _Numbers(language).with_signs(number)


def to_json(text: str) -> Json:
    """Return a text as plain data: a `str`, or an object with its id, parameters and wording.

    The wording is that of the current language, which the object names unless it is English.
    """
    if not isinstance(text, Translatable):
        return whole_text(text)
    params = {
        name: to_json(value) if isinstance(value, str) else value
        for name, value in text.params.items()
    }
    document: dict[str, Json] = {
        "id": text.msgid,
        "params": params,
        "text": whole_text(str(text)),
    }
    if text.is_clause:
        document["clause"] = True
    return document if current() == ENGLISH else {**document, "language": current()}


def from_json(document: Json) -> str:
    """Return the text behind `to_json`.

    Raises:
        KeyError: The document lacks a part.
        TypeError: The document is neither a text nor an object.
    """
    if isinstance(document, dict):
        params = {
            name: from_json(value) if isinstance(value, dict) else value
            for name, value in document["params"].items()
        }
        language = str(document.get("language", ENGLISH))
        sentence = Translatable(document["text"], document["id"], params, language)
        sentence.is_clause = bool(document.get("clause"))
        return sentence
    if not isinstance(document, str):
        raise TypeError(f"a text is expected, not a {type(document).__name__}")
    return document


def _translation(msgid: str, params: dict[str, Any], language: str) -> str:
    """Return a message in a language; for the plural of a message, the form for the number `n`."""
    catalogue = languages.catalogue(language)
    singular = catalogue.pgettext(PLURALS, msgid)
    if singular == msgid:
        return catalogue.gettext(msgid)
    n = params.get("n")
    return catalogue.ngettext(singular, msgid, n if isinstance(n, int) else 2)


def _filled(template: str, params: dict[str, Any], language: str) -> str:
    """Return a sentence with its parameters; numbers in prose have the signs of the language."""
    if language == ENGLISH:
        return template.format(**params)
    in_prose = _Numbers(language)
    parts = _CODE.split(template)
    return "".join(
        part.format(**params) if number % 2 else in_prose.vformat(part, (), params)
        for number, part in enumerate(parts)
    )


class _Numbers(Formatter):
    """Formats numbers with the signs of a language."""

    def __init__(self, language: str) -> None:
        signs = languages.catalogue(language)
        wanted = {".": DECIMAL, ",": GROUP, "%": PERCENT}
        found = {sign: signs.pgettext(NUMBERS, name) for sign, name in wanted.items()}
        self._signs = str.maketrans({s: f for s, f in found.items() if f != wanted[s]})

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return one parameter as text."""
        text: str = format(value, format_spec)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return self.with_signs(text) if is_number else text

    def with_signs(self, number: str) -> str:
        """Return a number, formatted as in English, with the signs of the language."""
        return number.translate(self._signs)


def _plain(value: object) -> Json:
    """Return a parameter as it is where JSON can hold it, a NumPy number as Python's, else text."""
    if isinstance(value, str) or value is None or type(value) in (bool, int, float):
        return value
    number = getattr(value, "item", None)
    if callable(number) and getattr(value, "shape", None) == ():
        return _plain(number())
    return str(value)
