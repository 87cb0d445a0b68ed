"""Trying an answer of a learner: the reference solution with one function replaced."""

import tomllib
from functools import cache
from pathlib import Path

from autograder import course, paths
from autograder.engine import Engine
from autograder.files import SubmissionFile
from autograder.loading import load
from autograder.report import FunctionReport
from autograder.runner import run
from autograder.session import NamespaceTarget

ALTERNATIVES = Path(__file__).parent / "alternatives"


@cache
def reference(exercise: str) -> dict:
    """The namespace of a reference solution."""
    file = SubmissionFile(exercise, paths.solutions() / f"{exercise}.py")
    return load(file).namespace


def verdict_on(
    function: str, code: str, seed: int | None = None, names: dict | None = None
) -> FunctionReport:
    """The verdict on `function` when `code` replaces it in the reference solution.

    names: further names that the code may use.
    """
    exercise = course.step_of_function(function).name
    namespace = {**reference(exercise), **(names or {})}
    exec(compile(code, "<answer>", "exec"), namespace)
    engine = Engine(namespace, lambda filename: filename == "<answer>")
    [report] = run(NamespaceTarget(exercise, engine, frozenset({function})), seed)
    return report.functions[0]


def alternatives() -> dict[str, dict]:
    """Right answers written differently, by name: `function` and `code`."""
    entries = {}
    for path in sorted(ALTERNATIVES.glob("*.toml")):
        entries.update(tomllib.loads(path.read_text(encoding="utf-8")))
    return entries
