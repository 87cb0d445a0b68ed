"""`autograder export`: grades and feedback for other systems."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from autograder.cli import names
from autograder.cli.failure import require_free, stop
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
    require_free([written], [roster, *_tables(results)])
    with _failures():
        table, people = _class_in(results, roster)
        filled = write_moodle(table, written, people, identifier, decimal_comma)
        unfinished = [*_ungraded(results), *_without_results(results, table, people)]
    text = _(
        "Nobody knows the field {identifier} of {learners}. They have no row. Name a roster with "
        "--roster."
    )
    _end(written, filled, text, unfinished, identifier=identifier)


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
    require_free([written], [sheet, roster, *_tables(results)])
    with _failures():
        table, people = _class_in(results, roster)
        filled = write_worksheet(table, exercise, sheet, written, people)
        unfinished = [*_ungraded(results), *_without_results(results, table, people)]
    if filled.scale is not None:
        scale = _("Points of {most} were scaled to Moodle's maximum, {moodles}.")
        most, moodles = filled.scale
        print(scale.format(most=f"{most:g}", moodles=f"{moodles:g}"))
    text = _("The worksheet lists no such learner: {learners}.")
    _end(written, filled, text, unfinished)


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
    require_free([written], [sheet, roster, *_tables(results)])
    with _failures():
        table, people = _class_in(results, roster)
        if is_course(results):
            pages = feedback_in(results)
        else:
            homes = {learner: results / slug(learner) for learner, row in table.rows.items() if row}
            pages = {
                learner: {FEEDBACK: home / "index.html"}
                for learner, home in homes.items()
                if (home / "index.html").is_file()
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
    _end(written, filled, text, _without_results(results, table, people))


@app.command(help=_("Write results for Gradescope, a file for each submission."))
def gradescope(results: Results = Path(), out: Out = None) -> None:
    """Write the results."""
    from autograder.grading.output.exports import write_gradescope
    from autograder.grading.read_reports import results_in

    written = out or Path("gradescope")
    require_free([written], [results])
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
    from autograder import course
    from autograder.grading.output import classroom as form
    from autograder.grading.read_reports import results_in

    nothing_handed_in = (results / "grades.csv").is_file() and not any(results.glob("*/*.json"))
    written = out or Path("classroom")
    require_free([written], [results])
    with _failures():
        found = [] if exercises and nothing_handed_in else results_in(results)
        there = {result.report.exercise for result in found}
        wanted = names.exercises_in(exercises) if exercises else there
        steps = [step for step in course.steps() if step.name in wanted]
        form.write_classroom(found, steps, written)
        learners = list(form.by_learner(found).values())
        for variable, text_of in (
            ("GITHUB_OUTPUT", form.outputs),
            ("GITHUB_STEP_SUMMARY", form.summary),
        ):
            if len(learners) == 1 and os.environ.get(variable):
                form.append(Path(os.environ[variable]), text_of(learners[0], steps))
    if len(learners) == 1:
        print(form.log(learners[0], steps))
    print_visible(_("written: {path}").format(path=written))


def _tables(results: Path) -> list[Path]:
    """Return what grading wrote into a folder of results for the whole class."""
    from autograder.grading.output.changes_page import PAGE
    from autograder.grading.result_cache import TABLES
    from autograder.nbgrading.gradebook import GRADEBOOK

    return [results / name for name in (*TABLES, "index.html", PAGE, GRADEBOOK)]


def _class_in(results: Path, roster: Path | None) -> "tuple[GradeTable, list[Identity]]":
    """Return the grades of a class, and who the learners are, each file read once.

    In a course of nbgrader's both come from the gradebook. A roster completes what is known of the
    learners.

    Raises:
        NoGradebook: The gradebook cannot be read.
        NoReports: There are no reports, or reports that no table may mix.
        RosterError: The roster cannot be used.
    """
    from autograder.grading.output.grade_table import table_of
    from autograder.grading.people import Identity, read_people, with_roster
    from autograder.grading.read_reports import results_in
    from autograder.grading.roster import Person, read_roster
    from autograder.nbgrading.gradebook import grades_in, identities_in, is_course

    if is_course(results):
        table, people = grades_in(results), identities_in(results)
    else:
        people = read_people(results)
        table = table_of(results_in(results), [each.learner for each in people])
    if roster is None:
        return table, people
    known = {each.learner for each in people}
    unknown = [Identity(name, Person(name)) for name in table.rows if name not in known]
    return table, with_roster([*people, *unknown], read_roster(roster))


@contextmanager
def _failures() -> Iterator[None]:
    """End the command with a sentence where an export cannot be written."""
    from autograder.grading.output.moodle import MoodleError
    from autograder.grading.read_reports import NoReports
    from autograder.grading.roster import RosterError
    from autograder.grading.tables import TableError
    from autograder.nbgrading.gradebook import NoGradebook
    from autograder.util.atomic import NotWritten

    try:
        yield
    except (MoodleError, NoGradebook, NoReports, NotWritten, RosterError, TableError) as error:
        stop(str(error))


def _ungraded(results: Path) -> list[str]:
    """Return a sentence on each grade of a course that is not final."""
    from autograder.nbgrading.gradebook import is_course, ungraded_in

    return ungraded_in(results) if is_course(results) else []


def _without_results(results: Path, table: "GradeTable", people: "list[Identity]") -> list[str]:
    """Return a sentence on the learners whose files held no exercise, if there are any."""
    from autograder.nbgrading.gradebook import is_course

    present = {each.learner for each in people if each.handed_in}
    names = [name for name, row in table.rows.items() if name in present and not row]
    if is_course(results) or not names:
        return []
    text = _(
        "No exercise among the files of {learners} was graded, so there is no grade and no page. "
        "{table} lists the files."
    )
    return [text.format(learners=", ".join(names), table=results / "files.csv")]


def _end(
    written: Path,
    filled: "Filled",
    missing: str,
    unfinished: list[str],
    **values: str,
) -> None:
    """Say what was written, who is missing and what is not final; exit 1 where anything is."""
    text = ngettext("{n} learner", "{n} learners", filled.n).format(n=filled.n)
    print_visible(_("written: {path} ({learners})").format(path=written, learners=text))
    if filled.missing:
        print_visible(missing.format(learners=", ".join(filled.missing), **values))
    for sentence in unfinished:
        print(visible(sentence), file=sys.stderr)
    if filled.missing or unfinished:
        raise typer.Exit(1)
