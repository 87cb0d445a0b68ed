"""The words of a verdict: terminal, notebook panel, pages and feedback all take them from here.

A `Message` is data. This module puts its parts into labelled lines, within a number of words, and
no renderer reads a text back.
"""

from typing import NamedTuple

from autograder import course
from autograder.reports.model import Message, Report, owed
from autograder.util.i18n import _, with_signs
from autograder.util.text import first_words, n_words, one_line, whole_text

STYLES = {"passed": "green", "failed": "red", "todo": "blue", "error": "bold red", "timeout": "red"}
SIGNS = {"passed": "✓", "failed": "✗", "todo": "·", "error": "!", "timeout": "✗"}

MAX_WORDS = 90
_MIN_WORDS = 8


def outcome_word(outcome: str) -> str:
    """Return the word for an outcome of a check."""
    return {
        "passed": _("passed"),
        "failed": _("failed"),
        "todo": _("todo"),
        "error": _("error"),
        "timeout": _("timeout"),
    }[outcome]


class Line(NamedTuple):
    """A line of a message: its label, empty for a plain sentence, and its text."""

    label: str
    text: str

    def __str__(self) -> str:
        if not self.label:
            return str(self.text)
        return _("{label}: {text}").format(label=self.label, text=self.text)


def lines(message: Message) -> list[Line]:
    """Return the lines of a message, without the invitation to a hint.

    Each part stands in one line, whatever the learner's data hold, so that a part cannot pretend to
    be a line of the message. Long parts are cut; what must hold is not.
    """
    if not message.called:
        return [Line("", whole_text(str(p))) for p in (message.got, *message.where.splitlines())]
    called, got, must, where = (
        whole_text(one_line(part))
        for part in (message.called, message.got, message.must, message.where)
    )
    must_line = Line(_("Must hold"), must)
    hint = invitation(message.hint)
    least = 2 * _MIN_WORDS + (_MIN_WORDS if where else 0)
    likely_line = _likely(message.causes, MAX_WORDS - _n_words(must_line, hint) - least)
    room = MAX_WORDS - _n_words(must_line, likely_line, hint)
    if where:
        where = first_words(
            _("in {place}").format(place=where), max(room - 2 * _MIN_WORDS, _MIN_WORDS)
        )
        room -= _n_words(where)
    called_line = Line(_("Called"), _fitted(called, room / 2 - 1))
    got = _fitted(got, room - _n_words(called_line) - 1)
    return [called_line, Line(_("Got"), f"{got} {where}".rstrip()), must_line, likely_line]


def text(message: Message) -> str:
    """Return a message as plain text: its lines, then the command for a hint."""
    parts = [str(line) for line in lines(message)]
    if message.hint:
        parts.append(invitation(message.hint))
    return "\n".join(parts)


def invitation(function: str) -> str:
    """Return the line that says how to see a hint for a function, named by its address."""
    return _("For a hint: autograder hint {function}").format(function=function)


def what_is_next(reports: list[Report]) -> str:
    """Return a sentence that names the next function of a learner, or says that all pass."""
    todo = [report for report in owed(reports) if not report.complete]
    more = [report for report in reports if not report.complete]
    if not more:
        return _("Everything passes.")
    text = _("Next: {function} in {exercise}")
    if not todo:
        text = _("The course is done. If you like, go on with {function} in {exercise}.")
    report = (todo or more)[0]
    function = next(f.name for f in report.functions if f.outcome != "passed")
    return text.format(function=function, exercise=report.exercise)


def plain_points(points: float) -> str:
    """Return points as programs read them, without idle zeros: 6, 2.5."""
    return f"{points:.2f}".rstrip("0").rstrip(".")


def format_points(points: float) -> str:
    """Return points without idle zeros in the current language: 6, 2.5."""
    return with_signs(plain_points(points))


def format_total(earned: course.Total) -> str:
    """Return a sum of points, bonus points beside it: 87 / 100, 87 / 100 + 5, + 5."""
    core = f"{format_points(earned.points)} / {format_points(earned.max_points)}"
    if earned.bonus is None:
        return core
    bonus = f"+ {format_points(earned.bonus)}"
    return f"{core} {bonus}" if earned.max_points else bonus


def points_of(report: Report) -> str:
    """Return what a report has earned: points; without points, functions found or passed."""
    earned, possible = map(format_points, report.standing)
    step = course.step(report.exercise)
    if step.graded:
        return f"{earned} / {possible}"
    text = _("{n} of {total} found") if step.hunt else _("{n} of {total} passed")
    return text.format(n=earned, total=possible)


def _likely(causes: tuple[str, ...], n: int) -> Line:
    """Return the line of the causes: as many as fit into `n` words, but at least one."""
    for count in range(len(causes), 0, -1):
        line = Line(_("Likely cause"), _(" Or: ").join(map(one_line, causes[:count])))
        if count == 1 or _n_words(line) <= n:
            return line
    return Line(_("Likely cause"), "")


def _fitted(text: str, n: float) -> str:
    return first_words(text, max(int(n), _MIN_WORDS - 1))


def _n_words(*parts: object) -> int:
    return sum(n_words(str(part)) for part in parts)
