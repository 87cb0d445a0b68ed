"""The meaning of names on the command line: exercises, functions, files.

A name that means nothing ends the command with a sentence that shows what may be meant.
"""

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from autograder import course
from autograder.cli.failure import stop
from autograder.util.i18n import _
from autograder.workspace.place import DamagedWorkspace, NoWorkspace, Workspace, current

Submissions = Annotated[
    Path | None,
    typer.Option(
        "--submissions",
        help=_("The file or folder to check: .py or .ipynb. Default: your workspace."),
    ),
]


class Place(NamedTuple):
    """A file or folder of submissions, and the names of what is wanted from it."""

    path: Path
    names: list[str]


class Selection(NamedTuple):
    """Exercises by full name and functions by address; None means all of them."""

    exercises: frozenset[str] | None
    functions: frozenset[str] | None


def place(submissions: Path | None, names: list[str]) -> Place:
    """Return where the submissions lie and which names are wanted.

    Args:
        submissions: The value of `--submissions`.
        names: Exercises, functions, or one file, which stands for its place and its exercise.

    Raises:
        typer.Exit: Two places are named, or none is named outside of a workspace, or a name means
            nothing.
    """
    files = [name for name in names if Path(name).is_file()]
    if not files:
        selection(names)
        return Place(submissions or workspace().root, names)
    if submissions is not None or len(files) > 1:
        stop(_("Name one file, or none and a folder as --submissions."))
    [file], others = files, [name for name in names if name not in files]
    step = course.step_of_file(Path(file))
    return Place(Path(file), others or ([step.name] if step else []))


def workspace() -> Workspace:
    """Return the workspace of the working folder.

    Raises:
        typer.Exit: The working folder lies in no workspace.
    """
    try:
        return current()
    except (NoWorkspace, DamagedWorkspace) as error:
        stop(str(error))


def selection(names: list[str]) -> Selection:
    """Return the exercises and functions that names mean; no name means everything.

    Raises:
        typer.Exit: A name is no exercise and no function.
    """
    if not names:
        return Selection(None, None)
    found = [_named(name) for name in names]
    exercises = frozenset(step.name for step, _functions in found)
    functions = frozenset(
        course.address(step.name, function) for step, own in found for function in own
    )
    return Selection(exercises, functions)


def exercises_in(text: str) -> tuple[str, ...]:
    """Return the exercises that `01-10` or `04,05,08` mean, in course order.

    Raises:
        typer.Exit: The text is no such list, or no exercise has one of these numbers.
    """
    numbers: set[int] = set()
    for part in text.split(","):
        first, _dash, last = part.strip().partition("-")
        try:
            numbers.update(range(int(first), int(last or first) + 1))
        except ValueError:
            stop(_("{text} is no list of exercises such as 01-10 or 04,05.").format(text=text))
    names = tuple(step.name for step in course.steps() if int(step.name[:2]) in numbers)
    if not names:
        stop(_("There is no exercise {text}.").format(text=text))
    return names


def unknown(name: str) -> str | None:
    """Return a sentence on what an unknown function may mean: an exercise, or a near name."""
    try:
        step = course.step(name)
        functions = ", ".join(course.address(step.name, own) for own in step.functions)
        text = _("{name} is an exercise. Its functions are: {names}.")
        return text.format(name=name, names=functions)
    except LookupError:
        known = [known for s in course.steps() for known in (s.name, *s.functions)]
    near = get_close_matches(name, known, n=1, cutoff=0.7)
    if not near:
        return None
    text = _("There is no {name} in the course. Is {near} meant?")
    return text.format(name=repr(name), near=near[0])


def _named(name: str) -> tuple[course.Step, tuple[str, ...]]:
    """Return the exercise behind a name, and the functions of it that the name means."""
    try:
        step, function = course.located(name)
        return step, (function,)
    except LookupError:
        pass
    try:
        step = course.step(name)
        return step, step.functions
    except LookupError as error:
        stop(unknown(name) or str(error.args[0]))
