"""Imported by the fork server from which judges are forked: does once what each would do first.

That is importing what reads notebooks, pytest with its plugins, and all checks, of which none runs
here; and reading the exercises as learners get them, which submissions are compared with.
"""

from contextlib import suppress

import jupytext  # noqa: F401
import nbformat  # noqa: F401

from autograder import course, paths
from autograder.files import UnreadableSubmission, read_cells
from autograder.grading import judge  # noqa: F401
from autograder.runner import collect_only

collect_only()
for step in course.steps():
    with suppress(UnreadableSubmission):
        read_cells(paths.exercises() / f"{step.name}.py")
