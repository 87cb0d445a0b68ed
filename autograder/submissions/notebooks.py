"""The cells of a Jupyter notebook, read by nbformat once the parts that it rejects are removed."""

import json
import re
from typing import TYPE_CHECKING, Any, TypeGuard

from autograder.submissions.ast_tools import MAX_LENGTH
from autograder.submissions.cells import UnreadableSubmission, Written, refusal, tags_of
from autograder.submissions.scripts import MAX_CELLS
from autograder.util.i18n import _

if TYPE_CHECKING:
    from nbformat import NotebookNode

_KEPT = ("cell_type", "source", "input", "code", "text", "level", "language")
_NEWEST = 4
_DAMAGED = "damaged"
_REMEDY = _("Open it in Jupyter, save it again, and hand in that file.")
_CONFLICT_REMEDY = _(
    "Open it in a text editor, keep one side, and delete the other with the lines that begin with "
    "<<<<<<<, ======= and >>>>>>>."
)


def is_notebook(text: str) -> bool:
    """Return whether a text is JSON that looks like a notebook."""
    try:
        return text.lstrip().startswith("{") and _looks_like_one(json.loads(text))
    except (ValueError, RecursionError):
        return False


def cells_of_notebook(text: str, name: str) -> tuple[list[Written], str, tuple[str, ...]]:
    """Return the cells of a notebook, the language that it names, and notes.

    Args:
        text: The notebook as JSON.
        name: The file's name, for messages.

    Returns:
        The cells, the language ("python" where the notebook names no language), and notes on the
        format and on damaged cells.

    Raises:
        UnreadableSubmission: The JSON is broken, or is no notebook.
    """
    document = _loaded(text, name)
    version, notes = _version(document)
    cells = _tidy_cells(document, version, name)
    try:
        upgraded = _upgraded(cells, version)
    except Exception as error:
        raise _no_notebook(name, _("its cells cannot be understood")) from error
    if any(cell["cell_type"] == _DAMAGED for cell in cells):
        notes += (_("some of its cells are damaged and were left out"),)
    written = [_written(number, cell) for number, cell in enumerate(upgraded, start=1)]
    return written, _language(document), notes


def _loaded(text: str, name: str) -> dict[str, Any]:
    try:
        document: object = json.loads(text)
    except RecursionError as error:
        raise _no_notebook(name, _("its JSON is nested without end")) from error
    except json.JSONDecodeError as error:
        remedy = _CONFLICT_REMEDY if _holds_conflict(text) else _REMEDY
        raise _no_notebook(name, _reason_for(error), remedy) from error
    except ValueError as error:
        raise _no_notebook(name, _("it holds a number of thousands of digits")) from error
    if not _looks_like_one(document):
        raise _no_notebook(name, _("it is JSON of another kind"))
    return document


def _reason_for(error: json.JSONDecodeError) -> str:
    if _holds_conflict(error.doc):
        return _("it holds both sides of a conflict that Git left to you")
    rest = error.doc[error.pos :].strip()
    if not rest or error.msg.startswith("Unterminated string"):
        return _("it breaks off in line {line}").format(line=error.doc.count("\n") + 1)
    return _("line {line} is no JSON").format(line=error.lineno)


def _holds_conflict(text: str) -> bool:
    return bool(
        re.search(r"^<<<<<<< ", text, re.MULTILINE) and re.search(r"^>>>>>>> ", text, re.MULTILINE)
    )


def _no_notebook(name: str, reason: str, remedy: str = _REMEDY) -> UnreadableSubmission:
    return refusal(
        name,
        _("it is no valid notebook: {reason}").format(reason=reason),
        remedy,
    )


def _looks_like_one(document: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(document, dict) and bool({"cells", "worksheets"} & document.keys())


def _version(document: dict[str, Any]) -> tuple[int, tuple[str, ...]]:
    """Return the version of the format; where it is impossible, what the cells suggest."""
    version = document.get("nbformat")
    possible = (1, _NEWEST) if "cells" in document else (2, 3)
    if type(version) is not int or version not in possible:
        note = _("it does not say rightly which version of the notebook format it has")
        return possible[-1], (note,)
    if version == _NEWEST:
        return version, ()
    old = _("it is a notebook of the old format {version}; it was read all the same")
    return version, (old.format(version=version),)


def _tidy_cells(document: dict[str, Any], version: int, name: str) -> list[dict[str, Any]]:
    """Return the cells with kind, source and tags alone; an empty cell stands for a damaged one."""
    sheets = [document] if version in {1, _NEWEST} else document["worksheets"]
    cells: list[Any] = []
    for sheet in sheets if isinstance(sheets, list) else [None]:
        part = sheet.get("cells") if isinstance(sheet, dict) else None
        if not isinstance(part, list):
            raise _no_notebook(name, _("its cells are no list"))
        cells.extend(part)
    if not cells:
        raise _no_notebook(name, _("it has no cells"))
    cells = [_tidy(cell) for cell in cells]
    length = sum(len(value) for cell in cells for value in cell.values() if isinstance(value, str))
    if len(cells) > MAX_CELLS or length > 2 * MAX_LENGTH:
        raise _no_notebook(name, _("there is far more in it than an exercise holds"))
    return cells


def _tidy(cell: object) -> dict[str, Any]:
    if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
        return {"cell_type": _DAMAGED, "source": "", "metadata": {"tags": []}}
    tidy = {key: _joined(cell[key]) for key in _KEPT if key in cell}
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    outputs: dict[str, Any] = {"outputs": []} if cell["cell_type"] == "code" else {}
    return {**tidy, **outputs, "metadata": {"tags": sorted(tags_of(tags))}}


def _joined(value: object) -> str | int:
    """Return a source as one string; notebooks hold strings or lists of lines."""
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return value if isinstance(value, (str, int)) else ""


def _upgraded(cells: list[dict[str, Any]], version: int) -> "list[NotebookNode]":
    import nbformat

    document: dict[str, Any] = {"nbformat": version, "nbformat_minor": 0, "metadata": {}}
    document |= {"cells": cells} if version in {1, _NEWEST} else {"worksheets": [{"cells": cells}]}
    # nbformat is not annotated.
    notebook = nbformat.reader.reads(json.dumps(document))
    upgraded = nbformat.convert(notebook, _NEWEST)
    return list(upgraded.cells)


def _written(number: int, cell: "NotebookNode") -> Written:
    source = cell.get("source")
    text = source if isinstance(source, str) else ""
    joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return Written(
        number,
        str(cell.get("cell_type")),
        joined.replace("\r\n", "\n").replace("\r", "\n"),
        tags_of(cell["metadata"]["tags"]),
    )


def _language(document: dict[str, Any]) -> str:
    """Return the language of the kernel, "python" where the notebook names no language."""
    metadata = document.get("metadata")
    for part, key in (("kernelspec", "language"), ("language_info", "name")):
        found = metadata.get(part) if isinstance(metadata, dict) else None
        language = found.get(key) if isinstance(found, dict) else None
        if isinstance(language, str) and language.strip():
            return language.strip()
    return "python"
