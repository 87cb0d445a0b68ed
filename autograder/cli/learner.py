"""The learner's commands: check, watch, progress, solution, hint, lab, doctor, demo."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder import course
from autograder.cli import names
from autograder.cli.failure import stop
from autograder.cli.names import Submissions
from autograder.cli.questions import confirmed
from autograder.util.i18n import _, current

if TYPE_CHECKING:
    from autograder.reports.model import Report

app = typer.Typer()

Function = Annotated[str, typer.Argument(help=_("The function, for example build_mf."))]


@app.command(help=_("Check an exercise or a function; without a name, all exercises."))
def check(
    wanted: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAMES]...",
            help=_("Exercises (04_dot_product, 4), functions (build_mf), or a file."),
        ),
    ] = None,
    submissions: Submissions = None,
    seed: Annotated[
        int | None, typer.Option(help=_("Draw other check data than the public seed's."))
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help=_("Write the report as JSON."))
    ] = None,
    all_problems: Annotated[
        bool, typer.Option("--all-problems", help=_("Show every problem, not only the first."))
    ] = False,
) -> None:
    """Check files in this process; exit 0 where everything that is owed passes."""
    from autograder.reports.model import owed
    from autograder.reports.terminal import print_reports
    from autograder.running.runner import CheckError, run
    from autograder.running.targets import FileTarget
    from autograder.submissions.cells import UnreadableSubmission

    place = names.place(submissions, wanted or [])
    exercises, functions = names.selection(place.names)
    try:
        reports = run(FileTarget.at(place.path, exercises, functions), seed)
    except (CheckError, UnreadableSubmission) as error:
        stop(str(error))
    if json_file is not None:
        _write_json(reports, json_file)
    print_reports(reports, every_problem=all_problems)
    raise typer.Exit(0 if all(report.complete for report in owed(reports)) else 1)


@app.command(help=_("Check again at every save; one problem at a time, hints at a key."))
def watch(
    wanted: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[EXERCISE]...", help=_("Exercises (04_dot_product, 4), or a file.")
        ),
    ] = None,
    submissions: Submissions = None,
) -> None:
    """Watch a file or folder until the learner quits."""
    from autograder.learner.watch import watch as watch_files
    from autograder.reports.terminal import plain_console
    from autograder.submissions.cells import UnreadableSubmission

    place = names.place(submissions, wanted or [])
    try:
        selected = names.selection(place.names)
        watch_files(place.path, selected.exercises, plain_console())
    except UnreadableSubmission as error:
        stop(str(error))


@app.command(help=_("Show points and progress for the whole course."))
def progress(submissions: Submissions = None) -> None:
    """Print the table of exercises and what comes next."""
    from autograder.learner.report_cache import cached_report
    from autograder.reports.terminal import plain_console, print_progress
    from autograder.running.runner import CheckError
    from autograder.submissions.cells import UnreadableSubmission
    from autograder.submissions.discovery import find

    try:
        files = find(submissions or names.workspace().root)
        console = plain_console()
        with console.status("") as status:
            reports = []
            for name, file in files.items():
                status.update(_("checking {exercise} …").format(exercise=name))
                reports.append(cached_report(file))
    except (CheckError, UnreadableSubmission) as error:
        stop(str(error))
    print_progress(reports, console)


@app.command(help=_("Show the answer of a function: after it is passed, or when you insist."))
def solution(
    function: Function,
    submissions: Submissions = None,
    yes: Annotated[bool, typer.Option("--yes", help=_("Do not ask."))] = False,
) -> None:
    """Print an answer; remember where it was opened before the function passed."""
    from autograder.course.solution_cells import SolutionError
    from autograder.course.solutions import answer_of
    from autograder.reports.wording import invitation
    from autograder.util.atomic import NotWritten
    from autograder.workspace.opened_answers import remember_opened

    try:
        answer = answer_of(function, current())
    except LookupError as error:
        stop(names.unknown(function) or str(error.args[0]))
    except SolutionError as error:
        stop(str(error))
    if not _passes(function, submissions or _own_folder()):
        question = _(
            "{function} does not pass yet. A hint may be enough. If you look at the answer, your "
            "reports say so, and your points count as before. Show the answer?"
        )
        if not (yes or confirmed(question.format(function=function))):
            print(invitation(function))
            raise typer.Exit(1)
        step, name = course.located(function)
        try:
            remember_opened(submissions or Path(), course.address(step.name, name))
        except NotWritten as error:
            stop(str(error))
        if yes:
            print(_("Your reports will say that you have seen it; points stay as they are.") + "\n")
    print(answer)


@app.command(
    help=_("Show a hint for a function: 1 a nudge, 2 the concept, 3 the shape of the code.")
)
def hint(
    function: Function,
    level: Annotated[int, typer.Option(min=1, max=3, help=_("How far to go."))] = 1,
) -> None:
    """Print the hints of a function up to a level."""
    from autograder.course.solution_cells import SolutionError
    from autograder.course.solutions import hints_of
    from autograder.reports.notebook import HintPanel

    try:
        levels = hints_of(function)
    except LookupError as error:
        stop(names.unknown(function) or str(error.args[0]))
    except SolutionError as error:
        stop(str(error))
    print(HintPanel(function, levels[:level]).text())
    if level < len(levels):
        more = f"autograder hint {function} --level {level + 1}"
        print(_("For more: {command}").format(command=more))


@app.command(
    help=_("Open the exercises as notebooks in JupyterLab; its own options may follow."),
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def lab(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Option(help=_("The folder to open. Default: your workspace."))
    ] = None,
) -> None:
    """Run JupyterLab until it is closed; exit with its code."""
    from autograder.cli.lab import LabMissing, open_lab

    try:
        code = open_lab(folder or names.workspace().root, context.args)
    except LabMissing as error:
        stop(str(error))
    raise typer.Exit(code)


@app.command(help=_("Look at this installation, and say how to repair what is amiss."))
def doctor() -> None:
    """Print the findings; exit 1 where something is amiss."""
    from autograder.cli.doctor import examine, print_findings

    findings = examine()
    print_findings(findings)
    raise typer.Exit(0 if all(finding.fine for finding in findings) else 1)


@app.command(help=_("See the whole course at work in a few minutes."))
def demo(
    out: Annotated[Path, typer.Option(help=_("Where figures and tables go."))] = Path("demo"),
) -> None:
    """Run the demonstration."""
    from autograder.cli.demo import demo as run_demo

    run_demo(out)


def _own_folder() -> Path:
    """Return the workspace's folder, or the working folder outside of a workspace."""
    from autograder.workspace.place import usable_from

    workspace = usable_from(Path())
    return workspace.root if workspace else Path()


def _passes(function: str, target: Path) -> bool:
    """Return whether a function passes in the learner's file; False where there is no file."""
    from autograder.learner.report_cache import passing
    from autograder.submissions.cells import UnreadableSubmission
    from autograder.submissions.discovery import find

    step, name = course.located(function)
    try:
        return name in passing(find(target, frozenset({step.name}))[step.name])
    except (UnreadableSubmission, KeyError):
        return False


def _write_json(reports: "list[Report]", path: Path) -> None:
    from autograder.reports.model import write_json

    try:
        write_json(reports, path)
    except OSError as error:
        stop(_("{path} cannot be written: {reason}.").format(path=path, reason=error.strerror))
