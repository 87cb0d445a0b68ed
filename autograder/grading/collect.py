"""Collecting the submissions at the paths that an instructor names."""

from dataclasses import replace
from pathlib import Path

from autograder.grading.bundles import Taken
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.discovery import looks_like_a_submission, survey
from autograder.submissions.reader import OWN_READER, Reader
from autograder.submissions.submission import Submission
from autograder.submissions.which_file_counts import which_counts
from autograder.util.i18n import _


def collect(
    paths: list[Path], reader: Reader = OWN_READER, bundles: Taken | None = None
) -> tuple[list[Submission], list[str]]:
    """Return the submissions at the paths, learner by learner, and the problems.

    The name of a folder is the name of its learner; a bundle states the name. If a learner has
    several files for an exercise, `which_file_counts` chooses.

    Args:
        paths: Files of exercises, learners' folders of such files, or folders of such folders.
        reader: See `survey`.
        bundles: The bundles at the paths, unpacked.

    Returns:
        The submissions in the order of learners and exercises, and a sentence for each path that
        is not a submission but may be somebody's work.
    """
    bundles = bundles or Taken()
    folders: dict[Path, list[Path]] = {}
    problems = list(bundles.problems)
    for path in paths:
        if path.absolute() in bundles.archives:
            continue
        targets, left_out = _targets(path, reader)
        problems += _problems(left_out, bundles)
        for target in targets:
            folder = target if target.is_dir() else target.parent
            folders.setdefault(folder.resolve(), []).append(target)
    candidates: dict[tuple[str, str], dict[Path, Submission]] = {}
    names = _names(list(folders))
    for folder, targets in folders.items():
        for target in targets:
            try:
                found = survey(target, reader=reader)
            except UnreadableSubmission as error:
                problems.append(str(error))
                continue
            for exercise, file in found.files.items():
                files = candidates.setdefault((names[folder], exercise), {})
                files[folder / file.path.name] = file
            reasons = _problems(found.left_out, bundles)
            problems += [f"{names[folder]}: {reason}" for reason in reasons]
            if not found.files and not found.left_out:
                problems.append(_("{path} holds no exercise.").format(path=target))
    submissions = [
        replace(_which_counts(exercise, files, reader), learner=learner)
        for (learner, exercise), files in candidates.items()
    ]
    handed_in, doubts = _in_bundles(bundles, {learner for learner, _exercise in candidates}, reader)
    submissions += handed_in
    return sorted(submissions, key=lambda s: (s.learner, s.exercise)), [*problems, *doubts]


def _in_bundles(
    bundles: Taken, taken: set[str], reader: Reader
) -> tuple[list[Submission], list[str]]:
    """Return the submissions in bundles, and a sentence on each name that two learners have.

    Args:
        bundles: The bundles.
        taken: The names of the other learners.
        reader: See `survey`.
    """
    submissions: list[Submission] = []
    doubts: list[str] = []
    known = {name.casefold() for name in taken}
    for each in bundles.bundles:
        learner = _free_name(each.learner, known)
        if learner != each.learner:
            text = _(
                "{path} is by {name}, and so are other files here. It was graded as {learner}: "
                "is it the same person?"
            )
            path = each.bundle.path
            doubts.append(text.format(path=path, name=each.learner, learner=learner))
        found = survey(each.folder, reader=reader)
        doubts += [f"{learner}: {reason}" for reason in found.left_out.values()]
        for exercise, file in found.files.items():
            notes = tuple(dict.fromkeys((*file.notes, *each.notes_on(exercise))))
            submissions.append(replace(file, learner=learner, notes=notes))
    return submissions, doubts


def _problems(left_out: dict[Path, str], bundles: Taken) -> list[str]:
    """Return the reasons for leaving files out that are no bundles."""
    return [why for path, why in left_out.items() if path.absolute() not in bundles.archives]


def _which_counts(exercise: str, files: dict[Path, Submission], reader: Reader) -> Submission:
    """Return the file that counts for an exercise; an instructor may name each of the files."""
    best = which_counts(exercise, list(files), reader)
    file = files[best.path]
    return replace(file, notes=tuple(dict.fromkeys((*file.notes, *best.notes))))


def _targets(path: Path, reader: Reader) -> tuple[list[Path], dict[Path, str]]:
    """Return a file or a learner's folder as it is, or the folders in a folder, and the problems.

    Links, which are not followed, and archives are problems: they may be somebody's work.
    """
    try:
        parts = sorted(part for part in path.iterdir() if not part.name.startswith("."))
    except OSError:
        return [path], {}
    folders = [part for part in parts if part.is_dir()]
    if not folders or any(looks_like_a_submission(part) for part in parts):
        return [path], {}
    link = _("{path} is a link to a folder, and links are not followed: name the folder itself.")
    left_out = {folder: str(link.format(path=folder)) for folder in folders if folder.is_symlink()}
    left_out |= survey(path, reader=reader).left_out
    return [folder for folder in folders if not folder.is_symlink()], left_out


def _names(folders: list[Path]) -> dict[Path, str]:
    """Return a name for every folder: its own, and a number where another has the same."""
    names: dict[Path, str] = {}
    taken: set[str] = set()
    for folder in folders:
        names[folder] = _free_name(folder.name or "learner", taken)
    return names


def _free_name(wanted: str, taken: set[str]) -> str:
    """Return a name, with a number where it is taken, and add it to those that are taken."""
    name, number = wanted, 1
    while name.casefold() in taken:
        number += 1
        name = f"{wanted} ({number})"
    taken.add(name.casefold())
    return name
