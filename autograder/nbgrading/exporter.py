"""Reading a submitted notebook for nbgrader so that no file, however damaged, stops a class."""

# nbformat and parts of nbconvert are not annotated.
# mypy: disable-error-code="no-untyped-call,no-any-return"

import json
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import nbformat
from nbconvert.exporters import HTMLExporter, NotebookExporter
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_notebook

from autograder import course
from autograder.nbgrading.converter import Converter, CourseDirectory, Resources
from autograder.nbgrading.feedback import without_network
from autograder.nbgrading.source import source_notebook
from autograder.submissions.cells import UnreadableSubmission, Written
from autograder.submissions.parse import as_written
from autograder.submissions.safe_read import read_content

NOTES = "autograder_notes"


class SubmissionExporter(NotebookExporter):
    """nbconvert's notebook exporter, which replaces an unreadable file by the released notebook."""

    def from_filename(
        self, filename: str, resources: Resources | None = None, **options: Any
    ) -> tuple[Any, Resources]:
        """Convert a submitted notebook of the course, whatever its state.

        Args:
            filename: The path of the file.
            resources: The names that nbgrader gives it, under `nbgrader`.
            options: Passed on to nbconvert.

        Returns:
            The notebook as JSON, and the resources.
        """
        converter: Converter | None = self.parent
        if converter is None or resources is None or not converter._sanitizing:
            return super().from_filename(filename, resources=resources, **options)
        if step_of(resources) is None:
            return super().from_filename(filename, resources=resources, **options)
        released = released_notebook(converter.coursedir, resources["nbgrader"])
        notebook = _submitted(Path(filename), released)
        for note in notebook.metadata[NOTES]:
            converter.log.warning("%s: %s", filename, note)
        return self.from_notebook_node(notebook, resources=resources, **options)


class FeedbackExporter(HTMLExporter):
    """nbconvert's HTML exporter, whose pages request nothing from the network."""

    def from_notebook_node(
        self, nb: NotebookNode, resources: Resources | None = None, **options: Any
    ) -> tuple[Any, Resources]:
        """Convert a graded notebook to a page.

        Args:
            nb: The notebook.
            resources: The names that nbgrader gives it, under `nbgrader`.
            options: Passed on to nbconvert.

        Returns:
            The page as HTML, and the resources.
        """
        html, after = super().from_notebook_node(nb, resources, **options)
        return without_network(html), after


def step_of(resources: Resources) -> course.Step | None:
    """Return the exercise that a notebook is, None for an instructor's own notebook."""
    name = resources["nbgrader"]["notebook"]
    return next((step for step in course.steps() if step.name == name), None)


def released_notebook(coursedir: CourseDirectory, names: dict[str, str]) -> NotebookNode:
    """Return the notebook as learners received it; where that file is gone, the kit's own.

    Args:
        coursedir: The course.
        names: The names of the `assignment` and the `notebook`.

    Returns:
        The notebook, which callers share and must not change.
    """
    folder = coursedir.format_path(coursedir.release_directory, ".", names["assignment"])
    path = Path(folder) / f"{names['notebook']}.ipynb"
    try:
        return _read_once(path, path.stat().st_mtime_ns)
    except (OSError, ValueError):
        return source_notebook(names["notebook"])


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


@lru_cache(maxsize=32)
def _read_once(path: Path, _modified: int) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def _submitted(path: Path, released: NotebookNode) -> NotebookNode:
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
