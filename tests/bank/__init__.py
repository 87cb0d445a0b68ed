"""Trying an answer of a learner on both sides of the sandbox."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from autograder import course
from autograder.grading.judge import judge, solution
from autograder.grading.rules import Rules
from autograder.reports.model import FunctionReport
from autograder.running.known_answers import Alternative, alternatives_in, verdict_on
from autograder.sandbox.isolation import LAYERS

ALTERNATIVES = Path(__file__).parent / "alternatives"
STRANGERS = Path(__file__).parent / "strangers"


@dataclass(frozen=True)
class StrangersAnswer:
    """An answer by somebody who had not read the checks, right or wrong by the contract."""

    function: str
    right: bool
    kind: str
    code: str


def verdict_in_sandbox(function: str, code: str, zygote, seed: int) -> FunctionReport:
    """Return the verdict on an answer in a worker of the zygote; in-process without a zygote."""
    if zygote is None:
        return verdict_on(function, code, seed)
    exercise = course.step_of_function(function).name
    result = judge(solution(exercise, code), zygote.socket, Rules(seed), frozenset({function}))
    assert set(result.report.isolation) == set(LAYERS), result.report.notes
    return result.report.functions[0]


def alternatives() -> dict[str, Alternative]:
    """Return the right answers written differently, by name."""
    entries = {}
    for path in sorted(ALTERNATIVES.glob("*.toml")):
        entries.update(alternatives_in(path))
    return entries


def strangers(exercise: str | None = None) -> dict[str, StrangersAnswer]:
    """Return the strangers' answers to an exercise by name, or those to all exercises."""
    entries = {}
    for path in sorted(STRANGERS.glob(f"{exercise or '*'}.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        entries.update({name: StrangersAnswer(**entry) for name, entry in table.items()})
    return entries
