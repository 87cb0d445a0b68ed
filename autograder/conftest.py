"""`pytest autograder`: options and fixtures of the checks; `session.py` keeps the books."""

import hashlib
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from autograder import course
from autograder.checking.proxies import SubmissionProxy
from autograder.running.plugin import CheckSession
from autograder.running.targets import FileTarget
from autograder.submissions.cells import UnreadableSubmission
from autograder.util import paths
from autograder.util.environment import HEADLESS, QUIET, prefer

PUBLIC_SEED = 1


def pytest_addoption(parser):
    group = parser.getgroup("autograder", "checks of the course's exercises")
    group.addoption(
        "--submissions",
        type=Path,
        metavar="PATH",
        help="the file or folder to check (default: exercises/en); .py or .ipynb",
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


def pytest_configure(config):
    prefer(QUIET | HEADLESS)
    config.addinivalue_line(
        "markers", "checks(function, share): the function of a check, its share of the points"
    )
    if config.pluginmanager.has_plugin(CheckSession.NAME):
        return
    _leave_problems_to_the_summary(config)
    _take_words_for_their_exercise(config)
    try:
        target = FileTarget.at(config.getoption("submissions") or paths.exercises())
    except UnreadableSubmission as error:
        raise pytest.UsageError(str(error)) from error
    config.pluginmanager.register(CheckSession(config, target), CheckSession.NAME)


def _leave_problems_to_the_summary(config):
    """Keep pytest from printing every failure a second and third time, unless it is asked to."""
    if config.option.tbstyle == "auto":
        config.option.tbstyle = "no"
    if config.option.reportchars == "fE":
        config.option.reportchars = ""


def _take_words_for_their_exercise(config):
    """Let `-k dot_product` mean 04_dot_product, and not each check that speaks of dot products."""
    with suppress(LookupError):
        config.option.keyword = course.step(config.option.keyword).name


@pytest.fixture(scope="module")
def memory() -> dict:
    """What the checks of an exercise share; see `SubmissionProxy.once`."""
    return {}


@pytest.fixture
def submission(request, memory) -> SubmissionProxy:
    """The learner's functions, as attributes; see `autograder.checking.proxies`."""
    session = request.config.pluginmanager.get_plugin(CheckSession.NAME)
    engine = session.engine_of(request.node)
    engine.seed(_seed_of_learner(request))
    return SubmissionProxy(engine, memory)


def _seed_of_learner(request) -> int:
    """A seed for the learner's own random generators, from which that of `rng` cannot be told."""
    own = f"{request.config.getoption('seed')} {_name_of(request)}".encode()
    return int.from_bytes(hashlib.sha256(own).digest()[:4], "big")


def _name_of(request) -> str:
    return request.node.nodeid.rpartition("/")[2]


@pytest.fixture
def rng(request) -> np.random.Generator:
    """A random generator of this check's own, drawn from the seed of the run."""
    own = zlib.crc32(_name_of(request).encode())
    return np.random.default_rng([request.config.getoption("seed"), own])
