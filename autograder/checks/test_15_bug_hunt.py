"""Checks of `15_bug_hunt`: each function has the checks of its exercise of origin."""

from importlib import import_module

from autograder import course


def checks_of(function: str) -> dict:
    """Return the course's checks of a function by new names: `test_top_n_best_unseen_…`."""
    module = import_module(f"autograder.checks.test_{course.step_of_function(function).name}")
    return {
        name.replace("test_", f"test_{function}_", 1): check
        for name, check in vars(module).items()
        for mark in getattr(check, "pytestmark", ())
        if mark.name == "checks" and mark.kwargs["function"] == function
    }


for _function in course.step("15_bug_hunt").functions:
    globals().update(checks_of(_function))
