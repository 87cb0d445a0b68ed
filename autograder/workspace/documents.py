"""Exercises and pages as documents: the cells of a script or notebook, and both forms of a pair.

A script in a workspace has no header. `jupytext.toml` says what a header would say, so that saving
in JupyterLab changes nothing but what the learner changed.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course.solution_cells import LANGUAGE_KEY
from autograder.util.atomic import write_atomic
from autograder.util.i18n import _
from autograder.workspace.place import Workspace

if TYPE_CHECKING:
    from nbformat import NotebookNode

FORMAT = "py:percent"
SETTINGS_NAME = "jupytext.toml"
SETTINGS = """\
# Jupytext keeps each notebook (.ipynb) and its script (.py) the same.
formats = "ipynb,py:percent"
notebook_metadata_filter = "-all"
cell_metadata_filter = "tags,-all"
"""
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}

_FIRST_CELL = re.compile(r"^# %%", re.MULTILINE)
_DEFINED = re.compile(r"^(?:async )?def +(\w+)", re.MULTILINE)
_FILTERS = {"notebook_metadata_filter": "-all", "cell_metadata_filter": "tags,-all"}


class UnreadableDocument(Exception):
    """A script or notebook that cannot be read; the text says which, and why."""


def read_document(path: Path) -> "NotebookNode":
    """Return a script or notebook as a notebook of format 4.

    Raises:
        UnreadableDocument: The file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        return document_of(text, path.suffix.lower())
    except Exception as error:
        reason = _("{path} cannot be read: {reason}.")
        raise UnreadableDocument(reason.format(path=path, reason=error)) from error


def document_of(text: str, suffix: str = ".py") -> "NotebookNode":
    """Return the text of a script or notebook as a notebook of format 4.

    The header of a script is no cell (see `header_of`).
    """
    if suffix == ".ipynb":
        import nbformat

        return nbformat.reads(text, as_version=4)
    import jupytext

    return jupytext.reads(text[len(header_of(text)) :], fmt=FORMAT)


def header_of(text: str) -> str:
    """Return the comments before a script's first cell, such as Jupytext's own header or a shebang.

    A script that begins with code, or has no marker of a cell, has no header.
    """
    first = _FIRST_CELL.search(text)
    header = text[: first.start()] if first else ""
    lines = header.splitlines()
    return header if all(line.startswith("#") or not line.strip() for line in lines) else ""


def script_text(document: "NotebookNode") -> str:
    """Return a document as a script without a header, as JupyterLab saves it in a workspace."""
    import jupytext
    import nbformat

    cells = _with_names_of_their_own(document.cells)
    bare = nbformat.v4.new_notebook(cells=cells, metadata={"jupytext": _FILTERS})
    text: str = jupytext.writes(bare, fmt=FORMAT)
    return text


def notebook_text(document: "NotebookNode") -> str:
    """Return a document as a notebook's JSON; cells keep their outputs and names."""
    import nbformat

    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}, **document.metadata}
    metadata.pop("jupytext", None)
    cells = _with_names_of_their_own(document.cells)
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    return f"{nbformat.writes(notebook)}\n"


def _with_names_of_their_own(cells: "list[NotebookNode]") -> "list[NotebookNode]":
    """Return the cells, each with a name (`id`) that no other cell has."""
    import nbformat

    taken: set[str] = set()
    named = []
    for cell in cells:
        if cell.get("id") in taken or not cell.get("id"):
            number = next(n for n in range(len(cells) + 1) if f"own-{n:03}" not in taken)
            cell = nbformat.from_dict({**cell, "id": f"own-{number:03}"})
        taken.add(cell["id"])
        named.append(cell)
    return named


def write_pair(workspace: Workspace, name: str, document: "NotebookNode") -> None:
    """Write a document as notebook and script, with one time, so that neither looks newer.

    The header of the script stays. A notebook without a language gets that of the workspace.

    Raises:
        NotWritten: A file cannot be written.
    """
    notebook, script = workspace.notebook(name), workspace.script(name)
    named = document.copy()
    named.metadata = type(document.metadata)(
        {LANGUAGE_KEY: {"language": workspace.language}, **document.metadata}
    )
    write_atomic(notebook, notebook_text(named))
    write_atomic(script, _header_in(script) + script_text(document))
    same_time([notebook, script])


def _header_in(script: Path) -> str:
    try:
        return header_of(script.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return ""


def same_time(paths: Iterable[Path]) -> None:
    """Give files the time of the newest of them."""
    paths = tuple(paths)
    newest = max(path.stat().st_mtime_ns for path in paths)
    for path in paths:
        os.utime(path, ns=(newest, newest))


def functions_in(cell: "NotebookNode") -> list[str]:
    """Return the functions that a code cell defines at top level, in order."""
    return _DEFINED.findall(cell.source) if cell.cell_type == "code" else []


def same_text(one: "NotebookNode", other: "NotebookNode") -> bool:
    """Return whether two documents have the same cells, whatever their outputs and names."""
    return [_plain(cell) for cell in one.cells] == [_plain(cell) for cell in other.cells]


def _plain(cell: "NotebookNode") -> tuple[str, str, tuple[str, ...]]:
    tags = tuple(sorted(cell.metadata.get("tags", ())))
    return cell.cell_type, cell.source.strip("\n"), tags
