"""Reports that grading has left in a folder, read again for the forms that others want them in."""

import json
from pathlib import Path

from autograder import course
from autograder.grading.results import Result
from autograder.grading.store import COURSE_FOLDER, learner_of
from autograder.reports.model import from_json
from autograder.util.i18n import _


class NoReports(Exception):
    """A folder does not hold what grading leaves; the text says why."""


def results_in(folder: Path) -> list[Result]:
    """The results by learner and exercise, without outputs; whether they still hold is not asked.

    folder: of `autograder grade`, or of a course in nbgrader. Of two reports on the same exercise
    of a learner, as when assignments were cut anew, the newer one counts.
    Raises `NoReports`.
    """
    stores = _folders_in(folder / COURSE_FOLDER) or [folder]
    paths = [path for store in stores for path in _reports(store)]
    if not paths:
        text = _("{folder} holds no reports: name what `autograder grade` left, or a course.")
        raise NoReports(text.format(folder=folder))
    paths.sort(key=lambda path: path.stat().st_mtime_ns)
    results = [_read(path) for path in paths]
    newest = {(result.learner, result.report.exercise): result for result in results}
    return [newest[key] for key in sorted(newest)]


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
        report = from_json(json.loads(path.read_text(encoding="utf-8")))
        return Result(learner_of(path.parent), report)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        text = _("{path} is no report: {reason}.")
        raise NoReports(text.format(path=path, reason=error)) from error
