"""`autograder reset`: the stub of a function, or a whole exercise, as the kit delivered it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course.solution_cells import checked_function
from autograder.util.i18n import _
from autograder.workspace.backups import back_up
from autograder.workspace.contents import delivered_documents
from autograder.workspace.documents import functions_in, same_text, write_pair
from autograder.workspace.pairs import settle
from autograder.workspace.place import Workspace

if TYPE_CHECKING:
    from nbformat import NotebookNode


class NotReset(RuntimeError):
    """A function whose cell is not where it can be replaced; the text says what to do."""


@dataclass(frozen=True)
class Reset:
    """The result of a reset.

    Attributes:
        exercise: The exercise.
        backups: The copies of the files before; () where nothing was to be done.
    """

    exercise: str
    backups: tuple[Path, ...]


def reset(workspace: Workspace, exercise: str, function: str | None = None) -> Reset:
    """Give the stub of a function back, or of all functions of an exercise and all its prose.

    Args:
        workspace: The workspace.
        exercise: The exercise's full name.
        function: The function's bare name; None for the whole exercise.

    Raises:
        NotReset: No cell of its own defines the function.
        UnreadableDocument: The learner's file cannot be read.
        NotWritten: A file cannot be written.
    """
    new = delivered_documents(workspace.language)[exercise]
    pair = [p for p in (workspace.notebook(exercise), workspace.script(exercise)) if p.is_file()]
    if function is None:
        backups = tuple(back_up(workspace, path) for path in pair)
        write_pair(workspace, exercise, new)
        return Reset(exercise, backups)
    settled = settle(workspace, exercise)
    document = settled.document if settled is not None else new
    replaced = document.copy()
    replaced.cells = _with_stub(document.cells, new.cells, function)
    if settled is not None and same_text(replaced, document):
        return Reset(exercise, ())
    backups = tuple(back_up(workspace, path) for path in pair)
    write_pair(workspace, exercise, replaced)
    return Reset(exercise, backups)


def _with_stub(
    cells: "list[NotebookNode]", delivered: "list[NotebookNode]", function: str
) -> "list[NotebookNode]":
    """Return the cells with the delivered cell in place of the last cell that defines a function.

    Earlier cells that define the function alone go.
    """
    stub = next(cell for cell in delivered if _defines(cell, function))
    places = [place for place, cell in enumerate(cells) if _defines(cell, function)]
    shared = [place for place in places if len(functions_in(cells[place])) > 1]
    if shared:
        text = _(
            "The cell that defines {function} defines other functions too: {names}. Give "
            "{function} a cell of its own first, or reset the whole exercise."
        )
        names = ", ".join(n for n in functions_in(cells[shared[-1]]) if n != function)
        raise NotReset(text.format(function=function, names=names))
    if places:
        return [
            stub if place == places[-1] else cell
            for place, cell in enumerate(cells)
            if place not in places[:-1]
        ]
    place = _place_of_check(cells, function)
    return [*cells[:place], stub, *cells[place:]]


def _place_of_check(cells: "list[NotebookNode]", function: str) -> int:
    """Return the place before the function's check cell, or the end."""
    found = (place for place, cell in enumerate(cells) if checked_function(cell) == function)
    return next(found, len(cells))


def _defines(cell: "NotebookNode", function: str) -> bool:
    return function in functions_in(cell)
