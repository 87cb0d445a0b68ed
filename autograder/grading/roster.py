"""The roster: who is in the class, and under which names, ids and addresses."""

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from autograder.grading.intake.names import clean, free_name, without_accents
from autograder.grading.tables import Table, TableError, read_table
from autograder.util.i18n import _

_HEADERS = {
    "id": ("id", "id number", "idnumber", "student id", "student number", "numéro", "matricule",
           "numéro d'identification", "numéro étudiant"),
    "identifier": ("identifier", "identifiant"),
    "name": ("name", "full name", "fullname", "student", "learner", "nom complet"),
    "first": ("first name", "firstname", "given name", "prénom"),
    "last": ("last name", "lastname", "surname", "family name", "nom", "nom de famille"),
    "email": ("email", "e-mail", "email address", "mail", "courriel", "adresse de courriel",
              "adresse mail", "adresse e-mail"),
    "login": ("login", "username", "user name", "github", "nom d'utilisateur"),
    "participant": ("participant", "participant id", "participant number", "moodle id", "moodle"),
    "group": ("group", "groups", "groupe", "groupes"),
}  # fmt: skip
_PARTICIPANT = re.compile(r"[^\W\d_]+\s*(\d+)")
_WORD = re.compile(r"[^\W_]+")


class RosterError(Exception):
    """A roster that cannot be used; the text says why, and what to do."""


@dataclass(frozen=True)
class Person:
    """Somebody in the class; an unknown field is empty.

    Attributes:
        name: The full name.
        id: The number or name under which the school knows the person.
        email: The e-mail address.
        login: The user name, for example in Moodle or on GitHub.
        participant: The participant's number in an assignment of Moodle's.
        group: The group.
    """

    name: str = ""
    id: str = ""
    email: str = ""
    login: str = ""
    participant: str = ""
    group: str = ""


class Roster:
    """The people of a class."""

    def __init__(self, people: Iterable[Person], path: Path = Path()):
        """Hold people.

        Args:
            people: The people, no two with the same id, address, login or number.
            path: The file that lists them.

        Raises:
            RosterError: Two people cannot be told apart.
        """
        self.people = tuple(people)
        self.path = path
        for field in ("id", "email", "login", "participant"):
            _require_different(self.people, field, path)
        nameless = [person for person in self.people if not self._wish(person)]
        if nameless:
            raise RosterError(_("{path} holds a row without a name or an id.").format(path=path))

    @cached_property
    def _labels(self) -> dict[Person, str]:
        labels: dict[Person, str] = {}
        taken: set[str] = set()
        for person in self.people:
            wish = self._wish(person)
            with_id = f"{wish} ({person.id})"
            is_free = person.id and with_id.casefold() not in taken
            wanted = with_id if wish.casefold() in taken and is_free else wish
            labels[person] = free_name(wanted, taken)
        return labels

    @staticmethod
    def _wish(person: Person) -> str:
        known = person.name or person.id or person.email or person.login
        return known or (f"Participant {person.participant}" if person.participant else "")

    def label(self, person: Person) -> str:
        """Return the name of a person in reports and tables, which differs from all others."""
        return self._labels[person]

    def find(self, name: str, number: str = "") -> list[Person]:
        """Return the people whom a name may mean: nobody, one, or several who look alike.

        The first of these that anybody meets decides: Moodle's number with a name that does not
        contradict it; the id, the login, the address or its first part; the same words in any
        order, with or without accents; and all words of the shorter of two names.

        Args:
            name: The name as files or folders give it.
            number: The participant's number in Moodle, "" elsewhere.
        """
        words = _words(name)
        return (
            [p for p in self._by_number.get(number, ()) if self._may_be(p, words)]
            or self._by_identifier.get(clean(name).casefold(), [])
            or self._by_words.get(words, [])
            or [p for p in self.people if _is_part(self._words_of[p], words)]
        )

    def _may_be(self, person: Person, words: frozenset[str]) -> bool:
        """Return whether the words of a name do not contradict a person's own name."""
        own = self._words_of[person]
        return not own or bool(own & words) or "participant" in words

    @cached_property
    def _words_of(self) -> dict[Person, frozenset[str]]:
        return {person: _words(person.name) for person in self.people}

    @cached_property
    def _by_words(self) -> dict[frozenset[str], list[Person]]:
        return _index((person, [self._words_of[person]]) for person in self.people)

    @cached_property
    def _by_number(self) -> dict[str, list[Person]]:
        return _index((person, [person.participant]) for person in self.people)

    @cached_property
    def _by_identifier(self) -> dict[str, list[Person]]:
        return _index((person, _identifiers(person)) for person in self.people)

    def nearest(self, name: str) -> list[str]:
        """Return up to three names on the roster that look like a name."""
        by_folded = {" ".join(sorted(_words(self.label(p)))): self.label(p) for p in self.people}
        close = get_close_matches(" ".join(sorted(_words(name))), by_folded, n=3, cutoff=0.5)
        return [by_folded[each] for each in close]


def read_roster(path: Path) -> Roster:
    """Read a table of people: a file of one's own, or one that Moodle exported.

    The first line names the columns, of which a name, or an id, or an address must be there. The
    separator is a comma, a semicolon or a tab.

    Args:
        path: The file, in UTF-8 or as Excel saves it.

    Raises:
        RosterError: The file cannot be read, lacks the columns, or lists somebody twice.
    """
    try:
        return roster_of(read_table(path), path)
    except TableError as error:
        raise RosterError(str(error)) from error


def roster_of(table: Table, path: Path) -> Roster:
    """Return the people in the rows of a table, in their order.

    Args:
        table: The table.
        path: The file that it comes from.

    Raises:
        RosterError: The table lacks the columns, or lists somebody twice or nobody.
    """
    columns = _columns(table.header)
    if not {"id", "identifier", "name", "last", "email", "login"} & columns.keys():
        text = _(
            "{path} names no column for names, ids or addresses: its first line reads {line}. Let "
            "that line name the columns, for example: id,name,email,participant,group"
        )
        raise RosterError(text.format(path=path, line=", ".join(table.header) or "''"))
    people = [_person(row, columns) for row in table.rows]
    if not people:
        raise RosterError(_("{path} lists nobody.").format(path=path))
    return Roster(people, path)


def claimed_once(found: Mapping[str, Person | None]) -> dict[str, Person]:
    """Return who each learner is, without the people whom several learners may be.

    Args:
        found: Who on a roster each learner may be, None for nobody.
    """
    claims = Counter(person for person in found.values() if person is not None)
    return {name: p for name, p in found.items() if p is not None and claims[p] == 1}


def _columns(header: list[str]) -> dict[str, int]:
    """Return the index of each known column; of two columns for the same, the first."""
    columns: dict[str, int] = {}
    for index, cell in enumerate(header):
        wanted = unicodedata.normalize("NFC", clean(cell).casefold()).replace("’", "'")
        wanted = wanted.replace("_", " ")
        for field, names in _HEADERS.items():
            if wanted in names and field not in columns:
                columns[field] = index
    return columns


def _person(row: list[str], columns: dict[str, int]) -> Person:
    cells = {f: clean(row[i]) if i < len(row) else "" for f, i in columns.items()}
    first, last = cells.pop("first", ""), cells.pop("last", "")
    cells["name"] = cells.get("name") or clean(f"{first} {last}")
    identifier = cells.pop("identifier", "")
    # Moodle's worksheet calls its column of "Participant 1234501" an identifier.
    field = "participant" if _PARTICIPANT.fullmatch(identifier) else "id"
    cells[field] = cells.get(field) or identifier
    if numbered := _PARTICIPANT.fullmatch(cells.get("participant", "")):
        cells["participant"] = numbered[1]
    return Person(**{f.name: cells.get(f.name, "") for f in fields(Person)})


def _require_different(people: tuple[Person, ...], field: str, path: Path) -> None:
    values = Counter(str(getattr(person, field)).casefold() for person in people)
    twice = next((value for value, n in values.items() if value and n > 1), None)
    if twice is not None:
        text = _("{path} lists {value} twice in the column {column}: correct it there.")
        raise RosterError(text.format(path=path, value=twice, column=field))


_Key = TypeVar("_Key", bound=Hashable)


def _identifiers(person: Person) -> set[str]:
    address = person.email.casefold()
    return {person.id.casefold(), person.login.casefold(), address, address.partition("@")[0]}


def _is_part(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether all words of the shorter name, among them a real one, are in the other."""
    return any(len(word) > 1 for word in one & other) and (one <= other or other <= one)


def _index(entries: Iterable[tuple[Person, Iterable[_Key]]]) -> dict[_Key, list[Person]]:
    """Return the people by key, in their order; an empty key names nobody."""
    index: dict[_Key, list[Person]] = {}
    for person, keys in entries:
        for key in keys:
            if key:
                index.setdefault(key, []).append(person)
    return index


def _words(name: str) -> frozenset[str]:
    return frozenset(_WORD.findall(without_accents(clean(name))))
