"""The pytest plugin of one run of the checks: from pytest's outcomes to reports.

`conftest.py` registers the plugin. Each verdict rides on pytest's own report, so that it survives
pytest-xdist, and reports are put together in the process where all verdicts arrive.
"""

from collections import defaultdict
from collections.abc import Callable, Generator, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import cache, partial, reduce
from pathlib import Path
from typing import Any

import pytest

from autograder import course
from autograder.checking.failure import CheckFailure
from autograder.engine.protocol import Engine
from autograder.engine.reentrancy import working
from autograder.reports import wording
from autograder.reports.model import (
    CheckResult,
    FunctionReport,
    Message,
    Report,
    of_function,
    owed,
    with_function,
    write_json,
)
from autograder.running.faults_of_others import with_faults_of_others
from autograder.running.repeats import Repeat, Repeated, due, with_repeats
from autograder.running.targets import Target
from autograder.running.verdict import (
    Subject,
    Verdict,
    judge,
    mistake_to_find,
    name_default,
    stopped,
)
from autograder.submissions.cells import UnreadableSubmission
from autograder.util import i18n

PROPERTY = "autograder"
LETTERS: dict[str, tuple[str, dict[str, bool]]] = {
    "passed": (".", {"green": True}),
    "failed": ("F", {"red": True}),
    "todo": ("t", {"blue": True}),
    "error": ("E", {"red": True, "bold": True}),
    "timeout": ("T", {"red": True}),
}


class GivenUp(Exception):
    """A check does not run: its function hung or ended the program in an earlier check."""

    def __init__(self, verdict: Verdict):
        """Carry the verdict of the earlier check."""
        super().__init__(verdict.outcome)
        self.verdict = verdict


class CheckSession:
    """pytest hooks of a run over one target, and the reports of the run."""

    NAME = "autograder-session"

    def __init__(
        self,
        config: pytest.Config,
        target: Target,
        limit: Callable[[], AbstractContextManager[object]] = nullcontext,
        repeat: Callable[[Repeat], Repeated] | None = None,
        only: frozenset[str] | None = None,
    ):
        """Check a target.

        Args:
            config: Describes the run.
            target: What to check.
            limit: Makes the context that bounds the time of one check.
            repeat: Repeats checks that failed because of another function (see `repeats`); None
                where no check is repeated.
            only: The ids of the checks to run, None for all.
        """
        self._config = config
        self._limit = limit
        self._target = target
        self._repeat = repeat
        self._only = only
        self._repeated = Repeated({}, {})
        self._points: dict[str, float] = {}
        self._results: dict[tuple[str, str], list[CheckResult]] = defaultdict(list)
        self._notes: dict[str, dict[str, None]] = defaultdict(dict)
        self._called: dict[str, frozenset[str]] = {}
        self._given_up: dict[tuple[str, str], Verdict] = {}

    # Collection

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Drop the checks of other exercises; divide every function's points among its checks."""
        checks = [item for item in items if item.get_closest_marker("checks")]
        self._points.update(_shared_points(checks))
        wanted = [item for item in checks if _exercise(item) in self._target.exercises]
        if self._target.functions is not None:
            wanted = [item for item in wanted if _address(item) in self._target.functions]
        if self._only is not None:
            wanted = [item for item in wanted if id_of(item) in self._only]
        dropped = [item for item in items if item not in set(wanted)]
        config.hook.pytest_deselected(items=dropped)
        items[:] = wanted

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Mark the run, so that cells of an exercise do not start another run; repeat checks."""
        with working():
            ran = yield
            if self._repeat is not None and not hasattr(self._config, "workerinput"):
                self._repeat_checks(self._repeat)
        return ran

    def _repeat_checks(self, repeat: Callable[[Repeat], Repeated]) -> None:
        passed: dict[str, tuple[str, ...]] = {}
        failed: dict[str, tuple[str, ...]] = {}
        for step in self._steps():
            callees = cache(partial(self._target.callees, step.name))
            for each in due(step, self._functions(step), callees):
                repeated = repeat(each)
                passed |= repeated.passed
                failed |= repeated.failed
        self._repeated = Repeated(passed, failed)

    def engine_of(self, item: pytest.Item) -> Engine:
        """Return the engine of the submission that a check is about."""
        return self._target.engine(_exercise(item))

    # Verdicts

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Run and judge a check in the language of its submission."""
        if not item.get_closest_marker("checks"):
            return (yield)
        with i18n.speaking(self._target.language(_exercise(item))):
            return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Give up a check whose function hung or ended the program before, or is not begun."""
        verdict = self._given_up.get((_exercise(item), _function(item)))
        if verdict is not None:
            raise GivenUp(verdict)
        if item.get_closest_marker("checks") and self._is_hunt_to_begin(_exercise(item)):
            raise GivenUp(mistake_to_find(_function(item)))

    def _is_hunt_to_begin(self, exercise: str) -> bool:
        """Return whether an exercise has mistakes to find, and the learner has changed nothing.

        Where functions are asked for by name, their checks run all the same.
        """
        is_hunt = course.step(exercise).hunt and self._target.functions is None
        return is_hunt and not self._target.begun(exercise)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, object, object]:
        """Run a check within its limit."""
        with self._limit():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Function, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Judge a check that has ended, and attach its verdict to pytest's report."""
        report = yield
        over = report.when == "call" or (report.when == "setup" and not report.passed)
        if over and item.get_closest_marker("checks"):
            error = call.excinfo.value if call.excinfo else None
            verdict = self._verdict(item, error, report)
            if stopped(verdict, error):
                self._given_up.setdefault((_exercise(item), _function(item)), verdict)
            self._attach(item, report, verdict)
        return report

    def _attach(self, item: pytest.Item, report: pytest.TestReport, verdict: Verdict) -> None:
        passed = verdict.outcome == "passed"
        result = CheckResult(
            id=id_of(item),
            outcome=verdict.outcome,
            points=self._points[item.nodeid] if passed else 0.0,
            max_points=self._points[item.nodeid],
            message=verdict.message,
            misconception=verdict.misconception,
            seconds=round(report.duration, 3),
        )
        exercise = _exercise(item)
        notes = [i18n.to_json(note) for note in self._target.notes(exercise)]
        submission = getattr(item, "funcargs", {}).get("submission")
        called = sorted(submission.functions_called) if submission is not None else []
        report.user_properties.append(
            (PROPERTY, [exercise, _function(item), result.to_json(), notes, called])
        )
        report.outcome = "passed" if passed else "failed"
        report.longrepr = wording.text(verdict.message) if verdict.message else None

    def _verdict(
        self, item: pytest.Function, error: BaseException | None, report: pytest.TestReport
    ) -> Verdict:
        if isinstance(error, (KeyboardInterrupt, pytest.exit.Exception)):
            raise error
        if isinstance(error, GivenUp):
            return error.verdict
        if isinstance(error, UnreadableSubmission):
            return Verdict("failed", Message(got=error.args[0]))
        submission = getattr(item, "funcargs", {}).get("submission")
        subject = Subject(
            function=_function(item),
            address=_address(item),
            calls=submission.calls() if submission is not None else "",
            property=_first_paragraph(item.function.__doc__),
            notes=self._target.notes(_exercise(item)),
        )
        if isinstance(error, CheckFailure) and submission is not None:
            name_default(error, submission, subject.address)
        return judge(error, subject, report.longreprtext)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the verdict that arrives with a report, from this process or from a worker's."""
        for name, value in report.user_properties:
            if name == PROPERTY and _is_last(report):
                exercise, function, result, notes, called = _attached(value)
                self._results[exercise, function].append(CheckResult.from_json(result))
                self._called[result["id"]] = frozenset(called)
                self._notes[exercise].update(dict.fromkeys(map(i18n.from_json, notes)))

    def pytest_report_teststatus(
        self, report: pytest.TestReport
    ) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        """Return the letter and the word of a verdict in pytest's own output."""
        outcome = _outcome_of(report)
        if outcome is None:
            return None
        letter, markup = LETTERS[outcome]
        return outcome, letter, (outcome.upper(), markup)

    # Reports

    def reports(self) -> list[Report]:
        """Return the reports of all exercises that were checked, in course order."""
        return [self._report_in_its_language(step) for step in self._steps()]

    def _report_in_its_language(self, step: course.Step) -> Report:
        language = self._target.language(step.name)
        with i18n.speaking(language):
            return replace(self._report(step), language=language)

    def _steps(self) -> list[course.Step]:
        checked = {exercise for exercise, _function in self._results}
        return [step for step in course.steps() if step.name in checked]

    def _functions(self, step: course.Step) -> list[FunctionReport]:
        """Return the reports on the functions of an exercise, as all checks ran at first."""
        return [
            of_function(function, points, tuple(checks))
            for function, points in step.points.items()
            if (checks := self._results.get((step.name, function)))
        ]

    def _report(self, step: course.Step) -> Report:
        path, sha256 = self._target.identity(step.name)
        notes = (*self._notes[step.name], *self._target.remarks(step.name))
        report = Report(step.name, path, sha256, 0.0, 0.0, (), (), notes)
        functions = with_repeats(self._functions(step), self._repeated)
        callees = partial(self._target.callees, step.name)
        functions = with_faults_of_others(functions, callees, self._called, self._repeated.failed)
        return reduce(with_function, functions, report)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the JSON report; let untouched bonus exercises not fail the run."""
        if hasattr(self._config, "workerinput"):
            return
        reports = self.reports()
        done = bool(reports) and all(report.complete for report in owed(reports))
        if exitstatus == pytest.ExitCode.TESTS_FAILED and done:
            session.exitstatus = pytest.ExitCode.OK
        path: Path | None = self._config.getoption("json")
        if path is not None:
            write_json(reports, path)

    def pytest_terminal_summary(self, config: pytest.Config) -> None:
        """Print the reports below pytest's own output."""
        from autograder.reports.terminal import print_reports

        print_reports(self.reports(), every_problem=config.getoption("all_problems"))


def _exercise(item: pytest.Item) -> str:
    """Return the exercise of a check: its module is named `test_NN_name` or `test_NN_name_part`."""
    module: str = item.getparent(pytest.Module).name  # type: ignore[union-attr]
    name = Path(module).stem.removeprefix("test_")
    step = course.step_of_file(Path(name))
    return step.name if step else name


def id_of(item: pytest.Item) -> str:
    """Return the name of a check in reports: `test_04_dot_product.py::test_both_tables_learn`."""
    return item.nodeid.rpartition("/")[2]


def _function(item: pytest.Item) -> str:
    return str(_marked(item)["function"])


def _marked(item: pytest.Item) -> dict[str, Any]:
    marker = item.get_closest_marker("checks")
    if marker is None:
        raise LookupError(f"{item.nodeid} has no mark `checks`")
    return dict(marker.kwargs)


def _address(item: pytest.Item) -> str:
    return course.address(_exercise(item), _function(item))


def _shared_points(items: Iterable[pytest.Item]) -> dict[str, float]:
    """Return the points of each check: its function's points, divided by the shares."""
    shares: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for item in items:
        shares[_exercise(item), _function(item)][item.nodeid] = _marked(item)["share"]
    points: dict[str, float] = {}
    for (exercise, function), parts in shares.items():
        each = course.step(exercise).points[function] / sum(parts.values())
        points.update({nodeid: round(each * share, 4) for nodeid, share in parts.items()})
    return points


def _first_paragraph(text: str | None) -> str:
    return (text or "").strip().partition("\n\n")[0].replace("\n    ", " ")


def _is_last(report: pytest.TestReport) -> bool:
    return report.when == "call" or report.failed


def _attached(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"a verdict is a list, not a {type(value).__name__}")
    return value


def _outcome_of(report: pytest.TestReport) -> str | None:
    values = [value for name, value in report.user_properties if name == PROPERTY]
    if not values or not _is_last(report):
        return None
    result = _attached(values[-1])[2]
    return str(result["outcome"])
