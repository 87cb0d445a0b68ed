"""The files at a path as a tree, in which archives are folders.

Archives are unpacked below a folder of the results, within limits, and never beside the pile.
Nothing here follows a link to a folder.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

from autograder import course
from autograder.bundle.unpack import is_bundle
from autograder.grading.intake.archives import CannotUnpack, archive_name, counts, unpacked_at
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.safe_read import read_content
from autograder.util.i18n import _

MAX_DEPTH = 4
MAX_FOLDERS = 64


@dataclass(frozen=True)
class Node:
    """A file, or a folder with what is in it.

    Attributes:
        name: Its name; for an archive the name without its suffix.
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
    if path.is_dir() and depth > MAX_FOLDERS:
        text = _("it lies in more than {n} folders: move its files up")
        return Node(name, path, shown, (), text.format(n=MAX_FOLDERS))
    if path.is_dir():
        try:
            parts = sorted(path.iterdir(), key=lambda part: part.name)
        except OSError as error:
            text = _("it cannot be opened: {reason}")
            return Node(name, path, shown, (), text.format(reason=error.strerror))
        here, results = path.resolve(), unpacked.parent.resolve()
        kept = [p for p in parts if counts(p.name) and here / p.name != results]
        children = tuple(_node(part, shown / part.name, unpacked, depth + 1) for part in kept)
        is_clone = any(part.name == ".git" for part in parts)
        return Node(name, path, shown, children, is_clone=is_clone)
    if path.is_file() and (stem := archive_name(path.name)):
        if is_bundle(path):
            return Node(name, path, shown, is_bundle=True)
        return _archive(path, stem, shown, unpacked, depth)
    return Node(name, path, shown)


def _archive(path: Path, name: str, shown: Path, unpacked: Path, depth: int) -> Node:
    """Return an archive as a folder."""
    try:
        if depth > MAX_DEPTH:
            raise CannotUnpack(_("it lies too deep in other archives"))
        folder = unpacked_at(path, unpacked)
    except CannotUnpack as error:
        return Node(name, path, shown, (), str(error), is_archive=True)
    inner = _node(folder, shown, unpacked, depth + 1)
    return replace(inner, name=name, is_archive=True)
