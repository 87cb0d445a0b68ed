"""The catalogues of a language: gettext files in `autograder/locale/<language>/LC_MESSAGES/`.

Files hold no dates and no line numbers, so that they change only when a text or a translation does.
"""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.pofile import PoFileError, read_po, write_po

from autograder.util import paths
from autograder.util.atomic import write_atomic
from autograder.util.i18n import _

_KEPT_HEADERS = ('"Language:', '"Plural-Forms:', '"MIME-Version:', '"Content-')

# One text; or singular and plural; or, as a translation of both, each form of the language.
Text = str | tuple[str, ...]


@dataclass(frozen=True)
class Message:
    """A message to translate.

    Attributes:
        text: The message id, or singular and plural.
        file: Where it stands, from the project's root.
        what: What it is, for translators.
    """

    text: Text
    file: str
    what: str


class CatalogueError(ValueError):
    """A catalogue that cannot be read; the text says which and where."""


@dataclass(frozen=True)
class Merged:
    """A catalogue brought up to date, and what is left to do in it.

    Attributes:
        catalogue: All entries in source order.
        missing: The entries without a translation.
        fuzzy: The entries with a translation of an earlier text, which a person must look at.
        obsolete: How many entries of the file no text needs any more.
    """

    catalogue: Catalog
    missing: list[Entry]
    fuzzy: list[Entry]
    obsolete: int


def folder(language: str) -> Path:
    """Return the folder of a language's catalogues."""
    return paths.LOCALE / language / "LC_MESSAGES"


def languages() -> tuple[str, ...]:
    """Return the languages that have catalogues; English has none."""
    return tuple(sorted(p.parent.name for p in paths.LOCALE.glob("*/LC_MESSAGES")))


def read(path: Path, language: str) -> Catalog:
    """Return a catalogue; an empty one where there is no file.

    Raises:
        CatalogueError: The file is no catalogue.
    """
    if not path.is_file():
        return Catalog(locale=language, fuzzy=False)
    try:
        return read_po(
            io.BytesIO(path.read_bytes()), locale=language, domain=path.stem, abort_invalid=True
        )
    except (PoFileError, UnicodeDecodeError) as error:
        text = _("{file} is no catalogue that gettext can read: {error}")
        raise CatalogueError(text.format(file=path.name, error=error)) from error


def read_all(language: str) -> dict[str, Catalog]:
    """Return the catalogues of a language by name.

    Raises:
        CatalogueError: A file is no catalogue, or Babel knows no such language.
    """
    try:
        Locale.parse(language)
    except (UnknownLocaleError, ValueError) as error:
        text = _("{language} is no code of a language that Babel knows, such as fr or es.")
        raise CatalogueError(text.format(language=language)) from error
    return {path.stem: read(path, language) for path in sorted(folder(language).glob("*.po"))}


def write(path: Path, catalogue: Catalog, only_compare: bool = False) -> bool:
    """Write a catalogue if its file would change; return whether it differs.

    Raises:
        NotWritten: The file cannot be written.
    """
    content = _content(catalogue)
    if path.is_file() and path.read_bytes() == content:
        return False
    if not only_compare:
        write_atomic(path, content)
    return True


def merged(
    messages: Mapping[str, list[Message]], present: Mapping[str, Catalog], language: str
) -> dict[str, Merged]:
    """Return the catalogues of a language for the messages of the project.

    Translations stay. A message that was translated in any catalogue before takes that translation.
    A message like an earlier one takes its translation and is marked fuzzy. The rest are empty.

    Args:
        messages: The messages of each catalogue.
        present: The catalogues as they are.
        language: Their language.
    """
    memory = _translations(present.values())
    result = {}
    for name, wanted in messages.items():
        catalogue = present.get(name) or Catalog(locale=language, fuzzy=False)
        catalogue.update(_template(wanted, language), update_creation_date=False)
        for entry in _entries(catalogue):
            known = memory.get(forms(entry.id))
            if known and (entry.fuzzy or not _is_translated(entry)):
                entry.string = known if entry.pluralizable else known[0]
                entry.flags.discard("fuzzy")
                entry.previous_id = []
            if not entry.string:
                entry.string = ("",) * catalogue.num_plurals if entry.pluralizable else ""
        entries = _entries(catalogue)
        result[name] = Merged(
            catalogue,
            missing=[e for e in entries if not e.fuzzy and not _is_translated(e)],
            fuzzy=[e for e in entries if e.fuzzy],
            obsolete=len(catalogue.obsolete),
        )
    return result


def translated(catalogue: Catalog) -> list[Entry]:
    """Return the entries that hold a translation which nobody doubts."""
    return [e for e in _entries(catalogue) if not e.fuzzy and _is_translated(e)]


def forms(text: Text | list[str] | None) -> tuple[str, ...]:
    """Return the forms of a text: itself, or those of singular and plural."""
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def words_in(catalogue: Catalog) -> int:
    """Return how many words the texts of a catalogue have in English."""
    return sum(len(" ".join(forms(entry.id)).split()) for entry in _entries(catalogue))


def _template(messages: list[Message], language: str) -> Catalog:
    template = Catalog(locale=language, fuzzy=False)
    for message in messages:
        template.add(message.text, locations=[(message.file, 0)], auto_comments=[message.what])
    return template


def _content(catalogue: Catalog) -> bytes:
    """Return a catalogue as bytes, without dates and without the flags that Babel guesses."""
    for entry in _entries(catalogue):
        entry.locations = [(file, 0) for file, _line in entry.locations]
        entry.flags &= {"fuzzy"}
    catalogue.header_comment = ""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, include_lineno=False, ignore_obsolete=True, include_previous=True)
    head, separator, body = buffer.getvalue().decode().partition("\n\n")
    lines = [
        line for line in head.splitlines() if line.startswith(("msgid", "msgstr", *_KEPT_HEADERS))
    ]
    return ("\n".join(lines) + separator + body.rstrip("\n") + "\n").encode()


def _translations(catalogues: Iterable[Catalog]) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {
        forms(entry.id): forms(entry.string)
        for catalogue in catalogues
        for entry in translated(catalogue)
    }


def _entries(catalogue: Catalog) -> list[Entry]:
    """Return the entries without the header."""
    return [entry for entry in catalogue if entry.id]


def _is_translated(entry: Entry) -> bool:
    return all(forms(entry.string))
