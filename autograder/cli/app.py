"""The command line `autograder`: its commands by role, and the version.

Commands import heavy libraries themselves, so that help appears at once.
"""

import sys
from typing import Annotated

import typer

from autograder import __version__
from autograder.cli import (
    author,
    export,
    grading_systems,
    instructor,
    learner,
    submit,
    workspace,
)
from autograder.cli.language import Language, localise, settled, use
from autograder.cli.words import run
from autograder.util.environment import QUIET, prefer
from autograder.util.i18n import _

app = typer.Typer(
    name="autograder",
    help=_("Graded exercises: build a movie recommender with Keras, step by step."),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(workspace.app)
app.add_typer(learner.app)
app.add_typer(submit.app)
app.add_typer(instructor.app)
app.add_typer(
    export.app, name="export", help=_("Write grades and feedback for Moodle or Gradescope.")
)
app.add_typer(grading_systems.app)
app.add_typer(author.app, name="dev")
app.command("build", hidden=True)(author.moved_build)


def main() -> None:
    """Run the command line; a failure that has a remedy is one plain sentence, exit code 2."""
    prefer(QUIET)
    try:
        arguments = settled(sys.argv[1:])
    except typer.Exit as wrong:
        sys.exit(wrong.exit_code)
    localise(app)
    run(app, arguments)


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
    language: Language = None,
) -> None:
    if language is not None:
        use(language)
