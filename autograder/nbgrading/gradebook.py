"""The grades and the people of a course, as nbgrader's gradebook has them.

The gradebook holds what `autograder grade` cannot know: points that a person entered, extra credit,
penalties for late submissions, and assignments of the instructor's own. Nothing here writes to the
gradebook. nbgrader itself is imported inside functions, see `preprocessors`.
"""

# nbgrader, SQLAlchemy's queries and traitlets are not annotated.
# mypy: disable-error-code="no-untyped-call,no-any-return"

import re
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from glob import escape, glob
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

from autograder.grading import roster
from autograder.grading.intake.names import MoodleName
from autograder.grading.output.grade_table import GradeTable
from autograder.grading.people import Identity
from autograder.nbgrading.nbgrader_types import CourseDirectory
from autograder.nbgrading.register import read_register
from autograder.util.i18n import _

GRADEBOOK = "gradebook.db"
CONFIG = "nbgrader_config.py"


class NoGradebook(Exception):
    """An error for a gradebook that cannot be read; the text names the reason."""


@dataclass(frozen=True)
class Person:
    """A student of the gradebook.

    Attributes:
        id: The student's id, which is the name of the student's folder in `submitted`.
        first_name: "" where the gradebook has none, as for the attributes below.
        last_name: The family name.
        email: The e-mail address.
        lms_id: The id in a learning management system, such as Moodle's participant number.
    """

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_id: str = ""

    @property
    def name(self) -> str:
        """The full name, "" where the gradebook has none."""
        return f"{self.first_name} {self.last_name}".strip()


def is_course(folder: Path) -> bool:
    """Return whether a folder is a course of nbgrader's with a gradebook."""
    return (folder / CONFIG).is_file() or (folder / GRADEBOOK).is_file()


def grades_in(course: Path) -> GradeTable:
    """Return the points of every student in every assignment, as `nbgrader export` computes them.

    A score is the sum of the points of all cells and of extra credit, less the penalties for
    lateness, and never below 0. nbgrader writes 0 where a student handed nothing in; this table has
    no number there.

    Args:
        course: The folder of the course.

    Raises:
        NoGradebook: The course has no gradebook that can be read.
    """
    with _open(course) as (book, _coursedir):
        assignments = book.assignments
        scores = {
            (submission.student_id, assignment.name): max(
                0.0, submission.score - submission.late_submission_penalty
            )
            for assignment in assignments
            for submission in assignment.submissions
        }
        columns = tuple(assignment.name for assignment in assignments)
        rows = {
            student.id: {
                name: scores[student.id, name] for name in columns if (student.id, name) in scores
            }
            for student in book.students
        }
        maxima = {assignment.name: float(assignment.max_score) for assignment in assignments}
    return GradeTable(columns, maxima, rows)


def ungraded_in(course: Path) -> list[str]:
    """Return a sentence for every submission whose grade in the gradebook is not final.

    Args:
        course: The folder of the course.

    Raises:
        NoGradebook: The course has no gradebook that can be read.
    """
    sentences: list[str] = []
    with _open(course) as (book, coursedir):
        for assignment in book.assignments:
            waiting = {
                submission.student_id: _cells_to_grade(submission)
                for submission in assignment.submissions
                if submission.needs_manual_grade
            }
            entered = {submission.student_id for submission in assignment.submissions}
            submitted = _submitted(coursedir, assignment.name)
            forgotten = {
                learner: folder
                for learner, folder in submitted.items()
                if learner not in entered
                or not _folder(coursedir, coursedir.autograded_directory, learner, assignment.name)
            }
            for learner in sorted(waiting.keys() | forgotten.keys()):
                names = {"learner": learner, "assignment": assignment.name}
                if learner in forgotten:
                    text = _(
                        "{learner} · {assignment}: {folder} was not graded. Type "
                        "`nbgrader autograde {assignment}` and export again."
                    )
                    sentences.append(text.format(**names, folder=forgotten[learner]))
                else:
                    text = _(
                        "{learner} · {assignment}: these cells wait for points by hand: {cells}. "
                        "Enter the points in formgrader and export again. The table has the "
                        "points that the gradebook has now."
                    )
                    sentences.append(text.format(**names, cells=", ".join(waiting[learner])))
    return sentences


def people_in(course: Path) -> list[Person]:
    """Return the students of the gradebook, by family name and first name.

    Args:
        course: The folder of the course.

    Raises:
        NoGradebook: The course has no gradebook that can be read.
    """
    with _open(course) as (book, _coursedir):
        return [
            Person(
                student.id,
                student.first_name or "",
                student.last_name or "",
                student.email or "",
                student.lms_user_id or "",
            )
            for student in book.students
        ]


def identities_in(course: Path) -> list[Identity]:
    """Return the students of the gradebook as exports know people.

    `nbgrader zip_collect` makes ids of Moodle's full names. Such an id is no user name and no ID
    number, and Moodle's number of the student stands in the course's register.

    Raises:
        NoGradebook: The course has no gradebook that can be read.
        TableError: The register cannot be read.
    """
    moodle: dict[str, list[MoodleName]] = {}
    for row in read_register(course):
        name = MoodleName(row["name"], row["participant"], "")
        moodle.setdefault(row["student_id"], []).append(name)
    return [
        Identity(
            student.id,
            roster.Person(
                student.name,
                "" if student.id in moodle else student.id,
                student.email,
                "" if student.id in moodle else student.id,
                student.lms_id,
            ),
            tuple(moodle.get(student.id, ())),
        )
        for student in people_in(course)
    ]


def feedback_in(course: Path) -> dict[str, dict[str, Path]]:
    """Return the pages of `nbgrader generate_feedback` by student and by name of the file.

    Raises:
        NoGradebook: The settings of the course cannot be loaded.
    """
    coursedir = _coursedir(course)
    directory = coursedir.feedback_directory
    pattern = re.compile(coursedir.format_path(directory, "(?P<id>.*)", "(?P<name>.*)", True))
    pages: dict[str, dict[str, Path]] = {}
    for path in sorted(glob(coursedir.format_path(directory, "*", "*"))):
        match = pattern.fullmatch(path)
        if match is not None:
            own = {page.name: page for page in sorted(Path(path).glob("*.html"))}
            pages.setdefault(match["id"], {}).update(own)
    return pages


def cells_of(coursedir: CourseDirectory, assignment: str) -> dict[str, dict[str, float]]:
    """Return the points of the cells that count, by notebook and cell.

    Nothing is generated yet where there is no gradebook, or no such assignment. nbgrader would make
    a missing gradebook.

    Args:
        coursedir: The course, as a command of nbgrader's has it.
        assignment: The assignment.
    """
    from nbgrader.api import Gradebook, MissingEntry

    kind, _separator, path = coursedir.db_url.partition(":///")
    if kind == "sqlite" and not Path(path).is_file():
        return {}
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            notebooks = gradebook.find_assignment(assignment).notebooks
        except MissingEntry:
            return {}
        return {n.name: {c.name: float(c.max_score) for c in n.grade_cells} for n in notebooks}


def _cells_to_grade(submission: Any) -> list[str]:
    return [
        f"{notebook.name}/{grade.name}"
        for notebook in submission.notebooks
        for grade in notebook.grades
        if grade.needs_manual_grade
    ]


def _submitted(coursedir: Any, assignment: str) -> dict[str, Path]:
    """Return the folders with submissions for an assignment, by learner."""
    directory = coursedir.submitted_directory
    pattern = re.compile(
        coursedir.format_path(directory, "(?P<id>.*)", re.escape(assignment), True)
    )
    paths = sorted(glob(coursedir.format_path(directory, "*", escape(assignment))))
    found = {match["id"]: Path(path) for path in paths if (match := pattern.fullmatch(path))}
    return {name: path for name, path in found.items() if path.is_dir() and any(path.iterdir())}


def _folder(coursedir: Any, directory: str, learner: str, assignment: str) -> Path | None:
    """Return a learner's folder for an assignment, None where there is no such folder."""
    path = Path(coursedir.format_path(directory, learner, assignment))
    return path if path.is_dir() else None


@contextmanager
def _open(course: Path) -> Iterator[tuple[Any, Any]]:
    """Open a course's gradebook for reading, with the course's folders.

    Raises:
        NoGradebook: The gradebook cannot be read.
    """
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import SQLAlchemyError

    coursedir = _coursedir(course)
    url = _read_only(coursedir.db_url, course)
    reason = _(
        "The gradebook of {course} cannot be read: {error}. If an older nbgrader wrote it, make a "
        "copy of it and type `nbgrader db upgrade` in that folder."
    )
    try:
        # With the id "" nbgrader enters no course.
        with Gradebook(url, "") as book:
            yield book, coursedir
    except SQLAlchemyError as error:
        first_line = str(error).partition("\n")[0]
        raise NoGradebook(reason.format(course=course, error=first_line)) from error


def _coursedir(course: Path) -> Any:
    """Return nbgrader's view of a course's folders, with the course's own settings.

    The settings are loaded as if an nbgrader command had been typed in the course's folder, since
    they may import modules that lie there.
    """
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config
    from traitlets.config.loader import PyFileConfigLoader

    config = Config()
    if (course / CONFIG).is_file():
        try:
            place = str(course.absolute())
            with patch.object(sys, "path", [place, *sys.path]), chdir(place):
                config = PyFileConfigLoader(CONFIG, path=place).load_config()
        except Exception as error:  # the settings are any Python code
            text = _("{path} cannot be loaded: {kind}: {error}")
            kind = type(error).__name__
            raise NoGradebook(text.format(path=course / CONFIG, kind=kind, error=error)) from error
    coursedir = CourseDirectory(config=config)
    if "root" not in config.CourseDirectory:
        coursedir.root = str(course.absolute())
    return coursedir


def _read_only(url: str, course: Path) -> str:
    """Return the address of a database, by which SQLite only reads.

    Raises:
        NoGradebook: There is no file of this name.
    """
    kind, _separator, rest = url.partition(":///")
    if kind != "sqlite" or not rest:
        return url
    path = course.absolute() / rest
    if not path.is_file():
        text = _(
            "{course} has no gradebook: there is no file {path}. "
            "`autograder course` and `nbgrader generate_assignment` make it."
        )
        raise NoGradebook(text.format(course=course, path=path))
    return f"sqlite:///file:{quote(path.as_posix())}?mode=ro&uri=true"
