"""Read a bundle that somebody else made: bounded, without links, paths or trust.

Only notebooks of exercises are taken out, under names of the kit's own. Their code counts; the
points in a bundle do not.
"""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from autograder import course
from autograder.bundle.manifest import (
    MEMO,
    NAME,
    RECORD,
    WHOLE_COURSE,
    Manifest,
    NoBundle,
    read_manifest,
)
from autograder.submissions.safe_read import MAX_BYTES, leads_out
from autograder.util.fingerprint import digest
from autograder.util.i18n import _
from autograder.workspace.opened_answers import checked, remarks

MAX_BUNDLE = 200 * 2**20
MAX_ENTRIES = 200
MAX_DIRECTORY = 2**17
MAX_UNPACKED = 200 * 2**20
MAX_TEXT = 2**20

_END = struct.Struct("<4s4H2LH")
_LOCATOR_SIZE = 20
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_MEMO = f"{MEMO}.ipynb"


@dataclass(frozen=True)
class Bundle:
    """The part of a bundle that grading needs.

    Attributes:
        path: The archive.
        manifest: What the bundle says of itself; nothing of it is trusted but the learner's name.
        notebooks: The bytes of the exercises' notebooks by file name, all of the course's names.
        notes: What was noticed about the whole bundle, a clause each.
        opened: The functions whose answers were opened early, by address.
        memo: The bytes of the memo's notebook, None without a memo.
    """

    path: Path
    manifest: Manifest
    notebooks: dict[str, bytes]
    notes: tuple[str, ...] = ()
    opened: frozenset[str] = frozenset()
    memo: bytes | None = None

    def notes_on(self, exercise: str) -> tuple[str, ...]:
        """Return the notes on an exercise: those on the bundle, then on answers opened early."""
        return (*self.notes, *remarks(exercise, self.opened))


def is_bundle(path: Path) -> bool:
    """Return whether a file is an archive with a manifest, whatever the manifest says."""
    if path.suffix.lower() != ".zip":
        return False
    try:
        with _opened(path) as archive:
            return NAME in archive.namelist()
    except NoBundle:
        return False


def learner_of(path: Path) -> str:
    """Return the name of the learner that a bundle states, "" where it cannot be read."""
    try:
        with _opened(path) as archive:
            manifest, _right = read_manifest(_text(archive, _entries(archive), NAME))
    except NoBundle:
        return ""
    return manifest.learner


def read_bundle(path: Path) -> Bundle:
    """Read a bundle.

    Raises:
        NoBundle: The file is no bundle, or is not safe to read; the text says why.
    """
    with _opened(path) as archive:
        entries = _entries(archive)
        manifest, right = read_manifest(_text(archive, entries, NAME))
        record = _text(archive, entries, RECORD) if RECORD in entries else ""
        names = [name for name in (*_names_of_notebooks(), _MEMO) if name in entries]
        notebooks: dict[str, bytes] = {}
        left = MAX_UNPACKED
        for name in names:
            notebooks[name] = _content(archive, entries[name], min(MAX_BYTES, left))
            left -= len(notebooks[name])
    if not notebooks.keys() - {_MEMO}:
        raise NoBundle(_("there is no exercise in it"))
    changed = [
        name for name, content in notebooks.items() if manifest.files.get(name) != digest(content)
    ]
    changed += [RECORD] if manifest.files.get(RECORD) != digest(record.encode()) else []
    known = {*_names_of_notebooks(), _MEMO}
    changed += sorted(name for name in known & manifest.files.keys() if name not in notebooks)
    checked_record = checked(record, manifest.opened_hash)
    notes = [*_notes_on_checksum(right, changed)]
    problems = dict.fromkeys((*manifest.opened_problems, *checked_record.problems))
    text = _("the record of opened answers was changed: {problem}")
    notes += [text.format(problem=problem) for problem in problems]
    opened = checked_record.functions | set(manifest.opened)
    memo = notebooks.pop(_MEMO, None)
    return Bundle(path, manifest, notebooks, tuple(notes), frozenset(opened), memo)


def _notes_on_checksum(right: bool, changed: list[str]) -> Iterator[str]:
    if changed:
        text = _("the bundle was changed after it was made: {names}")
        yield text.format(names=", ".join(changed))
    elif not right:
        yield _("the checksum of the bundle does not match its manifest")


def _names_of_notebooks() -> list[str]:
    return [*(f"{step.name}.ipynb" for step in course.steps()), f"{WHOLE_COURSE}.ipynb"]


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive whose directory is small; refuse links and everything that is no archive."""
    if leads_out(path) or not path.is_file():
        raise NoBundle(_("it is no plain file"))
    try:
        with path.open("rb") as file:
            _refuse_large(file)
            with zipfile.ZipFile(file) as archive:
                yield archive
    except OSError as error:
        text = _("it cannot be opened ({reason})")
        raise NoBundle(text.format(reason=error.strerror or error)) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        text = _("it is damaged ({reason})")
        raise NoBundle(text.format(reason=error)) from error
    except (RuntimeError, struct.error, KeyError, UnicodeError) as error:
        raise NoBundle(_("it is encrypted or damaged")) from error


def _refuse_large(file: BinaryIO) -> None:
    """Refuse an archive whose size or directory is larger than that of any bundle.

    The kit's bundles end with a plain end record, so other forms are refused.
    """
    size = file.seek(0, 2)
    if size > MAX_BUNDLE:
        raise NoBundle(_("it is larger than {limit} MB").format(limit=MAX_BUNDLE // 2**20))
    if size < _END.size:
        raise NoBundle(_("it is no archive"))
    start = max(0, size - _END.size - _LOCATOR_SIZE)
    file.seek(start)
    tail = file.read()
    signature, _disk, _first, _here, n_entries, n_bytes, _offset, n_comment = _END.unpack(
        tail[-_END.size :]
    )
    if signature != b"PK\5\6" or n_comment or tail.startswith(b"PK\6\7"):
        raise NoBundle(_("it is no archive as `autograder submit` writes it"))
    if n_entries > MAX_ENTRIES or n_bytes > MAX_DIRECTORY:
        raise NoBundle(_("it holds too many files"))
    file.seek(0)


def _entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the plain files of an archive by name."""
    entries: dict[str, zipfile.ZipInfo] = {}
    for entry in archive.infolist():
        if entry.filename in entries:
            raise NoBundle(_("it holds two files of the same name"))
        mode = entry.external_attr >> 16
        if entry.is_dir() or (mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG}):
            continue
        entries[entry.filename] = entry
    return entries


def _text(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], name: str) -> str:
    if name not in entries:
        raise NoBundle(_("there is no {name} in it").format(name=name))
    return _content(archive, entries[name], MAX_TEXT).decode("utf-8", "replace")


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    """Return the bytes of a file in an archive, whatever size the archive states."""
    if entry.compress_type not in _METHODS or entry.flag_bits & 1:
        raise NoBundle(_("it is packed in another way than `autograder submit` does"))
    with archive.open(entry) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        text = _("{name} in it is too large")
        raise NoBundle(text.format(name=entry.filename))
    return content
