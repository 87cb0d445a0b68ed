"""Translation: English is the source, catalogues lie in `locale/`.

`_` returns a `Translatable`, which remembers its message id and its parameters. A report keeps
both, so that any renderer can write the sentence in another language.
"""

import gettext
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.util.text import whole_text

Json = Any

_translations = gettext.translation(
    "autograder", localedir=Path(__file__).parents[1] / "locale", fallback=True
)


class Translatable(str):
    """A sentence in the current language, with its message id and its parameters.

    Joining or cutting a `Translatable` gives a plain `str`; `format` keeps id and parameters. A
    message id holds no conversions such as `{name!r}`: parameters are numbers and texts.
    """

    msgid: str
    params: dict[str, Any]

    def __new__(cls, text: str, msgid: str, params: dict[str, Any] | None = None) -> "Translatable":
        """Return a text that remembers its message id and parameters."""
        sentence = super().__new__(cls, text)
        sentence.msgid = msgid
        sentence.params = params or {}
        return sentence

    def __getnewargs__(self) -> tuple[str, str, dict[str, Any]]:  # type: ignore[override]
        return str(self), self.msgid, self.params

    def format(self, *_positional: object, **params: object) -> "Translatable":
        """Return the sentence with its placeholders filled; remember the parameters."""
        plain = {name: _plain(value) for name, value in params.items()}
        return Translatable(super().format(**plain), self.msgid, {**self.params, **plain})

    def translated(self, gettext: Callable[[str], str]) -> str:
        """Return the sentence in the language of another catalogue.

        Args:
            gettext: Returns the translation of a message id.
        """
        params = {
            name: value.translated(gettext) if isinstance(value, Translatable) else value
            for name, value in self.params.items()
        }
        sentence = gettext(self.msgid)
        return sentence.format(**params) if params else sentence


def _(message: str) -> Translatable:
    """Return the translation of a message, which remembers its id."""
    return Translatable(_translations.gettext(message), message)


def ngettext(singular: str, plural: str, n: int) -> Translatable:
    """Return the translation of a message for `n` things; its id is the form used in English."""
    text = _translations.ngettext(singular, plural, n)
    return Translatable(text, singular if n == 1 else plural)


def to_json(text: str) -> Json:
    """Return a text as plain data: a `str`, or an object with its id, parameters and wording."""
    if not isinstance(text, Translatable):
        return whole_text(text)
    params = {
        name: to_json(value) if isinstance(value, str) else value
        for name, value in text.params.items()
    }
    return {"id": text.msgid, "params": params, "text": whole_text(str(text))}


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
        return Translatable(document["text"], document["id"], params)
    if not isinstance(document, str):
        raise TypeError(f"a text is expected, not a {type(document).__name__}")
    return document


def _plain(value: object) -> Json:
    """Return a parameter as it is where JSON can hold it, a NumPy number as Python's, else text."""
    if isinstance(value, str) or value is None or type(value) in (bool, int, float):
        return value
    number = getattr(value, "item", None)
    if callable(number) and getattr(value, "shape", None) == ():
        return _plain(number())
    return str(value)
