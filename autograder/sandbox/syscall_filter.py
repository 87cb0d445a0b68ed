"""seccomp: a filter in the kernel that refuses system calls which no exercise needs.

A filter is a program of the classic Berkeley Packet Filter. Each instruction is a tuple (code, jump
if true, jump if false, operand); the constants are those of `linux/bpf_common.h` and
`linux/seccomp.h`.
"""

import ctypes
import platform
import struct

from autograder.sandbox.kernel_calls import (
    DIE_WITH_PARENT,
    DUMPABLE,
    NEW_MOUNTS,
    NEW_USER,
    SECCOMP,
    Numbers,
    number_here,
    prctl,
)

Instruction = tuple[int, int, int, int]

_AUDIT_ARCH = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
_CLONE, _CLONE3 = (56, 220), (435, 435)
_MMAP, _PRCTL, _PRLIMIT = (9, 222), (157, 167), (302, 261)
_SHARED_ANONYMOUS = 0x01 | 0x20
_REFUSED: dict[str, Numbers] = {
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
# Calls that change files of the same user, where the worker sees these files.
_REFUSED_ON_FILES: dict[str, Numbers] = {
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
# Calls that disturb processes of the same user, where the worker sees these processes.
_REFUSED_ON_PROCESSES: dict[str, Numbers] = {
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

_ALLOW, _ERROR, _KILL = 0x7FFF_0000, 0x0005_0000, 0x8000_0000
_EPERM, _ENOSYS = 1, 38
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_AND = 0x54
_NUMBER_AT, _ARCH_AT, _FIRST_ARGUMENT_AT, _FOURTH_ARGUMENT_AT = 0, 4, 16, 40
_X32 = 0x4000_0000


def refuse(on_files: bool = False, on_processes: bool = False) -> None:
    """Refuse sockets, programs, mounts, debugging and other system calls.

    The process must have given up new privileges before (see `kernel_calls.forgo_new_privileges`).

    Args:
        on_files: Also refuse calls that change a file's mode, owner, times or attributes.
        on_processes: Also refuse calls that signal or tune other processes.

    Raises:
        OSError: The kernel refuses, or the system calls of this machine are unknown.
    """
    refused = {**_REFUSED}
    refused |= _REFUSED_ON_FILES if on_files else {}
    refused |= _REFUSED_ON_PROCESSES if on_processes else {}
    numbers = [number for each in refused.values() if (number := number_here(each)) is not None]
    filters: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH_AT),
        (_EQUAL, 1, 0, _AUDIT_ARCH[platform.machine()]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        *_refuse_if((_AT_LEAST, _X32)),
        # A filter cannot read the flags of `clone3`. With ENOSYS, libraries fall back to `clone`.
        *_refuse_if((_EQUAL, _known(_CLONE3)), error=_ENOSYS),
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
            [*_refuse_if((_EQUAL, DIE_WITH_PARENT)), *_refuse_if((_EQUAL, DUMPABLE))],
        ),
    ]
    if on_processes:
        other = [(_EQUAL, 1, 0, 0), (_RETURN, 0, 0, _ERROR | _EPERM)]
        filters += _in_call(_PRLIMIT, _FIRST_ARGUMENT_AT, other)
    filters.append((_RETURN, 0, 0, _ALLOW))
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *f) for f in filters))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(filters), ctypes.addressof(code)))
    prctl(SECCOMP, 2, program)


def _refuse_if(test: tuple[int, int], error: int = _EPERM) -> list[Instruction]:
    """Return instructions that refuse the call when the test holds, and else go on."""
    kind, value = test
    return [(kind, 0, 1, value), (_RETURN, 0, 0, _ERROR | error)]


def _in_call(numbers: Numbers, argument_at: int, filters: list[Instruction]) -> list[Instruction]:
    """Return instructions that filter a system call by an argument, then load its number again."""
    return [
        (_EQUAL, 0, len(filters) + 1, _known(numbers)),
        (_LOAD, 0, 0, argument_at),
        *filters,
        (_LOAD, 0, 0, _NUMBER_AT),
    ]


def _known(numbers: Numbers) -> int:
    number = number_here(numbers)
    if number is None:
        raise OSError(f"a system call is missing on {platform.machine()}")
    return number
