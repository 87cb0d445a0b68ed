"""Fixtures of the tests of grading: a graded class, and a grader in the sandbox."""

import pytest

from autograder.grading import judge_pool
from autograder.grading.judge_pool import Grader
from autograder.grading.output.grades_csv import write_grades
from autograder.grading.output.pages import write_pages
from autograder.grading.slugs import slug
from tests.grading.common import RULES, Judges, graded, hand_in, with_cell
from tests.grading.made_results import parse


@pytest.fixture
def page(tmp_path):
    """Write the pages of these results and read one: the class's, or a learner's."""

    def write_and_read(*results, learner=None):
        write_pages(list(results), tmp_path)
        folder = tmp_path / slug(learner) if learner is not None else tmp_path
        return parse(folder / "index.html")

    return write_and_read


@pytest.fixture
def grades(tmp_path):
    """Write the table of these results and read its text."""

    def write_and_read(*results):
        path = tmp_path / "grades.csv"
        write_grades(list(results), path)
        return path.read_bytes().decode("utf-8")

    return write_and_read


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
