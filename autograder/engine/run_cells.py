"""Run a submission's cells in this process, one after another.

The output of the cells is dropped, and a note records each cell that raises.
"""

import io
import linecache
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

from autograder.engine.deadline import deadline
from autograder.engine.earlier_names import earlier_names
from autograder.engine.exceptions import in_place, note_on_cell, record
from autograder.engine.local import LocalEngine
from autograder.submissions.cells import Cell
from autograder.submissions.submission import Parsed
from autograder.util.checking import checking


@dataclass(frozen=True)
class Timeouts:
    """Limits of time.

    Attributes:
        cell: The seconds that a cell may take.
        call: The seconds that a call may take.
    """

    cell: float = 60
    call: float = 60


@dataclass(frozen=True)
class Loaded:
    """A submission whose cells have run in this process.

    Attributes:
        engine: The engine that answers for the submission.
        notes: The remarks of the parser, then a line for each cell that stopped.
    """

    engine: LocalEngine
    notes: tuple[str, ...]


def load(parsed: Parsed, timeouts: Timeouts | None = None) -> Loaded:
    """Run the cells that checks need; note a cell that raises, and run the next cell.

    Args:
        parsed: The submission.
        timeouts: The limits of time.
    """
    timeouts = timeouts or Timeouts()
    label = parsed.submission.path.stem
    module = types.ModuleType(f"submission_{label}")
    namespace = module.__dict__
    shell = _NoShell(namespace)
    namespace["get_ipython"] = lambda: shell
    sys.modules[module.__name__] = module
    stopped = [
        note for cell in parsed.cells_to_run for note in _run(cell, label, namespace, timeouts.cell)
    ]
    engine = LocalEngine(
        namespace,
        lambda filename: filename.startswith(f"<{label}, cell "),
        lambda: _learners_code(timeouts.call),
    )
    return Loaded(engine, (*parsed.notes, *stopped))


@contextmanager
def _learners_code(seconds: float) -> Iterator[None]:
    """Limit the block's time, provide the names that released exercises import, save no figure."""
    with earlier_names(), checking(), deadline(seconds):
        yield


def _run(cell: Cell, label: str, namespace: dict[str, Any], seconds: float) -> list[str]:
    filename = f"<{label}, cell {cell.number}>"
    try:
        source = in_place(_without_magics(cell.source), cell.source, cell.line)
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        silence = io.StringIO()
        with redirect_stdout(silence), redirect_stderr(silence), _learners_code(seconds):
            exec(compile(source, filename, "exec", dont_inherit=True), namespace)
    except (Exception, SystemExit) as error:
        return [note_on_cell(cell.number, record(error, lambda name: name == filename))]
    return []


def _without_magics(source: str) -> str:
    """Return a cell as plain Python, in which IPython's magics are calls on `get_ipython()`."""
    from IPython.core.inputtransformer2 import TransformerManager

    manager: Any = TransformerManager
    return str(manager().transform_cell(source))


class _NoShell:
    """A stand-in for the IPython shell, whose magics run a cell or do nothing."""

    _RUNNING = frozenset({"time", "timeit", "capture", "prun"})

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace

    def run_cell_magic(self, name: str, line: str, cell: str) -> None:
        if name in self._RUNNING:
            exec(compile(cell, f"<%%{name}>", "exec", dont_inherit=True), self._namespace)

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *arguments, **keywords: None
