"""Fixtures of the tests of grading: a graded class, and a grader in the sandbox."""

import pytest

from autograder.grading import judge_pool
from autograder.grading.judge_pool import Grader
from tests.grading.common import RULES, Judges, graded, hand_in, with_cell


@pytest.fixture
def done(tmp_path):
    """A class of two that was graded: its folder, and the folder of results."""
    folder, out = tmp_path / "class", tmp_path / "out"
    for learner in ("ada", "ben"):
        hand_in(folder, learner, with_cell(f"learner = {learner!r}"))
    graded(Judges(), folder, out)
    return folder, out


class Lent:
    """A zygote for several graders, of whom none ends it."""

    def __init__(self, zygote):
        self.socket = zygote.socket

    def close(self):
        pass


@pytest.fixture(scope="module")
def start_zygote(zygote):
    """Lend one zygote to all graders of this process; gives what starts a zygote of one's own."""
    if zygote is None:
        pytest.skip("the sandbox needs Linux")
    start = judge_pool.new_zygote
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judge_pool, "new_zygote", lambda: Lent(zygote))
        yield start


@pytest.fixture(scope="module")
def grader(start_zygote):
    with Grader(RULES) as grader:
        yield grader
