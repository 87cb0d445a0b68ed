"""Updates of source notebooks that an instructor may have edited.

The kit keeps each notebook as it wrote it, in `.autograder/.delivered/` of the course. A notebook
that differs was edited. Then the kit merges the three texts (see `workspace.merge`): cells of the
instructor's own stay, and so do the points and marks of nbgrader that the instructor has changed.
Where both changed the same cell, the instructor's notebook stays and the new one lies beside.
"""

# nbformat is not annotated.
# mypy: disable-error-code="no-untyped-call,no-any-return"

from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.grading.result_cache import COURSE_FOLDER
from autograder.nbgrading.source_notebooks import function_of, is_check
from autograder.util.atomic import write_atomic
from autograder.util.paths import free_path
from autograder.workspace.merge import merge

_ARRIVING = "new-"
DELIVERED, NEW, BEFORE = ".delivered", ".new", ".before"


@dataclass(frozen=True)
class Update:
    """The outcome of an update of one source notebook.

    Attributes:
        path: The notebook.
        written: Whether it changed.
        before: Where an edited notebook lies as it was before a merge, None without a merge.
        new: Where the kit's new notebook lies if the edited one stays, else None.
    """

    path: Path
    written: bool = False
    before: Path | None = None
    new: Path | None = None


def update_source(course: Path, path: Path, notebook: NotebookNode) -> Update:
    """Bring a source notebook up to date, without loss of what an instructor wrote.

    Args:
        course: The folder of the course.
        path: The notebook in the folder `source`.
        notebook: The notebook as this version of the kit writes it.

    Raises:
        NotWritten: A file cannot be written.
    """
    place = path.relative_to(course / "source")
    delivered = course / COURSE_FOLDER / DELIVERED / place
    text = nbformat.writes(notebook) + "\n"
    current = _text_of(path)
    if current in (None, text):
        _write_changed(delivered, text)
        if current is None:
            write_atomic(path, text)
        return Update(path, written=current is None)
    base = _text_of(delivered)
    if base == text:
        return Update(path)
    if base == current:
        write_atomic(path, text)
        write_atomic(delivered, text)
        return Update(path, written=True)
    merged = _merged(base, current, notebook)
    if merged is None:
        new = course / COURSE_FOLDER / NEW / place
        _write_changed(new, text)
        return Update(path, new=new)
    write_atomic(delivered, text)
    if merged == current:
        return Update(path)
    before = free_path(course / COURSE_FOLDER / BEFORE / place, "{stem}.{n}{suffix}")
    write_atomic(before, path.read_bytes())
    write_atomic(path, merged)
    return Update(path, written=True, before=before)


def _merged(base: str | None, current: str | None, new: NotebookNode) -> str | None:
    """Return the merged notebook, None where a person must decide."""
    delivered, mine = _notebook(base), _notebook(current)
    if delivered is None or mine is None:
        return None
    arriving = deepcopy(new.cells)
    for cell in arriving:  # the ids count cells, so that they name other cells in another version
        cell["id"] = f"{_ARRIVING}{cell['id']}"
    result = merge(delivered.cells, mine.cells, arriving, "")
    if result.conflicts or _deletes_what_changed(delivered, mine, new):
        return None
    own = {cell.get("id"): cell for cell in mine.cells}
    was = {cell.get("id"): cell for cell in delivered.cells}
    deleted = {_content(cell) for cell in _deleted(delivered, mine)}
    cells = []
    for cell in result.cells:
        name = cell.get("id")
        if name not in own and _content(cell) in deleted:
            continue
        if name in own and name in was:
            _keep_marks(cell, own[name], was[name])
        cells.append(cell)
    _name_new_cells(cells)
    mine.cells = cells
    return str(nbformat.writes(mine)) + "\n"


def _name_new_cells(cells: list[NotebookNode]) -> None:
    """Give the cells that are new in a notebook ids that no other cell has."""
    taken = {cell.get("id") for cell in cells}
    for cell in cells:
        name = str(cell.get("id", ""))
        if not name.startswith(_ARRIVING):
            continue
        wanted = free = name.removeprefix(_ARRIVING)
        number = 1
        while free in taken:
            number += 1
            free = f"{wanted}-{number}"
        cell["id"] = free
        taken.add(free)


def _keep_marks(cell: NotebookNode, mine: NotebookNode, was: NotebookNode) -> None:
    """Give a cell the metadata, among them marks of nbgrader, that the instructor has changed."""
    for key, value in mine.metadata.items():
        if key != "nbgrader" and was.metadata.get(key) != value:
            cell.metadata[key] = deepcopy(value)
    own, old = mine.metadata.get("nbgrader"), was.metadata.get("nbgrader")
    if own == old:
        return
    if own is None:
        cell.metadata.pop("nbgrader", None)
    elif old is None or "nbgrader" not in cell.metadata:
        cell.metadata["nbgrader"] = deepcopy(own)
    else:
        changed = {key: value for key, value in own.items() if old.get(key) != value}
        cell.metadata["nbgrader"] = {**cell.metadata["nbgrader"], **changed}


def _deletes_what_changed(delivered: NotebookNode, mine: NotebookNode, new: NotebookNode) -> bool:
    """Return whether the instructor deleted a function's cell that the new notebook changes."""
    deleted = {_role(cell): _content(cell) for cell in _deleted(delivered, mine) if _role(cell)}
    return any(deleted.get(_role(cell), _content(cell)) != _content(cell) for cell in new.cells)


def _deleted(delivered: NotebookNode, mine: NotebookNode) -> list[NotebookNode]:
    names = {cell.get("id") for cell in mine.cells}
    texts = {_content(cell) for cell in mine.cells}
    return [c for c in delivered.cells if c.get("id") not in names and _content(c) not in texts]


def _role(cell: NotebookNode) -> tuple[str, bool] | None:
    function = function_of(cell)
    return None if function is None else (function, is_check(cell))


def _content(cell: NotebookNode) -> tuple[str, str]:
    return cell.cell_type, cell.source.strip()


def _notebook(text: str | None) -> NotebookNode | None:
    try:
        notebook = nbformat.reads(text or "", as_version=4)
        nbformat.validate(notebook)
    except Exception:  # nbformat raises many kinds for a text that is no notebook
        return None
    return notebook


def _text_of(path: Path) -> str | None:
    if not path.is_file():
        return None
    return path.read_text(encoding="utf-8", errors="surrogateescape")


def _write_changed(path: Path, text: str) -> None:
    if _text_of(path) != text:
        write_atomic(path, text)
