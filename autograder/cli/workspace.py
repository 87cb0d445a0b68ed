"""The commands for a learner's own folder: start, update, reset."""

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autograder import __version__, course
from autograder.cli import names
from autograder.cli.failure import stop
from autograder.cli.language import Language, use
from autograder.cli.questions import confirmed
from autograder.util.atomic import NotWritten
from autograder.util.i18n import _, current, labelled, ngettext
from autograder.util.text import print_visible

if TYPE_CHECKING:
    from autograder.workspace.reset import Reset
    from autograder.workspace.update import Updated

app = typer.Typer()


@app.command(help=_("Make your own folder with all exercises; nothing in it is replaced."))
def start(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]", help=_("The folder. Default: this folder, if it is empty.")
        ),
    ] = None,
    language: Language = None,
) -> None:
    """Make a workspace and say what to do in it."""
    from autograder.workspace.documents import UnreadableDocument
    from autograder.workspace.start import NotStarted
    from autograder.workspace.start import start as start_workspace

    if language is not None:
        use(language)
    try:
        started = start_workspace(folder, current())
    except (NotStarted, UnreadableDocument, NotWritten) as error:
        stop(str(error))
    root = started.workspace.root
    print_visible(_("Your workspace is {folder}.").format(folder=root))
    if started.kept:
        text = _("These exercises were there already and stay as they are: {names}.")
        print_visible(text.format(names=", ".join(started.kept)))
    for note in started.notes:
        print_visible(note)
    if root != Path.cwd():
        command = f"cd {_quoted(str(folder))}"
        print_visible(_("Go into it:          {command}").format(command=command))
    print(_("Work in notebooks:   {command}").format(command="autograder lab"))
    print(_("Work in an editor:   {command}").format(command="autograder watch 1"))


@app.command(help=_("Bring the exercises of this version of the kit; your work stays."))
def update() -> None:
    """Update the workspace and list what changed."""
    from autograder.workspace.documents import UnreadableDocument
    from autograder.workspace.update import update as update_workspace

    workspace = names.workspace()
    try:
        changed = update_workspace(workspace)
    except (UnreadableDocument, NotWritten) as error:
        stop(str(error))
    for each in changed:
        _print_updated(each)
    if not changed:
        text = _("Your workspace has the exercises of version {version} already.")
        print(text.format(version=__version__))
        return
    text = _("Your workspace has the exercises of version {version} now. Earlier texts: {folder}")
    print_visible(text.format(version=__version__, folder=workspace.backups))


@app.command(help=_("Give the stub of a function back, or a whole exercise; your text is kept."))
def reset(
    wanted: Annotated[
        str, typer.Argument(metavar="NAME", help=_("A function (build_mf) or an exercise (4)."))
    ],
    yes: Annotated[bool, typer.Option("--yes", help=_("Do not ask."))] = False,
) -> None:
    """Reset a function or an exercise after a question."""
    from autograder.workspace.documents import UnreadableDocument
    from autograder.workspace.reset import NotReset
    from autograder.workspace.reset import reset as reset_part

    workspace = names.workspace()
    exercise, function = _exercise_and_function(wanted)
    question = (
        _("Give the stub of {function} in {exercise} back?")
        if function
        else _("Give the whole exercise {exercise} back as it was delivered, with its prose?")
    ).format(function=function, exercise=exercise)
    if not (yes or confirmed(question)):
        raise typer.Exit(1)
    try:
        _print_reset(reset_part(workspace, exercise, function), function, workspace.root)
    except (NotReset, UnreadableDocument, NotWritten) as error:
        stop(str(error))


def _exercise_and_function(wanted: str) -> tuple[str, str | None]:
    try:
        step, function = course.located(wanted)
        return step.name, function
    except LookupError:
        pass
    try:
        return course.step(wanted).name, None
    except LookupError as error:
        stop(names.unknown(wanted) or str(error.args[0]))


def _print_reset(done: "Reset", function: str | None, root: Path) -> None:
    if not done.backups and function:
        text = _("{function} is a stub already.")
        print(text.format(function=function))
        return
    text = _("{name} is as it was delivered.")
    print(text.format(name=function or done.exercise))
    places = ", ".join(str(path.relative_to(root)) for path in done.backups)
    if places:
        print_visible(_("Your text is in {places}.").format(places=places))


def _print_updated(updated: "Updated") -> None:
    parts = []
    if updated.changes:
        text = ngettext("{n} change", "{n} changes", len(updated.changes))
        parts.append(text.format(n=len(updated.changes)))
    if updated.conflicts:
        text = ngettext("{n} place to look at", "{n} places to look at", len(updated.conflicts))
        parts.append(text.format(n=len(updated.conflicts)))
    print_visible(labelled(updated.name, ", ".join(map(str, parts)) or _("settled")))
    for sentence in (*updated.changes, *updated.conflicts, *filter(None, [updated.note])):
        print_visible(f"  {sentence}")


def _quoted(path: str) -> str:
    """Return a path as a shell takes it."""
    if os.name == "nt":
        return f'"{path}"' if " " in path else path
    return shlex.quote(path)
