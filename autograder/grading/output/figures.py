"""The figures of a learner's cells that a page or notebook shows: real PNGs, small when unpacked.

A PNG of a few kilobytes can unpack to gigapixels in the browser of whoever opens the page.
"""

import struct
from collections.abc import Sequence

from autograder.grading.results import CellOutput

MAX_FIGURE_BYTES = 2 * 2**20
MAX_FIGURE_PIXELS = 40_000_000
MAX_PIXELS = 100_000_000
MAX_FIGURES = 24

_PNG_START = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"


def showable_figures(outputs: Sequence[CellOutput]) -> list[list[bytes]]:
    """Return the figures to show of each output of one submission, in the same order.

    The figures of a submission number at most `MAX_FIGURES`, and hold at most `MAX_PIXELS` pixels
    together.
    """
    figures_left, pixels_left = MAX_FIGURES, MAX_PIXELS
    shown: list[list[bytes]] = []
    for output in outputs:
        shown.append([])
        for figure in output.figures:
            n_pixels = _pixels_of(figure)
            if (
                n_pixels is None
                or not figures_left
                or n_pixels > min(pixels_left, MAX_FIGURE_PIXELS)
            ):
                continue
            figures_left, pixels_left = figures_left - 1, pixels_left - n_pixels
            shown[-1].append(figure)
    return shown


def _pixels_of(figure: bytes) -> int | None:
    """Return the pixels that a PNG says to have; None for other bytes and for large files."""
    if len(figure) >= MAX_FIGURE_BYTES or not figure.startswith(_PNG_START):
        return None
    width, height = map(int, struct.unpack(">II", figure[16:24].ljust(8, b"\xff")))
    return width * height
