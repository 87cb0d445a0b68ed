"""The command line: `autograder build`, `check`, `progress`, `hint`, `doctor`.

Heavy libraries are imported by the commands that need them, so that help appears at once.
"""

import sys
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from autograder import __version__, course
from autograder.util import paths
from autograder.util.environment import QUIET, prefer
from autograder.util.i18n import _, ngettext

app = typer.Typer(
    name="autograder",
    help=_("Graded exercises: build a movie recommender with Keras, step by step."),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Submissions = Annotated[
    Path | None,
    typer.Option(
        "--submissions",
        help=_("The file or folder to check: .py or .ipynb. Default: exercises/en."),
    ),
]
Seed = Annotated[int | None, typer.Option(help=_("Draw other check data than the public seed's."))]


def main() -> None:
    """Run the command line; a failure that has a remedy is one plain sentence, exit code 2."""
    prefer(QUIET)
    app()


def _version(wanted: bool) -> None:
    if wanted:
        print(f"autograder {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help=_("Show the version.")),
    ] = False,
) -> None:
    pass


@app.command(help=_("Check an exercise or a function; without a name, all exercises."))
def check(
    names: Annotated[
        list[str] | None,
        typer.Argument(help=_("Exercises (04_dot_product, 4), functions (build_mf), or a file.")),
    ] = None,
    submissions: Submissions = None,
    seed: Seed = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help=_("Write the report as JSON."))
    ] = None,
    all_problems: Annotated[
        bool, typer.Option("--all-problems", help=_("Show every problem, not only the first."))
    ] = False,
) -> None:
    from autograder.reports.model import owed
    from autograder.reports.terminal import print_reports
    from autograder.running.runner import run
    from autograder.running.targets import FileTarget
    from autograder.submissions.cells import UnreadableSubmission

    place, names = _place(submissions, names or [])
    exercises, functions = _selection(names)
    try:
        target = FileTarget.at(place, exercises, functions)
        reports = run(target, seed)
    except UnreadableSubmission as error:
        _stop(str(error))
    if json_file is not None:
        _write_json(reports, json_file)
    print_reports(reports, every_problem=all_problems)
    raise typer.Exit(0 if all(report.complete for report in owed(reports)) else 1)


@app.command(help=_("Check again at every save; one problem at a time, hints at a key."))
def watch(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[EXERCISE]...", help=_("Exercises (04_dot_product, 4), or a file.")
        ),
    ] = None,
    submissions: Submissions = None,
) -> None:
    from autograder.learner.watch import watch as run_watch
    from autograder.submissions.cells import UnreadableSubmission

    place, names = _place(submissions, names or [])
    exercises, _functions = _selection(names)
    try:
        run_watch(place, exercises, Console(highlight=False))
    except UnreadableSubmission as error:
        _stop(str(error))


@app.command(
    help=_("Grade many submissions, each isolated; what is unchanged is not graded again.")
)
def grade(
    submissions: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH",
            exists=True,
            help=_("Files, learners' folders of files, or folders of learners' folders."),
        ),
    ],
    out: Annotated[Path, typer.Option(help=_("Where reports, grades.csv and pages go."))] = Path(
        "results"
    ),
    jobs: Annotated[
        int | None, typer.Option(min=1, help=_("How many at once. Default: one more than cores."))
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help=_("Seed of the checks' data. Default: a fresh one."))
    ] = None,
    force: Annotated[bool, typer.Option("--force", help=_("Grade unchanged work again."))] = False,
    require_isolation: Annotated[
        bool,
        typer.Option(
            "--require-isolation", help=_("Grade nothing unless every layer of isolation stands.")
        ),
    ] = False,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help=_("Grade on the workers of a Dask scheduler, for example tcp://host:8786."),
        ),
    ] = None,
) -> None:
    from autograder.grading.command import Options, grade_paths
    from autograder.grading.executors.process import WorkersMissing
    from autograder.grading.judge_pool import IsolationMissing
    from autograder.sandbox.zygote import ZygoteFailed
    from autograder.util.atomic import NotWritten

    if jobs is not None and scheduler is not None:
        _stop(_("Choose one of --jobs and --scheduler: the workers of a cluster are its jobs."))
    options = Options(out, jobs, seed, force, require_isolation, scheduler)
    try:
        all_graded = grade_paths(submissions, options, Console(highlight=False))
    except (IsolationMissing, NotWritten, WorkersMissing, ZygoteFailed) as error:
        _stop(str(error))
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    raise typer.Exit(0 if all_graded else 1)


@app.command("course", help=_("Make an nbgrader course out of the kit, or bring it up to date."))
def course_(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=_("The folder of the course."))],
    exercises: Annotated[
        str, typer.Option(help=_("Which exercises: 01-10, or 04,05,08; 11-14 are a bonus."))
    ] = "01-10",
    one_assignment: Annotated[
        bool, typer.Option("--one-assignment", help=_("All exercises in one assignment."))
    ] = False,
    assignment_per_day: Annotated[
        bool, typer.Option("--assignment-per-day", help=_("An assignment for each day."))
    ] = False,
    language: Annotated[str, typer.Option(help=_("The language of the exercises."))] = "en",
) -> None:
    from autograder.nbgrading.course import CourseError, make_course

    if one_assignment and assignment_per_day:
        _stop(_("Choose one of --one-assignment and --assignment-per-day."))
    if not paths.exercises(language).is_dir():
        _stop(_("There are no exercises in the language {language}.").format(language=language))
    grouping = "one" if one_assignment else "day" if assignment_per_day else "exercise"
    try:
        made = make_course(folder, _exercises_in(exercises), grouping)
    except CourseError as error:
        _stop(str(error))
    for path in made.written:
        print(_("written: {path}").format(path=path))
    print(_("Assignments: {names}").format(names=", ".join(made.assignments)))
    print(_("What to do with it: {path}").format(path=folder / "README.md"))


@app.command(help=_("Make notebooks of the scripts that learners handed in to a course."))
def notebooks(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER",
            exists=True,
            file_okay=False,
            help=_("The course, or its folder `submitted`."),
        ),
    ],
) -> None:
    from autograder.nbgrading.scripts import notebooks_of_scripts
    from autograder.util.atomic import NotWritten

    n_made, problems = 0, 0
    try:
        for made in notebooks_of_scripts(folder):
            for note in made.notes:
                print(f"{made.script}: {note}")
            if made.notebook is None:
                problems += 1
            else:
                n_made += 1
                print(_("written: {path}").format(path=made.notebook))
    except NotWritten as error:
        _stop(str(error))
    text = ngettext("{n} notebook made of a script.", "{n} notebooks made of scripts.", n_made)
    print(text.format(n=n_made))
    raise typer.Exit(1 if problems else 0)


@app.command(help=_("Write grades for Moodle's import, or results for Gradescope."))
def export(
    form: Annotated[Literal["moodle", "gradescope"], typer.Argument(metavar="moodle|gradescope")],
    results: Annotated[
        Path,
        typer.Argument(
            metavar="RESULTS",
            exists=True,
            file_okay=False,
            help=_("A folder that `autograder grade` left, or a course. Default: this folder."),
        ),
    ] = Path(),
    out: Annotated[
        Path | None,
        typer.Option(help=_("Where to write. Default: moodle.csv, or the folder gradescope.")),
    ] = None,
    identifier: Annotated[
        Literal["Username", "ID number", "Email address"],
        typer.Option(
            case_sensitive=False, help=_("Moodle: the user field that learners are named by.")
        ),
    ] = "Username",
    decimal_comma: Annotated[
        bool, typer.Option("--decimal-comma", help=_("Moodle: write 9,8 in place of 9.8."))
    ] = False,
) -> None:
    from autograder.grading.output.exports import write_gradescope, write_moodle
    from autograder.grading.stored_reports import NoReports, results_in
    from autograder.util.atomic import NotWritten

    try:
        found = results_in(results)
        if form == "moodle":
            written = out or Path("moodle.csv")
            write_moodle(found, written, identifier, decimal_comma)
        else:
            written = out or Path("gradescope")
            write_gradescope(found, written)
    except (NoReports, NotWritten) as error:
        _stop(str(error))
    print(_("written: {path}").format(path=written))


def _exercises_in(text: str) -> tuple[str, ...]:
    """The exercises that `01-10` or `04,05,08` mean, in course order."""
    numbers = set()
    for part in text.split(","):
        first, _dash, last = part.strip().partition("-")
        try:
            numbers.update(range(int(first), int(last or first) + 1))
        except ValueError:
            _stop(_("{text} is no list of exercises such as 01-10 or 04,05.").format(text=text))
    names = tuple(step.name for step in course.steps() if int(step.name[:2]) in numbers)
    if not names:
        _stop(_("There is no exercise {text}.").format(text=text))
    return names


@app.command(help=_("Show points and progress for the whole course."))
def progress(submissions: Submissions = None) -> None:
    from autograder.learner.report_cache import cached_report
    from autograder.reports.terminal import print_progress
    from autograder.submissions.cells import UnreadableSubmission
    from autograder.submissions.discovery import find

    try:
        files = find(submissions or paths.exercises())
        console = Console(highlight=False)
        with console.status("") as status:
            reports = []
            for name, file in files.items():
                status.update(_("checking {exercise} …").format(exercise=name))
                reports.append(cached_report(file))
    except UnreadableSubmission as error:
        _stop(str(error))
    print_progress(reports, console)


@app.command(help=_("Show the answer of a function: after it is passed, or when you insist."))
def solution(
    function: Annotated[str, typer.Argument(help=_("The function, for example build_mf."))],
    submissions: Submissions = None,
    yes: Annotated[bool, typer.Option("--yes", help=_("Do not ask."))] = False,
) -> None:
    from autograder.course.solutions import answer_of
    from autograder.reports.wording import invitation
    from autograder.util.user_state import remember

    try:
        answer = answer_of(function)
    except LookupError as error:
        _stop(_unknown(function) or error.args[0])
    if not _passes(function, submissions or paths.exercises()):
        question = _("{function} does not pass yet. A hint may be enough. Show its answer?")
        if not (yes or typer.confirm(question.format(function=function))):
            print(invitation(function))
            raise typer.Exit(1)
        step, name = course.located(function)
        remember(course.address(step.name, name))
        print(_("Your reports will say that you have seen it; points stay as they are.") + "\n")
    print(answer)


def _passes(function: str, target: Path) -> bool:
    from autograder.learner.report_cache import passing
    from autograder.submissions.cells import UnreadableSubmission
    from autograder.submissions.discovery import find

    step, name = course.located(function)
    try:
        return name in passing(find(target, frozenset({step.name}))[step.name])
    except (UnreadableSubmission, KeyError):
        return False


@app.command(
    help=_("Show a hint for a function: 1 a nudge, 2 the concept, 3 the shape of the code.")
)
def hint(
    function: Annotated[str, typer.Argument(help=_("The function, for example build_mf."))],
    level: Annotated[int, typer.Option(min=1, max=3, help=_("How far to go."))] = 1,
) -> None:
    from autograder.course.solutions import hints_of
    from autograder.reports.notebook import HintPanel

    try:
        levels = hints_of(function)
    except LookupError as error:
        _stop(_unknown(function) or error.args[0])
    print(HintPanel(function, levels[:level]).text())
    if level < len(levels):
        more = f"autograder hint {function} --level {level + 1}"
        print(_("For more: {command}").format(command=more))


@app.command(help=_("Derive the exercises from the solutions."))
def build(
    check: Annotated[
        bool,
        typer.Option("--check", help=_("Only compare; fail and show a diff where they differ.")),
    ] = False,
    notebooks: Annotated[
        Path | None, typer.Option(help=_("Write the exercises as notebooks to this folder too."))
    ] = None,
    language: Annotated[str, typer.Option(help=_("The language of the exercises."))] = "en",
) -> None:
    from autograder.course import build as builder

    target = paths.exercises(language)
    try:
        if check:
            diff = builder.differences(target)
            if diff:
                sys.stdout.write(diff)
                _stop(_("The exercises differ from their solutions. Run: autograder build"), code=1)
            print(_("The exercises are up to date."))
            return
        written = builder.build(target)
        if notebooks is not None:
            written += builder.build(notebooks, suffix=".ipynb")
    except builder.BuildError as error:
        _stop(str(error), code=1)
    for path in written:
        print(_("written: {path}").format(path=path))
    print(_("The exercises are up to date."))


@app.command(
    help=_("Open the exercises as notebooks in JupyterLab; its own options may follow."),
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def lab(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Option(help=_("The folder to open. Default: exercises/en."))
    ] = None,
) -> None:
    from autograder.cli.lab import LabMissing, open_lab

    try:
        code = open_lab(folder or paths.exercises(), context.args)
    except LabMissing as error:
        _stop(str(error))
    raise typer.Exit(code)


@app.command(help=_("See the whole course at work in a few minutes."))
def demo(
    out: Annotated[Path, typer.Option(help=_("Where figures and tables go."))] = Path("demo"),
) -> None:
    from autograder.cli.demo import demo as run_demo

    run_demo(out)


@app.command(help=_("Look at this installation, and say how to mend what is amiss."))
def doctor() -> None:
    from autograder.cli.doctor import examine, print_findings

    findings = examine()
    print_findings(findings)
    raise typer.Exit(0 if all(finding.fine for finding in findings) else 1)


def _place(submissions: Path | None, names: list[str]) -> tuple[Path, list[str]]:
    """Where to look for submissions, and for what; the name of a file says both."""
    files = [name for name in names if Path(name).is_file()]
    if not files:
        return submissions or paths.exercises(), names
    if submissions is not None or len(files) > 1:
        _stop(_("Name one file, or none and a folder as --submissions."))
    [file], others = files, [name for name in names if name not in files]
    step = course.step_of_file(Path(file))
    return Path(file), others or ([step.name] if step else [])


def _selection(names: list[str]) -> tuple[frozenset[str] | None, frozenset[str] | None]:
    """The exercises and functions that names mean; None: all of them."""
    exercises, functions = set(), set()
    for name in names:
        try:
            step, function = course.located(name)
            functions.add(course.address(step.name, function))
        except LookupError:
            try:
                step = course.step(name)
            except LookupError as error:
                _stop(_unknown(name) or error.args[0])
            functions.update(course.address(step.name, function) for function in step.functions)
        exercises.add(step.name)
    return (frozenset(exercises), frozenset(functions)) if names else (None, None)


def _unknown(name: str) -> str | None:
    """What may be meant by a name that is not known: an exercise, or one spelt nearly so."""
    try:
        step = course.step(name)
        functions = ", ".join(course.address(step.name, own) for own in step.functions)
        text = _("{name} is an exercise. Its functions are: {names}.")
        return text.format(name=name, names=functions)
    except LookupError:
        known = [known for s in course.steps() for known in (s.name, *s.functions)]
    near = get_close_matches(name, known, n=1, cutoff=0.7)
    if not near:
        return None
    return _("There is no {name!r} in the course. Is {near} meant?").format(name=name, near=near[0])


def _write_json(reports: list, path: Path) -> None:
    from autograder.reports.model import write_json

    try:
        write_json(reports, path)
    except OSError as error:
        _stop(_("{path} cannot be written: {reason}.").format(path=path, reason=error.strerror))


def _stop(message: str, code: int = 2) -> None:
    print(message, file=sys.stderr)
    raise typer.Exit(code)


if __name__ == "__main__":
    main()
