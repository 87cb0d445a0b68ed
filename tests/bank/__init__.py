"""Verdicts on a learner's answer: the reference solution with one function replaced."""

import tomllib
from functools import cache
from pathlib import Path

from autograder import course
from autograder.engine.local import LocalEngine
from autograder.engine.run_cells import load
from autograder.grading.judge import Rules, judge, solution
from autograder.reports.model import FunctionReport
from autograder.running.runner import run
from autograder.running.targets import EngineTarget
from autograder.sandbox.isolation import LAYERS

ALTERNATIVES = Path(__file__).parent / "alternatives"


@cache
def reference(exercise: str) -> dict:
    """Return the namespace of a reference solution."""
    return load(solution(exercise)).engine.namespace


def verdict_on(
    function: str, code: str, seed: int | None = None, names: dict | None = None
) -> FunctionReport:
    """Return the verdict on `function` when `code` replaces it in the reference solution.

    `names` holds further names that the code may use.
    """
    exercise = course.step_of_function(function).name
    namespace = {**reference(exercise), **(names or {})}
    exec(compile(code, "<answer>", "exec"), namespace)
    engine = LocalEngine(namespace, lambda filename: filename == "<answer>")
    [report] = run(EngineTarget(exercise, engine, frozenset({function})), seed)
    return report.functions[0]


def verdict_in_sandbox(function: str, code: str, zygote, seed: int) -> FunctionReport:
    """Return the verdict of a worker of the zygote; without a zygote, of this process."""
    if zygote is None:
        return verdict_on(function, code, seed)
    exercise = course.step_of_function(function).name
    result = judge(solution(exercise, code), zygote.socket, Rules(seed), frozenset({function}))
    assert set(result.report.isolation) == set(LAYERS), result.report.notes
    return result.report.functions[0]


def alternatives() -> dict[str, dict]:
    """Return right answers written differently, by name: `function` and `code`."""
    entries = {}
    for path in sorted(ALTERNATIVES.glob("*.toml")):
        entries.update(tomllib.loads(path.read_text(encoding="utf-8")))
    return entries
