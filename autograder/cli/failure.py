"""How a command ends when it cannot do its work: one plain sentence, and an exit code."""

import sys
from typing import NoReturn

import typer


def stop(message: str, code: int = 2) -> NoReturn:
    """Print a message to standard error and end the command.

    Args:
        message: What is wrong and what to do about it.
        code: The exit code.

    Raises:
        typer.Exit: Always.
    """
    print(message, file=sys.stderr)
    raise typer.Exit(code)
