"""The grades of a class in the form that every export writes: a row a learner, a column a grade."""

from collections.abc import Iterable, Mapping
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
        bonus: The columns that no total includes.
    """

    columns: tuple[str, ...]
    max_points: Mapping[str, float]
    rows: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    bonus: frozenset[str] = frozenset()

    @property
    def total_max(self) -> float:
        """The sum of the maxima, without bonus."""
        return sum(self.max_points.get(c, 0.0) for c in self.columns if c not in self.bonus)

    def total(self, learner: str) -> float:
        """Return the sum of a learner's points, without bonus."""
        return sum(points for c, points in self.rows[learner].items() if c not in self.bonus)


def table_of(results: list[Result], absent: Iterable[str] = ()) -> GradeTable:
    """Return the points of results, by exercise in course order.

    Args:
        results: The results of a class.
        absent: The names of those on the roster who handed in nothing; their rows are empty.
    """
    book = class_results(results, absent)
    columns = tuple(step.name for step in book.steps)
    rows = {
        learner: {name: result.report.points for name, result in book.results[learner].items()}
        if learner in book.results
        else {}
        for learner in book.everybody
    }
    most: dict[str, float] = {step.name: step.max_points for step in book.steps}
    most |= {r.report.exercise: r.report.max_points for r in results if r.gradable}
    return GradeTable(columns, most, rows, frozenset(s.name for s in book.steps if s.bonus))
