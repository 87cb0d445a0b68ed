"""Exercise files as learners hand them in: stubs filled in, cells changed."""

from pathlib import Path

import jupytext
import nbclient

from autograder import course
from autograder.util import paths


def exercise_text(exercise: str) -> str:
    """Return the untouched exercise."""
    return (paths.exercises() / f"{exercise}.py").read_text(encoding="utf-8")


def solution_text(exercise: str) -> str:
    """Return the reference solution."""
    return (paths.solutions() / f"{exercise}.py").read_text(encoding="utf-8")


def filled_in(function: str, code: str) -> str:
    """Return the untouched exercise with one function's cell replaced by `code`."""
    exercise = course.step_of_function(function).name
    notebook = jupytext.reads(exercise_text(exercise), fmt="py:percent")
    for cell in notebook.cells:
        if cell.cell_type == "code" and f"def {function}(" in cell.source:
            cell.source = code
    return jupytext.writes(notebook, fmt="py:percent")


def write(folder: Path, exercise: str, text: str, suffix: str = ".py") -> Path:
    """Write an exercise file, as a script or as a notebook by the suffix; return its path."""
    path = folder / f"{exercise}{suffix}"
    if suffix == ".ipynb":
        jupytext.write(jupytext.reads(text, fmt="py:percent"), path)
    else:
        path.write_text(text, encoding="utf-8")
    return path


def without_demonstrations(text):
    """Return a percent script without its cells tagged `demo`."""
    notebook = jupytext.reads(text, fmt="py:percent")
    notebook.cells = [c for c in notebook.cells if "demo" not in c.metadata.get("tags", ())]
    return jupytext.writes(notebook, fmt="py:percent")


def run_notebook(text, folder):
    """Run a percent script as a notebook in a folder; return its cells with their outputs."""
    notebook = jupytext.reads(text, fmt="py:percent")
    client = nbclient.NotebookClient(
        notebook, timeout=300, allow_errors=True, resources={"metadata": {"path": str(folder)}}
    )
    return client.execute().cells


def panel_of(cells, function):
    """Return the output of a function's check cell: (text/plain, text/html)."""
    [cell] = [c for c in cells if c.source == f'check("{function}")']
    [output] = [o for o in cell.outputs if o.output_type == "execute_result"]
    return output.data["text/plain"], output.data["text/html"]
