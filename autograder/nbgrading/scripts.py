"""`autograder notebooks`: make notebooks of submitted scripts, since nbgrader reads no scripts."""

# nbformat and parts of nbconvert are not annotated.
# mypy: disable-error-code="no-untyped-call,no-any-return"

import os
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder import course
from autograder.bundle.manifest import MEMO
from autograder.bundle.unpack import is_bundle
from autograder.nbgrading.damaged_notebooks import sound_notebook
from autograder.nbgrading.memo_texts import memo_of_text, memo_texts_in
from autograder.nbgrading.restore_cells import NUMBER, restore
from autograder.nbgrading.source_notebooks import source_notebook
from autograder.nbgrading.written_answers import memo_source
from autograder.submissions.cells import UnreadableSubmission, Written
from autograder.submissions.discovery import survey
from autograder.submissions.limited_parser import LimitedParser
from autograder.submissions.safe_read import read_content
from autograder.submissions.sections import exercises_begun, section_of
from autograder.submissions.submission import Submission
from autograder.util.atomic import write_atomic
from autograder.util.i18n import _, current

MADE_FROM = "autograder_script"
OLDER = ".older"


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
    memos = memo_texts_in(place)
    if memos and (place.name == MEMO or (released / f"{MEMO}.ipynb").is_file()):
        made = _make_memo(memos[-1], released, parser)
        if made is not None:
            yield made
    for path, reason in found.left_out.items():
        if path in memos:
            continue
        if path.suffix == OLDER or is_bundle(path) or _is_of_assignment(path.name, released):
            continue  # `bundles` unpacks bundles, and nbgrader takes an instructor's own notebook
        yield Made(path, None, (reason,))
    for file in found.files.values():
        several = _holds_several(file.path)
        if several and released.is_dir() and not (released / f"{file.exercise}.ipynb").exists():
            continue  # an exercise of another assignment
        if several or file.path.suffix.lower() != ".ipynb":
            notebook = released_notebook(released, file.exercise)
            made = _make(file, notebook, parser)
            if made is not None:
                yield made


def _is_of_assignment(name: str, released: Path) -> bool:
    """Return whether the assignment that was released in a folder has a notebook of this name."""
    source = released.parent.parent / "source" / released.name
    return name.endswith(".ipynb") and any((place / name).is_file() for place in (released, source))


def _holds_several(path: Path) -> bool:
    """Return whether a notebook holds several exercises; nbgrader looks for one of each."""
    if course.step_of_file(path) is not None:
        return False
    try:
        return bool(exercises_begun(read_content(path)))
    except UnreadableSubmission:
        return False


def released_notebook(folder: Path, exercise: str) -> NotebookNode:
    """Return the notebook as learners received it; where that file is gone, the kit's own.

    Args:
        folder: The folder of the released assignment.
        exercise: The exercise's full name.
    """
    try:
        return nbformat.read(folder / f"{exercise}.ipynb", as_version=4)
    except (OSError, ValueError):
        return source_notebook(exercise, current())


def _make(file: Submission, released: NotebookNode, parser: LimitedParser) -> Made | None:
    """Make a notebook of a script; None where the notebook made of this text is there already."""
    try:
        written, found = parser.as_written(read_content(file.path), file.path.name)
    except UnreadableSubmission as error:
        return Made(file.path, None, (*file.notes, str(error)))
    notebook = marked_notebook(section_of(written, file.exercise) or written, released)
    return _write(file.path, file.exercise, notebook, (*file.notes, *found))


def _make_memo(file: Path, released: Path, parser: LimitedParser) -> Made | None:
    """Make a notebook of a memo; None where the notebook made of this text is there already."""
    try:
        given = nbformat.read(released / f"{MEMO}.ipynb", as_version=4)
    except (OSError, ValueError):
        given = memo_source(current())
    try:
        notebook, notes = memo_of_text(file, given, parser)
    except UnreadableSubmission as error:
        return Made(file, None, (str(error),))
    return _write(file, MEMO, notebook, tuple(notes))


def _write(file: Path, name: str, notebook: NotebookNode, notes: tuple[str, ...]) -> Made | None:
    """Write the notebook that was made of a file, beside the file."""
    notebook.metadata[MADE_FROM] = file.name
    path = file.with_name(f"{name}.ipynb")
    text = nbformat.writes(notebook) + "\n"
    if content_of(path) == text.encode():
        return None
    aside = _set_aside(path)
    write_atomic(path, text)
    return Made(file, path, (*notes, *aside))


def marked_notebook(written: list[Written], released: NotebookNode) -> NotebookNode:
    """Return cells as a notebook in which those that nbgrader counts have its metadata.

    The text that the learner wrote stays. Only a copy is restored, since `nbgrader autograde`
    restores the submission itself.

    Args:
        written: The cells of a file.
        released: The notebook as learners received it.
    """
    notebook = sound_notebook(written, [None] * len(written), released)
    restored = deepcopy(notebook)
    restore(restored, released)
    for cell in restored.cells:
        number = cell.metadata.get(NUMBER)
        if number is not None and "nbgrader" in cell.metadata:
            notebook.cells[number - 1].metadata["nbgrader"] = cell.metadata.nbgrader
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{number}"  # so that the same text gives the same bytes
    return notebook


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
    return (rename_older(path),)


def content_of(path: Path) -> bytes | None:
    """Return the bytes of a notebook; None where there is none, or a link in its place."""
    try:
        return path.read_bytes() if not path.is_symlink() else None
    except OSError:
        return None


def rename_older(path: Path) -> str:
    """Rename a notebook, so that another one can take its place; return a note on the new name."""
    aside, number = path.with_name(f"{path.name}{OLDER}"), 1
    while os.path.lexists(aside):
        number += 1
        aside = path.with_name(f"{path.name}.{number}{OLDER}")
    path.replace(aside)
    return _("the older notebook is now {name}").format(name=aside.name)
