"""Files that are written atomically: a reader meets the old file or the new one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.util.i18n import _


class NotWritten(OSError):
    """A file or folder that cannot be written; the text says which, and why."""


def write_atomic(path: Path, text: str | bytes) -> None:
    """Write a text as UTF-8, or bytes, with its folder; an interruption leaves the old file.

    Lone surrogates, which Python makes of a file name that is not UTF-8, become JSON's escapes.

    Raises:
        NotWritten: The file or its folder cannot be written.
    """
    make_folder(path.parent)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with _refused_as_not_written(path):
        try:
            content = text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace")
            partial.write_bytes(content)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)


def make_folder(path: Path) -> None:
    """Make a folder where there is none.

    Raises:
        NotWritten: The folder cannot be made.
    """
    with _refused_as_not_written(path):
        path.mkdir(parents=True, exist_ok=True)


@contextmanager
def _refused_as_not_written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        text = _("{path} cannot be written: {reason}.")
        raise NotWritten(text.format(path=path, reason=error.strerror)) from error
