"""Notebooks that ran: kept in the workspace, so that nothing runs twice that has not changed.

A notebook runs again where something changed that its outputs depend on: its own text, the
exercises that it carries over, modules of the learner's that it imports, the kit, the data, or the
language.
"""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import course
from autograder.bundle.work import Work
from autograder.util import languages
from autograder.util.atomic import write_atomic
from autograder.util.fingerprint import digest, kit_fingerprint
from autograder.workspace.place import Workspace

if TYPE_CHECKING:
    from nbformat import NotebookNode

VARIABLES = ("COURSE_DATA", "MOVIELENS_DIR", languages.VARIABLE)

_CARRIED = re.compile(r"\bcarry_over\(\s*([^)]*)\)")
_TEXT = re.compile(r"""["']([^"']+)["']""")
_IMPORTED = re.compile(r"^\s*(?:import|from)\s+(\w+)", re.MULTILINE)
_KEY = "autograder_ran"
_BY_CHANCE = frozenset({"KeyboardInterrupt", "KernelEnded"})


@dataclass(frozen=True)
class Raised:
    """A cell that raised an error, or that ended its kernel.

    Attributes:
        number: The cell's position among all cells, from 1.
        kind: The name of the error.
        text: What the error says.
    """

    number: int
    kind: str
    text: str


def digest_of(work: Work, works: list[Work], folder: Path) -> str:
    """Return a digest of all that decides the outputs of a notebook.

    Args:
        work: The notebook's document.
        works: All documents, among which are the exercises that it carries over.
        folder: The working folder, in which modules of the learner's may lie.
    """
    code = _code(work.document)
    carried = carried_over(code) - {work.name}
    others = {other.name: _code(other.document) for other in works if other.name in carried}
    modules = {name: _content(folder / f"{name}.py") for name in set(_IMPORTED.findall(code))}
    parts = [
        [[cell.cell_type, cell.source, _tags(cell)] for cell in work.document.cells],
        sorted(others.items()),
        sorted((name, content) for name, content in modules.items() if content),
        kit_fingerprint(),
        [os.environ.get(name, "") for name in VARIABLES],
    ]
    return digest(json.dumps(parts).encode())


def carried_over(code: str) -> set[str]:
    """Return the exercises that a code carries over; all of them where it does not name one."""
    found: set[str] = set()
    for argument in _CARRIED.findall(code):
        named = _TEXT.fullmatch(argument.strip())
        if named is None:
            return {step.name for step in course.steps()}
        try:
            found.add(course.step(named[1]).name)
        except LookupError:
            continue
    return found


def kept(workspace: Workspace, name: str, wanted: str) -> "NotebookNode | None":
    """Return the executed copy of a notebook with a digest, None where there is none.

    A notebook of which a cell was stopped, or ended its kernel, may fare better the next time.
    """
    import nbformat

    try:
        notebook = nbformat.read(_place(workspace, name), as_version=4)
        if notebook.metadata.pop(_KEY)["digest"] != wanted:
            return None
        if any(raised.kind in _BY_CHANCE for raised in raised_in(notebook)):
            return None
    except Exception:  # a damaged copy is as good as none
        return None
    return notebook


def keep(workspace: Workspace, name: str, notebook: "NotebookNode", own: str) -> None:
    """Keep the executed copy of a notebook under its digest.

    Raises:
        NotWritten: The copy cannot be written.
    """
    import nbformat

    copy = notebook.copy()
    copy["metadata"] = {**notebook.metadata, _KEY: {"digest": own}}
    write_atomic(_place(workspace, name), f"{nbformat.writes(copy)}\n")


def raised_in(notebook: "NotebookNode") -> list[Raised]:
    """Return the cells of an executed notebook that raised an error, in order."""
    found = []
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code" or "raises-exception" in _tags(cell):
            continue
        errors = [output for output in cell.outputs if output.output_type == "error"]
        if errors:
            found.append(Raised(number, str(errors[0].ename), str(errors[0].evalue)))
    return found


def _place(workspace: Workspace, name: str) -> Path:
    return workspace.state / "ran" / f"{name}.ipynb"


def _code(document: "NotebookNode") -> str:
    return "\n\n".join(cell.source for cell in document.cells if cell.cell_type == "code")


def _tags(cell: "NotebookNode") -> list[str]:
    return sorted(map(str, cell.metadata.get("tags", ())))


def _content(path: Path) -> str:
    try:
        return digest(path.read_bytes())
    except OSError:
        return ""
