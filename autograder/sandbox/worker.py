"""The worker: the process that runs one submission's cells and answers the judge's questions.

The judge does not trust the worker: answers are plain data, which the judge evaluates. The worker
holds no check and no reference solution. Its first message, before the learner's first line, names
the layers of isolation that stand.
"""

import builtins
import json
import os
import random
import signal
import socket
import struct
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import keras
import numpy
import pandas
import tensorflow

from autograder import course
from autograder.engine.earlier_names import provide_earlier_names
from autograder.engine.exceptions import Raised, record
from autograder.engine.local import LocalEngine
from autograder.engine.protocol import OPERATIONS
from autograder.sandbox import quick_training, wire_format
from autograder.sandbox.audit import AuditLog
from autograder.sandbox.filesystem import Room
from autograder.sandbox.isolation import LANDLOCK, TMPFS, Enclosure, enclose_worker
from autograder.sandbox.limits import Limits, MemoryInUse, memory_in_use
from autograder.sandbox.notebook_shell import Notebook, QuietShell, new_shell
from autograder.sandbox.probe import opened_secrets
from autograder.sandbox.readable import Installation, Places, places
from autograder.sandbox.stand_ins import StandIns
from autograder.util.i18n import _

Operation = Callable[..., Any]


@dataclass(frozen=True)
class Prepared:
    """Objects that the zygote prepares once and every worker uses.

    Attributes:
        shell: IPython's shell.
        places: The places that workers may read.
        in_use: The memory of the zygote.
    """

    shell: QuietShell
    places: Places
    in_use: MemoryInUse


def prepare(secret: Iterable[Path]) -> Prepared:
    """Prepare, in the zygote, what every worker needs and no worker may read from disk.

    Args:
        secret: Folders that no worker may read, wherever they lie.
    """
    shell = new_shell()
    course.steps()
    provide_earlier_names()
    # A model that trains for a second gains less from a better graph than the graph costs.
    tensorflow.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    quick_training.install()
    return Prepared(shell, places(Installation.running(), secret), memory_in_use())


def work(
    connection: socket.socket,
    enclosure: Enclosure,
    prepared: Prepared,
    folder: str,
    limits: Limits,
) -> None:
    """Serve one submission until the judge hangs up.

    Args:
        connection: The socket of the judge.
        enclosure: The layers of isolation that are wanted, and those that stand.
        prepared: What the zygote prepared.
        folder: The scratch folder for a worker without a file system of its own.
        limits: The limits on what the worker uses.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    room = enclose_worker(enclosure, Room(prepared.places, folder), limits, prepared.in_use)
    audit_log = AuditLog(room, denied=bool(enclosure.standing & {LANDLOCK, TMPFS}))
    wire_format.send(connection, [sorted(enclosure.standing), enclosure.missing])
    task = wire_format.receive(connection)
    silence = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    builtins.input = _no_input
    notebook = Notebook(task["label"], task["cells"], task["lines"], prepared.shell)
    state = _ProcessState(room.scratch, vars(notebook.module))
    audit_log.watch(notebook.is_learners)
    sys.stdout = sys.stderr = silence
    stand_ins = StandIns(connection, vars(notebook.module))
    operations = {**_operations(notebook, task, room), "stand_in": stand_ins.install}
    _answer(connection, operations, notebook.is_learners, state, audit_log, stand_ins)


def _operations(notebook: Notebook, task: dict[str, Any], room: Room) -> dict[str, Operation]:
    """Return the operations that the judge may ask for, by name."""

    def run(number: int) -> list[Any]:
        ran = notebook.run(number, lambda: _limit(task["cell_seconds"]))
        raised = None if ran.raised is None else _fields(ran.raised)
        return [raised, ran.text, list(ran.figures)]

    namespace = notebook.module.__dict__
    engine = LocalEngine(namespace, notebook.is_learners, lambda: _limit(task["call_seconds"]))
    asked = {name: getattr(engine, name) for name in OPERATIONS}
    opened = partial(opened_secrets, room.places.readable)
    return {**asked, "run": run, "alive": lambda: None, "opened_secrets": opened}


def _answer(
    connection: socket.socket,
    operations: dict[str, Operation],
    is_learners: Callable[[str], bool],
    state: "_ProcessState",
    audit_log: AuditLog,
    stand_ins: StandIns,
) -> None:
    """Answer one question after the other until the judge hangs up.

    Every answer repeats the random mark of its question, so that the learner's code cannot answer
    in advance. A process that the learner's code has forked ends in place of answering.
    """
    # Local names, since the learner's code can replace the modules' attributes.
    receive, send, pack, recorded = (
        wire_format.receive,
        connection.sendall,
        wire_format.pack,
        record,
    )
    this_process, own, end = os.getpid, os.getpid(), os._exit
    while True:
        try:
            mark, operation, arguments = receive(connection)
        except EOFError:
            return
        stand_ins.mark = mark
        try:
            value = operations[operation](*arguments)
            state.restore(operation == "run")
            parts = pack([mark, "value", value, audit_log.new()])
        except BaseException as error:
            state.restore(operation == "run")
            raised = getattr(error, "learner", None)
            if type(raised) is not Raised:
                raised = recorded(error, is_learners)
            parts = pack([mark, "raised", *_fields(raised), audit_log.new()])
        if this_process() != own:
            end(0)
        for part in parts:
            send(part)


def _fields(raised: Raised) -> list[str | int]:
    return list(astuple(raised))


def _no_input(prompt: object = "") -> NoReturn:
    raise RuntimeError(_("input() cannot be answered while grading: nobody is at the keyboard"))


@contextmanager
def _limit(seconds: float) -> Iterator[None]:
    """Raise `TimeoutError` in a block that runs longer; the judge's clock stops any other block."""

    def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
        raise TimeoutError(_("ran longer than {n:g} s").format(n=seconds))

    signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


class _ProcessState:
    """The state of the process that the learner's code may change for itself only.

    The state comprises built-in names, the top-level names of the modules that the sandbox uses,
    loaded modules, the working folder, the umask, NumPy's error state and Keras' number format.
    """

    _MODULES = (builtins, json, numpy, os, pandas, random, signal, socket, struct)
    # The modules that operations import by name: whole packages, and single modules.
    _PACKAGES = ("autograder", "matplotlib")
    _IMPORTED = ("keras", "numpy", "pandas", "random", "scipy", "scipy.sparse", "tensorflow")

    def __init__(self, scratch: str, namespace: dict[str, Any]):
        self._scratch = scratch
        self._namespace = namespace
        self._own = {"__name__": namespace["__name__"], "__builtins__": builtins}
        self._names = [(vars(module), dict(vars(module))) for module in self._MODULES]
        self._modules = sys.modules
        self._loaded = dict(sys.modules)
        self._imported = {
            name: module
            for name, module in sys.modules.items()
            if name in self._IMPORTED or name.partition(".")[0] in self._PACKAGES
        }
        self._path = list(sys.path)
        self._errors = numpy.geterr()
        self._umask = os.umask(0o077)
        os.umask(self._umask)
        # Bound now, since the learner's code may have replaced these names when `restore` runs.
        self._sys = sys
        self._chdir, self._set_umask, self._seterr = os.chdir, os.umask, numpy.seterr

    def restore(self, all_modules: bool) -> None:
        """Restore the state that the process had before the first cell.

        Args:
            all_modules: Whether all of the thousands of loaded modules are restored, and not only
                those that operations import.
        """
        for names, values in self._names:
            names.update(values)
        self._namespace.update(self._own)
        self._sys.modules = self._modules
        self._modules.update(self._loaded if all_modules else self._imported)
        self._sys.path[:] = self._path
        self._sys.settrace(None)
        self._sys.setprofile(None)
        with suppress(OSError):
            self._chdir(self._scratch)
        self._set_umask(self._umask)
        self._seterr(**self._errors)
        _reset_keras()


def _reset_keras(config: Any = keras.config, functions: Any = tensorflow.config) -> None:
    if config.floatx() != "float32":
        config.set_floatx("float32")
    if config.dtype_policy().name != "float32":
        config.set_dtype_policy("float32")
    if functions.functions_run_eagerly():
        functions.run_functions_eagerly(False)
