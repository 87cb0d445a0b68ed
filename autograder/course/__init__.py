"""What is taught: the step table, the solution files, hints, known mistakes, and what is built."""

from autograder.course.steps import (
    Session,
    Step,
    Total,
    address,
    located,
    step,
    step_of_file,
    step_of_function,
    steps,
    timetable,
    total,
)

__all__ = [
    "Session",
    "Step",
    "Total",
    "address",
    "located",
    "step",
    "step_of_file",
    "step_of_function",
    "steps",
    "timetable",
    "total",
]
