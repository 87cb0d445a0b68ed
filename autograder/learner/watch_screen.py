"""The screen of `autograder watch`: a report, one problem of it, hints, and the keys."""

from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from autograder import course
from autograder.course.solutions import hints_of
from autograder.reports.model import FunctionReport, Report
from autograder.reports.terminal import problem_panel, table
from autograder.reports.wording import outcome_word
from autograder.util.i18n import _, speaking
from autograder.util.text import visible


@dataclass
class Screen:
    """The state of the screen for one exercise; a learner's keys and new reports change it.

    Attributes:
        exercise: Its full name.
        report: The last report, None before the first and where a message takes its place.
        message: Why there is no report, "" where there is one.
        position: Which of the problems is shown.
        hints: How many of its hints are shown.
        listing: Whether all functions are listed in place of the problem.
        busy: Whether a check is running.
        seconds: How long the last check took.
    """

    exercise: str
    report: Report | None = None
    message: str = ""
    position: int = 0
    hints: int = 0
    listing: bool = False
    busy: bool = False
    seconds: float = 0.0

    @property
    def problems(self) -> list[FunctionReport]:
        """The functions that do not pass."""
        if self.report is None:
            return []
        return [f for f in self.report.functions if f.outcome != "passed"]

    @property
    def problem(self) -> FunctionReport | None:
        """The problem that is shown."""
        problems = self.problems
        return problems[self.position % len(problems)] if problems else None

    @property
    def levels(self) -> tuple[str, ...]:
        """All hints for that problem."""
        return hints_of(course.address(self.exercise, self.problem.name)) if self.problem else ()

    def start_check(self) -> None:
        """Show that a check is running."""
        self.busy = True

    def end_check(self, report: Report | None, message: str, seconds: float) -> None:
        """Show a new report or message; stay at the same problem, with its hints, where it lasts.

        Args:
            report: The report, None where there is none.
            message: Why there is none.
            seconds: How long the check took.
        """
        before = self.problem.name if self.problem else None
        self.report, self.message = report, message
        self.busy, self.seconds = False, seconds
        names = [function.name for function in self.problems]
        self.position = names.index(before) if before in names else 0
        if self.problem is None or self.problem.name != before:
            self.hints = 0

    def show_hint(self) -> None:
        """Show one hint more."""
        if self.problem is not None:
            self.hints = min(self.hints + 1, len(self.levels))

    def show_next_problem(self) -> None:
        """Show the next problem, without hints."""
        if self.problems:
            self.position, self.hints = (self.position + 1) % len(self.problems), 0

    def toggle_listing(self) -> None:
        """Show the list of functions in place of the problem, or the problem again."""
        self.listing = not self.listing

    def __rich__(self) -> RenderableType:
        """Return the whole screen as one renderable, in the language of the report."""
        with speaking(self.report.language if self.report is not None else ""):
            return self._drawn()

    def _drawn(self) -> RenderableType:
        parts: list[RenderableType] = []
        if self.report is not None:
            parts.append(table([self.report]))
            parts += [Text(visible(note), style="yellow") for note in self.report.notes]
        return Group(*parts, *self._body(), self._footer())

    def _body(self) -> list[RenderableType]:
        if self.message:
            return [Panel(Text(visible(self.message)), title=self.exercise, border_style="red")]
        if self.report is None:
            return []
        if self.listing:
            words = {f.name: outcome_word(f.outcome) for f in self.report.functions}
            width = max(len(str(word)) for word in words.values())
            return [Text(f"{word:{width}}  {name}") for name, word in words.items()]
        if self.problem is None:
            return [Text(_("Everything passes."), style="green")]
        return [problem_panel(self.report, self.problem), *self._hints()]

    def _hints(self) -> list[RenderableType]:
        text = _("Hint {n}: {text}")
        return [
            Panel(Text(text.format(n=number, text=hint)), border_style="blue")
            for number, hint in enumerate(self.levels[: self.hints], start=1)
        ]

    def _footer(self) -> Text:
        state = _("checking …") if self.busy else _("checked in {n:.1f} s").format(n=self.seconds)
        keys = _("h hint · n next problem · l list · r check again · q quit")
        return Text(f"{state}   {keys}", style="dim")
