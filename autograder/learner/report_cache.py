"""Cached reports on a learner's own files, by the content of the file and the kit's fingerprint."""

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from autograder.reports.model import Report, from_json
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.parse import parse
from autograder.submissions.safe_read import read_content
from autograder.submissions.submission import Parsed, Submission
from autograder.util.atomic import NotWritten, write_atomic
from autograder.util.fingerprint import digest, kit_fingerprint
from autograder.util.user_state import reports_folder
from autograder.workspace.opened_answers import all_remarks, remarks_on


def cached_report(submission: Submission) -> Report:
    """Return the report on a file on the public seed; checks run only when something changed.

    The report of a file that cannot be read says so.
    """
    try:
        content = read_content(submission.path)
    except UnreadableSubmission:
        return _fresh_report(submission)
    path = _place(submission, content)
    known = _read(path)
    if known is not None:
        return _with_present_remarks(known, submission)
    report = _fresh_report(_parsed(submission, content))
    with suppress(NotWritten):
        write_atomic(path, json.dumps(report.to_json()))
    return report


def last_report(submission: Submission) -> Report | None:
    """Return the cached report on a file as it is now; None where the file was not checked yet."""
    try:
        known = _read(_place(submission, read_content(submission.path)))
    except UnreadableSubmission:
        return None
    return _with_present_remarks(known, submission) if known is not None else None


def _with_present_remarks(report: Report, submission: Submission) -> Report:
    """Return a cached report with the remarks that hold now: an answer may be opened later."""
    known = all_remarks(report.exercise)
    notes = tuple(note for note in report.notes if note not in known)
    now = remarks_on(report.exercise, submission.path.parent)
    return replace(report, notes=(*notes, *now))


def _place(submission: Submission, content: bytes) -> Path:
    """Return the file of the cached report on a submission with this content."""
    key = digest(f"{kit_fingerprint()} {digest(content)}".encode())[:24]
    return reports_folder() / f"{submission.exercise}-{key}.json"


def _read(path: Path) -> Report | None:
    try:
        return from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def passing(submission: Submission) -> frozenset[str]:
    """Return the functions in an exercise's file that pass their checks by themselves."""
    report = cached_report(submission)
    return frozenset(f.name for f in report.functions if f.outcome == "passed" and not f.remark)


def _parsed(submission: Submission, content: bytes) -> Submission | Parsed:
    """Return the file parsed, or as it is where it cannot be: then its report says why.

    Notes on how the file was chosen are left out, since they are no part of its content.
    """
    chosen = Submission(submission.exercise, submission.path)
    try:
        return parse(chosen, content)
    except UnreadableSubmission:
        return chosen


def _fresh_report(submission: Submission | Parsed) -> Report:
    from autograder.running.runner import run
    from autograder.running.targets import FileTarget

    exercise = (
        submission.submission.exercise if isinstance(submission, Parsed) else submission.exercise
    )
    [report] = run(FileTarget({exercise: submission}))
    return report
