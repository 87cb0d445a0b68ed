"""The names of learners in the names of files and folders."""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from autograder import course
from autograder.util.text import is_hidden, visible

_MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?:_(?P<rest>.*))?", re.DOTALL
)
_ASSIGNMENT = re.compile(
    r"(day|jour|tp|lab|assignment|devoir|seance|séance)[ _-]?\d+.*", re.IGNORECASE
)
_NO_NAMES = frozenset(Path(__file__).with_name("no_names.txt").read_text(encoding="utf-8").split())


# Letters that Unicode does not take apart, as people write them on other keyboards.
_LETTERS = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


@dataclass(frozen=True)
class MoodleName:
    """A name as Moodle's "download all submissions" makes it.

    Attributes:
        learner: The participant's full name.
        number: The participant's number in this assignment.
        rest: The name of the learner's own file, "" for a folder.
    """

    learner: str
    number: str
    rest: str


def moodle_name(name: str) -> MoodleName | None:
    """Return the parts of a name that Moodle made, None for any other name."""
    found = _MOODLE.fullmatch(name)
    if found is None:
        return None
    learner = clean(found["name"]) or f"Participant {found['id']}"
    return MoodleName(learner, found["id"], found["rest"] or "")


def clean(name: str) -> str:
    """Return a name in composed characters, with single spaces and without hidden characters.

    So a name is the same in tables as in reports. Bytes that are not UTF-8 are spelled out.
    """
    spaced = "".join(" " if c.isspace() else c for c in name)
    shown = "".join(c for c in spaced if not is_hidden(c) or unicodedata.category(c) == "Cs")
    return " ".join(unicodedata.normalize("NFC", visible(shown)).split())


def label_in(stem: str) -> str:
    """Return what a file's or folder's name says beside an exercise, a version or a copy.

    `01_explore_DUPONT` says "DUPONT", `Zoé Dupont - 01_explore (2)` says "Zoé Dupont", and `Copie
    de 01_explore`, `rendu final` and `v2` say nothing.

    Args:
        stem: The name without its suffix.
    """
    text = clean(stem)
    for step in course.steps():
        text = re.sub(re.escape(step.name), " ", text, flags=re.IGNORECASE)
    words = re.split(r"[\s_.()\[\]+,;–—-]+", text)
    return " ".join(word for word in words if word and not _says_nothing(word))


def _says_nothing(word: str) -> bool:
    plain = without_accents(word)
    number = r"[a-z]?\d{1,4}[a-z]?|20\d{6}|v|tp\d+|day\d*"
    return plain in _NO_NAMES or re.fullmatch(number, plain) is not None


def names_nobody(folder: str) -> bool:
    """Return whether a folder's name, such as `old` or `mes rendus`, is no learner's name."""
    words = [word for word in re.split(r"[\s_.-]+", folder) if word]
    return all(without_accents(word) in _NO_NAMES for word in words)


def is_assignment(folder: str) -> bool:
    """Return whether a folder's name, such as `day 1` or `01_explore`, is an assignment's."""
    return course.step_of_file(Path(folder)) is not None or bool(_ASSIGNMENT.fullmatch(folder))


def names_somebody(folder: str) -> bool:
    """Return whether a folder's name may be a learner's."""
    return bool(label_in(folder)) and not names_nobody(folder) and not is_assignment(folder)


def without_accents(word: str) -> str:
    """Return a text in small letters without accents and ligatures."""
    folded = unicodedata.normalize("NFD", word.casefold().translate(_LETTERS))
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def free_name(wanted: str, taken: set[str]) -> str:
    """Return a name, with a number where it is taken, and add it to those that are taken."""
    name, number = wanted, 1
    while name.casefold() in taken:
        number += 1
        name = f"{wanted} ({number})"
    taken.add(name.casefold())
    return name
