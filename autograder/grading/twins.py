"""Submissions whose code is the same: one of them is judged, and the verdict is every one's.

A worker gets nothing of a submission but the cells that count and, of a script, where they stand:
what holds for one holds for its twins. Lines of nothing but a comment, which neither run nor show
in a message, may differ. What was noticed while a file was read stays its own.
"""

import hashlib
import io
import json
import tokenize
from dataclasses import dataclass, replace

from autograder.files import UnreadableSubmission, digest, read_bytes
from autograder.grading.grader import Submitted
from autograder.grading.results import Result

# A larger file is left to its judge, whose time and memory have limits.
MAX_COMPARED = 4 * 2**20


@dataclass(frozen=True)
class Work:
    """A submission as it was read: what its file holds, and a digest of the code that counts.

    code: None for what was not read, and has no twin. key: see `Store.key`.
    """

    submitted: Submitted
    sha256: str
    key: str
    code: str | None = None
    notes: tuple[str, ...] = ()


def work_of(submitted: Submitted, content: bytes, key: str) -> Work:
    """What tells a submission from others.

    Raises `UnreadableSubmission` for what cannot be graded.
    """
    work = Work(submitted, digest(content), key)
    if len(content) > MAX_COMPARED:
        return work
    try:
        reading = read_bytes(content, submitted.file.path.name, submitted.exercise)
    except UnreadableSubmission:
        raise
    except Exception:
        return work
    cells = [
        (cell.number, cell.line, without_comment_lines(cell.source))
        for cell in reading.cells
        if cell.runs_in_checks
    ]
    text = json.dumps([submitted.exercise, cells])
    code = hashlib.sha256(text.encode()).hexdigest()
    return replace(work, code=code, notes=(*submitted.file.notes, *reading.notes))


def without_comment_lines(source: str) -> str:
    """A cell's code with the lines of nothing but a comment emptied, and none of them at its end.

    What is no Python, such as the text below a cell's magic, stays as it is.
    """
    if source.lstrip().startswith("%%"):
        return source
    lines = source.split("\n")
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            row, column = token.start
            if token.type == tokenize.COMMENT and not lines[row - 1][:column].strip():
                lines[row - 1] = ""
    except (SyntaxError, tokenize.TokenError):
        return source
    return "\n".join(lines).rstrip()


def by_code(works: list[Work]) -> list[list[Work]]:
    """The submissions in groups of twins, in the order of the first of each."""
    groups: dict[object, list[Work]] = {}
    for work in works:
        groups.setdefault(work.code or id(work), []).append(work)
    return list(groups.values())


def holds_for_twins(result: Result, first: Work) -> bool:
    """Whether a verdict is sound, and on the code that was read before."""
    return result.sound and result.report.sha256 == first.sha256


def of_twin(result: Result, first: Work, twin: Work) -> Result:
    """The result of a twin, by the result of the first."""
    others = (note for note in result.report.notes if note not in first.notes)
    report = replace(
        result.report,
        submission=twin.submitted.file.path.as_posix(),
        sha256=twin.sha256,
        notes=tuple(dict.fromkeys((*twin.notes, *others))),
    )
    return replace(result, learner=twin.submitted.learner, report=report)
