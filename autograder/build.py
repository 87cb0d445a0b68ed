"""From `solutions/*.py` to exercises: answers out, stubs in, everything else untouched.

Answers are cleared by nbgrader's own `ClearSolutions`, whose markers the solutions use.
"""

import difflib
import re
from pathlib import Path

import jupytext
import nbformat

from autograder import course, paths
from autograder.i18n import _

JUPYTEXT_FORMAT = "py:percent"


class BuildError(Exception):
    """A solution file that cannot be turned into an exercise."""


def exercise_notebook(solution: Path):
    """The exercise of a solution as a notebook: no answers, no hints, no outputs.

    Raises `BuildError` for a missing or unbalanced solution region.
    """
    notebook = jupytext.read(solution, fmt=JUPYTEXT_FORMAT)
    notebook.cells = [c for c in notebook.cells if "hint" not in c.metadata.get("tags", ())]
    wanted = list(course.step(solution.stem).functions)
    cleared = [name for cell in notebook.cells if (name := _clear(cell, solution))]
    if cleared != wanted:
        raise BuildError(
            _("{file}: solution regions stand in {found}, the course wants {wanted}").format(
                file=solution.name, found=cleared, wanted=wanted
            )
        )
    return notebook


def _clear(cell, solution: Path) -> str | None:
    """Replace the answer in a cell by a stub that names its function; returns that name."""
    from nbgrader.preprocessors import ClearSolutions

    if cell.cell_type != "code" or "SOLUTION" not in cell.source:
        return None
    name = re.search(r"^def (\w+)", cell.source, re.MULTILINE)
    if name is None:
        raise BuildError(_("{file}: a solution region outside of a function").format(file=solution.name))
    stub = f'raise NotImplementedError("{name[1]}")'
    clear = ClearSolutions(code_stub={"python": stub}, enforce_metadata=False)
    try:
        clear.preprocess_cell(cell, {"language": "python"}, 0)
    except RuntimeError as error:
        raise BuildError(f"{solution.name}: {error}") from error
    return name[1]


def render(solution: Path, suffix: str = ".py") -> str:
    """The text of an exercise: a percent script, or a notebook (`.ipynb`)."""
    notebook = exercise_notebook(solution)
    if suffix == ".py":
        return jupytext.writes(notebook, fmt=JUPYTEXT_FORMAT)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"{solution.stem[:2]}-{number:03d}"
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return nbformat.writes(notebook) + "\n"


def build(target: Path, suffix: str = ".py") -> list[Path]:
    """Write all exercises to a folder; files that are up to date keep their time stamp."""
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for solution in _solutions():
        path = target / f"{solution.stem}{suffix}"
        text = render(solution, suffix)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            written.append(path)
    return written


def differences(target: Path) -> str:
    """What `build` would change in a folder of exercises, as a unified diff; empty: nothing."""
    wanted = {f"{s.stem}.py": render(s) for s in _solutions()}
    present = {p.name: p.read_text(encoding="utf-8") for p in sorted(target.glob("*.py"))}
    return "".join(
        line
        for name in sorted(wanted | present)
        for line in difflib.unified_diff(
            present.get(name, "").splitlines(keepends=True),
            wanted.get(name, "").splitlines(keepends=True),
            f"{target.name}/{name} (as it is)",
            f"{target.name}/{name} (as built)",
        )
    )


def _solutions() -> list[Path]:
    return [paths.solutions() / f"{step.name}.py" for step in course.steps()]
