"""The words of the command line itself, in the current language: help, usage, wrong arguments.

Typer and the libraries behind it say these sentences in English. They are known here by their
patterns, and put into the current language when they are shown. A sentence that no pattern knows,
of another version of a library, stays as it is.
"""

import io
import re
import sys
from collections.abc import Sequence
from typing import Any

import typer

from autograder.util.i18n import _, current
from autograder.util.languages import ENGLISH
from autograder.util.recognised import recognised

# A pattern stands before those that it is a special case of.
_SENTENCES = (
    _("Usage:"),
    _("Arguments:"),
    _("Options:"),
    _("Commands:"),
    _("[OPTIONS] COMMAND [ARGS]..."),
    _("Show this message and exit."),
    _("required"),
    _("default: {value}"),
    _("env var: {names}"),
    _("Try '{command}' for help."),
    _("Error: {message}"),
    _("Missing command."),
    _("Missing argument {name}."),
    _("Missing option {name}."),
    _("No such command {name}. Did you mean {names}?"),
    _("No such command {name}."),
    _("No such option: {name} (Possible options: {names})"),
    _("No such option: {name}"),
    _("No such option {name}. Did you mean {names}?"),
    _("No such option {name}."),
    _("Got unexpected extra argument(s) ({names})"),
    _("Got unexpected extra argument ({name})"),
    _("Got unexpected extra arguments ({names})"),
    _("Option {name} requires an argument."),
    _("Option {name} does not take a value."),
    _("Invalid value for {name}: {message}"),
    _("Invalid value: {message}"),
    _("{kind} {path} does not exist."),
    _("{kind} {path} is a file."),
    _("{kind} {path} is a directory."),
    _("{kind} {path} is not readable."),
    _("file"),
    _("dir"),
    _("directory"),
    _("path"),
    _("Input should be a valid integer, unable to parse string as an integer"),
    _("Input should be a valid number, unable to parse string as a number"),
    _("Input should be less than or equal to {number}"),
    _("Input should be greater than or equal to {number}"),
    _("{value} is not a valid integer."),
    _("{value} is not a valid float."),
    _("{value} is not in the range {range}."),
)
_NESTED = ("message", "kind")
_HELP = re.compile(r"(?P<help>.*?)(?P<gap>  |^)\[(?P<extra>.+)\]", re.DOTALL)

# Typer has its own copy of Click or uses the installed one; both stand behind `BadParameter`.
_UsageError: Any = typer.BadParameter.__bases__[0]
_Formatter: Any = typer.Context.formatter_class


def run(app: typer.Typer, arguments: list[str]) -> None:
    """Run a command line; its help and its errors are in the current language.

    Raises:
        SystemExit: Always; the exit codes are those of Typer.
    """
    if current() == ENGLISH:
        app(arguments)
        return
    command = typer.main.get_command(app)
    _give_words(command)
    try:
        code = command.main(arguments, standalone_mode=False)
    except _UsageError as error:
        said = io.StringIO()
        error.show(said)
        print("\n".join(_lines(said.getvalue())), file=sys.stderr, end="")
        sys.exit(error.exit_code)
    except typer.Abort:
        print(_("Aborted!"), file=sys.stderr)
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def translated(text: str) -> str:
    """Return a sentence of Typer's in the current language, any other text as it is."""
    return str(recognised(text, _SENTENCES, _NESTED) or text)


def _lines(said: str) -> list[str]:
    """Return the lines of an error; what follows "Error:" is one sentence, however long."""
    head, sign, message = said.partition("\nError: ")
    lines = [translated(line) for line in head.split("\n")]
    if sign:
        lines.append(translated(f"Error: {message.rstrip()}") + "\n")
    return lines


def _give_words(command: Any) -> None:
    """Let a command and all commands below it write their help with `_Help`."""
    context = command.context_class
    command.context_class = type(context.__name__, (context,), {"formatter_class": _Help})
    for below in getattr(command, "commands", {}).values():
        _give_words(below)


class _Help(_Formatter):  # type: ignore[misc]
    """Writes a command's help in the current language."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, translated(args), prefix or translated("Usage:") + " ")

    def write_heading(self, heading: str) -> None:
        self.write(" " * self.current_indent + translated(f"{heading}:") + "\n")

    def write_dl(self, rows: Sequence[tuple[str, str]], *options: Any, **named: Any) -> None:
        super().write_dl([(name, _help(text)) for name, text in rows], *options, **named)


def _help(text: str) -> str:
    """Return the help of a parameter, with what Typer adds to it in brackets."""
    found = _HELP.fullmatch(text)
    if not found:
        return translated(text)
    extra = "; ".join(translated(part) for part in found["extra"].split("; "))
    return f"{found['help']}{found['gap']}[{extra}]"
