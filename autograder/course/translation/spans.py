"""A unit and its place in the source of a cell."""

from dataclasses import dataclass

LINE_LENGTH = 100


@dataclass(frozen=True)
class Unit:
    """A piece of a cell that is translated as a whole.

    Attributes:
        text: What the translator reads, the message id. Line breaks of prose are spaces.
        what: What it is: `heading`, `paragraph`, `comment`, `string` and so on, then its place.
        start: Where the unit begins in the source of its cell.
        end: Where it ends.
        rest: What stands before each further line, where the text is reflowed when built;
            None where the line breaks are the text's own.
    """

    text: str
    what: str
    start: int
    end: int
    rest: str | None = None
