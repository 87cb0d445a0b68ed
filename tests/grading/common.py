"""Helpers of the tests of grading: a class's files, judges that stand for a grader, commands."""

import csv
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import active_children
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder import course
from autograder.cli.app import app
from autograder.course.misconceptions import catalogue
from autograder.grading.collect import collect
from autograder.grading.executors.threads import DaemonThreads
from autograder.grading.pipeline import grade
from autograder.grading.result_cache import ResultCache
from autograder.grading.results import CellOutput, Result
from autograder.grading.rules import Rules
from autograder.reports.model import CheckResult, Report, of_function, with_function
from autograder.sandbox.client import Times
from autograder.submissions.parse import parse
from tests.answers import solution_text, write

STEP = course.step("08_ranking")
RIGHT = solution_text(STEP.name)
MISTAKE = "precision-over-relevant"
PATIENCE = 200
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux")


def with_cell(code):
    """The right answers and one cell more."""
    return f"{RIGHT}\n# %%\n{code}\n"


WRONG = with_cell(catalogue()[MISTAKE].code)
SLEEPS = "import time; time.sleep({seconds})"


def hand_in(folder, learner, text=RIGHT, suffix=".py"):
    """Write a learner's file below a folder of learners' folders; return its path."""
    (folder / learner).mkdir(parents=True, exist_ok=True)
    return write(folder / learner, STEP.name, text, suffix)


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return {row["learner"]: row for row in csv.DictReader(file)}


class Judges:
    """Stands for a grader: gives everybody full points, and remembers whom it judged."""

    def __init__(self, outcome="passed", isolation=()):
        self.learners = []
        self.outcome = outcome
        self.isolation = isolation

    def grade(self, parsed):
        learner, path = parsed.submission.learner, parsed.submission.path.as_posix()
        self.learners.append(learner)
        report = Report(STEP.name, path, parsed.sha256, 0.0, 0.0, tuple(self.isolation), ())
        for function, points in STEP.points.items():
            earned = points if self.outcome == "passed" else 0.0
            check = CheckResult("a check", self.outcome, earned, points)
            report = with_function(report, of_function(function, points, (check,)))
        return Result(learner, report, (CellOutput(1, "printed", (b"drawn",)),))


RULES = Rules(seed=1, times=Times(cell=200))


def graded(grader, folder, out, version="kit", rules=RULES, force=False, jobs=2, parse=parse):
    """Grade a folder of learners' folders; return the results by learner."""
    submissions = collect([folder], folder.parent / "results").submissions
    with DaemonThreads(jobs) as executor:
        store = ResultCache(out, version, rules)
        results = list(grade(submissions, parse, store, lambda: grader, executor, force))
    return {result.learner: result for result in results}


def autograder(*arguments):
    """Run the command in this process; return the result, with its exit code and output."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def wait_until(condition):
    """Wait for a condition; return its first true value."""
    until = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.05)
    return value


def in_background(act, *arguments):
    """Start a call in a thread; return the future result."""
    executor = ThreadPoolExecutor(1)
    future = executor.submit(act, *arguments)
    executor.shutdown(wait=False)
    return future


def running_judges():
    """Return the judges of this process; a parser that the tests share is none."""
    return [process for process in active_children() if process.name != "parser"]


def children_of(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
