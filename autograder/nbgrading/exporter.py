"""nbgrader's exporters: for submitted notebooks, and for feedback pages."""

# nbformat and parts of nbconvert are not annotated.
# mypy: disable-error-code="no-untyped-call,no-any-return"

from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.exporters import HTMLExporter, NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from autograder import course
from autograder.nbgrading.damaged_notebooks import NOTES, readable_notebook
from autograder.nbgrading.harmless_text import clean, render
from autograder.nbgrading.nbgrader_types import Converter, CourseDirectory, Resources
from autograder.nbgrading.plain_outputs import make_outputs_plain
from autograder.nbgrading.source_notebooks import source_notebook
from autograder.reports.offline_pages import with_policy, without_network
from autograder.util.text import visible


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
        notebook = readable_notebook(Path(filename), released)
        for note in notebook.metadata[NOTES]:
            converter.log.warning("%s: %s", visible(filename), visible(note))
        return self.from_notebook_node(notebook, resources=resources, **options)


class FeedbackExporter(HTMLExporter):
    """nbconvert's HTML exporter, whose pages run no script and request nothing from the network."""

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
        shown = deepcopy(nb)
        make_outputs_plain(shown, verdicts=_is_exercise(resources))
        html, after = super().from_notebook_node(shown, resources, **options)
        return with_policy(without_network(html)), after

    @pass_context
    def markdown2html(self, context: Context, source: str) -> str:
        """Return Markdown as HTML that holds only what the allow lists name.

        Args:
            context: The template's names, among them the `cell`.
            source: The Markdown.
        """
        rendered = render(
            source,
            context.get("cell", {}).get("attachments", {}),
            anchor_link_text=self.anchor_link_text,
            exclude_anchor_links=self.exclude_anchor_links,
        )
        return clean(rendered)


def _is_exercise(resources: Resources | None) -> bool:
    names = (resources or {}).get("nbgrader", {})
    return "notebook" in names and step_of({"nbgrader": names}) is not None


def step_of(resources: Resources) -> course.Step | None:
    """Return the exercise that a notebook is, None for an instructor's own notebook."""
    name = resources["nbgrader"]["notebook"]
    return next((step for step in course.steps() if step.name == name), None)


def released_notebook(coursedir: CourseDirectory, names: dict[str, str]) -> NotebookNode:
    """Return the notebook as learners received it; where that file is gone, the kit's own.

    An instructor's own notebook whose file is gone is empty.

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
        if step_of({"nbgrader": names}) is None:
            return new_notebook()
        return source_notebook(names["notebook"])


@lru_cache(maxsize=32)
def _read_once(path: Path, _modified: int) -> NotebookNode:
    return nbformat.read(path, as_version=4)
