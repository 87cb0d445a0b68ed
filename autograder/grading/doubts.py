"""Doubts about the files of one learner: which of them a person should look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder import course
from autograder.grading.gathering import Gathered
from autograder.grading.intake.names import label_in, names_somebody, without_accents
from autograder.submissions.discovery import Found
from autograder.submissions.reader import Reader
from autograder.submissions.which_file_counts import work_in
from autograder.util.i18n import _


def is_beside_work(path: Path, found: Found, reader: Reader) -> bool:
    """Return whether a file that nobody can grade, such as a PDF, lies beside work of its name."""
    step = course.step_of_file(path)
    submission = found.files.get(step.name) if step is not None else None
    return submission is not None and bool(work_in(submission.path, submission.exercise, reader))


def of_several_people(
    person: Gathered, found: Found, shown: Mapping[Path, Path], reader: Reader
) -> list[str]:
    """Return a sentence on each exercise whose files name several people.

    Files with different work may lie in two folders that may be of two people, or files with work
    may have two people's names in their names.

    Args:
        person: The learner whose files they are taken for.
        found: What was found in the files.
        shown: The files as an instructor knows them.
        reader: Reads the files.
    """
    sentences: list[str] = []
    text = _(
        "{learner}: work for {exercise} lies in {own} and in {others}, and {own} was graded. If "
        "these are of several people, put them into folders of their names, or name them one by "
        "one."
    )
    for exercise, submission in found.files.items():
        own = _place(submission.path, shown, person)
        work = None
        others: list[str] = []
        for path in found.candidates[exercise]:
            place = _place(path, shown, person)
            if own is None or place is None or not _are_of_two(own, place):
                continue
            work = work or work_in(submission.path, exercise, reader)
            other = work_in(path, exercise, reader)
            if work and other and (place.is_file or other != work):
                others.append(place.name)
        if own is not None and others:
            names = ", ".join(dict.fromkeys(others))
            sentences.append(
                text.format(learner=person.name, exercise=exercise, own=own.name, others=names)
            )
    return sentences


@dataclass(frozen=True)
class _Place:
    """A folder in a learner's folder, or a file right in it, whose name may be a person's."""

    name: str
    words: frozenset[str]
    is_file: bool


def _place(path: Path, shown: Mapping[Path, Path], person: Gathered) -> _Place | None:
    known = shown.get(path, path)
    home = next((home for home in person.homes if known.is_relative_to(home)), None)
    if home is None:
        return None
    first, *rest = known.relative_to(home).parts or ("",)
    if rest and not names_somebody(first):
        return None
    words = without_accents(label_in(first if rest else Path(first).stem)).split()
    return _Place(first, frozenset(words), not rest) if words else None


def _are_of_two(one: _Place, other: _Place) -> bool:
    return one.is_file == other.is_file and not one.words & other.words
