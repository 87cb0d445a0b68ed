"""Seconds of a self-check of each reference solution.

    python benchmarks/self_check.py

The script runs the checks of every reference solution in this process, after TensorFlow's import.
It prints seconds by exercise beside the import's own, so that the figures suit any machine.
"""

import time

from autograder import course
from autograder.running.runner import run
from autograder.running.targets import FileTarget
from autograder.util import paths
from autograder.util.environment import HEADLESS, QUIET, prefer


def main() -> None:
    prefer(QUIET | HEADLESS)
    start = time.perf_counter()
    import keras  # noqa: F401

    imported = time.perf_counter() - start
    print(f"{'import of TensorFlow and Keras':32}{imported:8.2f} s")
    total = 0.0
    for step in course.steps():
        start = time.perf_counter()
        [report] = run(FileTarget.at(paths.solutions() / f"{step.name}.py"))
        seconds = time.perf_counter() - start
        total += seconds
        print(
            f"{step.name:32}{seconds:8.2f} s {seconds / imported:8.2f} imports"
            f" {report.points:6g} / {report.max_points:g}"
        )
    print(f"{'all':32}{total:8.2f} s {total / imported:8.2f} imports")


if __name__ == "__main__":
    main()
