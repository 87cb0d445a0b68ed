"""Verdicts and hints as a notebook shows them: HTML, with a plain-text twin.

Texts have the colour of the notebook's theme. The sign is white on a colour of its own, which
stands out from a light page and from a dark one.
"""

from html import escape

from autograder import course
from autograder.hints import hints_of, invitation
from autograder.i18n import _
from autograder.prose import message, prose
from autograder.report import FunctionReport
from autograder.terminal import SIGNS, format_points

COLOURS = {
    "passed": "#007D5B",
    "failed": "#C24A00",
    "todo": "#0072B2",
    "error": "#AE4C8A",
    "timeout": "#C24A00",
}
_TEXT = "color:var(--jp-content-font-color1,inherit);overflow-wrap:anywhere;max-width:60em"
_SIGN = "color:#fff;border-radius:3px;padding:0 .45em;margin-right:.5em;font-weight:bold"


class VerdictPanel:
    """The verdict on one function; `repr` is its points as a number, as nbgrader reads them."""

    def __init__(self, report: FunctionReport, exercise: str):
        self.report = report
        self.exercise = exercise

    def __repr__(self) -> str:
        return format_points(self.report.points)

    def text(self) -> str:
        """The verdict for a terminal: a headline, and the first problem's message."""
        headline = f"{SIGNS[self.report.outcome]} {self._headline()}"
        problem = self.report.problem
        return f"{headline}\n{problem.message}" if problem else headline

    def _headline(self) -> str:
        if not self.report.max_points:
            outcome = _(self.report.outcome)
            return _("{function}: {outcome}").format(function=self.report.name, outcome=outcome)
        return _("{function}: {outcome}, {points} of {max_points} points").format(
            function=self.report.name,
            outcome=_(self.report.outcome),
            points=format_points(self.report.points),
            max_points=format_points(self.report.max_points),
        )

    def _repr_html_(self) -> str:
        colour = COLOURS[self.report.outcome]
        problem = self.report.problem
        address = course.address(self.exercise, self.report.name)
        body = message(_without_invitation(problem.message, address)) if problem else ""
        passed = sum(check.outcome == "passed" for check in self.report.checks)
        count = _("{n} of {total} checks passed").format(n=passed, total=len(self.report.checks))
        hints = _rungs(hints_of(address)) if problem else ""
        sign = (
            f'<span role="img" aria-label="{escape(_(self.report.outcome))}" '
            f'style="background:{colour};{_SIGN}">{SIGNS[self.report.outcome]}</span>'
        )
        return (
            f'<div role="status" style="border-left:6px solid {colour};padding:.4em 1em;{_TEXT}">'
            f"<div>{sign}<b>{escape(self._headline())}</b> · {escape(count)}</div>"
            f"{body}{hints}</div>"
        )


class HintPanel:
    """Hints of a function, from the first rung on."""

    def __init__(self, function: str, rungs: tuple[str, ...]):
        self.function = function
        self.rungs = rungs

    def __repr__(self) -> str:
        return self.text()

    def text(self) -> str:
        lines = [f"{number}. {rung}" for number, rung in enumerate(self.rungs, start=1)]
        return "\n".join([_("Hints for {function}").format(function=self.function), *lines])

    def _repr_html_(self) -> str:
        title = escape(_("Hints for {function}").format(function=self.function))
        return f'<div style="padding:.4em 0;{_TEXT}"><b>{title}</b>{_rungs(self.rungs)}</div>'


def _without_invitation(text: str, address: str) -> str:
    """A message without the command for a hint: here hints open below it."""
    return "\n".join(line for line in text.split("\n") if line != invitation(address))


def _rungs(rungs: tuple[str, ...]) -> str:
    """Hints one inside the other, so that each opens only after the one before."""
    inner = ""
    for number, rung in reversed(list(enumerate(rungs, start=1))):
        title = escape(_("Hint {n}").format(n=number))
        inner = (
            '<details style="margin-top:.4em"><summary style="cursor:pointer">'
            f'{title}</summary><div style="margin:.2em 0 0 1.1em">{prose(rung)}</div>'
            f"{inner}</details>"
        )
    return inner
