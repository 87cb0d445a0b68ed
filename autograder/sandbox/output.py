"""What a cell leaves to read: text and figures, cut to what a page can hold on both sides."""

from dataclasses import dataclass

MAX_TEXT = 20_000
MAX_FIGURES = 4
MAX_FIGURE_BYTES = 300_000

_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Output:
    """What a cell printed, and the PNGs of what it drew."""

    text: str
    figures: tuple[bytes, ...]


def accepted(text: str, figures: list) -> Output:
    """As much of a worker's word as can be shown; it may be anything."""
    pictures = [part for part in figures if type(part) is bytes and part.startswith(_PNG)]
    fitting = [picture for picture in pictures if len(picture) <= MAX_FIGURE_BYTES]
    return Output(text[: 2 * MAX_TEXT], tuple(fitting[:MAX_FIGURES]))
