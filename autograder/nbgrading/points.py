"""The points of a course in nbgrader: an instructor may change those of every check cell.

The points on the check cells of a source notebook decide, which an instructor changes with the
toolbar "Create Assignment" and nbgrader enters into the gradebook. `autograder course` writes them
from the course's `points.toml`, else from the step table.
"""

# nbgrader and nbformat are not annotated.
# mypy: disable-error-code="no-untyped-call,no-any-return"

from pathlib import Path

from nbformat import NotebookNode

from autograder import course
from autograder.course.points import PointsError, points_of_course
from autograder.nbgrading.gradebook import cells_of
from autograder.nbgrading.nbgrader_types import CourseDirectory
from autograder.util.text import visible

_CHECK = "check_"


def points_on_cells(notebook: NotebookNode) -> dict[str, float]:
    """Return the points of the check cells of a notebook by function."""
    found = {}
    for cell in notebook.cells:
        nbgrader = cell.metadata.get("nbgrader", {})
        name = str(nbgrader.get("grade_id", ""))
        if nbgrader.get("grade") and name.startswith(_CHECK):
            found[name.removeprefix(_CHECK)] = float(nbgrader.get("points") or 0)
    return found


def use_points_of(coursedir: CourseDirectory, assignment: str) -> None:
    """Let this process count with the points that an assignment has in the gradebook.

    A bonus exercise is worth 0 points there, so that its extra credit follows `points.toml`. A
    function whose check cell the instructor has removed is worth nothing.

    Args:
        coursedir: The course.
        assignment: The assignment.

    Raises:
        SystemExit: The course's `points.toml` cannot be used, so that nothing may be graded.
    """
    try:
        own = points_of_course(Path(coursedir.root))
    except PointsError as error:
        raise SystemExit(visible(str(error))) from error

    points = {name: dict(own) for name, own in course.changed_points().items()}
    table = {**points, **own}
    cells = cells_of(coursedir, assignment)
    for step in course.steps():
        if step.name in table:
            points[step.name] = dict(table[step.name])
        if step.name in cells:
            counted = {f: cells[step.name].get(f"{_CHECK}{f}", 0.0) for f in step.functions}
            if any(counted.values()) or not step.bonus:
                points[step.name] = counted
    course.use_points(points)
