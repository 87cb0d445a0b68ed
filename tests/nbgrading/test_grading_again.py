"""Grading again: after an interruption, after a change, for one learner, by other means."""

import shutil
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.grading.judge_pool import Grader
from autograder.grading.results import refused as refused_result
from tests import classes
from tests.classes import RANKING, hand_in, released
from tests.nbgrading.commands import NAME, gradebook, nbgrader, newer, refused, reports, scores

pytest.importorskip("nbgrader")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="grading in the sandbox needs Linux"),
    # nbgrader's own code runs in this process, and its libraries warn.
    pytest.mark.filterwarnings("default"),
]


def test_an_interrupted_run_goes_on_where_it_was(graded):
    after = reports(graded.folder)
    handed_in = {
        (path.parts[-3], path.stem) for path in graded.folder.glob(f"submitted/*/{NAME}/*.ipynb")
    }
    assert set(after) == handed_in
    stored = set(graded.at_interruption) - refused(graded.folder)
    assert stored
    assert len(stored) < len(handed_in)
    assert not newer(graded.at_interruption, after) & stored


def test_only_what_has_changed_is_graded_again(mine):
    given = released(mine, NAME)
    files = {RANKING: classes.right(given)[RANKING]}
    hand_in(mine, "mistaken", NAME, files, "2026-03-03 10:00:00 UTC")
    shutil.copy(
        mine / "submitted" / "mistaken" / NAME / f"{RANKING}.ipynb",
        mine / "submitted" / "mistaken" / NAME / f"{RANKING}-Copy1.ipynb",
    )
    before = reports(mine)
    nbgrader(mine, "autograde", NAME)
    changed = newer(before, reports(mine)) - refused(mine)
    assert changed == {("mistaken", RANKING)}
    assert sum(scores(mine)["mistaken"][RANKING].values()) == 10


def test_when_asked_for_one_learner_nobody_else_is_graded(mine, monkeypatch):
    """Through the interface that formgrader's buttons use."""
    given = released(mine, NAME)
    for learner in ("ada", "ben"):
        hand_in(mine, learner, NAME, {RANKING: classes.mistaken(given)[RANKING]})
    before = reports(mine)
    success, log = autograde_one(mine, "ada", monkeypatch)
    assert success, log
    assert newer(before, reports(mine)) == {("ada", RANKING)}
    found = scores(mine)
    assert sum(found["ada"][RANKING].values()) == 9.5
    assert "ben" not in found


def test_what_could_not_be_graded_is_tried_again_at_the_next_press_of_a_button(mine, monkeypatch):
    def unlucky(_grader, parsed):
        return refused_result(parsed.submission, "bad luck", parsed.sha256)

    files = {RANKING: classes.mistaken(released(mine, NAME))[RANKING]}
    hand_in(mine, "ada", NAME, files)
    with monkeypatch.context() as patch:
        patch.setattr(Grader, "grade", unlucky)
        autograde_one(mine, "ada", monkeypatch)
    assert sum(scores(mine)["ada"][RANKING].values()) == 0
    autograde_one(mine, "ada", monkeypatch)
    assert sum(scores(mine)["ada"][RANKING].values()) == 9.5


def autograde_one(folder, learner, monkeypatch):
    from nbgrader.apps import NbGrader
    from nbgrader.apps.api import NbGraderAPI

    monkeypatch.chdir(folder)
    application = NbGrader()
    application.initialize([], root=str(folder))
    answer = NbGraderAPI(application.coursedir, parent=application).autograde(NAME, learner)
    return answer["success"], answer.get("error", "") + answer.get("log", "")


def test_the_workers_of_a_cluster_grade_in_a_course_too(mine):
    distributed = pytest.importorskip("distributed", reason="Dask distributed is not installed")
    files = {RANKING: classes.right(released(mine, NAME))[RANKING]}
    hand_in(mine, "mistaken", NAME, files, "2026-03-03 10:00:00 UTC")
    before = reports(mine)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as workers:
        option = f"--GradeInSandbox.scheduler={workers.scheduler_address}"
        nbgrader(mine, "autograde", NAME, option)
    assert ("mistaken", RANKING) in newer(before, reports(mine))
    assert sum(scores(mine)["mistaken"][RANKING].values()) == 10


def own_notebook():
    """A notebook that an instructor has written: one answer, one test for two points."""

    def cell(source, **metadata):
        given = {"schema_version": 3, "task": False, **metadata}
        return new_code_cell(source, metadata={"nbgrader": given})

    answer = "### BEGIN SOLUTION\nanswer = 42\n### END SOLUTION"
    cells = [
        cell(answer, grade_id="answer", solution=True, grade=False, locked=False),
        cell("assert answer == 42", grade_id="test", solution=False, grade=True, locked=True),
    ]
    cells[1].metadata["nbgrader"]["points"] = 2
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def test_an_instructors_own_notebook_runs_in_the_sandbox(ready, tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(ready, folder)
    source = folder / "source" / "own" / "04_dot_product_bonus.ipynb"
    source.parent.mkdir()
    nbformat.write(own_notebook(), source)
    nbgrader(folder, "generate_assignment", "own")
    for learner, answer in (("ada", "answer = 6 * 7"), ("ben", "answer = 6 * 9")):
        notebook = nbformat.read(folder / "release" / "own" / source.name, as_version=4)
        notebook.cells[0].source = answer
        hand_in(folder, learner, "own", {source.stem: nbformat.writes(notebook)})
    assert "runs in the sandbox" in nbgrader(folder, "autograde", "own")
    with gradebook(folder) as book:
        found = {s.student.id: s.score for s in book.assignment_submissions("own")}
    assert found == {"ada": 2, "ben": 0}
