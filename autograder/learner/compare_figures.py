"""`beside(...)`: a learner's figure, and beside it the reference's on the same data."""

import sys
from collections.abc import Callable
from types import SimpleNamespace

from autograder import course
from autograder.engine.axes import same_drawing
from autograder.engine.reentrancy import at_work
from autograder.learner.carry_over import reference
from autograder.learner.figures import show
from autograder.util.i18n import _
from autograder.util.text import shortened

LONGEST_TEXT = 200


def beside(
    exercise: str,
    work: Callable,
    draw: Callable,
    name: str,
    size: tuple[float, float] = (13, 5.5),
    share: bool = True,
):
    """Draw "yours" beside "expected"; show it as figure `name`, and say whether the two agree.

    work: takes the functions of the exercise as attributes, returns what is to be drawn; it is
    called with the caller's own functions, then with the reference's. draw: takes an Axes and that
    result. size: inches. share: whether both panels have the same axes.
    Where the caller's own functions fail, or are still to be written, the left panel says so.
    Returns what `work` made of the caller's functions, or else of the reference's.
    Raises `LookupError` for a name that is no exercise, `RuntimeError` while checks are at work.
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
        problem = _told(error)
    expected = work(SimpleNamespace(**reference(step.name)))
    draw(right, expected)
    if problem:
        result = expected
        _write(left, problem)
    elif share:
        _share_limits(left, right)
    for axes, whose in (left, _("yours")), (right, _("expected")):
        about = axes.get_title()
        axes.set_title(f"{whose}: {about}" if about else whose)
    show(figure, name)
    print(problem or _verdict(same_drawing(left, right)))
    return result


def _functions(step: course.Step, namespace: dict) -> SimpleNamespace:
    """The caller's functions of a step; one that is not there is like a stub."""

    def stub(name):
        def missing(*arguments, **keywords):
            raise NotImplementedError(name)

        return missing

    return SimpleNamespace(**{name: namespace.get(name, stub(name)) for name in step.functions})


def _told(error: Exception) -> str:
    if isinstance(error, NotImplementedError):
        name = str(error) or _("a function")
        return _("{function} is still to be written.").format(function=name)
    text = shortened(f"{type(error).__name__}: {error}", LONGEST_TEXT)
    return _("Your code raised {error}").format(error=text)


def _write(axes, text: str) -> None:
    """Put a text in the place of a figure."""
    from textwrap import fill

    axes.clear()
    axes.set_axis_off()
    axes.text(0.5, 0.5, fill(text, 34), ha="center", va="center", transform=axes.transAxes)


def _share_limits(left, right) -> None:
    """Give two Axes the same limits, so that both show everything and can be compared."""
    for axis in "xy":
        limits = [getattr(axes, f"get_{axis}lim")() for axes in (left, right)]
        lows, highs = zip(*limits, strict=True)
        for axes in (left, right):
            getattr(axes, f"set_{axis}lim")(min(lows), max(highs))


def _verdict(agree: bool) -> str:
    if agree:
        return _("Yours and expected agree.")
    return _("Yours and expected differ. Compare them; whether yours is right, `check` tells.")
