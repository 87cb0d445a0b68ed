"""Run checks from Python: the same pytest run as `pytest autograder`, without its output."""

import os
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from unittest.mock import patch

import pytest

from autograder import course
from autograder.engine.stand_ins import Answerer
from autograder.reports.model import Report
from autograder.running.collected import CollectedChecks
from autograder.running.course_answers import answerer
from autograder.running.plugin import CheckSession, id_of
from autograder.running.repeats import NotRepeated, Repeat, Repeated
from autograder.running.targets import NoTarget, Target
from autograder.util import paths
from autograder.util.i18n import _

# Left out: the plugins that print or write, that collect garbage after each run, which takes half
# of its time, and that serve what no check uses.
_UNUSED = (
    *("terminal", "cacheprovider", "warnings", "unraisableexception", "threadexception"),
    *("tmpdir", "logging", "doctest", "junitxml", "pastebin", "stepwise", "faulthandler"),
    *("setuponly", "setupplan", "debugging", "unittest", "recwarn", "monkeypatch"),
)
_ARGUMENTS = ["-c", os.devnull, "--rootdir", str(paths.PACKAGE)]
_ARGUMENTS += [f"-pno:{name}" for name in _UNUSED]

_collected: CollectedChecks | None = None


class CheckError(RuntimeError):
    """The checks could not be run at all; the text says why."""


def run(
    target: Target,
    seed: int | None = None,
    limit: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> list[Report]:
    """Run the checks of a target and return the reports on its exercises.

    Args:
        target: What to check.
        seed: Draws other data than the public seed's; None for the public seed.
        limit: Makes the context that bounds the time of one check.

    Raises:
        CheckError: An exercise has no checks file, or pytest itself failed.
    """
    return _reports(
        target, seed, [_TargetPlugin(target, limit, partial(repeat, target, seed, limit))]
    )


def repeat(
    target: Target,
    seed: int | None,
    limit: Callable[[], AbstractContextManager[object]],
    what: Repeat,
) -> Repeated:
    """Run checks again, in which the course answers for functions of the learner's.

    Args:
        target: The target of the first run.
        seed: The seed of the first run.
        limit: Makes the context that bounds the time of one check.
        what: The checks, and the functions that the course answers for.

    Returns:
        The checks in which the course answered; none of them where nothing can be repeated.
    """
    answers = answerer(what.exercise, what.answered)
    recorder = _AnswerRecorder(answers)
    address = course.address(what.exercise, what.function)
    try:
        with target.repeating(what.exercise, frozenset({address}), answers) as again:
            [report] = _reports(
                again, seed, [_TargetPlugin(again, limit, only=what.checks), recorder]
            )
    except (CheckError, NotRepeated):
        return Repeated({}, {})
    answered = [c for f in report.functions for c in f.checks if c.id in recorder.answered]
    passed = [check.id for check in answered if check.outcome == "passed"]
    failed = [check.id for check in answered if check.outcome == "failed"]
    return Repeated(dict.fromkeys(passed, what.answered), dict.fromkeys(failed, what.answered))


def _reports(target: Target, seed: int | None, plugins: list[object]) -> list[Report]:
    """Run checks with some plugins; see `run`."""
    collector = _ReportCollector()
    files = [path for exercise in target.exercises for path in _check_files(exercise)]
    code = _pytest(files, seed, [*plugins, collector])
    if code == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    if code not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED} or collector.reports is None:
        raise CheckError("\n".join(collector.errors) or f"pytest ended with {code!r}")
    return collector.reports


def collect_once() -> None:
    """Collect all checks, so that later runs in this process, and in its forks, need not."""
    global _collected
    arguments = [*_ARGUMENTS, "-pno:capture", str(paths.CHECKS)]
    with _own_settings():
        _collected = CollectedChecks.collect(arguments, _TargetPlugin(NoTarget()))


def _check_files(exercise: str) -> list[str]:
    """Return the checks files of an exercise: `test_NN_name.py` and its parts `…_part.py`."""
    found = sorted(paths.CHECKS.glob(f"test_{exercise}.py"))
    found += sorted(paths.CHECKS.glob(f"test_{exercise}_*.py"))
    if not found:
        text = _("{exercise} has no checks: {path} is missing. Write it, with a check a function.")
        path = paths.CHECKS / f"test_{exercise}.py"
        raise CheckError(text.format(exercise=exercise, path=path))
    return [str(path) for path in found]


def _pytest(files: list[str], seed: int | None, plugins: list[object]) -> int:
    """Run the checks of some files, without what they print."""
    with _own_settings():
        if _collected is not None and _collected.is_free:
            return _collected.run(files, seed, plugins)
        options = [] if seed is None else ["--seed", str(seed)]
        return pytest.main([*_ARGUMENTS, "--capture=sys", *options, *files], plugins=plugins)


@contextmanager
def _own_settings() -> Iterator[None]:
    """Run a block with nothing of this machine's or this folder's settings."""
    with _own_environment(), _existing_folder(), warnings.catch_warnings():
        # A warning of the learner's code costs no points, whatever filters this process has.
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _own_environment() -> Iterator[None]:
    """Hide pytest's variables, such as PYTEST_PLUGINS, which another project may have set."""
    with patch.dict(os.environ):
        for name in [name for name in os.environ if name.startswith("PYTEST_")]:
            del os.environ[name]
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        yield


@contextmanager
def _existing_folder() -> Iterator[None]:
    """Work in the kit's folder where the working folder was deleted; pytest needs one that exists.

    Only systems on which a working folder can be deleted come here.
    """
    try:
        os.getcwd()
    except FileNotFoundError:
        deleted = os.open(".", os.O_RDONLY)
        os.chdir(paths.PACKAGE)
        try:
            yield
        finally:
            os.fchdir(deleted)
            os.close(deleted)
    else:
        yield


class _TargetPlugin:
    """Hands the target to `conftest.py`."""

    def __init__(
        self,
        target: Target,
        limit: Callable[[], AbstractContextManager[object]] = nullcontext,
        repeat: Callable[[Repeat], Repeated] | None = None,
        only: frozenset[str] | None = None,
    ):
        self.target = target
        self.limit = limit
        self.repeat = repeat
        self.only = only

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.option.tbstyle = "native"
        session = CheckSession(config, self.target, self.limit, self.repeat, self.only)
        config.pluginmanager.register(session, CheckSession.NAME)


class _AnswerRecorder:
    """Begins each check for an answerer, and takes the ids of the checks in which it answered."""

    def __init__(self, answers: Answerer) -> None:
        self.answered: set[str] = set()
        self._answers = answers

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self._answers.begin()
        ran = yield
        if self._answers.n_answers:
            self.answered.add(id_of(item))
        return ran


class _ReportCollector:
    """Takes the reports at the end of the run."""

    def __init__(self) -> None:
        self.reports: list[Report] | None = None
        self.errors: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.errors.append(report.longreprtext)

    def pytest_internalerror(self, excrepr: object) -> None:
        self.errors.append(str(excrepr))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        check_session = session.config.pluginmanager.get_plugin(CheckSession.NAME)
        self.reports = check_session.reports() if check_session else None
