"""The judge: one submission's file, its worker, the checks, and the report that comes of them.

It holds the checks and runs no learner code. `judge` works in the process that calls it; a grader
calls it in a process of its own for every submission.
"""

import socket
from dataclasses import dataclass, field, replace

from autograder import paths
from autograder.files import Cell, Reading, digest, read_cells, read_content
from autograder.grading.results import CellOutput, Result
from autograder.i18n import _
from autograder.loading import Loaded, load_cells
from autograder.runner import run
from autograder.wall.isolation import LAYERS, Limits
from autograder.wall.remote import RemoteEngine, Task, Times


@dataclass(frozen=True)
class Handed:
    """What a learner handed in for an exercise: its place, its bytes' digest, its cells."""

    learner: str
    exercise: str
    path: str
    sha256: str
    reading: Reading
    notes: tuple[str, ...] = ()

    @property
    def cells(self) -> dict[int, str]:
        """The sources of the cells that checks need, by number."""
        return {cell.number: cell.source for cell in self.reading.cells if cell.runs_in_checks}

    @property
    def lines(self) -> dict[int, int]:
        """The number of the first line of each of these cells, by the cell's number."""
        return {cell.number: cell.line for cell in self.reading.cells if cell.runs_in_checks}

    @property
    def all_notes(self) -> tuple[str, ...]:
        """What was noticed while choosing and reading the file."""
        return (*self.notes, *self.reading.notes)


def solution(exercise: str, *answers: str) -> Handed:
    """The reference solution as if handed in, with the functions of other answers in place of its.

    answers: code that comes in further cells.
    """
    path = paths.solutions() / f"{exercise}.py"
    cells = read_cells(path).cells
    more = [Cell(len(cells) + 1000 + k, code, frozenset()) for k, code in enumerate(answers)]
    sha256 = digest(read_content(path))
    return Handed("", exercise, path.as_posix(), sha256, Reading((*cells, *more), ()))


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


@dataclass(frozen=True)
class Behind:
    """A submission behind the wall, as `Loaded` is one in this process."""

    engine: RemoteEngine
    read_notes: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What was said while reading it, and what became of its cells."""
        return (*self.read_notes, *self.engine.notes)


class HandedTarget:
    """Checks what a learner handed in for one exercise, or some of its functions."""

    def __init__(
        self,
        handed: Handed,
        loaded: Behind | Loaded,
        functions: frozenset[str] | None = None,
    ):
        self.exercises = (handed.exercise,)
        self.functions = functions
        self._handed = handed
        self._loaded = loaded

    def loaded(self, exercise: str) -> Behind | Loaded:
        """The submission of the exercise: its engine and notes."""
        return self._loaded

    def identity(self, exercise: str) -> tuple[str, str]:
        return self._handed.path, self._handed.sha256


def judge(
    handed: Handed,
    zygote: socket.socket,
    rules: Rules,
    functions: frozenset[str] | None = None,
) -> Result:
    """Run the cells in a worker and the checks here.

    functions: the functions to check, None for all of the exercise.
    Raises `WorkerFailed` where no worker can be had.
    """
    task = Task(handed.exercise, handed.cells, handed.lines)
    engine = RemoteEngine(
        zygote, task, rules.times, rules.layers, rules.limits, rules.require_isolation
    )
    try:
        engine.start()
        target = HandedTarget(handed, Behind(engine, handed.all_notes), functions)
        [report] = run(target, rules.seed)
    finally:
        engine.close()
    notes = (
        *report.notes,
        *engine.remarks,
        *(
            _("isolation layer {layer} is missing: {reason}").format(layer=layer, reason=reason)
            for layer, reason in engine.missing.items()
        ),
    )
    outputs = tuple(
        CellOutput(number, output.text, output.figures)
        for number, output in sorted(engine.outputs.items())
        if output.text or output.figures
    )
    report = replace(report, isolation=engine.layers, notes=tuple(dict.fromkeys(notes)))
    return Result(handed.learner, report, outputs)


def judge_here(handed: Handed, rules: Rules) -> Result:
    """Run cells and checks in this process, without any isolation: where there is no wall."""
    loaded = load_cells(handed.reading.cells, handed.exercise, handed.all_notes)
    target = HandedTarget(handed, loaded)
    [report] = run(target, rules.seed)
    note = _("not isolated: the submission ran with all the rights of the grader")
    return Result(handed.learner, replace(report, notes=(*report.notes, note)))
