"""The imports of the fork server of judges, which the judges then share.

It imports pytest with its plugins and all checks; no check runs here.
"""

from autograder.grading import judge  # noqa: F401
from autograder.running.runner import collect_only

collect_only()
