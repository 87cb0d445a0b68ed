"""The grades and people of nbgrader's gradebook, beside nbgrader's own export."""

import csv
import io
import re
import sys
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from typer.testing import CliRunner

pytest.importorskip("nbgrader")

from autograder.cli.app import app
from autograder.nbgrading.gradebook import (
    NoGradebook,
    Person,
    grades_in,
    is_course,
    people_in,
    ungraded_in,
)
from tests.classes import hand_in, released
from tests.nbgrading.commands import environment, nbgrader

NAME = "recommender"
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
PENALTY = """
from nbgrader.plugins import LateSubmissionPlugin


class APointAnHour(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return total_seconds_late / 3600
"""

# nbgrader's own `add_submission` gives rise to it.
pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Submitted:sqlalchemy.exc.SAWarning")


@pytest.fixture(autouse=True)
def programs(monkeypatch):
    """Let nbgrader find the program `alembic`, with which it makes a gradebook."""
    monkeypatch.setenv("PATH", environment()["PATH"])


def autograder(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def book(folder, name=NAME):
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{folder}/gradebook.db", name)


def exported(folder):
    """The score of every row of `nbgrader export`, None where nothing was handed in."""
    nbgrader(folder, "export")
    with (folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["student_id"], row["assignment"]): round(float(row["score"]), 2)
            for row in csv.DictReader(file)
        }


def moodle(path):
    text = io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")
    header, *rows = csv.reader(text, delimiter=";")
    return {
        (row[0], name): cell for row in rows for name, cell in zip(header[1:], row[1:], strict=True)
    }


def own_assignment(folder):
    """Add an assignment of the instructor's own: a test, and a question graded by hand."""
    cell = {"locked": True, "task": False, "schema_version": 3}
    test = {**cell, "grade": True, "solution": False, "grade_id": "test", "points": 4}
    question = {**cell, "grade": True, "solution": True, "grade_id": "why", "points": 5}
    cells = [
        new_code_cell("x = 3", metadata={}),
        new_code_cell("x / 2", metadata={"nbgrader": test}),
        new_markdown_cell("Why?", metadata={"nbgrader": {**question, "locked": False}}),
    ]
    path = folder / "source" / "mine" / "own.ipynb"
    path.parent.mkdir()
    nbformat.write(new_notebook(cells=cells, metadata=KERNEL), path)


def made(folder):
    options = ["--exercises", "04,11", "--no-memo"]
    assert autograder("course", folder, *options).exit_code == 0
    config = folder / "nbgrader_config.py"
    late = "\nfrom late import APointAnHour\nc.AssignLatePenalties.plugin_class = APointAnHour\n"
    config.write_text(config.read_text(encoding="utf-8") + late, encoding="utf-8")
    (folder / "late.py").write_text(PENALTY, encoding="utf-8")
    own_assignment(folder)
    return folder


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="grading in the sandbox needs Linux")
def test_a_course_is_exported_as_nbgrader_exports_it(tmp_path):
    folder = made(tmp_path / "course")
    assignments = ("04_dot_product", "11_implicit_feedback", "mine")
    for name in assignments:
        nbgrader(folder, "generate_assignment", name)
    with book(folder) as gradebook:
        gradebook.update_or_create_assignment("04_dot_product", duedate="2026-03-02 08:30:00")
        gradebook.add_student(
            "zoe", first_name="Zoë", last_name="Müller", email="zoe@example.org", lms_user_id="17"
        )
    for name in assignments:
        given = released(folder, name)
        answered = {
            exercise: nbformat.writes(given.answered(exercise)) for exercise in given.notebooks
        }
        for learner in ("ada", "ben") if name != "11_implicit_feedback" else ("ada",):
            hand_in(folder, learner, name, answered)
        nbgrader(folder, "autograde", name)
    hand_in(folder, "late-comer", "mine", answered)  # nobody graded this
    with book(folder) as gradebook:
        grades = {
            (learner, grade.name): grade
            for learner in ("ada", "ben")
            for grade in gradebook.find_submission("mine", learner).notebooks[0].grades
        }
        grades["ada", "why"].manual_score = 2
        grades["ada", "why"].extra_credit = 0.25
        grades["ada", "why"].needs_manual_grade = False
        gradebook.db.commit()
        lateness = gradebook.find_submission("04_dot_product", "ada").total_seconds_late
        assert lateness > 0
    before = (folder / "gradebook.db").read_bytes()
    done = autograder("export", "moodle", folder, "--out", tmp_path / "moodle.csv")
    assert done.exit_code == 1
    assert (folder / "gradebook.db").read_bytes() == before
    theirs, ours = exported(folder), moodle(tmp_path / "moodle.csv")
    assert ours.keys() - theirs.keys() == set()
    missing = {key for key, cell in ours.items() if cell == ""}
    assert {key: float(cell) for key, cell in ours.items() if cell} == {
        key: score for key, score in theirs.items() if key not in missing
    }
    assert all(theirs[key] == 0 for key in missing)
    assert theirs.keys() == ours.keys()
    assert {name for name, _assignment in ours} == {"ada", "ben", "zoe"}
    assert missing == {("ben", "11_implicit_feedback"), *(("zoe", name) for name in assignments)}
    assert ours["ada", "04_dot_product"] == "8.5", "an hour and a half late"
    assert float(ours["ada", "mine"]) == 1.5 + 2 + 0.25
    assert float(ours["ada", "11_implicit_feedback"]) == 5, "extra credit"
    named = re.sub(r"\s+", " ", done.stderr)
    assert "ben · mine: these cells wait for points by hand: own/why." in named
    assert f"late-comer · mine: {folder}/submitted/late-comer/mine was not graded." in named
    assert "ada · " not in named
    assert grades_in(folder).max_points == {
        "04_dot_product": 10,
        "11_implicit_feedback": 0,
        "mine": 9,
    }
    assert Person("zoe", "Zoë", "Müller", "zoe@example.org", "17") in people_in(folder)
    assert Person("ada") in people_in(folder)


def course_with(folder, submissions):
    """A course whose gradebook has scores by learner, entered by hand, without any folder."""
    folder.mkdir()
    (folder / "nbgrader_config.py").write_text("c = get_config()\n", encoding="utf-8")
    with book(folder) as gradebook:
        gradebook.add_assignment("mine", duedate=datetime(2026, 3, 2))
        gradebook.add_notebook("own", "mine")
        gradebook.add_grade_cell("why", "own", "mine", max_score=5, cell_type="markdown")
        for learner, (score, penalty) in submissions.items():
            gradebook.add_student(learner)
            gradebook.add_submission("mine", learner)
            grade = gradebook.find_grade("why", "own", "mine", learner)
            grade.manual_score, grade.needs_manual_grade = score, score is None
            notebook = gradebook.find_submission_notebook("own", "mine", learner)
            notebook.late_submission_penalty = penalty
        gradebook.db.commit()
    return folder


def test_a_score_is_what_is_left_of_the_points_after_the_penalty_and_never_below_zero(tmp_path):
    folder = course_with(tmp_path / "course", {"ada": (3.5, 1), "ben": (1, 2), "eve": (2, None)})
    table = grades_in(folder)
    assert table.columns == ("mine",)
    assert table.rows == {"ada": {"mine": 2.5}, "ben": {"mine": 0}, "eve": {"mine": 2}}
    assert ungraded_in(folder) == []


def test_a_cell_that_waits_for_a_person_is_named(tmp_path):
    folder = course_with(tmp_path / "course", {"ada": (None, None)})
    assert grades_in(folder).rows == {"ada": {"mine": 0}}
    [sentence] = ungraded_in(folder)
    assert sentence.startswith("ada · mine: these cells wait for points by hand: own/why.")


def test_the_settings_say_where_the_gradebook_is(tmp_path):
    folder = course_with(tmp_path / "course", {"ada": (4, None)})
    (folder / "gradebook.db").rename(folder / "other äö.db")
    settings = 'c = get_config()\nc.CourseDirectory.db_url = "sqlite:///other äö.db"\n'
    (folder / "nbgrader_config.py").write_text(settings, encoding="utf-8")
    assert grades_in(folder).rows == {"ada": {"mine": 4}}


def test_a_course_without_a_gradebook_or_with_broken_settings_is_one_sentence(tmp_path):
    config = tmp_path / "nbgrader_config.py"
    config.write_text("c = get_config()\n", encoding="utf-8")
    assert is_course(tmp_path)
    done = autograder("export", "moodle", tmp_path, "--out", tmp_path / "moodle.csv")
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert f"{tmp_path} has no gradebook" in done.stderr
    (tmp_path / "gradebook.db").write_bytes(b"no database")
    with pytest.raises(NoGradebook, match="cannot be read: .*not a database"):
        grades_in(tmp_path)
    config.write_text("1 / 0\n", encoding="utf-8")
    with pytest.raises(NoGradebook, match="cannot be loaded: ZeroDivisionError"):
        people_in(tmp_path)
    assert sorted(path.name for path in Path(tmp_path).iterdir()) == [
        "gradebook.db",
        "nbgrader_config.py",
    ]
