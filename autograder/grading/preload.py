"""Imported by the fork server from which judges are forked: does once what each would do first.

That is importing what reads notebooks, pytest with its plugins, and all checks, of which none runs
here.
"""

import jupytext  # noqa: F401
import nbformat  # noqa: F401

from autograder.grading import judge  # noqa: F401
from autograder.runner import collect_only

collect_only()
