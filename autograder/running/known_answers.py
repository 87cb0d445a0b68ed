"""Known answers, tried on the checks: the reference solution with one function replaced.

A known mistake must fail and be called by its own name; a right alternative must pass.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from autograder import course
from autograder.course.misconceptions import Misconception, catalogue
from autograder.engine.local import LocalEngine
from autograder.engine.run_cells import load
from autograder.reports import wording
from autograder.reports.model import CheckResult, FunctionReport
from autograder.running.runner import run
from autograder.running.targets import EngineTarget
from autograder.submissions.cells import Cell
from autograder.submissions.parse import parsed_solution
from autograder.util.i18n import _

# Mistakes that the first check cannot tell from another one, whose sentence names both.
NAMED_TOGETHER = {
    "error-sign-reversed": "step-uphill",
    "discount-of-rank": "nothing-matched",
    "stops-at-first-miss": "nothing-matched",
    "embeddings-standardised-in-place": "scaler-left-behind",
}
_ANSWER = "<answer>"


@dataclass(frozen=True)
class Alternative:
    """A right answer that is written differently from the reference."""

    name: str
    function: str
    code: str


def alternatives_in(path: Path) -> dict[str, Alternative]:
    """Return the right alternatives in a TOML file by name; empty where there is no file.

    Raises:
        tomllib.TOMLDecodeError: The file is no TOML.
        TypeError: An entry lacks `function` or `code`, or holds something else.
    """
    if not path.is_file():
        return {}
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: Alternative(name, **entry) for name, entry in table.items()}


@cache
def reference(exercise: str) -> dict[str, Any]:
    """Return the namespace that the cells of a reference solution leave."""
    return load(parsed_solution(exercise)).engine.namespace


def cells_of_reference(exercise: str) -> tuple[Cell, ...]:
    """Return the cells of a reference solution that checks need."""
    return parsed_solution(exercise).cells_to_run


def verdict_on(
    function: str, code: str, seed: int | None = None, names: dict[str, Any] | None = None
) -> FunctionReport:
    """Return the verdict on a function when some code replaces it in the reference solution.

    Args:
        function: Its name or address (see `course.address`).
        code: The answer to try; it runs in this process.
        seed: The seed of the checks' data; None for the public seed.
        names: Further names that the code may use.

    Raises:
        LookupError: There is no such function in the course.
        CheckError: The checks cannot run.
    """
    step, name = course.located(function)
    namespace = {**reference(step.name), **(names or {})}
    exec(compile(code, _ANSWER, "exec"), namespace)
    engine = LocalEngine(namespace, lambda filename: filename == _ANSWER)
    address = course.address(step.name, name)
    [report] = run(EngineTarget(step.name, engine, frozenset({address})), seed)
    return report.functions[0]


def fault_of_mistake(mistake: Misconception, report: FunctionReport) -> str | None:
    """Return what is wrong with the verdict on a known mistake; None where nothing is.

    The mistake must fail, no other mistake's name may come first, and the message that names it
    holds its cause.
    """
    failed = [check for check in report.checks if check.outcome != "passed"]
    if not failed:
        return _("{name} earns full points").format(name=mistake.name)
    broken = [check for check in failed if check.outcome != "failed"]
    if broken:
        text = _("{name} ends as {outcome}: {message}")
        return text.format(
            name=mistake.name, outcome=broken[0].outcome, message=message_of(broken[0])
        )
    return _misnamed(mistake.name, failed) or _unsaid(mistake, failed)


def fault_of_alternative(name: str, report: FunctionReport) -> str | None:
    """Return the first problem of a right alternative, None where it passes."""
    if report.problem is None:
        return None
    text = _("{name} is not accepted by {check}: {message}")
    return text.format(name=name, check=report.problem.id, message=message_of(report.problem))


def message_of(check: CheckResult) -> str:
    """Return the words of a check's verdict, "" where it has none."""
    return wording.text(check.message) if check.message else ""


def _misnamed(name: str, failed: list[CheckResult]) -> str | None:
    """Return how the failed checks miss the name of a mistake, None where they give it."""
    first = failed[0].misconception
    if first is None:
        text = _("the first problem of {name} names no cause: {message}")
        return text.format(name=name, message=message_of(failed[0]))
    expected = first in (name, NAMED_TOGETHER.get(name)) or first not in catalogue()
    if not expected:
        text = _("{name} is called {first}: {message}")
        return text.format(name=name, first=first, message=message_of(failed[0]))
    if name not in {check.misconception for check in failed}:
        text = _("no check gives {name} its name; they give {names}")
        return text.format(name=name, names=", ".join(str(c.misconception) for c in failed))
    return None


def _unsaid(mistake: Misconception, failed: list[CheckResult]) -> str | None:
    """Return how the message that names a mistake misses its cause or its length."""
    message = next(message_of(c) for c in failed if c.misconception == mistake.name)
    if mistake.cause not in message:
        text = _("the message on {name} lacks its cause: {message}")
        return text.format(name=mistake.name, message=message)
    if len(message.split()) > wording.MAX_WORDS:
        text = _("the message on {name} is longer than {n} words: {message}")
        return text.format(name=mistake.name, n=wording.MAX_WORDS, message=message)
    return None
