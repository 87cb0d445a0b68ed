"""The notebooks of a made-up class: right, mistaken, untouched and damaged notebooks.

Each function makes a learner's notebook of the notebook with the right answers.
"""

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace

import nbformat
from nbformat import NotebookNode

from autograder.course.misconceptions import catalogue


@dataclass(frozen=True)
class Handout:
    """An exercise: the notebook as released, and the right answers by function."""

    exercise: str
    released: NotebookNode
    answers: dict[str, str]

    def filled_in(self, answers: dict[str, str]) -> NotebookNode:
        """Return the notebook with these answers."""
        notebook = deepcopy(self.released)
        for cell in notebook.cells:
            cell.source = answers.get(grade_id(cell) or "", cell.source)
        return notebook

    def signed(self, learner: str) -> "Handout":
        """Return the same with a statement in each answer that makes it the learner's own."""
        answers = {name: f"{code}\nby = {learner!r}\n" for name, code in self.answers.items()}
        return replace(self, answers=answers)


def grade_id(cell: NotebookNode) -> str | None:
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def right(handout: Handout, number: int) -> str:
    return nbformat.writes(handout.filled_in(handout.answers))


def mistaken(handout: Handout, number: int) -> str:
    mistakes = [m for m in catalogue().values() if m.function in handout.answers]
    mistake = mistakes[number % len(mistakes)]
    wrong = {mistake.function: mistake.code.strip()}
    return nbformat.writes(handout.filled_in({**handout.answers, **wrong}))


def untouched(handout: Handout, number: int) -> str:
    return nbformat.writes(handout.released)


def warning(handout: Handout, number: int) -> str:
    """Right, but each function warns when it is called."""
    line = '    __import__("warnings").warn("this is slow")'
    answers = {
        name: re.sub(r"^(def [^#]*?\) *(?:->[^:]+)?:)$", rf"\1\n{line}", code, count=1, flags=re.M)
        for name, code in handout.answers.items()
    }
    return nbformat.writes(handout.filled_in(answers))


def duplicated(handout: Handout, number: int) -> str:
    """Right, with a check cell twice."""
    notebook = handout.filled_in(handout.answers)
    duplicate = deepcopy(next(cell for cell in notebook.cells if is_check(cell)))
    duplicate["id"] = "duplicate"
    notebook.cells.append(duplicate)
    return nbformat.writes(notebook)


def deleted(handout: Handout, number: int) -> str:
    """Right, without a check cell."""
    notebook = handout.filled_in(handout.answers)
    notebook.cells.remove(next(cell for cell in notebook.cells if is_check(cell)))
    return nbformat.writes(notebook)


def stripped(handout: Handout, number: int) -> str:
    """Right, without any metadata, as some editors save."""
    notebook = handout.filled_in(handout.answers)
    for cell in notebook.cells:
        cell.metadata.clear()
    return nbformat.writes(notebook)


def truncated(handout: Handout, number: int) -> str:
    """Right, but the file breaks off."""
    text = right(handout, number)
    return text[: len(text) * 3 // 4]


def is_check(cell: NotebookNode) -> bool:
    return (grade_id(cell) or "").startswith("check_")


KINDS: tuple[Callable[[Handout, int], str], ...] = (
    right,
    mistaken,
    duplicated,
    untouched,
    warning,
    deleted,
    stripped,
    truncated,
)


def class_of(n: int) -> dict[str, Callable[[Handout, int], str]]:
    """Return learners by name; kinds take turns."""
    kinds = [KINDS[number % len(KINDS)] for number in range(n)]
    return {f"{number:03d}_{kind.__name__}": kind for number, kind in enumerate(kinds)}
