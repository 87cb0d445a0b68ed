"""The grades in the forms of other systems: Moodle's import of grades, Gradescope's results."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

from autograder.grading.output.grade_table import GradeTable
from autograder.grading.output.grades_csv import hundredths, plain_text
from autograder.grading.results import Result
from autograder.grading.slugs import slug
from autograder.reports import wording
from autograder.reports.model import CheckResult, FunctionReport
from autograder.util.atomic import write_atomic
from autograder.util.text import visible

IDENTIFIERS = ("Username", "ID number", "Email address")
BYTE_ORDER_MARK = "\ufeff"


def write_moodle(
    table: GradeTable, path: Path, identifier: str = IDENTIFIERS[0], decimal_comma: bool = False
) -> None:
    """Write a table for Moodle's import of grades: UTF-8 with a byte order mark, semicolons.

    The first column holds the learners' names, the others the points of an exercise, empty where
    a learner handed nothing in. Texts stand in quotes, and no text is a formula.

    Args:
        table: The grades of a class.
        path: The file to write.
        identifier: The user field to which Moodle maps the first column.
        decimal_comma: Whether to write 9,8 in place of 9.8.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow([identifier, *table.columns])
    for learner, row in table.rows.items():
        points = [_points(row[c], decimal_comma) if c in row else "" for c in table.columns]
        writer.writerow([plain_text(learner), *points])
    write_atomic(path, BYTE_ORDER_MARK + text.getvalue())


def _points(points: float, decimal_comma: bool) -> int | float | str:
    number = hundredths(points)
    return str(number).replace(".", ",") if decimal_comma else number


def write_gradescope(results: list[Result], folder: Path) -> list[Path]:
    """Write `folder/<slug>/<exercise>/results.json` for every result; return the paths."""
    paths = []
    for result in results:
        path = folder / slug(result.learner) / result.report.exercise / "results.json"
        document = gradescope_document(result)
        write_atomic(path, json.dumps(document, indent=1, ensure_ascii=False) + "\n")
        paths.append(path)
    return paths


def gradescope_document(result: Result) -> dict[str, Any]:
    """Return a result as Gradescope reads it: a test for each check, seconds, notes."""
    report = result.report
    tests = [
        _test(function, check, f"{i}.{j}")
        for i, function in enumerate(report.functions, start=1)
        for j, check in enumerate(function.checks, start=1)
    ]
    seconds = sum(check.seconds for function in report.functions for check in function.checks)
    return {
        "score": hundredths(report.points),
        "execution_time": hundredths(seconds),
        "output": visible("\n".join(report.notes)),
        "output_format": "text",
        "test_output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    }


def _test(function: FunctionReport, check: CheckResult, number: str) -> dict[str, Any]:
    return {
        "name": f"{function.name}: {_words(check.id)}",
        "number": number,
        "score": hundredths(check.points),
        "max_score": hundredths(check.max_points),
        "status": "passed" if check.outcome == "passed" else "failed",
        "output": visible(_message(check)),
        "output_format": "text",
        "visibility": "visible",
    }


def _words(check_id: str) -> str:
    """Return `scores are dot products` for `test_04.py::test_scores_are_dot_products`."""
    name = check_id.rpartition("::")[2]
    return re.sub(r"^test_", "", name).replace("_", " ")


def _message(check: CheckResult) -> str:
    """Return a message as a learner may read it, without the traceback of a fault of the kit."""
    if check.message is None:
        return ""
    if check.outcome == "error":
        return str(check.message.got)
    return wording.text(check.message)
