"""An instructor's own points, in place of those of the step table.

`points.toml` has a table for each exercise, whose keys are functions:

    [04_dot_product]
    build_mf = 12
    score_matrix = 1.5

A judge knows the step table alone. `rescaled` brings a report to the points of this process: a
function earns the same fraction of its new points as of its old points.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from autograder.course.steps import Step, changed_points, steps, use_points
from autograder.util.i18n import _

NAME = "points.toml"
MAX_POINTS = 1000

Points = Mapping[str, Mapping[str, float]]
"""Points by exercise and function; what is missing has the points of the step table."""

_HEADLINE = re.compile(r"(?<= · )[\d.]+ points?(?=\*\*)")
_PROSE = re.compile(r"(`(\w+)`\s+(?:# )?\()([\d.]+)( points?)?(?=\))")


class PointsError(ValueError):
    """An error for a `points.toml` that cannot be used; the text names the place."""


def read_points(path: Path) -> Points:
    """Return the points in a file.

    Args:
        path: A file such as `points.toml`.

    Raises:
        PointsError: The file cannot be read, names no exercise or function of the course, or holds
            something else than a number from 0 to `MAX_POINTS` with at most two decimals.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        text = _("{path} cannot be read: {error}")
        raise PointsError(text.format(path=path, error=error)) from error
    points: dict[str, dict[str, float]] = {}
    for exercise, table in document.items():
        step = next((each for each in steps() if each.name == exercise), None)
        if step is None:
            names = ", ".join(each.name for each in steps())
            text = _("{path}: there is no exercise {exercise}. The exercises are: {names}.")
            raise PointsError(text.format(path=path, exercise=exercise, names=names))
        if not isinstance(table, dict):
            text = _(
                "{path}: {exercise} is no table. Write [{exercise}] and a line `function = 3`."
            )
            raise PointsError(text.format(path=path, exercise=exercise))
        points[exercise] = {
            function: _number(path, step, function, value) for function, value in table.items()
        }
    return points


def points_of_course(folder: Path) -> Points:
    """Return the points in a course's `points.toml`, {} where there is no such file.

    Raises:
        PointsError: The file cannot be used (see `read_points`).
    """
    path = folder / NAME
    return read_points(path) if path.exists() else {}


@contextmanager
def own_points(points: Points) -> Iterator[None]:
    """Let this process count with other points, until the context is left."""
    before = changed_points()
    use_points(points)
    try:
        yield
    finally:
        use_points(before)


def scaled(points: float, old: float, new: float) -> float:
    """Return points out of `old` as the same fraction of `new`; full points stay full."""
    if old == new:
        return points
    if points >= old:
        return float(new) if old else 0.0
    return round(points * new / old, 2)


def with_points_in_prose(text: str, points: Mapping[str, float]) -> str:
    """Return the prose of an exercise with other points in its headline and beside its functions.

    Args:
        text: The Markdown of a cell.
        points: The points of every function of the exercise.
    """

    def beside_function(found: re.Match[str]) -> str:
        if found[2] not in points:
            return found[0]
        return f"{found[1]}{_in_words(points[found[2]], bool(found[4]))}"

    text = _PROSE.sub(beside_function, text)
    return _HEADLINE.sub(_always(_in_words(sum(points.values()), True)), text)


def _always(text: str) -> Callable[[re.Match[str]], str]:
    return lambda _found: text


def _in_words(points: float, with_unit: bool) -> str:
    number = f"{points:.2f}".rstrip("0").rstrip(".")
    if not with_unit:
        return number
    return f"{number} point" if number == "1" else f"{number} points"


def _number(path: Path, step: Step, function: str, value: object) -> float:
    place = {"path": path, "exercise": step.name, "function": function}
    if function not in step.points:
        text = _("{path}: {exercise} has no function {function}. Its functions are: {names}.")
        raise PointsError(text.format(**place, names=", ".join(step.functions)))
    if isinstance(value, bool) or not isinstance(value, int | float):
        text = _("{path}: the points of {function} in {exercise} are no number: {value}.")
        raise PointsError(text.format(**place, value=value))
    if not 0 <= value <= MAX_POINTS:
        text = _("{path}: {function} in {exercise} has {value} points. Write 0 to {most}.")
        raise PointsError(text.format(**place, value=value, most=MAX_POINTS))
    if round(value, 2) != value:
        text = _("{path}: {function} in {exercise} has {value} points. Write at most two decimals.")
        raise PointsError(text.format(**place, value=value))
    return value
