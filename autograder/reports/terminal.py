"""Reports in a terminal: points and progress by exercise, and one problem at a time."""

from rich.console import Console
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from autograder import course
from autograder.reports import wording
from autograder.reports.model import FunctionReport, Report, language_of, owed, total
from autograder.reports.wording import SIGNS, STYLES, format_total, invitation, points_of
from autograder.util.i18n import _, labelled, ngettext, speaking
from autograder.util.text import visible


def plain_console() -> Console:
    """Return a terminal that shows a text as it is, without markup and emoji codes in it."""
    return Console(highlight=False, markup=False, emoji=False)


def print_reports(
    reports: list[Report], every_problem: bool = False, console: Console | None = None
) -> None:
    """Print the table of exercises, then the first problem, or all of them."""
    if reports:
        with speaking(language_of(reports)):
            _print_reports(reports, every_problem, console or plain_console())


def _print_reports(reports: list[Report], every_problem: bool, console: Console) -> None:
    console.print()
    console.print(table(reports))
    problems = [(r, f) for r in owed(reports) for f in r.functions if f.outcome != "passed"]
    shown = problems if every_problem else problems[:1]
    _print_notes(reports, [_message_of(function) for _report, function in shown], console)
    _print_remarks(reports, console)
    for report, function in shown:
        with speaking(report.language):
            console.print(problem_panel(report, function))
    if len(problems) > len(shown):
        rest = len(problems) - len(shown)
        console.print(
            ngettext(
                "{n} more function after this one.", "{n} more functions after this one.", rest
            ).format(n=rest),
            style="dim",
        )
    if not problems:
        _print_what_follows(reports[-1], console)


def _print_what_follows(report: Report, console: Console) -> None:
    """Name the function that comes next in the course, where there is one."""
    functions = [(step.name, name) for step in course.steps() for name in step.functions]
    last = functions.index((report.exercise, report.functions[-1].name))
    if last + 1 == len(functions):
        console.print(_("Everything here passes."))
        return
    exercise, function = functions[last + 1]
    text = _("Everything here passes. Next in the course: {function} in {exercise}.")
    console.print(text.format(function=function, exercise=exercise))


def print_progress(reports: list[Report], console: Console) -> None:
    """Print the table of exercises and what to do next."""
    with speaking(language_of(reports)):
        _print_progress(reports, console)


def _print_progress(reports: list[Report], console: Console) -> None:
    console.print(table(reports))
    console.print(wording.what_is_next(reports))


def table(reports: list[Report]) -> Table:
    """Return a row for each exercise: a sign for each function, a bar, points."""
    rows = Table(box=None, pad_edge=False)
    rows.add_column(_("exercise"))
    rows.add_column(_("functions"))
    rows.add_column(_("progress"), width=16)
    rows.add_column(_("points"), justify="right")
    for report in reports:
        signs = Text(" ").join(
            Text(SIGNS[f.outcome], style=STYLES[f.outcome]) for f in report.functions
        )
        earned, possible = report.standing
        bar = ProgressBar(total=possible, completed=earned, width=16)
        rows.add_row(report.exercise, signs, bar, points_of(report))
    if len(reports) > 1:
        whole = total(reports)
        bar = ProgressBar(total=whole.max_points or 1, completed=whole.points, width=16)
        rows.add_row(_("all"), "", bar, format_total(whole), style="bold")
    return rows


def problem_panel(report: Report, function: FunctionReport) -> Panel:
    """Return the first problem of a function, ready to print."""
    outcome = function.problem.outcome if function.problem else function.outcome
    title = f"{report.exercise} · {function.name} · {wording.outcome_word(outcome)}"
    body = Text(_message_of(function))
    if outcome == "todo":
        objective = course.step(report.exercise).objective
        body = Text("\n").join(
            [
                body,
                Text(_("This step: {objective}.").format(objective=_(objective))),
                Text(invitation(course.address(report.exercise, function.name))),
            ]
        )
    return Panel(body, title=Text(title), title_align="left", border_style=STYLES[outcome])


def _message_of(function: FunctionReport) -> str:
    """Return the words of a function's first problem."""
    problem = function.problem
    return visible(wording.text(problem.message)) if problem and problem.message else ""


def _print_remarks(reports: list[Report], console: Console) -> None:
    """Print which functions passed with the course's own functions in place of others."""
    for report in reports:
        for function in report.functions:
            if function.remark:
                text = _("{function}: {remark}").format(
                    function=function.name, remark=function.remark
                )
                console.print(Text(f"{report.exercise} · {text}", style="yellow"))


def _print_notes(reports: list[Report], messages: list[str], console: Console) -> None:
    """Print the notes on the files, without those that a message below repeats."""
    for report in reports:
        for note in report.notes:
            if not any(visible(note) in message for message in messages):
                console.print(Text(str(labelled(report.exercise, visible(note))), style="yellow"))
