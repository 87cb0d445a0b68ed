"""Duplicates: submissions whose code is the same, of which a judge grades the first.

A worker gets the cells that count and, of a script, the numbers of their lines; it gets nothing
else of a submission. So a verdict holds for all submissions that do not differ in these. Lines that
hold only a comment may differ: they neither run nor show in a message. Notes on reading a file stay
the file's own.
"""

import hashlib
import io
import json
import tokenize
from dataclasses import dataclass, field, replace

from autograder.grading.results import DUPLICATE, Result
from autograder.submissions.submission import Parsed


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
    cells = [
        (cell.number, cell.line, without_comment_lines(cell.source)) for cell in parsed.cells_to_run
    ]
    text = json.dumps([parsed.submission.exercise, cells])
    return hashlib.sha256(text.encode()).hexdigest()


def without_comment_lines(source: str) -> str:
    """Return a cell's code with its comment lines emptied, and without empty lines at its end.

    A cell that is not Python, such as the text below a cell magic, stays as it is.
    """
    if source.lstrip().startswith("%%"):
        return source
    lines = source.split("\n")
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            row, column = token.start
            if token.type == tokenize.COMMENT and not lines[row - 1][:column].strip():
                lines[row - 1] = ""
    except (SyntaxError, ValueError, tokenize.TokenError):
        return source
    return "\n".join(lines).rstrip()


def duplicate_result(result: Result, original: Parsed, duplicate: Parsed) -> Result:
    """Return the result of a duplicate.

    Args:
        result: The result of the original.
        original: The submission that was judged.
        duplicate: A submission with the same code; it keeps its own learner, path and notes.
    """
    others = (note for note in result.report.notes if note not in original.notes)
    report = replace(
        result.report,
        submission=duplicate.submission.path.as_posix(),
        sha256=duplicate.sha256,
        notes=tuple(dict.fromkeys((*duplicate.notes, *others))),
    )
    return replace(result, learner=duplicate.submission.learner, report=report, origin=DUPLICATE)
