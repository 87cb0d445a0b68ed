"""Submissions on disk: which file holds which exercise, and which cells it has."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from autograder import course
from autograder.i18n import _

SUFFIXES = (".py", ".ipynb")


class UnreadableSubmission(Exception):
    """A file that cannot be read as an exercise; the text says why and what to do."""


@dataclass(frozen=True)
class Cell:
    """A code cell: its position among all cells, its source and its tags."""

    number: int
    source: str
    tags: frozenset[str]

    @property
    def runs_in_checks(self) -> bool:
        """Demonstrations and check cells are for the learner; checks do without them."""
        return not self.tags & {"demo", "check"}


@dataclass(frozen=True)
class SubmissionFile:
    """The file of one exercise, and what was noticed while choosing it."""

    exercise: str
    path: Path
    notes: tuple[str, ...] = ()


def find(target: Path, wanted: frozenset[str] | None = None) -> dict[str, SubmissionFile]:
    """The exercises in a file or folder, by name in course order; of a pair the newer file.

    wanted: the names of the exercises to look for, None for all.

    Raises `UnreadableSubmission` where there is nothing to check.
    """
    if not target.exists():
        raise UnreadableSubmission(_("There is no file or folder {path}.").format(path=target))
    files = [target] if target.is_file() else sorted(target.iterdir())
    by_step = {}
    for path in files:
        step = course.step_of_file(path)
        if step is None or path.suffix not in SUFFIXES or not path.is_file():
            continue
        if wanted is None or step.name in wanted:
            by_step.setdefault(step.name, []).append(path)
    if not by_step:
        example = sorted(wanted)[0] if wanted else course.steps()[0].name
        raise UnreadableSubmission(
            _(
                "{path} does not hold the exercise: its file is named {example}.py or .ipynb."
            ).format(path=target, example=example)
        )
    return {
        step.name: _newest(step.name, by_step[step.name])
        for step in course.steps()
        if step.name in by_step
    }


def _newest(exercise: str, paths: list[Path]) -> SubmissionFile:
    ranked = sorted(paths, key=lambda path: (path.stat().st_mtime, path.name), reverse=True)
    notes = tuple(
        _("{newer} was checked: it is newer than {older}").format(
            newer=ranked[0].name, older=p.name
        )
        for p in ranked[1:]
    )
    return SubmissionFile(exercise, ranked[0], notes)


def read_cells(path: Path) -> list[Cell]:
    """The code cells of a script or notebook.

    Raises `UnreadableSubmission` for what is neither.
    """
    import jupytext

    try:
        text = path.read_text(encoding="utf-8-sig")
        notebook = jupytext.reads(text, fmt=path.suffix.lstrip("."))
    except UnicodeDecodeError as error:
        raise UnreadableSubmission(
            _("{path} is not UTF-8 text. Save it again as UTF-8.").format(path=path)
        ) from error
    except OSError as error:
        raise UnreadableSubmission(
            _("{path} cannot be read: {reason}.").format(path=path, reason=error.strerror)
        ) from error
    except Exception as error:
        raise UnreadableSubmission(
            _("{path} is no valid notebook: {reason}.").format(path=path, reason=error)
        ) from error
    return [
        Cell(number, cell.source, frozenset(cell.metadata.get("tags", ())))
        for number, cell in enumerate(notebook.cells, start=1)
        if cell.cell_type == "code"
    ]


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
