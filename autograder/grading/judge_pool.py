"""The grader: starts a judge in a process of its own for each submission.

A `Grader` runs two helpers: the zygote, which forks workers, and Python's fork server, which forks
judges. Several threads may use a grader at once.
"""

import json
import multiprocessing
import os
import signal
import socket
import sys
import threading
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Self

from autograder.grading.results import (
    Result,
    kit_fault,
    refused,
    result_from_json,
    result_to_json,
)
from autograder.grading.rules import Rules
from autograder.sandbox.client import SandboxEngine, Task, WorkerFailed
from autograder.sandbox.isolation import LANDLOCK, TMPFS, in_words
from autograder.sandbox.probe import Secrets
from autograder.sandbox.zygote import Zygote
from autograder.submissions.submission import Parsed
from autograder.util import paths
from autograder.util.i18n import _, ngettext
from autograder.util.processes import limit_memory, without_main

JUDGE_MEMORY = 2 * 2**30
EXTRA_SECONDS = 60
MAX_TRIES = 2
# The modules of the kit that exercises import; the zygote imports them once for all workers.
WORKER_MODULES = (
    "recommender_data",
    "autograder.learner.carry_over",
    "autograder.learner.check",
    "autograder.learner.compare_figures",
    "autograder.learner.explore_map",
    "autograder.learner.figures",
    "autograder.learner.progress",
    "autograder.learner.rate_films",
    "autograder.learner.sections",
    "data",  # the earlier name of recommender_data
)
_PRELOADED = ["autograder.grading.forkserver_cleanup", "autograder.grading.forkserver_preload"]


class IsolationMissing(RuntimeError):
    """This machine lacks a layer of isolation that the rules require; the text says which."""


class SecretsReadable(RuntimeError):
    """A worker can open a check, a solution or another secret file; the text says which and how."""


class GraderEnded(RuntimeError):
    """The grader was left, or not yet entered, so that there is no verdict."""


class Grader:
    """Judges submissions by the same rules; a context manager that ends its helpers."""

    def __init__(self, rules: Rules, sandboxed: bool = sys.platform == "linux"):
        """Prepare a grader; entering it starts the helpers.

        Args:
            rules: How submissions are judged.
            sandboxed: Whether workers run the learners' code. If not (as everywhere but on Linux),
                the judges run it themselves, and the reports name no layer of isolation.
        """
        self.rules = rules
        self.sandboxed = sandboxed
        self._zygote: Zygote | None = None
        self._missing: dict[str, str] = {}
        self._lock = threading.Lock()
        self._running: set[BaseProcess] = set()
        self._open = False
        self._context: Any = multiprocessing.get_context("forkserver" if sandboxed else "spawn")

    def __enter__(self) -> Self:
        """Start the helpers, and prove that a worker opens no secret file.

        Raises:
            SecretsReadable: A worker opens a secret file in spite of the layers that stand.
            WorkerFailed: No worker can run.
            ZygoteFailed: The zygote did not start.
        """
        if self.sandboxed:
            self._start_forkserver()
            self._zygote = new_zygote()
            try:
                self._missing = prove_secrets_hidden(self._zygote, self.rules)
            except BaseException:
                self._zygote.close()
                raise
        self._open = True
        return self

    def _start_forkserver(self) -> None:
        """Start the fork server, which imports while the zygote does."""
        from multiprocessing.forkserver import ensure_running

        self._context.set_forkserver_preload(_PRELOADED)
        with without_main():
            ensure_running()

    def __exit__(self, *_error: object) -> None:
        """End the judges and the zygote."""
        with self._lock:
            self._open = False
            for process in self._running:
                process.kill()
            if self._zygote is not None:
                self._zygote.close()

    def missing_layers(self) -> dict[str, str]:
        """Return the layers of isolation that this machine lacks, with the reasons.

        Raises:
            IsolationMissing: The rules require all layers.
        """
        missing: dict[str, str]
        if self._zygote is None:
            missing = {"all": _("there is no sandbox on {system}").format(system=sys.platform)}
        else:
            missing = self._missing
        if missing and self.rules.require_isolation:
            raise IsolationMissing(
                _("Isolation is required, and missing: {layers}. Nothing was graded.").format(
                    layers=in_words(missing)
                )
            )
        return missing

    def grade(self, parsed: Parsed) -> Result:
        """Return the result of one submission.

        If anything goes wrong, the result gives the reason. If the zygote dies, the grader starts
        another zygote and judges the submission again.

        Raises:
            GraderEnded: Somebody leaves the grader meanwhile.
        """
        for _try in range(MAX_TRIES):
            zygote, answer = self._ask_judge(parsed)
            if self._stands(zygote):
                break
        else:
            answer = {"reason": _("cannot be graded because the zygote ended meanwhile")}
        if "result" in answer:
            return result_from_json(parsed.submission.learner, answer["result"])
        return refused(parsed.submission, answer["reason"], parsed.sha256)

    def _ask_judge(self, parsed: Parsed) -> tuple[Zygote | None, dict[str, Any]]:
        """Start a judge; return the zygote in use, None without a sandbox, and the judge's answer.

        The answer holds the `result`, or the `reason` why there is no result.
        """
        ours, theirs = self._context.Pipe(duplex=False)
        with ours:
            with theirs, self._lock:
                zygote = self._living_zygote()
                place = zygote.socket if zygote else None
                process = self._context.Process(
                    target=_serve, args=(theirs, place, parsed, self.rules), daemon=True
                )
                with without_main():
                    process.start()
                self._running.add(process)
            try:
                return zygote, _wait_for(ours, self.rules.times.submission + EXTRA_SECONDS)
            finally:
                with self._lock:
                    self._running.remove(process)
                process.kill()
                process.join()
                process.close()

    def _living_zygote(self) -> Zygote | None:
        """Return the zygote, a new one if it has ended, None without a sandbox; hold the lock."""
        if not self._open:
            raise GraderEnded
        if self._zygote is not None and _is_gone(self._zygote):
            self._zygote.close()
            self._zygote = new_zygote()
        return self._zygote

    def _stands(self, zygote: Zygote | None) -> bool:
        """Return whether a zygote still runs, so that its workers ended by themselves."""
        with self._lock:
            if not self._open:
                raise GraderEnded
            return zygote is None or zygote is self._zygote and not _is_gone(zygote)


def prove_secrets_hidden(zygote: Zygote, rules: Rules) -> dict[str, str]:
    """Prove that a worker, in which nothing of a learner runs, opens no secret file.

    Args:
        zygote: Forks the worker.
        rules: The limits and layers of the worker.

    Returns:
        The layers of isolation that the worker lacks, with the reasons. Without any layer for
        files there is nothing to prove; then the missing layers say so.

    Raises:
        SecretsReadable: The worker opens a secret file in spite of the layers that stand.
        WorkerFailed: No worker can run.
    """
    task = Task("probe", {})
    engine = SandboxEngine(zygote.socket, task, rules.times, rules.layers, rules.limits)
    try:
        engine.start()
        if {LANDLOCK, TMPFS} & set(engine.layers):
            opened = engine.opened_secrets(Secrets.of(paths.secret_files()))
            if opened:
                raise _secrets_readable(opened)
        return engine.missing
    finally:
        engine.close()


def _secrets_readable(opened: list[str]) -> SecretsReadable:
    text = ngettext(
        "The sandbox does not hide the checks and solutions: a worker opened {path}. "
        "Nothing was graded.",
        "The sandbox does not hide the checks and solutions: a worker opened {path} "
        "(and secret files by {n} paths in all). Nothing was graded.",
        len(opened),
    )
    return SecretsReadable(text.format(path=opened[0], n=len(opened)))


def new_zygote() -> Zygote:
    """Start a zygote that has imported what exercises import."""
    return Zygote(WORKER_MODULES)


def _is_gone(zygote: Zygote) -> bool:
    """Return whether the zygote has closed its end of the socket; it never sends anything there."""
    return bool(wait([zygote.socket], timeout=0))


def _wait_for(connection: Connection, seconds: float) -> dict[str, Any]:
    try:
        if not connection.poll(seconds):
            reason = _("cannot be graded because judging it took longer than {n:.0f} s")
            return {"reason": reason.format(n=seconds)}
        answer: dict[str, Any] = json.loads(connection.recv_bytes())
        return answer
    except (EOFError, OSError):
        return {"reason": _("cannot be graded because its judge ended unexpectedly")}


def _serve(
    connection: Connection, zygote: socket.socket | None, parsed: Parsed, rules: Rules
) -> None:
    """Judge one submission in this process and send the result as JSON."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_grader, daemon=True).start()
    limit_memory(JUDGE_MEMORY)
    try:
        result = _judge(zygote, parsed, rules)
        answer = json.dumps({"result": result_to_json(result)})
    except WorkerFailed as error:
        reason = _("cannot be graded because {error}").format(error=error)
        answer = json.dumps({"reason": reason})
    except BaseException:
        answer = json.dumps({"reason": kit_fault()})
    connection.send_bytes(answer.encode())
    connection.close()


def _end_with_the_grader() -> None:
    grader = multiprocessing.parent_process()
    if grader is not None:
        grader.join()
        os._exit(1)


def _judge(zygote: socket.socket | None, parsed: Parsed, rules: Rules) -> Result:
    from autograder.grading.judge import judge, judge_here

    return judge(parsed, zygote, rules) if zygote is not None else judge_here(parsed, rules)
