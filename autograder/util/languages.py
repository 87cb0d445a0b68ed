"""Languages: which there are, and which of them is the current one.

A block `speaking` has a language of its own. Outside of such a block the language of the process
counts: the language that `use` named, else `AUTOGRADER_LANGUAGE`, else the language of the user's
locale if its catalogues are complete, else English.
"""

import gettext
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

from autograder.util import paths
from autograder.util.compiled import COMPLETE, MESSAGES, STATE, compiled

ENGLISH = "en"
VARIABLE = "AUTOGRADER_LANGUAGE"


class Untranslated(str):
    """A message in English, as a catalogue returns it that has no translation of it."""


class _English(gettext.NullTranslations):
    """The catalogue of English, which stands behind every other catalogue."""

    def gettext(self, message: str) -> str:
        """Return the message, marked as one without a translation."""
        return Untranslated(message)


_spoken: ContextVar[str | None] = ContextVar("language", default=None)
_of_process: str | None = None


def known() -> tuple[str, ...]:
    """Return the codes of the languages of the kit: English, and those with catalogues."""
    folders = (path.parent.name for path in paths.LOCALE.glob("*/LC_MESSAGES"))
    return (ENGLISH, *sorted(folders))


def is_known(language: object) -> bool:
    """Return whether a value is the code of a language of the kit."""
    return isinstance(language, str) and language in known()


def current() -> str:
    """Return the code of the current language."""
    return _spoken.get() or of_process()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Make a language the current one within a block; "" leaves the current one."""
    token = _spoken.set(language or _spoken.get())
    try:
        yield
    finally:
        _spoken.reset(token)


def use(language: str) -> None:
    """Make a language that of this process, and of the processes that it starts."""
    global _of_process
    _of_process = language
    os.environ[VARIABLE] = language


def chosen() -> str | None:
    """Return the known language that `AUTOGRADER_LANGUAGE` names, None without such a language."""
    wanted = os.environ.get(VARIABLE, "").strip()
    return wanted if is_known(wanted) else None


def of_process() -> str:
    """Return the language of the process."""
    global _of_process
    if _of_process is None:
        _of_process = chosen() or _of_locale() or ENGLISH
    return _of_process


def forget() -> None:
    """Forget the language of the process and all catalogues, so that the next question reads."""
    global _of_process
    _of_process = None
    catalogue.cache_clear()


@cache
def catalogue(language: str, domain: str = MESSAGES) -> gettext.NullTranslations:
    """Return a catalogue of a language; an empty catalogue where there is no file."""
    path = compiled(paths.LOCALE, language, domain) if is_known(language) else None
    if language == ENGLISH or path is None:
        return _English()
    with path.open("rb") as file:
        found = gettext.GNUTranslations(file)
    found.add_fallback(_English())
    return found


def compile_all() -> None:
    """Compile the catalogues of all languages that changed."""
    for language in known():
        compiled(paths.LOCALE, language, MESSAGES)


def is_complete(language: str) -> bool:
    """Return whether every catalogue of a language is complete."""
    return catalogue(language).pgettext(STATE, COMPLETE) == "yes" or language == ENGLISH


def _of_locale() -> str | None:
    """Return the language of the user's locale, None unless the kit is complete in it."""
    for name in _locale_names():
        language = name.partition(".")[0].partition("_")[0].lower()
        if language == ENGLISH or name in {"C", "POSIX"}:
            return ENGLISH
        if is_known(language):
            return language if is_complete(language) else None
    return None


def _locale_names() -> Iterator[str]:
    """Yield the names of locales, the one that counts most first."""
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        yield from filter(None, value.split(":") if variable == "LANGUAGE" else [value])
    if sys.platform == "win32":
        import ctypes
        import locale

        code = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        yield from filter(None, [locale.windows_locale.get(code)])
