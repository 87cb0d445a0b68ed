"""A learner's notebook made whole again: every cell that nbgrader counts, once, as it was released.

Cells are found by their `grade_id`, then by the function that they define or check, then by
likeness to what was released; one that is not found is put back where it stood. Grading itself
reads the file as it was handed in: what is mended is for nbgrader's database and pages.
"""

from copy import deepcopy
from difflib import SequenceMatcher

from nbformat import NotebookNode

from autograder import course
from autograder.nbgrading.source import function_of, is_check
from autograder.util.i18n import _

LIKENESS = 0.6
NUMBER = "autograder_cell"


def restore(notebook: NotebookNode, released: NotebookNode) -> list[str]:
    """Mend a notebook in place; returns what was mended, a sentence each."""
    notes = []
    wanted = {
        c.metadata.nbgrader["grade_id"]: c for c in released.cells if "nbgrader" in c.metadata
    }
    claims = [_take_claim(cell) for cell in notebook.cells]
    for number, cell in enumerate(notebook.cells, start=1):
        cell.metadata[NUMBER] = number
    places = _by_id(claims, wanted, notes)
    for find in (_same_function, _alike):
        for grade_id, cell in wanted.items():
            if grade_id not in places:
                place = find(cell, notebook.cells, set(places.values()))
                if place is not None:
                    places[grade_id] = place
                    if claims[place] != grade_id:
                        note = _("cell {n} was recognised as {cell}")
                        notes.append(note.format(n=place + 1, cell=grade_id))
    for grade_id, place in places.items():
        _restore(notebook.cells[place], wanted[grade_id], place + 1, notes)
    _put_back(notebook, wanted, places, notes)
    return notes


def _take_claim(cell: NotebookNode) -> str | None:
    """The grade_id that a cell says it has; it is taken from the cell."""
    nbgrader = cell.metadata.pop("nbgrader", None)
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return grade_id if isinstance(grade_id, str) else None


def _by_id(claims: list[str | None], wanted: dict, notes: list[str]) -> dict[str, int]:
    places = {}
    for place, grade_id in enumerate(claims):
        if grade_id in places:
            note = _("cell {n} is a second {cell}: the first one shows the points")
            notes.append(note.format(n=place + 1, cell=grade_id))
        elif grade_id in wanted:
            places[grade_id] = place
    return places


def _same_function(wanted: NotebookNode, cells: list[NotebookNode], taken: set[int]) -> int | None:
    """The last free cell that defines the function, or the first that checks it."""
    found = [
        place
        for place, cell in enumerate(cells)
        if place not in taken
        and function_of(cell) == function_of(wanted)
        and is_check(cell) == is_check(wanted)
    ]
    return (found[0] if is_check(wanted) else found[-1]) if found else None


def _alike(wanted: NotebookNode, cells: list[NotebookNode], taken: set[int]) -> int | None:
    free = [p for p, c in enumerate(cells) if p not in taken and not _is_of_another(c, wanted)]
    likeness = {place: _ratio(wanted.source, cells[place].source) for place in free}
    best = max(likeness, key=likeness.get, default=None)
    return best if best is not None and likeness[best] >= LIKENESS else None


def _is_of_another(cell: NotebookNode, wanted: NotebookNode) -> bool:
    """Whether a cell defines or checks a function of the course that is not the wanted one."""
    function = function_of(cell)
    known = any(function in step.functions for step in course.steps())
    return known and function != function_of(wanted)


def _ratio(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one[:5000], other[:5000], autojunk=False)
    if matcher.real_quick_ratio() < LIKENESS or matcher.quick_ratio() < LIKENESS:
        return 0.0
    return matcher.ratio()


def _restore(cell: NotebookNode, wanted: NotebookNode, number: int, notes: list[str]) -> None:
    """Give a cell the kind, the metadata and, where it is locked, the text that it had."""
    name = wanted.metadata.nbgrader["grade_id"]
    if cell.cell_type != "code":
        notes.append(_("cell {n} ({cell}) is code again").format(n=number, cell=name))
        cell.cell_type, cell.outputs, cell.execution_count = "code", [], None
        cell.pop("attachments", None)
    if wanted.metadata.nbgrader["locked"] and cell.source != wanted.source:
        notes.append(_("cell {n} ({cell}) has its own text again").format(n=number, cell=name))
        cell.source = wanted.source
    cell.metadata["nbgrader"] = deepcopy(wanted.metadata.nbgrader)
    cell.metadata["tags"] = list(wanted.metadata.get("tags", []))


def _put_back(notebook: NotebookNode, wanted: dict, places: dict, notes: list[str]) -> None:
    """Insert the cells that were not found, each after the one that it followed."""
    by_id = {grade_id: notebook.cells[place] for grade_id, place in places.items()}
    before = None
    for grade_id, cell in wanted.items():
        if grade_id not in by_id:
            by_id[grade_id] = deepcopy(cell)
            at = 0 if before is None else _position(notebook.cells, by_id[before]) + 1
            notebook.cells.insert(at, by_id[grade_id])
            notes.append(_("{cell} was missing and is put back").format(cell=grade_id))
        before = grade_id


def _position(cells: list[NotebookNode], cell: NotebookNode) -> int:
    return next(place for place, each in enumerate(cells) if each is cell)
