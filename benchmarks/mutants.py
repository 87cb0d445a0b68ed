"""Mutation test of the checks: small changes to reference answers that earn full points.

    python benchmarks/mutants.py [FUNCTION …] [--skip EXERCISE …]

The script changes every operator, constant, default, keyword argument and bare call of a reference
answer in turn, and runs the checks of its function in the sandbox. It lists each change that earns
full points, with the reason where `equivalent_mutants.toml` gives a reason. The exit code is 1
where a change has no reason.
"""

import argparse
import ast
import re
import sys
import time
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder import course
from autograder.course.solutions import answer_of
from autograder.grading.judge import Rules, judge, solution
from autograder.grading.judge_pool import new_zygote
from autograder.sandbox.zygote import Zygote
from autograder.util.environment import HEADLESS, QUIET, prefer

SEED = 1
REASONS = Path(__file__).with_name("equivalent_mutants.toml")

_OTHER = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


@dataclass(frozen=True)
class Mutant:
    """An answer with one change, and the line before and after: `k = n - 1 -> k = n + 1`."""

    function: str
    change: str
    code: str


def mutants_of(function: str) -> Iterator[Mutant]:
    """Yield all mutants of the reference answer of a function."""
    original = ast.parse(answer_of(function))
    for number, node in enumerate(ast.walk(original)):
        for alter in _changes(node):
            changed = deepcopy(original)
            target = list(ast.walk(changed))[number]
            alter(target)
            code = ast.unparse(ast.fix_missing_locations(changed))
            yield Mutant(function, _first_difference(ast.unparse(original), code), code)


def _changes(node: ast.AST) -> Iterator:
    """Yield functions that each change a copy of a node."""
    if isinstance(node, (ast.BinOp, ast.BoolOp)) and type(node.op) in _OTHER:
        yield lambda copy: setattr(copy, "op", _OTHER[type(copy.op)]())
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _OTHER:
        yield lambda copy: copy.ops.__setitem__(0, _OTHER[type(copy.ops[0])]())
    if isinstance(node, ast.UnaryOp):
        yield lambda copy: setattr(copy, "op", ast.UAdd())
    if isinstance(node, ast.Constant) and isinstance(node.value, (bool, int, float)):
        yield lambda copy: setattr(copy, "value", _other_value(copy.value))
    if isinstance(node, ast.Call):
        for place in range(len(node.keywords)):
            yield lambda copy, place=place: copy.keywords.pop(place)
        if len(node.args) > 1:
            yield lambda copy: copy.args.reverse()
    for name in ("body", "orelse"):
        statements = getattr(node, name, None)
        for place, statement in enumerate(statements if isinstance(statements, list) else ()):
            if _can_be_left_out(statement):
                yield lambda copy, name=name, place=place: getattr(copy, name).__setitem__(
                    place, ast.Pass()
                )


def _other_value(value):
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else 2 * value or 1.0


def _can_be_left_out(statement: ast.stmt) -> bool:
    bare_call = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
    return bare_call or isinstance(statement, ast.AugAssign)


def _first_difference(before: str, after: str) -> str:
    pairs = zip(before.splitlines(), after.splitlines(), strict=False)
    old, new = next((a, b) for a, b in pairs if a != b)
    return f"{old.strip()} -> {new.strip()}"


def survives(mutant: Mutant, zygote: Zygote) -> bool:
    """Return whether the checks of its function give a mutant full points."""
    handed = solution(course.step_of_function(mutant.function).name, mutant.code)
    result = judge(handed, zygote.socket, Rules(SEED), frozenset({mutant.function}))
    return result.report.functions[0].problem is None


def reason_for(mutant: Mutant) -> str | None:
    """Return the known reason why a surviving mutant is no mistake; None without a reason."""
    for entry in _reasons():
        everywhere = "functions" not in entry or mutant.function in entry["functions"]
        if everywhere and re.search(entry["change"], mutant.change):
            return entry["reason"]
    return None


@cache
def _reasons() -> list[dict]:
    return tomllib.loads(REASONS.read_text(encoding="utf-8"))["mutant"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "functions", nargs="*", metavar="FUNCTION", help="functions to mutate (default: all)"
    )
    parser.add_argument(
        "--skip", nargs="*", default=[], metavar="EXERCISE", help="exercises to skip, such as 05"
    )
    arguments = parser.parse_args()
    prefer(QUIET | HEADLESS)
    skipped = [course.step(name) for name in arguments.skip]
    functions = arguments.functions or [
        name for step in course.steps() if step not in skipped for name in step.functions
    ]
    unexplained = 0
    with new_zygote() as zygote:
        for function in functions:
            start = time.perf_counter()
            mutants = list(mutants_of(function))
            alive = [mutant for mutant in mutants if survives(mutant, zygote)]
            seconds = time.perf_counter() - start
            print(f"{function:24}{len(mutants):4} mutants{seconds:7.1f} s", flush=True)
            for mutant in alive:
                reason = reason_for(mutant)
                unexplained += reason is None
                print(f"    survives: {mutant.change}   {reason or '(unexplained)'}", flush=True)
    print(f"{unexplained} unexplained")
    return min(unexplained, 1)


if __name__ == "__main__":
    sys.exit(main())
