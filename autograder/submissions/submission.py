"""A learner's submission: a file that was found, and the same file read and parsed."""

from dataclasses import dataclass
from pathlib import Path

from autograder.submissions.cells import Cell
from autograder.util.languages import ENGLISH


@dataclass(frozen=True)
class Submission:
    """A file for one exercise, found and not yet read.

    Attributes:
        exercise: The exercise's full name.
        path: The file.
        learner: The learner's name; empty where a learner checks their own file.
        notes: What was noticed while the file was chosen.
    """

    exercise: str
    path: Path
    learner: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parsed:
    """A submission that was read and parsed once; checks and workers need nothing else of it.

    Attributes:
        submission: The file.
        sha256: The digest of the bytes that were parsed.
        cells: All code cells, after repairs.
        notes: What was noticed while the file was chosen and read.
        language: The language of the file, in which its verdicts are written.
    """

    submission: Submission
    sha256: str
    cells: tuple[Cell, ...]
    notes: tuple[str, ...] = ()
    language: str = ENGLISH

    @property
    def cells_to_run(self) -> tuple[Cell, ...]:
        """The cells that checks need, without demonstrations and check cells."""
        return tuple(cell for cell in self.cells if cell.runs_in_checks)
