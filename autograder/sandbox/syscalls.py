"""The Linux system calls of the wall that Python's `os` does not offer.

Every function raises `OSError` where the kernel refuses. Nothing here is called at import.
"""

import ctypes
import os
import platform
import struct
from collections.abc import Iterable
from functools import cache

NEW_MOUNTS, NEW_IPC, NEW_UTS = 0x0002_0000, 0x0800_0000, 0x0400_0000
NEW_USER, NEW_PROCESSES, NEW_NETWORK = 0x1000_0000, 0x2000_0000, 0x4000_0000

BIND, RECURSIVE, PRIVATE, NO_SUID, NO_DEVICES = 0x1000, 0x4000, 0x4_0000, 0x2, 0x4

_DETACH = 2
_DIE_WITH_PARENT, _DUMPABLE, _SUBREAPER, _SECCOMP, _NO_NEW_PRIVS = 1, 4, 36, 22, 38

# Numbers of system calls by machine: x86_64, aarch64.
_MACHINES = {"x86_64": 0, "aarch64": 1}
_AUDIT_ARCH = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
_NUMBERS = {
    "pivot_root": (155, 41),
    "capset": (126, 91),
    "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446),
}
_CLONE, _CLONE3 = (56, 220), (435, 435)
_MMAP, _PRCTL = (9, 222), (157, 167)
_SHARED_ANONYMOUS = 0x01 | 0x20
_REFUSED = {
    "socket": (41, 198),
    "connect": (42, 203),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "fsopen": (430, 430),
    "move_mount": (429, 429),
    "open_tree": (428, 428),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_by_handle_at": (304, 265),
    "bpf": (321, 280),
    "io_uring_setup": (425, 425),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "kexec_load": (246, 104),
    "semget": (64, 190),
    "vmsplice": (278, 75),
    "io_setup": (206, 0),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
    "setsockopt": (54, 208),
    "setsid": (112, 157),
    "landlock_create_ruleset": (444, 444),
}
# What could change the files of the same user, where the worker sees them.
_REFUSED_ON_FILES = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "lchown": (94, None),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
}
# What could disturb the processes of the same user, where the worker sees them.
_REFUSED_ON_PROCESSES = {
    "kill": (62, 129),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    "process_madvise": (440, 440),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
}
_PRLIMIT = (302, 261)


@cache
def _libc():
    return ctypes.CDLL(None, use_errno=True)


def _here(numbers: tuple[int | None, int | None]) -> int | None:
    """A system call's number on this machine, None where it has no such call.

    Raises `OSError` on a machine that is not known.
    """
    machine = platform.machine()
    if machine not in _MACHINES:
        raise OSError(f"system calls of {machine} are not known")
    return numbers[_MACHINES[machine]]


def _checked(result: int, what: str) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def _system_call(name: str, *arguments) -> int:
    values = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _checked(_libc().syscall(ctypes.c_long(_here(_NUMBERS[name])), *values), name)


def _prctl(option: int, value, argument=0) -> None:
    values = [ctypes.c_ulong(v) if isinstance(v, int) else v for v in (value, argument, 0, 0)]
    _checked(_libc().prctl(option, *values), "prctl")


def die_with_parent() -> None:
    """Be killed when the parent of this process ends."""
    _prctl(_DIE_WITH_PARENT, 9)


def adopt_orphans() -> None:
    """Become the parent of all descendants whose own parent ends."""
    _prctl(_SUBREAPER, 1)


def leave_no_core() -> None:
    """Be dumped nowhere, neither to a file nor to a program of the system, and traced by nobody."""
    _prctl(_DUMPABLE, 0)


def stay_visible_to_owner() -> None:
    """Keep /proc/self writable after a change of user, so that maps of ids can be written."""
    _prctl(_DUMPABLE, 1)


def forgo_new_privileges() -> None:
    """No program that is started from here on gains a privilege."""
    _prctl(_NO_NEW_PRIVS, 1)


def unshare(flags: int) -> None:
    _checked(_libc().unshare(flags), "unshare")


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str = "") -> None:
    texts = [None if text is None else text.encode() for text in (source, target, kind)]
    result = _libc().mount(*texts, ctypes.c_ulong(flags), data.encode())
    _checked(result, f"mount {target}")


def enter_root(folder: str) -> None:
    """Make a mount point the root of this process' file system and leave the old one."""
    os.chdir(folder)
    _system_call("pivot_root", b".", b".")
    _checked(_libc().umount2(b".", _DETACH), "umount")
    os.chdir("/")


def drop_capabilities() -> None:
    """Give up every capability."""
    header = ctypes.create_string_buffer(struct.pack("=Ii", 0x2008_0522, 0))
    _system_call("capset", header, ctypes.create_string_buffer(24))


# Landlock

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_FILE_RIGHTS = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}
_TRUNCATE, _IOCTL_DEVICE = 1 << 14, 1 << 15
_ONLY_FOR_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE


def landlock_version() -> int:
    """The version of Landlock that the kernel offers."""
    return _system_call("landlock_create_ruleset", None, 0, 1)


def landlock(readable: Iterable[str], writable: Iterable[str]) -> int:
    """Forbid all files but those in these folders, TCP, and signals and sockets to the outside.

    Nothing may be executed anywhere. Older versions forbid less; returns the version.
    """
    version = landlock_version()
    rights = _FILE_RIGHTS[min(version, 5)]
    network = 0b11 if version >= 4 else 0
    scoped = 0b11 if version >= 6 else 0
    size = 8 if version < 4 else 16 if version < 6 else 24
    attributes = ctypes.create_string_buffer(struct.pack("=QQQ", rights, network, scoped))
    ruleset = _system_call("landlock_create_ruleset", attributes, size, 0)
    try:
        for path in readable:
            _allow(ruleset, path, _READ_FILE | _READ_DIR)
        for path in writable:
            _allow(ruleset, path, rights & ~_EXECUTE)
        _system_call("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)
    return version


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return
    try:
        if not os.path.isdir(path):
            rights &= _ONLY_FOR_FILES
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, place))
        _system_call("landlock_add_rule", ruleset, 1, rule, 0)
    finally:
        os.close(place)


# seccomp

_ALLOW, _ERROR, _KILL = 0x7FFF_0000, 0x0005_0000, 0x8000_0000
_EPERM, _ENOSYS = 1, 38
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_AND = 0x54
_NUMBER_AT, _ARCH_AT, _FIRST_ARGUMENT_AT, _FOURTH_ARGUMENT_AT = 0, 4, 16, 40
_X32 = 0x4000_0000


def refuse_system_calls(on_files: bool = False, on_processes: bool = False) -> None:
    """Refuse the system calls that no exercise needs: sockets, programs, mounts, debugging.

    on_files: also those that change a file's mode, owner, times or attributes. on_processes: also
    those that signal or tune other processes. `forgo_new_privileges` comes first.
    """
    refused = {**_REFUSED}
    refused |= _REFUSED_ON_FILES if on_files else {}
    refused |= _REFUSED_ON_PROCESSES if on_processes else {}
    numbers = [number for each in refused.values() if (number := _here(each)) is not None]
    filters = [
        (_LOAD, 0, 0, _ARCH_AT),
        (_EQUAL, 1, 0, _AUDIT_ARCH[platform.machine()]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        *_refuse_if((_AT_LEAST, _X32)),
        # `clone3` looks absent: `clone`, whose flags can be read here, takes its place.
        *_refuse_if((_EQUAL, _here(_CLONE3)), error=_ENOSYS),
        *(line for number in numbers for line in _refuse_if((_EQUAL, number))),
        *_in_call(_CLONE, _FIRST_ARGUMENT_AT, _refuse_if((_ANY_BIT, NEW_USER | NEW_MOUNTS))),
        *_in_call(
            _MMAP,
            _FOURTH_ARGUMENT_AT,
            [(_AND, 0, 0, _SHARED_ANONYMOUS), *_refuse_if((_EQUAL, _SHARED_ANONYMOUS))],
        ),
        *_in_call(
            _PRCTL,
            _FIRST_ARGUMENT_AT,
            [*_refuse_if((_EQUAL, _DIE_WITH_PARENT)), *_refuse_if((_EQUAL, _DUMPABLE))],
        ),
    ]
    if on_processes:
        other = [(_EQUAL, 1, 0, 0), (_RETURN, 0, 0, _ERROR | _EPERM)]
        filters += _in_call(_PRLIMIT, _FIRST_ARGUMENT_AT, other)
    filters.append((_RETURN, 0, 0, _ALLOW))
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *f) for f in filters))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(filters), ctypes.addressof(code)))
    _prctl(_SECCOMP, 2, program)


def _refuse_if(test: tuple[int, int], error: int = _EPERM) -> list[tuple[int, int, int, int]]:
    """Refuse the call when the test holds, else go on."""
    kind, value = test
    return [(kind, 0, 1, value), (_RETURN, 0, 0, _ERROR | error)]


def _in_call(numbers: tuple[int, int], argument_at: int, filters: list) -> list:
    """Look at an argument of one system call, and at the number of the call again."""
    return [
        (_EQUAL, 0, len(filters) + 1, _here(numbers)),
        (_LOAD, 0, 0, argument_at),
        *filters,
        (_LOAD, 0, 0, _NUMBER_AT),
    ]
