"""The module name `data`, by which exercises released earlier import `recommender_data`.

A file `data.py` beside a learner's exercise would shadow the kit's package under that name.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

OLD_NAME = "data"


def provide_earlier_names() -> None:
    """Let `import data` mean the kit's package in this process, for good."""
    import recommender_data

    sys.modules[OLD_NAME] = recommender_data


@contextmanager
def earlier_names() -> Iterator[None]:
    """Let `import data` mean the kit's package within the block.

    A module of that name that the process imported before has the name again afterwards.
    """
    before = sys.modules.get(OLD_NAME)
    provide_earlier_names()
    try:
        yield
    finally:
        if before is None:
            sys.modules.pop(OLD_NAME, None)
        else:
            sys.modules[OLD_NAME] = before
