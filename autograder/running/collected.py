"""Checks that a process has collected once, and runs as often as it likes.

pytest starts, reads its options and collects files before it runs a check; that takes longer than
the checks of a short exercise. A process that judges, or forks processes that judge, does all of it
once (`CollectedChecks.collect`), and each run takes the checks that it wants.
"""

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout

import pytest

from autograder.running.plugin import CheckSession


class CollectedChecks:
    """A pytest session that has collected checks, and runs some of them at a time."""

    def __init__(self, session: pytest.Session, items: Sequence[pytest.Item]):
        self._session = session
        self._by_file: dict[str, list[pytest.Item]] = {}
        for item in items:
            self._by_file.setdefault(os.path.realpath(item.path), []).append(item)
        self._is_running = False

    @classmethod
    def collect(cls, arguments: list[str], plugin: object) -> "CollectedChecks | None":
        """Collect checks.

        Args:
            arguments: The arguments of pytest, without its plugin that captures output.
            plugin: A plugin of the collection; it registers a session of checks.

        Returns:
            The checks; None where pytest cannot collect all of them.
        """
        keeper = _Keeper()
        pytest.main(arguments, plugins=[plugin, keeper])
        session = keeper.session
        if session is None or session.testsfailed:
            return None
        manager = session.config.pluginmanager
        for each in (plugin, keeper, manager.get_plugin(CheckSession.NAME)):
            manager.unregister(each)
        return cls(session, keeper.items)

    @property
    def is_free(self) -> bool:
        """Whether no run is under way: a run within a run needs a session of its own."""
        return not self._is_running

    def run(self, files: Sequence[str], seed: int | None, plugins: Sequence[object]) -> int:
        """Run the checks of some files with some plugins, without what they print.

        Args:
            files: The paths of the checks files.
            seed: The value of pytest's option `--seed`, None for its default.
            plugins: Plugins of this run only. The hook `pytest_configure` is called as in a new run
                of pytest.

        Returns:
            pytest's exit code.
        """
        session, config = self._session, self._session.config
        items = [item for file in files for item in self._by_file[os.path.realpath(file)]]
        silence = io.StringIO()
        with (
            redirect_stdout(silence),
            redirect_stderr(silence),
            self._own_plugins(plugins),
            _option(config, "seed", seed),
        ):
            session.testsfailed = session.testscollected = 0
            session.shouldstop = session.shouldfail = False
            session.items = items
            session.exitstatus = _exit_code(session)
            config.hook.pytest_sessionfinish(session=session, exitstatus=session.exitstatus)
            return session.exitstatus

    @contextmanager
    def _own_plugins(self, plugins: Sequence[object]) -> Iterator[None]:
        """Register plugins for a run, and afterwards unregister them and what they registered."""
        config = self._session.config
        manager = config.pluginmanager
        before = set(map(id, manager.get_plugins()))
        self._is_running = True
        try:
            for plugin in plugins:
                manager.register(plugin)
            for plugin in plugins:
                configure = getattr(plugin, "pytest_configure", None)
                if configure is not None:
                    configure(config)
            yield
        finally:
            for plugin in manager.get_plugins():
                if id(plugin) not in before:
                    manager.unregister(plugin)
            self._is_running = False


def _exit_code(session: pytest.Session) -> int:
    """Run a session's checks and return pytest's exit code, as pytest's main function does."""
    hook = session.config.hook
    try:
        hook.pytest_collection_modifyitems(
            session=session, config=session.config, items=session.items
        )
        hook.pytest_runtestloop(session=session)
    except (KeyboardInterrupt, pytest.exit.Exception):
        return pytest.ExitCode.INTERRUPTED
    except Exception:
        session.config.notify_exception(pytest.ExceptionInfo.from_current())
        return pytest.ExitCode.INTERNAL_ERROR
    if session.testsfailed:
        return pytest.ExitCode.TESTS_FAILED
    return pytest.ExitCode.OK if session.items else pytest.ExitCode.NO_TESTS_COLLECTED


class _Keeper:
    """Keeps the session and the checks of a run, and lets the run end without a check."""

    def __init__(self) -> None:
        self.session: pytest.Session | None = None
        self.items: list[pytest.Item] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self.items = list(items)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.session = session
        return True


@contextmanager
def _option(config: pytest.Config, name: str, value: object) -> Iterator[None]:
    """Set an option of pytest in a block, unless the value is None."""
    before = config.getoption(name)
    try:
        if value is not None:
            setattr(config.option, name, value)
        yield
    finally:
        setattr(config.option, name, before)
