"""Linux system calls that the sandbox needs and that Python's `os` does not offer.

Every function raises `OSError` where the kernel refuses. Nothing here runs at import.
"""

import ctypes
import os
import platform
import struct
from collections.abc import Callable
from functools import cache

NEW_MOUNTS, NEW_IPC, NEW_UTS = 0x0002_0000, 0x0800_0000, 0x0400_0000
NEW_USER, NEW_PROCESSES, NEW_NETWORK = 0x1000_0000, 0x2000_0000, 0x4000_0000

BIND, RECURSIVE, PRIVATE, NO_SUID, NO_DEVICES = 0x1000, 0x4000, 0x4_0000, 0x2, 0x4
READ_ONLY, REMOUNT = 0x1, 0x20

DIE_WITH_PARENT, DUMPABLE, SECCOMP = 1, 4, 22

Numbers = tuple[int | None, int | None]
"""The numbers of a system call on x86_64 and aarch64, None where a machine has no such call."""

_DETACH = 2
_SUBREAPER, _NO_NEW_PRIVS = 36, 38
_SIGKILL = 9

_MACHINES = {"x86_64": 0, "aarch64": 1}
_PIVOT_ROOT, _CAPSET = (155, 41), (126, 91)


def succeeds(act: Callable[[], object]) -> bool:
    """Return whether an act succeeds; a refusal by the kernel is no error here."""
    try:
        act()
    except OSError:
        return False
    return True


def number_here(numbers: Numbers) -> int | None:
    """Return a system call's number on this machine, None where the machine has no such call.

    Raises:
        OSError: The numbers on this machine are unknown.
    """
    machine = platform.machine()
    if machine not in _MACHINES:
        raise OSError(f"system calls of {machine} are not known")
    return numbers[_MACHINES[machine]]


def system_call(name: str, numbers: Numbers, *arguments: object) -> int:
    """Make a system call by its number and return its result.

    Args:
        name: The name of the call, for the text of an error.
        numbers: Its numbers on the known machines.
        arguments: Integers, and values that ctypes passes on.
    """
    values = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    number = number_here(numbers)
    if number is None:
        raise OSError(f"{platform.machine()} has no system call {name}")
    return _checked(_libc().syscall(ctypes.c_long(number), *values), name)


def prctl(option: int, value: object, argument: object = 0) -> None:
    """Change a property of this process."""
    values = [ctypes.c_ulong(v) if isinstance(v, int) else v for v in (value, argument, 0, 0)]
    _checked(_libc().prctl(option, *values), "prctl")


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends."""
    prctl(DIE_WITH_PARENT, _SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of all descendants whose own parent ends."""
    prctl(_SUBREAPER, 1)


def leave_no_core() -> None:
    """Forbid core dumps of this process, and forbid others to trace this process."""
    prctl(DUMPABLE, 0)


def stay_visible_to_owner() -> None:
    """Keep /proc/self writable after a change of user, so that maps of ids can be written."""
    prctl(DUMPABLE, 1)


def forgo_new_privileges() -> None:
    """Deny new privileges to every program that this process starts from here on."""
    prctl(_NO_NEW_PRIVS, 1)


def unshare(flags: int) -> None:
    """Enter new namespaces, named by `NEW_*` flags."""
    _checked(_libc().unshare(flags), "unshare")


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str = "") -> None:
    """Mount a file system, or change a mount.

    Args:
        source: The device or folder, None for a change.
        target: The mount point.
        kind: The type of the file system, None for a bind mount or a change.
        flags: A sum of flags such as `BIND`.
        data: Options of the file system.
    """
    texts = [None if text is None else text.encode() for text in (source, target, kind)]
    result = _libc().mount(*texts, ctypes.c_ulong(flags), data.encode())
    _checked(result, f"mount {target}")


def enter_root(folder: str) -> None:
    """Make a mount point the root of this process' file system and unmount the old root."""
    os.chdir(folder)
    system_call("pivot_root", _PIVOT_ROOT, b".", b".")
    _checked(_libc().umount2(b".", _DETACH), "umount")
    os.chdir("/")


def drop_capabilities() -> None:
    """Give up every capability."""
    header = ctypes.create_string_buffer(struct.pack("=Ii", 0x2008_0522, 0))
    system_call("capset", _CAPSET, header, ctypes.create_string_buffer(24))


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, call: str) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")
    return result
