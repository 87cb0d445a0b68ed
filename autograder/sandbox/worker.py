"""The worker: runs one submission's cells and answers calls, inside the isolation.

What it says is believed by nobody: answers are plain data, judged elsewhere. It holds no check and
no answer, and its first message, before the learner's first line, tells which layers stand.
"""

import builtins
import json
import os
import random
import signal
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import astuple

import keras
import numpy
import pandas
import tensorflow

from autograder import course
from autograder.engine import reentrancy
from autograder.engine.exceptions import Raised, record
from autograder.engine.local import LocalEngine
from autograder.engine.protocol import OPERATIONS
from autograder.engine.released_names import provide_released_names
from autograder.sandbox import protocol
from autograder.sandbox.audit import AuditLog
from autograder.sandbox.isolation import LANDLOCK, TMPFS, Enclosure, Limits, enclose_worker
from autograder.sandbox.notebook_shell import Notebook, new_shell
from autograder.util.i18n import _

_shell = _working = None


def prepare() -> None:
    """Make, in the zygote, what every worker needs and no worker may read from disk."""
    global _shell, _working
    _shell = new_shell()
    course.steps()
    provide_released_names()
    _working = reentrancy.working()
    _working.__enter__()
    # A model that is trained for a second gains less from a better graph than making it costs.
    tensorflow.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})


def work(
    connection: socket.socket,
    enclosure: Enclosure,
    readable: tuple[str, ...],
    folder: str,
    limits: Limits,
) -> None:
    """Serve one submission until the judge hangs up; `enclose_worker` tells the arguments."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    room = enclose_worker(enclosure, readable, folder, limits)
    audit_log = AuditLog(room, denied=bool(enclosure.standing & {LANDLOCK, TMPFS}))
    protocol.send(connection, [sorted(enclosure.standing), enclosure.missing])
    task = protocol.receive(connection)
    silence = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    builtins.input = _no_input
    notebook = Notebook(task["label"], task["cells"], task["lines"], _shell)
    kept = _Kept(room.scratch, notebook.module.__dict__)
    audit_log.watch(notebook.is_learners)
    sys.stdout = sys.stderr = silence
    _answer(connection, _operations(notebook, task), notebook.is_learners, kept, audit_log)


def _operations(notebook: Notebook, task: dict) -> dict[str, Callable]:
    """What the judge may ask for, by name."""

    def run(number: int):
        ran = notebook.run(number, lambda: _limit(task["cell_seconds"]))
        return [_fields(ran.raised), ran.text, list(ran.figures)]

    namespace = notebook.module.__dict__
    engine = LocalEngine(namespace, notebook.is_learners, lambda: _limit(task["call_seconds"]))
    asked = {name: getattr(engine, name) for name in OPERATIONS}
    return {**asked, "run": run, "alive": lambda: None}


def _answer(
    connection: socket.socket,
    operations: dict[str, Callable],
    is_learners: Callable[[str], bool],
    kept: "_Kept",
    audit_log: AuditLog,
) -> None:
    """Answer one question after the other until the judge hangs up.

    Every answer repeats the mark of its question, so that none can be given in advance. A process
    that the learner's code has forked gives none.
    """
    receive, send, pack, recorded = protocol.receive, connection.sendall, protocol.pack, record
    this_process, own, end = os.getpid, os.getpid(), os._exit
    while True:
        try:
            mark, operation, arguments = receive(connection)
        except EOFError:
            return
        try:
            value = operations[operation](*arguments)
            kept.restore()
            parts = pack([mark, "value", value, audit_log.new()])
        except BaseException as error:
            kept.restore()
            raised = getattr(error, "learner", None)
            if type(raised) is not Raised:
                raised = recorded(error, is_learners)
            parts = pack([mark, "raised", *_fields(raised), audit_log.new()])
        if this_process() != own:
            end(0)
        for part in parts:
            send(part)


def _fields(raised: Raised | None) -> list[str | int] | None:
    if raised is None:
        return None
    return list(astuple(raised))


def _no_input(prompt=""):
    raise RuntimeError(_("input() cannot be answered while grading: nobody is at the keyboard"))


@contextmanager
def _limit(seconds: float):
    """Raise `TimeoutError` in the block when it runs longer; the judge's own clock is harder."""

    def interrupt(_number, _frame):
        raise TimeoutError(_("ran longer than {n:g} s").format(n=seconds))

    signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


class _Kept:
    """What a learner's code may change for itself, but not for the kit or its other functions.

    Built-in names, loaded modules and the top-level names of those that the wall uses; the working
    folder, umask, NumPy's error state, and the number format of Keras.
    """

    _MODULES = (builtins, json, numpy, os, pandas, random, signal, socket, struct)

    def __init__(self, scratch: str, namespace: dict):
        self._scratch = scratch
        self._namespace = namespace
        self._own = {"__name__": namespace["__name__"], "__builtins__": builtins}
        self._names = [(vars(module), dict(vars(module))) for module in self._MODULES]
        self._modules = sys.modules
        self._loaded = dict(sys.modules)
        self._path = list(sys.path)
        self._errors = numpy.geterr()
        self._umask = os.umask(0o077)
        os.umask(self._umask)
        # Bound now, since the names may not be what they were when they are needed.
        self._sys = sys
        self._chdir, self._set_umask, self._seterr = os.chdir, os.umask, numpy.seterr

    def restore(self) -> None:
        """Put everything back."""
        for names, values in self._names:
            names.update(values)
        self._namespace.update(self._own)
        self._sys.modules = self._modules
        self._modules.update(self._loaded)
        self._sys.path[:] = self._path
        self._sys.settrace(None)
        self._sys.setprofile(None)
        with suppress(OSError):
            self._chdir(self._scratch)
        self._set_umask(self._umask)
        self._seterr(**self._errors)
        _reset_keras()


def _reset_keras(config=keras.config, functions=tensorflow.config) -> None:
    if config.floatx() != "float32":
        config.set_floatx("float32")
    if config.dtype_policy().name != "float32":
        config.set_dtype_policy("float32")
    if functions.functions_run_eagerly():
        functions.run_functions_eagerly(False)
