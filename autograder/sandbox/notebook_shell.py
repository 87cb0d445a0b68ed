"""The execution of a learner's cells in the worker, with IPython's magics.

IPython provides the shell and its magics. `Notebook` turns all cells into plain Python before the
first cell runs, and runs them itself. A cell that changes IPython therefore affects no later cell.
"""

import ast
import io
import linecache
import sys
import types
from collections.abc import Callable
from contextlib import (
    AbstractContextManager,
    nullcontext,
    redirect_stderr,
    redirect_stdout,
    suppress,
)
from dataclasses import dataclass
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell

from autograder.engine.exceptions import Raised, in_place, record
from autograder.sandbox.output import MAX_FIGURE_BYTES, MAX_FIGURES, MAX_TEXT
from autograder.util.i18n import _


@dataclass(frozen=True)
class Ran:
    """The outcome of a cell.

    Attributes:
        raised: The record of the exception that ended the cell, None where the cell ran to its end.
        text: What the cell printed.
        figures: What the cell drew, as PNG files.
    """

    raised: Raised | None
    text: str
    figures: tuple[bytes, ...]


class CappedText(io.TextIOBase):
    """A stream that stores the first characters and discards all others."""

    def __init__(self, limit: int = MAX_TEXT):
        """Store up to `limit` characters."""
        self._parts: list[str] = []
        self._left, self._discarded = limit, False

    def write(self, text: object) -> int:
        """Store a text as far as there is room; return its length."""
        text = str(text)
        if self._left > 0:
            self._parts.append(text[: self._left])
            self._left -= len(self._parts[-1])
        elif text:
            self._discarded = True
        return len(text)

    def writable(self) -> bool:
        """Return True."""
        return True

    def getvalue(self) -> str:
        """Return the stored text, with a notice where the stream discarded characters."""
        return "".join(self._parts) + (_("\n… (the rest was cut)") if self._discarded else "")


class QuietShell(InteractiveShell):
    """IPython without history, which prints a notice in place of starting a program."""

    def system(self, command: str) -> None:
        """Print that the command does not run."""
        print(_("not run while grading: {command}").format(command=command))

    system_piped = system_raw = system

    def getoutput(self, command: str, split: bool = True, depth: int = 0) -> list[str]:
        """Print that the command does not run; return no lines."""
        self.system(command)
        return []

    def enable_gui(self, gui: str | None = None) -> None:
        """Open no window."""


def new_shell() -> QuietShell:
    """Return a shell, which the zygote makes before it forks a worker."""
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.cache_size = 0
    shell = QuietShell.instance(config=config)
    register = shell.magics_manager.register_function
    for magic in ("pip", "conda", "mamba", "micromamba", "uv"):
        register(lambda line, _magic=magic: shell.system(f"{_magic} {line}"), "line", magic)
    for magic in ("bash", "sh", "script", "perl", "ruby", "cmd"):
        register(lambda line, cell, _magic=magic: shell.system(f"%%{_magic}"), "cell", magic)
    return shell


class Notebook:
    """The cells of a submission, and the module that the cells fill."""

    def __init__(self, label: str, cells: dict[int, str], lines: dict[int, int], shell: QuietShell):
        """Turn all cells into plain Python; `label`, `cells` and `lines` as in `client.Task`."""
        self.label = label
        self.module = types.ModuleType(f"submission_{label}")
        sys.modules[self.module.__name__] = self.module
        vars(self.module).update(get_ipython=lambda: shell, display=_display)
        shell.user_module, shell.user_ns = self.module, self.module.__dict__
        self._sources = {
            number: in_place(_as_python(source), source, lines.get(number, 1))
            for number, source in cells.items()
        }

    def is_learners(self, filename: str) -> bool:
        """Return whether a file name of a frame is that of a cell."""
        return filename.startswith(f"<{self.label}, cell ")

    def run(
        self, number: int, limit: Callable[[], AbstractContextManager[None]] = nullcontext
    ) -> Ran:
        """Run a cell, and record the exception that ends the cell.

        Args:
            number: The number of the cell.
            limit: Returns a context that limits the time of its block.
        """
        filename = f"<{self.label}, cell {number}>"
        source = self._sources[number]
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        output = CappedText()
        raised = None
        with redirect_stdout(output), redirect_stderr(output):
            try:
                with limit():
                    _execute(source, filename, self.module.__dict__)
            except BaseException as error:
                raised = record(error, lambda name: name == filename)
        return Ran(raised, output.getvalue(), _figures())


def _as_python(source: str) -> str:
    """Return a cell with magics as calls, and a cell that is no Python unchanged."""
    try:
        return TransformerManager().transform_cell(source)  # type: ignore[no-untyped-call]
    except SyntaxError:
        return source


def _execute(source: str, filename: str, namespace: dict[str, Any]) -> None:
    """Run a cell and, as a notebook does, show the value of an expression at its end."""
    tree = ast.parse(source, filename)
    expression = None
    if tree.body and isinstance(last := tree.body[-1], ast.Expr):
        expression = ast.Expression(last.value)
        tree.body.pop()
    exec(compile(tree, filename, "exec", dont_inherit=True), namespace)
    if expression is not None:
        value = eval(compile(expression, filename, "eval", dont_inherit=True), namespace)
        if value is not None:
            _display(value)


def _display(*values: object) -> None:
    for value in values:
        with suppress(Exception):
            print(repr(value))


def _figures() -> tuple[bytes, ...]:
    """Return the open figures as PNG files, and close them as a notebook does after each cell."""
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    pictures: list[bytes] = []
    with suppress(BaseException):
        for number in pyplot.get_fignums():
            if len(pictures) < MAX_FIGURES:
                file = io.BytesIO()
                pyplot.figure(number).savefig(file, format="png", dpi=70)
                if len(file.getvalue()) <= MAX_FIGURE_BYTES:
                    pictures.append(file.getvalue())
        pyplot.close("all")
    return tuple(pictures)
