"""Results for GitHub Classroom's autograding reporter, an action of GitHub's.

The reporter reads a JSON document for each *runner* from an environment variable, in Base64. Here
each exercise is a runner. The reporter adds up the points of the runners that have a `max_score`,
so that a bonus exercise, whose `max_score` is 0, stays out of its sum.
"""

import base64
import json
from pathlib import Path
from typing import Any

from autograder import course
from autograder.grading.output.csv_cells import hundredths
from autograder.grading.output.function_verdicts import FunctionVerdict, verdicts_on
from autograder.grading.results import Result
from autograder.grading.slugs import slug
from autograder.util.atomic import NotWritten, write_atomic
from autograder.util.i18n import _

PASS, FAIL, ERROR = "pass", "fail", "error"
NOBODY = "learner"
# All documents together pass through environment variables, which hold 128 KB each.
MAX_MESSAGE = 1000


def runner_of(exercise: course.Step) -> str:
    """Return the name of the runner for an exercise: letters and digits, as the reporter wants."""
    return f"exercise{exercise.name[:2]}"


def classroom_document(exercise: course.Step, result: Result | None) -> dict[str, Any]:
    """Return the document on an exercise: a test for each function.

    Args:
        exercise: The exercise.
        result: The graded submission, None where nobody handed the exercise in.
    """
    verdicts = verdicts_on(exercise, result)
    file = Path(result.report.submission).name if result is not None else ""
    max_score = exercise.max_points if exercise.core else 0
    if any(verdict.broken for verdict in verdicts):
        status = ERROR
    elif max_score and not all(verdict.passed for verdict in verdicts):
        status = FAIL
    else:
        status = PASS
    return {
        "version": 1,
        "status": status,
        "max_score": max_score,
        "tests": [_test(verdict, file) for verdict in verdicts],
    }


def _test(verdict: FunctionVerdict, file: str) -> dict[str, Any]:
    status = PASS if verdict.passed else ERROR if verdict.broken else FAIL
    return {
        "name": verdict.name,
        "status": status,
        "score": hundredths(verdict.points),
        "message": None if verdict.passed else verdict.text[:MAX_MESSAGE],
        "test_code": "",
        "filename": file,
        "line_no": 0,
        "duration": round(1000 * verdict.seconds),
    }


def by_learner(results: list[Result]) -> dict[str, dict[str, Result]]:
    """Return results by learner and exercise; without results, a nameless learner has none."""
    learners: dict[str, dict[str, Result]] = {}
    for result in results:
        learners.setdefault(result.learner, {})[result.report.exercise] = result
    return learners or {NOBODY: {}}


def write_classroom(
    results: list[Result], exercises: list[course.Step], folder: Path
) -> list[Path]:
    """Write `folder/<slug>/<exercise>.json` for every learner and exercise; return the paths.

    Raises:
        NotWritten: A file cannot be written.
    """
    paths = []
    for learner, own in by_learner(results).items():
        for exercise in exercises:
            path = folder / slug(learner) / f"{exercise.name}.json"
            document = classroom_document(exercise, own.get(exercise.name))
            write_atomic(path, json.dumps(document, indent=1, ensure_ascii=False) + "\n")
            paths.append(path)
    return paths


def outputs(own: dict[str, Result], exercises: list[course.Step]) -> str:
    """Return the lines that give a step of a workflow its outputs.

    Each exercise has a line `exercise04=<Base64>`. The line `complete=true` or `complete=false`
    says whether every exercise that has points passes; a bonus exercise may be missing.

    Args:
        own: The results of one learner by exercise.
        exercises: The exercises of the assignment.
    """
    lines, complete = [], True
    for exercise in exercises:
        document = classroom_document(exercise, own.get(exercise.name))
        complete = complete and document["status"] == PASS
        text = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
        lines.append(f"{runner_of(exercise)}={base64.b64encode(text).decode('ascii')}\n")
    return "".join([*lines, f"complete={str(complete).lower()}\n"])


def summary(own: dict[str, Result], exercises: list[course.Step]) -> str:
    """Return a table in Markdown, a row for each function; it holds no text of the learner's."""
    heads = (_("exercise"), _("function"), _("points"), _("verdict"))
    lines = [f"| {' | '.join(heads)} |", "|---|---|---|---|"]
    for exercise in exercises:
        for verdict in verdicts_on(exercise, own.get(exercise.name)):
            words = _("passed") if verdict.passed else _("not yet")
            words = _("fault of the kit") if verdict.broken else words
            cells = (exercise.name, verdict.function, verdict.points_in_words, words)
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def log(own: dict[str, Result], exercises: list[course.Step]) -> str:
    """Return all messages for the log of a workflow.

    Each line of a message begins with a bar, so that GitHub takes no line for a command.
    """
    lines = []
    for exercise in exercises:
        for verdict in verdicts_on(exercise, own.get(exercise.name)):
            lines.append(verdict.name_and_points)
            lines += [f"| {line}" for line in verdict.text.splitlines()]
    return "\n".join(lines)


def append(path: Path, text: str) -> None:
    """Append a text to a file in which GitHub collects what a step says.

    Raises:
        NotWritten: The file cannot be written.
    """
    try:
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        sentence = _("{path} cannot be written: {reason}.")
        raise NotWritten(sentence.format(path=path, reason=error.strerror)) from error
