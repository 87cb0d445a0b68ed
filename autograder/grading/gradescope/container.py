"""The run in Gradescope's container: grade one upload and write `results/results.json`.

The file is written whatever happens. Standard output is for the instructor alone: Gradescope hides
it from learners.
"""

import json
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

from autograder import __version__
from autograder.grading.command import fresh_seed
from autograder.grading.gradescope import sentences
from autograder.grading.gradescope.settings import (
    METADATA,
    SETTINGS,
    Metadata,
    Settings,
    read_metadata,
    read_settings,
)
from autograder.grading.one_learner import GradedWork, grade_one
from autograder.grading.output.function_verdicts import FunctionVerdict, verdicts_on
from autograder.grading.output.gradescope import document, entry_of
from autograder.grading.rules import Rules
from autograder.reports.wording import format_points
from autograder.sandbox.isolation import in_words
from autograder.util.atomic import make_folder, write_atomic
from autograder.util.i18n import _, labelled
from autograder.util.text import print_visible


def run(root: Path) -> int:
    """Grade the upload in a container.

    Args:
        root: The folder that is `/autograder` in the container. It holds `source` (the unpacked
            zip), `submission` (the upload) and `submission_metadata.json`.

    Returns:
        The exit code: 0 where the kit did its work, whatever the scores, else 1.
    """
    start = time.monotonic()
    sound = False
    try:
        results, sound = _graded(root, start)
    except Exception:
        traceback.print_exc(file=sys.stdout)
        results = document([], sentences.kit_fault(), time.monotonic() - start)
    text = json.dumps(results, indent=1, ensure_ascii=False) + "\n"
    write_atomic(root / "results" / "results.json", text)
    return 0 if sound else 1


def _graded(root: Path, start: float) -> tuple[dict[str, Any], bool]:
    """Return the document, and whether no part of the kit failed."""
    settings = read_settings(root / "source" / SETTINGS)
    metadata = read_metadata(root / METADATA)
    _print_assignment(settings, metadata)
    folder = root / "submission"
    make_folder(folder)
    rules = Rules(seed=fresh_seed(), require_isolation=settings.require_isolation)
    with tempfile.TemporaryDirectory(prefix="autograder-") as out:
        work = grade_one(
            folder, metadata.learner, settings.exercises, Path(out), rules, settings.jobs
        )
    verdicts = [
        verdict
        for step in settings.steps
        for verdict in verdicts_on(step, work.results.get(step.name))
    ]
    _print_work(work, verdicts)
    tests = [entry_of(verdict, settings.visibility) for verdict in verdicts]
    text = sentences.output(settings, work, verdicts, folder)
    results = document(tests, text, time.monotonic() - start)
    return results, not any(verdict.broken for verdict in verdicts)


def _print_assignment(settings: Settings, metadata: Metadata) -> None:
    text = _("autograder {version}: {title}, handed in by {learner}")
    print_visible(
        text.format(version=__version__, title=metadata.title or "?", learner=metadata.learner)
    )
    if settings.version != __version__:
        text = _("The zip was made by version {zip} of the kit, and version {ours} grades.")
        print_visible(text.format(zip=settings.version, ours=__version__))
    worth = sum(step.max_points for step in settings.steps if step.core)
    if metadata.total_points is not None and metadata.total_points != worth:
        text = _(
            "The assignment is worth {total} points in Gradescope, and its exercises are worth "
            "{worth}. Correct the points in the assignment's settings."
        )
        print_visible(
            text.format(total=format_points(metadata.total_points), worth=format_points(worth))
        )


def _print_work(work: GradedWork, verdicts: list[FunctionVerdict]) -> None:
    """Print what only the instructor reads: the missing layers, all notes, the kit's tracebacks."""
    if work.missing_layers:
        text = _("Isolation is incomplete: {layers}")
        print_visible(text.format(layers=in_words(work.missing_layers)))
    elif any(result.report.isolation for result in work.results.values()):
        print(_("Every layer of the sandbox was in place."))
    for problem in work.collected.problems:
        print_visible(problem)
    for exercise, result in work.results.items():
        for note in result.report.notes:
            print_visible(labelled(exercise, note))
        for function in result.report.functions:
            for check in function.checks:
                if check.outcome == "error" and check.message is not None:
                    print_visible(f"{labelled(check.id, check.message.got)}\n{check.message.where}")
    for verdict in verdicts:
        print_visible(f"{verdict.number} {verdict.name_and_points}")
