"""The cause behind a wrong answer to a call that leaves out an argument with another default."""

import ast
from functools import cache
from typing import Any, NamedTuple

from autograder.checking.proxies import SubmissionProxy
from autograder.checking.value_causes import Cause
from autograder.course import misconceptions
from autograder.course.solution_cells import SolutionError
from autograder.course.solutions import answer_of
from autograder.util.i18n import _

NAME = "default-changed"


class Parameter(NamedTuple):
    """A parameter of a function whose default is a number or a text."""

    position: int
    default: Any


def of_defaults(submission: SubmissionProxy, function: str) -> Cause | None:
    """Return the cause where the latest call used a default that the stub does not have.

    Args:
        submission: The submission, after the call.
        function: The function that is checked, by its name or address.
    """
    call = submission.latest_call
    if call is None or call.function._label != function.rpartition(".")[2]:
        return None
    wanted = _parameters_of(function)
    if not wanted:
        return None
    told = submission.given.defaults(call.function)
    for name, (position, default) in wanted.items():
        is_left_out = position >= call.n_positional and name not in call.keywords
        if is_left_out and name in told and told[name] != default:
            text = _DEFAULT.format(name=name, value=told[name], wanted=default)
            return Cause(NAME, text)
    return None


def is_about_defaults(mistake: str) -> bool:
    """Return whether a known mistake is itself another default than the stub's."""
    known = misconceptions.catalogue().get(mistake)
    if known is None:
        return False
    wanted = _parameters_of(known.function)
    return any(
        name in wanted and wanted[name].default != parameter.default
        for name, parameter in parameters_in(known.code, known.function).items()
    )


def parameters_in(source: str, function: str) -> dict[str, Parameter]:
    """Return the parameters with a plain default of a function in a source text."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            names = [argument.arg for argument in node.args.args]
            first = len(names) - len(node.args.defaults)
            return {
                names[first + k]: Parameter(first + k, value.value)
                for k, value in enumerate(node.args.defaults)
                if isinstance(value, ast.Constant) and value.value is not None
            }
    return {}


@cache
def _parameters_of(function: str) -> dict[str, Parameter]:
    try:
        return parameters_in(answer_of(function), function.rpartition(".")[2])
    except (SolutionError, LookupError, ValueError):
        return {}


_DEFAULT = _(
    "Where `{name}` is left out, your function takes {value}, and {wanted} is agreed. What did the "
    "first line of the function say, before it was changed?"
)
