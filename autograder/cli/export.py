"""`autograder export`: grades and feedback for other systems."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from autograder.cli.failure import stop
from autograder.util.i18n import _, ngettext
from autograder.util.text import print_visible, visible

if TYPE_CHECKING:
    from autograder.grading.output.grade_table import GradeTable
    from autograder.grading.output.moodle import Filled
    from autograder.grading.people import Identity

app = typer.Typer(no_args_is_help=True)

Results = Annotated[
    Path,
    typer.Argument(
        metavar="RESULTS",
        exists=True,
        file_okay=False,
        help=_("A folder that `autograder grade` left, or a course. Default: this folder."),
    ),
]
RosterFile = Annotated[
    Path | None,
    typer.Option(
        "--roster",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help=_("Who is in the class, where `autograder grade` did not say it."),
    ),
]
Out = Annotated[Path | None, typer.Option(help=_("The file to write."))]


@app.command(help=_("Write a table for Moodle's import of grades."))
def moodle(
    results: Results = Path(),
    out: Out = None,
    identifier: Annotated[
        Literal["Username", "ID number", "Email address"],
        typer.Option(case_sensitive=False, help=_("The user field that learners are named by.")),
    ] = "Username",
    decimal_comma: Annotated[
        bool, typer.Option("--decimal-comma", help=_("Write 9,8 in place of 9.8."))
    ] = False,
    roster: RosterFile = None,
) -> None:
    """Write the table; exit 1 where a learner has no such identifier."""
    from autograder.grading.output.moodle import write_moodle

    written = out or Path("moodle.csv")
    with _failures():
        people = _people(results, roster)
        filled = write_moodle(_grades(results), written, people, identifier, decimal_comma)
    text = _(
        "Nobody knows the field {identifier} of {learners}. They have no row. Name a roster with "
        "--roster."
    )
    _end(written, filled, text, _unfinished(results), identifier=identifier)


@app.command(help=_("Fill in the grades of an offline grading worksheet of Moodle's."))
def worksheet(
    sheet: Annotated[
        Path,
        typer.Argument(
            metavar="WORKSHEET",
            exists=True,
            dir_okay=False,
            help=_('What Moodle\'s "Download grading worksheet" gave.'),
        ),
    ],
    results: Results = Path(),
    out: Out = None,
    exercise: Annotated[
        str | None,
        typer.Option(help=_("The exercise whose points are the grade. Default: the sum of all.")),
    ] = None,
    roster: RosterFile = None,
) -> None:
    """Fill in the worksheet; exit 1 where it lacks a learner."""
    from autograder.grading.output.moodle import write_worksheet

    written = out or Path("worksheet.csv")
    if written.absolute() == sheet.absolute():
        stop(_("{path} is Moodle's own file: name another one with --out.").format(path=written))
    with _failures():
        filled = write_worksheet(
            _grades(results), exercise, sheet, written, _people(results, roster)
        )
    if filled.scale is not None:
        scale = _("Points of {most} were scaled to Moodle's maximum, {moodles}.")
        most, moodles = filled.scale
        print(scale.format(most=f"{most:g}", moodles=f"{moodles:g}"))
    text = _("The worksheet lists no such learner: {learners}.")
    _end(written, filled, text, _unfinished(results))


@app.command(help=_("Pack the learners' pages for Moodle's \"Upload multiple feedback files\"."))
def feedback(
    results: Results = Path(),
    out: Out = None,
    sheet: Annotated[
        Path | None,
        typer.Option(
            "--worksheet",
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help=_(
                "The assignment's grading worksheet. Default: the numbers in the names of the "
                "learners' files."
            ),
        ),
    ] = None,
    roster: RosterFile = None,
) -> None:
    """Pack the pages; exit 1 where a learner's number is unknown."""
    from autograder.grading.output.moodle import FEEDBACK, write_feedback
    from autograder.grading.slugs import slug
    from autograder.nbgrading.gradebook import feedback_in, is_course

    written = out or Path("feedback.zip")
    with _failures():
        people = _people(results, roster)
        if is_course(results):
            pages = feedback_in(results)
        else:
            pages = {
                learner: {FEEDBACK: results / slug(learner) / "index.html"}
                for learner, row in _grades(results).rows.items()
                if row and (results / slug(learner) / "index.html").is_file()
            }
        if not pages:
            text = _(
                "{folder} holds no learners' pages. Name what `autograder grade` left, or a course "
                "after `nbgrader generate_feedback`."
            )
            stop(text.format(folder=results))
        filled = write_feedback(pages, written, people, sheet)
    text = _(
        "Nobody knows Moodle's number of {learners}. Their pages are not in the archive. Name the "
        "assignment's grading worksheet with --worksheet."
    )
    _end(written, filled, text, [] if is_course(results) else _without_results(results))


@app.command(help=_("Write results for Gradescope, a file for each submission."))
def gradescope(results: Results = Path(), out: Out = None) -> None:
    """Write the results."""
    from autograder.grading.output.exports import write_gradescope
    from autograder.grading.read_reports import results_in

    written = out or Path("gradescope")
    with _failures():
        write_gradescope(results_in(results), written)
    print_visible(_("written: {path}").format(path=written))


@app.command(help=_("Write results for the workflow that `autograder classroom` makes."))
def classroom(
    results: Results = Path(),
    out: Out = None,
    exercises: Annotated[
        str | None,
        typer.Option(help=_("The assignment's exercises. Default: those with reports.")),
    ] = None,
) -> None:
    """Write the results; in a workflow also its outputs and its summary."""
    from autograder.cli.grading_systems import export_classroom

    export_classroom(results, exercises, out)


def _grades(results: Path) -> "GradeTable":
    """Return the grades of a class: those of the gradebook in a course of nbgrader's.

    Raises:
        NoGradebook: The gradebook cannot be read.
        NoReports: There are no reports, or reports that no table may mix.
    """
    from autograder.grading.output.grade_table import table_of
    from autograder.grading.people import read_people
    from autograder.grading.read_reports import results_in
    from autograder.nbgrading.gradebook import grades_in, is_course

    if is_course(results):
        return grades_in(results)
    return table_of(results_in(results), [each.learner for each in read_people(results)])


def _people(results: Path, roster: Path | None) -> "list[Identity]":
    """Return who the learners are: what grading or a gradebook knows, with the rows of a roster.

    Raises:
        NoGradebook: The gradebook cannot be read.
        RosterError: The roster cannot be used.
    """
    from autograder.grading.people import Identity, read_people, with_roster
    from autograder.grading.roster import Person, read_roster
    from autograder.nbgrading.gradebook import identities_in, is_course

    people = identities_in(results) if is_course(results) else read_people(results)
    if roster is None:
        return people
    known = {each.learner for each in people}
    learners = [name for name in _grades(results).rows if name not in known]
    people += [Identity(name, Person(name)) for name in learners]
    return with_roster(people, read_roster(roster))


@contextmanager
def _failures() -> Iterator[None]:
    """End the command with a sentence where an export cannot be written."""
    from autograder.grading.output.moodle import MoodleError
    from autograder.grading.read_reports import NoReports
    from autograder.grading.roster import RosterError
    from autograder.nbgrading.gradebook import NoGradebook
    from autograder.util.atomic import NotWritten

    try:
        yield
    except (MoodleError, NoGradebook, NoReports, NotWritten, RosterError) as error:
        stop(str(error))


def _unfinished(results: Path) -> list[str]:
    """Return a sentence on each grade of a course that is not final, and on missing grades."""
    from autograder.nbgrading.gradebook import is_course, ungraded_in

    return ungraded_in(results) if is_course(results) else _without_results(results)


def _without_results(results: Path) -> list[str]:
    """Return a sentence on the learners whose files held no exercise, if there are any."""
    from autograder.grading.people import read_people

    present = {each.learner for each in read_people(results) if each.handed_in}
    names = [name for name, row in _grades(results).rows.items() if name in present and not row]
    text = _(
        "No exercise among the files of {learners} was graded, so there is no grade and no page. "
        "{table} lists the files."
    )
    table = results / "files.csv"
    return [text.format(learners=", ".join(names), table=table)] if names else []


def _end(
    written: Path,
    filled: "Filled",
    missing: str,
    unfinished: "list[str] | None" = None,
    **values: str,
) -> None:
    """Say what was written, who is missing and what is not final; exit 1 where anything is."""
    text = ngettext("{n} learner", "{n} learners", filled.n).format(n=filled.n)
    print_visible(_("written: {path} ({learners})").format(path=written, learners=text))
    if filled.missing:
        print_visible(missing.format(learners=", ".join(filled.missing), **values))
    for sentence in unfinished or ():
        print(visible(sentence), file=sys.stderr)
    if filled.missing or unfinished:
        raise typer.Exit(1)
