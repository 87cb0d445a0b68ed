"""Files that a worker can see: a root of its own, and what the worker may read there (Linux)."""

import os
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox import kernel_calls

SCRATCH = "/scratch"

_FLAGS_TO_REPEAT = 2 | 4 | 8 | 1024 | 2048
"""Flags of a mount that a remount must repeat: nosuid, nodev, noexec, noatime, nodiratime."""

_SYSTEM = (
    "/lib64",
    "/usr/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/devices/system/cpu",
    "/dev/null",
    "/dev/random",
    "/dev/urandom",
)


@dataclass(frozen=True)
class Room:
    """The part of the file system that a worker can use.

    Attributes:
        readable: Folders and files that the worker may read.
        scratch: The only folder that the worker may write.
    """

    readable: tuple[str, ...]
    scratch: str


def libraries(secret: Iterable[Path]) -> tuple[str, ...]:
    """Return all that a worker may read: interpreter, packages, and shared files of the system.

    Args:
        secret: Folders that stay hidden although they lie among the packages.
    """
    hidden = [Path(path).resolve() for path in secret]
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    packages = {Path(sysconfig.get_path(name)) for name in names}
    packages |= {Path(entry) for entry in sys.path if entry and Path(entry).is_dir()}
    packages -= {path for path in packages if _is_checkout(path, hidden)}
    places = [part for path in sorted(packages) for part in _without(path, hidden)]
    places += [Path(folder) for folder in _folders_of_shared_libraries()]
    places += [Path(name) for name in _SYSTEM]
    both = {str(form) for path in places for form in (path, path.resolve())}
    return tuple(sorted(path for path in both if os.path.exists(path)))


def enter_own_root(readable: Iterable[str], size: int) -> None:
    """Enter a root that holds these places (read-only), `/proc`, `/tmp` and `/scratch`.

    Args:
        readable: Folders and files of the present root.
        size: Bytes that the new root can store.

    Raises:
        OSError: The kernel refuses.
    """
    kernel_calls.unshare(kernel_calls.NEW_MOUNTS)
    kernel_calls.mount(None, "/", None, kernel_calls.PRIVATE | kernel_calls.RECURSIVE)
    sources = {
        path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in readable if os.path.exists(path)
    }
    top = tempfile.gettempdir()
    options = f"size={size},nr_inodes=16384,mode=755"
    kernel_calls.mount(
        "tmpfs", top, "tmpfs", kernel_calls.NO_SUID | kernel_calls.NO_DEVICES, options
    )
    own_processes = _show_processes(f"{top}/proc")
    for path, place in sources.items():
        if not (own_processes and path.startswith("/proc/")):
            _show(f"/proc/self/fd/{place}", top + path)
        os.close(place)
    os.makedirs(f"{top}/tmp", mode=0o755, exist_ok=True)
    os.mkdir(top + SCRATCH, mode=0o700)
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


def _is_checkout(path: Path, secret: list[Path]) -> bool:
    """Return whether a folder of `sys.path` is the kit's own checkout, which no worker needs."""
    return any(inner.parent == path.resolve() for inner in secret) and not path.name.endswith(
        "-packages"
    )


def _without(folder: Path, secret: list[Path]) -> Iterator[Path]:
    """Yield the folder, or its parts where a part is secret."""
    real = folder.resolve()
    if real in secret:
        return
    if not any(inner.is_relative_to(real) for inner in secret):
        yield folder
        return
    for part in sorted(folder.iterdir()):
        yield from _without(part, secret)


def _folders_of_shared_libraries() -> set[str]:
    lines = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    files = {line.split(None, 5)[5] for line in lines if ".so" in line and "/" in line}
    return {os.path.dirname(file) for file in files if "-packages/" not in file}
