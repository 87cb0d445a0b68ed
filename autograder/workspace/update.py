"""`autograder update`: a newer kit's exercises come into a workspace, and no work is lost.

Each exercise is updated on its own: backups first, then the merged pair, then the text that the kit
delivered. Where the update is interrupted, the next one goes on, since merging twice is merging
once.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import __version__
from autograder.util.atomic import write_atomic
from autograder.util.i18n import _
from autograder.workspace.backups import back_up
from autograder.workspace.contents import delivered_documents, write_settings
from autograder.workspace.documents import document_of, read_document, script_text, write_pair
from autograder.workspace.merge import Merged, merge
from autograder.workspace.pairs import Settled, settle
from autograder.workspace.place import Workspace, mark

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class Updated:
    """The effect of an update on one exercise or page.

    Attributes:
        name: The exercise or page.
        changes: What the new kit changed, a sentence each.
        conflicts: The places where the learner and the kit changed the same cell, a sentence each.
        note: A sentence on the pair, "" where its files agreed.
    """

    name: str
    changes: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    note: str = ""


def update(workspace: Workspace) -> list[Updated]:
    """Bring the exercises of this kit into a workspace.

    Args:
        workspace: The workspace.

    Returns:
        Every exercise and page that changed.

    Raises:
        UnreadableDocument: A file of the learner's cannot be read. The files after it are as they
            were.
        NotWritten: A file cannot be written.
    """
    write_settings(workspace)
    done = []
    new = delivered_documents(workspace.language)
    for name, document in new.items():
        updated = _update_one(workspace, name, document)
        if updated is not None:
            done.append(updated)
    done += _no_longer_delivered(workspace, set(new))
    mark(workspace.root, workspace.language, workspace.learner)
    return done


def _update_one(workspace: Workspace, name: str, new: "NotebookNode") -> Updated | None:
    record = workspace.delivered / f"{name}.py"
    text = script_text(new)
    if _text_of(record) == text and workspace.script(name).is_file():
        return None
    settled = settle(workspace, name)
    if settled is None:
        write_pair(workspace, name, new)
        write_atomic(record, text)
        return Updated(name, (_("the whole exercise is new"),))
    merged = _merged(record, settled, new)
    document = settled.document.copy()
    document.cells = merged.cells
    if script_text(document) != script_text(settled.document):
        for path in (workspace.notebook(name), workspace.script(name)):
            back_up(workspace, path)
        write_pair(workspace, name, document)
    write_atomic(record, text)
    if not (merged.changes or merged.conflicts or settled.note):
        return None
    return Updated(name, tuple(merged.changes), tuple(merged.conflicts), settled.note)


def _merged(record: Path, settled: Settled, new: "NotebookNode") -> Merged:
    """Return the merge; without a record of what was delivered, all differences are the learner's.

    A record is missing where a learner brought the file along.
    """
    delivered = read_document(record) if record.is_file() else document_of(script_text(new))
    return merge(delivered.cells, settled.document.cells, new.cells, __version__)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


def _no_longer_delivered(workspace: Workspace, names: set[str]) -> list[Updated]:
    """Return a sentence on every exercise that the new kit does not have; its files stay."""
    gone = sorted(p.stem for p in workspace.delivered.glob("*.py") if p.stem not in names)
    for name in gone:
        (workspace.delivered / f"{name}.py").unlink(missing_ok=True)
    text = _("it is no longer in the course; your files stay")
    return [Updated(name, (text,)) for name in gone]
