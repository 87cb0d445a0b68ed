"""Gathering: one learner for all that a person handed in, at all paths, under all names."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.grading.bundles import NOBODY, TakenBundle, Unpacking, key_of
from autograder.grading.intake.names import MoodleName, clean, free_name
from autograder.grading.intake.shapes import Learner, Reading
from autograder.grading.intake.tree import Node
from autograder.grading.people import Identity
from autograder.grading.roster import Person, Roster
from autograder.util.i18n import _


@dataclass
class Gathered:
    """A learner, gathered from all paths.

    Attributes:
        name: The name in reports and tables, which differs from all others.
        person: The row of the roster, None for somebody whom it lacks.
        names: The names under which files came.
        files: The files.
        homes: The learner's own folders, as an instructor knows them.
        named: The files that an instructor named one by one.
        moodle: The names, with numbers, that Moodle gave the files.
        bundle: The bundle that named the learner, None where files or folders did.
    """

    name: str
    person: Person | None = None
    names: set[str] = field(default_factory=set)
    files: dict[Path, Node] = field(default_factory=dict)
    homes: set[Path] = field(default_factory=set)
    named: set[Path] = field(default_factory=set)
    moodle: dict[str, MoodleName] = field(default_factory=dict)
    bundle: TakenBundle | None = None

    def is_called(self, name: str) -> bool:
        """Return whether a name is the learner's."""
        return clean(name).casefold() in {n.casefold() for n in {self.name, *self.names}}


class Gathering:
    """The learners at all paths, each once.

    With a roster, all names that mean the same person are one learner. Without a roster, a folder
    is one learner's wherever it is named from, and Moodle's name is one person's in each of several
    downloads.
    """

    def __init__(self, unpacking: Unpacking, roster: Roster | None):
        """Gather nobody yet.

        Args:
            unpacking: Unpacks bundles.
            roster: The people of the class; None where nobody has listed them.
        """
        self.problems: list[str] = []
        self.unreadable: dict[Path, str] = {}
        self._unpacking = unpacking
        self._roster = roster
        self._learners: dict[object, Gathered] = {}
        self._taken = {roster.label(p).casefold() for p in roster.people} if roster else set()
        self._bundles: list[Node] = []
        self._unclear: dict[str, set[str]] = {}

    @property
    def learners(self) -> list[Gathered]:
        """The learners, in the order in which they came."""
        return list(self._learners.values())

    def add_all(self, readings: Sequence[Reading]) -> None:
        """Add the learners of all piles, and the bundles that name their learners."""
        self._unclear = _unclear_names(readings)
        for reading in readings:
            self.add(reading)
        self.add_bundles()

    def add(self, reading: Reading) -> None:
        """Add the learners of a pile; `add_bundles` adds the bundles that lie in no folder."""
        here: set[str] = set()
        for learner in reading.learners:
            if not learner.name:
                self._bundles += learner.files
                continue
            person = self._person(learner.name, learner.number)
            gathered = self._learner(
                person or self._same_moodle_name(learner) or _identity(learner, here),
                learner.name,
                person,
            )
            files = {file.path.absolute(): file for file in learner.files}
            gathered.files |= files
            gathered.homes |= {part.shown for part in learner.parts if part.is_folder}
            gathered.named |= files.keys() if reading.is_file else set()
            if learner.number:
                gathered.moodle[learner.number] = MoodleName(learner.name, learner.number, "")

    def add_bundles(self) -> None:
        """Add the bundles that lie in no learner's folder, each to the learner whom it names."""
        same: dict[str, Gathered] = {}
        for file in self._bundles:
            bundle, problems = self._unpacking.newest([file.path])
            self.problems += problems
            if bundle is None:
                self.unreadable[file.shown] = problems[0] if problems else ""
                continue
            key = key_of(bundle.bundle)
            if key in same:
                self._add_same(same[key], file)
            else:
                same[key] = self._add_bundle(key, bundle, file)

    def identities(self) -> list[Identity]:
        """Return the learners, and the people of the roster who handed in nothing."""
        came = [
            Identity(
                each.name,
                each.person or Person(each.name),
                tuple(each.moodle.values()),
                handed_in=bool(each.files) or each.person is None,
            )
            for each in self.learners
        ]
        if self._roster is None:
            return came
        missing = [p for p in self._roster.people if p not in self._learners]
        label = self._roster.label
        return came + [Identity(label(person), person, handed_in=False) for person in missing]

    def _same_moodle_name(self, learner: Learner) -> object:
        """Return who a learner is among several of one name in several downloads, else None.

        Moodle's numbers are of one assignment, so nobody knows who is who in another one.
        """
        numbers = self._unclear.get(learner.name.casefold(), set())
        if learner.number not in numbers:
            return None
        text = _(
            "Several people are called {name} in several downloads ({numbers}), and Moodle's "
            "numbers do not say who is the same person. Each was graded as a learner of their own: "
            "grade each assignment by itself, with its worksheet as --roster."
        )
        problem = text.format(name=learner.name, numbers=", ".join(sorted(numbers)))
        if problem not in self.problems:
            self.problems.append(problem)
        return "moodle", learner.name.casefold(), learner.number

    def _add_same(self, learner: Gathered, file: Node) -> None:
        if learner.bundle is not None and file.path.absolute() not in learner.files:
            text = _("{other} holds the same bundle as {best}")
            note = text.format(other=file.name, best=learner.bundle.bundle.path.name)
            learner.bundle = replace(learner.bundle, notes=(*learner.bundle.notes, note))
        learner.files[file.path.absolute()] = file

    def _add_bundle(self, key: str, bundle: TakenBundle, file: Node) -> Gathered:
        wanted = clean(bundle.learner) or NOBODY
        person = self._person(wanted)
        learner = self._learner(person or ("bundle", key), wanted, person)
        if person is None:
            learner.bundle = bundle
            if learner.name != wanted:
                text = _(
                    "{path} is by {name}, and so are other files here. It was graded as {learner}: "
                    "is it the same person?"
                )
                self.problems.append(
                    text.format(path=file.shown, name=wanted, learner=learner.name)
                )
        learner.files[file.path.absolute()] = file
        return learner

    def _learner(self, key: object, name: str, person: Person | None) -> Gathered:
        if key not in self._learners:
            if person is not None and self._roster is not None:
                label = self._roster.label(person)
            else:
                label = free_name(name, self._taken)
            self._learners[key] = Gathered(label, person)
        self._learners[key].names.add(name)
        return self._learners[key]

    def _person(self, name: str, number: str = "") -> Person | None:
        """Return who on the roster a name means; where nobody knows, a person must say so."""
        if self._roster is None:
            return None
        found = self._roster.find(name, number)
        if len(found) == 1:
            return found[0]
        shown = f"{name} ({number})" if number else name
        if found:
            text = _("{name} may be {people} of {roster}: name the files so that it is clear.")
            people = ", ".join(map(self._roster.label, found))
        else:
            people = ", ".join(self._roster.nearest(name))
            text = _(
                "{name} is not on the roster {roster}. The files were graded all the same. Add a "
                "row, or correct the name. The nearest names: {people}."
            )
            if not people:
                text = _(
                    "{name} is not on the roster {roster}. The files were graded all the same. Add "
                    "a row, or correct the name."
                )
        problem = text.format(name=shown, roster=self._roster.path, people=people)
        if problem not in self.problems:
            self.problems.append(problem)
        return None


def _unclear_names(readings: Sequence[Reading]) -> dict[str, set[str]]:
    """Return Moodle's names that several people have, and that come with other numbers elsewhere.

    Returns:
        All numbers of each such name.
    """
    by_name: dict[str, list[set[str]]] = {}
    for reading in readings:
        here: dict[str, set[str]] = {}
        for learner in reading.learners:
            if learner.number:
                here.setdefault(learner.name.casefold(), set()).add(learner.number)
        for name, numbers in here.items():
            by_name.setdefault(name, []).append(numbers)
    every = {name: set().union(*parts) for name, parts in by_name.items()}
    most = {name: max(map(len, parts)) for name, parts in by_name.items()}
    return {name: numbers for name, numbers in every.items() if 1 < most[name] < len(numbers)}


def _identity(learner: Learner, here: set[str]) -> object:
    """Return what is the same for the same learner at other paths.

    A folder is one learner's wherever it is named from. Moodle's name is one person's in each of
    several downloads; the same name twice in one download is two people.
    """
    if learner.home is not None:
        return learner.home
    name = learner.name.casefold()
    number = 1
    while f"{name} {number}" in here:
        number += 1
    here.add(f"{name} {number}")
    return name, number
