"""The bookkeeping of one run of the checks: from pytest's outcomes to reports.

Registered by `conftest.py`. Each check's verdict rides on pytest's own report, so that it survives
pytest-xdist; reports are put together where all of them arrive.
"""

from collections import defaultdict

import pytest

from autograder import course
from autograder.engine.protocol import Engine
from autograder.engine.reentrancy import working
from autograder.reports import wording
from autograder.reports.model import (
    CheckResult,
    Message,
    Report,
    of_function,
    owed,
    with_function,
    write_json,
)
from autograder.running.targets import Target
from autograder.running.verdict import Subject, Verdict, judge, stopped
from autograder.submissions.cells import UnreadableSubmission
from autograder.util.i18n import from_json as text_from_json
from autograder.util.i18n import to_json as text_to_json

PROPERTY = "autograder"
LETTERS = {
    "passed": (".", {"green": True}),
    "failed": ("F", {"red": True}),
    "todo": ("t", {"blue": True}),
    "error": ("E", {"red": True, "bold": True}),
    "timeout": ("T", {"red": True}),
}


class GivenUp(Exception):
    """A check is not run: its function hung or ended the program in an earlier one."""

    def __init__(self, verdict: Verdict):
        super().__init__(verdict.outcome)
        self.verdict = verdict


class CheckSession:
    """pytest hooks of a run over one target, and the reports that come of it."""

    NAME = "autograder-session"

    def __init__(self, config, target: Target):
        self._config = config
        self._target = target
        self._points = {}
        self._results = defaultdict(list)
        self._notes = defaultdict(dict)
        self._given_up: dict[tuple[str, str], Verdict] = {}

    # Collection

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config, items):
        """Drop the checks of what was not handed in; share out every function's points."""
        checks = [item for item in items if item.get_closest_marker("checks")]
        self._points.update(_shared_points(checks))
        wanted = [i for i in checks if _exercise(i) in self._target.exercises]
        if self._target.functions is not None:
            wanted = [item for item in wanted if _address(item) in self._target.functions]
        dropped = [item for item in items if item not in set(wanted)]
        config.hook.pytest_deselected(items=dropped)
        items[:] = wanted

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self):
        with working():
            return (yield)

    def engine_of(self, item) -> Engine:
        """The engine of the submission that a check is about."""
        return self._target.engine(_exercise(item))

    # Verdicts

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item):
        verdict = self._given_up.get((_exercise(item), _function(item)))
        if verdict is not None:
            raise GivenUp(verdict)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = yield
        over = report.when == "call" or (report.when == "setup" and not report.passed)
        if over and item.get_closest_marker("checks"):
            error = call.excinfo.value if call.excinfo else None
            verdict = self._verdict(item, error, report)
            if stopped(verdict, error):
                self._given_up.setdefault((_exercise(item), _function(item)), verdict)
            result = CheckResult(
                id=item.nodeid.rpartition("/")[2],
                outcome=verdict.outcome,
                points=self._points[item.nodeid] if verdict.outcome == "passed" else 0.0,
                max_points=self._points[item.nodeid],
                message=verdict.message,
                misconception=verdict.misconception,
                seconds=round(report.duration, 3),
            )
            notes = [text_to_json(note) for note in self._target.notes(_exercise(item))]
            report.user_properties.append(
                (PROPERTY, [_exercise(item), _function(item), result.to_json(), notes])
            )
            report.outcome = "passed" if verdict.outcome == "passed" else "failed"
            report.longrepr = wording.text(verdict.message) if verdict.message else None
        return report

    def _verdict(self, item, error, report) -> Verdict:
        if isinstance(error, (KeyboardInterrupt, pytest.exit.Exception)):
            raise error
        if isinstance(error, GivenUp):
            return error.verdict
        if isinstance(error, UnreadableSubmission):
            return Verdict("failed", Message(got=str(error)))
        submission = getattr(item, "funcargs", {}).get("submission")
        subject = Subject(
            function=_function(item),
            address=_address(item),
            calls=submission.calls() if submission is not None else "",
            property=_first_line(item.function.__doc__),
            notes=self._target.notes(_exercise(item)),
        )
        return judge(error, subject, report.longreprtext)

    def pytest_runtest_logreport(self, report):
        for name, value in report.user_properties:
            if name == PROPERTY and (report.when == "call" or report.failed):
                exercise, function, result, notes = value
                self._results[exercise, function].append(CheckResult.from_json(result))
                self._notes[exercise].update(dict.fromkeys(map(text_from_json, notes)))

    def pytest_report_teststatus(self, report, config):
        verdict = _verdict_of(report)
        if verdict is not None:
            letter, markup = LETTERS[verdict]
            return verdict, letter, (verdict.upper(), markup)
        return None

    # Reports

    def reports(self) -> list[Report]:
        """The reports of all exercises that were checked, in course order."""
        return [
            self._report(step)
            for step in course.steps()
            if any(exercise == step.name for exercise, _function in self._results)
        ]

    def _report(self, step: course.Step) -> Report:
        path, sha256 = self._target.identity(step.name)
        notes = (*self._notes[step.name], *self._target.remarks(step.name))
        report = Report(step.name, path, sha256, 0.0, 0.0, (), (), notes)
        for function, points in step.points.items():
            checks = tuple(self._results.get((step.name, function), ()))
            if checks:
                report = with_function(report, of_function(function, points, checks))
        return report

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session, exitstatus):
        if hasattr(self._config, "workerinput"):
            return
        reports = self.reports()
        done = bool(reports) and all(report.complete for report in owed(reports))
        if exitstatus == pytest.ExitCode.TESTS_FAILED and done:
            session.exitstatus = pytest.ExitCode.OK
        path = self._config.getoption("json")
        if path is not None:
            write_json(reports, path)

    def pytest_terminal_summary(self, terminalreporter, config):
        from autograder.reports.terminal import print_reports

        print_reports(self.reports(), every_problem=config.getoption("all_problems"))


def _exercise(item) -> str:
    return item.module.__name__.rpartition(".")[2].removeprefix("test_")


def _function(item) -> str:
    return item.get_closest_marker("checks").kwargs["function"]


def _address(item) -> str:
    return course.address(_exercise(item), _function(item))


def _shared_points(items) -> dict[str, float]:
    """Points by check: each function's points, divided in proportion to the shares."""
    shares = defaultdict(dict)
    for item in items:
        share = item.get_closest_marker("checks").kwargs["share"]
        shares[_exercise(item), _function(item)][item.nodeid] = share
    points = {}
    for (exercise, function), parts in shares.items():
        total = course.step(exercise).points[function] / sum(parts.values())
        points.update({nodeid: round(total * share, 4) for nodeid, share in parts.items()})
    return points


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n\n")[0].replace("\n    ", " ")


def _verdict_of(report) -> str | None:
    values = [value for name, value in report.user_properties if name == PROPERTY]
    return values[-1][2]["outcome"] if values and (report.when == "call" or report.failed) else None
