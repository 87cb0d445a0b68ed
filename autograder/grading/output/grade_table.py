"""The grades of a class in the form that every export writes: a row a learner, a column a grade."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder.grading.output.class_statistics import class_results
from autograder.grading.results import Result


@dataclass(frozen=True)
class GradeTable:
    """The points of a class.

    Attributes:
        columns: The exercises, or a gradebook's assignments, in order.
        max_points: The maximum of each column.
        rows: The points by learner and column. A learner who handed in nothing for a column lacks
            it there, and a learner without any work has an empty row.
    """

    columns: tuple[str, ...]
    max_points: Mapping[str, float]
    rows: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def table_of(results: list[Result]) -> GradeTable:
    """Return the points of results, by exercise in course order."""
    book = class_results(results)
    columns = tuple(step.name for step in book.steps)
    rows = {
        learner: {name: handed_in[name].report.points for name in columns if name in handed_in}
        for learner, handed_in in book.results.items()
    }
    return GradeTable(columns, {step.name: step.max_points for step in book.steps}, rows)
