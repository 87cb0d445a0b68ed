"""Exceptions of a learner's code, which reach a check as the nearest built-in type."""

import builtins
import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import takewhile
from types import FrameType
from typing import Any

from autograder.engine.kit_sentences import of_raised
from autograder.util.i18n import Translatable, _, joined
from autograder.util.languages import ENGLISH

MAX_MESSAGE = 600
MAX_NAME = 80
MAX_NOTE = 240
MAX_NAMES = 20

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Raised:
    """The record of an exception that a learner's code raised.

    Attributes:
        type_name: The name of the exception's type.
        builtin: The name of the nearest built-in exception.
        message: The exception's text, cut to `MAX_MESSAGE` characters; a sentence of the kit's own
            is in English (see `in_words`).
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

    def __post_init__(self) -> None:
        if isinstance(self.message, Translatable):
            object.__setattr__(self, "message", self.message.in_language(ENGLISH))

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

    @property
    def in_words(self) -> str:
        """The type and the text; a sentence of the kit's own follows the language."""
        sentence = of_raised(self.message)
        return str(self) if sentence is None else joined(": ", [self.type_name, sentence])

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
    """Return one line about a cell that raised; its parameter `kind` names the exception."""
    error = raised.in_words
    if not isinstance(error, Translatable):
        error = " ".join(error.split())
        error = error if len(error) <= MAX_NOTE else error[:MAX_NOTE] + " …"
    if not raised.where:
        text = _("cell {n} stopped: {error}")
    else:
        text = _("cell {n} stopped: {error} in {where}")
    return text.format(n=number, error=error, where=raised.where, kind=raised.type_name)


def of_learner(error: BaseException) -> Raised | None:
    """Return the record of an exception that a learner's code raised; None for any other."""
    return getattr(error, "learner", None)


def english(error: BaseException) -> str:
    """Return the text of an exception; a sentence of the kit's own in English."""
    said = error.args[0] if len(error.args) == 1 else None
    return said.in_language(ENGLISH) if isinstance(said, Translatable) else str(error)


def _text(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return str(error.msg)[:MAX_MESSAGE]
    if isinstance(error, SystemExit) and error.code is None:
        return ""
    try:
        text = _ANSI.sub("", _without_graph(english(error)))
    except BaseException:
        text = ""
    text = text if len(text) <= MAX_MESSAGE else text[:MAX_MESSAGE] + " …"
    return text + _names_there(error)


def _names_there(error: BaseException) -> str:
    """Return the column names, or labels, of the pandas object that lacks a name."""
    owner = _owner(error)
    if owner is None:
        return ""
    kind = "column" if type(owner).__name__ == "DataFrame" else "label"
    names = list(owner.columns if kind == "column" else owner.index)[: MAX_NAMES + 1]
    if not 0 < len(names) <= MAX_NAMES or not all(type(name) is str for name in names):
        return ""
    if len(names) == 1:
        return f"; its only {kind}: {names[0][:MAX_NAME]}"
    listed = f"; its {kind}s: {', '.join(name[:MAX_NAME] for name in names)}"[:MAX_NOTE]
    lower = {name.lower(): name for name in names}
    near = get_close_matches(_missing_name(error).lower(), lower, n=1, cutoff=0.72)
    return f"{listed}; nearest: {lower[near[0]][:MAX_NAME]}" if near else listed


def _owner(error: BaseException) -> Any:
    """Return the DataFrame or Series in which an exception missed a name, else None."""
    owners: list[object] = []
    if isinstance(error, AttributeError):
        owners = [error.obj]
    elif isinstance(error, KeyError):
        frames = [frame for frame, _line in traceback.walk_tb(error.__traceback__)][::-1]
        owners = [frame.f_locals.get("self") for frame in takewhile(_is_pandas, frames)]
    return next((owner for owner in owners if _has_names(owner)), None)


def _is_pandas(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).startswith("pandas.")


def _has_names(owner: object) -> bool:
    kind = type(owner)
    return kind.__module__.startswith("pandas") and kind.__name__ in ("DataFrame", "Series")


def _missing_name(error: BaseException) -> str:
    if isinstance(error, AttributeError):
        return str(error.name)
    return "".join(re.findall(r"\w+", str(error))[:1])


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
