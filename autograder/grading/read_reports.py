"""Reports that grading has stored in a folder, read again for the exports."""

import json
from pathlib import Path

from autograder import course
from autograder.grading.result_cache import COURSE_FOLDER, learner_of
from autograder.grading.results import Result
from autograder.reports.model import SCHEMA, from_json
from autograder.util.i18n import _


class NoReports(Exception):
    """A folder does not hold reports that this version of the kit can read; the text says why."""


def results_in(folder: Path) -> list[Result]:
    """Return the results in a folder by learner and exercise, without outputs.

    The submissions may have changed since. A learner may have two reports on the same exercise
    after an instructor has changed the assignments of a course; then the newer report counts.

    Args:
        folder: The folder that `autograder grade` wrote, or a course in nbgrader.

    Raises:
        NoReports: The folder holds no reports, a file that is not a report of this version, or
            reports on one exercise with other functions or other points.
    """
    paths = reports_in(folder)
    if not paths:
        text = _("{folder} holds no reports: name what `autograder grade` left, or a course.")
        raise NoReports(text.format(folder=folder))
    paths.sort(key=lambda path: path.stat().st_mtime_ns)
    newest = {}
    for path in paths:
        result = _read(path)
        newest[result.learner, result.report.exercise] = path, result
    chosen = [newest[key] for key in sorted(newest)]
    _require_the_same_points(chosen)
    return [result for _path, result in chosen]


def reports_in(folder: Path) -> list[Path]:
    """Return the files of the reports in a folder that `autograder grade` wrote, or in a course."""
    stores = _folders_in(folder / COURSE_FOLDER) or [folder]
    return [path for store in stores for path in _reports(store)]


def _reports(store: Path) -> list[Path]:
    exercises = {step.name for step in course.steps()}
    paths = [path for folder in _folders_in(store) for path in sorted(folder.glob("*.json"))]
    return [path for path in paths if path.stem in exercises]


def _folders_in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))


def _read(path: Path) -> Result:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document.get("schema") in range(1, SCHEMA):
            raise _earlier(path)
        return Result(learner_of(path.parent), from_json(document))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        text = _("{path} is no report: {reason}.")
        raise NoReports(text.format(path=path, reason=error)) from error


def _require_the_same_points(results: list[tuple[Path, Result]]) -> None:
    """Reject reports that other versions of an exercise gave, which no table may mix."""
    newest_first = sorted(results, key=lambda pair: pair[0].stat().st_mtime_ns, reverse=True)
    points: dict[str, dict[str, float]] = {}
    for path, result in newest_first:
        report = result.report
        if not report.functions:
            continue
        own = {function.name: function.max_points for function in report.functions}
        first = points.setdefault(report.exercise, own)
        if own != first or own.keys() != course.step(report.exercise).points.keys():
            text = _(
                "{path} is of another version of {exercise}: its functions or their points differ. "
                "The same `autograder grade` command renews it (in a course, `nbgrader autograde "
                "--force`). If its submission is gone, delete the report."
            )
            raise NoReports(text.format(path=path, exercise=report.exercise))


def _earlier(path: Path) -> NoReports:
    text = _(
        "An earlier version of the kit wrote {path}. The same `autograder grade` command renews it "
        "(in a course, `nbgrader autograde --force`). If its submission is gone, delete the report."
    )
    return NoReports(text.format(path=path))
