"""The rule which of several files of a learner for one exercise counts."""

import os
from pathlib import Path

from autograder.submissions.safe_read import leads_out
from autograder.submissions.submission import Submission
from autograder.util.i18n import _


def newest(exercise: str, paths: list[Path]) -> Submission:
    """Return the newest plain file for an exercise; of equally old files a notebook.

    Args:
        exercise: The exercise's name.
        paths: One or more files; the order does not matter.

    Returns:
        The submission, with a note on every other file.
    """
    best, *others = sorted(paths, key=_rank, reverse=True)
    return Submission(exercise, best, notes=tuple(_note_on_pair(best, other) for other in others))


def _rank(path: Path) -> tuple[bool, float, bool, tuple[int, str]]:
    readable = os.path.isfile(path) and not leads_out(path)
    shortest_name = (-len(path.name), path.name)
    return readable, _modified(path), path.suffix.lower() == ".ipynb", shortest_name


def _modified(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0


def _note_on_pair(best: Path, other: Path) -> str:
    if not _rank(other)[0]:
        text = _("{best} was checked: {other} is no plain file")
    elif _modified(best) > _modified(other):
        text = _("{best} was checked: it is newer than {other}")
    else:
        text = _("{best} was checked, and {other} was not: they are equally old")
    return text.format(best=best.name, other=other.name)
