"""Collecting the submissions at the paths that an instructor names."""

from dataclasses import replace
from pathlib import Path

from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.discovery import looks_like_a_submission, survey
from autograder.submissions.reader import OWN_READER, Reader
from autograder.submissions.submission import Submission
from autograder.submissions.which_file_counts import which_counts
from autograder.util.i18n import _


def collect(paths: list[Path], reader: Reader = OWN_READER) -> tuple[list[Submission], list[str]]:
    """Return the submissions at the paths, learner by learner, and the problems.

    The name of a folder is the name of its learner. If a learner has several files for an exercise,
    `which_file_counts` chooses.

    Args:
        paths: Files of exercises, learners' folders of such files, or folders of such folders.
        reader: See `survey`.

    Returns:
        The submissions in the order of learners and exercises, and a sentence for each path that
        is not a submission but may be somebody's work.
    """
    folders: dict[Path, list[Path]] = {}
    problems = []
    for path in paths:
        targets, left_out = _targets(path, reader)
        problems += left_out
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
            problems += [f"{names[folder]}: {reason}" for reason in found.left_out.values()]
            if not found.files and not found.left_out:
                problems.append(_("{path} holds no exercise.").format(path=target))
    submissions = [
        replace(_which_counts(exercise, files, reader), learner=learner)
        for (learner, exercise), files in sorted(candidates.items())
    ]
    return submissions, problems


def _which_counts(exercise: str, files: dict[Path, Submission], reader: Reader) -> Submission:
    """Return the file that counts for an exercise; an instructor may name each of the files."""
    best = which_counts(exercise, list(files), reader)
    file = files[best.path]
    return replace(file, notes=tuple(dict.fromkeys((*file.notes, *best.notes))))


def _targets(path: Path, reader: Reader) -> tuple[list[Path], list[str]]:
    """Return a file or a learner's folder as it is, or the folders in a folder, and the problems.

    Links, which are not followed, and archives are problems: they may be somebody's work.
    """
    try:
        parts = sorted(part for part in path.iterdir() if not part.name.startswith("."))
    except OSError:
        return [path], []
    folders = [part for part in parts if part.is_dir()]
    if not folders or any(looks_like_a_submission(part) for part in parts):
        return [path], []
    link = _("{path} is a link to a folder, and links are not followed: name the folder itself.")
    left_out: list[str] = [link.format(path=folder) for folder in folders if folder.is_symlink()]
    left_out += survey(path, reader=reader).left_out.values()
    return [folder for folder in folders if not folder.is_symlink()], left_out


def _names(folders: list[Path]) -> dict[Path, str]:
    """Return a name for every folder: its own, and a number where another has the same."""
    names: dict[Path, str] = {}
    taken: set[str] = set()
    for folder in folders:
        name, number = folder.name or "learner", 1
        while name.casefold() in taken:
            number += 1
            name = f"{folder.name} ({number})"
        taken.add(name.casefold())
        names[folder] = name
    return names
