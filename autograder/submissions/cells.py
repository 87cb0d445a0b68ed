"""What reading a submission gives: its cells, what was noticed, or why it cannot be graded."""

from dataclasses import dataclass

from autograder.util.i18n import _

CHECK, DEMO = "check", "demo"


class UnreadableSubmission(Exception):
    """A file that cannot be read as an exercise; the text says why and what to do.

    notes: what was noticed about the file before.
    """

    def __init__(self, message: str, notes: tuple[str, ...] = ()):
        super().__init__(message)
        self.notes = notes


def refusal(name: str, reason: str, remedy: str) -> UnreadableSubmission:
    """The exception for a file that cannot be graded; reason and remedy are plain English."""
    text = _("{name} cannot be graded because {reason}. {remedy}")
    return UnreadableSubmission(text.format(name=name, reason=reason, remedy=remedy))


def tags_of(value) -> frozenset[str]:
    """The tags among whatever stands where a cell's tags belong."""
    values = value if isinstance(value, list) else [value]
    return frozenset(tag for tag in values if isinstance(tag, str))


@dataclass(frozen=True)
class Written:
    """A cell as it stands in a file: `kind` is code, markdown or raw; `number` counts from 1.

    line: of the script in which the source begins; 1 in notebooks, whose cells count their own.
    """

    number: int
    kind: str
    source: str
    tags: frozenset[str] = frozenset()
    line: int = 1


@dataclass(frozen=True)
class Cell:
    """A code cell: its position among all cells, its source, its tags; `line` as in `Written`."""

    number: int
    source: str
    tags: frozenset[str]
    line: int = 1

    @property
    def runs_in_checks(self) -> bool:
        """Demonstrations and check cells are for the learner; checks do without them."""
        return not self.tags & {DEMO, CHECK}
