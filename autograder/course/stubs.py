"""From a solution's cells to an exercise's cells: a stub in place of each answer.

nbgrader's own `ClearSolutions` clears the answers. In the bug hunt, the cell with the bug stands in
place of the answer.
"""

from pathlib import Path

from nbformat import NotebookNode

from autograder.course.solution_cells import (
    BUG,
    SolutionError,
    defined_function,
    has_tag,
    holds_answer,
)
from autograder.util.i18n import _


def with_bugs(cells: list[NotebookNode], path: Path) -> list[NotebookNode]:
    """Return the cells, with each cell tagged `bug` in the place of the answer that follows it."""
    released = []
    for before, cell in zip([None, *cells], cells, strict=False):
        if before is None or not has_tag(before, BUG):
            released.append(cell)
        elif defined_function(before) is None or defined_function(before) != defined_function(cell):
            text = _("{file}: the cell after the bug in {function} is not its answer")
            raise SolutionError(
                text.format(file=path.name, function=defined_function(before) or "?")
            )
    for cell in released:
        if has_tag(cell, BUG):
            del cell.metadata["tags"]
    return released


def clear_answer(cell: NotebookNode, path: Path) -> str | None:
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
