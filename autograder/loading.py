"""Running a submission's cells in this process, one after another: output unseen, errors noted."""

import io
import linecache
import sys
import types
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

from autograder.deadline import deadline
from autograder.engine import Engine
from autograder.files import Cell, SubmissionFile, read_cells
from autograder.i18n import _
from autograder.raised import record

CELL_SECONDS = 60


@dataclass(frozen=True)
class Loaded:
    """A submission whose cells have run: the engine that answers for it, and what went wrong."""

    engine: Engine
    namespace: dict
    notes: tuple[str, ...]


def load(file: SubmissionFile) -> Loaded:
    """Run the cells of a file that checks need; a cell that raises is noted, the next one runs.

    Raises `UnreadableSubmission` for a file that cannot be read.
    """
    label = file.path.stem
    module = types.ModuleType(f"submission_{label}")
    module.get_ipython = _NoShell
    sys.modules[module.__name__] = module
    notes = list(file.notes)
    for cell in read_cells(file.path):
        if cell.runs_in_checks:
            notes.extend(_run(cell, label, module.__dict__))
    engine = Engine(module.__dict__, lambda filename: filename.startswith(f"<{label}, cell "))
    return Loaded(engine, module.__dict__, tuple(notes))


def _run(cell: Cell, label: str, namespace: dict) -> list[str]:
    filename = f"<{label}, cell {cell.number}>"
    try:
        source = _without_magics(cell.source)
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        silence = io.StringIO()
        with redirect_stdout(silence), redirect_stderr(silence), deadline(CELL_SECONDS):
            exec(compile(source, filename, "exec", dont_inherit=True), namespace)
    except (Exception, SystemExit) as error:
        raised = record(error, lambda name: name == filename)
        where = f" ({raised.where})" if raised.where else ""
        return [
            _("cell {n} stopped: {error}{where}").format(n=cell.number, error=raised, where=where)
        ]
    return []


def _without_magics(source: str) -> str:
    """The cell as plain Python: IPython's magics become calls on `get_ipython()`."""
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager().transform_cell(source)


class _NoShell:
    """Stands for the IPython shell: a magic in a checked file does nothing."""

    def __getattr__(self, name):
        return lambda *arguments, **keywords: None
