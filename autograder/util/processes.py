"""Processes of the kit's own: how they start, and how much memory they may use."""

import contextlib
import sys
from collections.abc import Iterator
from types import ModuleType


@contextlib.contextmanager
def without_main() -> Iterator[None]:
    """Hide the main module, so that a process that is started meanwhile does not import it anew.

    Importing nbgrader takes a second, and the kit's processes need nothing of it.
    """
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


def limit_memory(n: int) -> None:
    """Limit the data of this process to `n` bytes, where the system has such a limit."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (n, n))
