"""How a command ends when it cannot do its work: one plain sentence, and an exit code."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import typer

from autograder.util.i18n import _
from autograder.util.text import visible


def stop(message: str, code: int = 2) -> NoReturn:
    """Print a message to standard error and end the command.

    The message may hold a file's name, so its hidden characters are spelled out.

    Args:
        message: What is wrong and what to do about it.
        code: The exit code.

    Raises:
        typer.Exit: Always.
    """
    print(visible(message), file=sys.stderr)
    raise typer.Exit(code)


def require_free(written: Iterable[Path], inputs: Iterable[Path | None]) -> None:
    """End the command where it would write over a file or a folder that it reads.

    Args:
        written: What the command would write.
        inputs: What the command reads; an option that was not given is None.

    Raises:
        typer.Exit: One of the paths is both, however it is spelled.
    """
    read = {path.resolve() for path in inputs if path is not None}
    for path in written:
        if any(_is_same(path, other) for other in read):
            text = _("{path} would be written over, and it is read here. Name another --out.")
            stop(text.format(path=path))


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return path.resolve() == other
