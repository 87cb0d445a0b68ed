"""Landlock: the kernel's own limit on the files that a process may use.

The constants are those of `linux/landlock.h`. Every function raises `OSError` where the kernel
refuses.
"""

import ctypes
import os
import struct
from collections.abc import Iterable

from autograder.sandbox.kernel_calls import system_call

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = (444, 444), (445, 445), (446, 446)

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_FILE_RIGHTS = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}
_TRUNCATE, _IOCTL_DEVICE = 1 << 14, 1 << 15
_ONLY_FOR_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE


def version() -> int:
    """Return the version of Landlock that the kernel offers."""
    return system_call("landlock_create_ruleset", _CREATE_RULESET, None, 0, 1)


def restrict(readable: Iterable[str], writable: Iterable[str], listed: Iterable[str] = ()) -> int:
    """Forbid all files outside these folders, TCP, and signals and abstract sockets to others.

    The process may execute no file anywhere. Older versions of Landlock forbid less.

    Args:
        readable: Folders and files that the process may read.
        writable: Folders and files that the process may read and write.
        listed: Folders in which the process may read names, at any depth, and no content.

    Returns:
        The version of Landlock.
    """
    offered = version()
    rights = _FILE_RIGHTS[min(offered, 5)]
    network = 0b11 if offered >= 4 else 0
    scoped = 0b11 if offered >= 6 else 0
    size = 8 if offered < 4 else 16 if offered < 6 else 24
    attributes = ctypes.create_string_buffer(struct.pack("=QQQ", rights, network, scoped))
    ruleset = system_call("landlock_create_ruleset", _CREATE_RULESET, attributes, size, 0)
    try:
        for path in readable:
            _allow(ruleset, path, _READ_FILE | _READ_DIR)
        for path in listed:
            _allow(ruleset, path, _READ_DIR)
        for path in writable:
            _allow(ruleset, path, rights & ~_EXECUTE)
        system_call("landlock_restrict_self", _RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return offered


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return
    try:
        if not os.path.isdir(path):
            rights &= _ONLY_FOR_FILES
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, place))
        system_call("landlock_add_rule", _ADD_RULE, ruleset, 1, rule, 0)
    finally:
        os.close(place)
