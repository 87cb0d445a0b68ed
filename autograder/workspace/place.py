"""The place of a workspace: its root, its marker file, and the files that the kit keeps in it."""

import json
import tomllib
from dataclasses import dataclass, replace
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
        learner: The learner's name, "" until it is asked for.
    """

    root: Path
    version: str
    language: str
    learner: str = ""

    @property
    def delivered(self) -> Path:
        """The folder of the exercises as the kit delivered them, one script each."""
        return self.root / KEPT / "delivered"

    @property
    def backups(self) -> Path:
        """The folder of the versions that the kit replaced."""
        return self.root / KEPT / "backups"

    @property
    def state(self) -> Path:
        """The folder of what the kit can make again, such as notebooks that it ran."""
        return self.root / KEPT / "state"

    @property
    def opened_record(self) -> Path:
        """The file that records answers which were opened before their functions passed."""
        return self.root / KEPT / "opened.jsonl"

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


def usable_from(folder: Path) -> Workspace | None:
    """Return the workspace that a folder lies in; None where there is none that can be used."""
    try:
        return found_from(folder)
    except (DamagedWorkspace, OSError):
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


def mark(root: Path, language: str, learner: str = "") -> Workspace:
    """Write the marker file of a workspace whose exercises are this kit's; return the workspace.

    Raises:
        NotWritten: The file cannot be written.
    """
    return _marked(Workspace(root, __version__, language, learner))


def name_learner(workspace: Workspace, learner: str) -> Workspace:
    """Keep the learner's name in the marker file; return the workspace.

    Raises:
        NotWritten: The file cannot be written.
    """
    return _marked(replace(workspace, learner=learner))


def _marked(workspace: Workspace) -> Workspace:
    lines = [
        "# This file marks a workspace of the course. The commands of autograder look for it.",
        f"format = {_FORMAT}",
        f"version = {_toml(workspace.version)}",
        f"language = {_toml(workspace.language)}",
    ]
    if workspace.learner:
        lines.append(f"learner = {_toml(workspace.learner)}")
    write_atomic(workspace.root / MARKER, "\n".join(lines) + "\n")
    return workspace


def _toml(text: str) -> str:
    """Return a text as TOML, whose strings are JSON's but for surrogates and one control code."""
    whole = text.encode("utf-8", "replace").decode()
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")


def _read(root: Path, marker: Path) -> Workspace:
    try:
        table = tomllib.loads(marker.read_text(encoding="utf-8-sig"))
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
    return Workspace(
        root,
        str(table.get("version", "")),
        str(table.get("language", "en")),
        str(table.get("learner", "")),
    )
