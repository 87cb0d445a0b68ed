"""Stand-ins for a learner's functions, for which the course's own functions answer.

A check that failed because of another function of the learner's is repeated with a stand-in under
that function's name. A stand-in passes its arguments on by value and returns the answer. In this
process an `Answerer` answers at once; a worker asks its judge, which holds the `Answerer`.
"""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from autograder.engine.exceptions import record
from autograder.engine.plain_data import by_value
from autograder.util.i18n import _

MAX_ANSWERS = 10_000

Ask = Callable[[str, tuple[Any, ...], dict[str, Any]], Any]
"""Asks for an answer: the name of the function, its arguments by position and by name."""

ERRORS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""Exceptions of a function, which reach its caller; the limits on a judge's time are others."""


class Answerer:
    """The course's own functions, which answer for a learner's; they see plain data only.

    Attributes:
        n_answers: The number of answers since the latest `begin`.
    """

    def __init__(self, functions: Mapping[str, Callable[..., Any]]):
        """Answer for some functions.

        Args:
            functions: The course's functions by name.
        """
        self._functions = dict(functions)
        self.n_answers = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the functions."""
        return tuple(self._functions)

    def begin(self) -> None:
        """Begin a check, which may ask `MAX_ANSWERS` times."""
        self.n_answers = 0

    def answer(self, name: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Return a function's answer to copies of the arguments, by value.

        Raises:
            TypeError: An argument, or the answer, is no plain data.
            LookupError: The answerer does not answer for this function.
            RuntimeError: The check asks too often.
            Exception: The function raised it; the exception of the built-in type carries no line
                of the function's code.
        """
        if name not in self._functions:
            raise LookupError(_("nobody answers for {name} here").format(name=name))
        if self.n_answers >= MAX_ANSWERS:
            raise RuntimeError(_("more than {n} calls of {name}").format(n=MAX_ANSWERS, name=name))
        self.n_answers += 1
        arguments, keywords = by_value((arguments, keywords), _refuse)
        try:
            return by_value(self._functions[name](*arguments, **keywords), _refuse)
        except ERRORS as error:
            raised = record(error, lambda _filename: False)
        raise raised.exception()


def stand_in(name: str, ask: Ask) -> Callable[..., Any]:
    """Return a function that asks for its answers.

    Args:
        name: The name of the function.
        ask: Returns the answer, or raises what the function raises.
    """

    def function(*arguments: Any, **keywords: Any) -> Any:
        arguments, keywords = by_value((arguments, keywords), _refuse)
        return ask(name, arguments, keywords)

    function.__name__ = function.__qualname__ = name
    return function


def _refuse(value: object) -> NoReturn:
    text = _("a {kind} cannot be passed by value")
    raise TypeError(text.format(kind=type(value).__name__))
