"""The supervisor: between zygote and worker, it encloses, watches, and makes sure of the end.

It forks the worker into namespaces of its own and waits: for the worker to end, for the judge to
let go of the control, or for the worker's processes to use more memory than they may. Whatever
happens, no process of the worker and none of its files is left behind.
"""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from autograder.sandbox import syscalls, worker
from autograder.sandbox.isolation import Enclosure, Limits, enclose_supervisor

# Processor seconds a second, and those at once, that a worker may use with full priority.
FAIR_CORES, FAIR_SECONDS = 1.5, 2.0

_POLL_MILLISECONDS = 100


def supervise(request: dict, connection: int, control: int, readable: tuple[str, ...]) -> None:
    """Run one worker, from its first line to its last process."""
    os.setsid()
    syscalls.die_with_parent()
    syscalls.adopt_orphans()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _close_all_but(connection, control)
    limits = Limits(**request["limits"])
    enclosure = Enclosure(frozenset(request["layers"]))
    shared = _own_memory(os.getpid())
    folder = tempfile.mkdtemp(prefix="worker-")
    enclose_supervisor(enclosure)
    pid = os.fork()
    if pid == 0:
        syscalls.die_with_parent()
        os.close(control)
        worker.work(socket.socket(fileno=connection), enclosure, readable, folder, limits)
        os._exit(0)
    os.close(connection)
    try:
        ending = _wait(pid, control, shared, limits.memory)
    finally:
        _end_all()
        _remove(folder)
    with contextlib.suppress(OSError):
        os.write(control, json.dumps(ending).encode())


def _close_all_but(*kept: int) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    low = 3
    for descriptor in sorted(kept):
        os.closerange(low, descriptor)
        low = descriptor + 1
    os.closerange(low, 65536)


def _wait(pid: int, control: int, shared: int, memory: int) -> dict:
    """How the worker ended: `code` or `signal`, or `stopped` with the reason.

    shared: bytes that the worker has in common with this process; memory: bytes beyond that.
    """
    start = time.monotonic()
    handle = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    poll.register(control, select.POLLIN | select.POLLHUP)
    while True:
        ready = {descriptor for descriptor, _event in poll.poll(_POLL_MILLISECONDS)}
        if handle in ready:
            _pid, status = os.waitpid(pid, 0)
            if os.WIFSIGNALED(status):
                return {"signal": os.WTERMSIG(status)}
            return {"code": os.WEXITSTATUS(status)}
        if control in ready:
            return {"stopped": "control"}
        family = [pid, *_descendants(pid)]
        own = sum(map(_own_memory, family)) - shared
        if own > memory and sum(map(_fair_memory, family)) > memory:
            return {"stopped": "memory"}
        if sum(map(_seconds_of, family)) > FAIR_CORES * (time.monotonic() - start) + FAIR_SECONDS:
            _step_back(family)


def _step_back(family: list[int]) -> None:
    """Let others go first: a worker that keeps many processes busy takes no time from them."""
    for member in family:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{member}/task").iterdir():
                os.setpriority(os.PRIO_PROCESS, int(task.name), 19)


def _seconds_of(pid: int) -> float:
    """The processor time that a process has used."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0.0
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _end_all() -> None:
    """Kill all descendants, which this process adopts, until none is left."""
    while True:
        for descendant in _descendants(os.getpid()):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(descendant, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _descendants(pid: int) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        children = _children(waiting.pop())
        found += children
        waiting += children
    return found


def _children(pid: int) -> list[int]:
    texts = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            texts.append((task / "children").read_text(encoding="utf-8"))
    return [int(child) for text in texts for child in text.split()]


def _own_memory(pid: int) -> int:
    """The bytes of a process that are no file's."""
    wanted = ("RssAnon:", "RssShmem:")
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(wanted))


def _fair_memory(pid: int) -> int:
    """The bytes of a process that are no file's, a page in common divided among its users."""
    wanted = ("Pss_Anon:", "Pss_Shmem:")
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return _own_memory(pid)
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(wanted))


def _remove(folder: str) -> None:
    """Remove a scratch folder, whatever is in it."""
    with contextlib.suppress(OSError):
        os.rmdir(folder)
        return
    for command in (["chmod", "-R", "u+rwX", folder], ["rm", "-rf", folder]):
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(command, check=False, timeout=60)
