"""The calls of a learner inside an exercise: `check("build_mf")` and `hint("build_mf")`.

A function's name means the first exercise that has the function, unless the caller's own `EXERCISE`
names another exercise, as the bug hunt's does.
"""

import sys
from collections.abc import Callable
from typing import Any

from autograder import course
from autograder.course.solutions import hints_of
from autograder.engine.local import LocalEngine
from autograder.engine.reentrancy import at_work
from autograder.learner.figures import in_notebook
from autograder.learner.own_language import language_of_caller
from autograder.reports.notebook import HintPanel, VerdictPanel
from autograder.util.i18n import speaking
from autograder.util.text import print_visible


def check(function: str) -> VerdictPanel | None:
    """Check one function as the calling notebook or script has defined it.

    A notebook shows the verdict as a panel, whose plain text is the points as a number. A script
    prints the verdict too.

    Args:
        function: Its name.

    Returns:
        The verdict; None while the file itself is being checked, when check cells do nothing.

    Raises:
        LookupError: There is no such function in the course.
        CheckError: The checks cannot run.
    """
    namespace = sys._getframe(1).f_globals
    address = _address(function, namespace)
    if at_work():
        return None
    from autograder.running.runner import run
    from autograder.running.targets import EngineTarget

    engine = LocalEngine(namespace, _of_caller(namespace))
    exercise = course.step_of_function(address).name
    language = language_of_caller(namespace, exercise, function)
    [report] = run(EngineTarget(exercise, engine, frozenset({address}), language))
    with speaking(language):
        panel = VerdictPanel(report.functions[0], exercise)
    if not in_notebook():
        print_visible(panel.text())
    return panel


def hint(function: str, level: int = 1) -> HintPanel:
    """Show a function's hints up to a level.

    Args:
        function: Its name.
        level: 1 for a nudge, 2 for the concept, 3 for the shape of the code.

    Raises:
        LookupError: There is no such function in the course.
        SolutionError: The hints of the exercise cannot be read.
    """
    namespace = sys._getframe(1).f_globals
    address = _address(function, namespace)
    exercise = course.step_of_function(address).name
    with speaking(language_of_caller(namespace, exercise, function)):
        panel = HintPanel(address, hints_of(address)[:level])
    if not in_notebook():
        print(panel.text())
    return panel


def _address(function: str, namespace: dict[str, Any]) -> str:
    """Return the address of the function that a caller means (see `course.address`)."""
    exercise = namespace.get("EXERCISE")
    for step in course.steps():
        if step.name == exercise and function in step.functions:
            return course.address(exercise, function)
    step, name = course.located(function)
    return course.address(step.name, name)


def _of_caller(namespace: dict[str, Any]) -> Callable[[str], bool]:
    """Return whether a file name is that of the caller's own code."""
    file = namespace.get("__file__")
    return lambda filename: filename == file or "ipykernel" in filename or "<ipython" in filename
