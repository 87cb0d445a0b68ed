"""Damaged notebooks, read as far as that is safe, so that no file stops a class in nbgrader."""

# nbformat is not annotated.
# mypy: disable-error-code="no-untyped-call,no-any-return"

import json
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import uuid4

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_notebook

from autograder.submissions.cells import UnreadableSubmission, Written
from autograder.submissions.parse import as_written
from autograder.submissions.safe_read import read_content

NOTES = "autograder_notes"


def readable_notebook(path: Path, released: NotebookNode) -> NotebookNode:
    """Return the cells of a file in a valid notebook, whose metadata hold the notes."""
    try:
        data = read_content(path)
        written, notes = as_written(data, path.name)
    except UnreadableSubmission as error:
        notebook = deepcopy(released)
        notebook.metadata[NOTES] = [str(error)]
        return notebook
    notebook = sound_notebook(written, _claims(data, len(written)), released)
    notebook.metadata[NOTES] = list(notes)
    return notebook


def sound_notebook(
    written: list[Written], claims: list[str | None], released: NotebookNode
) -> NotebookNode:
    """Return the cells of a file in a valid notebook, with the metadata of the released one.

    Args:
        written: The cells; their tags are all the metadata that they keep.
        claims: The grade_id that each cell claims.
        released: The notebook as learners received it.
    """
    cells = [_cell(each, claim) for each, claim in zip(written, claims, strict=True)]
    return new_notebook(cells=cells, metadata=deepcopy(released.metadata))


def _claims(data: bytes, n_cells: int) -> list[str | None]:
    """Return the grade_id that each cell claims; the list has `n_cells` entries."""
    claims: list[str | None]
    try:
        document = json.loads(data.decode("utf-8-sig"))
        cells = document.get("cells") or document["worksheets"][0]["cells"]
        claims = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in cells]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        claims = [None] * n_cells
    return claims if len(claims) == n_cells else [None] * n_cells


def _cell(written: Written, claim: str | None) -> NotebookNode:
    tags = sorted(written.tags)
    metadata: dict[str, Any] = {"tags": tags} if tags else {}
    if isinstance(claim, str):
        metadata["nbgrader"] = {"grade_id": claim}
    cell = {"id": uuid4().hex[:8], "metadata": metadata, "source": written.source}
    if written.kind == "code":
        return from_dict({"cell_type": "code", "execution_count": None, "outputs": [], **cell})
    return from_dict({"cell_type": "markdown", **cell})
