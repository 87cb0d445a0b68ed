"""Names that a cell's code defines and calls, found in its syntax tree without running it."""

import ast
import re
import warnings
from collections.abc import Iterable

MAX_LENGTH = 500_000

_DEFINITION = re.compile(r"^(?:async )?def +(\w+) *\(", re.MULTILINE)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_IMPORTS = (ast.Import, ast.ImportFrom)


def parsed(source: str) -> ast.Module | None:
    """Return the syntax tree of a cell's code.

    Args:
        source: The code.

    Returns:
        The tree, or None where the source is not Python (a magic, a mistake) or is longer than
        `MAX_LENGTH` characters.
    """
    if len(source) > MAX_LENGTH:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def defined_in(source: str) -> frozenset[str]:
    """Return the functions and classes that a cell defines at top level."""
    tree = parsed(source)
    if tree is None:
        return frozenset(_DEFINITION.findall(source))
    return frozenset(name for statement in tree.body for name in _names_bound_by(statement))


def _names_bound_by(statement: ast.stmt) -> list[str]:
    if isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
        return [statement.name]
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    return []


def functions_in(source: str) -> list[tuple[str, bool]]:
    """Return the functions that a cell defines at top level, in order.

    Returns:
        The name of each function, and whether the function is a stub. The last statement of a stub
        raises NotImplementedError.
    """
    tree = parsed(source)
    found = [s for s in tree.body if isinstance(s, _FUNCTIONS)] if tree is not None else []
    return [(function.name, is_stub(function)) for function in found]


def is_stub(statement: ast.stmt) -> bool:
    """Return whether a statement is a function whose last statement raises NotImplementedError."""
    return isinstance(statement, _FUNCTIONS) and _raises_not_implemented(statement.body[-1])


def callees(sources: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return the functions that cells define at top level, each with the names that it may call.

    A function may also call what the functions that it calls may call. Of a function that several
    cells define, the last definition counts.

    Args:
        sources: The code of the cells.
    """
    called: dict[str, frozenset[str]] = {}
    for source in sources:
        tree = parsed(source)
        for statement in tree.body if tree is not None else ():
            if isinstance(statement, _FUNCTIONS):
                called[statement.name] = _names_called_in(statement)
    return {name: _reachable(name, called) for name in called}


def _reachable(name: str, called: dict[str, frozenset[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = called.get(waiting.pop(), frozenset()) - found
        found |= new
        waiting += new
    return frozenset(found)


def _names_called_in(function: ast.AST) -> frozenset[str]:
    """Return the names that a function calls, or passes on or stores as an object to call.

    `map(f, values)` and `{"mean": f}` name `f`; `f.name`, `f[0]` and a local `f` do not.
    """
    nodes = list(ast.walk(function))
    owners = {id(node.value) for node in nodes if isinstance(node, (ast.Attribute, ast.Subscript))}
    names = [node for node in nodes if isinstance(node, ast.Name)]
    local = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    local |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    local |= {node.name for node in nodes[1:] if isinstance(node, _FUNCTIONS)}
    return frozenset(node.id for node in names if id(node) not in owners) - local


def _raises_not_implemented(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Raise):
        return False
    raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def holds_functions(source: str) -> bool:
    """Return whether a cell defines a function or class at top level."""
    tree = parsed(source)
    kinds = (*_FUNCTIONS, ast.ClassDef)
    return tree is not None and any(isinstance(statement, kinds) for statement in tree.body)


def only_calls_the_kit(source: str) -> bool:
    """Return whether a cell holds calls of `check` and `hint`, and nothing else but imports."""
    tree = parsed(source)
    if tree is None:
        return False
    rest = [statement for statement in tree.body if not isinstance(statement, _IMPORTS)]
    return bool(rest) and all(_calls_the_kit(statement) for statement in rest)


def without_calls_of_the_kit(source: str) -> str:
    """Return the source without top-level calls of `check` and `hint`; lines keep their numbers."""
    tree = parsed(source) if "check" in source or "hint" in source else None
    if tree is None:
        return source
    return _with_pass_for(source, [s for s in tree.body if _calls_the_kit(s)])


def only_definitions(source: str) -> str:
    """Return the functions, classes, imports and literal constants of a cell.

    Lines keep their numbers.
    """
    tree = parsed(source)
    if tree is None:
        return ""
    return _with_pass_for(source, [s for s in tree.body if not _defines(s)])


def _calls_the_kit(statement: ast.stmt) -> bool:
    if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)):
        return False
    call = statement.value
    called = call.func
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
        name = called.attr if called.value.id == "autograder" else None
    else:
        name = getattr(called, "id", None)
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    return (
        name in {"check", "hint"}
        and bool(arguments)
        and all(isinstance(argument, ast.Constant) for argument in arguments)
    )


def _defines(statement: ast.stmt) -> bool:
    if isinstance(statement, (*_FUNCTIONS, *_IMPORTS, ast.ClassDef)):
        return True
    return isinstance(statement, (ast.Assign, ast.AnnAssign)) and _is_constant(statement.value)


def _is_constant(value: ast.expr | None) -> bool:
    if value is None or isinstance(value, ast.Lambda):
        return True
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    return True


def _with_pass_for(source: str, dropped: list[ast.stmt]) -> str:
    lines = [line.encode() for line in source.split("\n")]
    for statement in reversed(dropped):
        assert statement.end_lineno is not None  # `ast.parse` sets it for every statement
        first, last = statement.lineno - 1, statement.end_lineno - 1
        before = lines[first][: statement.col_offset]
        after = lines[last][statement.end_col_offset :]
        lines[first : last + 1] = [before + b"pass" + after, *[b""] * (last - first)]
    return b"\n".join(lines).decode()
