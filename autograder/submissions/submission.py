"""What a learner hands in: a file that was found, and the same file read and parsed."""

from dataclasses import dataclass
from pathlib import Path

from autograder.submissions.cells import Cell


@dataclass(frozen=True)
class Submission:
    """A file for one exercise, found and not yet read.

    Attributes:
        exercise: The exercise's full name.
        path: The file.
        learner: Whose file it is; empty where a learner checks their own.
        notes: What was noticed while the file was chosen.
    """

    exercise: str
    path: Path
    learner: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parsed:
    """A submission read and parsed once: all that a check or a worker needs of it.

    Attributes:
        submission: The file.
        sha256: The digest of the bytes that were parsed.
        cells: All code cells as they count, after repairs.
        notes: What was noticed while the file was chosen and read.
    """

    submission: Submission
    sha256: str
    cells: tuple[Cell, ...]
    notes: tuple[str, ...] = ()

    @property
    def cells_to_run(self) -> tuple[Cell, ...]:
        """The cells that checks need: no demonstration and no check cell."""
        return tuple(cell for cell in self.cells if cell.runs_in_checks)
