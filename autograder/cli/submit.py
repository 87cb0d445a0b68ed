"""The learner's command `submit`: one file to hand in."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from autograder.cli import names
from autograder.cli.failure import stop
from autograder.cli.questions import confirmed
from autograder.util.atomic import NotWritten
from autograder.util.i18n import _, ngettext
from autograder.util.text import print_visible
from autograder.workspace.place import Workspace, name_learner

if TYPE_CHECKING:
    from autograder.bundle.submit import Prepared
    from autograder.bundle.write import HandedIn

app = typer.Typer()


@app.command(help=_("Run and check everything, and make one file of it to hand in."))
def submit(
    name: Annotated[
        str | None,
        typer.Option(help=_("Your name, for the file and the receipt. It is asked for once.")),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help=_("Do not ask; hand in also what is not finished."))
    ] = False,
    single: Annotated[
        bool, typer.Option("--single", help=_("Put all exercises into one notebook."))
    ] = False,
    cell_seconds: Annotated[
        int, typer.Option(min=1, metavar="SECONDS", help=_("The longest time for one cell."))
    ] = 600,
) -> None:
    """Make a bundle; exit 1 where the learner decides not to."""
    from autograder.bundle.run import KernelMissing
    from autograder.bundle.submit import Interrupted, prepare
    from autograder.bundle.write import write_bundle
    from autograder.reports.terminal import plain_console
    from autograder.running.runner import CheckError

    workspace = _named(names.workspace(), name, yes)
    try:
        prepared = prepare(workspace, plain_console(), single, cell_seconds, print_visible)
        if not prepared.executed:
            stop(_("There is no exercise in {folder}.").format(folder=workspace.root))
        _print_prepared(prepared)
        if prepared.missing and not yes:
            _ask_to_go_on()
        handed_in = write_bundle(workspace, workspace.learner, prepared.executed, prepared.reports)
    except Interrupted as error:
        text = _("Interrupted: {n} of {total} notebooks have run. The same command goes on there.")
        print(text.format(n=error.n_ran, total=error.n_total))
        raise typer.Exit(130) from None
    except KeyboardInterrupt:
        print(_("Interrupted. What has run is kept; the same command goes on there."))
        raise typer.Exit(130) from None
    except (CheckError, KernelMissing, NotWritten) as error:
        stop(str(error))
    _print_handed_in(handed_in, prepared)


def _named(workspace: Workspace, name: str | None, yes: bool) -> Workspace:
    """Return the workspace with the learner's name, which is asked for once."""
    from autograder.bundle.manifest import safe_learner

    wanted = name if name is not None else workspace.learner
    if not wanted.strip() and not yes and _can_ask():
        wanted = typer.prompt(_("Your name, as your trainer knows it"))
    learner = safe_learner(wanted)
    if not learner:
        stop(_('Say whose work it is: autograder submit --name "Ada Lovelace"'))
    if learner == workspace.learner:
        return workspace
    try:
        return name_learner(workspace, learner)
    except NotWritten as error:
        stop(str(error))


def _can_ask() -> bool:
    return sys.stdin.isatty()


def _print_prepared(prepared: "Prepared") -> None:
    from autograder.bundle.work import sentence_on_untouched

    n = len(prepared.executed)
    text = ngettext(
        "{n} notebook ran from top to bottom", "{n} notebooks ran from top to bottom", n
    )
    line: str = text.format(n=n)
    if prepared.n_kept:
        line += _(", {n} of them in an earlier run").format(n=prepared.n_kept)
    print(f"{line}.")
    untouched = sentence_on_untouched(prepared.gathered)
    if untouched:
        print(untouched)
    if not prepared.missing:
        print(_("Nothing is missing."))
        return
    print(_("Still missing:"))
    for sentence in prepared.missing:
        print_visible(f"  {sentence}")


def _ask_to_go_on() -> None:
    """Ask whether to hand in unfinished work; without a terminal the answer is no.

    Raises:
        typer.Exit: Nothing is handed in.
    """
    if not _can_ask():
        stop(
            _(
                "Nothing was handed in, since something is missing and nobody can be asked here. "
                "To hand in all the same: autograder submit --yes"
            ),
            code=1,
        )
    if not confirmed(_("Hand in all the same?")):
        print(_("Nothing was handed in. What has run is kept; the same command goes on there."))
        raise typer.Exit(1)


def _print_handed_in(handed_in: "HandedIn", prepared: "Prepared") -> None:
    from autograder.reports.model import total
    from autograder.reports.wording import format_total

    for note in handed_in.notes:
        print_visible(note)
    print(_("Points: {points}").format(points=format_total(total(prepared.reports))))
    print_visible(_("Hand in this file: {path}").format(path=handed_in.path))
    print(_("Its checksum:      {checksum}").format(checksum=handed_in.checksum))
