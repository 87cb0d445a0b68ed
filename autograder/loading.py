"""Running a submission's cells in this process, one after another: output unseen, errors noted."""

import io
import linecache
import sys
import types
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

from autograder.deadline import deadline
from autograder.engine import Engine
from autograder.files import Cell, SubmissionFile, read_bytes, read_content
from autograder.raised import in_place, note_on_cell, record

CELL_SECONDS = 60


@dataclass(frozen=True)
class Loaded:
    """A submission whose cells have run: the engine that answers for it, and what went wrong."""

    engine: Engine
    namespace: dict
    notes: tuple[str, ...]


def load(file: SubmissionFile, content: bytes | None = None) -> Loaded:
    """Run the cells of a file that checks need; a cell that raises is noted, the next one runs.

    content: the file's bytes where they were read already.
    Raises `UnreadableSubmission` for a file that cannot be read.
    """
    content = read_content(file.path) if content is None else content
    reading = read_bytes(content, file.path.name, file.exercise)
    return load_cells(reading.cells, file.path.stem, (*file.notes, *reading.notes))


def load_cells(cells: Iterable[Cell], label: str, notes: tuple[str, ...] = ()) -> Loaded:
    """Run those of the cells that checks need; `notes` come before those on the cells."""
    module = types.ModuleType(f"submission_{label}")
    shell = _NoShell(module.__dict__)
    module.get_ipython = lambda: shell
    sys.modules[module.__name__] = module
    stopped = [note for c in cells if c.runs_in_checks for note in _run(c, label, module.__dict__)]
    engine = Engine(module.__dict__, lambda filename: filename.startswith(f"<{label}, cell "))
    return Loaded(engine, module.__dict__, (*notes, *stopped))


def _run(cell: Cell, label: str, namespace: dict) -> list[str]:
    filename = f"<{label}, cell {cell.number}>"
    try:
        source = in_place(_without_magics(cell.source), cell.source, cell.line)
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        silence = io.StringIO()
        with redirect_stdout(silence), redirect_stderr(silence), deadline(CELL_SECONDS):
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
