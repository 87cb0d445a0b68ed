"""`beside(...)`: a learner's figure, and beside it the reference's on the same data."""

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from autograder import course
from autograder.engine.axes import same_drawing
from autograder.engine.reentrancy import at_work
from autograder.learner.carry_over import reference
from autograder.learner.figures import show
from autograder.util.i18n import _, labelled
from autograder.util.text import print_visible, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

T = TypeVar("T")

LONGEST_TEXT = 200


def beside(
    exercise: str,
    work: Callable[[SimpleNamespace], T],
    draw: Callable[["Axes", T], object],
    name: str,
    size: tuple[float, float] = (13, 5.5),
    share: bool = True,
) -> T:
    """Draw "yours" beside "expected", show the figure, and print whether the two agree.

    Where the caller's own functions fail, or are still to be written, the left panel says so.

    Args:
        exercise: Its name, number or words (see `course.step`).
        work: Takes the functions of the exercise as attributes and returns what is to be drawn;
            it runs with the caller's own functions, then with the reference's.
        draw: Takes an Axes and that result.
        name: The name of the figure.
        size: Width and height in inches.
        share: Whether both panels have the same limits.

    Returns:
        What `work` made of the caller's functions, or else of the reference's.

    Raises:
        LookupError: There is no such exercise.
        RuntimeError: Checks are at work.
    """
    import matplotlib.pyplot as plt

    step = course.step(exercise)
    if at_work():
        raise RuntimeError(_("beside is for cells tagged `demo`, which checks leave out"))
    own = _functions(step, sys._getframe(1).f_globals)
    figure, (left, right) = plt.subplots(1, 2, figsize=size)
    problem = ""
    try:
        result = work(own)
        draw(left, result)
    except Exception as error:
        problem = _problem_with(error)
    expected = work(SimpleNamespace(**reference(step.name)))
    draw(right, expected)
    if problem:
        result = expected
        _write(left, problem)
    elif share:
        _share_limits(left, right)
    for axes, whose in (left, _("yours")), (right, _("expected")):
        about = axes.get_title()
        axes.set_title(str(labelled(whose, about)) if about else whose)
    show(figure, name)
    print_visible(problem or _verdict(same_drawing(left, right)))
    return result


def _functions(step: course.Step, namespace: dict[str, Any]) -> SimpleNamespace:
    """Return the caller's functions of an exercise; a missing function is like a stub."""

    def stub(name: str) -> Callable[..., NoReturn]:
        def missing(*arguments: object, **keywords: object) -> NoReturn:
            raise NotImplementedError(name)

        return missing

    return SimpleNamespace(**{name: namespace.get(name, stub(name)) for name in step.functions})


def _problem_with(error: Exception) -> str:
    """Return a sentence on what the learner's code raised."""
    if isinstance(error, NotImplementedError):
        name = str(error) or _("a function")
        return _("{function} is still to be written.").format(function=name)
    text = shortened(f"{type(error).__name__}: {error}", LONGEST_TEXT)
    return _("Your code raised {error}").format(error=text)


def _write(axes: "Axes", text: str) -> None:
    """Write a text in the place of a figure."""
    from textwrap import fill

    axes.clear()
    axes.set_axis_off()
    axes.text(0.5, 0.5, fill(text, 34), ha="center", va="center", transform=axes.transAxes)


def _share_limits(left: "Axes", right: "Axes") -> None:
    """Give two Axes the same limits, wide enough for both."""
    for axis in "xy":
        limits = [getattr(axes, f"get_{axis}lim")() for axes in (left, right)]
        lows, highs = zip(*limits, strict=True)
        for axes in (left, right):
            getattr(axes, f"set_{axis}lim")(min(lows), max(highs))


def _verdict(agree: bool) -> str:
    if agree:
        return _("Yours and expected agree.")
    return _("Yours and expected differ. Compare them; whether yours is right, `check` tells.")
