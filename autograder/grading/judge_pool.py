"""The grader: judges submissions one by one, each in a process of its own, behind the wall.

A `Grader` keeps two helpers warm: the zygote, from which workers are forked, and Python's fork
server, from which judges are. It may be used from several threads at once.
"""

import contextlib
import json
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from multiprocessing.connection import wait
from types import ModuleType

from autograder.grading.results import Result, refused, result_from_json, result_to_json
from autograder.sandbox.client import WorkerFailed
from autograder.sandbox.isolation import in_words
from autograder.sandbox.zygote import Zygote
from autograder.submissions.submission import Parsed
from autograder.util.i18n import _

JUDGE_MEMORY = 2 * 2**30
EXTRA_SECONDS = 60
MAX_TRIES = 2
# What exercises import from the kit, for the zygote to import once for all workers.
WORKER_MODULES = (
    "recommender_data",
    "autograder.learner.carry_over",
    "autograder.learner.check",
    "autograder.learner.compare_figures",
    "autograder.learner.figures",
)
_PRELOADED = ["autograder.grading.forkserver_cleanup", "autograder.grading.forkserver_preload"]


class IsolationMissing(RuntimeError):
    """A layer of isolation that is required cannot be had here; the text says which."""


class GraderEnded(RuntimeError):
    """The grader is left, or not yet entered: there is no verdict."""


class Grader:
    """Judges submissions by the same rules; a context manager that ends its helpers.

    sandboxed: whether the learner's code is isolated; False (and everywhere but on Linux) runs it
    in the judge's own process, and the reports name no layer.
    """

    def __init__(self, rules, sandboxed: bool = sys.platform == "linux"):
        self.rules = rules
        self.sandboxed = sandboxed
        self._zygote = None
        self._lock = threading.Lock()
        self._running = set()
        self._open = False
        self._context = multiprocessing.get_context("forkserver" if sandboxed else "spawn")

    def __enter__(self):
        if self.sandboxed:
            self._start_forkserver()
            self._zygote = new_zygote()
        self._open = True
        return self

    def _start_forkserver(self) -> None:
        """Let it import while the zygote does."""
        from multiprocessing.forkserver import ensure_running

        self._context.set_forkserver_preload(_PRELOADED)
        with _no_program():
            ensure_running()

    def __exit__(self, *_error):
        with self._lock:
            self._open = False
            for process in self._running:
                process.kill()
            if self._zygote is not None:
                self._zygote.close()

    def missing_layers(self) -> dict[str, str]:
        """The layers of isolation that cannot be had here, with the reasons.

        Raises `IsolationMissing` where the rules require all.
        """
        if self._zygote is None:
            missing = {"all": _("there is no wall on {system}").format(system=sys.platform)}
        else:
            missing = self._probe()
        if missing and self.rules.require_isolation:
            raise IsolationMissing(
                _("Isolation is required, and missing: {layers}. Nothing was graded.").format(
                    layers=in_words(missing)
                )
            )
        return missing

    def _probe(self) -> dict[str, str]:
        """What a worker that runs nothing lacks."""
        from autograder.sandbox.client import SandboxEngine, Task

        rules = self.rules
        task = Task("probe", {})
        engine = SandboxEngine(self._zygote.socket, task, rules.times, rules.layers, rules.limits)
        try:
            engine.start()
            return engine.missing
        finally:
            engine.close()

    def grade(self, parsed: Parsed) -> Result:
        """Return the result of one submission.

        Whatever goes wrong is told in the result, and what a dying zygote spoilt is done again.

        Raises:
            GraderEnded: The grader is left meanwhile.
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

    def _ask_judge(self, parsed: Parsed) -> tuple:
        """The zygote in use (None without a wall), and what a judge of its own says.

        That is the `result`, or the `reason` for none.
        """
        ours, theirs = self._context.Pipe(duplex=False)
        with ours:
            with theirs, self._lock:
                zygote = self._living_zygote()
                place = zygote.socket if zygote else None
                process = self._context.Process(
                    target=_serve, args=(theirs, place, parsed, self.rules), daemon=True
                )
                with _no_program():
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

    def _living_zygote(self):
        """The zygote, another one where it is gone, None without a wall; the lock is held."""
        if not self._open:
            raise GraderEnded
        if self._zygote is not None and _is_gone(self._zygote):
            self._zygote.close()
            self._zygote = new_zygote()
        return self._zygote

    def _stands(self, zygote) -> bool:
        """Whether the zygote that was in use still is, so that its workers ended by themselves."""
        with self._lock:
            if not self._open:
                raise GraderEnded
            return zygote is None or zygote is self._zygote and not _is_gone(zygote)


@contextlib.contextmanager
def _no_program():
    """Nothing in the place of the program that grades: else every judge would import it anew.

    Of nbgrader that is a second's work, and judges need nothing of it.
    """
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


def new_zygote() -> Zygote:
    """Start a zygote that has imported what exercises import."""
    return Zygote(WORKER_MODULES)


def _is_gone(zygote) -> bool:
    """Whether the other end of its socket is closed: after its start a zygote says nothing."""
    return bool(wait([zygote.socket], timeout=0))


def _wait_for(connection, seconds: float) -> dict:
    try:
        if not connection.poll(seconds):
            reason = _("cannot be graded because judging it took longer than {n:.0f} s")
            return {"reason": reason.format(n=seconds)}
        return json.loads(connection.recv_bytes())
    except (EOFError, OSError):
        return {"reason": _("cannot be graded because its judge ended unexpectedly")}


def _serve(connection, zygote, parsed: Parsed, rules) -> None:
    """Judge one submission in this process and send the result as JSON."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_grader, daemon=True).start()
    _limit_memory()
    try:
        result = _judge(zygote, parsed, rules)
        answer = json.dumps({"result": result_to_json(result)})
    except WorkerFailed as error:
        reason = _("cannot be graded because {error}").format(error=error)
        answer = json.dumps({"reason": reason})
    except BaseException:
        fault = _("cannot be graded because of a fault of the kit:\n{trace}")
        answer = json.dumps({"reason": fault.format(trace=traceback.format_exc(limit=-6))})
    connection.send_bytes(answer.encode())
    connection.close()


def _end_with_the_grader() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)


def _judge(zygote, parsed: Parsed, rules) -> Result:
    from autograder.grading.judge import judge, judge_here

    return judge(parsed, zygote, rules) if zygote is not None else judge_here(parsed, rules)


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (JUDGE_MEMORY, JUDGE_MEMORY))
