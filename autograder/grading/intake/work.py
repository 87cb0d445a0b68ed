"""The files in a pile that may be somebody's work, and what their names say."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from autograder import course
from autograder.grading.intake.names import label_in
from autograder.grading.intake.tree import Node
from autograder.submissions.discovery import looks_like_a_submission
from autograder.util.i18n import _


def holds_work(node: Node) -> bool:
    """Return whether a file may be somebody's work, or a folder holds such a file."""
    return any(is_work(file) for file in node.files())


def is_work(file: Node) -> bool:
    """Return whether a file may be somebody's work; a script must say so itself.

    Scripts that learners write beside their exercises, such as `utils.py`, are no work.
    """
    if file.is_folder or file.is_bundle or course.step_of_file(file.path) is not None:
        return True
    if not looks_like_a_submission(file.path):
        return False
    return ".ipynb" in file.name.lower() or file.defines_a_function


def with_work(nodes: Iterable[Node]) -> list[Node]:
    """Return the files and folders that `holds_work`."""
    return [node for node in nodes if holds_work(node)]


def overlap(sets: Sequence[set[str]]) -> bool:
    """Return whether two of some sets share a member."""
    return any(a & b for n, a in enumerate(sets) for b in sets[n + 1 :])


def plain_files(files: Iterable[Node]) -> list[Node]:
    """Return the files that are no bundles."""
    return [file for file in files if not file.is_bundle]


def by_label(files: Iterable[Node]) -> dict[str, list[Node]]:
    """Group files by what `label_in` finds in their names; a bundle has the label ""."""
    labels: dict[str, list[Node]] = {}
    for file in files:
        labels.setdefault("" if file.is_bundle else label_in(Path(file.name).stem), []).append(file)
    return labels


def exercises_of(files: Iterable[Node]) -> set[str]:
    """Return the exercises that files' names say, "" for a name that says none."""
    names = set()
    for file in files:
        lowered = file.name.lower()
        names.add(next((step.name for step in course.steps() if step.name in lowered), ""))
    return names


def plainly_named(files: Iterable[Node]) -> bool:
    """Return whether no file's name says more than an exercise or a version."""
    return all(not label_in(Path(file.name).stem) for file in files)


def nobodys(nodes: Iterable[Node]) -> dict[Path, str]:
    """Return the files among some nodes that may be somebody's work, with the reason."""
    text = _("it lies beside the learners' folders: put it into the folder of its learner")
    left_over: dict[Path, str] = {}
    for node in nodes:
        if node.is_archive and not holds_work(node):
            left_over[node.shown] = _("there is no exercise in it")
        for file in node.files():
            if is_work(file):
                left_over[file.shown] = file.problem or text
    return left_over
