"""The grader: judges and workers that end, zygotes that die, programs that grade."""

import os
import signal
import subprocess
import sys

import pytest

from autograder.grading.collect import collect
from autograder.grading.judge_pool import Grader, GraderEnded
from autograder.sandbox.isolation import LAYERS
from autograder.submissions.parse import parse
from tests.conftest import ROOT
from tests.grading.common import (
    PATIENCE,
    RIGHT,
    RULES,
    SLEEPS,
    WRONG,
    children_of,
    graded,
    hand_in,
    in_background,
    running_judges,
    wait_until,
    with_cell,
)

pytestmark = pytest.mark.process


def test_a_judge_that_is_ended_costs_its_submission_a_line_and_the_others_nothing(grader, tmp_path):
    folder = tmp_path / "class"
    hand_in(folder, "ada", with_cell(SLEEPS.format(seconds=150)))
    grading = in_background(graded, grader, folder, tmp_path / "out")
    [judge] = wait_until(running_judges)
    hand_in(folder, "ben")
    ben = graded(grader, folder / "ben", tmp_path / "out")["ben"]
    judge.kill()
    ada = grading.result()["ada"]
    assert ada.report.notes == ("cannot be graded because its judge ended unexpectedly",)
    assert (ada.gradable, ada.report.points, ada.report.max_points) == (False, 0, 10)
    assert (ben.report.points, ben.report.isolation) == (10, LAYERS)


def test_there_may_be_more_jobs_than_submissions(grader, tmp_path):
    for learner, text in (("ada", RIGHT), ("ben", WRONG)):
        hand_in(tmp_path / "class", learner, text)
    results = graded(grader, tmp_path / "class", tmp_path / "out", jobs=8)
    assert {name: each.report.points for name, each in results.items()} == {
        "ada": 10,
        "ben": 9,
    }


def test_when_the_zygote_dies_its_submissions_are_graded_behind_another(
    start_zygote, tmp_path, monkeypatch
):
    started = []

    def start():
        started.append(start_zygote())
        return started[-1]

    monkeypatch.setattr("autograder.grading.judge_pool.new_zygote", start)
    for learner in ("ada", "ben", "cleo"):
        hand_in(tmp_path / "class", learner, with_cell(SLEEPS.format(seconds=1)))
    with Grader(RULES) as grader:
        grading = in_background(graded, grader, tmp_path / "class", tmp_path / "out")
        wait_until(lambda: children_of(started[0].pid))
        os.kill(started[0].pid, signal.SIGKILL)
        results = grading.result()
    assert len(started) == 2
    for each in results.values():
        report = each.report
        assert (report.points, report.notes, report.isolation) == (10, (), LAYERS)


PROGRAM = """
import sys
from pathlib import Path

from autograder.grading.judge_pool import Grader
from autograder.grading.rules import Rules
from autograder.submissions.parse import parse
from autograder.submissions.submission import Submission

Path(__file__).with_name(f"imported as {__name__}").touch()
if __name__ == "__main__":
    path = Path(sys.argv[1])
    with Grader(Rules(seed=1)) as grader:
        result = grader.grade(parse(Submission(path.stem, path, "ada")))
    print(result.report.points, "of", result.report.max_points)
"""


def test_no_judge_imports_the_program_that_grades(tmp_path):
    """It may be large, as nbgrader is, and every submission would pay for it."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    path = hand_in(tmp_path, "ada")
    done = subprocess.run(
        [sys.executable, program, path], capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE
    )
    assert done.stdout.strip() == "10.0 of 10.0", done.stderr
    assert [found.name for found in tmp_path.glob("imported as *")] == ["imported as __main__"]


def test_a_grader_that_is_left_at_work_gives_no_verdict_and_stores_none(start_zygote, tmp_path):
    hand_in(tmp_path / "class", "ada", with_cell(SLEEPS.format(seconds=150)))
    with Grader(RULES) as grader:
        grading = in_background(graded, grader, tmp_path / "class", tmp_path / "out")
        wait_until(running_judges)
    with pytest.raises(GraderEnded):
        grading.result()
    assert not list((tmp_path / "out").rglob("*.json"))


def test_a_grader_that_was_not_entered_runs_nothing(tmp_path):
    hand_in(tmp_path, "ada")
    [submission] = collect([tmp_path], tmp_path / "out").submissions
    with pytest.raises(GraderEnded):
        Grader(RULES).grade(parse(submission))
