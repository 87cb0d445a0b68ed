"""How a command ends when it cannot do its work: one plain sentence, and an exit code."""

import sys
from typing import NoReturn

import typer

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
