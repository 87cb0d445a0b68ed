"""The grades in Gradescope's form: results with a test for each check."""

import json
import re
from pathlib import Path
from typing import Any

from autograder.grading.output.csv_cells import hundredths
from autograder.grading.results import Result
from autograder.grading.slugs import slug
from autograder.reports import wording
from autograder.reports.model import CheckResult, FunctionReport
from autograder.util.atomic import write_atomic
from autograder.util.text import visible


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
