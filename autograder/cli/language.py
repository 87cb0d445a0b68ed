"""The language of the command line: `--language`, else `AUTOGRADER_LANGUAGE`, else the locale.

Every command takes `--language`, before or after its name. In a workspace, a command without the
option speaks the language of the workspace, unless `AUTOGRADER_LANGUAGE` names another.
"""

import os
import typing
from collections.abc import Iterable
from inspect import signature
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.models import ParameterInfo

from autograder.cli.failure import stop
from autograder.util import languages
from autograder.util.i18n import Translatable, _

OPTION = "--language"
_AUTHORS = ("dev", "build")
_WITH_OPTION = ("start", "course", "grade")

Language = Annotated[
    str | None,
    typer.Option(
        OPTION,
        metavar="CODE",
        help=_("The language, such as en or fr. Default: your workspace's, else your system's."),
    ),
]


def settled(arguments: list[str]) -> list[str]:
    """Make a language that of this process before a command is read.

    Args:
        arguments: The command line.

    Returns:
        The command line, with `--language` before a command that has no option of its own by this
        name.

    Raises:
        typer.Exit: There is no such language.
    """
    named, others = _taken_out(arguments)
    command = next((argument for argument in others if not argument.startswith("-")), "")
    if command in _AUTHORS:
        named = None
    wanted = named or os.environ.get(languages.VARIABLE, "").strip()
    if wanted:
        use(wanted)
    elif (own := _of_workspace(Path())) is not None:
        languages.use(own)
    has_own = command in {*_AUTHORS, *_WITH_OPTION}
    return arguments if named is None or has_own else [OPTION, named, *others]


def use(language: str) -> None:
    """Make a language that of this process; end the command where there is no such language.

    Raises:
        typer.Exit: There is no such language.
    """
    if not languages.is_known(language):
        text = _("There is no language {name}. The languages are: {names}.")
        stop(text.format(name=language, names=", ".join(languages.known())))
    languages.use(language)


def localise(app: typer.Typer) -> None:
    """Give the helps of all commands and parameters their wording in the current language."""
    infos: list[Any] = [app.info, *app.registered_commands]
    for group in app.registered_groups:
        infos.append(group)
        if group.typer_instance is not None:
            localise(group.typer_instance)
    callbacks = [command.callback for command in app.registered_commands]
    if app.registered_callback is not None:
        callbacks.append(app.registered_callback.callback)
    for callback in filter(None, callbacks):
        infos += _parameters(callback)
    for info in infos:
        if isinstance(info.help, Translatable):
            made = info.help
            info.help = Translatable(str(made), made.msgid)


def _parameters(callback: Any) -> Iterable[ParameterInfo]:
    """Return what a command says of its parameters."""
    for parameter in signature(callback).parameters.values():
        for part in typing.get_args(parameter.annotation):
            if isinstance(part, ParameterInfo):
                yield part


def _taken_out(arguments: list[str]) -> tuple[str | None, list[str]]:
    """Return what `--language` names in a command line, None without it, and the rest."""
    named, others = None, []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            others += [argument, *rest]
        elif argument == OPTION:
            named = next(rest, "")
        elif argument.startswith(f"{OPTION}="):
            named = argument.partition("=")[2]
        else:
            others.append(argument)
    return named, others


def _of_workspace(folder: Path) -> str | None:
    """Return the language of the workspace in which a folder lies."""
    from autograder.workspace.place import usable_from

    workspace = usable_from(folder)
    language = workspace.language if workspace is not None else None
    return language if languages.is_known(language) else None
