"""The types of the parts of nbgrader that the kit uses; nbgrader itself is not annotated."""

import logging
from typing import Any, Protocol

# The resources that nbconvert passes between preprocessors. nbgrader puts the names of the learner
# ("student"), the assignment, the notebook and the database ("db_url") under "nbgrader".
Resources = dict[str, Any]


class CourseDirectory(Protocol):
    """The folder of a course, `nbgrader.coursedir.CourseDirectory`.

    Attributes:
        root: The path of the folder.
        release_directory: The name of the folder of released notebooks.
        submitted_directory: The name of the folder of submitted notebooks.
        db_url: The address of the gradebook.
        course_id: The name of the course.
        assignment_id: A pattern of the assignments that a command names.
        notebook_id: A pattern of the notebooks that a command names.
        student_id: A pattern of the learners that a command names.
        student_id_exclude: The learners that a command leaves out, separated by commas.
    """

    root: str
    release_directory: str
    submitted_directory: str
    db_url: str
    course_id: str
    assignment_id: str
    notebook_id: str
    student_id: str
    student_id_exclude: str

    def format_path(
        self, nbgrader_step: str, student_id: str, assignment_id: str, escape: bool = False
    ) -> str:
        """Return the path of a learner's assignment in one of the course's folders.

        With `escape` the path is a regular expression.
        """


class Converter(Protocol):
    """A command of nbgrader's, or the press of a button: `nbgrader.converters.Autograde`.

    Attributes:
        coursedir: The course.
        log: nbgrader's logger.
        assignments: The paths of the notebooks to convert, by learner's folder.
    """

    coursedir: CourseDirectory
    log: logging.Logger
    assignments: dict[str, list[str]]
    _sanitizing: bool

    def convert_notebooks(self) -> None:
        """Convert the notebooks of `assignments`."""
