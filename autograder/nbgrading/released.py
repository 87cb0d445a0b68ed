"""The notebooks of a course as learners received them."""

# nbformat is not annotated.
# mypy: disable-error-code="no-untyped-call,no-any-return"

from functools import lru_cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from autograder import course
from autograder.nbgrading.nbgrader_types import CourseDirectory, Resources
from autograder.nbgrading.source_notebooks import source_notebook
from autograder.util.i18n import current


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
        return source_notebook(names["notebook"], current())


@lru_cache(maxsize=32)
def _read_once(path: Path, _modified: int) -> NotebookNode:
    return nbformat.read(path, as_version=4)
