"""An instructor's own notebooks in a course of the kit, run in the sandbox.

nbgrader reads the score of an autograder test cell from its outputs: an error is worth nothing, a
number as the value of its last expression is the score, and anything else is worth all points.
The sandbox protects the machine. The tests of such a notebook run beside the learner's code, as
they do in a kernel, so that the sandbox does not protect the scores.
"""

# nbformat and parts of nbconvert are not annotated.
# mypy: disable-error-code="no-untyped-call,no-any-return"

import ast
import base64
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary, finalize

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.engine.exceptions import Raised
from autograder.engine.plain_data import Handle
from autograder.grading.judge_pool import new_zygote, prove_secrets_hidden
from autograder.grading.rules import Rules
from autograder.nbgrading.nbgrader_types import Converter
from autograder.sandbox.client import SandboxEngine, Task, WorkerFailed
from autograder.sandbox.isolation import in_words
from autograder.sandbox.output import MAX_TEXT
from autograder.sandbox.zygote import Zygote
from autograder.util.i18n import _
from autograder.util.text import visible


class NoSandbox(RuntimeError):
    """An error for a machine that has no sandbox; the text names the setting that does without."""


@dataclass(frozen=True)
class _Shared:
    """A zygote that the notebooks of one command share; `close` ends it once."""

    zygote: Zygote
    close: Callable[[], object]


# A zygote holds no reference to nbgrader's objects, so that it ends with its converter.
_SHARED: WeakKeyDictionary[Converter, _Shared] = WeakKeyDictionary()


def run_in_sandbox(
    notebook: NotebookNode, label: str, converter: Converter, require_isolation: bool
) -> list[str]:
    """Run the code cells of a notebook in a worker, and give them their outputs.

    Args:
        notebook: The notebook; changed in place.
        label: The notebook's name, which file names in tracebacks bear.
        converter: The command of nbgrader's; its notebooks share a zygote.
        require_isolation: Whether a missing layer of isolation stops the notebook.

    Returns:
        Notes on missing layers of isolation.

    Raises:
        NoSandbox: This machine has no sandbox.
        SecretsReadable: A worker can open a check or a solution.
        WorkerFailed: No worker can run, or a required layer of isolation is missing.
    """
    prefix = f"_value_{secrets.token_hex(8)}"
    code = {n: c for n, c in enumerate(notebook.cells, start=1) if c.cell_type == "code"}
    tests = {n for n, cell in code.items() if _is_test(cell)}
    sources = {
        n: _with_name(cell.source, f"{prefix}_{n}") if n in tests else cell.source
        for n, cell in code.items()
    }
    shared = _shared_by(converter)
    engine = SandboxEngine(
        shared.zygote.socket, Task(label, sources), require_isolation=require_isolation
    )
    try:
        engine.start()
        for number, cell in code.items():
            name = f"{prefix}_{number}" if number in tests else None
            cell.outputs = _outputs(engine, number, name)
            cell.execution_count = None
    except WorkerFailed:
        shared.close()
        del _SHARED[converter]
        raise
    finally:
        engine.close()
    if not engine.missing:
        return []
    return [_("isolation is incomplete: {layers}").format(layers=in_words(engine.missing))]


def _shared_by(converter: Converter) -> _Shared:
    if sys.platform != "linux":
        text = _(
            "An instructor's own notebook runs in the sandbox, which needs Linux. To run it"
            " without the sandbox, with your rights, write"
            " c.GradeInSandbox.own_notebooks_in_kernel = True in nbgrader_config.py."
        )
        raise NoSandbox(text)
    if converter not in _SHARED:
        zygote = new_zygote()
        try:
            prove_secrets_hidden(zygote, Rules(seed=0))
        except BaseException:
            zygote.close()
            raise
        _SHARED[converter] = _Shared(zygote, finalize(converter, zygote.close))
    return _SHARED[converter]


def _is_test(cell: NotebookNode) -> bool:
    nbgrader = cell.metadata.get("nbgrader", {})
    return bool(nbgrader.get("grade")) and not nbgrader.get("solution")


def _with_name(source: str, name: str) -> str:
    """Return code that gives a name to the value of the expression at its end."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source
    if not tree.body or not isinstance(last := tree.body[-1], ast.Expr):
        return source
    lines = source.encode().split(b"\n")
    line = lines[last.lineno - 1]
    lines[last.lineno - 1] = b"%s%s = %s" % (
        line[: last.col_offset],
        name.encode(),
        line[last.col_offset :],
    )
    return b"\n".join(lines).decode()


def _outputs(engine: SandboxEngine, number: int, name: str | None) -> list[NotebookNode]:
    """Return the outputs of a cell, with the value of `name` where it is the cell's last value."""
    outputs = []
    if (printed := engine.outputs.get(number)) is not None:
        if printed.text:
            outputs.append(new_output("stream", name="stdout", text=visible(printed.text)))
        for figure in printed.figures:
            data = {"image/png": base64.b64encode(figure).decode()}
            outputs.append(new_output("display_data", data=data))
    if (raised := engine.failures.get(number)) is not None:
        outputs.append(_error(raised))
    elif name is not None and (text := _value(engine, name)):
        data = {"text/plain": visible(text)[:MAX_TEXT]}
        outputs.append(new_output("execute_result", data=data, execution_count=None))
    return outputs


def _value(engine: SandboxEngine, name: str) -> str:
    """Return the representation of a name's value, "" where there is no such name or value."""
    if name not in engine.names():
        return ""
    value = engine.name(name)
    if value is None:
        return ""
    return f"<{value.type_name}>" if isinstance(value, Handle) else repr(value)


def _error(raised: Raised) -> NotebookNode:
    headline = visible(f"{raised.type_name}: {raised.message}")
    return new_output(
        "error",
        ename=visible(raised.type_name),
        evalue=visible(raised.message),
        traceback=[visible(raised.where), headline] if raised.where else [headline],
    )
