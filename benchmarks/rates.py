"""How well the checks judge answers by somebody who had not read them, by exercise.

    python -m benchmarks.rates
    python -m benchmarks.rates 07_recommend 08_ranking --seed 7 --verdicts verdicts.json

Each line shows how many wrong answers the checks rejected, to how many rejected ones a check gave
the name of a known mistake, and how many right answers the checks refused. The answers stand in
`tests/bank/strangers`. `--verdicts` writes each answer's verdict, for a reader.
"""

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder import course
from autograder.grading.judge_pool import new_zygote
from autograder.reports.model import FunctionReport
from autograder.running.known_answers import message_of
from autograder.util.environment import HEADLESS, QUIET, prefer
from tests.bank import StrangersAnswer, strangers, verdict_in_sandbox


@dataclass(frozen=True)
class Verdict:
    """The checks' verdict on one answer."""

    exercise: str
    name: str
    function: str
    kind: str
    right: bool
    points: float
    of: float
    mistakes: list[str | None]
    messages: list[str]


def main() -> None:
    """Judge the answers of the exercises on the command line, and print the rates."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("exercises", nargs="*", help="default: all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verdicts", type=Path, help="write all verdicts to this JSON file")
    options = parser.parse_args()
    prefer(QUIET | HEADLESS)
    print(f"{'exercise':22} {'wrong':>6} {'rejected':>9} {'named':>6} {'right':>6} {'refused':>8}")
    verdicts: list[Verdict] = []
    with new_zygote() as zygote:
        for exercise in options.exercises or [step.name for step in course.steps()]:
            of_exercise = [
                _verdict(exercise, name, answer, zygote, options.seed)
                for name, answer in strangers(exercise).items()
            ]
            if not of_exercise:
                continue
            print(_line(exercise, of_exercise), flush=True)
            _print_faults(of_exercise)
            verdicts += of_exercise
            if options.verdicts:
                rows = [asdict(verdict) for verdict in verdicts]
                text = json.dumps(rows, indent=1, ensure_ascii=False)
                options.verdicts.write_text(text + "\n", encoding="utf-8")
    print(_line("all", verdicts))


def _verdict(exercise: str, name: str, answer: StrangersAnswer, zygote: Any, seed: int) -> Verdict:
    report: FunctionReport = verdict_in_sandbox(answer.function, answer.code, zygote, seed)
    failed = [check for check in report.checks if check.outcome != "passed"]
    return Verdict(
        exercise,
        name,
        answer.function,
        answer.kind,
        answer.right,
        report.points,
        report.max_points,
        [check.misconception for check in failed],
        [f"{check.id} ({check.outcome}): {message_of(check)}" for check in failed],
    )


def _print_faults(verdicts: Iterable[Verdict]) -> None:
    for verdict in verdicts:
        if (verdict.points == verdict.of) != verdict.right:
            fault = "refused" if verdict.right else "accepted"
            print(f"  {fault}: {verdict.name} ({verdict.kind})", flush=True)


def _line(name: str, verdicts: Iterable[Verdict]) -> str:
    wrong = [verdict for verdict in verdicts if not verdict.right]
    right = [verdict for verdict in verdicts if verdict.right]
    rejected = [verdict for verdict in wrong if verdict.points < verdict.of]
    named = [verdict for verdict in rejected if any(verdict.mistakes)]
    refused = [verdict for verdict in right if verdict.points < verdict.of]
    counts = f"{len(wrong):6} {len(rejected):9} {len(named):6} {len(right):6} {len(refused):8}"
    return f"{name:22} {counts}"


if __name__ == "__main__":
    main()
