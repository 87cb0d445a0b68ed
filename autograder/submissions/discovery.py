"""Discovery of the submissions in a file or folder: which file holds which exercise.

No function here follows a link out of a folder. `which_file_counts` chooses between two files of
one exercise; `safe_read` reads a file, `parse` parses it.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder import course
from autograder.course.pages import page_names
from autograder.submissions.cells import UnreadableSubmission, refusal
from autograder.submissions.parse import note_on_name
from autograder.submissions.reader import OWN_READER, Reader
from autograder.submissions.safe_read import read_content
from autograder.submissions.sections import exercises_begun
from autograder.submissions.submission import Submission
from autograder.submissions.which_file_counts import which_counts
from autograder.util.i18n import _

SUFFIXES = (".ipynb", ".py")

_ADDED_BY_BROWSERS = (".json", ".txt")
_PACKED = (".zip", ".rar", ".7z", ".tar", ".tgz", ".gz")


@dataclass(frozen=True)
class Found:
    """The submissions in a file or folder.

    Attributes:
        files: The submissions by exercise, in course order.
        left_out: Other files that may be somebody's work, with the reason for leaving them out.
        candidates: All files for an exercise, also those that do not count, by exercise.
    """

    files: dict[str, Submission]
    left_out: dict[Path, str] = field(default_factory=dict)
    candidates: dict[str, tuple[Path, ...]] = field(default_factory=dict)


def find(target: Path, wanted: frozenset[str] | None = None) -> dict[str, Submission]:
    """Return the submissions in a file or folder (see `which_file_counts` for several files).

    A file that cannot be read is found all the same, so that it does not hide the others.

    Args:
        target: The file or folder.
        wanted: The names of the exercises to look for, None for all.

    Returns:
        The submissions by exercise, in course order.

    Raises:
        UnreadableSubmission: There is no file or folder, or no exercise in it.
    """
    found = survey(target, wanted)
    if found.files:
        return found.files
    if not target.is_dir() and found.left_out:
        raise UnreadableSubmission(found.left_out[target])
    example = sorted(wanted)[0] if wanted else course.steps()[0].name
    text = _("{path} does not hold the exercise: its file is named {example}.py or .ipynb.")
    sentences = [text.format(path=target, example=example), *found.left_out.values()]
    raise UnreadableSubmission(" ".join(sentences))


def survey(
    target: Path,
    wanted: frozenset[str] | None = None,
    reader: Reader = OWN_READER,
) -> Found:
    """Return the submissions in a file or folder, and the files that are left out.

    Where no file whose name holds an exercise's name holds work, a file that defines the exercise's
    functions counts. A notebook of several exercises (see `sections`) is a file for each of them.

    Args:
        target: The file or folder.
        wanted: The names of the exercises to look for, None for all.
        reader: Reads the files between which a choice is needed.

    Raises:
        UnreadableSubmission: There is no such file or folder, or it cannot be opened.
    """
    return survey_files(_files(target), wanted, reader, target)


def survey_files(
    paths: Iterable[Path],
    wanted: frozenset[str] | None = None,
    reader: Reader = OWN_READER,
    alone: Path | None = None,
) -> Found:
    """Return the submissions among some files of one learner (see `survey`).

    Args:
        paths: The files.
        wanted: The names of the exercises to look for, None for all.
        reader: Reads the files between which a choice is needed.
        alone: A file that was named by itself, so that it must be a submission.
    """
    steps = [s.name for s in course.steps() if wanted is None or s.name in wanted]
    by_step: dict[str, list[Path]] = {}
    others: list[Path] = []
    for path in paths:
        step = _step_named_in(path)
        begun = _exercises_begun_in(path) if step is None else ()
        if begun:
            for name in begun:
                by_step.setdefault(name, []).append(path)
        elif step is None or not looks_like_a_submission(path):
            others.append(path)
        else:
            by_step.setdefault(step.name, []).append(path)
    recognised: dict[str, list[Path]] = {}
    left_out: dict[Path, str] = {}
    for path in others:
        try:
            exercise = _recognised(path, frozenset(steps), path == alone, reader)
        except UnreadableSubmission as error:
            if path == alone or not _is_page(path):
                left_out[path] = str(error)
            continue
        if exercise is not None:
            recognised.setdefault(exercise, []).append(path)
    files: dict[str, Submission] = {}
    candidates: dict[str, tuple[Path, ...]] = {}
    for name in steps:
        named, others = by_step.get(name, []), recognised.get(name, [])
        if not named and not others:
            continue
        candidates[name] = (*named, *others)
        if named and others and _holds_work(named, name, reader):
            others = []
        best = which_counts(name, [*named, *others], reader)
        if best.path in others:
            best = replace(best, notes=(note_on_name(best.path.name, name), *best.notes))
        files[name] = best
    return Found(files, left_out, candidates)


def _step_named_in(path: Path) -> course.Step | None:
    """Return the exercise whose name stands in a file's name, at its beginning or after words."""
    step = course.step_of_file(path)
    if step is not None:
        return step
    stem = path.stem.lower()
    return next(
        (
            step
            for step in course.steps()
            if re.search(rf"(?<![a-z0-9])(?<!test_){step.name}(?![a-z])", stem)
        ),
        None,
    )


def _is_page(path: Path) -> bool:
    """Return whether a file is named like a page of the course, such as the memo."""
    stem = path.stem.lower()
    return any(re.match(rf"{page}(?![a-z])", stem) for page in page_names())


def _holds_work(paths: list[Path], exercise: str, reader: Reader) -> bool:
    """Return whether a file named for an exercise holds work, so that no other file counts."""
    for path in paths:
        try:
            if reader.work_in(read_content(path), path.name, exercise):
                return True
        except UnreadableSubmission:
            continue
    return False


def _exercises_begun_in(path: Path) -> tuple[str, ...]:
    """Return the exercises of a notebook that holds several, () for any other file."""
    if not looks_like_a_submission(path) or not os.path.isfile(path):
        return ()
    try:
        return exercises_begun(read_content(path))
    except UnreadableSubmission:
        return ()


def _files(target: Path) -> list[Path]:
    """Return the target, or the files in it that are not hidden.

    Folders in it count where they are named like submissions; reading refuses them.
    """
    try:
        if not os.path.lexists(target):
            text = _("There is no file or folder {path}.")
            raise UnreadableSubmission(text.format(path=target))
        if not target.is_dir():
            return [target]
        paths = [path for path in sorted(target.iterdir()) if not path.name.startswith(".")]
        return [path for path in paths if looks_like_a_submission(path) or not os.path.isdir(path)]
    except OSError as error:
        text = _("{path} cannot be opened: {reason}.")
        raise UnreadableSubmission(text.format(path=target, reason=error.strerror)) from error


def looks_like_a_submission(path: Path) -> bool:
    """Return whether a name ends like a script or notebook, also before a browser's addition."""
    suffix = path.suffix.lower()
    if suffix in _ADDED_BY_BROWSERS:
        suffix = Path(path.stem).suffix.lower()
    return suffix in SUFFIXES


def _recognised(path: Path, wanted: frozenset[str], alone: bool, reader: Reader) -> str | None:
    """Return the exercise that a file of another name holds, None for a file of another kind.

    Raises:
        UnreadableSubmission: The file seems to be an exercise and is not.
    """
    suffix = path.suffix.lower()
    if suffix in _PACKED:
        raise refusal(path.name, _("it is an archive"), _("Unpack it and hand in what is in it."))
    if not looks_like_a_submission(path):
        if alone or course.step_of_file(path) is not None:
            reason = _("it is neither a script (.py) nor a notebook (.ipynb)")
            raise refusal(path.name, reason, _("Hand in the .py or .ipynb file itself."))
        return None
    if not (alone or os.path.isfile(path)):
        return None
    data = read_content(path)
    if not alone and not _mentions(data, wanted):
        return None
    exercise = reader.recognised_exercise(data, path.name)
    return exercise if exercise in wanted else None


def _mentions(data: bytes, exercises: frozenset[str]) -> bool:
    """Return whether a file seems to define a function of these exercises, without parsing it."""
    functions = [name for exercise in exercises for name in course.step(exercise).functions]
    return any(f"def {name}(".encode() in data for name in functions)
