"""Exceptions of a learner's code, which reach a check as the nearest built-in type."""

import builtins
import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from autograder.util.i18n import _

MAX_MESSAGE = 600
MAX_NAME = 80
MAX_NOTE = 240

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Raised:
    """The record of an exception that a learner's code raised.

    Attributes:
        type_name: The name of the exception's type.
        builtin: The name of the nearest built-in exception.
        message: The exception's text, cut to `MAX_MESSAGE` characters.
        line: The innermost line of the learner's own code, 0 where it is unknown.
        function: The function that the line belongs to, empty in a syntax error.
        source: The text of the line.
    """

    type_name: str
    builtin: str
    message: str
    line: int = 0
    function: str = ""
    source: str = ""

    @property
    def where(self) -> str:
        """The place in the learner's code, in words; empty where the place is unknown."""
        if not self.line:
            return ""
        if not self.function:
            text = _("line {n}: {source}")
        elif self.source:
            text = _("line {n} of {function}: {source}")
        else:
            text = _("line {n} of {function}")
        return text.format(n=self.line, function=self.function, source=self.source)

    def exception(self) -> Exception:
        """Return an exception of the built-in type that carries this record (see `of_learner`)."""
        kind: type[Exception] = getattr(builtins, self.builtin)
        try:
            error = kind(self.message)
        except TypeError:
            error = RuntimeError(self.message)
        error.learner = self  # type: ignore[attr-defined]
        return error

    def is_in(self, function: str) -> bool:
        """Return whether a function of this name raised the exception."""
        return self.function == function

    def __str__(self) -> str:
        return f"{self.type_name}: {self.message}" if self.message else self.type_name


def record(error: BaseException, is_learners: Callable[[str], bool]) -> Raised:
    """Return the record of an exception.

    Args:
        error: The exception.
        is_learners: Returns whether a file name in a traceback is the learner's.
    """
    builtin = next(
        (
            kind.__name__
            for kind in type(error).__mro__
            if issubclass(kind, Exception)
            and kind is not Exception
            and getattr(builtins, kind.__name__, None) is kind
        ),
        "RuntimeError",
    )
    name = type(error).__name__[:MAX_NAME]
    return Raised(name, builtin, _text(error), *_place(error, is_learners))


def in_place(plain: str, source: str, line: int) -> str:
    """Return a cell's plain Python with empty lines before it, so that line numbers are right.

    Args:
        plain: The Python that IPython made of the cell, without the empty lines at its top.
        source: The cell as the learner wrote it.
        line: The number of the first line of `source`.
    """
    return "\n" * (line - 1 + _empty_lines(source) - _empty_lines(plain)) + plain


def _empty_lines(source: str) -> int:
    """Return the number of empty lines at the top of a text."""
    return source[: len(source) - len(source.lstrip())].count("\n")


def note_on_cell(number: int, raised: Raised) -> str:
    """Return one line about a cell that raised."""
    error = " ".join(str(raised).split())
    error = error if len(error) <= MAX_NOTE else error[:MAX_NOTE] + " …"
    if not raised.where:
        return _("cell {n} stopped: {error}").format(n=number, error=error)
    text = _("cell {n} stopped: {error} in {where}")
    return text.format(n=number, error=error, where=raised.where)


def of_learner(error: BaseException) -> Raised | None:
    """Return the record of an exception that a learner's code raised; None for any other."""
    return getattr(error, "learner", None)


def _text(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return str(error.msg)[:MAX_MESSAGE]
    if isinstance(error, SystemExit) and error.code is None:
        return ""
    try:
        text = _ANSI.sub("", _without_graph(str(error)))
    except BaseException:
        text = ""
    return text if len(text) <= MAX_MESSAGE else text[:MAX_MESSAGE] + " …"


def _without_graph(text: str) -> str:
    """Return TensorFlow's message without the listing of the graph before and inside it."""
    if not text.startswith("Graph execution error"):
        return text
    lines = [line for line in text.splitlines()[1:] if line.strip() and not line.startswith(" ")]
    return "\n".join(line for line in lines if not line.startswith("Detected at"))


def _place(error: BaseException, is_learners: Callable[[str], bool]) -> tuple[int, str, str]:
    """Return the innermost line of the learner's own code: its number, function and text."""
    if isinstance(error, SyntaxError):
        return error.lineno or 0, "", (error.text or "").strip()
    frames = [f for f in traceback.extract_tb(error.__traceback__) if is_learners(f.filename)]
    if not frames:
        return 0, "", ""
    last = frames[-1]
    return last.lineno or 0, last.name, last.line or ""
