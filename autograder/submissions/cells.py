"""The cells of a submission, and the exception for a file that cannot be graded."""

from dataclasses import dataclass

from autograder.util.i18n import _

CHECK, DEMO = "check", "demo"


class UnreadableSubmission(Exception):
    """An error for a file that cannot be read as an exercise; the text names reason and remedy.

    Attributes:
        notes: What was noticed about the file before the error.
    """

    def __init__(self, message: str, notes: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.notes = notes


def refusal(name: str, reason: str, remedy: str) -> UnreadableSubmission:
    """Return the exception for a file that cannot be graded.

    Args:
        name: The file's name.
        reason: A clause in plain language.
        remedy: A sentence in plain language.
    """
    text = _("{name} cannot be graded because {reason}. {remedy}")
    return UnreadableSubmission(text.format(name=name, reason=reason, remedy=remedy))


def tags_of(value: object) -> frozenset[str]:
    """Return the strings in the value of a cell's metadata `tags`, which may be of any type."""
    values = value if isinstance(value, list) else [value]
    return frozenset(tag for tag in values if isinstance(tag, str))


@dataclass(frozen=True)
class Written:
    """A cell as a file holds it.

    Attributes:
        number: The cell's position among all cells, from 1.
        kind: "code", "markdown" or "raw".
        source: The text.
        tags: The tags of its metadata.
        line: The line of the script in which the source begins; 1 in a notebook, where each cell
            counts its own lines.
    """

    number: int
    kind: str
    source: str
    tags: frozenset[str] = frozenset()
    line: int = 1


@dataclass(frozen=True)
class Cell:
    """A code cell after repairs.

    Attributes:
        number: The cell's position among all cells, from 1.
        source: The code.
        tags: The tags of its metadata, and those that repairs added.
        line: The line of the script in which the source begins, as in `Written`.
    """

    number: int
    source: str
    tags: frozenset[str]
    line: int = 1

    @property
    def runs_in_checks(self) -> bool:
        """Whether checks need the cell: it is neither a demonstration nor a check cell."""
        return not self.tags & {DEMO, CHECK}
