"""Restoring a learner's notebook: every cell that nbgrader counts, once, as it was released.

`restore` finds cells by their `grade_id`, then by the function that they define or check, then by
likeness to the released cells. It inserts a missing cell where the released notebook has it.
Grading itself reads the submitted file. The restored notebook is for nbgrader's database and pages.
"""

from collections.abc import Callable
from copy import deepcopy
from difflib import SequenceMatcher

from nbformat import NotebookNode

from autograder import course
from autograder.nbgrading.source_notebooks import function_of, is_check
from autograder.util.i18n import _

LIKENESS = 0.6
NUMBER = "autograder_cell"


def restore(notebook: NotebookNode, released: NotebookNode) -> list[str]:
    """Restore a notebook in place.

    Args:
        notebook: The notebook as the learner left it. Each of its cells gets its number there as
            the metadata `NUMBER`.
        released: The notebook as learners received it.

    Returns:
        A sentence for each change.
    """
    notes: list[str] = []
    wanted = {
        c.metadata.nbgrader["grade_id"]: c for c in released.cells if "nbgrader" in c.metadata
    }
    claims = [_take_claim(cell) for cell in notebook.cells]
    for number, cell in enumerate(notebook.cells, start=1):
        cell.metadata[NUMBER] = number
    places = _by_id(claims, wanted, notes)
    for find in (_same_function, _alike):
        _by_content(find, notebook.cells, claims, wanted, places, notes)
    for grade_id, place in places.items():
        _restore(notebook.cells[place], wanted[grade_id], place + 1, notes)
    _put_back(notebook, wanted, places, notes)
    return notes


def _take_claim(cell: NotebookNode) -> str | None:
    """Remove nbgrader's metadata from a cell; return the grade_id that they claim."""
    nbgrader = cell.metadata.pop("nbgrader", None)
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return grade_id if isinstance(grade_id, str) else None


def _by_id(
    claims: list[str | None], wanted: dict[str, NotebookNode], notes: list[str]
) -> dict[str, int]:
    """Return the places of the cells whose claim is a wanted grade_id."""
    places: dict[str, int] = {}
    for place, grade_id in enumerate(claims):
        if grade_id is None:
            continue
        if grade_id in places:
            note = _("cell {n} is a second {cell}: the first one shows the points")
            notes.append(note.format(n=place + 1, cell=grade_id))
        elif grade_id in wanted:
            places[grade_id] = place
    return places


def _by_content(
    find: Callable[[NotebookNode, list[NotebookNode], set[int]], int | None],
    cells: list[NotebookNode],
    claims: list[str | None],
    wanted: dict[str, NotebookNode],
    places: dict[str, int],
    notes: list[str],
) -> None:
    """Add the places of the wanted cells that `find` recognises by their content."""
    for grade_id, cell in wanted.items():
        if grade_id in places:
            continue
        place = find(cell, cells, set(places.values()))
        if place is None:
            continue
        places[grade_id] = place
        if claims[place] != grade_id:
            note = _("cell {n} was recognised as {cell}")
            notes.append(note.format(n=place + 1, cell=grade_id))


def _same_function(wanted: NotebookNode, cells: list[NotebookNode], taken: set[int]) -> int | None:
    """Return the last free cell that defines the function, or the first that checks it."""
    if function_of(wanted) is None:
        return None
    found = [
        place
        for place, cell in enumerate(cells)
        if place not in taken
        and function_of(cell) == function_of(wanted)
        and is_check(cell) == is_check(wanted)
    ]
    return (found[0] if is_check(wanted) else found[-1]) if found else None


def _alike(wanted: NotebookNode, cells: list[NotebookNode], taken: set[int]) -> int | None:
    """Return the place of the free cell whose text is most like the wanted one."""
    free = [p for p, c in enumerate(cells) if p not in taken and not _is_of_another(c, wanted)]
    likeness = {place: _ratio(wanted.source, cells[place].source) for place in free}
    best = max(likeness, key=lambda place: likeness[place], default=None)
    return best if best is not None and likeness[best] >= LIKENESS else None


def _is_of_another(cell: NotebookNode, wanted: NotebookNode) -> bool:
    """Return whether a cell defines or checks another function of the course than the wanted."""
    function = function_of(cell)
    known = any(function in step.functions for step in course.steps())
    return known and function != function_of(wanted)


def _ratio(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one[:5000], other[:5000], autojunk=False)
    if matcher.real_quick_ratio() < LIKENESS or matcher.quick_ratio() < LIKENESS:
        return 0.0
    return matcher.ratio()


def _restore(cell: NotebookNode, wanted: NotebookNode, number: int, notes: list[str]) -> None:
    """Give a cell its released kind and metadata, and a locked cell its released text."""
    name = wanted.metadata.nbgrader["grade_id"]
    if cell.cell_type != wanted.cell_type:
        _change_kind(cell, wanted.cell_type)
        is_code = _("cell {n} ({cell}) is code again")
        note = is_code if wanted.cell_type == "code" else _("cell {n} ({cell}) is text again")
        notes.append(note.format(n=number, cell=name))
    if wanted.metadata.nbgrader["locked"] and cell.source != wanted.source:
        notes.append(_("cell {n} ({cell}) has its own text again").format(n=number, cell=name))
        cell.source = wanted.source
    cell.metadata["nbgrader"] = deepcopy(wanted.metadata.nbgrader)
    cell.metadata["tags"] = list(wanted.metadata.get("tags", []))


def _change_kind(cell: NotebookNode, kind: str) -> None:
    cell.cell_type = kind
    if kind == "code":
        cell.outputs, cell.execution_count = [], None
        cell.pop("attachments", None)
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _put_back(
    notebook: NotebookNode,
    wanted: dict[str, NotebookNode],
    places: dict[str, int],
    notes: list[str],
) -> None:
    """Insert each missing cell after the counted cell that precedes it in the released notebook."""
    by_id = {grade_id: notebook.cells[place] for grade_id, place in places.items()}
    before: str | None = None
    for grade_id, cell in wanted.items():
        if grade_id not in by_id:
            by_id[grade_id] = deepcopy(cell)
            at = 0 if before is None else _position(notebook.cells, by_id[before]) + 1
            notebook.cells.insert(at, by_id[grade_id])
            notes.append(_("{cell} was missing and is put back").format(cell=grade_id))
        before = grade_id


def _position(cells: list[NotebookNode], cell: NotebookNode) -> int:
    return next(place for place, each in enumerate(cells) if each is cell)
