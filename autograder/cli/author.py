"""The author's commands, `autograder dev`: new, check, prose, build, messages."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder import course
from autograder.cli.failure import stop
from autograder.util import languages, paths
from autograder.util.environment import HEADLESS, prefer
from autograder.util.i18n import _
from autograder.util.languages import ENGLISH
from autograder.util.text import print_visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from autograder.cli.requirements import Finding

app = typer.Typer(help=_("For authors: new, check, prose, build, messages."), no_args_is_help=True)

OnlyCompare = Annotated[
    bool, typer.Option("--check", help=_("Only compare; fail and show a diff where they differ."))
]
NotebookFolder = Annotated[
    Path | None,
    typer.Option("--notebooks", help=_("Write the exercises as notebooks to this folder too.")),
]
CatalogueLanguage = Annotated[
    str | None, typer.Option("--language", help=_("One language; a new one gets its catalogues."))
]
OnlyCheck = Annotated[
    bool, typer.Option("--check", help=_("Change nothing; fail and name what is missing or wrong."))
]
OnlyCatalogue = Annotated[
    str | None,
    typer.Option("--only", help=_("Print this catalogue only, for example 04_dot_product.")),
]
Language = Annotated[str | None, typer.Option(help=_("The language of the exercises."))]


@app.command(help=_("Make a new bonus exercise: all its files, small but complete."))
def new(
    name: Annotated[str, typer.Argument(help=_("Its number and words, for example 16_cosine."))],
    function: Annotated[
        str | None,
        typer.Option(help=_("The function that learners write. Default: the words of the name.")),
    ] = None,
) -> None:
    """Write the files of a new exercise and print what comes next."""
    from autograder.cli.author_folders import NoCheckout
    from autograder.cli.new_exercise import NotNew, make_exercise
    from autograder.util.atomic import NotWritten

    try:
        written = make_exercise(name, function)
    except (NoCheckout, NotNew, NotWritten) as error:
        stop(str(error))
    for path in written:
        print_visible(_("written: {path}").format(path=path))
    command = f"autograder dev check {name}"
    print(_("Next: {command}, then docs/authors.md").format(command=command))


@app.command(help=_("Check what an exercise needs, one line a requirement; without a name, all."))
def check(
    name: Annotated[
        str | None, typer.Argument(help=_("An exercise: 04_dot_product, 4, dot_product."))
    ] = None,
) -> None:
    """Print the findings on one exercise or all; exit 1 where a requirement does not hold."""
    from autograder.cli import requirements
    from autograder.cli.author_folders import NoCheckout, require_checkout

    prefer(HEADLESS)
    try:
        require_checkout()
    except NoCheckout as error:
        stop(str(error))
    strays = requirements.strays()
    if name is None:
        steps = list(course.steps())
    elif Path(name).stem in strays:
        steps, strays = [], [Path(name).stem]
    else:
        steps, strays = [_step(name)], []
    sound = not strays
    for step in steps:
        print(step.name)
        for finding in requirements.examine(step):
            _print_finding(finding)
            sound = sound and finding.tried and not finding.faults
    for stray in strays:
        print_visible(stray)
        _print_finding(requirements.examine_stray(stray))
    raise typer.Exit(0 if sound else 1)


@app.command(help=_("Check that each number in the prose is a claim or a listed constant."))
def prose() -> None:
    """Print the numbers that no file of claims lists; exit 1 where there are some."""
    import jupytext

    from autograder.course import claims
    from autograder.course.pages import page_names, page_text
    from autograder.course.solution_cells import SolutionError
    from autograder.course.solutions import solution_file

    try:
        texts = {s.name: solution_file(s.name).notebook.cells for s in course.steps()}
        texts |= {
            name: jupytext.reads(page_text(name), fmt="py:percent").cells for name in page_names()
        }
        faults = [fault for name, cells in texts.items() for fault in claims.unlisted(name, cells)]
    except (claims.ClaimsError, SolutionError) as error:
        stop(str(error), code=1)
    for fault in faults:
        print_visible(fault)
    if faults:
        raise typer.Exit(1)
    print(_("Each number in the prose is a claim or a listed constant."))


@app.command(help=_("Derive the exercises from the solutions."))
def build(
    check: OnlyCompare = False,
    notebooks: NotebookFolder = None,
    language: Language = None,
) -> None:
    """Write the exercises and the tables of the course, or compare them."""
    from autograder.course import build as builder
    from autograder.course.solution_cells import SolutionError

    written = []
    try:
        for each in [language] if language else languages.known():
            target = paths.exercises(each)
            if check and (diff := builder.differences(target, each)):
                sys.stdout.write(diff)
                text = _("The exercises differ from their solutions. Run: autograder dev build")
                stop(text, code=1)
            if not check:
                written += builder.build(target, language=each)
            _print_unfinished(each, builder.unfinished(each))
        if notebooks is not None:
            written += builder.build(notebooks, ".ipynb", language or ENGLISH)
    except SolutionError as error:
        stop(str(error), code=1)
    for path in written:
        print_visible(_("written: {path}").format(path=path))
    print(_("The exercises are up to date."))


def _print_unfinished(language: str, exercises: "Mapping[str, object]") -> None:
    """Print which exercises a language in progress lacks."""
    if exercises:
        text = _("Not complete in the language {language}, and not built: {names}")
        print(text.format(language=language, names=", ".join(exercises)))


@app.command(help=_("Bring the catalogues for translators up to date, and count what they lack."))
def messages(
    language: CatalogueLanguage = None,
    check: OnlyCheck = False,
    only: OnlyCatalogue = None,
) -> None:
    """Write the catalogues and print their states, or print all that they lack."""
    from autograder.cli.author_folders import NoCheckout, require_checkout
    from autograder.cli.catalogue_table import print_faults, print_table
    from autograder.course.solution_cells import SolutionError
    from autograder.course.translation import catalogues, upkeep
    from autograder.util.atomic import NotWritten

    sound = True
    try:
        require_checkout()
        for each in [language] if language else catalogues.languages():
            states = upkeep.update(each, write=not check)
            if only is not None:
                states = [state for state in states if state.name == only]
            print_table(each, states)
            if check:
                print_faults(states)
                sound = sound and all(s.complete and not s.changed for s in states)
    except (NoCheckout, SolutionError, catalogues.CatalogueError, NotWritten) as error:
        stop(str(error))
    raise typer.Exit(0 if sound else 1)


def moved_build(
    check: OnlyCompare = False,
    notebooks: NotebookFolder = None,
    language: Language = None,
) -> None:
    """Name the new command for old scripts, and run it."""
    print(_("`autograder build` is now `autograder dev build`."), file=sys.stderr)
    build(check, notebooks, language)


def _step(name: str) -> course.Step:
    try:
        return course.step(name)
    except LookupError as error:
        stop(str(error.args[0]))


def _print_finding(finding: "Finding") -> None:
    """Print one line, and a line for each fault, indented."""
    if not finding.tried:
        text = _("{requirement}: not tried, the solution and the checks come first")
        print(f"  · {text.format(requirement=finding.requirement)}", flush=True)
        return
    sign = "✗" if finding.faults else "✓"
    print(f"  {sign} {finding.requirement}", flush=True)
    for fault in finding.faults:
        print_visible("    → " + str(fault).replace("\n", "\n      "))
