"""What the fork server of judges imports once, so that the judges need not.

It imports pytest with its plugins and all checks; no check runs here.
"""

from autograder.grading import judge  # noqa: F401
from autograder.running.runner import collect_only

collect_only()
