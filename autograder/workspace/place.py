"""The place of a workspace: its root, its marker file, and the files that the kit keeps in it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from autograder import __version__
from autograder.util.atomic import write_atomic
from autograder.util.i18n import _

MARKER = ".autograder.toml"
KEPT = ".autograder"

_FORMAT = 1


class NoWorkspace(RuntimeError):
    """No folder from here upwards is a workspace; the text says how to make one."""


class DamagedWorkspace(RuntimeError):
    """A marker file that cannot be used; the text says which, why, and what to do."""


@dataclass(frozen=True)
class Workspace:
    """A learner's folder.

    Attributes:
        root: The folder that holds the exercises and the marker file.
        version: The version of the kit whose exercises it holds.
        language: The language of its exercises.
    """

    root: Path
    version: str
    language: str

    @property
    def delivered(self) -> Path:
        """The folder of the exercises as the kit delivered them, one script each."""
        return self.root / KEPT / "delivered"

    @property
    def backups(self) -> Path:
        """The folder of the versions that the kit replaced."""
        return self.root / KEPT / "backups"

    def script(self, name: str) -> Path:
        """Return the script of an exercise or page."""
        return self.root / f"{name}.py"

    def notebook(self, name: str) -> Path:
        """Return the notebook of an exercise or page."""
        return self.root / f"{name}.ipynb"


def found_from(folder: Path) -> Workspace | None:
    """Return the workspace that a folder lies in, None where it lies in none.

    Args:
        folder: The folder from which to look, upwards.

    Raises:
        DamagedWorkspace: The nearest marker file cannot be read.
    """
    start = folder.absolute()
    for root in (start, *start.parents):
        marker = root / MARKER
        if marker.is_file():
            return _read(root, marker)
    return None


def current() -> Workspace:
    """Return the workspace of the working folder.

    Raises:
        NoWorkspace: The working folder lies in no workspace.
        DamagedWorkspace: The marker file cannot be read.
    """
    try:
        folder = Path.cwd()
    except OSError as error:
        raise NoWorkspace(_("The working folder does not exist any more.")) from error
    found = found_from(folder)
    if found is not None:
        return found
    text = _(
        "There is no workspace in {folder} or above it. Make a folder for your work with: "
        "autograder start my-course. Then go into it with: cd my-course"
    )
    raise NoWorkspace(text.format(folder=folder))


def mark(root: Path, language: str) -> Workspace:
    """Write the marker file of a workspace whose exercises are this kit's; return the workspace.

    Raises:
        NotWritten: The file cannot be written.
    """
    lines = [
        "# This file marks a workspace of the course. The commands of autograder look for it.",
        f"format = {_FORMAT}",
        f'version = "{__version__}"',
        f'language = "{language}"',
    ]
    write_atomic(root / MARKER, "\n".join(lines) + "\n")
    return Workspace(root, __version__, language)


def _read(root: Path, marker: Path) -> Workspace:
    try:
        table = tomllib.loads(marker.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        text = _(
            "{file} cannot be read: {reason}. Write it anew with: autograder start {folder}. "
            "Your own files stay as they are."
        )
        raise DamagedWorkspace(text.format(file=marker, reason=error, folder=root)) from error
    if table.get("format", 0) > _FORMAT:
        text = _(
            "The workspace {folder} was made by a newer version of the kit ({version}), and this "
            "is version {own}. Install the newer version."
        )
        raise DamagedWorkspace(
            text.format(folder=root, version=table.get("version", "?"), own=__version__)
        )
    return Workspace(root, str(table.get("version", "")), str(table.get("language", "en")))
