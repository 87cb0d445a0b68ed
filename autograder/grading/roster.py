"""The roster: who is in the class, and under which names, ids and addresses."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from autograder.grading.intake.names import clean, without_accents
from autograder.grading.tables import TableError, read_table
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
            label, number = wish, 1
            if wish.casefold() in taken and person.id:
                label = f"{wish} ({person.id})"
            while label.casefold() in taken:
                number += 1
                label = f"{wish} ({number})"
            taken.add(label.casefold())
            labels[person] = label
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
        given = clean(name).casefold()
        words = _words(name)

        def numbered(person: Person) -> bool:
            own = _words(person.name)
            contradicts = own and not own & words and "participant" not in words
            return bool(number) and person.participant == number and not contradicts

        def identified(person: Person) -> bool:
            address = person.email.casefold()
            known = {person.id.casefold(), person.login.casefold(), address}
            return bool(given) and given in {*known, address.partition("@")[0]}

        def same_words(person: Person) -> bool:
            return bool(words) and _words(person.name) == words

        def shares_words(person: Person) -> bool:
            own = _words(person.name)
            return any(len(word) > 1 for word in own & words) and (own <= words or words <= own)

        for test in (numbered, identified, same_words, shares_words):
            found = [person for person in self.people if test(person)]
            if found:
                return found
        return []

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
        table = read_table(path)
    except TableError as error:
        raise RosterError(str(error)) from error
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
    values = [str(getattr(person, field)).casefold() for person in people]
    twice = next((value for value in values if value and values.count(value) > 1), None)
    if twice is not None:
        text = _("{path} lists {value} twice in the column {column}: correct it there.")
        raise RosterError(text.format(path=path, value=twice, column=field))


def _words(name: str) -> frozenset[str]:
    return frozenset(_WORD.findall(without_accents(clean(name))))
