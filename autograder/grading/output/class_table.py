"""The table of a class in a terminal: a row for each learner."""

from rich.table import Table
from rich.text import Text

from autograder import course
from autograder.grading.results import Result
from autograder.reports.wording import format_points, format_total
from autograder.util.i18n import _
from autograder.util.text import one_line, visible


def class_table(results: list[Result]) -> Table:
    """Return a table with a row for each learner: points by exercise, and their sum."""
    handed_in = {result.report.exercise for result in results}
    steps = [step for step in course.steps() if step.name in handed_in]
    rows = Table(box=None, pad_edge=False)
    rows.add_column(_("learner"))
    for step in steps:
        rows.add_column(step.name[:2], justify="right")
    rows.add_column(_("points"), justify="right")
    by_learner: dict[str, dict[str, Result]] = {}
    for result in results:
        by_learner.setdefault(result.learner, {})[result.report.exercise] = result
    for learner, own in by_learner.items():
        cells = [_points_or_sign(own.get(step.name)) for step in steps]
        earned = course.total(steps, {name: r.report.points for name, r in own.items()})
        rows.add_row(Text(one_line(visible(learner))), *cells, format_total(earned))
    return rows


def _points_or_sign(result: Result | None) -> str:
    if result is None:
        return ""
    return format_points(result.report.standing[0]) if result.gradable else "!"
