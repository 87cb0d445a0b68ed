"""Run checks from Python: the same pytest run as `pytest autograder`, without its output."""

import os
from pathlib import Path
from unittest.mock import patch

import pytest

from autograder.reports.model import Report
from autograder.running.plugin import CheckSession
from autograder.running.targets import NoTarget, Target
from autograder.util import paths
from autograder.util.i18n import _

# Left out: what prints or writes, and what collects garbage after each run, at half its time.
_UNUSED = ("terminal", "cacheprovider", "warnings", "unraisableexception", "threadexception")
_ARGUMENTS = (*(f"-pno:{name}" for name in _UNUSED), "--capture=sys")


class CheckError(RuntimeError):
    """Checks that cannot run at all; the text names the missing file, or is pytest's own."""


def run(target: Target, seed: int | None = None) -> list[Report]:
    """Return the reports on a target's exercises.

    Args:
        target: The exercises to check, and their engines.
        seed: The seed of the checks' data; None for the public seed.

    Raises:
        CheckError: An exercise has no file of checks, or pytest itself fails.
    """
    collector = _ReportCollector()
    files = [_checks_of(exercise) for exercise in target.exercises]
    options = [] if seed is None else ["--seed", str(seed)]
    code = _pytest([*options, *map(str, files)], [_Target(target), collector])
    if code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if code not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED} or collector.reports is None:
        raise CheckError("\n".join(collector.errors) or f"pytest ended with {code!r}")
    return collector.reports


def collect_only() -> None:
    """Import pytest's plugins and all checks, so that later runs in this process need not."""
    _pytest(["--collect-only", str(paths.CHECKS)], [_Target(NoTarget())])


def _checks_of(exercise: str) -> Path:
    """Return the file of an exercise's checks.

    Raises:
        CheckError: There is no such file.
    """
    path = paths.CHECKS / f"test_{exercise}.py"
    if not path.is_file():
        text = _("{exercise} has no checks: {path} is missing. Write it, with a check a function.")
        raise CheckError(text.format(exercise=exercise, path=path))
    return path


def _pytest(arguments: list[str], plugins: list) -> int:
    """Run pytest with nothing of this machine's or this folder's settings."""
    options = ["-c", os.devnull, "--rootdir", str(paths.PACKAGE), *_ARGUMENTS]
    hermetic = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    with patch.dict(os.environ, hermetic):
        return pytest.main([*options, *arguments], plugins=plugins)


class _Target:
    """Hands the target to `conftest.py`."""

    def __init__(self, target):
        self.target = target

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config):
        config.option.tbstyle = "native"
        config.pluginmanager.register(CheckSession(config, self.target), CheckSession.NAME)


class _ReportCollector:
    """Takes the reports at the end of the run."""

    def __init__(self):
        self.reports = None
        self.errors = []

    def pytest_collectreport(self, report):
        if report.failed:
            self.errors.append(report.longreprtext)

    def pytest_internalerror(self, excrepr):
        self.errors.append(str(excrepr))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session):
        check_session = session.config.pluginmanager.get_plugin(CheckSession.NAME)
        self.reports = check_session.reports()
