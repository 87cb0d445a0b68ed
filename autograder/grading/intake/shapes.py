"""The shapes of piles: who of the learners handed in which of the files.

`read_as` tries the shapes in turn: what Moodle, nbgrader and GitHub Classroom lay, folders of
learners, and one folder of files with learners' names in them. The first that fits counts.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.bundle.unpack import learner_of
from autograder.grading.intake.names import (
    clean,
    is_assignment,
    moodle_name,
    names_nobody,
    names_somebody,
)
from autograder.grading.intake.tree import Node
from autograder.grading.intake.work import (
    by_label,
    exercises_of,
    holds_work,
    nobodys,
    overlap,
    plain_files,
    plainly_named,
    with_work,
)
from autograder.util.i18n import _


@dataclass(frozen=True)
class Learner:
    """A learner, and all that lies in a pile under this name.

    Attributes:
        name: The name as the pile gives it.
        parts: The files and folders.
        number: The participant's number in Moodle, "" elsewhere.
        home: The learner's own folder, None where the name alone says who it is.
    """

    name: str
    parts: tuple[Node, ...]
    number: str = ""
    home: Path | None = None

    @property
    def files(self) -> list[Node]:
        """All files, and the folders that cannot be read."""
        return [file for part in self.parts for file in part.files()]


@dataclass(frozen=True)
class Reading:
    """A pile, read as one of the shapes.

    Attributes:
        shape: The shape in words.
        learners: The learners in it.
        left_over: What belongs to no learner, with the reason.
        doubts: What a person should look at.
        is_file: Whether the pile is one file, which must be a submission.
    """

    shape: str
    learners: list[Learner]
    left_over: dict[Path, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    is_file: bool = False


def read_as(root: Node) -> Reading:
    """Return the learners in a pile.

    Args:
        root: The pile, a file or a folder.
    """
    if not root.is_folder:
        return _file(root)
    if root.problem:
        return Reading(_("a folder"), [_of_folder(root)])
    for recognise in (*_DOWNLOADS, _by_assignment, _groups, _folders, _labelled):
        reading = recognise(root)
        if reading is not None:
            return reading
    inner = root.folders
    if len(inner) == 1 and not with_work(root.own_files):
        reading = read_as(inner[0])
        if len(reading.learners) > 1 or reading.left_over:
            return reading
    return Reading(_("the folder of one learner"), [_of_folder(root)])


def readings_of(root: Node) -> list[Reading]:
    """Return the readings of a pile; several downloads in one folder or archive are several piles.

    Args:
        root: The pile, a file or a folder.
    """
    if not root.is_folder or root.problem or any(each(root) for each in _DOWNLOADS):
        return [read_as(root)]
    inner = with_work(root.folders)
    downloads = [folder for folder in inner if _downloads_in(folder)]
    sure = len(downloads) == len(inner) or any(
        _downloads_in(folder) > 1 or not names_somebody(folder.name) for folder in downloads
    )
    if not downloads or not sure:
        return [read_as(root)]
    others = [child for child in root.children or () if child not in inner]
    beside = Reading(_("files beside downloads"), [], nobodys(others))
    parts = [reading for folder in inner for reading in readings_of(folder)]
    return [*parts, beside] if beside.left_over else parts


def _downloads_in(folder: Node) -> int:
    """Return how many learners Moodle's downloads in a folder, at any depth, hold."""
    reading = _moodle(folder)
    if reading is not None:
        return len(reading.learners)
    return sum(map(_downloads_in, folder.folders))


def _is_download_or_file(named: Node) -> bool:
    return not named.is_folder or named.is_clone or moodle_name(named.name) is not None


def read_together(folder: Path, named: Sequence[Node]) -> Reading | None:
    """Return the learners in some paths of one folder, as a shell writes out `class/*`.

    Args:
        folder: The folder.
        named: The paths.

    Returns:
        The reading; None where each path is a pile of its own.
    """
    if len(named) == 1 and not named[0].is_folder:
        return None
    root = Node(folder.name, folder, named[0].shown.parent, tuple(named))
    homes = [each for each in named if not _is_download_or_file(each)]
    if homes:
        whole = len(homes) > 1 and len(homes) < len(named) and not any(map(_is_class, homes))
        return _folders(root) if whole else None
    return _moodle(root) or _clones(root) or _labelled(root)


def _of_folder(folder: Node, name: str | None = None) -> Learner:
    own = clean(folder.name if name is None else name) or "learner"
    return Learner(own, (folder,), home=folder.shown.resolve())


def _file(file: Node) -> Reading:
    """Read a file that an instructor named: its name, its folder or a bundle says whose it is."""
    named = moodle_name(file.name)
    if named is not None:
        learner = Learner(named.learner, (file,), named.number)
        return Reading(_("a file of Moodle's"), [learner], is_file=True)
    if file.is_bundle:
        return Reading(_("a bundle"), [Learner("", (file,))])
    home = file.path.absolute().parent
    learner = Learner(clean(home.name) or "learner", (file,), home=home.resolve())
    return Reading(_("a file"), [learner], is_file=True)


def _moodle(root: Node) -> Reading | None:
    """Read Moodle's "download all submissions", with or without folders."""
    found: dict[tuple[str, str], list[Node]] = {}
    others = []
    for child in root.children or ():
        named = moodle_name(child.name)
        if named is None:
            others.append(child)
        else:
            found.setdefault((named.learner, named.number), []).append(child)
    if not found:
        return None
    learners = [Learner(name, tuple(parts), number) for (name, number), parts in found.items()]
    return Reading(_("submissions as Moodle packs them"), learners, nobodys(others))


def _nbgrader(root: Node) -> Reading | None:
    """Read a course of nbgrader's, or its folder `submitted`."""
    by_name = {child.name: child for child in root.children or ()}
    is_course = not by_name.keys().isdisjoint({"nbgrader_config.py", "gradebook.db", "source"})
    if is_course and "submitted" in by_name and by_name["submitted"].is_folder:
        root = by_name["submitted"]
    elif root.name != "submitted":
        return None
    learners = [_of_folder(folder) for folder in root.folders]
    return Reading(_("a course of nbgrader's"), learners, nobodys(root.own_files))


def _clones(root: Node) -> Reading | None:
    """Read clones of GitHub Classroom's, `assignment-login`."""
    clones = [folder for folder in root.folders if folder.is_clone]
    if len(clones) < 2:
        return None
    prefix = os.path.commonprefix([clone.name for clone in clones])
    prefix = prefix[: prefix.rfind("-") + 1]
    learners = [_of_folder(clone, clone.name[len(prefix) :]) for clone in clones]
    others = [child for child in root.children or () if child not in clones]
    return Reading(_("clones of GitHub Classroom's"), learners, nobodys(others))


def _by_assignment(root: Node) -> Reading | None:
    """Read folders of assignments, each with folders or files of learners."""
    homes = with_work(root.folders)
    if not homes or not all(is_assignment(home.name) for home in homes):
        return None
    parts: dict[str, list[Node]] = {}
    left_over = nobodys(root.own_files)
    unclear = []
    for home in homes:
        inner = with_work(home.folders)
        labelled = _labelled(home)
        if inner and all(not is_assignment(folder.name) for folder in inner):
            for folder in _homes_in(home):
                parts.setdefault(clean(folder.name) or "learner", []).append(folder)
            left_over |= nobodys(home.own_files)
        elif labelled is not None:
            for learner in labelled.learners:
                parts.setdefault(learner.name, []).extend(learner.parts)
            left_over |= labelled.left_over
        else:
            unclear.append(home)
    if not parts:
        return None
    # A folder with the file of one learner says nothing by itself; the others say how to read it.
    for home in unclear:
        for label, files in by_label(with_work(home.own_files)).items():
            if label:
                parts.setdefault(label, []).extend(files)
            else:
                left_over |= nobodys(files)
        left_over |= nobodys(home.folders)
    learners = [Learner(name, tuple(nodes)) for name, nodes in parts.items()]
    return Reading(_("folders of assignments"), learners, left_over)


def _groups(root: Node) -> Reading | None:
    """Read folders of groups with folders of learners, in which nobody's name comes twice.

    Folders such as `course` in `homes/*/course` have the same name in several homes, and folders
    such as `old` name nobody.
    """
    groups = with_work(root.folders)
    members = [with_work(group.folders) for group in groups]
    names = [clean(member.name).casefold() for each in members for member in each]
    if len(groups) < 2 or with_work(root.own_files) or len(set(names)) < len(names):
        return None
    alone = any(
        not each or with_work(group.own_files) for group, each in zip(groups, members, strict=True)
    )
    if alone or not all(names_somebody(member.name) for each in members for member in each):
        return None
    if not all(_share_an_exercise(each) for each in members if len(each) > 1):
        return None
    if max(map(len, members)) < 2:
        return None
    learners = [_of_folder(member) for group in groups for member in _homes_in(group)]
    others = [child for child in root.children or () if child not in groups]
    return Reading(_("folders of groups"), learners, nobodys(others))


def _homes_in(folder: Node) -> list[Node]:
    """Return the folders of learners in a folder, also those without work."""
    return [f for f in folder.folders if holds_work(f) or names_somebody(f.name)]


def _share_an_exercise(folders: Sequence[Node]) -> bool:
    return overlap([exercises_of(with_work(folder.files())) for folder in folders])


def _folders(root: Node) -> Reading | None:
    """Read folders or archives of learners, and perhaps files beside them."""
    homes = [f for f in root.folders if not is_assignment(f.name) and not names_nobody(f.name)]
    named = with_work(homes)
    loose = with_work(root.own_files)
    if not named or (loose and len(named) < 2 and plainly_named(loose)):
        return None
    if len(named) == 1 and not loose and _is_class(named[0]):
        return None
    unpacked = {clean(home.name) for home in homes if not home.is_archive}
    # An archive beside a folder of its name was unpacked into that folder.
    packed: dict[str, list[Node]] = {}
    alone = []
    for home in homes:
        if home.is_archive and clean(home.name) in unpacked:
            packed.setdefault(clean(home.name), []).append(home)
        else:
            alone.append(home)
    learners = [
        replace(_of_folder(home), parts=(home, *packed.get(clean(home.name), ()))) for home in alone
    ]
    left_over = nobodys(folder for folder in root.folders if folder not in homes)
    labelled = by_label(loose)
    for label, files in labelled.items():
        if label:
            learners.append(Learner(label, tuple(files)))
        else:
            bundles = [file for file in files if file.is_bundle]
            learners += [Learner("", (bundle,)) for bundle in bundles]
            left_over |= nobodys(file for file in files if file not in bundles)
    return Reading(_("folders of learners"), learners, left_over)


def _is_class(folder: Node) -> bool:
    """Return whether a folder holds the work of several learners by itself."""
    reading = read_as(folder)
    bundles = [file.path for each in reading.learners if not each.name for file in each.files]
    names = [each.name for each in reading.learners if each.name] + list(map(learner_of, bundles))
    return len({clean(name).casefold() for name in names}) > 1


def _labelled(root: Node) -> Reading | None:
    """Read files of a class in one folder, with the learners' names in the files' names."""
    loose = with_work(root.own_files)
    bundles = [file for file in loose if file.is_bundle]
    labelled = by_label(plain_files(loose))
    named = {label: files for label, files in labelled.items() if label}
    shared = overlap([exercises_of(files) for files in named.values()])
    if not bundles and not (len(named) > 1 and shared):
        return None
    several = len({clean(learner_of(bundle.path)).casefold() for bundle in bundles}) > 1
    if bundles and not shared and (several or not labelled):
        learners = [Learner("", (bundle,)) for bundle in bundles]
        return Reading(_("bundles"), learners, nobodys([*plain_files(loose), *root.folders]))
    if not shared:
        return None
    learners = [Learner(label, tuple(files)) for label, files in named.items()]
    learners += [Learner("", (bundle,)) for bundle in bundles]
    rest = [*labelled.get("", ()), *with_work(root.folders)]
    text = _(
        "{folder} was read as files of {n} learners, by the names in the files' names. If these "
        "are files of one learner, put them into a folder of that name."
    )
    doubts: list[str] = [] if len(named) > 2 else [text.format(folder=root.shown, n=len(named))]
    return Reading(_("one folder with names in the files' names"), learners, nobodys(rest), doubts)


_DOWNLOADS = (_moodle, _nbgrader, _clones)
