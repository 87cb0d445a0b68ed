"""Solution files: the one source of an exercise, parsed once.

`solution_cells` knows the markers and tags of a solution file, `stubs` makes an exercise of it.
"""

import re
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from nbformat import NotebookNode

from autograder import course
from autograder.course.solution_cells import (
    GIVEN,
    HINT,
    SolutionError,
    defined_function,
    has_tag,
    holds_answer,
    without_markers,
)
from autograder.course.steps import Step
from autograder.course.stubs import clear_answer, with_bugs
from autograder.util import paths
from autograder.util.i18n import _
from autograder.util.languages import ENGLISH, catalogue

JUPYTEXT_FORMAT = "py:percent"
HINT_LEVELS = 3


@dataclass(frozen=True)
class SolutionFile:
    """One solution file, parsed: cells with answers, hints by function.

    Attributes:
        step: The exercise's row in the step table.
        path: The file.
        notebook: All cells, as Jupytext reads them; not to be changed.
        hints: The three hints of each function, by its name.
        language: The language of the cells; hints follow the current language.
        untranslated: The texts of the cells that have no translation and stay in English.
    """

    step: Step
    path: Path
    notebook: NotebookNode
    hints: dict[str, tuple[str, ...]]
    language: str = ENGLISH
    untranslated: tuple[str, ...] = ()

    def answer_of(self, function: str) -> str:
        """Return the answer of a function as code, without its `# TODO`.

        Raises:
            SolutionError: No cell holds an answer of this function.
        """
        for cell in self.notebook.cells:
            if holds_answer(cell) and defined_function(cell) == function:
                return without_markers(cell.source)
        text = _("{file} holds no answer of {function}: put it between BEGIN and END SOLUTION.")
        raise SolutionError(text.format(file=self.path.name, function=function))

    def released(self) -> NotebookNode:
        """Return the notebook without hints, each `bug` cell in place of the answer after it.

        Answers stay where no bug stands before them. The cells are copies.

        Raises:
            SolutionError: The cell after a bug is not the answer to the same function.
        """
        notebook = self._without_hints()
        notebook.cells = with_bugs(notebook.cells, self.path)
        return notebook

    def exercise(self) -> NotebookNode:
        """Return the notebook as learners get it: each answer cleared to a stub.

        nbgrader's own `ClearSolutions` clears the answers.

        Raises:
            SolutionError: A solution region is missing, unbalanced or outside of a function, or
                the cell after a bug is not the answer to the same function.
        """
        notebook = self._without_hints()
        cleared = [name for cell in notebook.cells if (name := clear_answer(cell, self.path))]
        if cleared != list(self.step.functions):
            text = _("{file}: solution regions stand in {found}, the course wants {wanted}")
            raise SolutionError(
                text.format(
                    file=self.path.name,
                    found=", ".join(cleared) or _("no function"),
                    wanted=", ".join(self.step.functions),
                )
            )
        notebook.cells = with_bugs(notebook.cells, self.path)
        return notebook

    def given_functions(self) -> list[str]:
        """Return the functions that learners get and later exercises carry over."""
        cells = [cell for cell in self.notebook.cells if has_tag(cell, GIVEN)]
        return [name for cell in cells if (name := defined_function(cell))]

    def translated(self, language: str) -> "SolutionFile":
        """Return the solution in another language, as far as it is translated."""
        notebook = deepcopy(self.notebook)
        untranslated = self._translate(notebook.cells, language)
        return replace(self, notebook=notebook, language=language, untranslated=tuple(untranslated))

    def answer_in(self, function: str, language: str) -> str:
        """Return the answer of a function as code with comments in a language (see `answer_of`)."""
        answer = self.answer_of(function)
        if language == ENGLISH:
            return answer
        cell = NotebookNode(cell_type="code", source=answer, metadata=NotebookNode())
        self._translate([cell], language)
        source: str = cell.source
        return source

    def _translate(self, cells: list[NotebookNode], language: str) -> list[str]:
        from autograder.course.translation.apply import translate
        from autograder.course.translation.strings import strings_of

        return translate(cells, strings_of(self.step.name), catalogue(language, self.step.name))

    def _without_hints(self) -> NotebookNode:
        notebook = deepcopy(self.notebook)
        notebook.cells = [cell for cell in notebook.cells if not has_tag(cell, HINT)]
        return notebook


def solution_file(exercise: str, language: str = ENGLISH) -> SolutionFile:
    """Return the solution of an exercise, parsed once for each state of its file.

    Args:
        exercise: Its name, number or words (see `course.step`).
        language: The language of its cells.

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
    if language != ENGLISH:
        return _translated(step.name, path, modified, language)
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


def answer_of(function: str, language: str = ENGLISH) -> str:
    """Return the reference answer of a function as code.

    Args:
        function: Its name or address (see `course.address`).
        language: The language of its comments.

    Raises:
        LookupError: There is no such function in the course.
    """
    step, name = course.located(function)
    return solution_file(step.name).answer_in(name, language)


@lru_cache(maxsize=64)
def _parsed(exercise: str, path: Path, _modified: int) -> SolutionFile:
    import jupytext

    step = course.step(exercise)
    notebook = jupytext.read(path, fmt=JUPYTEXT_FORMAT)
    hints = dict(
        _hints_in(cell.source, path)
        for cell in notebook.cells
        if cell.cell_type == "markdown" and has_tag(cell, HINT)
    )
    _require_hints(step, path, hints)
    return SolutionFile(step, path, notebook, hints)


@lru_cache(maxsize=64)
def _translated(exercise: str, path: Path, modified: int, language: str) -> SolutionFile:
    return _parsed(exercise, path, modified).translated(language)


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
