"""The course's own answers as functions that a judge can run: plain Python on plain data.

A judge imports neither Keras nor Matplotlib, and a reference solution imports both for its figures.
This module therefore takes the functions, constants and light imports of a solution only.
"""

import ast
from collections.abc import Callable
from functools import cache
from typing import Any

from autograder.engine.stand_ins import Answerer
from autograder.submissions.ast_tools import only_definitions, parsed
from autograder.submissions.parse import parsed_solution

_LEFT_OUT = frozenset({"autograder", "keras", "matplotlib", "recommender_data", "tensorflow"})


def answerer(exercise: str, functions: tuple[str, ...]) -> Answerer:
    """Return what answers for some functions of an exercise.

    Raises:
        LookupError: The reference solution has no such function.
    """
    namespace = _namespace(exercise)
    return Answerer({name: namespace[name] for name in functions})


@cache
def _namespace(exercise: str) -> dict[str, Callable[..., Any]]:
    namespace: dict[str, Any] = {"__name__": f"answers_{exercise}"}
    solution = parsed_solution(exercise)
    for cell in solution.cells_to_run:
        tree = parsed(only_definitions(cell.source))
        if tree is not None:
            tree.body = [statement for statement in tree.body if not _is_left_out(statement)]
            exec(compile(tree, f"<{exercise}>", "exec", dont_inherit=True), namespace)
    return namespace


def _is_left_out(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.ImportFrom):
        modules = [statement.module or ""]
    elif isinstance(statement, ast.Import):
        modules = [alias.name for alias in statement.names]
    else:
        return False
    return any(module.partition(".")[0] in _LEFT_OUT for module in modules)
