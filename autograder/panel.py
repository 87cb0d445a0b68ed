"""Verdicts and hints as a notebook shows them: HTML, with a plain-text twin."""

from html import escape

from autograder.hints import hints_of
from autograder.i18n import _
from autograder.prose import message, prose
from autograder.report import FunctionReport
from autograder.terminal import SIGNS, format_points

COLOURS = {
    "passed": "#009E73",
    "failed": "#D55E00",
    "todo": "#0072B2",
    "error": "#CC79A7",
    "timeout": "#D55E00",
}


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
        return _("{function}: {outcome}, {points} of {max_points} points").format(
            function=self.report.name,
            outcome=_(self.report.outcome),
            points=format_points(self.report.points),
            max_points=format_points(self.report.max_points),
        )

    def _repr_html_(self) -> str:
        colour = COLOURS[self.report.outcome]
        problem = self.report.problem
        body = message(problem.message) if problem else ""
        passed = sum(check.outcome == "passed" for check in self.report.checks)
        count = _("{n} of {total} checks passed").format(n=passed, total=len(self.report.checks))
        hints = _rungs(hints_of(self.report.name)) if problem else ""
        return (
            f'<div role="status" style="border-left:6px solid {colour};padding:.4em 1em">'
            f'<div><span style="color:{colour};font-weight:bold">{SIGNS[self.report.outcome]} '
            f"{escape(self._headline())}</span> "
            f'<span style="opacity:.7">· {escape(count)}</span></div>{body}{hints}</div>'
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
        return f"<div><b>{title}</b>{_rungs(self.rungs)}</div>"


def _rungs(rungs: tuple[str, ...]) -> str:
    """Hints one inside the other, so that each opens only after the one before."""
    inner = ""
    for number, rung in reversed(list(enumerate(rungs, start=1))):
        title = escape(_("Hint {n}").format(n=number))
        inner = (
            '<details style="margin-top:.4em"><summary style="cursor:pointer">'
            f"{title}</summary><div>{prose(rung)}</div>{inner}</details>"
        )
    return inner
