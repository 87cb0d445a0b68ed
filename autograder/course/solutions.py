"""Solution files: the one source of an exercise, its stubs, its answers and its hints.

A solution is a percent script. This module alone knows its markers and tags:

- an answer stands between `### BEGIN SOLUTION` and `### END SOLUTION`, nbgrader's own markers, in
  the cell that defines its function, below the `# TODO` that the learner sees;
- a Markdown cell tagged `hint` holds a function's name as heading and its three hints as a numbered
  list; exercises leave it out;
- a code cell tagged `bug` stands before an answer and defines the same function with a mistake; the
  exercise shows it in the answer's place.
"""

import re
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nbformat import NotebookNode

from autograder import course
from autograder.course.steps import Step
from autograder.util import paths
from autograder.util.i18n import _

JUPYTEXT_FORMAT = "py:percent"
HINT_LEVELS = 3

_HINT, _BUG = "hint", "bug"
_TODO = re.compile(r"^ *# TODO\b.*\n(?: *#.*\n)*?(?= *### BEGIN SOLUTION)", re.MULTILINE)
_MARKER = re.compile(r"^ *### (BEGIN|END) SOLUTION\n", re.MULTILINE)
_DEFINED = re.compile(r"^def (\w+)", re.MULTILINE)
_CHECKED = re.compile(r'^check\("(\w+)"\)$')


class SolutionError(Exception):
    """A solution file that cannot be used; the text says which, what is wrong, and what to do."""


@dataclass(frozen=True)
class SolutionFile:
    """One solution file, parsed: cells with answers, hints by function.

    Attributes:
        step: The exercise's row in the step table.
        path: The file.
        notebook: All cells, as Jupytext reads them; not to be changed.
        hints: The three hints of each function, by its name.
    """

    step: Step
    path: Path
    notebook: NotebookNode
    hints: dict[str, tuple[str, ...]]

    def answer_of(self, function: str) -> str:
        """Return the answer of a function as code, without its `# TODO`.

        Raises:
            SolutionError: No cell holds an answer of this function.
        """
        for cell in self.notebook.cells:
            if holds_answer(cell) and defined_function(cell) == function:
                return _MARKER.sub("", _TODO.sub("", cell.source + "\n"))
        text = _("{file} holds no answer of {function}: put it between BEGIN and END SOLUTION.")
        raise SolutionError(text.format(file=self.path.name, function=function))

    def released(self) -> NotebookNode:
        """Return the notebook without hints, each `bug` cell in place of the answer after it.

        Answers stay where no bug stands before them. The cells are copies.

        Raises:
            SolutionError: The cell after a bug is not the answer to the same function.
        """
        notebook = self._without_hints()
        notebook.cells = _with_bugs(notebook.cells, self.path)
        return notebook

    def exercise(self) -> NotebookNode:
        """Return the notebook as learners get it: each answer cleared to a stub.

        nbgrader's own `ClearSolutions` clears the answers.

        Raises:
            SolutionError: A solution region is missing, unbalanced or outside of a function, or
                the cell after a bug is not the answer to the same function.
        """
        notebook = self._without_hints()
        cleared = [name for cell in notebook.cells if (name := _clear(cell, self.path))]
        if cleared != list(self.step.functions):
            text = _("{file}: solution regions stand in {found}, the course wants {wanted}")
            raise SolutionError(
                text.format(
                    file=self.path.name,
                    found=", ".join(cleared) or _("no function"),
                    wanted=", ".join(self.step.functions),
                )
            )
        notebook.cells = _with_bugs(notebook.cells, self.path)
        return notebook

    def _without_hints(self) -> NotebookNode:
        notebook = deepcopy(self.notebook)
        notebook.cells = [cell for cell in notebook.cells if not _has_tag(cell, _HINT)]
        return notebook


def solution_file(exercise: str) -> SolutionFile:
    """Return the solution of an exercise, parsed once for each state of its file.

    Args:
        exercise: Its name, number or words (see `course.step`).

    Raises:
        LookupError: There is no such exercise.
        SolutionError: The file is missing, or its hints are malformed.
    """
    step = course.step(exercise)
    path = paths.solutions() / f"{step.name}.py"
    try:
        modified = path.stat().st_mtime_ns
    except OSError as error:
        text = _("there is no {file}, which the course lists")
        raise SolutionError(text.format(file=path)) from error
    return _parsed(step.name, path, modified)


def hints_of(function: str) -> tuple[str, ...]:
    """Return the three hints of a function: a nudge, the concept, the shape of the code.

    Args:
        function: Its name or address (see `course.address`).

    Raises:
        LookupError: There is no such function in the course.
    """
    step, name = course.located(function)
    return solution_file(step.name).hints[name]


def answer_of(function: str) -> str:
    """Return the reference answer of a function as code.

    Args:
        function: Its name or address (see `course.address`).

    Raises:
        LookupError: There is no such function in the course.
    """
    step, name = course.located(function)
    return solution_file(step.name).answer_of(name)


def defined_function(cell: NotebookNode) -> str | None:
    """Return the first function that a code cell defines, None where it defines none."""
    found = _DEFINED.search(cell.source) if cell.cell_type == "code" else None
    return found[1] if found else None


def checked_function(cell: NotebookNode) -> str | None:
    """Return the function of a cell that is nothing but a check, None for any other cell."""
    found = _CHECKED.match(cell.source.strip()) if cell.cell_type == "code" else None
    return found[1] if found else None


def holds_answer(cell: NotebookNode) -> bool:
    """Return whether a cell holds an answer between markers."""
    return cell.cell_type == "code" and "SOLUTION" in cell.source


@lru_cache(maxsize=64)
def _parsed(exercise: str, path: Path, _modified: int) -> SolutionFile:
    import jupytext

    step = course.step(exercise)
    notebook = jupytext.read(path, fmt=JUPYTEXT_FORMAT)
    hints = dict(
        _hints_in(cell.source, path)
        for cell in notebook.cells
        if cell.cell_type == "markdown" and _has_tag(cell, _HINT)
    )
    _require_hints(step, path, hints)
    return SolutionFile(step, path, notebook, hints)


def _hints_in(source: str, path: Path) -> tuple[str, tuple[str, ...]]:
    """Return the function that a hint cell is about, and its hints."""
    heading, _newline, body = source.partition("\n")
    function = heading.lstrip("# ").strip()
    parts = re.split(r"^\d\.\s+", body, flags=re.MULTILINE)[1:]
    if len(parts) != HINT_LEVELS:
        text = _(
            "{file}: the hint cell of {function} holds {n} hints, and {levels} are needed: "
            "write them as a numbered list, 1. to 3., below the function's name."
        )
        raise SolutionError(
            text.format(file=path.name, function=function, n=len(parts), levels=HINT_LEVELS)
        )
    return function, tuple(_(re.sub(r"\n\s+", " ", part.strip())) for part in parts)


def _require_hints(step: Step, path: Path, hints: dict[str, tuple[str, ...]]) -> None:
    missing = [name for name in step.functions if name not in hints]
    strange = [name for name in hints if name not in step.functions]
    if missing or strange:
        text = _(
            "{file}: hints are missing for {missing}, and there are hints for {strange}, which the "
            "exercise does not have. A hint cell begins with the function's name as a heading."
        )
        nothing = _("no function")
        raise SolutionError(
            text.format(
                file=path.name,
                missing=", ".join(missing) or nothing,
                strange=", ".join(strange) or nothing,
            )
        )


def _with_bugs(cells: list[NotebookNode], path: Path) -> list[NotebookNode]:
    """Return the cells, with each cell tagged `bug` in the place of the answer that follows it."""
    released = []
    for before, cell in zip([None, *cells], cells, strict=False):
        if before is None or not _has_tag(before, _BUG):
            released.append(cell)
        elif defined_function(before) is None or defined_function(before) != defined_function(cell):
            text = _("{file}: the cell after the bug in {function} is not its answer")
            raise SolutionError(
                text.format(file=path.name, function=defined_function(before) or "?")
            )
    for cell in released:
        if _has_tag(cell, _BUG):
            del cell.metadata["tags"]
    return released


def _clear(cell: NotebookNode, path: Path) -> str | None:
    """Replace the answer in a cell by a stub that names its function; return that name."""
    from nbgrader.preprocessors import ClearSolutions

    if not holds_answer(cell):
        return None
    name = defined_function(cell)
    if name is None:
        text = _("{file}: a solution region stands outside of a function")
        raise SolutionError(text.format(file=path.name))
    stub = f'raise NotImplementedError("{name}")'
    clear = ClearSolutions(code_stub={"python": stub}, enforce_metadata=False)
    try:
        clear.preprocess_cell(cell, {"language": "python"}, 0)
    except RuntimeError as error:
        raise SolutionError(f"{path.name}: {error}") from error
    return name


def _has_tag(cell: NotebookNode, tag: str) -> bool:
    return tag in cell.metadata.get("tags", ())
