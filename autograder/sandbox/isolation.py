"""What a worker gives up before the learner's first line runs (Linux).

Each layer is taken on its own, so that a kernel which lacks one still gives the others; what stood
and what is missing, with the reason, is told. `autograder.sandbox.syscalls` holds the system calls.
"""

import os
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from autograder.sandbox import syscalls

NAMESPACES = "namespaces"
NETWORK = "network"
TMPFS = "tmpfs"
LANDLOCK = "landlock"
SYSTEM_CALLS = "syscalls"
RLIMITS = "rlimits"
PRIVILEGES = "no_new_privs"
ENVIRONMENT = "environment"
LAYERS = (NAMESPACES, NETWORK, TMPFS, LANDLOCK, SYSTEM_CALLS, RLIMITS, PRIVILEGES, ENVIRONMENT)

MB = 2**20

_NOBODY = 65534
_INSIDE = 1000
_READ_ONLY, _REMOUNT = 0x1, 0x20
_KEPT_FLAGS = 2 | 4 | 8 | 1024 | 2048


@dataclass(frozen=True)
class Limits:
    """What a worker may use.

    memory: bytes of data beyond those at the fork, of a process and of all of them together;
    disk: bytes of the scratch folder; files: bytes of one file, and how many may be open.
    """

    memory: int = 1536 * MB
    cpu_seconds: int = 900
    processes: int = 64
    disk: int = 64 * MB
    file_size: int = 32 * MB
    descriptors: int = 256


@dataclass
class Enclosure:
    """The layers that are wanted, those that stand, and why others are missing."""

    wanted: frozenset[str]
    standing: set[str] = field(default_factory=set)
    missing: dict[str, str] = field(default_factory=dict)

    def take(self, layer: str, act: Callable[[], object]) -> bool:
        """Take a layer, if it is wanted, by an act that may raise `OSError`."""
        if layer not in self.wanted:
            return False
        try:
            act()
        except (OSError, ValueError) as error:
            self.standing.discard(layer)
            self.missing[layer] = str(error)
            return False
        if layer not in self.missing:
            self.standing.add(layer)
        return layer in self.standing


def in_words(missing: dict[str, str]) -> str:
    """Missing layers with their reasons, on one line."""
    return "; ".join(f"{layer} ({reason})" for layer, reason in missing.items())


@dataclass(frozen=True)
class Room:
    """What of the file system a worker sees: folders and files to read, one folder to write."""

    readable: tuple[str, ...]
    scratch: str


def enclose_supervisor(enclosure: Enclosure) -> None:
    """Enter those namespaces that a parent has to enter for its child.

    The caller's next child is the first process of its PID namespace.
    """
    if not _may_mount():
        if os.geteuid() == 0:
            enclosure.take(NAMESPACES, _become_nobody)
        if enclosure.wanted & {NAMESPACES, NETWORK, TMPFS}:
            _try(_own_users)
    flags = syscalls.NEW_PROCESSES | syscalls.NEW_IPC | syscalls.NEW_UTS
    enclosure.take(NAMESPACES, lambda: syscalls.unshare(flags))


def enclose_worker(
    enclosure: Enclosure, readable: tuple[str, ...], folder: str, limits: Limits
) -> Room:
    """Give up all the rest, in the process that is to run the learner's code.

    folder: the scratch folder where none can be had in a file system of its own.
    """
    privileged = os.geteuid() == 0
    processes = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    enclosure.take(NETWORK, lambda: syscalls.unshare(syscalls.NEW_NETWORK))
    own_root = enclosure.take(TMPFS, lambda: _own_root(readable, limits.disk))
    room = Room(readable, "/scratch" if own_root else folder)
    if privileged:
        os.chown(room.scratch, _NOBODY, _NOBODY)
        enclosure.take(NAMESPACES, _become_nobody)
        enclosure.take(NAMESPACES, lambda: _own_users(processes))
    os.close(processes)
    enclosure.take(RLIMITS, lambda: _limit(limits))
    if ENVIRONMENT in enclosure.wanted:
        os.environ.clear()
        enclosure.standing.add(ENVIRONMENT)
    os.environ.update(HOME=room.scratch, TMPDIR=room.scratch, LANG="C.UTF-8")
    tempfile.tempdir = None
    os.chdir(room.scratch)
    _try(syscalls.drop_capabilities)
    # A change of user has cleared both.
    syscalls.die_with_parent()
    syscalls.leave_no_core()
    if enclosure.take(PRIVILEGES, syscalls.forgo_new_privileges):
        places = [room.scratch, "/dev/null"]
        enclosure.take(LANDLOCK, lambda: syscalls.landlock((*room.readable, "/proc/self"), places))
        refuse = partial(
            syscalls.refuse_system_calls,
            on_files=TMPFS not in enclosure.standing,
            on_processes=NAMESPACES not in enclosure.standing,
        )
        enclosure.take(SYSTEM_CALLS, refuse)
    else:
        for layer in enclosure.wanted & {LANDLOCK, SYSTEM_CALLS}:
            enclosure.missing[layer] = f"{PRIVILEGES} is missing"
    return room


def _try(act: Callable[[], object]) -> bool:
    try:
        act()
    except OSError:
        return False
    return True


def _may_mount() -> bool:
    return _try(lambda: syscalls.unshare(syscalls.NEW_MOUNTS))


def _become_nobody() -> None:
    os.setgroups([])
    os.setresgid(_NOBODY, _NOBODY, _NOBODY)
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    syscalls.stay_visible_to_owner()


def _own_users(processes: int | None = None) -> None:
    """Enter a user namespace in which this user is an ordinary one.

    processes: /proc, opened before where it can no longer be seen.
    """
    user, group = os.geteuid(), os.getegid()
    syscalls.unshare(syscalls.NEW_USER)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{_INSIDE} {user} 1"),
        ("gid_map", f"{_INSIDE} {group} 1"),
    ):
        path = f"/proc/self/{name}" if processes is None else f"self/{name}"
        place = os.open(path, os.O_WRONLY, dir_fd=processes)
        try:
            os.write(place, text.encode())
        finally:
            os.close(place)


def _own_root(readable: Iterable[str], size: int) -> None:
    """Enter a root that holds nothing but these places, read-only, `/proc` and `/scratch`."""
    syscalls.unshare(syscalls.NEW_MOUNTS)
    syscalls.mount(None, "/", None, syscalls.PRIVATE | syscalls.RECURSIVE)
    sources = {
        path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in readable if os.path.exists(path)
    }
    top = tempfile.gettempdir()
    options = f"size={size},nr_inodes=16384,mode=755"
    syscalls.mount("tmpfs", top, "tmpfs", syscalls.NO_SUID | syscalls.NO_DEVICES, options)
    own_processes = _show_processes(f"{top}/proc")
    for path, place in sources.items():
        if not (own_processes and path.startswith("/proc/")):
            _show(f"/proc/self/fd/{place}", top + path)
        os.close(place)
    os.makedirs(f"{top}/tmp", mode=0o755, exist_ok=True)
    os.mkdir(f"{top}/scratch", mode=0o700)
    syscalls.enter_root(top)


def _show_processes(folder: str) -> bool:
    """Make a /proc of this PID namespace; where none can be had (False), the files asked for."""
    os.mkdir(folder)
    if os.getpid() == 1 and _try(
        lambda: syscalls.mount("proc", folder, "proc", syscalls.NO_SUID | syscalls.NO_DEVICES)
    ):
        return True
    os.mkdir(f"{folder}/self")
    os.symlink(sys.executable, f"{folder}/self/exe")
    Path(f"{folder}/self/cmdline").write_bytes(os.fsencode(sys.executable) + b"\0")
    Path(f"{folder}/self/maps").touch()
    return False


def _show(source: str, target: str) -> None:
    """Make a place outside visible at `target`, for reading only where that can be had."""
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    elif not os.path.exists(target):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY))
    syscalls.mount(source, target, None, syscalls.BIND | syscalls.RECURSIVE)
    kept = os.statvfs(target).f_flag & _KEPT_FLAGS
    if not target.endswith("/dev/null"):
        flags = syscalls.BIND | _REMOUNT | _READ_ONLY | kept
        _try(lambda: syscalls.mount(None, target, None, flags))


def _limit(limits: Limits) -> None:
    import resource

    used, mapped = _data_in_use()
    wanted = {
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_DATA: used + limits.memory,
        resource.RLIMIT_AS: mapped + 4 * limits.memory,
        resource.RLIMIT_NPROC: limits.processes + 4 * (os.cpu_count() or 1),
        resource.RLIMIT_FSIZE: limits.file_size,
        resource.RLIMIT_NOFILE: limits.descriptors,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for kind, value in wanted.items():
        _soft, most = resource.getrlimit(kind)
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(kind, (value, value))


_in_use: tuple[int, int] | None = None


def note_data_in_use() -> None:
    """Measure what this process uses, for limits of its children, which may not see /proc."""
    global _in_use
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    sizes = {name: text for name, _colon, text in (line.partition(":") for line in lines)}
    _in_use = tuple(int(sizes[name].split()[0]) * 1024 for name in ("VmData", "VmSize"))


def _data_in_use() -> tuple[int, int]:
    if _in_use is None:
        note_data_in_use()
    return _in_use


def libraries(secret: Iterable[Path]) -> tuple[str, ...]:
    """All that a worker may read: the interpreter, the packages, and what the system lends them.

    secret: folders that are left out although they lie among the packages.
    """
    secret = [Path(path).resolve() for path in secret]
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    packages = {Path(sysconfig.get_path(name)) for name in names}
    packages |= {Path(entry) for entry in sys.path if entry and Path(entry).is_dir()}
    packages -= {path for path in packages if _is_checkout(path, secret)}
    places = [part for path in sorted(packages) for part in _without(path, secret)]
    places += [Path(folder) for folder in _folders_of_shared_libraries()]
    places += [Path(name) for name in _SYSTEM]
    both = {str(form) for path in places for form in (path, path.resolve())}
    return tuple(sorted(path for path in both if os.path.exists(path)))


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


def _is_checkout(path: Path, secret: list[Path]) -> bool:
    """Whether a folder of `sys.path` is the kit's own: everything in it is secret or irrelevant."""
    return any(inner.parent == path.resolve() for inner in secret) and not path.name.endswith(
        "-packages"
    )


def _without(folder: Path, secret: list[Path]) -> Iterable[Path]:
    """The folder, or its parts where a part is secret."""
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
