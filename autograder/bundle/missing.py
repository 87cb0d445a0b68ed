"""Sentences that name the missing parts of a learner's work before `submit` bundles it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from autograder import course
from autograder.bundle.manifest import MEMO
from autograder.bundle.ran import raised_in
from autograder.bundle.work import Gathered, Work
from autograder.reports.model import Report, owed
from autograder.util.i18n import _, ngettext
from autograder.util.text import shortened
from autograder.workspace.documents import UnreadableDocument, read_document, same_text
from autograder.workspace.place import Workspace

if TYPE_CHECKING:
    from nbformat import NotebookNode

ANSWER = "answer"
"""The tag of a cell for a written answer."""

MAX_RAISED = 3
MAX_TEXT = 100


def missing(
    workspace: Workspace,
    gathered: Gathered,
    reports: list[Report],
    executed: "Mapping[str, NotebookNode]",
) -> list[str]:
    """Return a sentence on everything that is missing.

    Args:
        workspace: The workspace.
        gathered: The work in it.
        reports: The reports on its exercises.
        executed: The notebooks that ran, by name.
    """
    sentences = [str(reason) for reason in gathered.unreadable]
    sentences += _without_file(workspace, gathered)
    for report in owed(reports):
        sentences += _on_functions(report)
    for work in gathered.works:
        if work.name != MEMO:
            sentences += _on_answers(workspace, work)
    sentences += _on_memo(workspace, gathered)
    for name, notebook in executed.items():
        sentences += _on_errors(name, notebook)
    return sentences


def _without_file(workspace: Workspace, gathered: Gathered) -> Iterator[str]:
    """Yield a sentence on each exercise of the core whose file is gone."""
    there = {work.name for work in gathered.works}
    for step in course.steps():
        delivered = (workspace.delivered / f"{step.name}.py").is_file()
        if step.core and delivered and step.name not in there:
            text = _("{exercise}: there is no file of yours that can be read.")
            yield text.format(exercise=step.name)


def _on_functions(report: Report) -> Iterator[str]:
    if not report.functions:
        reason = report.notes[0] if report.notes else _("it cannot be checked")
        yield _("{exercise}: {reason}").format(exercise=report.exercise, reason=reason)
    todo = [f.name for f in report.functions if f.outcome == "todo"]
    failing = [f.name for f in report.functions if f.outcome not in {"passed", "todo"}]
    if todo:
        text = _("{exercise}: still to write: {names}.")
        yield text.format(exercise=report.exercise, names=", ".join(todo))
    if failing:
        text = ngettext(
            "{exercise}: {names} does not pass.",
            "{exercise}: {names} do not pass.",
            len(failing),
        )
        yield text.format(exercise=report.exercise, names=", ".join(failing))


def _on_answers(workspace: Workspace, work: Work) -> Iterator[str]:
    """Yield a sentence where written answers are blank or as they were delivered."""
    delivered = _delivered(workspace, work.name)
    if delivered is None:
        return
    texts = [cell.source.strip() for cell in _answers(delivered)]
    own = [cell.source.strip() for cell in _answers(work.document)]
    n_written = sum(bool(text) and text not in texts for text in own)
    if not own:  # some editors drop tags: then a text that is gone was replaced
        present = {cell.source.strip() for cell in work.document.cells}
        n_written = sum(text not in present for text in texts)
    n_empty = max(len(texts) - n_written, 0)
    if n_empty:
        text = ngettext(
            "{exercise}: {n} written answer of {total} is empty.",
            "{exercise}: {n} written answers of {total} are empty.",
            n_empty,
        )
        yield text.format(exercise=work.name, n=n_empty, total=len(texts))


def _on_memo(workspace: Workspace, gathered: Gathered) -> Iterator[str]:
    """Yield a sentence where the course has a memo, and the learner has written nothing in it."""
    delivered = _delivered(workspace, MEMO)
    if delivered is None:
        return
    memo = next((work for work in gathered.works if work.name == MEMO), None)
    if memo is None:
        yield _("memo: there is no file of yours.")
    elif same_text(memo.document, delivered):
        yield _("memo: it is as it was delivered.")
    else:
        yield from _on_answers(workspace, memo)


def _on_errors(name: str, notebook: "NotebookNode") -> Iterator[str]:
    raised = raised_in(notebook)
    for error in raised[:MAX_RAISED]:
        if error.kind == "KeyboardInterrupt":
            text = _("{name}: cell {n} took too long and was stopped.")
        else:
            text = _("{name}: cell {n} raised {kind}: {text}")
        said = shortened(error.text, MAX_TEXT)
        yield text.format(name=name, n=error.number, kind=error.kind, text=said).rstrip(" :")
    n_more = len(raised) - MAX_RAISED
    if n_more > 0:
        text = ngettext(
            "{name}: {n} more cell raised an error.",
            "{name}: {n} more cells raised errors.",
            n_more,
        )
        yield text.format(name=name, n=n_more)


def _answers(document: "NotebookNode") -> "list[NotebookNode]":
    return [cell for cell in document.cells if ANSWER in cell.metadata.get("tags", ())]


def _delivered(workspace: Workspace, name: str) -> "NotebookNode | None":
    try:
        return read_document(workspace.delivered / f"{name}.py")
    except UnreadableDocument:
        return None
