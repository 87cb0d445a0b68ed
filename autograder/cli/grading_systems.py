"""The instructor's commands for other grading systems: gradescope, classroom."""

from pathlib import Path
from typing import Annotated

import typer

from autograder import __version__
from autograder.cli import names
from autograder.cli.failure import stop
from autograder.grading.output.visibility import Visibility
from autograder.util.i18n import _
from autograder.util.text import print_visible

app = typer.Typer()


@app.command(help=_("Make the autograder zip that you upload to Gradescope."))
def gradescope(
    exercises: Annotated[
        str, typer.Option(help=_("Which exercises: 01-10, or 04,05,08; 11-14 are a bonus."))
    ] = "01-10",
    out: Annotated[Path, typer.Option(help=_("The zip to write."))] = Path("autograder.zip"),
    visibility: Annotated[
        Visibility, typer.Option(help=_("When a learner sees the tests and the points."))
    ] = "visible",
    wheel: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            metavar="FILE",
            help=_("A wheel of the kit to pack. Default: the kit that you are using."),
        ),
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=1, help=_("How many exercises at once; each needs memory."))
    ] = 1,
    require_isolation: Annotated[
        bool,
        typer.Option(
            "--require-isolation", help=_("Grade nothing unless every layer of isolation stands.")
        ),
    ] = False,
) -> None:
    """Write the zip for one Gradescope assignment."""
    from autograder.grading.gradescope.package import write_package
    from autograder.grading.gradescope.settings import Settings
    from autograder.grading.kit_wheel import NoWheel
    from autograder.reports.wording import format_points
    from autograder.util.atomic import NotWritten

    wanted = names.exercises_in(exercises)
    settings = Settings(wanted, visibility, require_isolation, jobs, __version__)
    try:
        write_package(out, settings, wheel)
    except (NoWheel, NotWritten) as error:
        stop(str(error))
    print_visible(_("written: {path}").format(path=out))
    points = sum(step.max_points for step in settings.steps if step.core)
    text = _("Its exercises: {names}. Points of the assignment in Gradescope: {points}")
    print(text.format(names=", ".join(wanted), points=format_points(points)))


@app.command(help=_("Write the workflow that grades each push to a repository on GitHub."))
def classroom(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=_("The root of the repository."))],
    exercises: Annotated[
        str, typer.Option(help=_("Which exercises: 01-10, or 04,05,08; 11-14 are a bonus."))
    ] = "01-10",
    kit: Annotated[
        str | None,
        typer.Option(
            metavar="WHEEL|URL",
            help=_("The kit's wheel to copy, or its URL. Default: the kit that you are using."),
        ),
    ] = None,
    reporter: Annotated[
        bool, typer.Option(help=_("End with the action that reports points to GitHub Classroom."))
    ] = False,
) -> None:
    """Write the workflow; keep an edited one under another name."""
    from autograder.grading.classroom_repository import write_repository
    from autograder.grading.kit_wheel import NoWheel
    from autograder.util.atomic import NotWritten

    wanted = names.exercises_in(exercises)
    try:
        made = write_repository(folder, wanted, kit, reporter)
    except (NoWheel, NotWritten) as error:
        stop(str(error))
    for path in made.set_aside:
        print_visible(_("your earlier version is now {path}").format(path=path))
    for path in made.written:
        print_visible(_("written: {path}").format(path=path))
    if not made.written:
        print(_("Nothing has changed."))
    print(_("Its exercises: {names}.").format(names=", ".join(wanted)))
