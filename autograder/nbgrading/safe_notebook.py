"""Notebooks of learners that formgrader can show: harmless texts, and images that they hold."""

# nbformat is not annotated.
# mypy: disable-error-code="no-untyped-call"

from nbformat import NotebookNode, from_dict

from autograder.nbgrading.attachments import accepted_attachments
from autograder.nbgrading.harmless_text import make_harmless, note_missing_images


def make_texts_harmless(notebook: NotebookNode, released: NotebookNode) -> None:
    """Make the text cells that differ from the released ones harmless.

    Args:
        notebook: The learner's notebook; changed in place.
        released: The notebook as learners received it.
    """
    own = {cell.source for cell in released.cells}
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        _accept_attachments(cell)
        if cell.source not in own:
            make_harmless(cell)
        else:
            cell.source = note_missing_images(cell.source, cell.get("attachments", {}))


def make_own_notebook_harmless(notebook: NotebookNode, released: NotebookNode) -> None:
    """Make a learner's version of an instructor's own notebook harmless to show.

    Args:
        notebook: The learner's notebook as the file holds it; changed in place.
        released: The notebook as learners received it.
    """
    kept = ("kernelspec", "language_info")
    metadata = {name: notebook.metadata[name] for name in kept if name in notebook.metadata}
    notebook.metadata = from_dict(metadata)
    for cell in notebook.cells:
        if cell.cell_type == "raw" and "nbgrader" not in cell.metadata:
            cell.cell_type = "markdown"
        nbgrader = cell.metadata.get("nbgrader")
        cell.metadata = from_dict({} if nbgrader is None else {"nbgrader": nbgrader})
    make_texts_harmless(notebook, released)


def _accept_attachments(cell: NotebookNode) -> None:
    attachments = accepted_attachments(cell.pop("attachments", None))
    if attachments:
        cell["attachments"] = from_dict(attachments)
