"""`autograder notebooks`: make notebooks of submitted scripts, since nbgrader reads no scripts."""

# nbformat and parts of nbconvert are not annotated.
# mypy: disable-error-code="no-untyped-call,no-any-return"

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.nbgrading.damaged_notebooks import sound_notebook
from autograder.nbgrading.restore_cells import NUMBER, restore
from autograder.nbgrading.source_notebooks import source_notebook
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.discovery import survey
from autograder.submissions.limited_parser import LimitedParser
from autograder.submissions.safe_read import read_content
from autograder.submissions.submission import Submission
from autograder.util.atomic import write_atomic
from autograder.util.i18n import _

MADE_FROM = "autograder_script"


@dataclass(frozen=True)
class Made:
    """A script and the notebook that was made of it.

    Attributes:
        script: The script.
        notebook: The notebook, None where the script cannot be read.
        notes: What was noticed.
    """

    script: Path
    notebook: Path | None
    notes: tuple[str, ...] = ()


def notebooks_of_scripts(folder: Path) -> Iterator[Made]:
    """Make a notebook of every script that is newer than its notebook, or has no notebook.

    An older notebook that a learner submitted is renamed.

    Args:
        folder: A course, or its folder `submitted`.

    Yields:
        Every script, with the notebook that was made of it or the reason why it was left out.

    Raises:
        NotWritten: A notebook cannot be written.
    """
    submitted = folder / "submitted" if (folder / "submitted").is_dir() else folder
    with LimitedParser() as parser:
        for place in sorted(path for path in submitted.glob("*/*") if path.is_dir()):
            yield from _made_in(place, submitted.parent / "release" / place.name, parser)


def _made_in(place: Path, released: Path, parser: LimitedParser) -> Iterator[Made]:
    """Yield the scripts of one learner for one assignment, which was released in a folder."""
    try:
        found = survey(place, reader=parser)
    except UnreadableSubmission as error:
        yield Made(place, None, (str(error),))
        return
    yield from (Made(path, None, (reason,)) for path, reason in found.left_out.items())
    for file in found.files.values():
        if file.path.suffix.lower() != ".ipynb":
            notebook = _read_released(released / f"{file.exercise}.ipynb", file.exercise)
            yield _make(file, notebook, parser)


def _read_released(path: Path, exercise: str) -> NotebookNode:
    """Return the notebook as learners received it; where that file is gone, the kit's own."""
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError):
        return source_notebook(exercise)


def _make(file: Submission, released: NotebookNode, parser: LimitedParser) -> Made:
    try:
        written, found = parser.as_written(read_content(file.path), file.path.name)
    except UnreadableSubmission as error:
        return Made(file.path, None, (*file.notes, str(error)))
    notebook = sound_notebook(written, [None] * len(written), released)
    _mark(notebook, released)
    notebook.metadata[MADE_FROM] = file.path.name
    path = file.path.with_name(f"{file.exercise}.ipynb")
    aside = _set_aside(path)
    write_atomic(path, nbformat.writes(notebook) + "\n")
    return Made(file.path, path, (*file.notes, *found, *aside))


def _mark(notebook: NotebookNode, released: NotebookNode) -> None:
    """Give the cells that nbgrader counts its metadata; keep the text that the learner wrote.

    Only a copy is restored, since `nbgrader autograde` restores the submission itself.
    """
    restored = deepcopy(notebook)
    restore(restored, released)
    for cell in restored.cells:
        number = cell.metadata.get(NUMBER)
        if number is not None and "nbgrader" in cell.metadata:
            notebook.cells[number - 1].metadata["nbgrader"] = cell.metadata.nbgrader


def _set_aside(path: Path) -> tuple[str, ...]:
    """Rename a learner's own notebook of this name; return a note on the new name."""
    if not path.is_file():
        return ()
    try:
        made_here = MADE_FROM in nbformat.read(path, as_version=nbformat.NO_CONVERT).metadata
    except (OSError, ValueError, AttributeError):
        made_here = False
    if made_here:
        return ()
    aside = path.with_name(f"{path.name}.older")
    path.replace(aside)
    return (_("the older notebook is now {name}").format(name=aside.name),)
