"""Seconds of one submission in the sandbox.

    python benchmarks/submissions.py [--rounds 3]

The script grades the reference and the untouched exercise of the whole course, one after another by
one job, each in a process of its own as `autograder grade` does. It prints the median of the rounds
in seconds of the clock. A line of its own holds the start of the grader, which a class pays once.
"""

import argparse
import time
from pathlib import Path
from statistics import median

from autograder import course
from autograder.grading.judge import Rules
from autograder.grading.judge_pool import Grader
from autograder.submissions.parse import parse
from autograder.submissions.submission import Submission
from autograder.util import paths
from autograder.util.environment import HEADLESS, QUIET, prefer

SEED = 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="number of rounds (default: 3)")
    rounds = parser.parse_args().rounds
    prefer(QUIET | HEADLESS)
    folders = {"reference": paths.solutions(), "untouched": paths.exercises()}
    start = time.perf_counter()
    with Grader(Rules(SEED)) as grader:
        seconds(grader, course.steps()[0].name, paths.exercises())
        first = time.perf_counter() - start
        print(f"{'start, with a first submission':32}{first:10.2f} s")
        print(f"{'seconds a submission':32}" + "".join(f"{name:>12}" for name in folders))
        core = dict.fromkeys(folders, 0.0)
        for step in course.steps():
            row = f"{step.name:32}"
            for name, folder in folders.items():
                took = median(seconds(grader, step.name, folder) for _round in range(rounds))
                core[name] += took * step.core
                row += f"{took:12.2f}"
            print(row, flush=True)
    print(f"{'the core':32}" + "".join(f"{total:12.2f}" for total in core.values()))


def seconds(grader: Grader, exercise: str, folder: Path) -> float:
    submission = Submission(exercise, folder / f"{exercise}.py", learner="learner")
    start = time.perf_counter()
    grader.grade(parse(submission))
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
