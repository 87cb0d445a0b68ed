"""`pytest autograder`: options and fixtures of the checks; `running/plugin.py` keeps the books."""

import hashlib
import zlib
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder import course
from autograder.checking.proxies import SubmissionProxy
from autograder.running.plugin import CheckSession
from autograder.running.runner import repeat
from autograder.running.targets import FileTarget
from autograder.submissions.cells import UnreadableSubmission
from autograder.util.environment import HEADLESS, QUIET, prefer
from autograder.workspace.place import DamagedWorkspace, NoWorkspace, current

PUBLIC_SEED = 1


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a run of the checks."""
    group = parser.getgroup("autograder", "checks of the course's exercises")
    group.addoption(
        "--submissions",
        type=Path,
        metavar="PATH",
        help="the file or folder to check (default: the workspace); .py or .ipynb",
    )
    group.addoption(
        "--seed",
        type=int,
        default=PUBLIC_SEED,
        help="draws the data of the checks (default: %(default)s)",
    )
    group.addoption("--json", type=Path, metavar="FILE", help="write the report as JSON")
    group.addoption(
        "--all-problems", action="store_true", help="show every problem, not only the first"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register a session over the submissions that the options name, unless one is registered."""
    prefer(QUIET | HEADLESS)
    config.addinivalue_line(
        "markers", "checks(function, share): the function of a check, its share of the points"
    )
    if config.pluginmanager.has_plugin(CheckSession.NAME):
        return
    _leave_problems_to_the_summary(config)
    functions = _take_words_for_their_part_of_the_course(config)
    try:
        path = config.getoption("submissions") or current().root
        target = FileTarget.at(path, functions=functions)
    except (UnreadableSubmission, NoWorkspace, DamagedWorkspace) as error:
        raise pytest.UsageError(str(error)) from error
    seed = config.getoption("seed")
    again = partial(repeat, target, seed, nullcontext)
    config.pluginmanager.register(CheckSession(config, target, repeat=again), CheckSession.NAME)


def _leave_problems_to_the_summary(config: pytest.Config) -> None:
    """Keep pytest from printing every failure a second and third time, unless it is asked to."""
    if config.option.tbstyle == "auto":
        config.option.tbstyle = "no"
    if config.option.reportchars == "fE":
        config.option.reportchars = ""


def _take_words_for_their_part_of_the_course(config: pytest.Config) -> frozenset[str] | None:
    """Let `-k` mean an exercise or a function, and not each check whose name holds the word.

    Returns:
        The address of the function that is meant, None where no function is.
    """
    with suppress(LookupError):
        config.option.keyword = course.step(config.option.keyword).name
        return None
    with suppress(LookupError):
        step, function = course.located(config.option.keyword)
        config.option.keyword = step.name
        return frozenset({course.address(step.name, function)})
    return None


@pytest.fixture(scope="module")
def memory() -> dict[str, Any]:
    """Return what the checks of an exercise share (see `SubmissionProxy.once`)."""
    return {}


@pytest.fixture
def submission(request: pytest.FixtureRequest, memory: dict[str, Any]) -> SubmissionProxy:
    """Return the learner's functions, as attributes (see `checking.proxies`)."""
    session = request.config.pluginmanager.get_plugin(CheckSession.NAME)
    assert isinstance(session, CheckSession)
    engine = session.engine_of(request.node)
    begin = partial(engine.seed, _seed_of_learner(request))
    begin()
    return SubmissionProxy(engine, memory, begin)


def _seed_of_learner(request: pytest.FixtureRequest) -> int:
    """Return a seed for the learner's own generators that does not reveal the seed of `rng`."""
    own = f"{request.config.getoption('seed')} {_name_of(request)}".encode()
    return int.from_bytes(hashlib.sha256(own).digest()[:4], "big")


def _name_of(request: pytest.FixtureRequest) -> str:
    nodeid: str = request.node.nodeid
    return nodeid.rpartition("/")[2]


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """Return a random generator of this check's own, drawn from the seed of the run."""
    own = zlib.crc32(_name_of(request).encode())
    return np.random.default_rng([request.config.getoption("seed"), own])
