"""nbgrader's source notebooks: the solutions with nbgrader's metadata on every cell that counts."""

import re
from pathlib import Path

import jupytext
import nbformat

from autograder import course, paths
from autograder.build import JUPYTEXT_FORMAT, with_bugs

SCHEMA = 3

_DEFINED = re.compile(r"^def (\w+)", re.MULTILINE)
_CHECKED = re.compile(r'^check\("(\w+)"\)$')


def source_notebook(exercise: str) -> nbformat.NotebookNode:
    """A solution as nbgrader's source: answers between its markers, points on check cells.

    Those of a bonus exercise are worth 0: what it earns is extra credit, see `GradeBehindWall`.
    """
    step = course.step(exercise)
    solution = paths.solutions() / f"{exercise}.py"
    notebook = jupytext.read(solution, fmt=JUPYTEXT_FORMAT)
    cells = [c for c in notebook.cells if "hint" not in c.metadata.get("tags", ())]
    notebook.cells = with_bugs(cells, solution)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"{exercise[:2]}-{number:03d}"
        function = function_of(cell)
        if function in step.functions and (is_check(cell) or "SOLUTION" in cell.source):
            points = 0 if step.bonus else step.points[function]
            cell.metadata["nbgrader"] = metadata_of(cell, function, points)
    return notebook


def function_of(cell) -> str | None:
    """The function that a cell answers or checks."""
    if cell.cell_type != "code":
        return None
    checked = _CHECKED.match(cell.source.strip())
    if checked:
        return checked[1]
    defined = _DEFINED.search(cell.source)
    return defined[1] if defined else None


def is_check(cell) -> bool:
    """Whether a cell is nothing but a check of one function."""
    return cell.cell_type == "code" and _CHECKED.match(cell.source.strip()) is not None


def metadata_of(cell, function: str, points: float) -> dict:
    """nbgrader's metadata for the cell that answers (`solution`) or checks (`grade`) a function."""
    grade = is_check(cell)
    metadata = {
        "grade": grade,
        "grade_id": f"check_{function}" if grade else function,
        "locked": grade,
        "schema_version": SCHEMA,
        "solution": not grade,
        "task": False,
    }
    return {**metadata, "points": points} if grade else metadata


def write_source(exercise: str, path: Path) -> bool:
    """Write a source notebook; returns whether the file changed."""
    text = nbformat.writes(source_notebook(exercise)) + "\n"
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return True
