"""Duplicates: submissions that their code cannot tell apart, of which a judge grades the first.

A worker gets three things of a submission: the exact source of every cell to run, comments
included, the cell's number and line, and the label in file names. Code can read all three, its
comments by `inspect.getsource` for example. So submissions are duplicates only where all three are
equal. Prose, check cells and demonstrations do not count. Notes on reading a file stay the file's
own.
"""

import hashlib
import json
from dataclasses import dataclass, field, replace

from autograder.grading.results import DUPLICATE, Result
from autograder.submissions.submission import Parsed
from autograder.util.i18n import identity


@dataclass
class Group:
    """A submission that is or was judged, and the duplicates that wait for its result.

    The duplicates hold no cells, since those of the original are as good.
    """

    original: Parsed
    waiting: list[Parsed] = field(default_factory=list)
    judged: bool = False


def code_digest(parsed: Parsed) -> str:
    """Return a digest of all that a submission's code can see of it."""
    cells = [(cell.number, cell.line, cell.source) for cell in parsed.cells_to_run]
    text = json.dumps([parsed.submission.exercise, cells])
    return hashlib.sha256(text.encode()).hexdigest()


def duplicate_result(result: Result, original: Parsed, duplicate: Parsed) -> Result:
    """Return the result of a duplicate.

    Args:
        result: The result of the original.
        original: The submission that was judged.
        duplicate: A submission with the same code; it keeps its own learner, path and notes.
    """
    own = {identity(note) for note in original.notes}
    others = (note for note in result.report.notes if identity(note) not in own)
    report = replace(
        result.report,
        submission=duplicate.submission.path.as_posix(),
        sha256=duplicate.sha256,
        notes=tuple(dict.fromkeys((*duplicate.notes, *others))),
        language=duplicate.language,
    )
    return replace(result, learner=duplicate.submission.learner, report=report, origin=DUPLICATE)
