"""Find the files of a set in a folder or an archive, and open them."""

import gzip
import os
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from recommender_data.errors import DataError
from recommender_data.i18n import _
from recommender_data.notes import tell

GZIP = b"\x1f\x8b"
DAMAGED = (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""The errors on reading a file that is damaged, locked or encrypted."""

_DEPTH = 3
"""The levels of folders below a set's folder in which the set may lie."""

_BESIDE = "__MACOSX"  # the folder in which macOS keeps its own data inside of archives


@dataclass(frozen=True)
class Member:
    """A file in an archive.

    Attributes:
        archive: The open archive.
        path: The file's path in the archive.
    """

    archive: zipfile.ZipFile
    path: str

    @property
    def name(self) -> str:
        """The file's name without its folders."""
        return PurePosixPath(self.path).name

    def __str__(self) -> str:
        return f"{self.archive.filename}/{self.path}"


File = Path | Member


@contextmanager
def open_file(file: File) -> Iterator[IO[bytes] | gzip.GzipFile]:
    """Open a file for reading, and uncompress it where gzip has compressed it."""
    with file.archive.open(file.path) if isinstance(file, Member) else file.open("rb") as stream:
        head = stream.read(len(GZIP))
        stream.seek(0)
        if head != GZIP:
            yield stream
            return
        with gzip.GzipFile(fileobj=stream) as uncompressed:
            yield uncompressed


@dataclass(frozen=True)
class Folder:
    """The files in a folder on disk or in an archive.

    Attributes:
        place: The folder, as messages show it.
        files: The files by their path below the folder, with "/" between the names.
        path: The folder's path on disk; None in an archive.
    """

    place: str
    files: dict[str, File]
    path: Path | None = None

    @staticmethod
    def on_disk(path: Path, depth: int = 1) -> "Folder":
        """List a folder on disk, and its subfolders down to a depth."""
        files: dict[str, File] = {}
        for folder, subfolders, names in os.walk(path):
            below = Path(folder).relative_to(path)
            deep = len(below.parts) >= depth
            subfolders[:] = [] if deep else sorted(n for n in subfolders if n[:1] != ".")
            files |= {(below / name).as_posix(): Path(folder, name) for name in sorted(names)}
        return Folder(str(path), files, path)

    @staticmethod
    def in_archive(archive: zipfile.ZipFile, name: str = "") -> "Folder":
        """List a folder of an archive, or the whole archive where it has no such folder."""
        members = [it for it in archive.namelist() if not it.endswith("/")]
        names = [it for it in members if ".." not in it.split("/") and not it.startswith("/")]
        whole = Folder(str(archive.filename), {it: Member(archive, it) for it in names})
        inner = [it for it in names if it.casefold().startswith(f"{name}/".casefold())]
        return whole.below(inner[0].split("/")[0]) if name and inner else whole

    def below(self, path: str) -> "Folder":
        """Return a folder in this folder."""
        start = f"{path}/"
        inner = {k.removeprefix(start): v for k, v in self.files.items() if k.startswith(start)}
        return Folder(self.shown(path), inner)

    def shown(self, name: str) -> str:
        """Return the path of a file in this folder, as messages show it."""
        between = "/" if ".zip" in self.place.casefold() else os.sep
        return f"{self.place.rstrip(between)}{between}{name}"

    def find(self, *names: str) -> File | None:
        """Return the first file with one of these names; upper and lower case are the same.

        A file may be compressed (`ratings.csv.gz`), or lie in a folder that has its own name.
        """
        for name in names:
            if name in self.files:
                return self.files[name]
            wanted = {_plain(f"{name}{end}") for end in ("", ".gz", f"/{name}", f"/{name}.gz")}
            for path, file in self.files.items():
                if _plain(path) in wanted:
                    return file
        return None

    def require(self, *names: str) -> File:
        """Return the first file with one of these names.

        Raises:
            DataError: The folder has none of these files.
        """
        if file := self.find(*names):
            return file
        here = sorted(path for path in self.files if "/" not in path)
        shown = ", ".join(here[:8]) + (", ..." if len(here) > 8 else "")
        sentences = [
            _("{file} is missing.").format(file=self.shown(names[0])),
            _("The folder holds: {names}.").format(names=shown) if here else _("It is empty."),
            _("Unpack the whole archive from GroupLens there."),
        ]
        if os.environ.get("MOVIELENS_DIR"):
            sentences[-1] = _(
                "Unpack the whole archive from GroupLens there, or take the folder out of "
                "MOVIELENS_DIR."
            )
        raise DataError(" ".join(sentences))

    def described(self, name: str, description: str) -> File:
        """Return the file that a `dataset.toml` names.

        Raises:
            DataError: There is no such file.
        """
        if file := self.find(PurePosixPath(name).as_posix()):
            return file
        if (beside := Path(self.place, name)).is_file():
            return beside
        here = sorted(path for path in self.files if "/" not in path)
        text = _("{file} is missing, which {description} names. The folder holds: {names}.")
        shown = ", ".join(here[:8]) + (", ..." if len(here) > 8 else "")
        raise DataError(text.format(file=self.shown(name), description=description, names=shown))

    def holds(self, *names: str) -> bool:
        """Return whether the folder itself holds one of these files."""
        return self.find(*names) is not None

    def descend(self, *names: str) -> "Folder":
        """Return the only folder at or below this one that holds one of these files.

        Archives that are unpacked twice lie one folder too deep. Where no folder holds a file
        with such a name, this folder is returned.

        Raises:
            DataError: Several folders below this one hold such a file.
        """
        if self.holds(*names):
            return self
        if self.path is not None:
            return Folder.on_disk(self.path, _DEPTH)._only_below(names)
        return self._only_below(names)

    def _only_below(self, names: tuple[str, ...]) -> "Folder":
        wanted = {f"{name}{end}".casefold() for name in names for end in ("", ".gz")}
        paths = [PurePosixPath(path) for path in self.files]
        holding = {
            str(path.parent)
            for path in paths
            if path.name.casefold() in wanted and _BESIDE not in path.parts
        }
        if not holding:
            return self
        if len(holding) > 1:
            raise DataError(
                _("{place} holds several sets: {folders}. Name the folder of one of them.").format(
                    place=self.place, folders=", ".join(sorted(holding))
                )
            )
        inner = self.below(holding.pop())
        tell(_("Note: the files of the set lie in {folder}.").format(folder=inner.place))
        return inner


def _plain(path: str) -> str:
    """Return a path without capitals, and with accents as macOS and others write them alike."""
    return unicodedata.normalize("NFC", path).casefold()
