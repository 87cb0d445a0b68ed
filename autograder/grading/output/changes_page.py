"""`changes.csv` and `changes.html`: which points later runs gave or took, for whom and when."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.grading.changes import Change
from autograder.grading.output.csv_cells import as_written, hundredths, plain_text
from autograder.grading.output.pages import render
from autograder.grading.tables import TableError, named_rows
from autograder.util.atomic import write_atomic
from autograder.util.i18n import _

TABLE, PAGE = "changes.csv", "changes.html"
_COLUMNS = ("time", "learner", "exercise", "function", "before", "after", "max", "reason")
_SAME, _OTHER, _RESCALED = "judged again", "other file", "other points"


@dataclass(frozen=True)
class Run:
    """The changes of one run.

    Attributes:
        time: When the run ended, in UTC, as `2026-11-30 16:23`.
        changes: The changes by learner and exercise.
    """

    time: str
    changes: tuple[Change, ...]


def write_changes(changes: list[Change], folder: Path, now: datetime | None = None) -> bool:
    """Add a run's changes to those of earlier runs; write the table and the page.

    Args:
        changes: What this run changed in earlier reports.
        folder: The folder of the results.
        now: The end of the run, None for the present time.

    Returns:
        Whether there were any changes; without changes nothing is written.

    Raises:
        NotWritten: The disk or the folder takes no file.
    """
    if not changes:
        return False
    ordered = sorted(changes, key=lambda c: (c.learner.casefold(), c.exercise, c.function))
    time = (now or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M")
    runs = [*earlier_runs(folder / TABLE), Run(time, tuple(ordered))]
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_row(run.time, change) for run in runs for change in run.changes)
    write_atomic(folder / TABLE, text.getvalue())
    write_page(folder)
    return True


def write_page(folder: Path) -> None:
    """Write the page of the changes that the table holds.

    Raises:
        NotWritten: The disk or the folder takes no file.
    """
    runs = earlier_runs(folder / TABLE)
    write_atomic(folder / PAGE, render("changes.html.j2", runs=runs[::-1]))


def _row(time: str, change: Change) -> list[str | int | float]:
    points = [hundredths(p) for p in (change.before, change.after, change.max_points)]
    same = _RESCALED if change.rescaled else _SAME
    reason = same if change.same_file else _OTHER
    texts = [time, plain_text(change.learner), change.exercise, change.function]
    return [*texts, *points, reason]


def earlier_runs(table: Path) -> list[Run]:
    """Return the runs in a table of changes, none where there is no table.

    Raises:
        TableError: The table cannot be read, or holds something else than changes.
    """
    runs: dict[str, list[Change]] = {}
    for row in named_rows(table, *_COLUMNS):
        try:
            before, after, most = (
                float(row[name].replace(",", ".")) for name in ("before", "after", "max")
            )
        except ValueError as error:
            text = _("{path} was changed: {reason}. Move it away; a new run begins another table.")
            raise TableError(text.format(path=table, reason=error)) from error
        change = Change(
            as_written(row["learner"]),
            row["exercise"],
            row["function"],
            before,
            after,
            most,
            row["reason"] != _OTHER,
            row["reason"] == _RESCALED,
        )
        runs.setdefault(row["time"], []).append(change)
    return [Run(time, tuple(changes)) for time, changes in runs.items()]
