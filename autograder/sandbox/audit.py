"""What a learner's code tried that no exercise needs: told to the instructor, and believed lightly.

An audit hook sees attempts to open files elsewhere, to connect, to start programs. Code that knows
of it can get around it: it informs, and the isolation protects.
"""

import os
import sys
import sysconfig
from collections.abc import Callable

from autograder.sandbox.isolation import Room
from autograder.util.i18n import _

MAX_ATTEMPTS = 20
MAX_TEXT = 200

_STANDARD = sysconfig.get_path("stdlib")


class AuditLog:
    """The attempts of one worker; `new` hands each out once."""

    def __init__(self, room: Room, denied: bool = True):
        self._room = room
        self._new: list[str] = []
        self._seen: set[str] = set()
        self._is_learners: Callable[[str], bool] | None = None
        self._denied = denied

    def watch(self, is_learners: Callable[[str], bool]) -> None:
        """Begin; `is_learners(filename)` tells the learner's frames."""
        self._is_learners = is_learners
        sys.addaudithook(self._audit)

    def new(self) -> list[str]:
        """The attempts since the last time."""
        new, self._new = self._new, []
        return new

    def _audit(self, event: str, arguments: tuple) -> None:
        describe = _EVENTS.get(event)
        if describe is None or len(self._seen) >= MAX_ATTEMPTS or not self._by_learner():
            return
        text = describe(self._room, *arguments)
        if text and text not in self._seen:
            text = text[:MAX_TEXT]
            self._seen.add(text)
            told = _("{attempt}: denied").format(attempt=text) if self._denied else text
            self._new.append(str(told))

    def _by_learner(self) -> bool:
        """Whether the innermost frame that is neither Python's nor a package's is the learner's."""
        frame = sys._getframe(2)
        while frame is not None:
            name = frame.f_code.co_filename
            if self._is_learners(name):
                return True
            if not name.startswith(("<frozen", _STANDARD)):
                return False
            frame = frame.f_back
        return False


def _opened(room: Room, path, *_details) -> str | None:
    try:
        path = os.path.abspath(os.fsdecode(path))
    except (TypeError, ValueError):
        return None
    allowed = (room.scratch, *room.readable, "/proc/self/")
    if path.startswith(allowed):
        return None
    return _("tried to open {path}").format(path=path)


def _connected(room: Room, _socket, address) -> str:
    return _("tried to connect to {address}").format(address=address)


def _looked_up(room: Room, host, *_details) -> str:
    return _("tried to look up the address of {host}").format(host=host)


def _made_socket(room: Room, *_details) -> str:
    return _("tried to open a network connection")


def _started(room: Room, program, *_details) -> str:
    return _("tried to start {program}").format(program=program)


def _killed(room: Room, pid, *_details) -> str:
    return _("tried to send a signal to process {pid}").format(pid=pid)


_EVENTS = {
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
