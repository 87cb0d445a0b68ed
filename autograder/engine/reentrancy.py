"""A mark on the process while checks run, so that an exercise's own calls start no others."""

from collections.abc import Iterator
from contextlib import contextmanager

_at_work = False


def at_work() -> bool:
    """Return whether this process is running checks."""
    return _at_work


@contextmanager
def working() -> Iterator[None]:
    """Mark a block as the run of the checks."""
    global _at_work
    before, _at_work = _at_work, True
    try:
        yield
    finally:
        _at_work = before
