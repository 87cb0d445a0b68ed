"""A made-up language: every text in brackets, with nothing lost."""

import gettext
import io
import shutil
from pathlib import Path

from babel.messages.pofile import read_po, write_po

from autograder.course.translation.catalogues import forms
from autograder.course.translation.upkeep import update

LANGUAGE = "eo"
LEFT, RIGHT = "⟦", "⟧"


def changed(text):
    """Return a text in the made-up language; each line of a drawing keeps its shape."""
    return f"{LEFT}{text}{RIGHT}"


class MadeUp(gettext.NullTranslations):
    """A complete catalogue of the made-up language."""

    def gettext(self, message):
        return changed(message)


def write_catalogues(locale: Path) -> None:
    """Write complete catalogues of the made-up language into a folder of languages."""
    folder = locale / LANGUAGE / "LC_MESSAGES"
    shutil.rmtree(locale / LANGUAGE, ignore_errors=True)
    folder.mkdir(parents=True)
    update(LANGUAGE)
    for path in folder.glob("*.po"):
        catalogue = read_po(io.BytesIO(path.read_bytes()), locale=LANGUAGE)
        for entry in catalogue:
            if entry.id:
                made = tuple(map(changed, forms(entry.id)))
                entry.string = made if entry.pluralizable else made[0]
        with path.open("wb") as file:
            write_po(file, catalogue)
