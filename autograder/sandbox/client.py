"""The judge's end of the wall: an engine whose submission runs in a worker.

`SandboxEngine` has the interface of `autograder.engine.local.Engine`; a check cannot tell them apart. It
keeps the time, starts a new worker where one ended, and believes nothing but plain data.
"""

import json
import secrets
import signal
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field

from autograder.engine.exceptions import Raised, note_on_cell
from autograder.engine.plain_data import Handle
from autograder.sandbox import protocol
from autograder.sandbox.isolation import LAYERS, Limits, in_words
from autograder.sandbox.output import Output, accepted
from autograder.sandbox.protocol import ProtocolError
from autograder.sandbox.zygote import ask
from autograder.util.i18n import _

MAX_RESTARTS = 8
MAX_OUTPUT = 4 * 2**20
MAX_NOTE = 300
MAX_LINE = 10**9
GRACE_SECONDS = 2
START_SECONDS = 60


@dataclass(frozen=True)
class Times:
    """Seconds that a cell, a call, a check and a whole submission may take."""

    cell: float = 30
    call: float = 30
    check: float = 60
    submission: float = 300


@dataclass(frozen=True)
class Task:
    """What a worker gets to run, and all that it gets: cells by number.

    lines: the number that the first line of a cell has, where it is not 1.
    """

    label: str
    cells: dict[int, str]
    lines: dict[int, int] = field(default_factory=dict)


class WorkerFailed(RuntimeError):
    """A worker could not be had; a fault of the kit or of this machine."""


class _Lost(Exception):
    """The worker is gone or was stopped; the text says why."""

    def __init__(self, reason: str, timed_out: bool = False):
        super().__init__(reason)
        self.timed_out = timed_out


class SandboxEngine:
    """Answers for a submission whose cells run in a worker of a zygote.

    After `start`, `layers` tells what isolates the worker, `missing` what does not and why, `notes`
    what became of the cells, `remarks` what the code tried besides, `outputs` what cells printed.
    """

    def __init__(
        self,
        zygote: socket.socket,
        task: Task,
        times: Times | None = None,
        layers: frozenset[str] = frozenset(LAYERS),
        limits: Limits | None = None,
        require_isolation: bool = False,
    ):
        self._zygote = zygote
        self._task = task
        self._times = times or Times()
        self._wanted = layers
        self._limits = limits
        self._require = require_isolation
        self._until = time.monotonic() + self._times.submission
        self._check_until = self._until
        self._worker: _Worker | None = None
        self._skipped: dict[int, str] = {}
        self._restarts = 0
        self.layers: tuple[str, ...] = ()
        self.missing: dict[str, str] = {}
        self.outputs: dict[int, Output] = {}
        self.audit_log: dict[str, None] = {}
        self.lost: str | None = None
        self._room = MAX_OUTPUT
        self._ran: set[int] = set()
        self._raised: dict[int, Raised] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What became of cells that did not run to their end."""
        notes = {number: note_on_cell(number, raised) for number, raised in self._raised.items()}
        for number, reason in self._skipped.items():
            notes[number] = _("cell {n} was skipped: {reason}").format(n=number, reason=reason)
        return tuple(notes[number] for number in sorted(notes))

    def start(self) -> None:
        """Run the cells; one that hangs or ends the process is left out of a second try.

        Raises `WorkerFailed` where no worker can be had.
        """
        while self._worker is None:
            try:
                self._start()
            except _CellLost as error:
                self._skipped[error.number] = str(error)
                self._restarts += 1
            except _Lost as error:
                raise WorkerFailed(str(error)) from error
            if self._restarts > MAX_RESTARTS:
                self._skipped.update(
                    dict.fromkeys(
                        [n for n in self._task.cells if n not in self._ran],
                        _("too many cells before it had to be stopped"),
                    )
                )

    def close(self) -> None:
        """End the worker and all that it started."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    # The engine

    def names(self) -> frozenset[str]:
        names = self._ask("names")
        parts = names if type(names) in (frozenset, set, list, tuple) else ()
        return frozenset(name for name in parts if type(name) is str)

    def name(self, name: str):
        return self._ask("name", name)

    def call(self, function: Handle, arguments: tuple, keywords: dict):
        return self._ask("call", function, arguments, keywords)

    def attribute(self, owner: Handle, name: str):
        return self._ask("attribute", owner, name)

    def item(self, owner: Handle, key):
        return self._ask("item", owner, key)

    def length(self, owner: Handle) -> int:
        length = self._ask("length", owner)
        return length if type(length) is int else 0

    def keep(self, value) -> Handle:
        return self._ask("keep", value)

    def read(self, kept: Handle):
        return self._ask("read", kept)

    def given(self, name: str, arguments: tuple, keywords: dict):
        return self._ask("given", name, arguments, keywords)

    def seed(self, seed: int) -> None:
        """Begin a check: a worker that is alive, its random generators set."""
        self.lost = None
        self._check_until = min(time.monotonic() + self._times.check, self._until)
        if self._worker is None and self._restarts <= MAX_RESTARTS:
            self._restarts += 1
            self.start()
        self._ask("seed", seed)

    def _ask(self, operation: str, *arguments):
        """The answer of the worker; what its code raised is raised here."""
        if self._worker is None:
            reason = self.lost or _("the program had to be stopped too often")
            raise Raised("ProgramEnded", "RuntimeError", reason).exception()
        now = time.monotonic()
        seconds = min(self._times.call + GRACE_SECONDS, self._check_until - now)
        try:
            answer = self._worker.ask(operation, list(arguments), now + max(seconds, 0))
        except ProtocolError as error:
            self._lose(str(error))
            raise Raised("ValueError", "ValueError", str(error)).exception() from error
        except _Lost as error:
            self._lose(str(error))
            kind = "TimeoutError" if error.timed_out else "ProgramEnded"
            builtin = "TimeoutError" if error.timed_out else "RuntimeError"
            raise Raised(kind, builtin, str(error)).exception() from error
        return self._accept(answer)

    def _accept(self, answer):
        match answer:
            case ["value", value, list(attempts)]:
                self._log_attempts(attempts)
                return value
            case ["raised", *fields, list(attempts)] if raised := _raised(fields):
                self._log_attempts(attempts)
                raise raised.exception()
        self._lose(_("it sent what is no answer"))
        raise Raised("ValueError", "ValueError", self.lost).exception()

    def _lose(self, reason: str) -> None:
        self.lost = reason
        self.close()

    def _log_attempts(self, attempts: list) -> None:
        for attempt in attempts:
            if type(attempt) is str and len(self.audit_log) < 20:
                self.audit_log[attempt[:MAX_NOTE]] = None

    # Starting

    def _start(self) -> None:
        worker = _Worker(self._zygote, self._wanted, self._limits)
        try:
            self._read_layers(worker)
            self._run_cells(worker)
        except BaseException:
            worker.close()
            raise
        self._worker = worker

    def _read_layers(self, worker: "_Worker") -> None:
        standing, missing = worker.receive(time.monotonic() + START_SECONDS)
        self.layers = tuple(layer for layer in LAYERS if layer in standing)
        self.missing = dict(missing)
        if self._require and set(self.layers) != self._wanted:
            text = _("isolation is required, and missing: {layers}")
            raise WorkerFailed(text.format(layers=in_words(self.missing)))

    def _run_cells(self, worker: "_Worker") -> None:
        """Run the cells one by one; after each, the worker must still be there."""
        worker.send(
            {
                "label": self._task.label,
                "cells": self._task.cells,
                "lines": self._task.lines,
                "cell_seconds": self._times.cell,
                "call_seconds": self._times.call,
            }
        )
        first = True
        for number in self._task.cells:
            if number in self._skipped:
                continue
            seconds = self._times.cell + GRACE_SECONDS + (START_SECONDS if first else 0)
            first = False
            try:
                until = min(time.monotonic() + seconds, self._until)
                ran = worker.ask("run", [number], until)
                worker.ask("alive", [], time.monotonic() + GRACE_SECONDS)
            except (ProtocolError, _Lost) as error:
                raise _CellLost(number, str(error)) from error
            match ran:
                case ["value", [raised, str(text), list(figures)], list(attempts)]:
                    self._note_cell(number, raised, text, figures)
                    self._log_attempts(attempts)
                case _:
                    raise _CellLost(number, _("it sent what is no answer"))

    def _note_cell(self, number: int, raised, text: str, figures: list) -> None:
        self._ran.add(number)
        output = accepted(text, figures)
        self._room -= len(output.text) + sum(map(len, output.figures))
        if self._room >= 0:
            self.outputs[number] = output
        self._raised.pop(number, None)
        said = _raised(raised)
        if said is not None:
            self._raised[number] = said


class _CellLost(Exception):
    """A cell that hung or ended its process."""

    def __init__(self, number: int, reason: str):
        super().__init__(reason)
        self.number = number


class _Worker:
    """The connection to one worker, and the control of its keeper."""

    def __init__(self, zygote: socket.socket, layers: frozenset[str], limits: Limits | None):
        try:
            self._connection, self._control = ask(zygote, layers, limits)
        except OSError as error:
            raise WorkerFailed(_("the zygote is gone: {error}").format(error=error)) from error

    def ask(self, operation: str, arguments: list, until: float) -> list:
        """The answer to a question; raises `_Lost` or `ProtocolError`."""
        mark = secrets.token_hex(8)
        self.send([mark, operation, arguments], until)
        match self.receive(until):
            case [str(answered), *answer] if answered == mark:
                return answer
        raise ProtocolError(_("it sent what is no answer"))

    def send(self, message, until: float | None = None) -> None:
        start = time.monotonic()
        try:
            protocol.send(self._connection, message, until)
        except TimeoutError:
            raise _Lost(_late(start), timed_out=True) from None
        except OSError:
            raise _Lost(self._ending()) from None

    def receive(self, until: float):
        start = time.monotonic()
        try:
            return protocol.receive(self._connection, until)
        except TimeoutError:
            raise _Lost(_late(start), timed_out=True) from None
        except (EOFError, OSError):
            raise _Lost(self._ending()) from None

    def close(self) -> None:
        """Let go of the control: the keeper ends the worker and all its processes; wait for it."""
        self._connection.close()
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)
        self._read_ending()
        self._control.close()

    def _read_ending(self) -> dict:
        self._control.settimeout(10)
        text = b""
        with suppress(OSError):
            while part := self._control.recv(4096):
                text += part
        try:
            return json.loads(text)
        except ValueError:
            return {}

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


def _raised(fields) -> Raised | None:
    """What a worker says was raised, cut to length; None where it says nothing of the kind."""
    match fields:
        case [str(type_name), str(builtin), str(message), int(line), str(function), str(source)]:
            return Raised(
                type_name[:80],
                _builtin(builtin),
                message[:700],
                min(max(line, 0), MAX_LINE),
                function[:80],
                source[:220],
            )
    return None


def _builtin(name: str) -> str:
    """The name of a built-in exception, whatever was said."""
    import builtins

    kind = getattr(builtins, name, None)
    return name if isinstance(kind, type) and issubclass(kind, Exception) else "RuntimeError"
