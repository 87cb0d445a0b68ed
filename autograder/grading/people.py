"""`people.csv`: who is who in a folder of results, with ids, addresses and Moodle's numbers."""

import csv
import io
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from autograder.grading.intake.names import MoodleName
from autograder.grading.output.csv_cells import as_written, plain_text
from autograder.grading.roster import Person, Roster, claimed_once
from autograder.grading.tables import named_rows
from autograder.util.atomic import write_atomic

NAME = "people.csv"
_COLUMNS = ("learner", "id", "email", "login", "group", "participant", "moodle_name", "handed_in")


@dataclass(frozen=True)
class Identity:
    """A learner, and all that is known of them.

    Attributes:
        learner: The name in reports and tables.
        person: The row of the roster; without a roster, or for somebody whom it lacks, a person
            of whom the name alone is known.
        moodle: The names, with numbers, that Moodle gave the learner's files.
        handed_in: Whether the learner handed in anything.
    """

    learner: str
    person: Person
    moodle: tuple[MoodleName, ...] = ()
    handed_in: bool = True

    @property
    def numbers(self) -> frozenset[str]:
        """The participant's numbers: of the roster, and of Moodle's files."""
        own = {name.number for name in self.moodle} | {self.person.participant}
        return frozenset(own - {""})


def write_people(people: list[Identity], folder: Path) -> None:
    """Write a row for each learner and each of Moodle's numbers of the learner."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for each in sorted(people, key=lambda identity: identity.learner.casefold()):
        person = each.person
        names = each.moodle or (MoodleName("", person.participant, ""),)
        for name in names:
            known = (each.learner, person.id, person.email, person.login, person.group)
            came = "yes" if each.handed_in else "no"
            cells = (*known, name.number, name.learner, came)
            writer.writerow([plain_text(cell) for cell in cells])
    write_atomic(folder / NAME, text.getvalue())


def read_people(folder: Path) -> list[Identity]:
    """Return the people that `write_people` wrote, nobody where there is no such file.

    Raises:
        TableError: The file cannot be read, or lacks the learners.
    """
    people: dict[str, Identity] = {}
    for row in named_rows(folder / NAME, "learner"):
        cells = {name: as_written(row.get(name, "")) for name in _COLUMNS}
        learner, number, name = cells["learner"], cells["participant"], cells["moodle_name"]
        known = people.get(learner)
        moodle = (*known.moodle, MoodleName(name, number, "")) if known else ()
        if not known and name:
            moodle = (MoodleName(name, number, ""),)
        person = Person(
            learner,
            cells["id"],
            cells["email"],
            cells["login"],
            "" if name else number,
            cells["group"],
        )
        people[learner] = Identity(learner, person, moodle, cells["handed_in"] == "yes")
    return list(people.values())


def with_roster(people: list[Identity], roster: Roster) -> list[Identity]:
    """Return people with the fields that a roster has of them; nobody is added or left out.

    A row that may be several people's completes nobody.
    """
    rows = claimed_once({each.learner: _row_of(each, roster) for each in people})
    return [_completed(each, rows.get(each.learner)) for each in people]


def _completed(identity: Identity, row: Person | None) -> Identity:
    if row is None:
        return identity
    own = {field: value for field, value in asdict(identity.person).items() if value}
    return replace(identity, person=Person(**{**asdict(row), **own}))


def _row_of(identity: Identity, roster: Roster) -> Person | None:
    names = [*(moodle.learner for moodle in identity.moodle), identity.learner]
    for name, number in [(n, m) for m in (*identity.numbers, "") for n in names]:
        found = roster.find(name, number)
        if len(found) == 1:
            return found[0]
    return None
