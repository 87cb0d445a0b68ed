"""Exercises and pages as documents: the cells of a script or notebook, and both forms of a pair.

A script in a workspace has no header. `jupytext.toml` says what a header would say, so that saving
in JupyterLab changes nothing but what the learner changed.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

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
    """Return the text of a script or notebook as a notebook of format 4."""
    if suffix == ".ipynb":
        import nbformat

        return nbformat.reads(text, as_version=4)
    import jupytext

    return jupytext.reads(text, fmt=FORMAT)


def script_text(document: "NotebookNode") -> str:
    """Return a document as a script without a header, as JupyterLab saves it in a workspace."""
    import jupytext
    import nbformat

    bare = nbformat.v4.new_notebook(cells=document.cells, metadata={"jupytext": _FILTERS})
    text: str = jupytext.writes(bare, fmt=FORMAT)
    return text


def notebook_text(document: "NotebookNode") -> str:
    """Return a document as a notebook's JSON; cells keep their outputs and names."""
    import nbformat

    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}, **document.metadata}
    metadata.pop("jupytext", None)
    notebook = nbformat.v4.new_notebook(cells=document.cells, metadata=metadata)
    return f"{nbformat.writes(notebook)}\n"


def write_pair(workspace: Workspace, name: str, document: "NotebookNode") -> None:
    """Write a document as notebook and script, with one time, so that neither looks newer.

    Raises:
        NotWritten: A file cannot be written.
    """
    notebook, script = workspace.notebook(name), workspace.script(name)
    write_atomic(notebook, notebook_text(document))
    write_atomic(script, script_text(document))
    same_time([notebook, script])


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
