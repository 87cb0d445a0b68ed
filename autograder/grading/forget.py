"""Forgetting: removing one person's files, results, pages and rows from a folder of results."""

import csv
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from autograder.grading.bundles import FOLDER as BUNDLES
from autograder.grading.collect import ARCHIVES
from autograder.grading.intake.names import clean, moodle_name
from autograder.grading.output.changes_page import TABLE as CHANGES
from autograder.grading.output.changes_page import write_page
from autograder.grading.output.csv_cells import as_written
from autograder.grading.output.pages import write_class_page
from autograder.grading.people import NAME as PEOPLE
from autograder.grading.people import Identity, read_people
from autograder.grading.read_reports import NoReports, results_in
from autograder.grading.result_cache import CACHE_FOLDER
from autograder.grading.roster import Person
from autograder.grading.slugs import slug
from autograder.util.atomic import write_atomic
from autograder.util.i18n import _, ngettext

_TABLES = ("grades.csv", "files.csv", PEOPLE, CHANGES)


class NobodyToForget(Exception):
    """Nobody of that name is known; the text names those who may be meant."""


@dataclass
class Forgotten:
    """The removed and the remaining traces of a person.

    Attributes:
        removed: A line on each thing that was removed, or would be.
        stays: A sentence on each thing that only the instructor can remove.
        advice: A sentence on each place where more may be, which nobody here can see.
    """

    removed: list[str] = field(default_factory=list)
    stays: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)


def known_learners(folder: Path) -> list[Identity]:
    """Return everybody of whom a folder of results holds anything.

    Args:
        folder: The folder of the results.
    """
    known = {each.learner: each for each in read_people(folder)}
    for row in [*_rows(folder / "grades.csv"), *_rows(folder / "files.csv")]:
        name = as_written(row.get("learner") or "")
        if name and name not in known:
            known[name] = Identity(name, Person(name))
    return list(known.values())


def learner_called(name: str, people: list[Identity]) -> str:
    """Return the learner with exactly this name, id, address or login.

    Raises:
        NobodyToForget: Nobody is called so, or several are.
    """
    wanted = clean(name).casefold()
    found = []
    for each in people:
        own = (each.learner, each.person.id, each.person.email, each.person.login)
        if wanted in {clean(value).casefold() for value in own if value}:
            found.append(each.learner)
    exact = [learner for learner in found if learner == name]
    if len(exact or found) == 1:
        return (exact or found)[0]
    names = ", ".join(found or sorted(each.learner for each in people))
    if found:
        text = _("{name} may be any of {names}. Type one of these names.")
    else:
        text = _("Nobody here is called {name}. The learners are: {names}.")
    raise NobodyToForget(text.format(name=name, names=names))


def forget(learner: str, folder: Path, really: bool) -> Forgotten:
    """Remove what a folder of results holds of a learner, and the files that the learner handed in.

    Args:
        learner: The learner's name in the results.
        folder: The folder of the results.
        really: Whether to remove anything; else only what would be removed is returned.

    Raises:
        NotWritten: A table or page cannot be written without the learner.
    """
    done = Forgotten()
    rows = _rows_of(learner, folder / "files.csv")
    handed_in = list(dict.fromkeys(Path(as_written(row["file"])) for row in rows))
    for path in handed_in:
        if path.is_file() or path.is_symlink():
            remove(path, done, really)
        else:
            text = _("{path} lies in an archive, or is gone: delete the archive yourself.")
            done.stays.append(text.format(path=path))
    for home in _homes(learner, handed_in, folder):
        _remove_emptied(home, handed_in, done, really)
    for place in (folder / slug(learner), folder / CACHE_FOLDER / slug(learner)):
        remove(place, done, really)
    for place in (folder / ARCHIVES, folder / BUNDLES):
        # Unpacked copies are of several learners; the next run unpacks the others' again.
        remove(place, done, really)
    for name in _TABLES:
        _remove_rows(learner, folder / name, done, really)
    if really:
        _write_pages(folder)
    return done


def remove(path: Path, done: Forgotten, really: bool) -> None:
    """Remove a file or a folder, if there is one, and note it."""
    if not path.exists() and not path.is_symlink():
        return
    done.removed.append(str(path))
    if not really:
        return
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _homes(learner: str, handed_in: list[Path], folder: Path) -> list[Path]:
    """Return the folders above a learner's files that have the learner's name."""
    own = next((each for each in read_people(folder) if each.learner == learner), None)
    names = {learner}
    if own is not None:
        names |= {own.person.name, own.person.login, *(moodle.learner for moodle in own.moodle)}
    folded = {clean(name).casefold() for name in names}
    homes: dict[Path, None] = {}
    for path in handed_in:
        for above in path.parents:
            named = moodle_name(above.name)
            called = named.learner if named is not None else clean(above.name)
            if called and called.casefold() in folded and above.is_dir():
                homes[above] = None
                break
    return list(homes)


def _remove_emptied(home: Path, gone: list[Path], done: Forgotten, really: bool) -> None:
    """Remove a folder in which nothing is left; name the folder if grading did not read all of it.

    Such a folder may hold a hidden copy, or be the home of the person, so it is nobody's to remove.
    """
    left = [path for path in home.rglob("*") if path.is_symlink() or not path.is_dir()]
    if set(left) - set(gone):
        text = _("{path} holds files that the grader did not read: look at them yourself.")
        done.stays.append(text.format(path=home))
        return
    remove(home, done, really)


def _write_pages(folder: Path) -> None:
    """Write the pages of the class anew."""
    try:
        results = results_in(folder)
    except NoReports:
        results = []
    people = read_people(folder)
    absent = [each.learner for each in people if not each.handed_in]
    present = [each.learner for each in people if each.handed_in]
    write_class_page(results, folder, absent, present)
    if (folder / CHANGES).is_file():
        write_page(folder)


def _remove_rows(learner: str, table: Path, done: Forgotten, really: bool) -> None:
    n = len(_rows_of(learner, table))
    if not n:
        return
    text = ngettext("{n} row of {path}", "{n} rows of {path}", n)
    done.removed.append(text.format(n=n, path=table))
    if not really:
        return
    # Every row is one line, since no cell holds a line break.
    header, *lines = table.read_text(encoding="utf-8").splitlines()
    place = next(csv.reader([header])).index("learner")
    kept = [line for line in lines if as_written(next(csv.reader([line]))[place]) != learner]
    write_atomic(table, "\n".join([header, *kept, ""]))


def _rows(table: Path) -> list[dict[str, str]]:
    if not table.is_file():
        return []
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _rows_of(learner: str, table: Path) -> list[dict[str, str]]:
    return [row for row in _rows(table) if as_written(row.get("learner") or "") == learner]
