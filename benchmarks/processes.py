"""Processor time and memory of a process and all of its descendants, from Linux's /proc."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

if sys.platform != "linux":
    raise SystemExit("This measures with Linux's /proc.")

EVERY_SECONDS = 0.05
MEMORY_EVERY_SECONDS = 0.5
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Usage:
    """Seconds and memory of a family of processes.

    Attributes:
        wall: Seconds of the clock.
        cpu: Seconds of processors.
        memory: The largest memory at a time in bytes, shared memory in proportional shares.
    """

    wall: float
    cpu: float
    memory: int


def measured(command: list[str], **ways) -> tuple[subprocess.CompletedProcess, Usage]:
    """Run a command; return its output as text, and its usage.

    A thread samples processor time every `EVERY_SECONDS`, so that the last moment of each process
    is missing, and memory every `MEMORY_EVERY_SECONDS`. `ways` are arguments of `subprocess.Popen`.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **ways
    )
    watch = _Watch(process.pid)
    watch.start()
    output, _none = process.communicate()
    wall = time.perf_counter() - start
    watch.end()
    done = subprocess.CompletedProcess(command, process.returncode, output)
    return done, Usage(wall, sum(watch.seconds.values()), watch.memory)


class _Watch(threading.Thread):
    """A thread that samples a family of processes, orphans included."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.seconds: dict[tuple[int, str], float] = {}
        self.memory = 0
        self._family = [pid]
        self._ended = threading.Event()

    def run(self) -> None:
        next_memory = 0.0
        while not self._ended.wait(EVERY_SECONDS):
            family = list(self._family)
            for pid in family:
                family += [child for child in children(pid) if child not in family]
            self._family = [pid for pid in family if self._look_at(pid)]
            if time.perf_counter() > next_memory:
                next_memory = time.perf_counter() + MEMORY_EVERY_SECONDS
                self.memory = max(self.memory, sum(map(proportional_memory, self._family)))

    def end(self) -> None:
        self._ended.set()
        self.join()

    def _look_at(self, pid: int) -> bool:
        """Record the processor time of a process; return whether the process still runs."""
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return False
        fields = stat.rpartition(")")[2].split()
        user, system, started = fields[11], fields[12], fields[19]
        self.seconds[pid, started] = (int(user) + int(system)) / TICKS
        return fields[0] not in "ZX"


def descendants(pid: int) -> list[int]:
    """Return the children of a process, their children, and so on."""
    return [each for child in children(pid) for each in (child, *descendants(child))]


def children(pid: int) -> list[int]:
    """Return the children of a process; no children if the process has ended."""
    found = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                text = Path(f"/proc/{pid}/task/{task}/children").read_text(encoding="utf-8")
                found += map(int, text.split())
    return found


def proportional_memory(pid: int) -> int:
    """Return the proportional set size of a process in bytes, 0 if the process has ended."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:"))
