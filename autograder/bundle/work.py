"""A learner's work in a workspace: the documents that are handed in, one an exercise or page."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import course
from autograder.bundle.manifest import MEMO
from autograder.submissions.cells import UnreadableSubmission, Written
from autograder.submissions.discovery import find
from autograder.submissions.reader import work_in
from autograder.submissions.safe_read import read_content
from autograder.submissions.sections import section_of
from autograder.submissions.submission import Submission
from autograder.util.i18n import _, clause
from autograder.workspace.documents import UnreadableDocument, document_of
from autograder.workspace.pairs import settle
from autograder.workspace.place import Workspace

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class Work:
    """One document of a learner's.

    Attributes:
        name: The exercise or page.
        document: Its text, as a notebook.
        submission: The file that is checked; None for a page.
    """

    name: str
    document: "NotebookNode"
    submission: Submission | None = None


@dataclass
class Gathered:
    """The documents of a workspace.

    Attributes:
        works: The documents that are handed in: exercises in course order, then the memo.
        untouched: Bonus exercises that nobody has begun; they are not handed in.
        notes: What was noticed while the files were chosen, a sentence each.
        unreadable: The files that cannot be read and are not handed in, a sentence each.
    """

    works: list[Work] = field(default_factory=list)
    untouched: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def gather(workspace: Workspace) -> Gathered:
    """Settle every pair of a workspace and return the work in it.

    The file that counts for an exercise is the one that is checked everywhere (see
    `submissions.which_file_counts`), also where it is no file of the pair.

    Args:
        workspace: The workspace.

    Raises:
        NotWritten: A file of a pair cannot be written.
    """
    gathered = Gathered()
    settled = dict(_settled(workspace, gathered))
    try:
        files = find(workspace.root)
    except UnreadableSubmission:
        files = {}
    for exercise, submission in files.items():
        gathered.notes += [_whole_note(exercise, note) for note in submission.notes]
        if _is_untouched_bonus(submission):
            gathered.untouched.append(exercise)
            continue
        document = settled.get(submission.path.with_suffix(""))
        if document is None:
            document = _read(submission, gathered)
        if document is not None:
            gathered.works.append(Work(exercise, document, submission))
    memo = settled.get(workspace.root / MEMO)
    if memo is not None:
        gathered.works.append(Work(MEMO, memo))
    return gathered


def _whole_note(exercise: str, note: str) -> str:
    text = _("{exercise}: {note}.")
    return text.format(exercise=exercise, note=clause(note))


def _settled(workspace: Workspace, gathered: Gathered) -> "Iterator[tuple[Path, NotebookNode]]":
    """Yield the text of every pair by its path without ending."""
    names = [step.name for step in course.steps()]
    pages = {path.stem for path in workspace.delivered.glob("*.py")} | {MEMO}
    for name in (*names, *sorted(pages - set(names))):
        try:
            pair = settle(workspace, name)
        except UnreadableDocument as error:
            gathered.unreadable.append(str(error))
            continue
        if pair is not None:
            gathered.notes += [pair.note] if pair.note else []
            yield workspace.root / name, pair.document


def _is_untouched_bonus(submission: Submission) -> bool:
    if not course.step(submission.exercise).bonus:
        return False
    try:
        content = read_content(submission.path)
        return not work_in(content, submission.path.name, submission.exercise)
    except UnreadableSubmission:
        return False


def _read(submission: Submission, gathered: Gathered) -> "NotebookNode | None":
    """Return a file that is no part of a pair; None, with a sentence, where it is unreadable.

    If a notebook holds several exercises, this function returns the section of the exercise.
    """
    path = submission.path
    suffix = ".ipynb" if ".ipynb" in path.name.lower() else ".py"
    try:
        document = document_of(path.read_text(encoding="utf-8-sig"), suffix)
    except Exception as error:
        text = _("{path} cannot be read: {reason}.").format(path=path, reason=error)
        if text not in gathered.unreadable:
            gathered.unreadable.append(text)
        return None
    written = [
        Written(number, cell.cell_type, cell.source)
        for number, cell in enumerate(document.cells, start=1)
    ]
    own = section_of(written, submission.exercise)
    if own is not None:
        document.cells = [document.cells[cell.number - 1] for cell in own]
    return document


def sentence_on_untouched(gathered: Gathered) -> str:
    """Return the sentence on bonus exercises that are not handed in, "" where there are none."""
    if not gathered.untouched:
        return ""
    text = _("Not begun, and not part of the bundle: {names} (bonus).")
    return text.format(names=", ".join(gathered.untouched))
