"""The files at a path as a tree, in which archives are folders.

Archives are unpacked below a folder of the results, within limits, and never beside the pile.
Nothing here follows a link to a folder.
"""

import hashlib
import os
import re
import shutil
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from autograder import course
from autograder.bundle.unpack import is_bundle
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.safe_read import MAX_BYTES, read_content
from autograder.util.i18n import _

MAX_UNPACKED = 4 * 2**30
MAX_ENTRIES = 50_000
MAX_DIRECTORY = 64 * 2**20
MAX_DEPTH = 4
MAX_NAME = 100

_END = struct.Struct("<4s4H2LH")  # the end record of a zip archive
_IGNORED = frozenset({"__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini"})
_NO_NAME = re.compile(r"[\x00-\x1f\x7f<>:\"|?*]")


@dataclass(frozen=True)
class Node:
    """A file, or a folder with what is in it.

    Attributes:
        name: Its name; for an archive the name without `.zip`.
        path: Where it lies; the content of an archive lies below the unpacked files.
        shown: The path as an instructor knows it, through the archives that hold it.
        children: What is in a folder, by name; None for a file.
        problem: Why nothing in it can be read, "" where it can.
        is_clone: Whether it is a folder with a history of git's.
        is_archive: Whether it is an archive that is no bundle.
        is_bundle: Whether it is a bundle of `autograder submit`, which stays a file.
    """

    name: str
    path: Path
    shown: Path
    children: tuple["Node", ...] | None = None
    problem: str = ""
    is_clone: bool = False
    is_archive: bool = False
    is_bundle: bool = False

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder or an archive."""
        return self.children is not None

    @property
    def folders(self) -> list["Node"]:
        """The folders right in it."""
        return [child for child in self.children or () if child.is_folder]

    @property
    def own_files(self) -> list["Node"]:
        """The files right in it."""
        return [child for child in self.children or () if not child.is_folder]

    @cached_property
    def defines_a_function(self) -> bool:
        """Whether a file's text defines a function of an exercise, or the file cannot be read."""
        try:
            text = read_content(self.path).replace(b"\0", b"")
        except UnreadableSubmission:
            return True
        return _definition().search(text) is not None

    def files(self) -> Iterator["Node"]:
        """Yield the files in it, at any depth, and the folders that cannot be read."""
        if not self.is_folder or self.problem:
            yield self
            return
        for child in self.children or ():
            yield from child.files()


@cache
def _definition() -> re.Pattern[bytes]:
    names = sorted({name for step in course.steps() for name in step.functions})
    return re.compile(rf"\bdef\s+({'|'.join(names)})\b".encode())


def tree_at(path: Path, unpacked: Path) -> Node:
    """Return the tree of the files at a path.

    Args:
        path: A file or folder.
        unpacked: The folder below which archives are unpacked. The folder of the results, in which
            it lies, is no part of the tree.
    """
    return _node(path, path, unpacked, 0)


def _node(path: Path, shown: Path, unpacked: Path, depth: int) -> Node:
    name = path.name or path.absolute().name
    if path.is_symlink() and path.is_dir() and depth:
        text = _("it is a link to a folder, and links are not followed: name the folder itself")
        return Node(name, path, shown, (), text)
    if path.is_dir():
        try:
            parts = sorted(path.iterdir(), key=lambda part: part.name)
        except OSError as error:
            text = _("it cannot be opened: {reason}")
            return Node(name, path, shown, (), text.format(reason=error.strerror))
        results = unpacked.parent.absolute()
        kept = [p for p in parts if _counts(p.name) and p.absolute() != results]
        children = tuple(_node(part, shown / part.name, unpacked, depth + 1) for part in kept)
        is_clone = any(part.name == ".git" for part in parts)
        return Node(name, path, shown, children, is_clone=is_clone)
    if path.suffix.lower() == ".zip" and path.is_file():
        if is_bundle(path):
            return Node(name, path, shown, is_bundle=True)
        return _archive(path, shown, unpacked, depth)
    return Node(name, path, shown)


def _counts(name: str) -> bool:
    return not name.startswith(".") and name not in _IGNORED


def _archive(path: Path, shown: Path, unpacked: Path, depth: int) -> Node:
    """Return an archive as a folder."""
    try:
        if depth > MAX_DEPTH:
            raise _CannotUnpack(_("it lies too deep in other archives"))
        folder = _unpacked(path, unpacked)
    except _CannotUnpack as error:
        return Node(path.stem, path, shown, (), str(error), is_archive=True)
    inner = _node(folder, shown, unpacked, depth + 1)
    return replace(inner, name=path.stem, is_archive=True)


class _CannotUnpack(Exception):
    """An archive that cannot be unpacked; the text says why."""


def _unpacked(path: Path, unpacked: Path) -> Path:
    """Unpack an archive, once for the same bytes; return the folder of its content."""
    again = _("unpack it yourself, and name the folder")
    try:
        with path.open("rb") as file:
            _refuse_large(file)
            place = unpacked / hashlib.file_digest(file, "sha256").hexdigest()[:16]
        if place.is_dir():
            return place
        partial = place.with_name(f"{place.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        try:
            with zipfile.ZipFile(path) as archive:
                _extract(archive, partial)
            partial.rename(place)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except _CannotUnpack:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, KeyError) as error:
        text = _("it is a damaged archive ({reason}): ask for it again")
        raise _CannotUnpack(text.format(reason=error)) from error
    except (NotImplementedError, RuntimeError) as error:
        text = _("it is encrypted or packed in an unknown way: {again}")
        raise _CannotUnpack(text.format(again=again)) from error
    except OSError as error:
        text = _("it cannot be unpacked ({reason})")
        raise _CannotUnpack(text.format(reason=error.strerror or error)) from error
    return place


def _refuse_large(file: BinaryIO) -> None:
    """Refuse an archive whose directory is too large to be read."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 2**16 - _END.size))
    tail = file.read()
    start = tail.rfind(b"PK\5\6")
    if start < 0 or len(tail) - start < _END.size:
        raise _CannotUnpack(_("it is a damaged archive: ask for it again"))
    n_entries, n_bytes = _END.unpack_from(tail, start)[4:6]
    if n_entries > MAX_ENTRIES or n_bytes > MAX_DIRECTORY:
        raise _CannotUnpack(_("it holds more than {n} files").format(n=MAX_ENTRIES))
    file.seek(0)


def _extract(archive: zipfile.ZipFile, folder: Path) -> None:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    left = MAX_UNPACKED
    for entry in entries:
        parts = _parts_of(entry)
        if not parts or not all(map(_counts, parts)):
            continue
        target = _free(folder.joinpath(*parts))
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, target.open("wb") as copy:
            # One byte more than the limit, so that reading refuses the file by its size.
            left -= _copy(source, copy, min(MAX_BYTES + 1, left))
        if left <= 0:
            limit = MAX_UNPACKED // 2**30
            raise _CannotUnpack(_("it unpacks to more than {limit} GB").format(limit=limit))
        _keep_time(entry, target)


def _copy(source: IO[bytes], copy: BinaryIO, limit: int) -> int:
    done = 0
    while done < limit and (block := source.read(min(2**20, limit - done))):
        copy.write(block)
        done += len(block)
    return done


def _parts_of(entry: zipfile.ZipInfo) -> list[str]:
    """Return the parts of an entry's name, each fit to be the name of a file here."""
    name = entry.filename
    if not entry.flag_bits & 0x800:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return [_fit(part) for part in parts if part not in ("/", ".", "..")]


def _fit(part: str) -> str:
    stem, dot, suffix = _NO_NAME.sub("_", part).rpartition(".")
    if not dot or len(suffix) > 10:
        stem, suffix = f"{stem}{dot}{suffix}", ""
    while len(stem.encode("utf-8", "replace")) > 2 * MAX_NAME:
        stem = stem[: len(stem) - 10]
    fit = f"{stem}.{suffix}" if suffix else stem
    return fit.encode("utf-8", "replace").decode()


def _free(path: Path) -> Path:
    number = 1
    free = path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return free


def _keep_time(entry: zipfile.ZipInfo, path: Path) -> None:
    try:
        written = time.mktime((*entry.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        return
    os.utime(path, (written, written))
