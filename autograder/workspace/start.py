"""`autograder start`: a learner's own folder with the exercises of the course."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.course.build import unfinished
from autograder.util import paths
from autograder.util.atomic import make_folder, write_atomic
from autograder.util.i18n import _
from autograder.workspace.backups import back_up
from autograder.workspace.contents import delivered_documents, write_settings
from autograder.workspace.documents import script_text, write_pair
from autograder.workspace.pairs import settle
from autograder.workspace.place import (
    MARKER,
    Workspace,
    mark,
    usable_from,
)

_NO_WORK = {"venv", "env", "__pycache__"}


class NotStarted(RuntimeError):
    """A folder that does not become a workspace; the text says why and what to do."""


@dataclass(frozen=True)
class Started:
    """A new workspace.

    Attributes:
        workspace: The workspace.
        kept: The exercises that were there already and stayed as they were.
        notes: Sentences on files that were settled, and on exercises that are not translated.
    """

    workspace: Workspace
    kept: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def start(folder: Path | None, language: str = "en") -> Started:
    """Make a workspace; exercises that lie in the folder already stay as they are.

    The marker file comes last, so that an interrupted start can be begun anew.

    Args:
        folder: The folder; None for the working folder, which must hold nothing.
        language: The language of the exercises.

    Raises:
        NotStarted: The folder is a workspace already, or not the place for one.
        UnreadableDocument: An exercise in the folder cannot be read.
        NotWritten: A file cannot be written.
    """
    root = (folder or Path.cwd()).absolute()
    _refuse_unless_fitting(root, named=folder is not None)
    make_folder(root)
    workspace = Workspace(root, "", language)
    write_settings(workspace)
    kept: list[str] = []
    notes = [*_note_on_english(language)]
    for name, document in delivered_documents(language).items():
        settled = settle(workspace, name)
        if settled is None:
            write_pair(workspace, name, document)
        else:
            kept.append(name)
            notes += [settled.note] if settled.note else []
        write_atomic(workspace.delivered / f"{name}.py", script_text(document))
    marker = root / MARKER
    if marker.exists():
        back_up(workspace, marker)
    return Started(mark(root, language), tuple(kept), tuple(notes))


def _note_on_english(language: str) -> Iterator[str]:
    names = unfinished(language)
    if names:
        text = _("These exercises are not translated yet, and are in English: {names}.")
        yield text.format(names=", ".join(names))


def _refuse_unless_fitting(root: Path, named: bool) -> None:
    if root.exists() and not root.is_dir():
        raise NotStarted(_("{folder} is a file. Name a folder.").format(folder=root))
    own = [root, *root.parents]
    if any(place in own for place in (paths.PACKAGE, paths.exercises().parent, paths.solutions())):
        text = _("{folder} belongs to the kit itself. Name a folder of your own.")
        raise NotStarted(text.format(folder=root))
    found = usable_from(root)
    if found is not None:
        text = _(
            "{folder} is a workspace already (version {version}). For the exercises of a newer "
            "kit, go into it and type: autograder update"
        )
        raise NotStarted(text.format(folder=found.root, version=found.version))
    if not named and _holds_files(root):
        text = _(
            "{folder} holds other files. Name a folder for your work, for example: "
            "autograder start my-course"
        )
        raise NotStarted(text.format(folder=root))


def _holds_files(root: Path) -> bool:
    """Return whether a folder holds more than hidden files and a virtual environment."""
    names = (path.name for path in root.iterdir() if not (path / "pyvenv.cfg").is_file())
    return any(not name.startswith(".") and name not in _NO_WORK for name in names)
