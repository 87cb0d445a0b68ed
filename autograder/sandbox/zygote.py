"""The zygote: a process that has imported the scientific stack, no answers and no checks.

It forks a supervisor for every worker that is asked for (see `supervisor`) and does nothing else. Forking
takes milliseconds where importing takes seconds; no TensorFlow operation has run before the fork,
so that every worker starts TensorFlow's threads by itself.

`Zygote` starts one and asks it, from another process.
"""

import contextlib
import gc
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module

from autograder.sandbox.isolation import LAYERS, Limits, libraries, note_data_in_use
from autograder.util.environment import HEADLESS, QUIET
from autograder.util.i18n import _

_ENVIRONMENT = {
    **QUIET,
    **HEADLESS,
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONNOUSERSITE": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "JOBLIB_MULTIPROCESSING": "0",
    "CUDA_VISIBLE_DEVICES": "",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}
CLOSE_SECONDS = 10

_READY = b"ready"
_MAX_REQUEST = 4096


class ZygoteFailed(RuntimeError):
    """The zygote did not start, or is gone; the text holds what it said last."""


class Zygote:
    """A running zygote; `socket` is what other processes ask it through (see `ask`)."""

    def __init__(self, preloaded: Sequence[str] = ()):
        """Start the process and wait until it serves.

        Args:
            preloaded: Modules that it imports besides the scientific stack.

        Raises:
            ZygoteFailed: The process did not start; the text holds its output.
        """
        self._preloaded = preloaded
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._home = tempfile.mkdtemp(prefix="zygote-")
        os.chmod(self._home, 0o711)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = None
        try:
            ready = self._start(theirs)
        except BaseException:
            self.close()
            raise
        if not ready:
            self.close()
            text = _("The process from which workers are forked did not start. It said:\n{text}")
            raise ZygoteFailed(text.format(text=self._said))

    def _start(self, theirs: socket.socket) -> bool:
        """Start the process; whether it has come to serve."""
        with theirs:
            # An empty environment but for this: nothing of the caller's is inherited.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "autograder.sandbox.zygote", str(theirs.fileno())]
                + list(self._preloaded),
                env={**_ENVIRONMENT, **_library_path(), **_folders(self._home)},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                start_new_session=True,
            )
        return self.socket.recv(len(_READY)) == _READY

    @property
    def pid(self) -> int:
        return self._process.pid

    def close(self) -> None:
        """End the zygote and, with it, every supervisor and worker."""
        self.socket.close()
        if self._process is not None:
            self._end_process()
        shutil.rmtree(self._home, ignore_errors=True)
        self._log.seek(0)
        self._said = self._log.read()[-4000:].decode(errors="replace")
        self._log.close()

    def _end_process(self) -> None:
        try:
            self._process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()


def _library_path() -> dict[str, str]:
    """Where the interpreter of this installation finds its libraries, if it is told."""
    name = "LD_LIBRARY_PATH"
    return {name: os.environ[name]} if name in os.environ else {}


def _folders(home: str) -> dict[str, str]:
    return dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR"), home)


def ask(
    zygote: socket.socket, layers: frozenset[str] = frozenset(LAYERS), limits: Limits | None = None
) -> tuple[socket.socket, socket.socket]:
    """A new worker: the connection to it, and the control of its supervisor.

    The worker ends when the control is closed. Raises `OSError` where the zygote is gone.
    """
    request = {"layers": sorted(layers), "limits": asdict(limits or Limits())}
    ours, theirs = socket.socketpair()
    control, theirs_control = socket.socketpair()
    with theirs, theirs_control:
        socket.send_fds(
            zygote, [json.dumps(request).encode()], [theirs.fileno(), theirs_control.fileno()]
        )
    return ours, control


def main() -> None:
    """Import, say so, and fork on request until the other side is gone; then tidy up."""
    requests = socket.socket(fileno=int(sys.argv[1]))
    try:
        _serve(requests)
    except BrokenPipeError:
        pass
    finally:
        shutil.rmtree(os.environ["HOME"], ignore_errors=True)


def _serve(requests: socket.socket) -> None:
    _import_stack(sys.argv[2:])
    from autograder.util import paths

    secret = [paths.PACKAGE, paths.solutions(), paths.exercises().parent]
    readable = libraries(secret)
    note_data_in_use()
    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    requests.send(_READY)
    while _fork_one(requests, readable):
        pass
    with contextlib.suppress(ChildProcessError):
        os.waitpid(-1, 0)


def _fork_one(requests: socket.socket, readable: tuple[str, ...]) -> bool:
    """Fork a supervisor for the next request; False where the other side is gone."""
    text, descriptors, _flags, _address = socket.recv_fds(requests, _MAX_REQUEST, 2)
    if not text:
        return False
    if os.fork() == 0:
        requests.close()
        with contextlib.suppress(BaseException):
            from autograder.sandbox.supervisor import supervise

            supervise(json.loads(text), *descriptors, readable)
        os._exit(0)
    for descriptor in descriptors:
        os.close(descriptor)
    return True


def _import_stack(modules: list[str]) -> None:
    import IPython.core.interactiveshell  # noqa: F401
    import keras  # noqa: F401
    import matplotlib.pyplot  # noqa: F401
    import numpy  # noqa: F401
    import pandas  # noqa: F401
    import sklearn.linear_model
    import sklearn.manifold
    import sklearn.multiclass
    import sklearn.neighbors  # noqa: F401
    import tensorflow  # noqa: F401

    from autograder.engine import axes, fixtures  # noqa: F401
    from autograder.sandbox import supervisor, worker  # noqa: F401

    for module in modules:
        import_module(module)
    worker.prepare()


if __name__ == "__main__":
    main()
