"""A warm process that checks files: libraries are imported once, a verdict takes moments.

It is spawned, not forked, so that it works on every platform. Code that hangs or crashes takes only
this process with it; the next check starts a new one.
"""

import json
import multiprocessing
import os
import sys
import threading
from pathlib import Path

from autograder.reports.model import Report, from_json

CALL_SECONDS = 20
PATIENCE_SECONDS = 90


class CodeStopped(Exception):
    """The learner's code ended or hung the checks; the text says which."""


class WarmChecker:
    """Checks one file at a time in a process that stays; start it early, it takes seconds.

    call_seconds: what a cell or a call may take.
    """

    def __init__(self, call_seconds: float = CALL_SECONDS):
        self._call_seconds = call_seconds
        self._process = None
        self._connection = None

    def start(self) -> None:
        """Start the process, if none is alive."""
        if self._process is not None and self._process.is_alive():
            return
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, self._call_seconds), daemon=True
        )
        self._process.start()
        theirs.close()

    def check(self, path: Path, exercise: str) -> Report:
        """The report on one exercise in a file.

        Raises `UnreadableSubmission` for what cannot be read, `CodeStopped` where the learner's
        code ended the process or hung for good.
        """
        from autograder.submissions.cells import UnreadableSubmission
        from autograder.util.i18n import _

        self.start()
        try:
            self._connection.send((str(path), exercise))
            if not self._connection.poll(PATIENCE_SECONDS):
                self.stop()
                text = _("the checks hung for {n} s and were stopped: is there an endless loop?")
                raise CodeStopped(text.format(n=PATIENCE_SECONDS))
            kind, document = self._connection.recv()
        except (EOFError, OSError):
            self.stop()
            raise CodeStopped(_("your code ended the whole program (exit, or a crash)")) from None
        if kind == "unreadable":
            raise UnreadableSubmission(document)
        return from_json(json.loads(document))

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        process, connection = self._process, self._connection
        self._process = self._connection = None
        if process is not None:
            process.kill()
            process.join()
            connection.close()


def _serve(connection, call_seconds: float) -> None:
    """Check files on request until the other side is gone."""
    from autograder.util.environment import HEADLESS, QUIET, prefer

    threading.Thread(target=_end_with_parent, daemon=True).start()
    prefer(QUIET | HEADLESS)
    _be_silent()
    import keras  # noqa: F401

    from autograder.engine.run_cells import Timeouts
    from autograder.running.runner import collect_only, run
    from autograder.running.targets import FileTarget
    from autograder.submissions.cells import UnreadableSubmission

    timeouts = Timeouts(cell=call_seconds, call=call_seconds)
    collect_only()
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
            connection.send(("unreadable", str(error)))


def _end_with_parent() -> None:
    """End this process, whatever code it is running, when the one that started it has ended."""
    multiprocessing.parent_process().join()
    os._exit(1)


def _be_silent() -> None:
    """Send what the learner's code prints to nowhere: the terminal shows verdicts."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nothing, stream)
    sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
