"""seccomp: a filter in the kernel that allows the system calls which exercises need, and no others.

`syscalls.toml` lists the calls. A filter is a program of the classic Berkeley Packet Filter. Each
instruction is a tuple (code, jump if true, jump if false, operand); the constants are those of
`linux/bpf_common.h` and `linux/seccomp.h`.
"""

import ctypes
import platform
import struct
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.sandbox.kernel_calls import (
    DIE_WITH_PARENT,
    DUMPABLE,
    NEW_MOUNTS,
    NEW_USER,
    SECCOMP,
    number_here,
    prctl,
)

Instruction = tuple[int, int, int, int]

_AUDIT_ARCH = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
_SHARED_ANONYMOUS = 0x01 | 0x20
_TABLE = tomllib.loads(Path(__file__).with_name("syscalls.toml").read_text(encoding="utf-8"))

_ALLOW, _ERROR, _KILL = 0x7FFF_0000, 0x0005_0000, 0x8000_0000
_EPERM, _ENOSYS = 1, 38
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_AND = 0x54
_NUMBER_AT, _ARCH_AT, _FIRST_ARGUMENT_AT, _FOURTH_ARGUMENT_AT = 0, 4, 16, 40
_X32 = 0x4000_0000


def allow_needed(on_files: bool = True, on_processes: bool = True) -> None:
    """Allow the system calls of the table; from now on every other call fails.

    The process must have given up new privileges before (see `kernel_calls.forgo_new_privileges`).

    Args:
        on_files: Whether calls that change a file's mode, owner, times or attributes are allowed.
        on_processes: Whether calls that signal or tune other processes are allowed.

    Raises:
        OSError: The kernel refuses, or the system calls of this machine are unknown.
    """
    filters = _filters(on_files, on_processes)
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *f) for f in filters))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(filters), ctypes.addressof(code)))
    prctl(SECCOMP, 2, program)


def _filters(on_files: bool, on_processes: bool) -> list[Instruction]:
    allowed = [number for group in _TABLE["allowed"].values() for number in _numbers(group)]
    refused = _numbers(_TABLE["refused"])
    for group, is_allowed in (("on_files", on_files), ("on_processes", on_processes)):
        (allowed if is_allowed else refused).extend(_numbers(_TABLE[group]))
    filters: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH_AT),
        (_EQUAL, 1, 0, _AUDIT_ARCH[platform.machine()]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
        *_refuse_if((_AT_LEAST, _X32)),
        *_in_call("clone", _FIRST_ARGUMENT_AT, _refuse_if((_ANY_BIT, NEW_USER | NEW_MOUNTS))),
        *_in_call(
            "mmap",
            _FOURTH_ARGUMENT_AT,
            [(_AND, 0, 0, _SHARED_ANONYMOUS), *_refuse_if((_EQUAL, _SHARED_ANONYMOUS))],
        ),
        *_in_call(
            "prctl",
            _FIRST_ARGUMENT_AT,
            [*_refuse_if((_EQUAL, DIE_WITH_PARENT)), *_refuse_if((_EQUAL, DUMPABLE))],
        ),
    ]
    if not on_processes:
        other = [(_EQUAL, 1, 0, 0), (_RETURN, 0, 0, _ERROR | _EPERM)]
        filters += _in_call("prlimit64", _FIRST_ARGUMENT_AT, other)
    filters += [line for first, last in _spans(allowed) for line in _allow(first, last)]
    filters += [line for number in refused for line in _refuse_if((_EQUAL, number))]
    # With ENOSYS, libraries fall back to older calls, as from `clone3`, whose flags no filter can
    # read, to `clone`.
    filters.append((_RETURN, 0, 0, _ERROR | _ENOSYS))
    return filters


def _numbers(group: dict[str, list[int]]) -> list[int]:
    """Return the numbers on this machine of the calls in a group of the table."""
    pairs = ([None if n < 0 else n for n in numbers] for numbers in group.values())
    numbers = [number_here((x86_64, aarch64)) for x86_64, aarch64 in pairs]
    return [number for number in numbers if number is not None]


def _spans(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of each run of consecutive numbers."""
    first = last = None
    for number in sorted(set(numbers)):
        if last is None or first is None:
            first = number
        elif number != last + 1:
            yield first, last
            first = number
        last = number
    if first is not None and last is not None:
        yield first, last


def _allow(first: int, last: int) -> list[Instruction]:
    """Return instructions that allow the calls from one number to another, and else go on."""
    return [
        (_AT_LEAST, 0, 2, first),
        (_AT_LEAST, 1, 0, last + 1),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _refuse_if(test: tuple[int, int]) -> list[Instruction]:
    """Return instructions that refuse the call when the test holds, and else go on."""
    kind, value = test
    return [(kind, 0, 1, value), (_RETURN, 0, 0, _ERROR | _EPERM)]


def _in_call(name: str, argument_at: int, filters: list[Instruction]) -> list[Instruction]:
    """Return instructions that filter a system call by an argument, then load its number again."""
    return [
        (_EQUAL, 0, len(filters) + 1, _number(name)),
        (_LOAD, 0, 0, argument_at),
        *filters,
        (_LOAD, 0, 0, _NUMBER_AT),
    ]


def _number(name: str) -> int:
    """Return the number on this machine of an allowed call."""
    [group] = (group for group in _TABLE["allowed"].values() if name in group)
    [number] = _numbers({name: group[name]})
    return number
