"""Layers of isolation that a worker enters before the learner's first line runs (Linux).

The supervisor and the worker apply each layer independently. An `Enclosure` records the layers that
stand, and the reasons why others are missing.
"""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from autograder.sandbox import kernel_calls, landlock, syscall_filter
from autograder.sandbox.filesystem import SCRATCH, Room, enter_own_root
from autograder.sandbox.limits import Limits, MemoryInUse, set_limits
from autograder.util.i18n import series

NAMESPACES = "namespaces"
NETWORK = "network"
TMPFS = "tmpfs"
LANDLOCK = "landlock"
SYSTEM_CALLS = "syscalls"
RLIMITS = "rlimits"
PRIVILEGES = "no_new_privs"
ENVIRONMENT = "environment"
LAYERS = (NAMESPACES, NETWORK, TMPFS, LANDLOCK, SYSTEM_CALLS, RLIMITS, PRIVILEGES, ENVIRONMENT)

_NOBODY = 65534
_INSIDE = 1000


@dataclass
class Enclosure:
    """Record of the layers of one worker.

    Attributes:
        wanted: The layers to apply.
        standing: The layers that stand.
        missing: The reasons why wanted layers are missing, by layer.
    """

    wanted: frozenset[str]
    standing: set[str] = field(default_factory=set)
    missing: dict[str, str] = field(default_factory=dict)

    def apply(self, layer: str, act: Callable[[], object]) -> bool:
        """Apply a layer if it is wanted, and record the outcome.

        Args:
            layer: The layer.
            act: A function that applies the layer, or a part of the layer. The layer is missing
                when the function raises `OSError` or `ValueError`.

        Returns:
            Whether the layer stands.
        """
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
    """Return missing layers with their reasons, on one line."""
    return series(f"{layer} ({reason})" for layer, reason in missing.items())


def enclose_supervisor(enclosure: Enclosure) -> None:
    """Enter those namespaces that a parent has to enter for its child.

    The caller's next child is the first process of its PID namespace.
    """
    if not _may_mount():
        if os.geteuid() == 0:
            enclosure.apply(NAMESPACES, _become_nobody)
        if enclosure.wanted & {NAMESPACES, NETWORK, TMPFS}:
            kernel_calls.succeeds(_enter_own_users)
    flags = kernel_calls.NEW_PROCESSES | kernel_calls.NEW_IPC | kernel_calls.NEW_UTS
    enclosure.apply(NAMESPACES, lambda: kernel_calls.unshare(flags))


def enclose_worker(enclosure: Enclosure, room: Room, limits: Limits, in_use: MemoryInUse) -> Room:
    """Apply all other layers, in the process that is about to run the learner's code.

    Args:
        enclosure: The layers that are wanted, and those that the supervisor applied.
        room: The readable places, and the scratch folder of a worker without a root of its own.
        limits: The limits on what the worker uses.
        in_use: The memory of the zygote, which the worker shares.

    Returns:
        The room with the scratch folder that the worker has.
    """
    privileged = os.geteuid() == 0
    processes = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    enclosure.apply(NETWORK, lambda: kernel_calls.unshare(kernel_calls.NEW_NETWORK))
    if enclosure.apply(
        TMPFS, lambda: enter_own_root(room.places.readable, room.scratch, limits.disk)
    ):
        room = replace(room, scratch=SCRATCH)
    if privileged:
        os.chown(room.scratch, _NOBODY, _NOBODY)
        enclosure.apply(NAMESPACES, _become_nobody)
        enclosure.apply(NAMESPACES, lambda: _enter_own_users(processes))
    os.close(processes)
    enclosure.apply(RLIMITS, lambda: set_limits(limits, in_use))
    _set_environment(enclosure, room.scratch)
    kernel_calls.succeeds(kernel_calls.drop_capabilities)
    # The kernel resets both properties when a process changes its user.
    kernel_calls.die_with_parent()
    kernel_calls.leave_no_core()
    _restrict_kernel(enclosure, room)
    return room


def _set_environment(enclosure: Enclosure, scratch: str) -> None:
    if ENVIRONMENT in enclosure.wanted:
        os.environ.clear()
        enclosure.standing.add(ENVIRONMENT)
    os.environ.update(HOME=scratch, TMPDIR=scratch, LANG="C.UTF-8")
    tempfile.tempdir = None
    os.chdir(scratch)


def _restrict_kernel(enclosure: Enclosure, room: Room) -> None:
    """Apply the layers that no later change of privileges can undo."""
    if not enclosure.apply(PRIVILEGES, kernel_calls.forgo_new_privileges):
        for layer in enclosure.wanted & {LANDLOCK, SYSTEM_CALLS}:
            enclosure.missing[layer] = f"{PRIVILEGES} is missing"
        return
    readable, writable = (*room.places.readable, "/proc/self"), (room.scratch, "/dev/null")
    enclosure.apply(LANDLOCK, lambda: landlock.restrict(readable, writable, room.places.listed))
    own_files, own_processes = (layer in enclosure.standing for layer in (TMPFS, NAMESPACES))
    enclosure.apply(SYSTEM_CALLS, lambda: syscall_filter.allow_needed(own_files, own_processes))


def _may_mount() -> bool:
    return kernel_calls.succeeds(lambda: kernel_calls.unshare(kernel_calls.NEW_MOUNTS))


def _become_nobody() -> None:
    os.setgroups([])
    os.setresgid(_NOBODY, _NOBODY, _NOBODY)
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    kernel_calls.stay_visible_to_owner()


def _enter_own_users(processes: int | None = None) -> None:
    """Enter a user namespace in which this user is an ordinary user.

    Args:
        processes: A descriptor of /proc, opened while /proc was visible; None where it still is.
    """
    user, group = os.geteuid(), os.getegid()
    kernel_calls.unshare(kernel_calls.NEW_USER)
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
