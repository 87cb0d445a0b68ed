"""The instructor's commands: grade, course, notebooks, forget."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.cli import names
from autograder.cli.failure import require_free, stop
from autograder.cli.language import Language, use
from autograder.cli.questions import confirmed
from autograder.util.i18n import _, labelled, ngettext
from autograder.util.text import print_visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from autograder.nbgrading.scripts import Made

app = typer.Typer()


@app.command(
    help=_("Grade many submissions, each isolated; what is unchanged is not graded again.")
)
def grade(
    submissions: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH",
            exists=True,
            help=_(
                "Files, bundles and folders: Moodle's downloads (also as a zip), a course of "
                "nbgrader's, clones of GitHub Classroom's, folders of learners."
            ),
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
    roster: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help=_("Who is in the class: a CSV file of yours, or one that Moodle exported."),
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help=_(
                "A function, or an exercise, to judge anew; the other verdicts stay. The option "
                "may be given several times."
            ),
        ),
    ] = None,
    points: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help=_("Points of your own, such as points.toml: a table for each exercise."),
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Say which file is whose, and grade nothing."))
    ] = False,
    learner: Annotated[
        str | None,
        typer.Option(metavar="NAME", help=_("All files at the paths are this learner's work.")),
    ] = None,
    exercises: Annotated[
        str | None, typer.Option(help=_("Grade only these: 01-10, or 04,05,08. Default: all."))
    ] = None,
    language: Language = None,
) -> None:
    """Grade a class; exit 1 where a file needs a person."""
    from autograder.course.points import PointsError, own_points, read_points
    from autograder.grading.command import Options, grade_paths
    from autograder.grading.executors.process import WorkersMissing
    from autograder.grading.judge_pool import IsolationMissing, SecretsReadable
    from autograder.grading.result_cache import TABLES
    from autograder.grading.roster import RosterError, read_roster
    from autograder.grading.tables import TableError
    from autograder.reports.terminal import plain_console
    from autograder.sandbox.zygote import ZygoteFailed
    from autograder.util.atomic import NotWritten

    if language is not None:
        use(language)
    if jobs is not None and scheduler is not None:
        stop(_("Choose one of --jobs and --scheduler: the workers of a cluster are its jobs."))
    if only and force:
        stop(_("Choose one of --only and --force: --only judges its functions in any case."))
    if learner is not None and roster is not None:
        stop(_("Choose one of --learner and --roster: --learner already says who it is."))
    require_free([out / name for name in TABLES], [roster, points])
    require_free([out], submissions)
    functions = names.selection(only or []).functions
    wanted = names.exercises_in(exercises) if exercises is not None else None
    try:
        people = None if roster is None else read_roster(roster)
        options = Options(
            out,
            jobs,
            seed,
            force,
            require_isolation,
            scheduler,
            dry_run,
            roster=people,
            only=functions,
            learner=learner,
            exercises=wanted,
        )
        with own_points(read_points(points) if points is not None else {}):
            all_graded = grade_paths(submissions, options, plain_console())
    except (
        IsolationMissing,
        NotWritten,
        PointsError,
        RosterError,
        SecretsReadable,
        TableError,
        WorkersMissing,
        ZygoteFailed,
    ) as error:
        stop(str(error))
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
    memo: Annotated[
        bool, typer.Option(help=_("The memo, which you grade by hand, as an assignment."))
    ] = True,
    language: Annotated[str | None, typer.Option(help=_("The language of the exercises."))] = None,
    adopt: Annotated[
        bool,
        typer.Option(
            "--adopt", help=_("Replace an nbgrader_config.py without the sandbox; keep the old.")
        ),
    ] = False,
) -> None:
    """Make or refresh an nbgrader course; exit 1 where an edited notebook could not be updated."""
    from autograder.nbgrading.course import CourseError, make_course
    from autograder.util.atomic import NotWritten

    if one_assignment and assignment_per_day:
        stop(_("Choose one of --one-assignment and --assignment-per-day."))
    if language is not None:
        use(language)
    grouping = "one" if one_assignment else "day" if assignment_per_day else "exercise"
    try:
        made = make_course(folder, names.exercises_in(exercises), grouping, adopt, memo, language)
    except (CourseError, NotWritten) as error:
        stop(str(error))
    if made.set_aside is not None:
        text = _(
            "your earlier settings are now {path}; only the name of the course was taken from them"
        )
        print_visible(text.format(path=made.set_aside))
    for path in made.written:
        print_visible(_("written: {path}").format(path=path))
    for update in made.merged:
        text = _("{path} was edited, and took in what is new. As it was, it is now {before}")
        print_visible(text.format(path=update.path, before=update.before))
    for update in made.kept:
        text = _(
            "{path} was edited and stays as it is. The kit's new version is {new}: take from it "
            "what you want, or put it in the place of your own."
        )
        print_visible(text.format(path=update.path, new=update.new))
    print(_("Assignments: {names}").format(names=", ".join(made.assignments)))
    print_visible(_("What to do with it: {path}").format(path=folder / "README.md"))
    raise typer.Exit(1 if made.kept else 0)


@app.command(
    help=_("Make notebooks of the scripts and bundles that learners handed in to a course.")
)
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
    bundles: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[BUNDLE]...",
            exists=True,
            help=_("Bundles of `autograder submit` that lie elsewhere, or folders of them."),
        ),
    ] = None,
) -> None:
    """Make notebooks of scripts and bundles; exit 1 where one of them cannot be read."""
    from autograder.nbgrading.bundles import notebooks_of_bundles
    from autograder.nbgrading.scripts import notebooks_of_scripts
    from autograder.util.atomic import NotWritten

    try:
        n_unpacked, left_out = _print_made(notebooks_of_bundles(folder, bundles or []))
        n_made, also_left_out = _print_made(notebooks_of_scripts(folder))
    except NotWritten as error:
        stop(str(error))
    if n_unpacked:
        text = ngettext(
            "{n} notebook taken out of bundles.",
            "{n} notebooks taken out of bundles.",
            n_unpacked,
        )
        print(text.format(n=n_unpacked))
    text = ngettext("{n} notebook made of a script.", "{n} notebooks made of scripts.", n_made)
    print(text.format(n=n_made))
    raise typer.Exit(1 if left_out or also_left_out else 0)


@app.command(help=_("Remove one person's files, results, pages and rows, and say what it was."))
def forget(
    learner: Annotated[
        str,
        typer.Argument(metavar="LEARNER", help=_("A name, an id or an address, as in people.csv.")),
    ],
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="RESULTS",
            exists=True,
            file_okay=False,
            help=_("A folder that `autograder grade` left, or a course."),
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", help=_("Remove without a question."))] = False,
) -> None:
    """Show what there is of a person, ask, and remove it; exit 1 where something stays."""
    from autograder.grading.forget import NobodyToForget, known_learners, learner_called
    from autograder.grading.forget import forget as forget_learner
    from autograder.grading.tables import TableError
    from autograder.nbgrading.forget import forget_student, students_in
    from autograder.nbgrading.gradebook import NoGradebook, is_course
    from autograder.util.atomic import NotWritten

    in_course = is_course(folder)
    remove = forget_student if in_course else forget_learner
    try:
        people = students_in(folder) if in_course else known_learners(folder)
        name = learner_called(learner, people)
        found = remove(name, folder, really=False)
        if not yes:
            for line in found.removed:
                print_visible(line)
            question = _("Remove all this of {name}? It cannot be brought back.")
            if not confirmed(question.format(name=name)):
                stop(_("Nothing was removed."))
        done = remove(name, folder, really=True)
    except (NobodyToForget, NoGradebook, NotWritten, TableError) as error:
        stop(str(error))
    except OSError as error:
        text = _("{path} cannot be removed: {reason}. The same command goes on there.")
        stop(text.format(path=error.filename, reason=error.strerror))
    for line in done.removed:
        print_visible(_("removed: {what}").format(what=line))
    for sentence in (*done.stays, *done.advice):
        print_visible(sentence)
    raise typer.Exit(1 if done.stays else 0)


def _print_made(notebooks: "Iterable[Made]") -> tuple[int, int]:
    """Print what became of scripts; return how many notebooks were written and how many not."""
    n_written, n_left_out = 0, 0
    for made in notebooks:
        for note in made.notes:
            print_visible(labelled(str(made.script), note))
        if made.notebook is None:
            n_left_out += 1
        else:
            n_written += 1
            print_visible(_("written: {path}").format(path=made.notebook))
    return n_written, n_left_out
