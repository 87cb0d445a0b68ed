"""A process with limits on time and memory, in which submissions are parsed.

A small file can keep a parser busy for minutes, or make it use gigabytes. The grader therefore only
reads the bytes of a file; this process decodes, parses and repairs them, and runs no code of
theirs. A file that exceeds the limits cannot be graded; the next file gets a new process.
"""

import atexit
import contextlib
import json
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

from autograder.submissions.cells import Cell, UnreadableSubmission, Written, refusal
from autograder.submissions.parse import as_written, parse, recognised_exercise
from autograder.submissions.reader import work_in
from autograder.submissions.submission import Parsed, Submission
from autograder.util import i18n
from autograder.util.i18n import _
from autograder.util.processes import limit_memory, without_main

CPU_SECONDS = 15
"""Processor time for one file; the largest exercise takes less than a second."""
SECONDS = 90
"""Time for one file by the clock, on a machine that is busy."""
START_SECONDS = 120
MEMORY = 2 * 2**30
MAX_ANSWER = 64 * 2**20


class ParserFailed(RuntimeError):
    """The process with the parser does not start, or fails for a fault of the kit."""


class LimitedParser:
    """Parses files one after the other; a context manager that ends its process.

    The process starts with the first file.
    """

    def __init__(self, cpu_seconds: int = CPU_SECONDS, seconds: float = SECONDS) -> None:
        """Prepare a parser.

        Args:
            cpu_seconds: Seconds of a processor for one file, on systems that have such a limit.
            seconds: Seconds by the clock for one file.
        """
        self._cpu_seconds = cpu_seconds
        self._seconds = seconds
        self._process: Any = None
        self._connection: Connection | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Return the parser."""
        return self

    def __exit__(self, *_error: object) -> None:
        """End the process."""
        self._end()

    def parse(self, submission: Submission, content: bytes) -> Parsed:
        """Parse a submission.

        Args:
            submission: The file, and the exercise that it holds.
            content: Its bytes.

        Raises:
            UnreadableSubmission: The file cannot be graded, or exceeds the limits.
            ParserFailed: The process fails for another reason than the file.
        """
        file = submission.exercise, submission.path.name, content
        answer = self._ask(submission.path.name, submission.notes, "parse", *file)
        cells = tuple(Cell(**_with_tags(cell)) for cell in answer["cells"])
        notes = (*submission.notes, *_notes(answer))
        return Parsed(submission, answer["sha256"], cells, notes, answer["language"])

    def recognised_exercise(self, data: bytes, name: str) -> str:
        """Return the exercise that a file holds (see `submissions.parse`).

        Args:
            data: The bytes of the file.
            name: The file's name.

        Raises:
            UnreadableSubmission: The file holds no exercise, or exceeds the limits.
            ParserFailed: The process fails for another reason than the file.
        """
        exercise: str = self._ask(name, (), "recognise", data, name)["exercise"]
        return exercise

    def work_in(self, data: bytes, name: str, exercise: str) -> str:
        """Return a digest of the code in a file that is not the exercise's own (see `Reader`).

        Raises:
            UnreadableSubmission: The file cannot be read, or exceeds the limits.
            ParserFailed: The process fails for another reason than the file.
        """
        work: str = self._ask(name, (), "work_in", data, name, exercise)["work"]
        return work

    def as_written(self, data: bytes, name: str) -> tuple[list[Written], tuple[str, ...]]:
        """Return the cells of a file before any repair, and notes (see `submissions.parse`).

        Args:
            data: The bytes of the file.
            name: The file's name.

        Raises:
            UnreadableSubmission: The file is no script or notebook, or exceeds the limits.
            ParserFailed: The process fails for another reason than the file.
        """
        answer = self._ask(name, (), "as_written", data, name)
        return [Written(**_with_tags(cell)) for cell in answer["cells"]], _notes(answer)

    def _ask(
        self, name: str, notes: tuple[str, ...], request: str, *arguments: object
    ) -> dict[str, Any]:
        try:
            answer = self._answer_to((request, *arguments))
        except (EOFError, OSError, ValueError) as error:
            self._end()
            reason = _("reading it takes far more time or memory than an exercise needs")
            remedy = _("Hand in your exercise alone.")
            raise UnreadableSubmission(refusal(name, reason, remedy).args[0], notes) from error
        except BaseException:
            self._end()
            raise
        if "fault" in answer:
            raise ParserFailed(answer["fault"])
        if "refused" in answer:
            refused = i18n.from_json(answer["refused"])
            raise UnreadableSubmission(refused, (*notes, *_notes(answer)))
        return answer

    def _answer_to(self, request: tuple[object, ...]) -> dict[str, Any]:
        with self._lock:
            connection = self._connection or self._start()
            connection.send(request)
            if not connection.poll(self._seconds):
                raise EOFError
            answer: dict[str, Any] = json.loads(connection.recv_bytes(MAX_ANSWER))
            return answer

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, self._cpu_seconds), daemon=True, name="parser"
        )
        with without_main():
            self._process.start()
        theirs.close()
        try:
            started = ours.poll(START_SECONDS) and ours.recv_bytes(10) == _READY
        except (EOFError, OSError):
            started = False
        if not started:
            self._end()
            ours.close()
            raise ParserFailed(_("The process that parses submissions does not start."))
        self._connection = ours
        return ours

    def _end(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._process = None


@cache
def shared_parser() -> LimitedParser:
    """Return the parser that the parts of a command share; it ends with this process."""
    parser = LimitedParser()
    atexit.register(parser.__exit__)
    return parser


_READY = b"ready"


def _notes(answer: dict[str, Any]) -> tuple[str, ...]:
    return tuple(map(i18n.from_json, answer["notes"]))


def _serve(connection: Connection, cpu_seconds: int) -> None:
    """Answer requests until the other side closes the connection."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_memory(MEMORY)
    connection.send_bytes(_READY)
    with contextlib.suppress(EOFError, OSError):
        while True:
            request, *arguments = connection.recv()
            _limit_time(cpu_seconds)
            connection.send_bytes(json.dumps(_answer(request, arguments)).encode())


def _answer(request: str, arguments: list[Any]) -> dict[str, Any]:
    try:
        return _REQUESTS[request](*arguments)
    except UnreadableSubmission as error:
        return {"refused": i18n.to_json(error.args[0]), **_with_notes(error.notes)}
    except MemoryError:
        os._exit(1)
    except Exception:
        return {"fault": traceback.format_exc(limit=-6)}


def _parse(exercise: str, name: str, content: bytes) -> dict[str, Any]:
    parsed = parse(Submission(exercise, Path(name)), content)
    cells = [_plain(cell) for cell in parsed.cells]
    answer = {"sha256": parsed.sha256, "language": parsed.language, "cells": cells}
    return {**answer, **_with_notes(parsed.notes)}


def _recognise(data: bytes, name: str) -> dict[str, Any]:
    return {"exercise": recognised_exercise(data, name)}


def _work_in(data: bytes, name: str, exercise: str) -> dict[str, Any]:
    return {"work": work_in(data, name, exercise)}


def _as_written(data: bytes, name: str) -> dict[str, Any]:
    cells, notes = as_written(data, name)
    return {"cells": [_plain(cell) for cell in cells], **_with_notes(notes)}


def _plain(cell: Cell | Written) -> dict[str, Any]:
    return {**asdict(cell), "tags": sorted(cell.tags)}


def _with_tags(cell: dict[str, Any]) -> dict[str, Any]:
    return {**cell, "tags": frozenset(cell["tags"])}


def _with_notes(notes: tuple[str, ...]) -> dict[str, Any]:
    return {"notes": [i18n.to_json(note) for note in notes]}


_REQUESTS: dict[str, Callable[..., dict[str, Any]]] = {
    "parse": _parse,
    "recognise": _recognise,
    "work_in": _work_in,
    "as_written": _as_written,
}


def _limit_time(cpu_seconds: int) -> None:
    """Have the kernel end this process when it has used so much more time of a processor."""
    if sys.platform == "win32":
        return
    import resource
    import time

    used = int(time.process_time()) + 1
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (used + cpu_seconds, hard))
