"""Files that are either whole or not there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.i18n import _


class NotWritten(OSError):
    """A file or folder that cannot be written; the text says which, and why."""


def write_whole(path: Path, text: str) -> None:
    """Write a text as UTF-8; a reader, or an interruption, meets the old file or the new one.

    Half characters, such as Python makes of a file name that is no UTF-8, become JSON's escapes.
    Raises `NotWritten`.
    """
    make_folder(path.parent)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with _telling(path):
        try:
            partial.write_bytes(text.encode("utf-8", "backslashreplace"))
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


def make_folder(path: Path) -> None:
    """Make a folder where there is none; raises `NotWritten`."""
    with _telling(path):
        path.mkdir(parents=True, exist_ok=True)


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        text = _("{path} cannot be written: {reason}.")
        raise NotWritten(text.format(path=path, reason=error.strerror)) from error
