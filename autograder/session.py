"""The bookkeeping of one run of the checks: from pytest's outcomes to reports.

Registered by `conftest.py`. Each check's verdict rides on pytest's own report, so that it survives
pytest-xdist; reports are put together where all of them arrive.
"""

from collections import defaultdict
from pathlib import Path

import pytest

from autograder import course
from autograder.answers import seen
from autograder.engine import Engine
from autograder.files import SubmissionFile, UnreadableSubmission, digest, find, read_content
from autograder.guard import working
from autograder.i18n import _
from autograder.loading import Loaded, load
from autograder.outcome import Subject, Verdict, judge, stopped
from autograder.report import CheckResult, Report, of_function, owed, with_function, write_json
from autograder.values import whole_text

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
        super().__init__(verdict.message)
        self.verdict = verdict


class FileTarget:
    """Checks the exercises in a file or folder, or only some exercises and functions of them.

    functions: their addresses (see `course.address`); None for all.
    Raises `UnreadableSubmission` where there is none of them.
    """

    def __init__(
        self,
        path: Path | SubmissionFile,
        exercises: frozenset[str] | None = None,
        functions: frozenset[str] | None = None,
    ):
        self.functions = functions
        alone = isinstance(path, SubmissionFile)
        self._files = {path.exercise: path} if alone else find(path, exercises)
        self._contents: dict[str, bytes] = {}
        self._loaded: dict[str, Loaded | UnreadableSubmission] = {}

    @property
    def exercises(self) -> tuple[str, ...]:
        return tuple(self._files)

    def loaded(self, exercise: str) -> Loaded:
        """The submission of an exercise, read and run once.

        Raises `UnreadableSubmission`, with the notes so far, for a file that cannot be read.
        """
        if exercise not in self._loaded:
            file = self._files[exercise]
            try:
                self._loaded[exercise] = load(file, self._content(exercise))
            except UnreadableSubmission as error:
                self._loaded[exercise] = UnreadableSubmission(str(error), file.notes)
        loaded = self._loaded[exercise]
        if isinstance(loaded, UnreadableSubmission):
            raise loaded
        return loaded

    def remarks(self, exercise: str) -> tuple[str, ...]:
        """What a report says besides: answers that were opened before they were found."""
        functions = course.step(exercise).functions
        opened = [name for name in functions if course.address(exercise, name) in seen()]
        note = _("the answer of {name} was opened before it passed")
        return tuple(note.format(name=name) for name in opened)

    def _content(self, exercise: str) -> bytes:
        if exercise not in self._contents:
            self._contents[exercise] = read_content(self._files[exercise].path)
        return self._contents[exercise]

    def identity(self, exercise: str) -> tuple[str, str]:
        """The path of a submission and the SHA-256 of its bytes, "" where they cannot be had."""
        path = self._files[exercise].path.as_posix()
        try:
            return path, digest(self._content(exercise))
        except UnreadableSubmission:
            return path, ""


class NamespaceTarget:
    """Checks some functions that a running notebook or script has defined."""

    def __init__(self, exercise: str, engine: Engine, functions: frozenset[str]):
        self.exercises = (exercise,)
        self.functions = functions
        self._loaded = Loaded(engine, {}, ())

    def loaded(self, exercise: str) -> Loaded:
        return self._loaded

    def identity(self, exercise: str) -> tuple[str, str]:
        return "", ""


class NoTarget:
    """Checks nothing."""

    exercises = ()
    functions = None


class CheckSession:
    """pytest hooks of a run over one target, and the reports that come of it."""

    NAME = "autograder-session"

    def __init__(self, config, target: "FileTarget | NamespaceTarget"):
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
        return self._target.loaded(_exercise(item)).engine

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
                message=whole_text(verdict.message),
                misconception=verdict.misconception,
                seconds=round(report.duration, 3),
            )
            notes = self._notes_of(item)
            report.user_properties.append(
                (PROPERTY, [_exercise(item), _function(item), vars(result), notes])
            )
            report.outcome = "passed" if verdict.outcome == "passed" else "failed"
            report.longrepr = None if verdict.outcome == "passed" else verdict.message
        return report

    def _verdict(self, item, error, report) -> Verdict:
        if isinstance(error, (KeyboardInterrupt, pytest.exit.Exception)):
            raise error
        if isinstance(error, GivenUp):
            return error.verdict
        if isinstance(error, UnreadableSubmission):
            return Verdict("failed", str(error))
        submission = getattr(item, "funcargs", {}).get("submission")
        subject = Subject(
            function=_function(item),
            address=_address(item),
            calls=submission.calls() if submission is not None else "",
            property=_first_line(item.function.__doc__),
            notes=tuple(self._notes_of(item)),
        )
        return judge(error, subject, report.longreprtext)

    def _notes_of(self, item) -> list[str]:
        try:
            return [whole_text(note) for note in self._target.loaded(_exercise(item)).notes]
        except UnreadableSubmission as error:
            return list(error.notes)

    def pytest_runtest_logreport(self, report):
        for name, value in report.user_properties:
            if name == PROPERTY and (report.when == "call" or report.failed):
                exercise, function, result, notes = value
                self._results[exercise, function].append(CheckResult(**result))
                self._notes[exercise].update(dict.fromkeys(notes))

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
        remarks = getattr(self._target, "remarks", lambda exercise: ())(step.name)
        notes = (*self._notes[step.name], *remarks)
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
        from autograder.terminal import print_reports

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
