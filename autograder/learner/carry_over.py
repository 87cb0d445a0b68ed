"""`carry_over("04_dot_product")`: an earlier exercise's functions for a later one.

Each function is the learner's own where it passes its checks, and otherwise the reference, so that
nobody is blocked.
"""

import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from autograder import course
from autograder.course.solutions import solution_file
from autograder.engine.reentrancy import at_work
from autograder.engine.run_cells import load
from autograder.learner.report_cache import passing
from autograder.learner.sections import passing_in_section, section
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.discovery import find
from autograder.submissions.parse import parse, parsed_solution
from autograder.submissions.submission import Submission
from autograder.util import paths
from autograder.util.i18n import _, series
from autograder.workspace.place import usable_from


def carry_over(exercise: str) -> SimpleNamespace:
    """Return the functions of an exercise as attributes, and print whose they are.

    Functions that the exercise gives, such as `encoded` of step 2, come along.

    The learner's file lies beside the calling script or notebook, or in the workspace. In a
    notebook of several exercises, the functions are those of the exercise's own section.

    Args:
        exercise: Its name, number or words (see `course.step`).

    Raises:
        LookupError: There is no such exercise.
        RuntimeError: Checks are at work.
    """
    step = course.step(exercise)
    if at_work():
        raise RuntimeError(_("carry_over is for cells tagged `demo`, which checks leave out"))
    own, passed, why = _own(step, folders_of(sys._getframe(1).f_globals))
    functions = {**reference(step.name), **{name: own[name] for name in passed}}
    print(_whose(step, passed, why))
    return SimpleNamespace(**functions)


def _own(step: course.Step, folders: list[Path]) -> tuple[dict[str, Any], frozenset[str], str]:
    """Return the learner's namespace, the functions that pass, and why others do not count."""
    if folders[0].resolve() == paths.solutions().resolve():
        return reference(step.name), frozenset(step.functions), ""
    own_section = section(step.name)
    if own_section is not None:
        passed = passing_in_section(step.name, lambda name: "ipykernel" in name)
        return own_section, passed, _("until yours pass")
    file = next(filter(None, (_file_in(folder, step) for folder in folders)), None)
    if file is None:
        return {}, frozenset(), _("no file of yours was found")
    try:
        passed = passing(file)
        own = load(parse(file)).engine.namespace if passed else {}
        return own, passed, _("until yours pass")
    except UnreadableSubmission:
        return {}, frozenset(), _("your file cannot be read")


@cache
def reference(exercise: str) -> dict[str, Callable[..., Any]]:
    """Return the functions of an exercise's reference solution, and those that it gives, by name.

    Raises:
        LookupError: There is no such exercise.
    """
    step = course.step(exercise)
    namespace = load(parsed_solution(step.name)).engine.namespace
    given = solution_file(step.name).given_functions()
    return {name: namespace[name] for name in (*step.functions, *given)}


def _file_in(folder: Path, step: course.Step) -> Submission | None:
    try:
        return find(folder, frozenset({step.name})).get(step.name)
    except UnreadableSubmission:
        return None


def folders_of(namespace: dict[str, Any]) -> list[Path]:
    """Return the folders in which the files of some code's author may lie, the likeliest first.

    A notebook does not say where it lies. VS Code and Jupyter tell its kernel, whose working folder
    may be another. From each of these folders upwards there may be a workspace.

    Args:
        namespace: The globals of the code.
    """
    known = (
        namespace.get("__file__"),
        namespace.get("__vsc_ipynb_file__"),
        os.environ.get("JPY_SESSION_NAME"),
    )
    places = [Path(name).parent for name in known if isinstance(name, str)]
    folders = [place for place in (*places, Path.cwd()) if place.is_dir()]
    workspaces = filter(None, map(usable_from, folders))
    return list(dict.fromkeys([*folders, *(workspace.root for workspace in workspaces)]))


def _whose(step: course.Step, passed: frozenset[str], why: str) -> str:
    own = [name for name in step.functions if name in passed]
    others = [name for name in step.functions if name not in passed]
    parts = []
    if own:
        parts.append(_("yours: {names}").format(names=", ".join(own)))
    if others:
        parts.append(_("reference: {names} ({why})").format(names=", ".join(others), why=why))
    return _("From {step} — {parts}").format(step=step.name, parts=series(parts))
