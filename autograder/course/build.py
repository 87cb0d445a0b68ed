"""From solutions to exercises: answers out, stubs in, everything else untouched."""

import difflib
import re
from pathlib import Path

import jupytext
import nbformat

from autograder import course
from autograder.course.documents import documents
from autograder.course.solution_cells import SolutionError
from autograder.course.solutions import JUPYTEXT_FORMAT, solution_file
from autograder.course.steps import Step
from autograder.util import paths
from autograder.util.i18n import _


def render(step: Step, suffix: str = ".py") -> str:
    """Return the text of an exercise: a percent script, or a notebook (`.ipynb`).

    Raises:
        SolutionError: The exercise's solution file cannot be used.
    """
    notebook = solution_file(step.name).exercise()
    if suffix == ".py":
        text: str = jupytext.writes(notebook, fmt=JUPYTEXT_FORMAT)
        return _without_version(text)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"{step.name[:2]}-{number:03d}"
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    written: str = nbformat.writes(notebook)
    return f"{written}\n"


def build(target: Path, suffix: str = ".py") -> list[Path]:
    """Write all exercises to a folder; files that are up to date keep their time stamp.

    Scripts bring the documents that show tables of the course up to date too.

    Returns:
        The files that changed.

    Raises:
        SolutionError: A solution file cannot be used, or no step of the course has it.
    """
    _refuse_stray_solutions()
    target.mkdir(parents=True, exist_ok=True)
    wanted = {target / f"{s.name}{suffix}": render(s, suffix) for s in course.steps()}
    if suffix == ".py":
        wanted |= documents()
    written = []
    for path, text in wanted.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            written.append(path)
    return written


def differences(target: Path) -> str:
    """Return what `build` would change, as a unified diff; empty where nothing would change.

    Raises:
        SolutionError: As `build` does.
    """
    _refuse_stray_solutions()
    wanted = {target / f"{s.name}.py": render(s) for s in course.steps()} | documents()
    present = {
        path: path.read_text(encoding="utf-8")
        for path in {*wanted, *target.glob("*.py")}
        if path.is_file()
    }
    return "".join(
        line
        for path in sorted(wanted | present)
        for line in difflib.unified_diff(
            present.get(path, "").splitlines(keepends=True),
            wanted.get(path, "").splitlines(keepends=True),
            f"{path.name} (as it is)",
            f"{path.name} (as built)",
        )
    )


def _refuse_stray_solutions() -> None:
    """Raise `SolutionError` where a solution file has no step in the step table."""
    known = {step.name for step in course.steps()}
    for path in sorted(paths.solutions().glob("*.py")):
        if path.stem not in known:
            text = _("{file} has no step in course.toml: add a [[step]] row with this name.")
            raise SolutionError(text.format(file=path.name))


def _without_version(text: str) -> str:
    """Return the script without Jupytext's own version, which differs between machines."""
    return re.sub(r"^# +jupytext_version: .*\n", "", text, count=1, flags=re.MULTILINE)
