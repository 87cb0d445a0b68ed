"""Notebooks that a person grades: the memo, and an instructor's own questions.

nbgrader shows each written answer in formgrader, where an instructor enters its points. Nothing of
such a notebook runs: the instructor sees the outputs that the learner handed in.
"""

# nbformat is not annotated.
# mypy: disable-error-code="no-untyped-call,no-any-return"

from copy import deepcopy
from pathlib import Path
from typing import Any

import jupytext
from nbformat import NotebookNode, from_dict

from autograder.bundle.manifest import MEMO
from autograder.course.pages import page_text
from autograder.nbgrading.plain_outputs import make_outputs_plain
from autograder.nbgrading.source_notebooks import SCHEMA, complete_source, write_notebook
from autograder.util.i18n import _

POINTS_OF_A_QUESTION = 3
_KEPT = "autograder_outputs"


def memo_source(language: str = "en") -> NotebookNode:
    """Return the memo as nbgrader's source: every written answer is graded by hand.

    Args:
        language: The language of the page.
    """
    notebook = jupytext.reads(page_text(MEMO, language), fmt="py:percent")
    complete_source(notebook, MEMO, language)
    answers = [cell for cell in notebook.cells if "answer" in cell.metadata.get("tags", ())]
    for number, cell in enumerate(answers, start=1):
        cell.metadata["nbgrader"] = _metadata(f"{MEMO}_{number}")
    return notebook


def write_memo_source(path: Path, language: str = "en") -> None:
    """Write the memo's source notebook in a language."""
    write_notebook(memo_source(language), path)


def is_graded_by_hand(notebook: NotebookNode) -> bool:
    """Return whether a notebook has points, and none of them for what its code does."""
    graded = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]
    return bool(graded) and all(cell.cell_type == "markdown" for cell in graded)


def restore_written_answers(
    notebook: NotebookNode, released: NotebookNode, put_back: bool = True
) -> list[str]:
    """Find the written answers of a notebook that has lost nbgrader's metadata.

    An answer is what a learner wrote between the question, as it was released, and the next text
    that was released. Several cells become one.

    Args:
        notebook: The learner's notebook; changed in place.
        released: The notebook as learners received it.
        put_back: Whether an answer whose question is gone stands at the end, as it was released.

    Returns:
        A sentence for each answer that has no place.
    """
    wanted = [c for c in released.cells if _is_written_answer(c)]
    present = {c.metadata.get("nbgrader", {}).get("grade_id") for c in notebook.cells}
    notes: list[str] = []
    for cell in wanted:
        name = cell.metadata.nbgrader["grade_id"]
        if name in present:
            continue
        answer = deepcopy(cell)
        question = _text_before(cell, released)
        place = next((n for n, c in enumerate(notebook.cells) if c.source == question), None)
        if place is None and not put_back:
            continue
        if place is None:
            notes.append(_("{cell} was missing and is put back").format(cell=name))
            notebook.cells.append(answer)
            continue
        own = _cells_after(place, notebook, released)
        if own:
            answer.source = "\n\n".join(c.source for c in own)
            attachments = {k: v for c in own for k, v in c.get("attachments", {}).items()}
            if attachments:
                answer["attachments"] = from_dict(attachments)
        notebook.cells[place + 1 : place + 1 + len(own)] = [answer]
    return notes


def keep_outputs(notebook: NotebookNode) -> None:
    """Keep the outputs as they were handed in through nbgrader's own clearing of outputs."""
    shown = deepcopy(notebook)
    make_outputs_plain(shown)
    for cell, plain in zip(notebook.cells, shown.cells, strict=True):
        if cell.cell_type == "code":
            cell.metadata[_KEPT] = plain.outputs


def show_kept_outputs(notebook: NotebookNode) -> None:
    """Give the cells the outputs that `keep_outputs` kept."""
    for cell in notebook.cells:
        kept = cell.metadata.pop(_KEPT, None)
        if kept is not None and cell.cell_type == "code":
            cell.outputs = kept


def _metadata(name: str) -> dict[str, Any]:
    return {
        "grade": True,
        "grade_id": name,
        "locked": False,
        "points": POINTS_OF_A_QUESTION,
        "schema_version": SCHEMA,
        "solution": True,
        "task": False,
    }


def _is_written_answer(cell: NotebookNode) -> bool:
    nbgrader = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "markdown" and bool(nbgrader.get("grade") and nbgrader.get("solution"))


def _text_before(cell: NotebookNode, released: NotebookNode) -> str | None:
    place = next(n for n, each in enumerate(released.cells) if each is cell)
    return released.cells[place - 1].source if place else None


def _cells_after(place: int, notebook: NotebookNode, released: NotebookNode) -> list[NotebookNode]:
    """Return the text cells after a question, up to the next cell that was released."""
    known = {c.source for c in released.cells if not _is_written_answer(c)}
    own = []
    for cell in notebook.cells[place + 1 :]:
        if cell.cell_type != "markdown" or cell.source in known:
            break
        own.append(cell)
    return own
