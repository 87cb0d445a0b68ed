"""The rule which of several files of a learner for one exercise counts.

1. A file with work in it counts before an untouched one, and before one that cannot be read.
2. Among these files, one that is newer by more than two seconds, the resolution of a zip archive,
   counts before the others.
3. Otherwise the last file by the natural order of names counts (v10 after v2).
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.reader import OWN_READER, Reader
from autograder.submissions.safe_read import leads_out, read_content
from autograder.submissions.submission import Submission
from autograder.util.i18n import _

RESOLUTION = 2.0
"""Seconds by which the times of two files must differ before they say which is newer."""


@dataclass(frozen=True)
class Candidate:
    """A file that may count.

    Attributes:
        path: The file.
        plain: Whether it is a plain file of its own folder.
        modified: When it was written last, in seconds since 1970.
        work: A digest of the work in it (see `Reader.work_in`); "" where there is none, None where
            the file cannot be read.
    """

    path: Path
    plain: bool
    modified: float
    work: str | None


def which_counts(exercise: str, paths: Sequence[Path], reader: Reader = OWN_READER) -> Submission:
    """Return the file that counts for an exercise.

    Args:
        exercise: The exercise's name.
        paths: One or more files; the order does not matter.
        reader: Reads the files.

    Returns:
        The submission, with a note on every other file. A notebook and its script with the same
        work are one document, and need no note.
    """
    if len(paths) == 1:
        return Submission(exercise, paths[0])
    candidates = [_candidate(exercise, path, reader) for path in paths]
    best = _best(candidates)
    notes = [_note(best, other) for other in candidates if not _is_same_document(best, other)]
    return Submission(exercise, best.path, notes=tuple(notes))


def _best(candidates: list[Candidate]) -> Candidate:
    for first in (lambda c: c.plain, lambda c: bool(c.work), lambda c: c.work is None):
        candidates = [c for c in candidates if first(c)] or candidates
    newest = max(candidate.modified for candidate in candidates)
    as_new = [c for c in candidates if newest - c.modified <= RESOLUTION]
    return max(as_new, key=lambda candidate: _natural(candidate.path))


def _is_same_document(best: Candidate, other: Candidate) -> bool:
    """Return whether a file is the one that counts, or its pair with the same work."""
    if other is best:
        return True
    same_name = best.path.with_suffix("") == other.path.with_suffix("")
    return same_name and best.work is not None and best.work == other.work


def _candidate(exercise: str, path: Path, reader: Reader) -> Candidate:
    plain = os.path.isfile(path) and not leads_out(path)
    return Candidate(
        path, plain, _modified(path), work_in(path, exercise, reader) if plain else None
    )


def work_in(path: Path, exercise: str, reader: Reader = OWN_READER) -> str | None:
    """Return a digest of the work in a file, "" where there is none, None for no readable file."""
    try:
        return reader.work_in(read_content(path), path.name, exercise)
    except UnreadableSubmission:
        return None


def _modified(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0


def _natural(path: Path) -> tuple[list[tuple[str, int]], str, str]:
    """Return a key that sorts v2 before v10, and a name before the same name with an addition."""
    parts = re.findall(r"(\D*)(\d{0,18})", path.stem.casefold())
    return [(words, int(number or 0)) for words, number in parts], path.suffix, str(path)


def _note(best: Candidate, other: Candidate) -> str:
    if best.plain and not other.plain:
        text = _("{best} was checked: {other} is no plain file")
    elif best.work and other.work is None:
        text = _("{best} was checked: {other} cannot be read")
    elif best.work and not other.work:
        text = _("{best} was checked: there is no work in {other}")
    elif best.work is None and other.work == "":
        text = _("{best} was checked, although it cannot be read: {other} is untouched")
    elif best.work and best.work == other.work:
        text = _("{best} was checked: {other} holds the same work")
    elif best.modified - other.modified > RESOLUTION:
        text = _("{best} was checked: it is newer than {other}")
    elif not best.work:
        text = _("{best} was checked: neither it nor {other} holds work")
    else:
        text = _(
            "{best} was checked, and {other} was not: they are equally old and differ, so that "
            "only their names could decide. Look at both."
        )
    names = best.path.name, other.path.name
    if best.path.parent != other.path.parent:
        names = _with_folder(best.path), _with_folder(other.path)
    return text.format(best=names[0], other=names[1])


def _with_folder(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
