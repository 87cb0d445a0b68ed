"""Running a submission's cells in this process, one after another: output unseen, errors noted."""

import io
import linecache
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass

from autograder.engine.exceptions import in_place, note_on_cell, record
from autograder.engine.local import LocalEngine
from autograder.engine.released_names import released_names
from autograder.engine.timeouts import deadline
from autograder.submissions.cells import Cell
from autograder.submissions.submission import Parsed


@dataclass(frozen=True)
class Timeouts:
    """Seconds that a cell and a call may take."""

    cell: float = 60
    call: float = 60


@dataclass(frozen=True)
class Loaded:
    """A submission whose cells have run in this process.

    Attributes:
        engine: The engine that answers for it.
        notes: What was noticed while it was read, then which cells stopped.
    """

    engine: LocalEngine
    notes: tuple[str, ...]


def load(parsed: Parsed, timeouts: Timeouts | None = None) -> Loaded:
    """Run the cells that checks need; a cell that raises is noted, and the next one runs."""
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
    """Limit the block's time and provide the names that released exercises import."""
    with released_names(), deadline(seconds):
        yield


def _run(cell: Cell, label: str, namespace: dict, seconds: float) -> list[str]:
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
    """The cell as plain Python: IPython's magics become calls on `get_ipython()`."""
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager().transform_cell(source)


class _NoShell:
    """Stands for the IPython shell: magics do nothing, but those that run a cell run it."""

    _RUNNING = frozenset({"time", "timeit", "capture", "prun"})

    def __init__(self, namespace: dict):
        self._namespace = namespace

    def run_cell_magic(self, name, line, cell):
        if name in self._RUNNING:
            exec(compile(cell, f"<%%{name}>", "exec", dont_inherit=True), self._namespace)

    def __getattr__(self, name):
        return lambda *arguments, **keywords: None
