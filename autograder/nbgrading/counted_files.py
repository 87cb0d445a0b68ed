"""The file that counts for each notebook of an assignment, whatever a learner has called the file.

nbgrader finds a submitted notebook by its name alone. `recognise` looks at the files themselves, by
the rules of `autograder grade` (see `submissions.discovery`), as soon as nbgrader's command has
listed the notebooks. From then on the command works with the names that it expects, and the kit
reads the files that count. Nothing in `submitted/` changes.
"""

# nbformat is not annotated.
# mypy: disable-error-code="no-untyped-call,no-any-return"

import fnmatch
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from glob import glob
from pathlib import Path
from weakref import WeakKeyDictionary

from autograder import course
from autograder.nbgrading.damaged_notebooks import claims_in
from autograder.nbgrading.gradebook import cells_of
from autograder.nbgrading.memo_texts import memo_texts_in
from autograder.nbgrading.nbgrader_types import Converter, CourseDirectory
from autograder.nbgrading.released import released_notebook
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.discovery import SUFFIXES, looks_like_a_submission, survey_files
from autograder.submissions.limited_parser import shared_parser
from autograder.submissions.safe_read import read_content
from autograder.submissions.sections import exercises_begun
from autograder.submissions.submission import Submission
from autograder.util.i18n import _
from autograder.util.text import visible

# The files that count, by the path under which nbgrader expects them.
_COUNTED: WeakKeyDictionary[Converter, dict[Path, Submission]] = WeakKeyDictionary()


@dataclass(frozen=True)
class _Place:
    """A learner's folder for an assignment.

    Attributes:
        folder: The folder, as nbgrader names it.
        learner: The learner's name in the course.
        assignment: The assignment.
    """

    folder: str
    learner: str
    assignment: str


def counted_file(converter: Converter, path: Path) -> Submission:
    """Return the file that counts for a submitted notebook.

    Args:
        converter: The command of nbgrader's.
        path: The path under which nbgrader expects the notebook.

    Returns:
        The file, with notes on the choice. Where nothing else is known, it is the path itself.
    """
    counted = _COUNTED.get(converter, {})
    return counted.get(Path(os.path.abspath(path)), Submission(path.stem, path))


def names_counted_in(converter: Converter, folder: Path) -> set[str]:
    """Return the notebooks of a learner's folder that have a file, as nbgrader names them."""
    counted = _COUNTED.get(converter, {})
    own = Path(os.path.abspath(folder))
    return {path.stem for path in counted if path.parent == own} | {
        path.stem for path in own.glob("*.ipynb")
    }


def recognise(converter: Converter) -> None:
    """Let a command of nbgrader's grade the files that count, in place of the names it has found.

    A learner's folder without any recognisable notebook is left out and named in the log. The
    command grades the other learners, and fails when it is done.

    Args:
        converter: The command, which has listed its notebooks and has not begun to convert them.
    """
    counted = _COUNTED.setdefault(converter, {})
    wanted: dict[str, frozenset[str]] = {}
    left_out: list[str] = []
    for place in _places(converter.coursedir):
        if place.assignment not in wanted:
            wanted[place.assignment] = _notebooks_of(converter.coursedir, place.assignment)
        names = wanted[place.assignment]
        if not names:
            continue  # nbgrader says that nobody has generated the assignment
        found, reasons = _found_in(place, names, converter.coursedir)
        for name, submission in found.items():
            for note in submission.notes:
                converter.log.warning("%s · %s: %s", visible(place.learner), name, visible(note))
            counted[Path(os.path.abspath(place.folder)) / f"{name}.ipynb"] = submission
        if found:
            for reason in reasons:
                converter.log.warning("%s: %s", visible(place.learner), visible(reason))
            own = [os.path.join(place.folder, f"{name}.ipynb") for name in found]
            converter.assignments[place.folder] = sorted(own)
        else:
            left_out.append(_nothing_in(place, names, reasons))
            converter.assignments.pop(place.folder, None)
    if left_out:
        _fail_at_the_end(converter, left_out)


def _places(coursedir: CourseDirectory) -> list[_Place]:
    """Return the learners' folders that a command names."""
    excluded = set(filter(None, coursedir.student_id_exclude.split(",")))
    directory = coursedir.submitted_directory
    pattern = re.compile(
        coursedir.format_path(directory, "(?P<learner>.*)", "(?P<assignment>.*)", escape=True)
    )
    paths = sorted(
        glob(coursedir.format_path(directory, coursedir.student_id, coursedir.assignment_id))
    )
    matches = [(path, pattern.fullmatch(path)) for path in paths if os.path.isdir(path)]
    places = [_Place(path, m["learner"], m["assignment"]) for path, m in matches if m is not None]
    return [place for place in places if place.learner not in excluded]


def _notebooks_of(coursedir: CourseDirectory, assignment: str) -> frozenset[str]:
    """Return the notebooks of an assignment that a command names, () before it is generated."""
    names = cells_of(coursedir, assignment)
    return frozenset(fnmatch.filter(names, coursedir.notebook_id))


def _found_in(
    place: _Place, names: frozenset[str], coursedir: CourseDirectory
) -> tuple[dict[str, Submission], list[str]]:
    """Return the files that count in a folder by notebook, and why other files were left out."""
    exercises = names & {step.name for step in course.steps()}
    paths, reasons = _notebooks_in(Path(place.folder))
    own = {name: _own_notebook(name, paths, place, coursedir) for name in names - exercises}
    taken = {submission.path for submission in own.values() if submission is not None}
    rest = [path for path in paths if path not in taken]
    surveyed = survey_files(rest, frozenset(exercises), shared_parser())
    found = {name: submission for name, submission in own.items() if submission is not None}
    found |= {
        name: replace(submission, learner=place.learner, notes=_notes(submission))
        for name, submission in surveyed.files.items()
    }
    return found, [*reasons, *surveyed.left_out.values()]


def _notebooks_in(folder: Path) -> tuple[list[Path], list[str]]:
    """Return the notebooks in a folder, and what to do about files that are converted first."""
    paths: list[Path] = []
    reasons: list[str] = []
    memos = memo_texts_in(folder)
    script = _("{name} is no notebook. `autograder notebooks` makes a notebook of it.")
    several = _("{name} holds several exercises. `autograder notebooks` splits it.")
    for path in sorted(folder.iterdir()):
        is_text = path.suffix.lower() == SUFFIXES[1] or path in memos
        if path.name.startswith(".") or not (is_text or looks_like_a_submission(path)):
            continue
        if is_text:
            reasons.append(script.format(name=path.name))
        elif course.step_of_file(path) is None and _begins_several(path):
            reasons.append(several.format(name=path.name))
        else:
            paths.append(path)
    has_notebook = any(path.suffix.lower() == SUFFIXES[0] for path in paths)
    return paths, [] if has_notebook else reasons


def _begins_several(path: Path) -> bool:
    try:
        return bool(exercises_begun(read_content(path)))
    except UnreadableSubmission:
        return False


def _notes(submission: Submission) -> tuple[str, ...]:
    """Return the notes on a file, among them one on a name that nbgrader does not know."""
    path, name = submission.path, submission.exercise
    if path.name == f"{name}.ipynb" or submission.notes:
        return submission.notes
    text = _("{file} was graded as {name}.ipynb").format(file=path.name, name=name)
    return (text,)


def _own_notebook(
    name: str, paths: list[Path], place: _Place, coursedir: CourseDirectory
) -> Submission | None:
    """Return the file that counts for a notebook that is no exercise, such as the memo."""
    expected = Path(place.folder) / f"{name}.ipynb"
    if os.path.lexists(expected):
        return Submission(name, expected, place.learner)
    pattern = re.compile(rf"(?<![a-z0-9]){re.escape(name.lower())}(?![a-z0-9])")
    candidates = [path for path in paths if pattern.search(path.stem.lower())]
    if not candidates:
        released = released_notebook(coursedir, {"assignment": place.assignment, "notebook": name})
        marks = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in released.cells}
        candidates = [path for path in paths if claims_in(path) & (marks - {None})]
    if not candidates:
        return None
    best = max(candidates, key=lambda path: (path.lstat().st_mtime, path.name))
    text = _("{file} was graded as {name}.ipynb").format(file=best.name, name=name)
    return Submission(name, best, place.learner, (text, *_not_counted(best, candidates)))


def _not_counted(best: Path, candidates: list[Path]) -> Iterator[str]:
    text = _("{best} was graded: it is newer than {other}, or the last by its name")
    for path in candidates:
        if path != best:
            yield text.format(best=best.name, other=path.name)


def _nothing_in(place: _Place, names: frozenset[str], reasons: list[str]) -> str:
    """Return what is wrong with a folder without any notebook of the assignment."""
    text = _(
        "{learner} · {assignment} was not graded: {folder} holds no file that can be recognised as "
        "{names}."
    )
    wanted = ", ".join(f"{name}.ipynb" for name in sorted(names))
    given = {"learner": place.learner, "assignment": place.assignment, "folder": place.folder}
    return " ".join([text.format(**given, names=wanted), *reasons])


def _fail_at_the_end(converter: Converter, reasons: list[str]) -> None:
    """Let a command name what it has left out when it is done, and end with an error.

    nbgrader has no hook after the last submission, and it swallows the exceptions of those that it
    has. This replaces the method of the one command, not of its class.
    """
    from nbgrader.converters.base import NbGraderException

    convert = converter.convert_notebooks

    def convert_and_fail() -> None:
        try:
            convert()
        finally:
            for reason in reasons:
                converter.log.error("%s", visible(reason))
        raise NbGraderException("\n".join(map(visible, reasons)))

    converter.convert_notebooks = convert_and_fail  # type: ignore[method-assign]
