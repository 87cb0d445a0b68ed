"""Verdicts and hints as a notebook shows them: HTML, with a plain-text form.

Texts have the colour of the notebook's theme. The sign is white on a colour of its own, which
stands out from a light page and from a dark one.
"""

from functools import cache

from jinja2 import Environment

from autograder import course
from autograder.course.solutions import hints_of
from autograder.reports import markup, wording
from autograder.reports.model import FunctionReport, Report, language_of, total
from autograder.reports.wording import (
    SIGNS,
    format_points,
    format_total,
    plain_points,
    points_of,
    what_is_next,
)
from autograder.util.i18n import _, current, speaking

COLOURS = {
    "passed": "#007D5B",
    "failed": "#C24A00",
    "todo": "#0072B2",
    "error": "#AE4C8A",
    "timeout": "#C24A00",
}
_TEXT_STYLE = "color:var(--jp-content-font-color1,inherit);overflow-wrap:anywhere;max-width:60em"


class VerdictPanel:
    """The verdict on one function; `repr` is its points as a number, as nbgrader reads them."""

    def __init__(self, report: FunctionReport, exercise: str):
        """Show the report of a function of an exercise, in the current language."""
        self.report = report
        self.exercise = exercise
        self._language = current()

    def __repr__(self) -> str:
        return plain_points(self.report.points)

    def text(self) -> str:
        """Return the verdict for a terminal: a headline, and the first problem's message."""
        with speaking(self._language):
            return self._text()

    def _text(self) -> str:
        headline = f"{SIGNS[self.report.outcome]} {self._headline()}"
        problem = self.report.problem
        parts = [headline, self.report.remark]
        if problem is not None and problem.message is not None:
            parts.append(wording.text(problem.message))
        return "\n".join(part for part in parts if part)

    def _headline(self) -> str:
        outcome = wording.outcome_word(self.report.outcome)
        if not self.report.max_points:
            return _("{function}: {outcome}").format(function=self.report.name, outcome=outcome)
        return _("{function}: {outcome}, {points} of {max_points} points").format(
            function=self.report.name,
            outcome=outcome,
            points=format_points(self.report.points),
            max_points=format_points(self.report.max_points),
        )

    def _repr_html_(self) -> str:
        with speaking(self._language):
            return self._html()

    def _html(self) -> str:
        problem = self.report.problem
        passed = sum(check.outcome == "passed" for check in self.report.checks)
        count = _("{n} of {total} checks passed").format(n=passed, total=len(self.report.checks))
        address = course.address(self.exercise, self.report.name)
        return _render(
            "panel.html.j2",
            report=self.report,
            outcome=wording.outcome_word(self.report.outcome),
            colour=COLOURS[self.report.outcome],
            headline=self._headline(),
            count=count,
            message=problem.message if problem else None,
            hints=hints_of(address) if problem else (),
        )


class HintPanel:
    """Hints of a function, from the first level on."""

    def __init__(self, function: str, hints: tuple[str, ...]):
        """Show some hints of a function, named by its address."""
        self.function = function
        self.hints = hints
        self._language = current()

    def __repr__(self) -> str:
        return self.text()

    def text(self) -> str:
        """Return the hints for a terminal, numbered."""
        with speaking(self._language):
            return self._text()

    def _text(self) -> str:
        lines = [f"{number}. {hint}" for number, hint in enumerate(self.hints, start=1)]
        return "\n".join([self._title(), *lines])

    def _title(self) -> str:
        return _("Hints for {function}").format(function=self.function)

    def _repr_html_(self) -> str:
        with speaking(self._language):
            return _render("hints.html.j2", title=self._title(), hints=self.hints)


class ProgressPanel:
    """The points of several exercises, and what comes next."""

    def __init__(self, reports: list[Report]):
        """Show reports, in course order."""
        self.reports = reports
        self._language = language_of(reports)

    def __repr__(self) -> str:
        return self.text()

    def text(self) -> str:
        """Return a line for each exercise, the total, and what comes next."""
        with speaking(self._language):
            return self._text()

    def _text(self) -> str:
        lines = [f"{report.exercise:<24}{points_of(report)}" for report in self.reports]
        return "\n".join([*lines, self._whole(), what_is_next(self.reports)])

    def _whole(self) -> str:
        return _("all: {points}").format(points=format_total(total(self.reports)))

    def _repr_html_(self) -> str:
        with speaking(self._language):
            return _render(
                "progress.html.j2",
                rows=[(course.step(r.exercise), r, points_of(r)) for r in self.reports],
                colours=COLOURS,
                whole=self._whole(),
                next=what_is_next(self.reports),
            )


def _render(template: str, **values: object) -> str:
    page = _environment().get_template(template).render(text_style=_TEXT_STYLE, **values)
    return page.strip()


@cache
def _environment() -> Environment:
    return markup.environment()
