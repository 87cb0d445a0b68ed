"""Words of which the piles of strangers are made: archives, links, names as systems write them."""

import io
import os
import tarfile
import tempfile
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path

import jupytext

from autograder.bundle.manifest import NAME as MANIFEST
from tests.answers import exercise_text, solution_text
from tests.bundle.making import bundle

STEP, OTHER = "01_explore", "02_encode_split"
WORK, STUB, SECOND = solution_text(STEP), exercise_text(STEP), solution_text(OTHER)
MORE = WORK + "\n# %%\nmore = 1\n"
NOTEBOOK = jupytext.writes(jupytext.reads(WORK, fmt="py:percent"), fmt="ipynb")
SECOND_NOTEBOOK = jupytext.writes(jupytext.reads(SECOND, fmt="py:percent"), fmt="ipynb")
STUB_NOTEBOOK = jupytext.writes(jupytext.reads(STUB, fmt="py:percent"), fmt="ipynb")
TEXT, HTML = "Some words.\n", "<p>Bonjour, voici mon devoir.</p>"
BROKEN_NOTEBOOK = NOTEBOOK[: len(NOTEBOOK) // 2]
FOLDER = object()
MOODLE = "_assignsubmission_file"
JUNK = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".ipynb_checkpoints", ".git")


def nfd(text):
    """Return a name as macOS writes it."""
    return unicodedata.normalize("NFD", text)


def packed(entries):
    """Return the bytes of a zip archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in entries.items():
            archive.writestr(name, each)
    return content.getvalue()


def tarred(entries):
    """Return the bytes of a .tar.gz archive."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, each in entries.items():
            info = tarfile.TarInfo(name)
            data = each.encode()
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return content.getvalue()


def locked(entries):
    """Return a zip archive whose entries claim to be encrypted."""
    raw = bytearray(packed(entries))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(signature)
        while at >= 0:
            raw[at + offset] |= 1
            at = raw.find(signature, at + 4)
    return bytes(raw)


def bundled(learner, *exercises, created="2026-03-01T10:00:00+00:00"):
    """Return the bytes of a bundle of `autograder submit`, with solved notebooks."""
    solved = {STEP: NOTEBOOK, OTHER: SECOND_NOTEBOOK}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.zip"
        notebooks = {f"{name}.ipynb": solved[name].encode() for name in exercises}
        return bundle(path, notebooks, learner, created).read_bytes()


@dataclass(frozen=True)
class Link:
    """A symbolic link in a pile."""

    to: str


@dataclass(frozen=True)
class Pile:
    """The files in a folder, and the result that an instructor expects of the command."""

    files: dict
    learners: dict  # learner: {exercise: the file that counts, relative to the pile}
    problems: tuple = ()  # for each expected problem, words that must stand in the output
    paths: tuple = (".",)
    unreadable: tuple = ()  # words on files that count and that nobody can read
    unlisted: tuple = ()  # files that need no account, beside the junk of systems


def one(path):
    return {STEP: path}


def laid(root, files):
    """Lay a pile down; return its folder."""
    root.mkdir()
    for name, content in files.items():
        path = root / name
        if content is FOLDER:
            path.mkdir(parents=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Link):
            path.symlink_to(content.to)
            continue
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        os.utime(path, (1_770_000_000, 1_770_000_000))
    return root


def relative(path, root):
    return unicodedata.normalize("NFC", path.relative_to(root).as_posix())


def handed_in(files, unlisted):
    """Yield the name of each file that somebody handed in, also of those in archives."""
    for name, content in files.items():
        shown = unicodedata.normalize("NFC", name)
        if content is FOLDER or any(part in shown for part in (*JUNK, *unlisted)):
            continue
        try:
            archive = zipfile.ZipFile(io.BytesIO(content))
            within = {each: archive.read(each) for each in archive.namelist()}
        except (TypeError, zipfile.BadZipFile, RuntimeError):
            yield shown
        else:
            if MANIFEST in within:
                yield shown
                continue
            yield from handed_in({f"{name}/{e}": text for e, text in within.items()}, unlisted)
