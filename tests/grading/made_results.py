"""Made-up results for the tests of tables and pages."""

import csv
import io
import struct
from pathlib import Path

from bs4 import BeautifulSoup

from autograder import course
from autograder.grading.results import Result
from autograder.grading.slugs import slug
from autograder.reports.model import CheckResult, Message, Report, of_function, with_function

STEP = course.step("04_dot_product")
EARLIER, LATER = course.step("01_explore"), course.step("08_ranking")
BONUS = course.step("14_als")
LAYERS = ("landlock", "network", "rlimits")
MISTAKE = "dot-normalised"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
FAILED = Message(
    called="build_mf(n_users=5, n_items=7, n_factors=3)",
    got="array of shape (4, 1, 1)",
    must="`predict` returns one number a pair.",
    causes=("One axis is left over.",),
    hint="build_mf",
)
BROKEN = Message(got="This check itself broke (KeyError: 3): a fault.")
AWFUL_NAMES = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "=cmd|' /C calc'!A0",
    "محمد الأحمد", "👩\u200d🎓 🎬", "x" * 300, "ev\u202etxt.exe", "b\udc80roken", "{{ 7 * 7 }}",
    "../../etc/passwd", "a/b", "Zoë Müller", "Marie", "marie", "MARIE", "con", "nul.txt", "com1",
    ".", "..", "", " ", ".hidden", "-rf", "trailing.", "index.html", "grades.csv", "tab\tand\nline",
    "张伟", "张", slug("Zoë Müller"),
)  # fmt: skip


def verdict(outcome, points, number=0, message=None, misconception=None):
    earned = points if outcome == "passed" else 0.0
    return CheckResult(f"check_{number}", outcome, earned, points, message, misconception)


def submission(learner, step=STEP, checks=None, *, notes=(), isolation=LAYERS, outputs=()):
    """A graded submission; functions that `checks` does not name have passed."""
    report = Report(step.name, f"{step.name}.py", "0" * 64, 0.0, 0.0, isolation, (), tuple(notes))
    for function, points in step.points.items():
        passed = (verdict("passed", points),)
        results = (checks or {}).get(function, passed)
        report = with_function(report, of_function(function, points, results))
    return Result(learner, report, tuple(outputs))


def unreadable(learner, step=STEP, note="it is no valid notebook"):
    return Result(learner, Report(step.name, "file.ipynb", "", 0.0, 0.0, (), (), (note,)))


def stub(function):
    """The message on a function that nobody has written."""
    return Message(got=f"{function} is still to be written.")


def failed(message=FAILED, misconception=None):
    """Two checks of `build_mf` (6 points), of which the second failed."""
    return (verdict("passed", 2.0), verdict("failed", 4.0, 1, message, misconception))


def png(width=4, height=4, size=100):
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height)
    return head.ljust(size, b"\0")


def parse(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def words(element) -> str:
    """The text of an element with single spaces, as a reader meets it."""
    return " ".join(element.get_text(" ").split())


def rows(text, delimiter=","):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
