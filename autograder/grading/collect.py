"""Collecting the submissions at the paths that an instructor names."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.grading.bundles import FOLDER as BUNDLES
from autograder.grading.bundles import NOBODY, Unpacking
from autograder.grading.doubts import is_beside_work, of_several_people
from autograder.grading.gathering import Gathered, Gathering
from autograder.grading.intake.names import clean
from autograder.grading.intake.shapes import Reading, read_together, readings_of
from autograder.grading.intake.tree import Node, tree_at
from autograder.grading.people import Identity
from autograder.grading.roster import Person, Roster
from autograder.submissions.discovery import Found, survey_files
from autograder.submissions.reader import OWN_READER, Reader
from autograder.submissions.submission import Submission
from autograder.util.i18n import _, labelled

ARCHIVES = ".archives"
GRADED, NOT_COUNTED, LEFT_OUT, NO_EXERCISE = "graded", "not counted", "left out", "no exercise"
NO_EXERCISE_OF = _("{learner}: there is no exercise among the files.")


@dataclass(frozen=True)
class Account:
    """The fate of a file.

    Attributes:
        path: The file, as an instructor knows it.
        learner: Whose file it is, "" where nobody knows.
        exercise: The exercise that it is for, "" for none.
        fate: One of the constants of this module.
        reason: Why the file was left out.
    """

    path: Path
    learner: str
    exercise: str
    fate: str
    reason: str = ""


@dataclass
class Collected:
    """All that was found at some paths.

    Attributes:
        submissions: What is graded, in the order of learners and exercises.
        problems: A sentence on everything that needs a person.
        accounts: What became of each file.
        readings: How each path was read, in words, and how many learners it holds.
        people: The learners and the people of the roster.
    """

    submissions: list[Submission] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    readings: list[tuple[Path, str, int]] = field(default_factory=list)
    people: list[Identity] = field(default_factory=list)

    @property
    def absent(self) -> tuple[str, ...]:
        """The names of those on the roster who handed in nothing."""
        return tuple(each.learner for each in self.people if not each.handed_in)

    @property
    def present(self) -> tuple[str, ...]:
        """The names of those who handed in anything."""
        return tuple(each.learner for each in self.people if each.handed_in)


def collect(
    paths: list[Path], out: Path, reader: Reader = OWN_READER, roster: Roster | None = None
) -> Collected:
    """Return the submissions at the paths, learner by learner, and what became of every file.

    `intake` says which file is whose. A bundle that lies in no learner's folder names its learner.
    If a learner has several files for an exercise, `which_file_counts` chooses.

    Args:
        paths: Files, bundles, archives, and folders of any of the shapes in `intake.shapes`.
        out: The folder of the results, below which archives and bundles are unpacked.
        reader: See `survey_files`.
        roster: The people of the class; None where nobody has listed them.

    Raises:
        NotWritten: A notebook of a bundle cannot be written.
    """
    collected = Collected()
    unpacking = Unpacking(out / BUNDLES)
    gathering = Gathering(unpacking, roster)
    gathering.add_all(_readings(paths, out / ARCHIVES, collected))
    collected.problems += gathering.problems
    collected.accounts += [
        Account(path, "", "", LEFT_OUT, reason) for path, reason in gathering.unreadable.items()
    ]
    for learner in gathering.learners:
        _collect_from(learner, unpacking, reader, collected)
    collected.submissions.sort(key=lambda s: (s.learner, s.exercise))
    collected.people = gathering.identities()
    return collected


def collect_one(
    paths: list[Path], learner: str, out: Path, reader: Reader = OWN_READER
) -> Collected:
    """Return the submissions of one learner, to whom every file at the paths belongs.

    Where `collect` would take folders for learners, the folders here are the learner's own.

    Args:
        paths: Files, bundles, archives and folders.
        learner: The learner's name.
        out: See `collect`.
        reader: See `survey_files`.

    Raises:
        NotWritten: A notebook of a bundle cannot be written.
    """
    collected = Collected()
    person = Gathered(clean(learner) or NOBODY)
    for path in dict.fromkeys(path.absolute() for path in paths):
        tree = tree_at(path, out / ARCHIVES)
        person.files |= {file.path.absolute(): file for file in tree.files()}
        person.named |= set() if tree.is_folder else {path}
        collected.readings.append((path, _("the work of one learner"), 1))
    _collect_from(person, Unpacking(out / BUNDLES), reader, collected)
    collected.submissions.sort(key=lambda s: s.exercise)
    collected.people = [Identity(person.name, Person(person.name))]
    return collected


def _readings(paths: list[Path], unpacked: Path, collected: Collected) -> list[Reading]:
    """Read each path once."""
    trees = [tree_at(path, unpacked) for path in dict.fromkeys(path.absolute() for path in paths)]
    readings: list[Reading] = []
    for path, nodes, found in _piles(trees):
        readings += found
        collected.readings += [(path, reading.shape, len(reading.learners)) for reading in found]
        owned = {file.shown for r in found for each in r.learners for file in each.files}
        left_over = {file: reason for r in found for file, reason in r.left_over.items()}
        collected.problems += [doubt for reading in found for doubt in reading.doubts]
        collected.problems += [labelled(str(file), reason) for file, reason in left_over.items()]
        collected.accounts += [
            Account(file, "", "", LEFT_OUT, reason) for file, reason in left_over.items()
        ]
        collected.accounts += [
            Account(file.shown, "", "", NO_EXERCISE)
            for node in nodes
            for file in node.files()
            if file.shown not in owned and file.shown not in left_over
        ]
    return _named_by_their_homes(readings)


def _piles(trees: list[Node]) -> Iterator[tuple[Path, list[Node], list[Reading]]]:
    """Yield the piles in some trees: where each lies, its nodes, and how it is read.

    The files that a shell wrote out of a folder are one pile, as the folder would be.
    """
    together: dict[Path, list[Node]] = {}
    for tree in trees:
        together.setdefault(tree.path.parent, []).append(tree)
    read: list[Node] = []
    for folder, nodes in together.items():
        reading = read_together(folder, nodes)
        if reading is not None:
            read += nodes
            yield nodes[0].shown.parent, nodes, [reading]
    for tree in trees:
        if tree not in read:
            yield tree.shown, [tree], readings_of(tree)


def _named_by_their_homes(readings: list[Reading]) -> list[Reading]:
    """Name single learners by the folders above, where all paths end in the same name.

    That is how a shell writes out `homes/*/recommender`.
    """
    learners = [r.learners[0] for r in readings if len(r.learners) == 1]
    homes = [learner.home for learner in learners if learner.home is not None]
    n_names = len({learner.name.casefold() for learner in learners})
    if len(homes) < max(2, len(readings)) or n_names > 1:
        return readings
    for level in range(3):
        parents = [home.parents[level] for home in homes if len(home.parents) > level]
        above = [clean(parent.name) or "learner" for parent in parents]
        if len({name.casefold() for name in above}) == len(homes):
            named = [replace(each, name=name) for each, name in zip(learners, above, strict=True)]
            return [replace(r, learners=[each]) for r, each in zip(readings, named, strict=True)]
    return readings


def _collect_from(
    person: Gathered, unpacking: Unpacking, reader: Reader, collected: Collected
) -> None:
    """Add a learner's submissions, problems and accounts."""
    unreadable = [file for file in person.files.values() if file.is_folder]
    files = [file for file in person.files.values() if not file.is_folder]
    archives = [file for file in files if file.is_bundle]
    for file in unreadable:
        text = _("{path} cannot be graded because {reason}.")
        collected.problems.append(text.format(path=file.shown, reason=file.problem))
        collected.accounts.append(Account(file.shown, person.name, "", LEFT_OUT, file.problem))
    bundle, problems = person.bundle, list[str]()
    if bundle is None and archives:
        bundle, problems = unpacking.newest([file.path for file in archives])
        if bundle is not None and not person.is_called(bundle.learner):
            text = _("the bundle {path} names {name}")
            note = text.format(path=bundle.bundle.path.name, name=bundle.learner)
            bundle = replace(bundle, notes=(*bundle.notes, note))
    collected.problems += problems
    plain = {file.path: file.shown for file in files if file not in archives}
    unpacked = sorted(bundle.folder.glob("*.ipynb")) if bundle is not None else []
    alone = next((path for path in plain if path.absolute() in person.named), None)
    found = survey_files([*plain, *unpacked], None, reader, alone if len(plain) == 1 else None)
    for exercise, submission in found.files.items():
        notes = submission.notes
        if bundle is not None and submission.path in unpacked:
            notes = tuple(dict.fromkeys((*notes, *bundle.notes_on(exercise))))
        collected.submissions.append(replace(submission, learner=person.name, notes=notes))
    for path, reason in found.left_out.items():
        if not is_beside_work(path, found, reader):
            collected.problems.append(labelled(person.name, reason))
    collected.problems += of_several_people(person, found, plain, reader)
    if not found.files and not found.left_out and not unreadable and not problems:
        collected.problems.append(NO_EXERCISE_OF.format(learner=person.name))
    known = {file.path: file.shown for file in archives}
    origin = known.get(bundle.bundle.path, bundle.bundle.path) if bundle is not None else Path()
    shown = {**plain, **dict.fromkeys(unpacked, origin)}
    collected.accounts += _accounts(person.name, found, shown)
    collected.accounts += [
        Account(file.shown, person.name, "", NOT_COUNTED)
        for file in archives
        if bundle is None or file.path != bundle.bundle.path
    ]


def _accounts(learner: str, found: Found, shown: dict[Path, Path]) -> list[Account]:
    accounts = []
    counted: dict[Path, list[str]] = {}
    for exercise, file in found.files.items():
        counted.setdefault(file.path, []).append(exercise)
    candidates = {path: name for name, paths in found.candidates.items() for path in paths}
    for path, known in shown.items():
        if path in counted:
            accounts += [Account(known, learner, exercise, GRADED) for exercise in counted[path]]
        elif path in candidates:
            accounts.append(Account(known, learner, candidates[path], NOT_COUNTED))
        elif path in found.left_out:
            accounts.append(Account(known, learner, "", LEFT_OUT, found.left_out[path]))
        else:
            accounts.append(Account(known, learner, "", NO_EXERCISE))
    return accounts
