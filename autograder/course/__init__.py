"""The course: step table, solution files, hints, known mistakes, built exercises."""

from autograder.course.steps import (
    Session,
    Step,
    Total,
    address,
    changed_points,
    located,
    step,
    step_of_file,
    step_of_function,
    steps,
    timetable,
    total,
    use_points,
)

__all__ = [
    "Session",
    "Step",
    "Total",
    "address",
    "changed_points",
    "located",
    "step",
    "step_of_file",
    "step_of_function",
    "steps",
    "timetable",
    "total",
    "use_points",
]
