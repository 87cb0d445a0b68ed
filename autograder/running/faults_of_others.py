"""Functions that fail because another function of the learner's is at fault.

Where a function, or its check, calls a function that fails its own checks, the message names that
function first: mended, it may mend both.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from autograder.checking.value_causes import Cause
from autograder.course import misconceptions
from autograder.reports.model import CheckResult, FunctionReport
from autograder.util.i18n import _

_AT_FAULT = {"failed", "timeout"}


def with_faults_of_others(
    functions: list[FunctionReport],
    callees: Callable[[], Mapping[str, frozenset[str]]],
    called_by_check: Mapping[str, frozenset[str]],
    failed_again: Mapping[str, tuple[str, ...]] | None = None,
) -> list[FunctionReport]:
    """Return the reports on the functions of an exercise, in which messages name what is at fault.

    Args:
        functions: The reports on the functions.
        callees: Returns the learner's functions, each with the names that it may call. Nothing
            calls it where every function passed.
        called_by_check: The checks, each with the functions that it called.
        failed_again: The checks that failed a second time when the course answered for some
            functions, each with these functions (see `repeats`).
    """
    at_fault = [each.name for each in functions if each.outcome in _AT_FAULT]
    if not at_fault:
        return functions
    calls = callees()

    def explained(function: str, check: CheckResult) -> CheckResult:
        others = [name for name in at_fault if name != function]
        callees_here = calls.get(function, frozenset())
        called = called_by_check.get(check.id, frozenset())
        cause = _cause(function, others, callees_here, called)
        answered = (failed_again or {}).get(check.id)
        return _with_cause(check, _of_both(function, answered) if answered else cause)

    return [
        replace(each, checks=tuple(explained(each.name, check) for check in each.checks))
        for each in functions
    ]


def _cause(
    function: str, at_fault: list[str], callees: frozenset[str], called: frozenset[str]
) -> Cause | None:
    for other in at_fault:
        if other in callees:
            text = _(
                "{function} calls your {other}, which fails its own checks: mend {other} first."
            )
            return Cause("other-function-at-fault", text.format(function=function, other=other))
    for other in at_fault:
        if other in called:
            text = _(
                "This check also calls your {other}, which fails its own checks: "
                "mend {other} first."
            )
            return Cause("other-function-at-fault", text.format(other=other))
    return None


def _of_both(function: str, answered: tuple[str, ...]) -> Cause:
    text = _(
        "{function} fails with the course's own {others} in place of yours too: both are at fault. "
        "Mend {others} first."
    )
    others = ", ".join(answered)
    return Cause("other-function-at-fault", text.format(function=function, others=others))


def _with_cause(check: CheckResult, cause: Cause | None) -> CheckResult:
    """Return a failed check whose message begins with a cause; a known mistake stays beside it."""
    if cause is None or check.outcome != "failed" or check.message is None:
        return check
    known = check.misconception in misconceptions.catalogue()
    others = check.message.causes if known else ()
    return replace(
        check,
        message=replace(check.message, causes=(cause.text, *others)),
        misconception=check.misconception if known else cause.name,
    )
