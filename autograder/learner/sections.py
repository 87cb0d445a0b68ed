"""`begin_exercise("04_dot_product")`: a section of a notebook that holds several exercises.

Each section has a namespace of its own, since exercises define functions of the same names with
other meanings. The namespace of an earlier section stays behind the functions that it defined, so
that `carry_over` can hand them to a later one.
"""

import sys
import types
from collections.abc import Callable
from typing import Any

from autograder import course
from autograder.engine.local import LocalEngine
from autograder.engine.reentrancy import at_work

_namespaces: dict[str, dict[str, Any]] = {}
_passing: dict[str, frozenset[str]] = {}


def begin_exercise(exercise: str) -> None:
    """Begin the section of an exercise: none of the names above are defined in it.

    Open figures are closed, and Keras counts its layers from the start again, as in a notebook of
    the exercise's own. In a script, which has one namespace for all, the names above are deleted.

    Args:
        exercise: Its name, number or words (see `course.step`).

    Raises:
        LookupError: There is no such exercise.
    """
    step = course.step(exercise)
    if at_work():
        return
    _tidy()
    namespace = _new_namespace()
    if namespace is None:
        namespace = sys._getframe(1).f_globals
        for name in [name for name in namespace if not name.startswith("__")]:
            del namespace[name]
    else:
        _namespaces[step.name] = namespace
        _passing.pop(step.name, None)
    namespace["EXERCISE"] = step.name


def section(exercise: str) -> dict[str, Any] | None:
    """Return the namespace of an exercise's section in this notebook; None where there is none."""
    return _namespaces.get(exercise)


def passing_in_section(exercise: str, is_learners: Callable[[str], bool]) -> frozenset[str]:
    """Return the functions of an exercise's section that pass their checks.

    Args:
        exercise: The exercise's full name.
        is_learners: Returns whether a file name in a traceback is the learner's.

    Raises:
        LookupError: No section has begun for the exercise.
    """
    if exercise not in _passing:
        from autograder.running.runner import run
        from autograder.running.targets import EngineTarget

        engine = LocalEngine(_namespaces[exercise], is_learners)
        [report] = run(EngineTarget(exercise, engine))
        passed = (f.name for f in report.functions if f.outcome == "passed")
        _passing[exercise] = frozenset(passed)
    return _passing[exercise]


def _new_namespace() -> dict[str, Any] | None:
    """Give the notebook's shell a new namespace and return it; None outside of a notebook."""
    if "IPython" not in sys.modules:
        return None
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    if shell is None:
        return None
    old = shell.user_module
    module = types.ModuleType(old.__name__, old.__doc__)
    for name in ("__builtin__", "__builtins__", "__file__", "__session__", "__vsc_ipynb_file__"):
        if name in vars(old):
            setattr(module, name, vars(old)[name])
    shell.user_module = module
    shell.user_ns = module.__dict__
    shell.init_user_ns()
    sys.modules[module.__name__] = module
    return module.__dict__


def _tidy() -> None:
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
    if "keras" in sys.modules:
        sys.modules["keras"].utils.clear_session()
