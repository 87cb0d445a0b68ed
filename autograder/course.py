"""The step table: exercises in order, their functions and points, read from `course.toml`."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder.i18n import _


@dataclass(frozen=True)
class Step:
    """One exercise of the course."""

    name: str
    title: str
    day: str
    minutes: int
    objective: str
    points: dict[str, int]

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that the learner writes, in the order of the exercise."""
        return tuple(self.points)

    @property
    def max_points(self) -> int:
        return sum(self.points.values())


@dataclass(frozen=True)
class Session:
    """A stretch of one day: a step of the course, or another activity."""

    day: str
    minutes: int
    step: str | None = None
    activity: str | None = None


@cache
def _table() -> dict:
    return tomllib.loads(Path(__file__).with_name("course.toml").read_text(encoding="utf-8"))


@cache
def steps() -> tuple[Step, ...]:
    """All exercises in course order."""
    return tuple(Step(**row) for row in _table()["step"])


@cache
def timetable() -> tuple[Session, ...]:
    """All sessions of the three days in order."""
    return tuple(Session(day, **row) for day, rows in _table()["timetable"].items() for row in rows)


def step(name: str) -> Step:
    """The exercise of this name; its number ("4", "04") or its words ("dot_product") do as well.

    Raises `LookupError`, naming the exercises, where there is none.
    """
    wanted = Path(name).stem.lower()
    for candidate in steps():
        number, words = candidate.name.split("_", 1)
        if wanted in {candidate.name, number, number.lstrip("0"), words}:
            return candidate
    raise LookupError(
        _("There is no exercise {name!r}. The exercises are: {names}.").format(
            name=name, names=", ".join(s.name for s in steps())
        )
    )


def step_of_function(function: str) -> Step:
    """The exercise in which a function is written.

    Raises `LookupError`, naming the functions, where there is none.
    """
    for candidate in steps():
        if function in candidate.points:
            return candidate
    raise LookupError(
        _("There is no function {name!r} in the course. The functions are: {names}.").format(
            name=function, names=", ".join(f for s in steps() for f in s.functions)
        )
    )


def step_of_file(path: Path) -> Step | None:
    """The exercise that a file's name tells: `04_dot_product.py`, `04_dot_product-ada.ipynb`."""
    for candidate in steps():
        if re.match(rf"{candidate.name}(?![a-z])", path.stem.lower()):
            return candidate
    return None
