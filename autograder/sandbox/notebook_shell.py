"""Running the learner's cells in the worker: magics work, output is kept, nothing stops the rest.

IPython gives the shell and its magics. The cells themselves are run here, each turned into plain
Python before the first one runs, so that a cell which tampers with IPython spoils only itself.
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

from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell

from autograder.engine.exceptions import Raised, in_place, record
from autograder.sandbox.output import MAX_FIGURE_BYTES, MAX_FIGURES, MAX_TEXT
from autograder.util.i18n import _


@dataclass(frozen=True)
class Ran:
    """What became of a cell: what it raised, printed and drew."""

    raised: Raised | None
    text: str
    figures: tuple[bytes, ...]


class CappedText(io.TextIOBase):
    """A stream that keeps the beginning of what is written and forgets the rest."""

    def __init__(self, limit: int = MAX_TEXT):
        self._parts, self._left, self._forgot = [], limit, False

    def write(self, text) -> int:
        text = str(text)
        if self._left > 0:
            self._parts.append(text[: self._left])
            self._left -= len(self._parts[-1])
        elif text:
            self._forgot = True
        return len(text)

    def writable(self) -> bool:
        return True

    def getvalue(self) -> str:
        return "".join(self._parts) + (_("\n… (the rest was cut)") if self._forgot else "")


class QuietShell(InteractiveShell):
    """IPython without history, and without programs: a magic that starts one says so."""

    def system(self, command):
        print(_("not run while grading: {command}").format(command=command))

    system_piped = system_raw = system

    def getoutput(self, command, split=True, depth=0):
        self.system(command)
        return []

    def enable_gui(self, gui=None):
        pass


def new_shell() -> QuietShell:
    """A shell for one worker, made before the fork."""
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.cache_size = 0
    shell = QuietShell.instance(config=config)
    for magic in ("pip", "conda", "mamba", "micromamba", "uv"):
        shell.register_magic_function(
            lambda line, _magic=magic: shell.system(f"{_magic} {line}"), "line", magic
        )
    for magic in ("bash", "sh", "script", "perl", "ruby", "cmd"):
        shell.register_magic_function(
            lambda line, cell, _magic=magic: shell.system(f"%%{_magic}"), "cell", magic
        )
    return shell


class Notebook:
    """A submission's cells and the module that they fill; `lines` as in `remote.Task`."""

    def __init__(self, label: str, cells: dict[int, str], lines: dict[int, int], shell: QuietShell):
        self.label = label
        self.module = types.ModuleType(f"submission_{label}")
        sys.modules[self.module.__name__] = self.module
        self.module.get_ipython = lambda: shell
        self.module.display = _display
        shell.user_module, shell.user_ns = self.module, self.module.__dict__
        self._sources = {
            number: in_place(_as_python(source), source, lines.get(number, 1))
            for number, source in cells.items()
        }

    def is_learners(self, filename: str) -> bool:
        return filename.startswith(f"<{self.label}, cell ")

    def run(self, number: int, limit: Callable[[], AbstractContextManager] = nullcontext) -> Ran:
        """Run a cell within a limit of time; whatever it raises is recorded."""
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
    """IPython's magics as calls; a cell that is no Python stays as it is, to fail when it runs."""
    try:
        return TransformerManager().transform_cell(source)
    except SyntaxError:
        return source


def _execute(source: str, filename: str, namespace: dict) -> None:
    """Run a cell and, as a notebook does, show the value of an expression at its end."""
    tree = ast.parse(source, filename)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, filename, "exec", dont_inherit=True), namespace)
    if last is not None:
        value = eval(
            compile(ast.Expression(last.value), filename, "eval", dont_inherit=True), namespace
        )
        if value is not None:
            _display(value)


def _display(*values) -> None:
    for value in values:
        with suppress(Exception):
            print(repr(value))


def _figures() -> tuple[bytes, ...]:
    """The open figures as PNG files; they are closed, as a notebook does after each cell."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    pictures = []
    with suppress(BaseException):
        for number in pyplot.get_fignums():
            if len(pictures) < MAX_FIGURES:
                file = io.BytesIO()
                pyplot.figure(number).savefig(file, format="png", dpi=70)
                if len(file.getvalue()) <= MAX_FIGURE_BYTES:
                    pictures.append(file.getvalue())
        pyplot.close("all")
    return tuple(pictures)
