"""What the wall costs: `python benchmarks/wall.py [--untouched N]`.

Without an option, the checks of every reference solution run in one process and across the wall, in
turn, on one core. With N, as many untouched exercises are graded by two jobs, and what the grader
holds is printed on the way: memory, processes, open files.
"""

import argparse
import os
import time
from concurrent.futures import ThreadPoolExecutor

from processes import descendants, proportional_memory

from autograder import course
from autograder.grading.judge import Rules, judge, solution
from autograder.grading.judge_pool import Grader, Submitted
from autograder.running.runner import run
from autograder.running.targets import FileTarget
from autograder.sandbox.zygote import Zygote
from autograder.submissions.discovery import SubmissionFile
from autograder.submissions.safe_read import read_content
from autograder.util import paths
from autograder.util.environment import HEADLESS, QUIET, prefer

SEED = 1
MB = 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--untouched", type=int, metavar="N", help="grade N untouched exercises")
    arguments = parser.parse_args()
    prefer(QUIET | HEADLESS)
    if arguments.untouched:
        grade_untouched(arguments.untouched)
    else:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        compare()


def compare() -> None:
    """Seconds by exercise in one process and across the wall, interleaved."""
    import keras  # noqa: F401

    with Zygote() as zygote:
        both(course.steps()[0].name, zygote)
        taken = {}
        for step in course.steps():
            taken[step.name] = both(step.name, zygote)
            tell(step.name, *taken[step.name])
    core = [taken[step.name] for step in course.steps() if step.core]
    for name, pairs in ("the core", core), ("all", taken.values()):
        tell(name, *map(sum, zip(*pairs, strict=True)))


def both(exercise: str, zygote: Zygote) -> tuple[float, float]:
    """Seconds that the checks of a reference take in this process, and across the wall."""
    path = paths.solutions() / f"{exercise}.py"
    inside = seconds(lambda: run(FileTarget(path), SEED))
    return inside, seconds(lambda: judge(solution(exercise), zygote.socket, Rules(SEED)))


def tell(name: str, inside: float, across: float) -> None:
    share = f"{(across - inside) / across:6.1%} is the wall's"
    print(f"{name:24}{inside:8.2f} s in one process{across:8.2f} s across: {share}", flush=True)


def seconds(act) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def grade_untouched(n: int) -> None:
    """Grade n untouched exercises, and print what the grader holds every so often."""
    steps = course.steps()
    with Grader(Rules(SEED)) as grader, ThreadPoolExecutor(2) as pool:

        def grade_one(number: int) -> None:
            step = steps[number % len(steps)]
            path = paths.exercises() / f"{step.name}.py"
            submitted = Submitted("learner", SubmissionFile(step.name, path))
            grader.grade(submitted, read_content(path))

        start = time.perf_counter()
        for part in range(10):
            done = n * part // 10, n * (part + 1) // 10
            list(pool.map(grade_one, range(*done)))
            passed = time.perf_counter() - start
            print(f"{done[1]:8} graded{passed:8.1f} s   {holdings()}", flush=True)


def holdings() -> str:
    """Memory, processes and open files of this process and its descendants."""
    family = [os.getpid(), *descendants(os.getpid())]
    memory = sum(proportional_memory(pid) for pid in family)
    files = len(os.listdir("/proc/self/fd"))
    return f"{memory / MB:6.0f} MB, {len(family)} processes, {files} open files"


if __name__ == "__main__":
    main()
