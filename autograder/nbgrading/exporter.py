"""Reading a submitted notebook for nbgrader so that no file, however damaged, stops a class."""

import json
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import nbformat
from nbconvert.exporters import HTMLExporter, NotebookExporter
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_notebook

from autograder import course
from autograder.nbgrading.feedback import without_network
from autograder.nbgrading.source import source_notebook
from autograder.submissions.cells import UnreadableSubmission, Written
from autograder.submissions.parse import as_written
from autograder.submissions.safe_read import read_content

NOTES = "autograder_notes"


class SubmissionExporter(NotebookExporter):
    """nbconvert's notebook exporter, but what cannot be read becomes the released notebook."""

    def from_filename(self, filename: str, resources: dict | None = None, **options):
        converter = self.parent
        if not converter._sanitizing or step_of(resources) is None:
            return super().from_filename(filename, resources=resources, **options)
        released = released_notebook(converter.coursedir, resources["nbgrader"])
        notebook = _submitted(Path(filename), released)
        for note in notebook.metadata[NOTES]:
            converter.log.warning("%s: %s", filename, note)
        return self.from_notebook_node(notebook, resources=resources, **options)


class FeedbackExporter(HTMLExporter):
    """nbconvert's HTML exporter; its pages ask for nothing from the network."""

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **options):
        html, resources = super().from_notebook_node(nb, resources, **options)
        return without_network(html), resources


def step_of(resources: dict) -> course.Step | None:
    """The exercise that a notebook of the course is, None for one of the instructor's own."""
    name = resources["nbgrader"]["notebook"]
    return next((step for step in course.steps() if step.name == name), None)


def released_notebook(coursedir, names: dict) -> NotebookNode:
    """The notebook as learners got it, not to be changed; where that is gone, the kit's own."""
    folder = coursedir.format_path(coursedir.release_directory, ".", names["assignment"])
    path = Path(folder) / f"{names['notebook']}.ipynb"
    try:
        return _read_once(path, path.stat().st_mtime_ns)
    except (OSError, ValueError):
        return source_notebook(names["notebook"])


@lru_cache(maxsize=32)
def _read_once(path: Path, _modified: int) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def _submitted(path: Path, released: NotebookNode) -> NotebookNode:
    """The cells of a file in a sound notebook, whose metadata tell what was noticed."""
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
    """The cells of a file, each with the grade_id that it says it has, in a notebook like released.

    Of their metadata nothing else is left but tags.
    """
    cells = [_cell(each, claim) for each, claim in zip(written, claims, strict=True)]
    return new_notebook(cells=cells, metadata=deepcopy(released.metadata))


def _claims(data: bytes, n_cells: int) -> list[str | None]:
    """The grade_id that each cell says it has."""
    try:
        document = json.loads(data.decode("utf-8-sig"))
        cells = document.get("cells") or document["worksheets"][0]["cells"]
        claims = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in cells]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        claims = [None] * n_cells
    return claims if len(claims) == n_cells else [None] * n_cells


def _cell(written: Written, claim: str | None) -> NotebookNode:
    tags = sorted(written.tags)
    metadata = {"tags": tags} if tags else {}
    if isinstance(claim, str):
        metadata["nbgrader"] = {"grade_id": claim}
    cell = {"id": uuid4().hex[:8], "metadata": metadata, "source": written.source}
    if written.kind == "code":
        return from_dict({"cell_type": "code", "execution_count": None, "outputs": [], **cell})
    return from_dict({"cell_type": "markdown", **cell})
