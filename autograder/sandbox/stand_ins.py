"""Stand-ins for functions in a worker, and the answers of the judge.

The judge installs stand-ins only in a worker that repeats checks, and answers no other worker.
Stand-ins hold no code of the functions. The judge trusts no question of a worker, and treats it as
any other message: plain data within the limits of the protocol.
"""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple
from typing import Any

from autograder.engine.exceptions import Raised, of_learner, record
from autograder.engine.stand_ins import ERRORS, Answerer, stand_in
from autograder.sandbox import wire_format
from autograder.sandbox.limits import memory_for_an_answer
from autograder.util.i18n import _


def reply(answerer: Answerer, asked: list[Any]) -> list[Any]:
    """Return the answer to what a worker's stand-in asks, in the parts of the judge's message.

    Args:
        answerer: Answers for the functions.
        asked: The parts of the worker's message, which may be anything.

    Raises:
        ProtocolError: No stand-in asks like this.
    """
    match asked:
        case [str(name), tuple(arguments), dict(keywords)] if name in answerer.names:
            try:
                with memory_for_an_answer():
                    value = answerer.answer(name, arguments, keywords)
                    wire_format.pack(value)
            except ERRORS as error:
                raised = of_learner(error) or record(error, lambda _filename: False)
                return ["raised", *astuple(raised)]
            return ["value", value]
    raise wire_format.ProtocolError(_("it asked what is no question"))


class StandIns:
    """The stand-ins of a worker.

    Attributes:
        mark: The mark of the question that the worker answers at present.
    """

    def __init__(self, connection: socket.socket, namespace: dict[str, Any]):
        """Prepare stand-ins for functions in a namespace; `install` installs them.

        Args:
            connection: The socket of the judge.
            namespace: The learner's top-level names.
        """
        self.mark = ""
        self._connection = connection
        self._namespace = namespace
        self._lock = threading.Lock()
        # Bound now, since the learner's code can replace the modules' attributes.
        self._send, self._receive = wire_format.send, wire_format.receive
        self._set_handler: Callable[..., Any] = signal.signal
        self._process, self._own = os.getpid, os.getpid()

    def install(self, names: Iterable[str]) -> None:
        """Put stand-ins under some names."""
        self._namespace.update({name: stand_in(name, self._ask) for name in names})

    def _ask(self, name: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Return the judge's answer; raise here what the course's function raised there."""
        if self._process() != self._own:
            raise RuntimeError(_("{name} answers in one process only").format(name=name))
        with self._lock, self._alarm_waits():
            self._send(self._connection, [self.mark, "asks", name, arguments, keywords])
            answer = self._receive(self._connection)
        match answer:
            case [self.mark, "value", value]:
                return value
            case [self.mark, "raised", *fields]:
                raise Raised(*fields).exception()
        raise RuntimeError(_("{name} has no answer").format(name=name))

    @contextmanager
    def _alarm_waits(self) -> Iterator[None]:
        """Let the alarm of a call's limit wait for the end of the block.

        The alarm would leave half a message behind. Python handles it in the main thread alone.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        rung: list[Any] = []
        handler = self._set_handler(signal.SIGALRM, lambda *alarm: rung.append(alarm))
        try:
            yield
        finally:
            self._set_handler(signal.SIGALRM, handler)
        if rung and callable(handler):
            handler(*rung[0])
