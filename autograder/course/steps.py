"""The step table: exercises in order, their functions and points, read from `course.toml`."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from autograder.util.i18n import _

TABLE = Path(__file__).with_name("course.toml")
_own_points: Mapping[str, Mapping[str, float]] = {}


@dataclass(frozen=True)
class Step:
    """One exercise of the course.

    Attributes:
        name: Its number and words: `04_dot_product`.
        title: Its heading.
        day: The day or days of the course, "bonus" for an exercise outside of them.
        minutes: The time that it takes.
        objective: What a learner can do afterwards.
        points: The points of each function that the learner writes, by name.
        hunt: Whether it has mistakes to find in place of stubs to fill.
        builds_on: Functions by name, each with those functions of the exercise whose mistakes cost
            it no points; docs/authors.md says which these may be.
    """

    name: str
    title: str
    day: str
    minutes: int
    objective: str
    points: dict[str, float] = field(hash=False)
    hunt: bool = False
    builds_on: dict[str, list[str]] = field(default_factory=dict, hash=False)

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that the learner writes, in the order of the exercise."""
        return tuple(self.points)

    @property
    def max_points(self) -> float:
        """The sum of its functions' points."""
        return sum(self.points.values())

    @property
    def graded(self) -> bool:
        """Whether the exercise has points; the bug hunt and a new bonus have none."""
        return self.max_points > 0

    @property
    def bonus(self) -> bool:
        """Whether its points come on top of the course's hundred."""
        return self.day == "bonus"

    @property
    def core(self) -> bool:
        """Whether its points are among the course's hundred."""
        return self.graded and not self.bonus


@dataclass(frozen=True)
class Total:
    """The sum of what some exercises earn.

    Attributes:
        points: Points of the exercises that are no bonus.
        max_points: The points that these exercises can earn.
        bonus: Points of the bonus exercises, None where there is no bonus exercise.
    """

    points: float
    max_points: float
    bonus: float | None = None


@dataclass(frozen=True)
class Session:
    """A stretch of one day: a step of the course, or another activity."""

    day: str
    minutes: int
    step: str | None = None
    activity: str | None = None


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def reread() -> None:
    """Forget the step table, so that the next question reads `course.toml` again."""
    for cached in (_table, steps, timetable):
        cached.cache_clear()


@cache
def steps() -> tuple[Step, ...]:
    """Return all exercises in course order."""
    return tuple(_with_own_points(Step(**row)) for row in _table()["step"])


def use_points(points: Mapping[str, Mapping[str, float]]) -> None:
    """Let this process count with other points than those of the step table.

    Args:
        points: Points by exercise and function (see `points`); {} for those of the step table.
    """
    global _own_points
    table = {row["name"]: row["points"] for row in _table()["step"]}
    changed = {
        exercise: {name: n for name, n in own.items() if table[exercise].get(name) != n}
        for exercise, own in points.items()
    }
    _own_points = {exercise: own for exercise, own in changed.items() if own}
    steps.cache_clear()


def changed_points() -> Mapping[str, Mapping[str, float]]:
    """Return the points with which this process counts in place of those of the step table."""
    return _own_points


def _with_own_points(step: Step) -> Step:
    own = _own_points.get(step.name)
    return replace(step, points={**step.points, **own}) if own else step


def total(exercises: Iterable[Step], points: Mapping[str, float]) -> Total:
    """Return the sum of what some exercises earned.

    Args:
        exercises: The exercises that count.
        points: Points by exercise; a missing exercise earned nothing.
    """
    exercises = tuple(exercises)
    bonus = [points.get(step.name, 0.0) for step in exercises if step.bonus]
    core = [step for step in exercises if not step.bonus]
    return Total(
        points=round(sum(points.get(step.name, 0.0) for step in core), 2),
        max_points=sum(step.max_points for step in core),
        bonus=round(sum(bonus), 2) if bonus else None,
    )


@cache
def timetable() -> tuple[Session, ...]:
    """Return all sessions of the three days in order."""
    return tuple(Session(day, **row) for day, rows in _table()["timetable"].items() for row in rows)


def step(name: str) -> Step:
    """Return the exercise with a name, a number ("4", "04") or words ("dot_product").

    Raises:
        LookupError: There is no such exercise; the text names the exercises.
    """
    wanted = Path(name).stem.lower()
    for candidate in steps():
        number, words = candidate.name.split("_", 1)
        if wanted in {candidate.name, number, number.lstrip("0"), words}:
            return candidate
    raise LookupError(
        _("There is no exercise '{name}'. The exercises are: {names}.").format(
            name=name, names=", ".join(s.name for s in steps())
        )
    )


def step_of_function(function: str) -> Step:
    """Return the exercise in which a learner writes a function (see `located`)."""
    return located(function)[0]


def located(function: str) -> tuple[Step, str]:
    """Return the exercise in which a learner writes a function, and the function's bare name.

    Args:
        function: `top_n` means the first exercise that has the function, `15.top_n` exercise 15.

    Raises:
        LookupError: There is no such function; the text names the functions.
    """
    exercise, _dot, name = function.rpartition(".")
    for candidate in [step(exercise)] if exercise else steps():
        if name in candidate.points:
            return candidate, name
    raise LookupError(
        _("There is no function '{name}' in the course. The functions are: {names}.").format(
            name=function,
            names=", ".join(dict.fromkeys(f for s in steps() for f in s.functions)),
        )
    )


def address(exercise: str, function: str) -> str:
    """Return an exercise's function by its unambiguous name, such as `top_n` or `15.top_n`."""
    number = exercise.partition("_")[0]
    return function if located(function)[0].name == exercise else f"{number}.{function}"


def step_of_file(path: Path) -> Step | None:
    """Return the exercise that a file's name begins with, None where it begins with no exercise.

    `04_dot_product.py` and `04_dot_product-ada.ipynb` are files of 04_dot_product.
    """
    for candidate in steps():
        if re.match(rf"{candidate.name}(?![a-z])", path.stem.lower()):
            return candidate
    return None
