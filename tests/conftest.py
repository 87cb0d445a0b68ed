"""Fixtures that several test modules share."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.grading.judge_pool import new_zygote
from autograder.util.environment import HEADLESS, QUIET, prefer
from autograder.util.languages import use

prefer(QUIET | HEADLESS)
use("en")

ROOT = Path(__file__).parents[1]
MOVIELENS = os.environ.get("MOVIELENS_DIR")


# Fixtures that start processes: a test with such a fixture belongs to the tier `process`.
PROCESS_FIXTURES = frozenset({"zygote", "run_python", "grader", "graders"})
FOLDER_MARKS = ("bank", "hostile")


def pytest_addoption(parser):
    parser.addoption(
        "--seeds",
        type=lambda text: [int(part) for part in text.split(",")],
        metavar="N,N",
        help="judge every entry of the bank on each of these seeds",
    )


@pytest.fixture
def seeds(request):
    """Return the command line's seeds for the bank; None where each test has its own seed."""
    return request.config.getoption("seeds")


def pytest_collection_modifyitems(items):
    """Sort the tests into tiers, by their folders and by the fixtures that they use."""
    for item in items:
        folder = item.path.relative_to(ROOT / "tests").parts[0]
        if folder in FOLDER_MARKS:
            item.add_marker(folder)
        elif PROCESS_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("process")


@pytest.fixture(scope="session")
def zygote():
    """Yield the zygote that forks workers; None where there is no sandbox."""
    if sys.platform != "linux":
        yield None
        return
    with new_zygote() as running:
        yield running


@pytest.fixture
def run_python(tmp_path):
    """Return a function that runs Python with arguments and returns the finished process."""

    def run(*arguments, folder=ROOT, **environment):
        names = {**os.environ, "COLUMNS": "100", "XDG_CACHE_HOME": str(tmp_path / "cache")}
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=folder,
            env={**names, **environment},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=600,
        )

    return run


@pytest.fixture(params=["simulated", "ml-latest-small"])
def dataset(request):
    """Return the name of a set of ratings that this machine can load."""
    if request.param != "simulated" and not MOVIELENS:
        pytest.skip("MOVIELENS_DIR is not set")
    return request.param


def pytest_terminal_summary(terminalreporter):
    """Print the catalogue's confusion matrix: each wrong answer and the names in its verdict."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    rows = [
        value
        for report in reports
        if getattr(report, "when", None) == "call"
        for key, value in report.user_properties
        if key == "confusion"
    ]
    if not rows:
        return
    firsts = [names[0] if names else None for _wrong, names in rows]
    own = sum(wrong == first for (wrong, _names), first in zip(rows, firsts, strict=True))
    terminalreporter.section("confusion matrix of known mistakes")
    terminalreporter.line(
        f"{len(rows)} wrong answers: {own} called by their own name first, "
        f"{len(rows) - own - firsts.count(None)} by another, {firsts.count(None)} by none. "
        "Off the diagonal (the other names, in the order of the checks):"
    )
    for wrong, names in sorted(rows, key=lambda row: (row[0], list(map(str, row[1])))):
        others = [name or "-" for name in dict.fromkeys(names) if name != wrong]
        if others:
            terminalreporter.line(f"  {wrong}: {', '.join(others)}")
