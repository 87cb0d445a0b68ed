"""The supervisor: the process between zygote and worker that watches the worker and ends it.

The supervisor forks the worker into namespaces of its own. It then waits until the worker ends, the
judge closes the control socket, or the worker's processes exceed their memory. In each case it
kills all processes of the worker and removes the scratch folder.
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
from typing import Any

from autograder.sandbox import kernel_calls, worker
from autograder.sandbox.isolation import Enclosure, enclose_supervisor
from autograder.sandbox.limits import Limits

FAIR_CORES, FAIR_SECONDS = 1.5, 2.0
"""A worker has full priority while it has used at most FAIR_SECONDS of processor time, and
FAIR_CORES seconds more for each second since its start."""

_POLL_MILLISECONDS = 100


def supervise(
    request: dict[str, Any], connection: int, control: int, prepared: worker.Prepared
) -> None:
    """Run one worker, from its first line to its last process.

    Args:
        request: The wanted `layers`, and the fields of `Limits` under `limits`.
        connection: The descriptor of the worker's connection to the judge.
        control: The descriptor of the control socket. The judge closes its end to end the worker;
            the supervisor writes here how the worker ended.
        prepared: What the zygote prepared.
    """
    os.setsid()
    kernel_calls.die_with_parent()
    kernel_calls.adopt_orphans()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _close_all_but(connection, control)
    limits = Limits(**request["limits"])
    enclosure = Enclosure(frozenset(request["layers"]))
    shared = _own_memory(os.getpid())
    folder = tempfile.mkdtemp(prefix="worker-")
    enclose_supervisor(enclosure)
    pid = os.fork()
    if pid == 0:
        kernel_calls.die_with_parent()
        os.close(control)
        worker.work(socket.socket(fileno=connection), enclosure, prepared, folder, limits)
        os._exit(0)
    os.close(connection)
    try:
        ending = _wait(pid, control, shared, limits.memory)
    finally:
        _end_all()
        _remove(folder)
    with contextlib.suppress(OSError):
        os.write(control, json.dumps(ending).encode())


def _close_all_but(*needed: int) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    low = 3
    for descriptor in sorted(needed):
        os.closerange(low, descriptor)
        low = descriptor + 1
    os.closerange(low, 65536)


def _wait(pid: int, control: int, shared: int, memory: int) -> dict[str, Any]:
    """Wait for the end of a worker.

    Args:
        pid: The worker.
        control: The descriptor of the control socket.
        shared: Bytes that the worker shares with this process.
        memory: Bytes that the worker's processes may use beyond the shared ones.

    Returns:
        The exit `code` or the `signal`, or `stopped` with the reason.
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
    """Give these processes the lowest priority, so that other workers run first."""
    for member in family:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{member}/task").iterdir():
                os.setpriority(os.PRIO_PROCESS, int(task.name), 19)


def _seconds_of(pid: int) -> float:
    """Return the processor time that a process has used, in seconds."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0.0
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _end_all() -> None:
    """Kill all descendants, which this process adopts, until no descendant is left."""
    while True:
        for descendant in _descendants(os.getpid()):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(descendant, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    waiting = [pid]
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
    """Return the bytes of a process that belong to no file."""
    wanted = ("RssAnon:", "RssShmem:")
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(wanted))


def _fair_memory(pid: int) -> int:
    """Return the bytes of a process that belong to no file, its share of each shared page."""
    wanted = ("Pss_Anon:", "Pss_Shmem:")
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return _own_memory(pid)
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(wanted))


def _remove(folder: str) -> None:
    """Remove a scratch folder and its content, whatever its permissions."""
    with contextlib.suppress(OSError):
        os.rmdir(folder)
        return
    for command in (["chmod", "-R", "u+rwX", folder], ["rm", "-rf", folder]):
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(command, check=False, timeout=60)
