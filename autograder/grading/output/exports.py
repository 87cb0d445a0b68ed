"""The grades in Gradescope's form: results with a test for each check."""

import json
import re
from pathlib import Path
from typing import Any

from autograder.grading.output import gradescope
from autograder.grading.output.function_verdicts import message_of, reason_of
from autograder.grading.results import Result
from autograder.grading.slugs import slug
from autograder.util.atomic import write_atomic


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
        gradescope.entry(
            name=f"{function.name}: {_words(check.id)}",
            number=f"{i}.{j}",
            passed=check.outcome == "passed",
            output=message_of(check),
            score=check.points,
            max_score=check.max_points,
        )
        for i, function in enumerate(report.functions, start=1)
        for j, check in enumerate(function.checks, start=1)
    ]
    seconds = sum(check.seconds for function in report.functions for check in function.checks)
    notes = report.notes if result.gradable else (reason_of(result),)
    return gradescope.document(tests, "\n".join(notes), seconds, score=report.points)


def _words(check_id: str) -> str:
    """Return `scores are dot products` for `test_04.py::test_scores_are_dot_products`."""
    name = check_id.rpartition("::")[2]
    return re.sub(r"^test_", "", name).replace("_", " ")
