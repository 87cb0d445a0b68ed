"""nbgrader's source notebooks: the solutions with nbgrader's metadata on every cell that counts."""

# nbformat and parts of nbconvert are not annotated.
# mypy: disable-error-code="no-untyped-call,no-any-return"

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

from autograder import course
from autograder.course.points import with_points_in_prose
from autograder.course.solution_cells import (
    LANGUAGE_KEY,
    checked_function,
    defined_function,
    holds_answer,
)
from autograder.course.solutions import solution_file
from autograder.util.languages import ENGLISH

SCHEMA = 3


def source_notebook(exercise: str, language: str = ENGLISH) -> nbformat.NotebookNode:
    """Return a solution as nbgrader's source: answers between markers, points on check cells.

    The check cells of a bonus exercise are worth 0 points, since `GradeInSandbox` enters what the
    exercise earns as extra credit.
    """
    step = course.step(exercise)
    notebook = solution_file(exercise, language).released()
    complete_source(notebook, exercise[:2], language)
    for cell in notebook.cells:
        function = function_of(cell)
        if function in step.functions and (is_check(cell) or holds_answer(cell)):
            points = 0 if step.bonus else step.points[function]
            cell.metadata["nbgrader"] = metadata_of(cell, function, points)
    if exercise in course.changed_points():
        write_points_into_prose(notebook, step.points)
    return notebook


def write_points_into_prose(notebook: nbformat.NotebookNode, points: Mapping[str, float]) -> None:
    """Let the text cells of an exercise name other points.

    Args:
        notebook: The notebook; changed in place.
        points: The points of every function of the exercise.
    """
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = with_points_in_prose(cell.source, points)


def complete_source(notebook: nbformat.NotebookNode, name: str, language: str = ENGLISH) -> None:
    """Give a source notebook its kernel and its language, and cells the same ids each time.

    Args:
        notebook: The notebook; changed in place.
        name: What the ids of its cells begin with.
        language: Its language.
    """
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        LANGUAGE_KEY: {"language": language},
    }
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"{name}-{number:03d}"


def function_of(cell: nbformat.NotebookNode) -> str | None:
    """Return the function that a cell checks or answers, None for any other cell."""
    return checked_function(cell) or defined_function(cell)


def is_check(cell: nbformat.NotebookNode) -> bool:
    """Return whether a cell is nothing but a check of one function."""
    return checked_function(cell) is not None


def metadata_of(cell: nbformat.NotebookNode, function: str, points: float) -> dict[str, Any]:
    """Return nbgrader's metadata for the cell that answers or checks a function.

    Args:
        cell: The cell; a check cell is of nbgrader's kind `grade`, any other of kind `solution`.
        function: The function.
        points: The points of a check cell.
    """
    grade = is_check(cell)
    metadata: dict[str, Any] = {
        "grade": grade,
        "grade_id": f"check_{function}" if grade else function,
        "locked": grade,
        "schema_version": SCHEMA,
        "solution": not grade,
        "task": False,
    }
    return {**metadata, "points": points} if grade else metadata


def write_notebook(notebook: nbformat.NotebookNode, path: Path) -> bool:
    """Write a notebook, and its folder where there is none; return whether the file changed."""
    text = nbformat.writes(notebook) + "\n"
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return True
