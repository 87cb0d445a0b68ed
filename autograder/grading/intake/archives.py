"""Archives: what they are called, and how their content is unpacked within limits.

The module reads zip and tar archives. Other kinds have a name here, so that somebody's work in such
an archive is no unknown file.
"""

import hashlib
import io
import lzma
import os
import re
import shutil
import struct
import tarfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from autograder.submissions.safe_read import MAX_BYTES
from autograder.util.i18n import _
from autograder.util.paths import free_path

MAX_UNPACKED = 4 * 2**30
MAX_ENTRIES = 50_000
MAX_DIRECTORY = 64 * 2**20
MAX_DEPTH = 4
MAX_NAME = 100

_END = struct.Struct("<4s4H2LH")  # the end record of a zip archive
_IGNORED = frozenset({"__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini"})
_NO_NAME = re.compile(r"[\x00-\x1f\x7f<>:\"|?*]")
_ZIP = (".zip",)
_TAR = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz")
_OTHERS = (".rar", ".7z", ".tar.zst", ".tar.lz", ".tar.z", ".zipx")


def archive_name(name: str) -> str:
    """Return an archive's name without its suffix, "" for a file that is no archive."""
    lowered = name.lower()
    suffixes = sorted((*_ZIP, *_TAR, *_OTHERS), key=len, reverse=True)
    suffix = next((each for each in suffixes if lowered.endswith(each)), "")
    return name[: -len(suffix)] if suffix else ""


def counts(name: str) -> bool:
    """Return whether a file or folder is somebody's, and not hidden or a system's."""
    return not name.startswith(".") and name not in _IGNORED


_DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    ValueError,
    KeyError,
)


class CannotUnpack(Exception):
    """An archive that cannot be unpacked; the text says why."""


def unpacked_at(path: Path, unpacked: Path) -> Path:
    """Unpack an archive, once for the same bytes; return the folder of its content.

    Args:
        path: The archive.
        unpacked: The folder below which the archive gets a folder of its own.

    Raises:
        CannotUnpack: The archive is damaged, too large, encrypted or of another kind.
    """
    again = _("unpack it, and use the folder in its place")
    name = path.name.lower()
    if name.endswith(_OTHERS):
        text = _("it is an archive of a kind that the grader does not read: {again}")
        raise CannotUnpack(text.format(again=again))
    extract = _extract_zip if name.endswith(_ZIP) else _extract_tar
    try:
        with path.open("rb") as file:
            if extract is _extract_zip:
                _refuse_large(file)
            place = unpacked / hashlib.file_digest(file, "sha256").hexdigest()[:16]
        if place.is_dir():
            return place
        partial = place.with_name(f"{place.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        try:
            extract(path, partial)
            partial.rename(place)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except CannotUnpack:
        raise
    except _DAMAGED as error:
        text = _("it is a damaged archive ({reason}): ask for it again")
        raise CannotUnpack(text.format(reason=error)) from error
    except (NotImplementedError, RuntimeError) as error:
        text = _("it is encrypted or packed in an unknown way: {again}")
        raise CannotUnpack(text.format(again=again)) from error
    except OSError as error:
        text = _("it cannot be unpacked ({reason})")
        raise CannotUnpack(text.format(reason=error.strerror or error)) from error
    return place


def _refuse_large(file: BinaryIO) -> None:
    """Refuse an archive whose directory is too large to be read."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 2**16 - _END.size))
    tail = file.read()
    start = tail.rfind(b"PK\5\6")
    if start < 0 or len(tail) - start < _END.size:
        raise CannotUnpack(_("it is a damaged archive: ask for it again"))
    n_entries, n_bytes = _END.unpack_from(tail, start)[4:6]
    if n_entries > MAX_ENTRIES or n_bytes > MAX_DIRECTORY:
        raise CannotUnpack(_("it holds more than {n} files").format(n=MAX_ENTRIES))
    file.seek(0)


def _extract_zip(path: Path, folder: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        _write(_zipped(archive), folder)


def _extract_tar(path: Path, folder: Path) -> None:
    with tarfile.open(path) as archive:
        _write(_tarred(archive), folder)


# The parts of an entry's name, its content, and the seconds since 1970 when it was written.
_Entry = tuple[list[str], IO[bytes], float | None]


def _zipped(archive: zipfile.ZipFile) -> Iterator[_Entry]:
    for entry in archive.infolist():
        parts = _parts_in_zip(entry)
        if entry.is_dir() or not _wanted(parts):
            continue
        with archive.open(entry) as source:
            yield parts, source, _seconds(entry)


def _tarred(archive: tarfile.TarFile) -> Iterator[_Entry]:
    """Yield the files; a symbolic link becomes a file with its target as text, as in a zip."""
    for number, entry in enumerate(archive):
        if number >= MAX_ENTRIES:
            raise CannotUnpack(_("it holds more than {n} files").format(n=MAX_ENTRIES))
        parts = _parts(entry.name)
        if not _wanted(parts):
            continue
        if entry.issym():
            yield parts, io.BytesIO(entry.linkname.encode("utf-8", "replace")), entry.mtime
        elif entry.isreg() or entry.islnk():
            source = archive.extractfile(entry)
            if source is not None:
                yield parts, source, entry.mtime


def _wanted(parts: list[str]) -> bool:
    return bool(parts) and all(map(counts, parts))


def _write(entries: Iterator[_Entry], folder: Path) -> None:
    left = MAX_UNPACKED
    for parts, source, written in entries:
        target = free_path(folder.joinpath(*parts))
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as copy:
            # One byte more than the limit, so that reading refuses the file by its size.
            left -= _copy(source, copy, min(MAX_BYTES + 1, left))
        if left <= 0:
            limit = MAX_UNPACKED // 2**30
            raise CannotUnpack(_("it unpacks to more than {limit} GB").format(limit=limit))
        if written is not None:
            with suppress(OSError, OverflowError, ValueError):
                os.utime(target, (written, written))


def _copy(source: IO[bytes], copy: BinaryIO, limit: int) -> int:
    done = 0
    while done < limit and (block := source.read(min(2**20, limit - done))):
        copy.write(block)
        done += len(block)
    return done


def _parts_in_zip(entry: zipfile.ZipInfo) -> list[str]:
    name = entry.filename
    if not entry.flag_bits & 0x800:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return _parts(name)


def _parts(name: str) -> list[str]:
    """Return the parts of an entry's name, each fit to be the name of a file here."""
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


def _seconds(entry: zipfile.ZipInfo) -> float | None:
    try:
        return time.mktime((*entry.date_time, 0, 0, -1))
    except (ValueError, OverflowError):
        return None
