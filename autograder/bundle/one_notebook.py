"""All exercises in one notebook, which runs from the top and is graded like separate notebooks."""

from typing import TYPE_CHECKING

from autograder.bundle.manifest import WHOLE_COURSE
from autograder.bundle.work import Work
from autograder.submissions.sections import beginning
from autograder.workspace.documents import KERNEL

if TYPE_CHECKING:
    from nbformat import NotebookNode


def joined(works: list[Work]) -> list[Work]:
    """Return the works with one notebook in place of those of the exercises."""
    exercises = [work for work in works if work.submission is not None]
    pages = [work for work in works if work.submission is None]
    if not exercises:
        return pages
    return [Work(WHOLE_COURSE, _document(exercises)), *pages]


def _document(works: list[Work]) -> "NotebookNode":
    from nbformat.v4 import new_code_cell, new_notebook

    cells = []
    for work in works:
        cells.append(new_code_cell(beginning(work.name)))
        cells += [cell.copy() for cell in work.document.cells]
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
