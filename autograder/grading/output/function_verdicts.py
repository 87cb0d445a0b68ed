"""The verdicts of an assignment, function by function, for systems that show a list of tests.

A function of an exercise that nobody handed in, or whose file cannot be graded, has a verdict too.
"""

from dataclasses import dataclass

from autograder import course
from autograder.grading.results import Result, is_kit_fault
from autograder.reports import wording
from autograder.reports.model import CheckResult, FunctionReport
from autograder.reports.wording import format_points
from autograder.util.i18n import _, labelled, ngettext
from autograder.util.text import visible

MAX_CHARACTERS = 4000


@dataclass(frozen=True)
class FunctionVerdict:
    """The verdict on a function, ready to be shown.

    Attributes:
        exercise: The exercise.
        function: The function's name.
        points: The points that it earned.
        max_points: The points that it can earn.
        passed: Whether it passes.
        broken: Whether the kit is at fault, so that the points mean nothing.
        text: What the learner reads.
        seconds: How long its checks took.
    """

    exercise: course.Step
    function: str
    points: float
    max_points: float
    passed: bool
    broken: bool
    text: str
    seconds: float = 0.0

    @property
    def name(self) -> str:
        """The exercise and the function in words."""
        return str(labelled(self.exercise.name, self.function))

    @property
    def name_and_points(self) -> str:
        """The exercise, the function and the points, if there are points."""
        points = self.points_in_words
        return str(labelled(self.name, points)) if points else self.name

    @property
    def number(self) -> str:
        """The number of the exercise and the place of the function in it, such as 4.1."""
        place = self.exercise.functions.index(self.function) + 1
        return f"{int(self.exercise.name[:2])}.{place}"

    @property
    def points_in_words(self) -> str:
        """The points: 2 / 6, for a bonus exercise + 2, and "" for an exercise without points."""
        earned, possible = format_points(self.points), format_points(self.max_points)
        if not self.exercise.graded:
            return ""
        return f"+ {earned}" if self.exercise.bonus else f"{earned} / {possible}"


def verdicts_on(exercise: course.Step, result: Result | None) -> list[FunctionVerdict]:
    """Return the verdicts on all functions of an exercise.

    Args:
        exercise: The exercise.
        result: The graded submission, None where nobody handed the exercise in.
    """
    if result is None:
        text = _("{exercise} was not handed in.").format(exercise=exercise.name)
        return _all_without_points(exercise, text, broken=False)
    if not result.gradable:
        text = _("{exercise}: {reason}")
        whole = text.format(exercise=exercise.name, reason=reason_of(result))
        return _all_without_points(exercise, cut(whole), is_kit_fault(result))
    return [_verdict(exercise, function) for function in result.report.functions]


def reason_of(result: Result) -> str:
    """Return why a submission could not be graded, without the traceback of a fault of the kit."""
    if is_kit_fault(result):
        return _("it could not be graded because of a fault of the kit, not of yours.")
    return visible("\n".join(result.report.notes))


def _all_without_points(exercise: course.Step, text: str, broken: bool) -> list[FunctionVerdict]:
    return [
        FunctionVerdict(exercise, name, 0.0, float(points), False, broken, text)
        for name, points in exercise.points.items()
    ]


def _verdict(exercise: course.Step, function: FunctionReport) -> FunctionVerdict:
    return FunctionVerdict(
        exercise,
        function.name,
        function.points,
        function.max_points,
        function.outcome == "passed",
        any(check.outcome == "error" for check in function.checks),
        _text(function),
        sum(check.seconds for check in function.checks),
    )


def _text(function: FunctionReport) -> str:
    """Return how many checks pass, and each message on the others once."""
    total = len(function.checks)
    passed = sum(check.outcome == "passed" for check in function.checks)
    text = ngettext("{n} of {total} check passes.", "{n} of {total} checks pass.", total)
    failed = [message_of(check) for check in function.checks if check.outcome != "passed"]
    parts = [text.format(n=passed, total=total), function.remark, *failed]
    whole = "\n\n".join(dict.fromkeys(part for part in parts if part))
    return cut(visible(whole))


def message_of(check: CheckResult) -> str:
    """Return a message as a learner may read it, without the traceback of a fault of the kit."""
    if check.message is None:
        return ""
    if check.outcome == "error":
        return str(check.message.got)
    return wording.text(check.message)


def cut(text: str) -> str:
    """Return a text with at most `MAX_CHARACTERS` characters."""
    return text if len(text) <= MAX_CHARACTERS else f"{text[: MAX_CHARACTERS - 2]} …"
