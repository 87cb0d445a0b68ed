"""The sentences above the tests: what became of the files that a learner handed in."""

import os
from collections.abc import Iterator
from pathlib import Path

from autograder.grading.collect import NO_EXERCISE, NO_EXERCISE_OF
from autograder.grading.gradescope.settings import Settings
from autograder.grading.one_learner import GradedWork
from autograder.grading.output.function_verdicts import FunctionVerdict, cut
from autograder.grading.results import notes_for_learners
from autograder.util.i18n import _, labelled, ngettext

MAX_FILES = 10


def kit_fault() -> str:
    """Return what a learner reads if the kit fails."""
    return _(
        "The kit failed while it graded this upload. This is the kit's fault, not yours. Your "
        "files are safe. Tell your instructor, who can run the autograder again."
    )


def output(
    settings: Settings, work: GradedWork, verdicts: list[FunctionVerdict], folder: Path
) -> str:
    """Return the text above the tests.

    Args:
        settings: The settings of the assignment.
        work: The graded work.
        verdicts: The verdicts on all functions of the assignment.
        folder: The folder of the upload, whose path a learner does not see.
    """
    sentences: list[str] = [kit_fault()] if any(v.broken for v in verdicts) else []
    missing = [step.name for step in settings.steps if step.name not in work.results]
    if not work.results:
        sentences.append(_nothing(settings, work))
    elif missing:
        text = _("Not handed in: {exercises}.")
        sentences.append(text.format(exercises=", ".join(missing)))
    sentences += _on_files(work, folder)
    if missing:
        sentences += _on_unknown_files(work)
    for step in settings.steps:
        result = work.results.get(step.name)
        if result is not None and result.gradable:
            text = _("{exercise}: {reason}")
            notes = notes_for_learners(result.report)
            sentences += (text.format(exercise=step.name, reason=note) for note in notes)
    return "\n".join(cut(sentence) for sentence in sentences)


def _nothing(settings: Settings, work: GradedWork) -> str:
    names = ", ".join(step.name for step in settings.steps)
    if not work.collected.accounts:
        text = _("You handed in no file. This assignment asks for: {exercises}.")
    else:
        text = _(
            "None of the files that you handed in is an exercise of this assignment. The "
            "assignment asks for: {exercises}. Hand in each exercise as {example}.py or "
            "{example}.ipynb, or hand in the file that `autograder submit` made."
        )
    return text.format(exercises=names, example=settings.steps[0].name)


def _on_files(work: GradedWork, folder: Path) -> Iterator[str]:
    """Yield a sentence on each file that cannot be graded or is not wanted."""
    learner = work.learner
    for problem in work.collected.problems:
        if problem != NO_EXERCISE_OF.format(learner=learner):
            yield (
                str(problem)
                .removeprefix(str(labelled(learner, "")))
                .replace(f"{folder.absolute()}{os.sep}", "")
            )
    others = {s.exercise for s in work.collected.submissions} - work.results.keys()
    for exercise in sorted(others):
        text = _("{exercise} does not belong to this assignment and was not graded.")
        yield text.format(exercise=exercise)


def _on_unknown_files(work: GradedWork) -> Iterator[str]:
    names = sorted(a.path.name for a in work.collected.accounts if a.fate == NO_EXERCISE)
    if names:
        text = ngettext(
            "{names} is no exercise of the course and was not graded.",
            "{names} are no exercises of the course and were not graded.",
            len(names),
        )
        more = ", …" if len(names) > MAX_FILES else ""
        yield text.format(names=", ".join(names[:MAX_FILES]) + more)
