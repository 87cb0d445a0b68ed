"""The audit log: attempts of a learner's code to leave the sandbox, reported to the instructor.

An audit hook in the worker sees attempts to open other files, to connect, and to start programs.
Code that knows the hook can evade the hook. The log informs; the layers of isolation protect.
"""

import os
import sys
import sysconfig
from collections.abc import Callable
from types import FrameType
from typing import Any

from autograder.sandbox.filesystem import Room
from autograder.util.i18n import _

MAX_ATTEMPTS = 20
MAX_TEXT = 200

_STANDARD = sysconfig.get_path("stdlib")
_SEARCHED = frozenset(sys.path)
"""Folders that Python itself lists when a learner's code imports a module."""


class AuditLog:
    """The attempts of one worker; `new` returns each attempt once."""

    def __init__(self, room: Room, denied: bool = True):
        """Prepare an empty log.

        Args:
            room: The files that the worker may use.
            denied: Whether the layers that deny such attempts stand.
        """
        self._room = room
        self._new: list[str] = []
        self._seen: set[str] = set()
        self._is_learners: Callable[[str], bool] = lambda _filename: False
        self._denied = denied

    def watch(self, is_learners: Callable[[str], bool]) -> None:
        """Install the audit hook, which no code can remove.

        Args:
            is_learners: Returns whether a file name is that of a learner's cell.
        """
        self._is_learners = is_learners
        sys.addaudithook(self._audit)

    def new(self) -> list[str]:
        """Return the attempts since the last call."""
        new, self._new = self._new, []
        return new

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        describe = _EVENTS.get(event)
        if describe is None or len(self._seen) >= MAX_ATTEMPTS or not self._by_learner():
            return
        if event == "open" and _is_source_of_a_caller(arguments[0]):
            return
        text = describe(self._room, *arguments)
        if text and text not in self._seen:
            text = text[:MAX_TEXT]
            self._seen.add(text)
            entry = _("{attempt}: denied").format(attempt=text) if self._denied else text
            self._new.append(str(entry))

    def _by_learner(self) -> bool:
        """Return whether the learner's code acts, directly or through the standard library."""
        frame: FrameType | None = sys._getframe(2)
        while frame is not None:
            name = frame.f_code.co_filename
            if self._is_learners(name):
                return True
            if not name.startswith(("<frozen", _STANDARD)):
                return False
            frame = frame.f_back
        return False


def _is_source_of_a_caller(path: object) -> bool:
    """Return whether Python looks for a line of code that runs, as warnings and tracebacks do.

    Python tries the file name of a frame, then the same name in the folders of `sys.path`.
    """
    if type(path) is not str or not path.endswith(".py"):
        return False
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        if os.path.basename(frame.f_code.co_filename) == os.path.basename(path):
            return True
        frame = frame.f_back
    return False


def _opened(room: Room, path: Any, *_details: object) -> str | None:
    try:
        path = os.path.abspath(os.fsdecode(path))
    except (TypeError, ValueError):
        return None
    allowed = (room.scratch, *room.places.readable, "/proc/self/")
    if path.startswith(allowed) or path in _SEARCHED or path in room.places.listed:
        return None
    return _("tried to open {path}").format(path=path)


def _connected(_room: Room, _socket: object, address: object) -> str:
    return _("tried to connect to {address}").format(address=address)


def _looked_up(_room: Room, host: object, *_details: object) -> str:
    return _("tried to look up the address of {host}").format(host=host)


def _made_socket(_room: Room, *_details: object) -> str:
    return _("tried to open a network connection")


def _started(_room: Room, program: object, *_details: object) -> str:
    return _("tried to start {program}").format(program=program)


def _killed(_room: Room, pid: object, *_details: object) -> str | None:
    if os.getpid() == 1 and isinstance(pid, int) and pid > 1:
        return None  # in its PID namespace, every other process is a child of this process
    return _("tried to send a signal to process {pid}").format(pid=pid)


_EVENTS: dict[str, Callable[..., str | None]] = {
    "open": _opened,
    "os.listdir": _opened,
    "os.scandir": _opened,
    "os.remove": _opened,
    "os.rename": _opened,
    "os.rmdir": _opened,
    "os.mkdir": _opened,
    "os.link": _opened,
    "os.symlink": _opened,
    "os.chmod": _opened,
    "os.truncate": _opened,
    "socket.__new__": _made_socket,
    "socket.connect": _connected,
    "socket.sendto": _connected,
    "socket.getaddrinfo": _looked_up,
    "subprocess.Popen": _started,
    "os.system": _started,
    "os.exec": _started,
    "os.posix_spawn": _started,
    "os.kill": _killed,
    "os.killpg": _killed,
}
