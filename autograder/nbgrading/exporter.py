"""nbgrader's exporters: for submitted notebooks, and for feedback pages."""

# nbformat and parts of nbconvert are not annotated.
# mypy: disable-error-code="no-untyped-call,no-any-return"

from copy import deepcopy
from pathlib import Path
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.exporters import HTMLExporter, NotebookExporter
from nbformat import NotebookNode
from traitlets.config import Config

from autograder.nbgrading.counted_files import counted_file, recognise
from autograder.nbgrading.damaged_notebooks import NOTES, readable_notebook
from autograder.nbgrading.harmless_text import clean, render
from autograder.nbgrading.nbgrader_types import Converter, Resources
from autograder.nbgrading.plain_outputs import make_outputs_plain
from autograder.nbgrading.points import points_on_cells
from autograder.nbgrading.released import released_notebook, step_of
from autograder.nbgrading.source_notebooks import write_points_into_prose
from autograder.reports.offline_pages import with_policy, without_network
from autograder.util.text import visible


class SubmissionExporter(NotebookExporter):
    """nbconvert's notebook exporter, which replaces an unreadable file by the released notebook.

    nbgrader makes the exporter when a command has listed its notebooks, so that this is the place
    to look for notebooks under other names.
    """

    def __init__(self, config: Config | None = None, **options: Any) -> None:
        """Make the exporter of a command, and find the files that count.

        Args:
            config: The settings.
            options: Passed on to nbconvert; `parent` is the command of nbgrader's.
        """
        super().__init__(config=config, **options)
        if hasattr(self.parent, "assignments"):
            recognise(self.parent)

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
        counted = counted_file(converter, Path(filename))
        if step_of(resources) is None:
            return super().from_filename(str(counted.path), resources=resources, **options)
        released = released_notebook(converter.coursedir, resources["nbgrader"])
        notebook = readable_notebook(counted.path, released)
        for note in notebook.metadata[NOTES]:
            converter.log.warning("%s: %s", visible(str(counted.path)), visible(note))
        notebook.metadata[NOTES] = [*counted.notes, *notebook.metadata[NOTES]]
        return self.from_notebook_node(notebook, resources=resources, **options)


class ReleaseExporter(NotebookExporter):
    """nbconvert's notebook exporter, which lets the prose of an exercise name the cells' points."""

    def from_notebook_node(
        self, nb: NotebookNode, resources: Resources | None = None, **options: Any
    ) -> tuple[Any, Resources]:
        """Convert a source notebook.

        Args:
            nb: The notebook.
            resources: The names that nbgrader gives it, under `nbgrader`.
            options: Passed on to nbconvert.

        Returns:
            The notebook as JSON, and the resources.
        """
        released = deepcopy(nb)
        step = step_of(resources) if resources and "nbgrader" in resources else None
        points = points_on_cells(nb)
        # A bonus exercise has points beside its cells.
        if step is not None and any(points.values()):
            write_points_into_prose(released, {name: points.get(name, 0) for name in step.points})
        return super().from_notebook_node(released, resources, **options)


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
