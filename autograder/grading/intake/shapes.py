"""The shapes of piles: who of the learners handed in which of the files.

`read_as` tries the shapes in turn: what Moodle, nbgrader and GitHub Classroom lay, folders of
learners, and one folder of files with learners' names in them. The first that fits counts.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from autograder import course
from autograder.bundle.unpack import learner_of
from autograder.grading.intake.names import clean, label_in, moodle_name, names_nobody
from autograder.grading.intake.tree import Node
from autograder.submissions.discovery import looks_like_a_submission
from autograder.util.i18n import _

_ASSIGNMENT = re.compile(
    r"(day|jour|tp|lab|assignment|devoir|seance|séance)[ _-]?\d+.*", re.IGNORECASE
)


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
    for recognise in (_moodle, _nbgrader, _clones, _by_assignment, _folders, _labelled):
        reading = recognise(root)
        if reading is not None:
            return reading
    inner = root.folders
    if len(inner) == 1 and not _work_in(root.own_files):
        reading = read_as(inner[0])
        if len(reading.learners) > 1 or reading.left_over:
            return reading
    return Reading(_("the folder of one learner"), [_of_folder(root)])


def _of_folder(folder: Node, name: str | None = None) -> Learner:
    own = clean(folder.name if name is None else name) or "learner"
    return Learner(own, (folder,), home=folder.shown.resolve())


def holds_work(node: Node) -> bool:
    """Return whether a file may be somebody's work, or a folder holds such a file."""
    return any(_is_work(file) for file in node.files())


def _is_work(file: Node) -> bool:
    """Return whether a file may be somebody's work; a script must say so itself.

    Scripts that learners write beside their exercises, such as `utils.py`, are no work.
    """
    if file.is_folder or file.is_bundle or course.step_of_file(file.path) is not None:
        return True
    if not looks_like_a_submission(file.path):
        return False
    return ".ipynb" in file.name.lower() or file.defines_a_function


def _work_in(nodes: Iterable[Node]) -> list[Node]:
    return [node for node in nodes if holds_work(node)]


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
    return Reading(_("submissions as Moodle packs them"), learners, _nobodys(others))


def _nbgrader(root: Node) -> Reading | None:
    """Read a course of nbgrader's, or its folder `submitted`."""
    by_name = {child.name: child for child in root.children or ()}
    is_course = not by_name.keys().isdisjoint({"nbgrader_config.py", "gradebook.db", "source"})
    if is_course and "submitted" in by_name and by_name["submitted"].is_folder:
        root = by_name["submitted"]
    elif root.name != "submitted":
        return None
    learners = [_of_folder(folder) for folder in root.folders]
    return Reading(_("a course of nbgrader's"), learners, _nobodys(root.own_files))


def _clones(root: Node) -> Reading | None:
    """Read clones of GitHub Classroom's, `assignment-login`."""
    clones = [folder for folder in root.folders if folder.is_clone]
    if len(clones) < 2:
        return None
    prefix = os.path.commonprefix([clone.name for clone in clones])
    prefix = prefix[: prefix.rfind("-") + 1]
    learners = [_of_folder(clone, clone.name[len(prefix) :]) for clone in clones]
    others = [child for child in root.children or () if child not in clones]
    return Reading(_("clones of GitHub Classroom's"), learners, _nobodys(others))


def _by_assignment(root: Node) -> Reading | None:
    """Read folders of assignments, each with folders or files of learners."""
    homes = _work_in(root.folders)
    if not homes or not all(_is_assignment(home.name) for home in homes):
        return None
    parts: dict[str, list[Node]] = {}
    left_over: dict[Path, str] = {}
    for home in homes:
        inner = _work_in(home.folders)
        if inner and all(not _is_assignment(folder.name) for folder in inner):
            for folder in inner:
                parts.setdefault(clean(folder.name), []).append(folder)
            left_over |= _nobodys(home.own_files)
            continue
        labelled = _labelled(home)
        if labelled is None:
            return None
        for learner in labelled.learners:
            parts.setdefault(learner.name, []).extend(learner.parts)
        left_over |= labelled.left_over
    learners = [Learner(name, tuple(nodes)) for name, nodes in parts.items()]
    left_over |= _nobodys(root.own_files)
    return Reading(_("folders of assignments"), learners, left_over)


def _folders(root: Node) -> Reading | None:
    """Read folders or archives of learners, and perhaps files beside them."""
    homes = [f for f in root.folders if not _is_assignment(f.name) and not names_nobody(f.name)]
    named = _work_in(homes)
    loose = _work_in(root.own_files)
    if not named or (loose and len(named) < 2 and _plainly_named(loose)):
        return None
    if len(named) == 1 and not loose and _is_class(named[0]):
        return None
    learners = [_of_folder(home) for home in homes]
    left_over = _nobodys(folder for folder in root.folders if folder not in homes)
    labelled = _labels(loose)
    for label, files in labelled.items():
        if label:
            learners.append(Learner(label, tuple(files)))
        else:
            bundles = [file for file in files if file.is_bundle]
            learners += [Learner("", (bundle,)) for bundle in bundles]
            left_over |= _nobodys(file for file in files if file not in bundles)
    return Reading(_("folders of learners"), learners, left_over)


def _is_class(folder: Node) -> bool:
    """Return whether a folder holds the work of several learners by itself."""
    reading = read_as(folder)
    bundles = [file.path for each in reading.learners if not each.name for file in each.files]
    names = [each.name for each in reading.learners if each.name] + list(map(learner_of, bundles))
    return len({clean(name).casefold() for name in names}) > 1


def _labelled(root: Node) -> Reading | None:
    """Read files of a class in one folder, with the learners' names in the files' names."""
    loose = _work_in(root.own_files)
    bundles = [file for file in loose if file.is_bundle]
    labelled = _labels(_loose(loose))
    named = {label: files for label, files in labelled.items() if label}
    exercises = [_exercises(files) for files in named.values()]
    shared = any(a & b for n, a in enumerate(exercises) for b in exercises[n + 1 :])
    if not bundles and not (len(named) > 1 and shared):
        return None
    several = len({clean(learner_of(bundle.path)).casefold() for bundle in bundles}) > 1
    if bundles and not shared and (several or not labelled):
        learners = [Learner("", (bundle,)) for bundle in bundles]
        return Reading(_("bundles"), learners, _nobodys([*_loose(loose), *root.folders]))
    if not shared:
        return None
    learners = [Learner(label, tuple(files)) for label, files in named.items()]
    learners += [Learner("", (bundle,)) for bundle in bundles]
    rest = [*labelled.get("", ()), *_work_in(root.folders)]
    text = _(
        "{folder} was read as files of {n} learners, by the names in the files' names. If these "
        "are files of one learner, put them into a folder of that name."
    )
    doubts: list[str] = [] if len(named) > 2 else [text.format(folder=root.shown, n=len(named))]
    return Reading(_("one folder with names in the files' names"), learners, _nobodys(rest), doubts)


def _loose(files: Iterable[Node]) -> list[Node]:
    return [file for file in files if not file.is_bundle]


def _labels(files: Iterable[Node]) -> dict[str, list[Node]]:
    labels: dict[str, list[Node]] = {}
    for file in files:
        labels.setdefault("" if file.is_bundle else label_in(Path(file.name).stem), []).append(file)
    return labels


def _exercises(files: Iterable[Node]) -> set[str]:
    """Return the exercises that files' names say, "" for a name that says none."""
    names = set()
    for file in files:
        lowered = file.name.lower()
        names.add(next((step.name for step in course.steps() if step.name in lowered), ""))
    return names


def _plainly_named(files: Iterable[Node]) -> bool:
    return all(not label_in(Path(file.name).stem) for file in files)


def _is_assignment(name: str) -> bool:
    return course.step_of_file(Path(name)) is not None or bool(_ASSIGNMENT.fullmatch(name))


def _nobodys(nodes: Iterable[Node]) -> dict[Path, str]:
    """Return the files among some nodes that may be somebody's work, with the reason."""
    text = _("it lies beside the learners' folders: put it into the folder of its learner")
    left_over: dict[Path, str] = {}
    for node in nodes:
        if node.is_archive and not holds_work(node):
            left_over[node.shown] = _("there is no exercise in it")
        for file in node.files():
            if _is_work(file):
                left_over[file.shown] = file.problem or text
    return left_over
