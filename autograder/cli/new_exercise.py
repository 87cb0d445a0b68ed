"""`autograder dev new`: the files of a new exercise, small but complete."""

import keyword
import re
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import autograder
from autograder import course
from autograder.cli.author_folders import alternatives_file, require_checkout
from autograder.course.build import render
from autograder.course.claims import claims_file
from autograder.course.documents import documents
from autograder.course.steps import TABLE, reread
from autograder.util import paths
from autograder.util.atomic import write_atomic
from autograder.util.i18n import _

MINUTES = 45

_NAME = re.compile(r"\d\d(_[a-z][a-z0-9]*)+")
_ROW = re.compile(r'^\[\[step\]\]\nname = "(\w+)"\n(?:.+\n)*', re.MULTILINE)
_SKELETON = Path(__file__).with_name("skeleton")
_TAKEN = {"np", "plt", *autograder.__all__}


class NotNew(ValueError):
    """An exercise that cannot be made under this name; the text says why."""


@dataclass(frozen=True)
class NewExercise:
    """An exercise to make.

    Attributes:
        name: Its number and words: `16_cosine`.
        function: The one function that the learner writes.
    """

    name: str
    function: str

    @property
    def number(self) -> str:
        """The two digits before the words."""
        return self.name[:2]

    @property
    def words(self) -> str:
        """The name without its number."""
        return self.name[3:]


def make_exercise(name: str, function: str | None = None) -> list[Path]:
    """Write all files of a new bonus exercise without points, or nothing.

    Args:
        name: Its number and words, such as `16_cosine`.
        function: The function that the learner writes; None for the words of the name.

    Returns:
        The files that are new or changed.

    Raises:
        NoCheckout: The package is installed without its sources.
        NotNew: The name or the function is malformed, or in use.
        NotWritten: A file cannot be written.
    """
    require_checkout()
    new = NewExercise(name, name[3:] if function is None else function)
    _require_new_name(new)
    _require_new_function(new)
    sources = _sources(new)
    for path in sources:
        if path != TABLE and path.exists():
            raise NotNew(_("{path} exists already; move it away first.").format(path=path))
    with ExitStack() as undo:
        undo.callback(reread)
        _write(sources, undo)
        reread()
        derived = {paths.exercises() / f"{name}.py": render(course.step(name)), **documents()}
        _write(derived, undo)
        undo.pop_all()
    return [*sources, *derived]


def _require_new_name(new: NewExercise) -> None:
    if not _NAME.fullmatch(new.name):
        text = _(
            "{name} is no name of an exercise. Write two digits, then small words, joined by "
            "underscores: 16_cosine, 17_cold_start."
        )
        raise NotNew(text.format(name=new.name))
    for step in course.steps():
        number, words = step.name.split("_", 1)
        if new.number == number:
            text = _("The number {number} is in use: {exercise}. Choose another number.")
            raise NotNew(text.format(number=number, exercise=step.name))
        if new.words == words:
            text = _("The name {words} is in use: {exercise}. Choose other words.")
            raise NotNew(text.format(words=words, exercise=step.name))


def _require_new_function(new: NewExercise) -> None:
    name = new.function
    if not name.isidentifier() or keyword.iskeyword(name) or name in _TAKEN:
        text = _("{name} cannot be the name of the function. Choose one with --function NAME.")
        raise NotNew(text.format(name=name))
    for step in course.steps():
        if name in step.functions:
            text = _(
                "The function {name} is in use: {exercise} has it. Choose another one with "
                "--function NAME."
            )
            raise NotNew(text.format(name=name, exercise=step.name))


def _sources(new: NewExercise) -> dict[Path, str]:
    """Return the texts of the hand-written files by path, the step table among them."""
    return {
        TABLE: _with_row(TABLE.read_text(encoding="utf-8"), new),
        paths.solutions() / f"{new.name}.py": _filled("solution.py.j2", new),
        claims_file(new.name): _filled("claims.toml.j2", new),
        paths.CHECKS / f"test_{new.name}.py": _filled("checks.py.j2", new),
        paths.MISCONCEPTIONS / f"{new.name}.toml": _filled("mistakes.toml.j2", new),
        alternatives_file(new.name): _filled("alternatives.toml.j2", new),
    }


def _with_row(table: str, new: NewExercise) -> str:
    """Return the step table with a row for the exercise after all rows of smaller number."""
    ends = [row.end() for row in _ROW.finditer(table) if row[1][:2] < new.number]
    place = ends[-1] if ends else 0
    row = _filled("step.toml.j2", new)
    return f"{table[:place]}\n{row}{table[place:]}" if place else f"{row}\n{table}"


def _filled(template: str, new: NewExercise) -> str:
    environment = Environment(
        loader=FileSystemLoader(_SKELETON), undefined=StrictUndefined, keep_trailing_newline=True
    )
    return environment.get_template(template).render(
        name=new.name,
        number=new.number,
        title=new.words.replace("_", " ").capitalize(),
        function=new.function,
        slug=new.function.strip("_").replace("_", "-").lower(),
        minutes=MINUTES,
    )


def _write(texts: dict[Path, str], undo: ExitStack) -> None:
    """Write files; `undo` brings back what was there before."""
    for path, text in texts.items():
        before = path.read_text(encoding="utf-8") if path.exists() else None
        write_atomic(path, text)
        undo.callback(_restore, path, before)


def _restore(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink(missing_ok=True)
    else:
        write_atomic(path, text)
