"""Changes: what a new judgement of an old submission gave or took, function by function."""

from dataclasses import dataclass, replace
from math import isclose

from autograder.grading.results import Result
from autograder.reports.model import FunctionReport, Report, with_function


@dataclass(frozen=True)
class Change:
    """Other points for a function, or for all of an exercise.

    Attributes:
        learner: The learner's name.
        exercise: The exercise's full name.
        function: The function, "" where the whole file can be graded now, or no longer.
        before: The points of the earlier report.
        after: The points of the new report.
        max_points: The points that can be earned now.
        same_file: Whether the file is the same, so that the kit judged otherwise.
        rescaled: Whether the share is the same, of another number of points.
    """

    learner: str
    exercise: str
    function: str
    before: float
    after: float
    max_points: float
    same_file: bool
    rescaled: bool = False


def changes_between(learner: str, before: Report, after: Report) -> list[Change]:
    """Return the functions whose points differ between two reports on an exercise.

    If the file could be graded only once, the exercise as a whole is the change.
    """
    same_file = before.sha256 == after.sha256
    if not before.functions or not after.functions:
        if before.points == after.points:
            return []
        points = (before.points, after.points, after.max_points)
        return [Change(learner, after.exercise, "", *points, same_file)]
    old = {function.name: function for function in before.functions}
    return [
        Change(
            learner,
            after.exercise,
            function.name,
            old[function.name].points if function.name in old else 0.0,
            function.points,
            function.max_points,
            same_file,
            function.name in old and _is_rescaled(old[function.name], function),
        )
        for function in after.functions
        if function.points != (old[function.name].points if function.name in old else 0.0)
    ]


def _is_rescaled(before: FunctionReport, after: FunctionReport) -> bool:
    """Return whether a function earned the same share of another number of points."""
    if before.max_points == after.max_points:
        return False
    return isclose(before.points * after.max_points, after.points * before.max_points)


def merged(earlier: Result, new: Result, functions: frozenset[str]) -> Result:
    """Return an earlier result in which some functions' reports are those of a new result.

    Args:
        earlier: The result of an earlier run, for the same file.
        new: The result of this run.
        functions: The names of the functions that count anew.
    """
    judged = {function.name: function for function in new.report.functions}
    report = replace(earlier.report, functions=(), points=0.0, max_points=0.0)
    for function in earlier.report.functions:
        chosen = judged.get(function.name, function) if function.name in functions else function
        report = with_function(report, chosen)
    return replace(new, report=report, outputs=earlier.outputs)
