"""`grades.csv`: one row a learner, ready for a spreadsheet and for a script."""

import csv
import io
import re
import unicodedata
from pathlib import Path

from autograder.grading.output.class_statistics import ClassResults, class_results
from autograder.grading.results import Result
from autograder.util.atomic import write_atomic
from autograder.util.text import is_hidden

_FORMULA = re.compile(r"\s*[=+\-@]")


def write_grades(results: list[Result], path: Path) -> None:
    """Write the points of a class as UTF-8.

    The columns are the learner, each exercise that anyone handed in (in course order; empty where
    the learner did not hand it in), the total, the maximum, and, where anyone handed in a bonus
    exercise, the bonus points, which neither total nor maximum include. Every text stands in
    quotes, so that a program that splits at semicolons finds no further cell in a name.
    """
    book = class_results(results)
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    sums = ["total", "max", "bonus"] if book.with_bonus else ["total", "max"]
    writer.writerow(["learner", *(step.name for step in book.steps), *sums])
    writer.writerows(_row(book, learner) for learner in book.results)
    write_atomic(path, text.getvalue())


def _row(book: ClassResults, learner: str) -> list[str | int | float]:
    handed_in = book.results[learner]
    points: list[str | int | float] = [
        hundredths(handed_in[step.name].report.points) if step.name in handed_in else ""
        for step in book.steps
    ]
    total = book.total(learner)
    sums = [hundredths(total.points), hundredths(total.max_points)]
    if total.bonus is not None:
        sums.append(hundredths(total.bonus))
    return [plain_text(learner), *points, *sums]


def hundredths(points: float) -> int | float:
    """Round points to hundredths: 9.8 for 9.800799999999999, 6 for 6.0."""
    rounded = round(float(points), 2)
    return int(rounded) if rounded.is_integer() else rounded


def plain_text(text: str) -> str:
    """Return a text as one line that no spreadsheet takes for a formula.

    An apostrophe before what looks like a formula marks it as text.
    """
    line = "".join(" " if c.isspace() else c for c in text if c.isspace() or not is_hidden(c))
    return f"'{line}" if _FORMULA.match(unicodedata.normalize("NFKC", line)) else line
