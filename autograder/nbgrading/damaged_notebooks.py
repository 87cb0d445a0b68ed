"""Damaged notebooks, read as far as that is safe, so that no file stops a class in nbgrader."""

# nbformat is not annotated.
# mypy: disable-error-code="no-untyped-call,no-any-return"

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import uuid4

from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_notebook

from autograder.nbgrading.attachments import accepted_attachments
from autograder.submissions.cells import UnreadableSubmission, Written
from autograder.submissions.limited_parser import shared_parser
from autograder.submissions.safe_read import read_content

NOTES = "autograder_notes"
_TAG = re.compile(r"[\w.:-]{1,80}")


def readable_notebook(path: Path, released: NotebookNode) -> NotebookNode:
    """Return the cells of a file in a valid notebook, whose metadata hold the notes."""
    try:
        data = read_content(path)
        written, notes = shared_parser().as_written(data, path.name)
    except UnreadableSubmission as error:
        notebook = deepcopy(released)
        notebook.metadata[NOTES] = [str(error)]
        return notebook
    raw = _raw_cells(data, len(written))
    notebook = sound_notebook(written, [_claim(cell) for cell in raw], released)
    for cell, found in zip(notebook.cells, raw, strict=True):
        attachments = accepted_attachments(found.get("attachments"))
        if attachments and found.get("cell_type") == cell.cell_type == "markdown":
            cell["attachments"] = from_dict(attachments)
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


def _raw_cells(data: bytes, n_cells: int) -> list[dict[str, Any]]:
    """Return the cells as the file holds them, empty ones where it does not hold `n_cells`."""
    try:
        document = json.loads(data.decode("utf-8-sig"))
        cells = document.get("cells") or document["worksheets"][0]["cells"]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        cells = []
    if not isinstance(cells, list) or len(cells) != n_cells:
        return [{} for _number in range(n_cells)]
    return [cell if isinstance(cell, dict) else {} for cell in cells]


def claims_in(path: Path) -> set[str]:
    """Return the grade_ids that the cells of a file claim, none of a file that cannot be read."""
    try:
        data = read_content(path)
        written, _notes = shared_parser().as_written(data, path.name)
    except UnreadableSubmission:
        return set()
    claims = (_claim(cell) for cell in _raw_cells(data, len(written)))
    return {claim for claim in claims if isinstance(claim, str)}


def _claim(cell: dict[str, Any]) -> str | None:
    """Return the grade_id that a cell claims."""
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None


def _cell(written: Written, claim: str | None) -> NotebookNode:
    tags = sorted(tag for tag in written.tags if _TAG.fullmatch(tag))
    metadata: dict[str, Any] = {"tags": tags} if tags else {}
    if isinstance(claim, str):
        metadata["nbgrader"] = {"grade_id": claim}
    cell = {"id": uuid4().hex[:8], "metadata": metadata, "source": written.source}
    if written.kind == "code":
        return from_dict({"cell_type": "code", "execution_count": None, "outputs": [], **cell})
    return from_dict({"cell_type": "markdown", **cell})
