"""The judge's connection to one worker, and the control socket of the worker's supervisor."""

import json
import secrets
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from autograder.sandbox import wire_format
from autograder.sandbox.limits import Limits
from autograder.sandbox.wire_format import ProtocolError
from autograder.sandbox.zygote import ask
from autograder.util.i18n import _

CLOSE_SECONDS = 10


class WorkerLost(Exception):
    """Report that a worker ended or that the judge stopped it; the text names the reason.

    Attributes:
        timed_out: Whether the worker exceeded a limit of time.
    """

    def __init__(self, reason: str, timed_out: bool = False):
        """Name the reason."""
        super().__init__(reason)
        self.timed_out = timed_out


class WorkerConnection:
    """The connection to one worker, whose processes end when the connection closes."""

    def __init__(self, zygote: socket.socket, layers: frozenset[str], limits: Limits | None):
        """Ask a zygote for a new worker.

        Args:
            zygote: The socket of the zygote.
            layers: The layers of isolation that are wanted.
            limits: The limits on what the worker uses, None for the default.

        Raises:
            OSError: The zygote is gone.
        """
        self._connection, self._control = ask(zygote, layers, limits)

    def ask(
        self,
        operation: str,
        arguments: list[Any],
        until: float,
        answer: Callable[[list[Any]], list[Any]] | None = None,
    ) -> list[Any]:
        """Return the worker's answer to a question, without the mark.

        Each question carries a random mark, which the answer must repeat.

        Args:
            operation: The name of the operation.
            arguments: Its arguments, plain data.
            until: The reading of `time.monotonic` at which the judge gives up.
            answer: Answers what the worker's stand-ins ask meanwhile (see `stand_ins`); None where
                the worker may ask nothing.

        Raises:
            WorkerLost: The worker ended, or the time ran out.
            ProtocolError: The answer breaks the rules of the protocol.
        """
        mark = secrets.token_hex(8)
        self.send([mark, operation, arguments], until)
        while True:
            match self.receive(until):
                case [str(answered), "asks", *asked] if answered == mark and answer is not None:
                    self.send([mark, *answer(asked)], until)
                case [str(answered), *parts] if answered == mark:
                    return parts
                case _:
                    raise ProtocolError(_("it sent what is no answer"))

    def send(self, message: Any, until: float | None = None) -> None:
        """Send a message; `until` and exceptions as in `ask`."""
        start = time.monotonic()
        try:
            wire_format.send(self._connection, message, until)
        except TimeoutError:
            raise WorkerLost(_late(start), timed_out=True) from None
        except OSError:
            raise WorkerLost(self._ending()) from None

    def receive(self, until: float) -> Any:
        """Return the next message; `until` and exceptions as in `ask`."""
        start = time.monotonic()
        try:
            return wire_format.receive(self._connection, until)
        except TimeoutError:
            raise WorkerLost(_late(start), timed_out=True) from None
        except (EOFError, OSError):
            raise WorkerLost(self._ending()) from None

    def close(self) -> None:
        """Close the control socket, and wait until the supervisor has ended all processes."""
        self._connection.close()
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)
        self._read_ending()
        self._control.close()

    def _read_ending(self) -> object:
        """Return the supervisor's report on the worker's end, None where there is no report."""
        self._control.settimeout(CLOSE_SECONDS)
        text = b""
        with suppress(OSError):
            while part := self._control.recv(4096):
                text += part
        try:
            return json.loads(text)
        except ValueError:
            return None

    def _ending(self) -> str:
        match self._read_ending():
            case {"stopped": "memory"}:
                return _("it used too much memory and was stopped")
            case {"signal": int(number)}:
                return _("it ended the process ({signal})").format(signal=_signal_name(number))
            case {"code": int(code)}:
                return _("it ended the process (exit code {code})").format(code=code)
        return _("it ended the process")


def _late(start: float) -> str:
    return _("ran longer than {n:.0f} s").format(n=time.monotonic() - start)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
