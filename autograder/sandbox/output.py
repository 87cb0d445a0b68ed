"""Limits on the output of a worker, which both sides apply.

The judge trusts no worker: a learner's code may have taken over the process and may send anything.
"""

import builtins
from dataclasses import dataclass

from autograder.engine.exceptions import Raised

MAX_TEXT = 20_000
MAX_FIGURES = 4
MAX_FIGURE_BYTES = 300_000
MAX_LINE = 10**9

_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Output:
    """The output of a cell.

    Attributes:
        text: What the cell printed.
        figures: What the cell drew, as PNG files.
    """

    text: str
    figures: tuple[bytes, ...]


def accepted(text: str, figures: list[object]) -> Output:
    """Truncate untrusted output of a cell to what a page can show.

    Args:
        text: The printed text.
        figures: Objects of any kind; only PNG files of an acceptable size remain.
    """
    pictures = [part for part in figures if type(part) is bytes and part.startswith(_PNG)]
    fitting = [picture for picture in pictures if len(picture) <= MAX_FIGURE_BYTES]
    return Output(text[: 2 * MAX_TEXT], tuple(fitting[:MAX_FIGURES]))


def accepted_exception(fields: object) -> Raised | None:
    """Truncate an untrusted exception record; return None for anything else.

    Args:
        fields: The six fields of a `Raised`, in a list.
    """
    match fields:
        case [str(type_name), str(builtin), str(message), int(line), str(function), str(source)]:
            return Raised(
                type_name[:80],
                _builtin(builtin),
                message[:700],
                min(max(line, 0), MAX_LINE),
                function[:80],
                source[:220],
            )
    return None


def _builtin(name: str) -> str:
    """Return the name of a built-in exception, `RuntimeError` in place of any other name."""
    kind = getattr(builtins, name, None)
    return name if isinstance(kind, type) and issubclass(kind, Exception) else "RuntimeError"
