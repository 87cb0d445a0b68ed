"""The judge's side of the sandbox: an engine whose submission runs in a worker.

`SandboxEngine` implements `autograder.engine.protocol.Engine`, as `LocalEngine` does. The engine
measures the time, starts a new worker where a worker ended, and accepts plain data only.
"""

import socket
import time
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from functools import partial
from typing import Any

from autograder.engine.exceptions import Raised, english, note_on_cell
from autograder.engine.kit_sentences import of_attempt, of_raised
from autograder.engine.plain_data import Handle
from autograder.engine.stand_ins import Answerer
from autograder.sandbox.isolation import LAYERS, in_words
from autograder.sandbox.limits import Limits
from autograder.sandbox.output import Output, accepted, accepted_exception
from autograder.sandbox.probe import Secrets
from autograder.sandbox.stand_ins import reply
from autograder.sandbox.wire_format import ProtocolError
from autograder.sandbox.worker_connection import WorkerConnection, WorkerLost
from autograder.util.i18n import _

MAX_LOST_CELLS = 8
MAX_OUTPUT = 4 * 2**20
MAX_ATTEMPTS = 20
MAX_NOTE = 300
GRACE_SECONDS = 2
START_SECONDS = 60


@dataclass(frozen=True)
class Times:
    """Limits of time, in seconds.

    Attributes:
        cell: For a cell.
        call: For a call, and for any other operation.
        check: For a check, over all its operations.
        submission: For a submission, over all its cells and checks.
    """

    cell: float = 30
    call: float = 30
    check: float = 60
    submission: float = 300


@dataclass(frozen=True)
class Task:
    """All that a worker receives of a submission.

    Attributes:
        label: The name that file names and the module bear in tracebacks.
        cells: The sources of the cells to run, by number.
        lines: The number of a cell's first line, where that is not 1, by the cell's number.
    """

    label: str
    cells: dict[int, str]
    lines: dict[int, int] = field(default_factory=dict)


class WorkerFailed(RuntimeError):
    """Report that no worker can run, by a fault of the kit or of this machine."""


class SandboxEngine:
    """Answers for a submission whose cells run in a worker of a zygote.

    Attributes:
        layers: The layers of isolation that stand, in the order of `LAYERS`.
        missing: The reasons why other layers are missing, by layer.
        outputs: The output of cells, by number.
        audit_log: The attempts to leave the sandbox, as keys.
        lost: The reason why the present check lost its worker, None while the worker lives.
    """

    def __init__(
        self,
        zygote: socket.socket,
        task: Task,
        times: Times | None = None,
        layers: frozenset[str] = frozenset(LAYERS),
        limits: Limits | None = None,
        require_isolation: bool = False,
        answerer: Answerer | None = None,
    ):
        """Begin the time of the submission; `start` runs the cells.

        Args:
            zygote: The socket of the zygote.
            task: The cells to run.
            times: The limits of time, None for the default.
            layers: The layers of isolation that are wanted.
            limits: The limits on what the worker uses, None for the default.
            require_isolation: Run nothing unless all wanted layers stand.
            answerer: Answers for some functions of the submission, None where nobody does.
        """
        self._like_this = partial(
            SandboxEngine, zygote, task, times, layers, limits, require_isolation
        )
        self._answered = () if answerer is None else answerer.names
        self._reply = None if answerer is None else partial(reply, answerer)
        self._zygote = zygote
        self._task = task
        self._times = times or Times()
        self._wanted = layers
        self._limits = limits
        self._require = require_isolation
        self._until = time.monotonic() + self._times.submission
        self._check_until = self._until
        self._worker: WorkerConnection | None = None
        self._skipped: dict[int, str] = {}
        self.layers: tuple[str, ...] = ()
        self.missing: dict[str, str] = {}
        self.outputs: dict[int, Output] = {}
        self.audit_log: dict[str, None] = {}
        self.lost: str | None = None
        self._output_left = MAX_OUTPUT
        self._ran: set[int] = set()
        self._raised: dict[int, Raised] = {}

    def repeating(self, answerer: Answerer) -> "SandboxEngine | None":
        """End the worker; return an engine that runs the cells in another worker.

        The new engine has what is left of the submission's time.

        Args:
            answerer: Answers for some functions of the submission in place of the learner's own.

        Returns:
            The engine, not started yet; None where no time is left.
        """
        self.close()
        if time.monotonic() >= self._until:
            return None
        engine = self._like_this(answerer)
        engine._until = self._until
        return engine

    @property
    def notes(self) -> tuple[str, ...]:
        """The notes on cells that did not run to their end, in the order of the cells."""
        notes = {number: note_on_cell(number, raised) for number, raised in self._raised.items()}
        for number, reason in self._skipped.items():
            notes[number] = _("cell {n} was skipped: {reason}").format(
                n=number, reason=of_raised(reason) or reason
            )
        return tuple(notes[number] for number in sorted(notes))

    @property
    def failures(self) -> dict[int, Raised]:
        """The exceptions that ended cells, by number; a skipped cell has one that says why."""
        skipped = {
            number: Raised("CellSkipped", "RuntimeError", reason)
            for number, reason in self._skipped.items()
        }
        return {**self._raised, **skipped}

    def start(self) -> None:
        """Run the cells; after a cell hangs or ends the process, run the others in a new worker.

        No worker is left where the time of the submission ends while cells run again.

        Raises:
            WorkerFailed: No worker can run.
        """
        while self._worker is None:
            try:
                self._start()
            except _CellLost as error:
                if error.number in self._ran and time.monotonic() >= self._until:
                    return
                self._skipped[error.number] = english(error)
            except WorkerLost as error:
                raise WorkerFailed(str(error)) from error
            if len(self._skipped) > MAX_LOST_CELLS:
                self._skipped.update(
                    dict.fromkeys(
                        [n for n in self._task.cells if n not in self._ran],
                        _("too many cells before it had to be stopped"),
                    )
                )

    def opened_secrets(self, secrets: Secrets) -> list[str]:
        """Return the paths by which the worker can open secret files; see `probe`.

        Args:
            secrets: The secret files.
        """
        return [str(path) for path in self._ask("opened_secrets", *astuple(secrets))]

    def close(self) -> None:
        """End the worker and all processes that the worker started."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    # Operations of an engine

    def names(self) -> frozenset[str]:
        """Return the names that the submission defines."""
        names = self._ask("names")
        parts = names if type(names) in (frozenset, set, list, tuple) else ()
        return frozenset(name for name in parts if type(name) is str)

    def name(self, name: str) -> Any:
        """Return the value of a top-level name."""
        return self._ask("name", name)

    def call(
        self, function: Handle, arguments: tuple[Any, ...], keywords: Mapping[str, Any]
    ) -> Any:
        """Call an object with copies of the arguments."""
        return self._ask("call", function, arguments, keywords)

    def attribute(self, owner: Handle, name: str) -> Any:
        """Return an attribute of an object."""
        return self._ask("attribute", owner, name)

    def item(self, owner: Handle, key: Any) -> Any:
        """Return an item of an object."""
        return self._ask("item", owner, key)

    def length(self, owner: Handle) -> int:
        """Return the length of an object, 0 where the worker sends no integer."""
        length = self._ask("length", owner)
        return length if type(length) is int else 0

    def keep(self, value: Any) -> Any:
        """Place a copy of a value in the worker and return its handle."""
        return self._ask("keep", value)

    def read(self, kept: Handle) -> Any:
        """Return the present value of an object in the worker."""
        return self._ask("read", kept)

    def given(self, name: str, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> Any:
        """Make one of the kit's own objects in the worker."""
        return self._ask("given", name, arguments, keywords)

    def seed(self, seed: int) -> None:
        """Begin a check: have a living worker while time is left, and set its random generators.

        A check may end the worker, so that each check can need a new one.
        """
        self.lost = None
        now = time.monotonic()
        self._check_until = min(now + self._times.check, self._until)
        if self._worker is None and now < self._until:
            self.start()
        self._ask("seed", seed)

    def _ask(self, operation: str, *arguments: Any) -> Any:
        """Return the worker's answer; raise here what the learner's code raised there."""
        if self._worker is None:
            reason = self.lost or _("the submission had used all its time")
            raise Raised("ProgramEnded", "RuntimeError", reason).exception()
        now = time.monotonic()
        seconds = min(self._times.call + GRACE_SECONDS, self._check_until - now)
        try:
            answer = self._worker.ask(
                operation,
                list(arguments),
                now + max(seconds, 0),
                self._reply,
            )
        except ProtocolError as error:
            self._lose(english(error))
            raise Raised("ValueError", "ValueError", english(error)).exception() from error
        except WorkerLost as error:
            self._lose(english(error))
            kind = "TimeoutError" if error.timed_out else "ProgramEnded"
            builtin = "TimeoutError" if error.timed_out else "RuntimeError"
            raise Raised(kind, builtin, english(error)).exception() from error
        return self._accept(answer)

    def _accept(self, answer: list[Any]) -> Any:
        match answer:
            case ["value", value, list(attempts)]:
                self._log_attempts(attempts)
                return value
            case ["raised", *fields, list(attempts)] if raised := accepted_exception(fields):
                self._log_attempts(attempts)
                raise raised.exception()
        reason = _("it sent what is no answer")
        self._lose(reason)
        raise Raised("ValueError", "ValueError", reason).exception()

    def _lose(self, reason: str) -> None:
        self.lost = reason
        self.close()

    def _log_attempts(self, attempts: list[Any]) -> None:
        for attempt in attempts:
            if type(attempt) is str and len(self.audit_log) < MAX_ATTEMPTS:
                self.audit_log[of_attempt(attempt[:MAX_NOTE])] = None

    # Start of a worker

    def _start(self) -> None:
        try:
            worker = WorkerConnection(self._zygote, self._wanted, self._limits)
        except OSError as error:
            raise WorkerFailed(_("the zygote is gone: {error}").format(error=error)) from error
        try:
            self._read_layers(worker)
            self._run_cells(worker)
            self._install_stand_ins(worker)
        except BaseException:
            worker.close()
            raise
        self._worker = worker

    def _read_layers(self, worker: WorkerConnection) -> None:
        standing, missing = worker.receive(time.monotonic() + START_SECONDS)
        self.layers = tuple(layer for layer in LAYERS if layer in standing)
        self.missing = dict(missing)
        if self._require and set(self.layers) != self._wanted:
            text = _("isolation is required, and missing: {layers}")
            raise WorkerFailed(text.format(layers=in_words(self.missing)))

    def _install_stand_ins(self, worker: WorkerConnection) -> None:
        """Put stand-ins in place of the functions for which the answerer answers."""
        if self._answered:
            until = min(time.monotonic() + self._times.call, self._until)
            worker.ask("stand_in", [list(self._answered)], until)

    def _run_cells(self, worker: WorkerConnection) -> None:
        """Run the cells in order; after each cell, verify that the worker still answers."""
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
            except (ProtocolError, WorkerLost) as error:
                raise _CellLost(number, english(error)) from error
            match ran:
                case ["value", [raised, str(text), list(figures)], list(attempts)]:
                    self._note_cell(number, raised, text, figures)
                    self._log_attempts(attempts)
                case _:
                    raise _CellLost(number, _("it sent what is no answer"))

    def _note_cell(self, number: int, raised: Any, text: str, figures: list[Any]) -> None:
        self._ran.add(number)
        output = accepted(text, figures)
        self._output_left -= len(output.text) + sum(map(len, output.figures))
        if self._output_left >= 0:
            self.outputs[number] = output
        self._raised.pop(number, None)
        record = accepted_exception(raised)
        if record is not None:
            self._raised[number] = record


class _CellLost(Exception):
    """Report that a cell hung or ended its process."""

    def __init__(self, number: int, reason: str):
        super().__init__(reason)
        self.number = number
