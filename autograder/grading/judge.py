"""The judge: gives a submission to a worker, runs the checks, and makes the result.

It holds the checks and runs no learner code. `judge` works in the process that calls it; a grader
starts a process of its own for every submission.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from autograder.engine.protocol import Engine
from autograder.engine.stand_ins import Answerer
from autograder.grading.judging_time import judging_limit
from autograder.grading.results import LAYER_MISSING, NOT_ISOLATED, CellOutput, Result
from autograder.grading.rules import Rules
from autograder.running.repeats import NotRepeated
from autograder.running.runner import run
from autograder.running.targets import FileTarget, Target
from autograder.sandbox.client import SandboxEngine, Task, WorkerFailed
from autograder.sandbox.wire_format import ProtocolError
from autograder.submissions.ast_tools import callees
from autograder.submissions.cells import Cell
from autograder.submissions.parse import parsed_solution
from autograder.submissions.reader import work_of
from autograder.submissions.submission import Parsed
from autograder.util.i18n import speaking


def solution(exercise: str, *answers: str) -> Parsed:
    """Return the reference solution as a submission, with other answers in place of its own.

    Args:
        exercise: Its full name.
        answers: The code of further cells, which replace the solution's functions.
    """
    parsed = parsed_solution(exercise)
    first = len(parsed.cells) + 1000
    more = [Cell(first + k, code, frozenset()) for k, code in enumerate(answers)]
    return replace(parsed, cells=(*parsed.cells, *more), notes=())


class SandboxTarget:
    """A target whose submission runs in a worker (see `running.targets.Target`)."""

    def __init__(
        self, parsed: Parsed, engine: SandboxEngine, functions: frozenset[str] | None = None
    ):
        """Check a submission.

        Args:
            parsed: The submission.
            engine: Calls the submission's functions in a worker.
            functions: The addresses of the functions to check, None for all of the exercise.
        """
        self.exercises = (parsed.submission.exercise,)
        self.functions = functions
        self._parsed = parsed
        self._engine = engine

    def engine(self, exercise: str) -> Engine:
        """Return the engine."""
        return self._engine

    def language(self, exercise: str) -> str:
        """Return the language of the submission."""
        return self._parsed.language

    def notes(self, exercise: str) -> tuple[str, ...]:
        """Return the notes on reading the file, then on its cells."""
        return (*self._parsed.notes, *self._engine.notes)

    def remarks(self, exercise: str) -> tuple[str, ...]:
        """Return the audit log, then the layers of isolation that are missing."""
        missing = (
            LAYER_MISSING.format(layer=layer, reason=reason)
            for layer, reason in self._engine.missing.items()
        )
        return (*self._engine.audit_log, *missing)

    def identity(self, exercise: str) -> tuple[str, str]:
        """Return the submission's path and the SHA-256 of its bytes."""
        return self._parsed.submission.path.as_posix(), self._parsed.sha256

    def begun(self, exercise: str) -> bool:
        """Return whether there is work in the submission."""
        return bool(work_of(self._parsed))

    def callees(self, exercise: str) -> dict[str, frozenset[str]]:
        """Return the submission's functions, each with the names that it may call."""
        return callees(cell.source for cell in self._parsed.cells_to_run)

    @contextmanager
    def repeating(
        self, exercise: str, functions: frozenset[str], answerer: Answerer
    ) -> Iterator[Target]:
        """Return a target in another worker, which ends with the context.

        Raises:
            NotRepeated: No time is left, or no worker runs.
        """
        engine = self._engine.repeating(answerer)
        if engine is None:
            raise NotRepeated
        try:
            engine.start()
            yield SandboxTarget(self._parsed, engine, functions)
        except (ProtocolError, WorkerFailed) as error:
            raise NotRepeated from error
        finally:
            engine.close()
            self._engine.audit_log.update(engine.audit_log)


def judge(
    parsed: Parsed,
    zygote: socket.socket,
    rules: Rules,
    functions: frozenset[str] | None = None,
) -> Result:
    """Run the cells in a worker and the checks here.

    Args:
        parsed: The submission.
        zygote: The socket of the zygote that forks the worker.
        rules: How submissions are judged.
        functions: The addresses of the functions to check, None for all of the exercise.

    Returns:
        The report and what the cells printed and drew.

    Raises:
        WorkerFailed: The zygote starts no worker.
    """
    with speaking(parsed.language):
        return _judge(parsed, zygote, rules, functions)


def _judge(
    parsed: Parsed, zygote: socket.socket, rules: Rules, functions: frozenset[str] | None
) -> Result:
    cells = {cell.number: cell.source for cell in parsed.cells_to_run}
    lines = {cell.number: cell.line for cell in parsed.cells_to_run}
    task = Task(parsed.submission.exercise, cells, lines)
    engine = SandboxEngine(
        zygote, task, rules.times, rules.layers, rules.limits, rules.require_isolation
    )
    try:
        engine.start()
        [report] = run(SandboxTarget(parsed, engine, functions), rules.seed, judging_limit)
    finally:
        engine.close()
    outputs = tuple(
        CellOutput(number, output.text, output.figures)
        for number, output in sorted(engine.outputs.items())
        if output.text or output.figures
    )
    notes = tuple(dict.fromkeys(report.notes))
    report = replace(report, isolation=engine.layers, notes=notes)
    return Result(parsed.submission.learner, report, outputs)


def judge_here(parsed: Parsed, rules: Rules) -> Result:
    """Run cells and checks in this process, without isolation, on systems without a sandbox."""
    [report] = run(FileTarget({parsed.submission.exercise: parsed}), rules.seed)
    report = replace(report, notes=(*report.notes, NOT_ISOLATED))
    return Result(parsed.submission.learner, report)
