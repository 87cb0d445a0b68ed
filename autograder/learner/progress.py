"""`progress()` on the start page: points of every exercise, and what comes next."""

from pathlib import Path

from autograder.learner.figures import in_notebook
from autograder.learner.report_cache import cached_report, last_report
from autograder.reports.model import Report
from autograder.reports.notebook import ProgressPanel
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.discovery import find
from autograder.util.text import print_visible
from autograder.workspace.place import Workspace, current


def progress() -> ProgressPanel:
    """Check what changed in the workspace and show the points of every exercise.

    A script prints the table too.

    Raises:
        NoWorkspace: The working folder lies in no workspace.
        UnreadableSubmission: The workspace holds no exercise.
    """
    files = find(current().root)
    panel = ProgressPanel([cached_report(file) for file in files.values()])
    if not in_notebook():
        print_visible(panel.text())
    return panel


def progress_so_far(workspace: Workspace) -> ProgressPanel | None:
    """Return the points of the exercises without running a check; None where none are known."""
    reports = _reports_so_far(workspace.root)
    return ProgressPanel(reports) if reports else None


def _reports_so_far(folder: Path) -> list[Report]:
    try:
        files = find(folder)
    except UnreadableSubmission:
        return []
    return [report for file in files.values() if (report := last_report(file)) is not None]
