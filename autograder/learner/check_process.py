"""The check process: it imports the libraries once and then checks files in moments.

The process is spawned, not forked, so that it works on every platform. Code that hangs or crashes
ends only this process; the next check starts another process.
"""

import json
import multiprocessing
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.reports.model import Report, from_json
from autograder.util import i18n

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

CALL_SECONDS = 20
PATIENCE_SECONDS = 90


class CodeStopped(Exception):
    """Code of the learner's that ended or hung the checks; the text says which."""


class WarmChecker:
    """A client of the check process, which checks one file at a time.

    The process takes seconds to start, so start it early.
    """

    def __init__(self, call_seconds: float = CALL_SECONDS):
        """Prepare a process without starting it.

        Args:
            call_seconds: Seconds that a cell or a call may take.
        """
        self._call_seconds = call_seconds
        self._process: SpawnProcess | None = None
        self._connection: Connection[Any, Any] | None = None

    def start(self) -> None:
        """Start the process, unless it is alive."""
        self._connected()

    def _connected(self) -> "Connection[Any, Any]":
        """Return the connection to the process, started where it is not alive."""
        alive = self._process is not None and self._process.is_alive()
        if self._connection is not None and alive:
            return self._connection
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, self._call_seconds), daemon=True
        )
        self._process.start()
        theirs.close()
        return self._connection

    def check(self, path: Path, exercise: str) -> Report:
        """Return the report on one exercise in a file.

        Raises:
            UnreadableSubmission: The file cannot be read.
            CodeStopped: The learner's code ended the process, or hung for good.
        """
        from autograder.submissions.cells import UnreadableSubmission
        from autograder.util.i18n import _

        connection = self._connected()
        try:
            connection.send((str(path), exercise))
            if not connection.poll(PATIENCE_SECONDS):
                self.stop()
                text = _("the checks hung for {n} s and were stopped: is there an endless loop?")
                raise CodeStopped(text.format(n=PATIENCE_SECONDS))
            kind, document = connection.recv()
        except (EOFError, OSError):
            self.stop()
            raise CodeStopped(_("your code ended the whole program (exit, or a crash)")) from None
        if kind == "unreadable":
            raise UnreadableSubmission(i18n.from_json(json.loads(document)))
        return from_json(json.loads(document))

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        process, connection = self._process, self._connection
        self._process = self._connection = None
        if process is not None:
            process.kill()
            process.join()
        if connection is not None:
            connection.close()


def _serve(connection: "Connection[Any, Any]", call_seconds: float) -> None:
    """Check files on request until the other side is gone."""
    from autograder.util.environment import HEADLESS, QUIET, prefer

    threading.Thread(target=_end_with_parent, daemon=True).start()
    prefer(QUIET | HEADLESS)
    _be_silent()
    import keras  # noqa: F401

    from autograder.engine.run_cells import Timeouts
    from autograder.running.runner import collect_once, run
    from autograder.running.targets import FileTarget
    from autograder.submissions.cells import UnreadableSubmission

    timeouts = Timeouts(cell=call_seconds, call=call_seconds)
    collect_once()
    while True:
        try:
            path, exercise = connection.recv()
        except EOFError:
            return
        try:
            target = FileTarget.at(Path(path), frozenset({exercise}), timeouts=timeouts)
            [report] = run(target)
            connection.send(("report", json.dumps(report.to_json())))
        except UnreadableSubmission as error:
            connection.send(("unreadable", json.dumps(i18n.to_json(error.args[0]))))


def _end_with_parent() -> None:
    """End this process, whatever code it is running, when its parent has ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _be_silent() -> None:
    """Drop what the learner's code prints, since the terminal shows verdicts."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nothing, stream)
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
