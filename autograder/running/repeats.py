"""Checks that are repeated, so that a mistake in one function costs its points only once.

Where a function calls another function of the learner's that does not pass, its failed checks run
again. This time the course's own function answers in place of the faulty one. A check that now
passes counts as passed; any other check keeps its verdict. `course.toml` names the pairs of
functions (`builds_on`), and no other function is ever answered for.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from autograder import course
from autograder.reports.model import CheckResult, FunctionReport, Message, of_function
from autograder.util.i18n import _

# A stub also costs its own points only.
_DO_NOT_PASS = frozenset({"failed", "timeout", "todo"})
_REPEATED = frozenset({"failed", "timeout"})


class NotRepeated(Exception):
    """Report that checks cannot be repeated; their verdicts stay as they are."""


@dataclass(frozen=True)
class Repeat:
    """Checks of one function to repeat.

    Attributes:
        exercise: The exercise's full name.
        function: The function that the checks are about.
        answered: The functions that the course answers for, in the order of `course.toml`.
        checks: The ids of the checks.
    """

    exercise: str
    function: str
    answered: tuple[str, ...]
    checks: frozenset[str]


@dataclass(frozen=True)
class Repeated:
    """The outcome of a repeat. Only checks in which the course answered count.

    Attributes:
        passed: The checks that passed, each with the functions that the course answered for.
        failed: The checks that failed again, in the same way.
    """

    passed: Mapping[str, tuple[str, ...]]
    failed: Mapping[str, tuple[str, ...]]


def due(
    step: course.Step,
    functions: Iterable[FunctionReport],
    callees: Callable[[], Mapping[str, frozenset[str]]],
) -> list[Repeat]:
    """Return the repeats that the verdicts on an exercise call for.

    Args:
        step: The exercise.
        functions: The reports on its functions.
        callees: Returns the learner's functions, each with the names that it may call. Nothing
            calls it where nothing can be due.
    """
    functions = tuple(functions)
    faulty = {each.name for each in functions if each.outcome in _DO_NOT_PASS}
    found = []
    for each in functions:
        checks = frozenset(check.id for check in each.checks if check.outcome in _REPEATED)
        answered = [name for name in step.builds_on.get(each.name, ()) if name in faulty]
        if checks and answered:
            called = callees().get(each.name, frozenset())
            answered = [name for name in answered if name in called]
        if checks and answered:
            found.append(Repeat(step.name, each.name, tuple(answered), checks))
    return found


def with_repeats(functions: list[FunctionReport], repeated: Repeated) -> list[FunctionReport]:
    """Return the reports on functions, in which the checks that passed when repeated passed."""
    if not repeated.passed:
        return functions
    return [
        of_function(
            each.name,
            each.max_points,
            tuple(_with_repeat(check, repeated) for check in each.checks),
        )
        for each in functions
    ]


def _with_repeat(check: CheckResult, repeated: Repeated) -> CheckResult:
    answered = repeated.passed.get(check.id)
    if answered is None:
        return check
    text = _(
        "Passed with the course's own {others} in place of yours: a mistake costs points only "
        "once. Mend {others} next."
    ).format(others=", ".join(answered))
    return replace(
        check,
        outcome="passed",
        points=check.max_points,
        message=Message(got=text),
        misconception=None,
        answered_by_course=answered,
    )
