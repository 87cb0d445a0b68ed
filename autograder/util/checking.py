"""Whether checks run a learner's code in this process just now."""

from collections.abc import Iterator
from contextlib import contextmanager

_depth = 0


@contextmanager
def checking() -> Iterator[None]:
    """Mark the time in which checks run a learner's code."""
    global _depth
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1


def is_checking() -> bool:
    """Return whether checks run a learner's code just now, so that no figure is saved."""
    return _depth > 0
