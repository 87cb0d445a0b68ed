"""Catalogues kept up to date: extract, merge, and report what a language lacks."""

import tomllib
from dataclasses import dataclass

from babel.messages.catalog import Message as Entry

from autograder.course.translation import catalogues
from autograder.course.translation.catalogues import CatalogueError
from autograder.course.translation.faults import faults
from autograder.course.translation.sources import messages
from autograder.util.i18n import _


@dataclass(frozen=True)
class State:
    """A catalogue after an update.

    Attributes:
        name: Its name.
        units: How many entries it has.
        words: How many English words they have.
        missing: The texts without a translation.
        fuzzy: The texts whose translation belongs to an earlier text.
        obsolete: How many entries of the file no text needs any more.
        faults: Texts with a fault of their translation.
        changed: Whether the file differs from the catalogue as it should be.
    """

    name: str
    units: int
    words: int
    missing: tuple[str, ...]
    fuzzy: tuple[str, ...]
    obsolete: int
    faults: tuple[tuple[str, str], ...]
    changed: bool

    @property
    def complete(self) -> bool:
        """Whether every text has a translation without a known fault."""
        return not (self.missing or self.fuzzy or self.faults)


def update(language: str, write: bool = True) -> list[State]:
    """Bring the catalogues of a language up to date and return their states.

    The translations of a catalogue that no text needs any more stay in other catalogues, as far as
    they fit; its file is removed.

    Args:
        language: The language; a new one gets its catalogues.
        write: Whether to write; else files stay as they are.

    Raises:
        CatalogueError: A catalogue or the list of equal texts cannot be read, or Babel knows no
            such language.
        NotWritten: A catalogue cannot be written.
        SolutionError: A solution file cannot be used.
    """
    present = catalogues.read_all(language)
    same = _same_texts(language)
    states = []
    for name, merged in catalogues.merged(messages(), present, language).items():
        path = catalogues.folder(language) / f"{name}.po"
        catalogue = merged.catalogue
        states.append(
            State(
                name=name,
                units=len(catalogue),
                words=catalogues.words_in(catalogue),
                missing=tuple(map(_text, merged.missing)),
                fuzzy=tuple(map(_text, merged.fuzzy)),
                obsolete=merged.obsolete,
                faults=tuple(
                    (_text(entry), fault)
                    for entry in catalogues.translated(catalogue)
                    for fault in faults(entry, language, same)
                ),
                changed=catalogues.write(path, catalogue, only_compare=not write),
            )
        )
    if write:
        for name in present.keys() - {state.name for state in states}:
            (catalogues.folder(language) / f"{name}.po").unlink()
    return states


def _same_texts(language: str) -> dict[str, str]:
    """Return the texts that may read the same in a language, each with the reason."""
    path = catalogues.folder(language).parent / "same.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except tomllib.TOMLDecodeError as error:
        text = _("{file} cannot be read: {error}")
        raise CatalogueError(text.format(file=path, error=error)) from error


def _text(entry: Entry) -> str:
    return catalogues.forms(entry.id)[0]
