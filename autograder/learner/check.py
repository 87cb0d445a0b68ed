"""What a learner calls inside an exercise: `check("build_mf")` and `hint("build_mf")`.

A function that stands in several exercises is that of the first, unless the caller's own `EXERCISE`
names another, as the bug hunt's does.
"""

import sys

from autograder import course
from autograder.course.solutions import hints_of
from autograder.engine.local import LocalEngine
from autograder.engine.reentrancy import at_work
from autograder.learner.figures import in_notebook
from autograder.reports.notebook import HintPanel, VerdictPanel


def check(function: str) -> VerdictPanel | None:
    """Check one function as the notebook or script that calls this has defined it.

    In a notebook the verdict is a panel, whose plain-text twin is the points as a number; elsewhere
    it is printed too. While the file itself is being checked, check cells do nothing (None).
    Raises `LookupError` for a name that is no function of the course.
    """
    namespace = sys._getframe(1).f_globals
    address = _address(function, namespace)
    if at_work():
        return None
    from autograder.running.runner import run
    from autograder.running.targets import EngineTarget

    engine = LocalEngine(namespace, _of_caller(namespace))
    exercise = course.step_of_function(address).name
    [report] = run(EngineTarget(exercise, engine, frozenset({address})))
    panel = VerdictPanel(report.functions[0], exercise)
    if not in_notebook():
        print(panel.text())
    return panel


def hint(function: str, level: int = 1) -> HintPanel:
    """Show a function's hints up to a level: 1 a nudge, 2 the concept, 3 the shape of the code.

    Raises `LookupError` for a name that is no function of the course.
    """
    address = _address(function, sys._getframe(1).f_globals)
    panel = HintPanel(address, hints_of(address)[:level])
    if not in_notebook():
        print(panel.text())
    return panel


def _address(function: str, namespace: dict) -> str:
    """The address of the function that a caller means; see `course.address`."""
    exercise = namespace.get("EXERCISE")
    for step in course.steps():
        if step.name == exercise and function in step.functions:
            return course.address(exercise, function)
    step, name = course.located(function)
    return course.address(step.name, name)


def _of_caller(namespace: dict):
    file = namespace.get("__file__")
    return lambda filename: filename == file or "ipykernel" in filename or "<ipython" in filename
