"""`autograder forget` in a course: folders, stored results and the gradebook."""

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.grading.result_cache import COURSE_FOLDER, ResultCache
from autograder.grading.slugs import slug
from tests.grading.common import RULES, STEP
from tests.grading.test_exports import result
from tests.nbgrading.commands import make

pytestmark = [
    pytest.mark.process,
    # nbgrader adds a submission before it joins it to its assignment.
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]


@pytest.fixture
def course(tmp_path):
    """A course with two students, each with folders, a stored result and grades."""
    folder = tmp_path / "course"
    make(folder)
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        for student in ("ada", "Zoé.D"):
            gradebook.update_or_create_student(student, email=f"{student}@example.org")
            gradebook.update_or_create_submission(STEP.name, student)
    store = ResultCache(folder / COURSE_FOLDER / STEP.name, "kit", RULES)
    for student in ("ada", "Zoé.D"):
        store.store(result(student, 5.0))
        for place in ("submitted", "autograded", "feedback"):
            (folder / place / student / STEP.name).mkdir(parents=True)
            (folder / place / student / STEP.name / "a.txt").write_text(student, "utf-8")
    return folder


def forget(*arguments):
    return CliRunner().invoke(app, ["forget", *map(str, arguments), "--yes"])


def test_nothing_of_the_student_is_left(course):
    done = forget("Zoé.D@example.org", course)
    assert done.exit_code == 0, done.output
    names = [path.name for path in course.rglob("*")]
    assert "Zoé.D" not in names and slug("Zoé.D") not in names
    assert names.count("ada") == 5
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        assert [student.id for student in gradebook.students] == ["ada"]
        assert [s.student_id for s in gradebook.assignment_submissions(STEP.name)] == ["ada"]
    assert f"removed: the student Zoé.D and all grades in {course / 'gradebook.db'}" in done.output
    assert "nbgrader's exchange" in done.output


def test_an_unknown_student_is_named_and_nothing_removed(course):
    done = forget("eve", course)
    assert done.exit_code == 2
    assert done.stderr.startswith("Nobody here is called eve. The learners are: Zoé.D, ada.")
    assert (course / "submitted" / "ada").is_dir()


@pytest.mark.parametrize("student", ["..", "."])
def test_an_id_that_names_another_folder_removes_no_folder(course, student):
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        gradebook.update_or_create_student(student)
    folders = [path for path in course.rglob("*") if path.is_dir()]
    assert forget(student, course).exit_code == 0
    assert [path for path in course.rglob("*") if path.is_dir()] == folders
