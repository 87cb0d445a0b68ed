"""The judge: one submission's file, its worker, the checks, and the report that comes of them.

It holds the checks and runs no learner code. `judge` works in the process that calls it; a grader
calls it in a process of its own for every submission.
"""

import socket
from dataclasses import dataclass, field, replace

from autograder.engine.protocol import Engine
from autograder.grading.results import CellOutput, Result
from autograder.running.runner import run
from autograder.running.targets import FileTarget
from autograder.sandbox.client import SandboxEngine, Task, Times
from autograder.sandbox.isolation import LAYERS, Limits
from autograder.submissions.cells import Cell
from autograder.submissions.parse import parse
from autograder.submissions.submission import Parsed, Submission
from autograder.util import paths
from autograder.util.i18n import _


def solution(exercise: str, *answers: str) -> Parsed:
    """Return the reference solution as if handed in, other answers in place of its own.

    Args:
        exercise: Its full name.
        answers: Code that comes in further cells.
    """
    parsed = parse(Submission(exercise, paths.solutions() / f"{exercise}.py"))
    first = len(parsed.cells) + 1000
    more = [Cell(first + k, code, frozenset()) for k, code in enumerate(answers)]
    return replace(parsed, cells=(*parsed.cells, *more), notes=())


@dataclass(frozen=True)
class Rules:
    """How submissions are judged: the seed of the checks, limits, the layers that are wanted.

    require_isolation: without all of these layers, nothing of a learner runs.
    """

    seed: int
    times: Times = field(default_factory=Times)
    limits: Limits = field(default_factory=Limits)
    layers: frozenset[str] = frozenset(LAYERS)
    require_isolation: bool = False


class SandboxTarget:
    """Checks a submission whose cells run in a worker, or some of its functions."""

    def __init__(
        self, parsed: Parsed, engine: SandboxEngine, functions: frozenset[str] | None = None
    ):
        """Check what a worker answers for; `functions` as in `targets.Target`."""
        self.exercises = (parsed.submission.exercise,)
        self.functions = functions
        self._parsed = parsed
        self._engine = engine

    def engine(self, exercise: str) -> Engine:
        """Return the engine."""
        return self._engine

    def notes(self, exercise: str) -> tuple[str, ...]:
        """Return the notes on reading the file, then on its cells."""
        return (*self._parsed.notes, *self._engine.notes)

    def remarks(self, exercise: str) -> tuple[str, ...]:
        """Return what the code tried besides, and which layers of isolation are missing."""
        text = _("isolation layer {layer} is missing: {reason}")
        missing = (
            text.format(layer=layer, reason=reason)
            for layer, reason in self._engine.missing.items()
        )
        return (*self._engine.audit_log, *missing)

    def identity(self, exercise: str) -> tuple[str, str]:
        """Return the submission's path and the SHA-256 of its bytes."""
        return self._parsed.submission.path.as_posix(), self._parsed.sha256


def judge(
    parsed: Parsed,
    zygote: socket.socket,
    rules: Rules,
    functions: frozenset[str] | None = None,
) -> Result:
    """Run the cells in a worker and the checks here.

    Args:
        parsed: The submission.
        zygote: The socket on which workers are asked for.
        rules: How submissions are judged.
        functions: The addresses of the functions to check, None for all of the exercise.

    Raises:
        WorkerFailed: No worker can be had.
    """
    cells = {cell.number: cell.source for cell in parsed.cells_to_run}
    lines = {cell.number: cell.line for cell in parsed.cells_to_run}
    task = Task(parsed.submission.exercise, cells, lines)
    engine = SandboxEngine(
        zygote, task, rules.times, rules.layers, rules.limits, rules.require_isolation
    )
    try:
        engine.start()
        [report] = run(SandboxTarget(parsed, engine, functions), rules.seed)
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
    """Run cells and checks in this process, without isolation: where there is no sandbox."""
    [report] = run(FileTarget({parsed.submission.exercise: parsed}), rules.seed)
    note = _("not isolated: the submission ran with all the rights of the grader")
    report = replace(report, notes=(*report.notes, note))
    return Result(parsed.submission.learner, report)
