"""Forgetting: removing one person's files, results, pages and rows from a folder of results."""

import csv
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder import course
from autograder.grading.bundles import FOLDER as BUNDLES
from autograder.grading.collect import ARCHIVES
from autograder.grading.intake.names import clean, moodle_name
from autograder.grading.output.changes_page import PAGE as CHANGES_PAGE
from autograder.grading.output.changes_page import TABLE as CHANGES
from autograder.grading.output.changes_page import earlier_runs, write_page
from autograder.grading.output.csv_cells import as_written, path_in
from autograder.grading.output.pages import write_class_page
from autograder.grading.people import NAME as PEOPLE
from autograder.grading.people import Identity, read_people
from autograder.grading.read_reports import NoReports, reports_in, results_in
from autograder.grading.result_cache import CACHE_FOLDER, learner_of
from autograder.grading.roster import Person
from autograder.grading.slugs import slug
from autograder.grading.tables import named_rows, read_table
from autograder.util.atomic import write_atomic
from autograder.util.i18n import _, ngettext

_FILES = "files.csv"
# The last tables say who is known, and where the files lie, so that a stopped command can go on.
_TABLES = (CHANGES, "grades.csv", _FILES, PEOPLE)


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

    Raises:
        TableError: A table cannot be read.
    """
    known = {each.learner: each for each in read_people(folder)}
    rows = [row for name in _TABLES for row in named_rows(folder / name, "learner")]
    names = [as_written(row["learner"]) for row in rows]
    names += [learner_of(path.parent) for path in reports_in(folder)]
    for name in names:
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
        TableError: A table cannot be read.
    """
    done = Forgotten()
    earlier_runs(folder / CHANGES)  # nothing is removed if this table cannot be read
    handed_in = _handed_in(learner, folder, done)
    for path in handed_in:
        if path.is_file() or path.is_symlink():
            remove(path, done, really)
        else:
            text = _("{path} lies in an archive, or is gone: delete the archive yourself.")
            done.stays.append(text.format(path=path))
    for home in _homes(learner, handed_in, folder):
        _remove_emptied(home, handed_in, done, really)
    _remove_results(folder / slug(learner), done, really)
    remove(folder / CACHE_FOLDER / slug(learner), done, really)
    for place in (folder / ARCHIVES, folder / BUNDLES):
        # Unpacked copies are of several learners; the next run unpacks the others' again.
        remove(place, done, really)
    for name in _TABLES:
        if name == _FILES and really:
            _write_pages(learner, folder, done)
        _remove_rows(learner, folder / name, done, really)
    return done


def _handed_in(learner: str, folder: Path, done: Forgotten) -> list[Path]:
    """Return the files that a learner handed in; note the files that only a person can find."""
    table = folder / _FILES
    cells = [row["file"] for row in _rows_of(learner, table, "file") if row["file"]]
    if not cells and (not table.is_file() or (folder / slug(learner)).is_dir()):
        # The table was deleted, or a later run, which had other paths, wrote it anew.
        text = _("{path} lists no file of {name}: look for what {name} handed in yourself.")
        done.stays.append(text.format(path=table, name=learner))
    paths = {cell: path_in(cell) for cell in cells}
    text = _("{path} is not a file's own name: look for the file, and delete it yourself.")
    done.stays += [text.format(path=cell) for cell, path in paths.items() if path is None]
    return [path for path in paths.values() if path is not None]


def _remove_results(home: Path, done: Forgotten, really: bool) -> None:
    """Remove what grading wrote into a learner's folder; then remove the folder if it is empty."""
    written = {f"{step.name}.json" for step in course.steps()} | {"index.html"}
    inside = sorted(home.iterdir()) if home.is_dir() and not home.is_symlink() else []
    own = [path for path in inside if path.name in written]
    if own == inside:
        remove(home, done, really)
        return
    for path in own:
        remove(path, done, really)
    text = _("{path} holds files that no run of the grader wrote: look at them yourself.")
    done.stays.append(text.format(path=home))


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


def _write_pages(learner: str, folder: Path, done: Forgotten) -> None:
    """Write the pages of the class anew; remove a page that cannot be written."""
    if (folder / CHANGES).is_file():
        write_page(folder)
    else:
        remove(folder / CHANGES_PAGE, done, really=True)
    try:
        results = results_in(folder) if reports_in(folder) else []
    except NoReports as error:
        remove(folder / "index.html", done, really=True)
        text = _("The page of the class cannot be written anew. {reason}")
        done.stays.append(text.format(reason=error))
        return
    people = [each for each in read_people(folder) if each.learner != learner]
    absent = [each.learner for each in people if not each.handed_in]
    present = [each.learner for each in people if each.handed_in]
    write_class_page(results, folder, absent, present)


def _remove_rows(learner: str, table: Path, done: Forgotten, really: bool) -> None:
    n = len(_rows_of(learner, table))
    if not n:
        return
    text = ngettext("{n} row of {path}", "{n} rows of {path}", n)
    done.removed.append(text.format(n=n, path=table))
    if not really:
        return
    write_atomic(table, _without(learner, table))


def _without(learner: str, path: Path) -> bytes:
    """Return a table without a learner's rows; all other lines stay as they are."""
    table = read_table(path)
    place = [cell.strip() for cell in table.header].index("learner")

    def is_other(row: list[str]) -> bool:
        return as_written(row[place]) != learner

    header, *lines = path.read_bytes().decode(table.encoding).splitlines(keepends=True)
    rows = [row for row in csv.reader(lines, delimiter=table.separator) if row]
    if table.preamble or rows != table.rows or len(lines) != len(rows):
        # A spreadsheet or a person has saved the table since.
        return replace(table, rows=[row for row in table.rows if is_other(row)]).written()
    kept = [line for line, row in zip(lines, rows, strict=True) if is_other(row)]
    return "".join([header, *kept]).encode(table.encoding)


def _rows_of(learner: str, table: Path, *columns: str) -> list[dict[str, str]]:
    rows = named_rows(table, "learner", *columns)
    return [row for row in rows if as_written(row["learner"]) == learner]
