"""Calls in a process of their own, and the cost of a piece of work: seconds and memory."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

MB = 2**20
Value = TypeVar("Value")


@dataclass
class Cost:
    """Seconds and bytes of memory.

    Attributes:
        wall: Seconds of the clock.
        cpu: Seconds of processors.
        peak: The most bytes that the process ever held, libraries included.
        own: The bytes by which the work raised that peak.
    """

    wall: float = 0.0
    cpu: float = 0.0
    peak: int = 0
    own: int = 0


def alone(function: Callable[..., Value], *arguments: object) -> Value:
    """Return the result of a call in a new process, which prints nothing.

    Args:
        function: A function that can be imported by name.
        arguments: Its arguments, which are pickled, as the result is.
    """
    with ProcessPoolExecutor(1, get_context("spawn"), _print_nothing) as pool:
        return pool.submit(function, *arguments).result()


def _print_nothing() -> None:
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 until the process ends


@contextmanager
def metered() -> Iterator[Cost]:
    """Lend a `Cost` of the block, filled in at its end; it counts all threads of this process."""
    cost, before = Cost(), peak_memory()
    wall, cpu = time.perf_counter(), time.process_time()
    yield cost
    cost.wall, cost.cpu = time.perf_counter() - wall, time.process_time() - cpu
    cost.peak = peak_memory()
    cost.own = cost.peak - before


def peak_memory() -> int:
    """Return the most memory that this process has held so far, in bytes.

    On Linux a child inherits getrusage's figure from its parent, so /proc gives the figure there.
    """
    if sys.platform == "win32":
        import psutil

        return psutil.Process().memory_info().peak_wset
    if sys.platform == "linux":
        status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
