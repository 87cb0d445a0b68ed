"""The pool of an assignment: results before all are judged, and an end to what is judged."""

import gc
import sys
import threading

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.grading.judge_pool import GraderEnded
from autograder.grading.results import refused as refused_result
from tests.classes import RANKING
from tests.nbgrading.commands import NAME, PATIENCE

pytest.importorskip("nbgrader")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="grading in the sandbox needs Linux"),
]


class SlowGrader:
    """Stands for a grader: all but the first learner's submission wait until it is left."""

    def __init__(self, rules):
        self.left = threading.Event()
        SlowGrader.latest = self

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.left.set()

    def grade(self, parsed):
        if parsed.submission.learner != "ada":
            assert self.left.wait(PATIENCE)
            raise GraderEnded
        return refused_result(parsed.submission, "slow", parsed.sha256)


class Converter:
    """What a pool asks of nbgrader's converter."""

    def __init__(self, folder):
        from nbgrader.coursedir import CourseDirectory

        self.coursedir = CourseDirectory(root=str(folder), assignment_id=NAME)


@pytest.fixture
def waiting(tmp_path, monkeypatch):
    """The only reference to a converter whose pool has given one result and has another judged."""
    from autograder.nbgrading import pool

    monkeypatch.setattr(pool, "Grader", SlowGrader)
    for learner in ("ada", "ben"):
        place = tmp_path / "submitted" / learner / NAME / f"{RANKING}.ipynb"
        place.parent.mkdir(parents=True)
        cell = new_code_cell(f"learner = {learner!r}")
        nbformat.write(new_notebook(cells=[cell]), place)
    converter = Converter(tmp_path)
    result = pool.Pool(converter, NAME, 2, False).result("ada", RANKING)
    assert result.report.notes == ("slow",)
    assert not SlowGrader.latest.left.is_set()
    return [converter]


def test_a_result_is_there_before_the_others_are(waiting):
    from autograder.nbgrading.pool import Pool

    [converter] = waiting
    assert Pool(converter, NAME, 2, False).result("ada", RANKING).report.notes == ("slow",)
    assert not SlowGrader.latest.left.is_set()


@pytest.mark.parametrize("ending", ["the program ends", "the converter is gone"])
def test_what_is_still_judged_ends_with_its_command(waiting, ending):
    from autograder.nbgrading import pool

    if ending == "the program ends":
        pool._close_all()
    else:
        waiting.clear()
        gc.collect()
    assert SlowGrader.latest.left.is_set()
