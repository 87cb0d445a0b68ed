"""The cost of a piece of work in seconds and memory, and calls in a new process."""

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

MB = 2**20


@dataclass
class Cost:
    """Seconds and memory of a piece of work.

    Attributes:
        wall: Seconds of the clock.
        cpu: Seconds of processors.
        peak: The largest memory of the process so far in bytes, libraries included.
        own: The bytes by which the work raised that peak.
    """

    wall: float = 0.0
    cpu: float = 0.0
    peak: int = 0
    own: int = 0


def alone(function: Callable, *arguments):
    """Call a function in a new process that prints nothing; return its result.

    The function must be importable by name. Arguments and result must allow pickling.
    """
    with ProcessPoolExecutor(1, get_context("spawn"), _print_nothing) as pool:
        return pool.submit(function, *arguments).result()


def _print_nothing() -> None:
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 until the process ends


@contextmanager
def metered():
    """Yield a `Cost` and fill it in when the block ends, for all threads of this process."""
    cost, before = Cost(), peak_memory()
    wall, cpu = time.perf_counter(), time.process_time()
    yield cost
    cost.wall, cost.cpu = time.perf_counter() - wall, time.process_time() - cpu
    cost.peak = peak_memory()
    cost.own = cost.peak - before


def peak_memory() -> int:
    """Return the largest memory that this process has held so far, in bytes.

    On Linux a child inherits getrusage's figure from its parent. There this function reads /proc.
    """
    if sys.platform == "win32":
        import psutil

        return psutil.Process().memory_info().peak_wset
    if sys.platform == "linux":
        status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
