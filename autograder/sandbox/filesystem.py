"""Files that a worker can see: a root of its own (Linux)."""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox import kernel_calls
from autograder.sandbox.readable import Places

SCRATCH = "/scratch"

_FLAGS_TO_REPEAT = 2 | 4 | 8 | 1024 | 2048
"""Flags of a mount that a remount must repeat: nosuid, nodev, noexec, noatime, nodiratime."""


@dataclass(frozen=True)
class Room:
    """The part of the file system that a worker can use.

    Attributes:
        places: The places that the worker may read.
        scratch: The only folder that the worker may write.
    """

    places: Places
    scratch: str


def enter_own_root(readable: Iterable[str], top: str, size: int) -> None:
    """Enter a root that holds these places (read-only), `/proc`, `/tmp`, `/scratch` and `/dev/shm`.

    Args:
        readable: Folders and files of the present root.
        top: An empty folder of the present root, where this process mounts the new root.
        size: Bytes that the new root can store.

    Raises:
        OSError: The kernel refuses.
    """
    kernel_calls.unshare(kernel_calls.NEW_MOUNTS)
    kernel_calls.mount(None, "/", None, kernel_calls.PRIVATE | kernel_calls.RECURSIVE)
    options = f"size={size},nr_inodes=16384,mode=755"
    kernel_calls.mount(
        "tmpfs", top, "tmpfs", kernel_calls.NO_SUID | kernel_calls.NO_DEVICES, options
    )
    own_processes = _show_processes(f"{top}/proc")
    for path in readable:
        if os.path.exists(path) and not (own_processes and path.startswith("/proc/")):
            _show(path, top + path)
    os.makedirs(f"{top}/tmp", mode=0o755, exist_ok=True)
    os.mkdir(top + SCRATCH, mode=0o700)
    os.makedirs(f"{top}/dev", exist_ok=True)
    # Semaphores and shared memory of processes, as `multiprocessing` makes them.
    os.symlink(SCRATCH, f"{top}/dev/shm")
    kernel_calls.enter_root(top)


def _show_processes(folder: str) -> bool:
    """Mount a /proc of this PID namespace; otherwise make the files that libraries read there.

    Returns:
        Whether the mount succeeded.
    """
    os.mkdir(folder)
    if os.getpid() == 1 and kernel_calls.succeeds(
        lambda: kernel_calls.mount(
            "proc", folder, "proc", kernel_calls.NO_SUID | kernel_calls.NO_DEVICES
        )
    ):
        return True
    os.mkdir(f"{folder}/self")
    os.symlink(sys.executable, f"{folder}/self/exe")
    Path(f"{folder}/self/cmdline").write_bytes(os.fsencode(sys.executable) + b"\0")
    Path(f"{folder}/self/maps").touch()
    return False


def _show(source: str, target: str) -> None:
    """Bind a place outside to `target`, for reading only where the kernel allows that."""
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    elif not os.path.exists(target):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY))
    kernel_calls.mount(source, target, None, kernel_calls.BIND | kernel_calls.RECURSIVE)
    present = os.statvfs(target).f_flag & _FLAGS_TO_REPEAT
    if not target.endswith("/dev/null"):
        flags = kernel_calls.BIND | kernel_calls.REMOUNT | kernel_calls.READ_ONLY | present
        kernel_calls.succeeds(lambda: kernel_calls.mount(None, target, None, flags))
