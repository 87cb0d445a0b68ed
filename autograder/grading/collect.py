"""Which submissions lie at the paths that an instructor names."""

from dataclasses import replace
from pathlib import Path

from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.discovery import looks_like_a_submission, newest, survey
from autograder.submissions.submission import Submission
from autograder.util.i18n import _


def collect(paths: list[Path]) -> tuple[list[Submission], list[str]]:
    """The submissions at the paths, learner by learner, and what was found that is none.

    A path is an exercise's file, a learner's folder of such files, or a folder of learners'
    folders. A learner is called as their folder is; of one exercise the newest file counts.
    """
    folders: dict[Path, list[Path]] = {}
    problems = []
    for path in paths:
        targets, left_out = _targets(path)
        problems += left_out
        for target in targets:
            folder = target if target.is_dir() else target.parent
            folders.setdefault(folder.resolve(), []).append(target)
    candidates: dict[tuple[str, str], dict[Path, Submission]] = {}
    names = _names(list(folders))
    for folder, targets in folders.items():
        for target in targets:
            try:
                found = survey(target)
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
        replace(_newest(exercise, files), learner=learner)
        for (learner, exercise), files in sorted(candidates.items())
    ]
    return submissions, problems


def _newest(exercise: str, files: dict[Path, Submission]) -> Submission:
    """The newest of the files that hold an exercise, where they were named one by one."""
    best = newest(exercise, list(files))
    file = files[best.path]
    return replace(file, notes=tuple(dict.fromkeys((*file.notes, *best.notes))))


def _targets(path: Path) -> tuple[list[Path], list[str]]:
    """A file or a learner's folder as it is; of a folder of folders, those, and what else is there.

    What else is there is told where it may be somebody's work: links, which are not followed, and
    archives.
    """
    try:
        parts = sorted(part for part in path.iterdir() if not part.name.startswith("."))
    except OSError:
        return [path], []
    folders = [part for part in parts if part.is_dir()]
    if not folders or any(looks_like_a_submission(part) for part in parts):
        return [path], []
    link = _("{path} is a link to a folder, and links are not followed: name the folder itself.")
    left_out = [link.format(path=folder) for folder in folders if folder.is_symlink()]
    left_out += survey(path).left_out.values()
    return [folder for folder in folders if not folder.is_symlink()], left_out


def _names(folders: list[Path]) -> dict[Path, str]:
    """A name for every folder: its own, and a number where another has the same."""
    names, taken = {}, set()
    for folder in folders:
        name, number = folder.name or "learner", 1
        while name.casefold() in taken:
            number += 1
            name = f"{folder.name} ({number})"
        taken.add(name.casefold())
        names[folder] = name
    return names
