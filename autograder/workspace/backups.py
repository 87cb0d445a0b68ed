"""Backups: before the kit replaces a file in a workspace, it copies the file."""

import shutil
from datetime import datetime
from itertools import count
from pathlib import Path

from autograder.util.atomic import NotWritten, make_folder
from autograder.util.i18n import _
from autograder.workspace.place import Workspace


def back_up(workspace: Workspace, path: Path) -> Path:
    """Copy a file into the workspace's backups; a version that is there already is not copied.

    Args:
        workspace: The workspace.
        path: The file, anywhere.

    Returns:
        The copy.

    Raises:
        NotWritten: The copy cannot be made.
    """
    folder = workspace.backups
    make_folder(folder)
    content = path.read_bytes()
    same = [old for old in _copies(folder, path) if old.read_bytes() == content]
    if same:
        return same[-1]
    copy = _free_name(folder, path)
    partial = copy.with_name(f".{copy.name}.partial")
    try:
        shutil.copy2(path, partial)
        partial.replace(copy)
    except OSError as error:
        partial.unlink(missing_ok=True)
        text = _("{path} could not be backed up to {copy}: {reason}. Nothing was changed.")
        raise NotWritten(text.format(path=path, copy=copy, reason=error.strerror)) from error
    return copy


def _copies(folder: Path, path: Path) -> list[Path]:
    names = (old for old in folder.glob(f"*{path.suffix}") if old.name.startswith(f"{path.stem}-"))
    return sorted(names)


def _free_name(folder: Path, path: Path) -> Path:
    """Return a name with the present time that no backup has."""
    now = datetime.now().strftime("%Y-%m-%d_%H%M%S")
    for number in count():
        suffix = f"-{number}" if number else ""
        name = folder / f"{path.stem}-{now}{suffix}{path.suffix}"
        if not name.exists():
            return name
    raise AssertionError("count() does not end")
