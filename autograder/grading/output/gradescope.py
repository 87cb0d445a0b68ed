"""The document that Gradescope reads as `results.json`.

Gradescope documents the fields under "Autograder Specifications". The documented format knows no
extra credit. A test with a score and without `max_score` adds points to the total all the same.
"""

from typing import Any

from autograder.grading.output.csv_cells import hundredths
from autograder.grading.output.function_verdicts import FunctionVerdict
from autograder.grading.output.visibility import Visibility
from autograder.util.text import visible

BONUS = "bonus"


def document(
    tests: list[dict[str, Any]],
    output: str,
    seconds: float,
    score: float | None = None,
) -> dict[str, Any]:
    """Return the document of a submission.

    Args:
        tests: See `entry`.
        output: What the learner reads above the tests.
        seconds: How long grading took.
        score: The points, which replace the sum of the tests' points; None for that sum. Without
            a score in any test the points are 0.
    """
    if score is None and not any("score" in test for test in tests):
        score = 0.0
    return {
        **({} if score is None else {"score": hundredths(score)}),
        "execution_time": hundredths(seconds),
        "output": visible(output),
        "output_format": "text",
        "test_output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    }


def entry(
    name: str,
    number: str,
    passed: bool,
    output: str,
    score: float | None = None,
    max_score: float | None = None,
    visibility: Visibility = "visible",
    tags: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Return a test of the document.

    Args:
        name: Its name.
        number: Its number.
        passed: Whether Gradescope shows it as passed.
        output: What the learner reads.
        score: Its points, None for a test that only informs.
        max_score: The most points, None for extra credit.
        visibility: When a learner sees it.
        tags: Its tags.
    """
    return {
        "name": name,
        "number": number,
        **({} if score is None else {"score": hundredths(score)}),
        **({} if max_score is None else {"max_score": hundredths(max_score)}),
        "status": "passed" if passed else "failed",
        "output": visible(output),
        "output_format": "text",
        **({"tags": list(tags)} if tags else {}),
        "visibility": visibility,
    }


def entry_of(verdict: FunctionVerdict, visibility: Visibility) -> dict[str, Any]:
    """Return the test for a function.

    A function of a bonus exercise has no maximum, and a function without points has no score.
    """
    step = verdict.exercise
    return entry(
        name=verdict.name,
        number=verdict.number,
        passed=verdict.passed,
        output=verdict.text,
        score=verdict.points if step.graded else None,
        max_score=verdict.max_points if step.core else None,
        visibility=visibility,
        tags=(BONUS,) if step.bonus else (),
    )
