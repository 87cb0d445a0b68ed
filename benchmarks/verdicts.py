"""Recordings of the kit's verdicts on every known answer, and comparisons of two recordings.

    python -m benchmarks.verdicts record before.json
    python -m benchmarks.verdicts record after.json
    python -m benchmarks.verdicts compare before.json after.json

A recording holds the verdicts and messages of all known wrong answers, right alternatives and
hostile submissions, judged in the sandbox with one seed. `--bank` or `--hostile` records a part,
and `--exercises 05,10` records the known answers of these exercises only.
A refactoring that should change no verdict is done when `compare` prints no difference.
"""

import argparse
import json
import multiprocessing
import re
import shutil
import sys
import tempfile
from pathlib import Path

from autograder import course
from autograder.course.misconceptions import catalogue
from autograder.grading.judge import judge, solution
from autograder.grading.judge_pool import Grader, new_zygote
from autograder.grading.rules import Rules
from autograder.reports import wording
from autograder.reports.model import CheckResult
from autograder.util.environment import HEADLESS, QUIET, prefer
from tests.bank import alternatives
from tests.hostile import cases

SEED = 20_261
PROCESSES = 3

# Differences between runs without a meaning: folders, addresses, process numbers, seconds.
_UNSTEADY = (
    (r"/(tmp|scratch)/[\w./-]+", "/tmp/…"),
    (r"0x[0-9a-f]{6,}", "0x…"),
    (r"process -?\d+", "process …"),
    (r"longer than \d+ s", "longer than … s"),
    (r"/proc/\d+", "/proc/…"),
)

_zygote = None


def main() -> int:
    """Record or compare, according to the command line; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    record = commands.add_parser("record", help="write a recording")
    record.add_argument("file", type=Path)
    record.add_argument("--bank", action="store_true", help="known wrong and right answers only")
    record.add_argument("--hostile", action="store_true", help="hostile submissions only")
    record.add_argument(
        "--exercises", type=_numbers, help="known answers of some exercises only, such as 05,10"
    )
    compare = commands.add_parser("compare", help="print the differences; exit 1 if there are any")
    compare.add_argument("before", type=Path)
    compare.add_argument("after", type=Path)
    options = parser.parse_args()
    if options.command == "compare":
        return _compare(_read(options.before), _read(options.after))
    recording = {}
    if options.bank or options.exercises or not options.hostile:
        recording |= _bank(options.exercises)
    if options.hostile or not (options.bank or options.exercises):
        recording["hostile"] = _hostile()
    text = json.dumps(recording, indent=1, sort_keys=True, ensure_ascii=False)
    options.file.write_text(text + "\n", encoding="utf-8")
    return 0


def _numbers(text: str) -> list[str]:
    return [course.step(number).name for number in text.split(",")]


def _bank(exercises: list[str] | None) -> dict:
    entries = [("wrong", *item) for item in catalogue().items()]
    entries += [("right", *item) for item in alternatives().items()]
    jobs = [
        (kind, name, entry.function, entry.code)
        for kind, name, entry in entries
        if exercises is None or course.step_of_function(entry.function).name in exercises
    ]
    found: dict = {"wrong": {}, "right": {}}
    with multiprocessing.get_context("spawn").Pool(PROCESSES, _start) as pool:
        for kind, name, verdict in pool.imap_unordered(_judge_one, jobs):
            found[kind][name] = verdict
    return found


def _start() -> None:
    global _zygote
    prefer(QUIET | HEADLESS)
    _zygote = new_zygote()


def _judge_one(job: tuple[str, str, str, str]) -> tuple[str, str, dict]:
    kind, name, function, code = job
    exercise = course.step_of_function(function).name
    result = judge(solution(exercise, code), _zygote.socket, Rules(SEED), frozenset({function}))
    [report] = result.report.functions
    checks = [_plain(check) for check in report.checks]
    return (
        kind,
        name,
        {"points": report.points, "checks": checks, "notes": list(result.report.notes)},
    )


def _hostile() -> dict:
    top = Path(tempfile.mkdtemp())
    top.chmod(0o755)
    outside = cases.make_outside(top / "outside")
    found = {}
    try:
        with Grader(cases.RULES) as grader:
            for name in cases.CASES:
                folder = cases.hand_in(name, top / name, outside)
                result = cases.result_of(grader, folder)
                found[name] = {
                    "gradable": result.gradable,
                    "isolation": list(result.report.isolation),
                    "notes": list(result.report.notes),
                    "points": {f.name: f.points for f in result.report.functions},
                    "checks": [_plain(c) for f in result.report.functions for c in f.checks],
                }
                shutil.rmtree(folder, ignore_errors=True)
    finally:
        shutil.rmtree(top, ignore_errors=True)
    return found


def _plain(check: CheckResult) -> list:
    text = wording.text(check.message) if check.message else ""
    return [check.id, check.outcome, check.points, check.misconception, text]


def _read(path: Path) -> dict:
    text = path.read_text(encoding="utf-8")
    for pattern, steady in _UNSTEADY:
        text = re.sub(pattern, steady, text)
    return json.loads(text)


def _compare(before: dict, after: dict) -> int:
    n = 0
    for kind in sorted({*before, *after}):
        old, new = before.get(kind, {}), after.get(kind, {})
        for name in sorted({*old, *new}):
            if old.get(name) != new.get(name):
                n += 1
                print(f"{kind} {name}")
                _print_difference(old.get(name, {}), new.get(name, {}))
    print(f"{n} entries differ")
    return 1 if n else 0


def _print_difference(old: dict, new: dict) -> None:
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key):
            print(f"  {key}\n  - {_brief(old.get(key), new.get(key))}")
            print(f"  + {_brief(new.get(key), old.get(key))}")


def _brief(value: object, other: object) -> str:
    """Return the entries of a list that the other list lacks; return any other value whole."""
    if isinstance(value, list) and isinstance(other, list):
        value = [entry for entry in value if entry not in other]
    return json.dumps(value, ensure_ascii=False)[:2000]


if __name__ == "__main__":
    sys.exit(main())
