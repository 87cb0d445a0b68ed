"""The imports of the fork server of judges, which the judges then share.

It imports pytest with its plugins and collects all checks; no check runs here. Judges share the
memory of the objects as long as no judge's garbage collector looks at them.
"""

import gc

from autograder.grading import judge  # noqa: F401
from autograder.running.runner import collect_once

collect_once()
gc.collect()
gc.freeze()
