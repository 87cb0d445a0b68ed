"""Find where a set lies: in MOVIELENS_DIR, or at a path that the caller names."""

import os
import re
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from recommender_data.errors import DataError
from recommender_data.files import Folder
from recommender_data.i18n import _
from recommender_data.notes import tell

_COPY = re.compile(r"( ?\([0-9]+\)| - copy| copy)$")  # a browser's or a file manager's addition


def from_environment(name: str) -> str:
    """Return an environment variable without the blanks and quotation marks of a Windows shell."""
    return os.environ.get(name, "").strip().strip("\"'").strip()


def in_movielens_dir(folders: dict[str, str], name: str, markers: tuple[str, ...]) -> Path | None:
    """Return the folder or archive of a set of GroupLens, None where MOVIELENS_DIR has none.

    MOVIELENS_DIR may be the folder above the set's folder or archive, the set's folder, or the
    archive itself.

    Args:
        folders: The name of each set's folder, by the name of the set.
        name: The set's name.
        markers: The names of the set's file of ratings.
    """
    named = from_environment("MOVIELENS_DIR")
    if not named:
        return None
    root = Path(named).expanduser()
    if not root.exists():
        text = _("Note: MOVIELENS_DIR names {folder}, which does not exist.")
        tell(text.format(folder=root))
        return None
    try:
        return _below(root, folders, name, markers)
    except OSError as error:
        text = _("MOVIELENS_DIR names {folder}, which may not be read ({reason}).")
        raise DataError(text.format(folder=root, reason=error)) from error


def _below(root: Path, folders: dict[str, str], name: str, markers: tuple[str, ...]) -> Path | None:
    """Return the folder or archive of a set at or below the path that MOVIELENS_DIR names."""
    wanted = {name.casefold(), folders[name].casefold()}
    if root.is_file() and root.name.casefold() in markers:
        root = root.parent
    if root.is_dir():
        entries = sorted(root.iterdir(), key=lambda it: (it.is_file(), it.name != name, it.name))
        for entry in entries:
            is_archive = entry.suffix.casefold() == ".zip" and entry.is_file()
            if _plain(entry) in wanted and entry.is_dir():
                return _or_archive_in(entry, wanted, markers)
            if _plain(entry) in wanted and is_archive:
                return root if _plain(root) in wanted and _holds(root, markers) else entry
    if _plain(root) in wanted:
        return root
    others = {it.casefold() for pair in folders.items() for it in pair} - wanted
    if _plain(root) in others or not _holds(root, markers, wanted):
        return None
    if _is_about(root, folders) not in ("", name):
        return None
    text = _("Note: {place}, which MOVIELENS_DIR names, holds a set. It is taken as {name}.")
    tell(text.format(place=root, name=name))
    return root


def _or_archive_in(folder: Path, wanted: set[str], markers: tuple[str, ...]) -> Path:
    """Return a folder, or the archive that alone lies in it."""
    if not _holds(folder, markers):
        for entry in sorted(folder.iterdir()):
            if entry.is_dir():
                return folder
            if _plain(entry) in wanted and entry.suffix.casefold() == ".zip":
                return entry
    return folder


@contextmanager
def opened(place: Path, inner: str = "", depth: int = 1) -> Iterator[Folder]:
    """Give the files of a folder or of an archive.

    Args:
        place: The folder or archive.
        inner: The folder within the archive.
        depth: The levels of folders on disk that are listed.

    Raises:
        DataError: The archive cannot be read.
    """
    if place.is_dir():
        yield Folder.on_disk(place, depth)
        return
    try:
        with zipfile.ZipFile(place) as archive:
            yield Folder.in_archive(archive, inner)
    except (OSError, zipfile.BadZipFile) as error:
        raise DataError(
            _("{archive} cannot be read: {reason}. Fetch it again.").format(
                archive=place, reason=error
            )
        ) from error


def _plain(path: Path) -> str:
    """Return the name of a folder or an archive, without the marks of a copy."""
    name = path.stem if path.suffix.casefold() == ".zip" else path.name
    return _COPY.sub("", name.casefold())


def _holds(root: Path, markers: tuple[str, ...], wanted: Collection[str] = ()) -> bool:
    """Return whether a folder or an archive holds a set.

    Args:
        root: The folder or archive.
        markers: The names of the set's file of ratings.
        wanted: The names of the set's folder, which an archive may hold too.
    """
    if root.is_dir():
        here = {entry.name.casefold() for entry in root.iterdir() if entry.is_file()}
    elif zipfile.is_zipfile(root):
        with zipfile.ZipFile(root) as archive:
            here = {name.casefold() for name in archive.namelist()}
        folders = {part for name in here for part in name.split("/")[:-1]}
        if any(part in wanted for part in folders):
            return True
    else:
        return False
    return any(f"{marker}{end}".casefold() in here for marker in markers for end in ("", ".gz"))


def _is_about(root: Path, folders: dict[str, str]) -> str:
    """Return the set that README.txt in a folder describes, "" where it names no set."""
    for entry in root.iterdir() if root.is_dir() else ():
        if entry.name.casefold() in ("readme.txt", "readme", "readme.html"):
            text = entry.read_text(encoding="utf-8", errors="replace")
            found = re.search(r"\((ml-[a-z0-9-]+)\)", text)
            return found[1] if found and found[1] in folders else ""
    return ""
