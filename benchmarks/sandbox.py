"""Cost of the sandbox.

    python benchmarks/sandbox.py [--untouched N]

Without an option, the script runs the checks of every reference solution in one process and in the
sandbox, in turn, on one core. With N, two jobs grade N untouched exercises, and the script prints
the memory, processes and open files of the grader on the way.
"""

import argparse
import os
import time
from concurrent.futures import ThreadPoolExecutor

from processes import descendants, proportional_memory

from autograder import course
from autograder.grading.judge import Rules, judge, solution
from autograder.grading.judge_pool import Grader, new_zygote
from autograder.running.runner import run
from autograder.running.targets import FileTarget
from autograder.sandbox.zygote import Zygote
from autograder.submissions.parse import parse
from autograder.submissions.submission import Submission
from autograder.util import paths
from autograder.util.environment import HEADLESS, QUIET, prefer

SEED = 1
MB = 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--untouched", type=int, metavar="N", help="grade N untouched exercises")
    arguments = parser.parse_args()
    prefer(QUIET | HEADLESS)
    if arguments.untouched:
        grade_untouched(arguments.untouched)
    else:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        compare()


def compare() -> None:
    """Print the seconds of each exercise in one process and in the sandbox, interleaved."""
    import keras  # noqa: F401

    with new_zygote() as zygote:
        both(course.steps()[0].name, zygote)
        taken = {}
        for step in course.steps():
            taken[step.name] = both(step.name, zygote)
            print_row(step.name, *taken[step.name])
    core = [taken[step.name] for step in course.steps() if step.core]
    for name, pairs in ("the core", core), ("all", taken.values()):
        print_row(name, *map(sum, zip(*pairs, strict=True)))


def both(exercise: str, zygote: Zygote) -> tuple[float, float]:
    """Return the seconds of a reference's checks in this process, and in the sandbox."""
    path = paths.solutions() / f"{exercise}.py"
    inside = seconds(lambda: run(FileTarget.at(path), SEED))
    return inside, seconds(lambda: judge(solution(exercise), zygote.socket, Rules(SEED)))


def print_row(name: str, inside: float, sandboxed: float) -> None:
    share = f"{(sandboxed - inside) / sandboxed:6.1%} is the sandbox's"
    row = f"{name:24}{inside:8.2f} s in one process{sandboxed:8.2f} s sandboxed: {share}"
    print(row, flush=True)


def seconds(act) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def grade_untouched(n: int) -> None:
    """Grade n untouched exercises, and print the grader's resources ten times on the way."""
    steps = course.steps()
    with Grader(Rules(SEED)) as grader, ThreadPoolExecutor(2) as pool:

        def grade_one(number: int) -> None:
            step = steps[number % len(steps)]
            path = paths.exercises() / f"{step.name}.py"
            grader.grade(parse(Submission(step.name, path, learner="learner")))

        start = time.perf_counter()
        for part in range(10):
            done = n * part // 10, n * (part + 1) // 10
            list(pool.map(grade_one, range(*done)))
            passed = time.perf_counter() - start
            print(f"{done[1]:8} graded{passed:8.1f} s   {holdings()}", flush=True)


def holdings() -> str:
    """Return memory, processes and open files of this process and its descendants, as text."""
    family = [os.getpid(), *descendants(os.getpid())]
    memory = sum(proportional_memory(pid) for pid in family)
    files = len(os.listdir("/proc/self/fd"))
    return f"{memory / MB:6.0f} MB, {len(family)} processes, {files} open files"


if __name__ == "__main__":
    main()
