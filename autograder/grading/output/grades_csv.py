"""`grades.csv`: one row a learner, ready for a spreadsheet and for a script."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from autograder.grading.output.class_statistics import ClassResults, class_results
from autograder.grading.output.csv_cells import hundredths, plain_text
from autograder.grading.people import Identity
from autograder.grading.results import Result
from autograder.util.atomic import write_atomic

_OF_THE_ROSTER = ("id", "email", "group")


def write_grades(results: list[Result], path: Path, people: Iterable[Identity] = ()) -> None:
    """Write the points of a class as UTF-8.

    The columns are the learner, what the roster says of them (id, email, group, as far as anybody
    has them), each exercise that anyone handed in (in course order; empty where the learner did not
    hand it in), the total, the maximum, and, where anyone handed in a bonus exercise, the bonus
    points, which neither total nor maximum include. Every text stands in quotes, so that a program
    that splits at semicolons finds no further cell in a name.

    Args:
        results: The results of the class.
        path: The file.
        people: The learners and the people of the roster. All of them have a row,
            also those who handed in nothing, or nothing that could be read.
    """
    known = {each.learner: each for each in people}
    # A folder in which nobody has anything is no learner's.
    others = [each.learner for each in known.values() if results or not each.handed_in]
    book = class_results(results, others)
    fields = [f for f in _OF_THE_ROSTER if any(getattr(k.person, f) for k in known.values())]
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    sums = ["total", "max", "bonus"] if book.with_bonus else ["total", "max"]
    writer.writerow(["learner", *fields, *(step.name for step in book.steps), *sums])
    for learner in book.everybody:
        own = known.get(learner)
        cells = [plain_text(getattr(own.person, f)) if own else "" for f in fields]
        writer.writerow([plain_text(learner), *cells, *_row(book, learner)])
    write_atomic(path, text.getvalue())


def _row(book: ClassResults, learner: str) -> list[str | int | float]:
    handed_in = book.results.get(learner, {})
    points: list[str | int | float] = [
        hundredths(handed_in[step.name].report.points) if step.name in handed_in else ""
        for step in book.steps
    ]
    total = book.total(learner)
    sums = [hundredths(total.points), hundredths(total.max_points)]
    if total.bonus is not None:
        sums.append(hundredths(total.bonus))
    return [*points, *sums]
