"""Pairs: a notebook and its script, of which an editor may have changed one alone.

VS Code, PyCharm, Spyder and Colab know nothing of pairs. Before anything reads a pair, `settle`
lets the file that counts (see `submissions.which_file_counts`) replace the other, which is backed
up.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import course
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.reader import OWN_READER, Reader
from autograder.submissions.which_file_counts import which_counts
from autograder.util.atomic import write_atomic
from autograder.util.fingerprint import digest
from autograder.util.i18n import _
from autograder.workspace.backups import back_up
from autograder.workspace.documents import (
    UnreadableDocument,
    document_of,
    notebook_text,
    read_document,
    same_text,
    same_time,
    script_text,
)
from autograder.workspace.place import Workspace

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class Settled:
    """A pair whose files hold the same text.

    Attributes:
        document: The text, with the outputs of the notebook.
        note: A sentence where one file replaced the other, "" where nothing was to be done.
    """

    document: "NotebookNode"
    note: str = ""


def settle(workspace: Workspace, name: str) -> Settled | None:
    """Let the file of a pair that counts replace the other, which is backed up first.

    Args:
        workspace: The workspace.
        name: The exercise or page.

    Returns:
        The pair; None where neither file exists.

    Raises:
        UnreadableDocument: The file that counts cannot be read. Nothing was changed.
        NotWritten: A file cannot be written.
    """
    pair = [p for p in (workspace.notebook(name), workspace.script(name)) if p.is_file()]
    if not pair:
        return None
    documents = {path: _read(path) for path in pair}
    readable = {path: read for path, read in documents.items() if not isinstance(read, Exception)}
    if len(readable) == 2 and same_text(*readable.values()):
        same_time(pair)
        return Settled(readable[pair[0]])
    counting = which_counts(name, list(readable) or pair, _reader(workspace, name, readable)).path
    document = documents[counting]
    if isinstance(document, Exception):
        raise document
    return _with_other(workspace, name, counting, document, readable)


class _TextReader:
    """A reader for which every difference from the delivered text is work, also in prose."""

    def __init__(self, delivered: Path) -> None:
        self._delivered = delivered

    def recognised_exercise(self, _data: bytes, name: str) -> str:
        """Return the name without its ending; a page is no exercise."""
        return Path(name).stem

    def work_in(self, data: bytes, name: str, _exercise: str) -> str:
        """Return a digest of the file; "" where it is as it was delivered, or unreadable."""
        try:
            document = document_of(data.decode("utf-8-sig"), Path(name).suffix.lower())
            untouched = same_text(document, read_document(self._delivered))
        except Exception:
            return ""
        return "" if untouched else digest(script_text(document).encode())


def _reader(workspace: Workspace, name: str, files: Iterable[Path]) -> Reader:
    """Return the reader that knows work in these files: code where there is any, else text."""
    if name in {step.name for step in course.steps()}:
        contents = ((path.read_bytes(), path.name) for path in files)
        if any(_has_code(data, file, name) for data, file in contents):
            return OWN_READER
    return _TextReader(workspace.delivered / f"{name}.py")


def _has_code(data: bytes, file: str, name: str) -> bool:
    try:
        return bool(OWN_READER.work_in(data, file, name))
    except UnreadableSubmission:
        return False


def _read(path: Path) -> "NotebookNode | UnreadableDocument":
    try:
        return read_document(path)
    except UnreadableDocument as error:
        return error


def _with_other(
    workspace: Workspace,
    name: str,
    counting: Path,
    document: "NotebookNode",
    readable: dict[Path, "NotebookNode"],
) -> Settled:
    """Write the other file of a pair from the file that counts."""
    notebook, script = workspace.notebook(name), workspace.script(name)
    other = script if counting == notebook else notebook
    if counting == script and notebook in readable:
        document = with_outputs(document, readable[notebook])
    note = ""
    if other.is_file():
        copy = back_up(workspace, other)
        note = _(
            "{other} and {counting} differed. {counting} counts, and {other} was replaced; its "
            "earlier text is in {copy}."
        ).format(other=other.name, counting=counting.name, copy=copy.relative_to(workspace.root))
    write: Callable[[NotebookNode], str] = script_text if other == script else notebook_text
    write_atomic(other, write(document))
    same_time([counting, other])
    return Settled(document, note)


def with_outputs(document: "NotebookNode", notebook: "NotebookNode") -> "NotebookNode":
    """Return a document with the outputs and names of the same cells of a notebook."""
    from jupytext.combine import combine_inputs_with_outputs

    return combine_inputs_with_outputs(document, notebook)
