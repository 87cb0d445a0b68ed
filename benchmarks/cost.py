"""Calls in a process of their own, and what a piece of work costs: seconds and memory."""

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
    """Seconds of the clock, seconds of processors, and bytes of memory.

    peak: the most that the process ever held, libraries included. own: how far the work raised
    that peak.
    """

    wall: float = 0.0
    cpu: float = 0.0
    peak: int = 0
    own: int = 0


def alone(function: Callable, *arguments):
    """What a function returns that is called in a new process, which prints nothing.

    It must be importable by name; arguments and result are pickled.
    """
    with ProcessPoolExecutor(1, get_context("spawn"), _print_nothing) as pool:
        return pool.submit(function, *arguments).result()


def _print_nothing() -> None:
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 until the process ends


@contextmanager
def metered():
    """A `Cost` that is filled in when the block ends; it counts all threads of this process."""
    cost, before = Cost(), peak_memory()
    wall, cpu = time.perf_counter(), time.process_time()
    yield cost
    cost.wall, cost.cpu = time.perf_counter() - wall, time.process_time() - cpu
    cost.peak = peak_memory()
    cost.own = cost.peak - before


def peak_memory() -> int:
    """The most memory that this process has held so far, in bytes.

    Linux hands getrusage's figure down from parent to child, so it is read from /proc there.
    """
    if sys.platform == "win32":
        import psutil

        return psutil.Process().memory_info().peak_wset
    if sys.platform == "linux":
        status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
