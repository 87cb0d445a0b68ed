"""The zygote: a process that has imported the scientific stack, no solutions and no checks.

The zygote forks a supervisor for each request and does nothing else. A fork takes milliseconds
where the imports take seconds. The zygote runs no TensorFlow operation, so that every worker starts
TensorFlow's threads by itself.

`Zygote` starts the process and `ask` requests workers, both from another process.
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
from typing import TYPE_CHECKING, Self

from autograder.engine import reentrancy
from autograder.sandbox.isolation import LAYERS
from autograder.sandbox.limits import Limits
from autograder.util.environment import HEADLESS, PATIENT, QUIET
from autograder.util.i18n import _

if TYPE_CHECKING:
    from autograder.sandbox.worker import Prepared

_ENVIRONMENT = {
    **QUIET,
    **HEADLESS,
    **PATIENT,
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
    """Report that the zygote did not start; the text holds the end of its output."""


class Zygote:
    """A running zygote.

    Attributes:
        socket: The socket for requests (see `ask`).
    """

    def __init__(self, preloaded: Sequence[str] = ()):
        """Start the process and wait until it serves.

        Args:
            preloaded: Names of modules that the zygote imports besides the scientific stack.

        Raises:
            ZygoteFailed: The process did not start; the text holds its output.
        """
        self._preloaded = preloaded
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._home = tempfile.mkdtemp(prefix="zygote-")
        os.chmod(self._home, 0o711)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        self._process: subprocess.Popen[bytes] | None = None
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
        """Start the process and return whether the process serves."""
        with theirs:
            # The process inherits nothing else of the caller's environment.
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
        """The id of the process."""
        assert self._process is not None
        return self._process.pid

    def close(self) -> None:
        """End the zygote and, with it, every supervisor and worker."""
        self.socket.close()
        if self._process is not None:
            _wait_or_kill(self._process)
        shutil.rmtree(self._home, ignore_errors=True)
        self._log.seek(0)
        self._said = self._log.read()[-4000:].decode(errors="replace")
        self._log.close()

    def __enter__(self) -> Self:
        """Return the zygote."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Close the zygote."""
        self.close()


def _wait_or_kill(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(CLOSE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _library_path() -> dict[str, str]:
    """Return the variable by which this interpreter finds its libraries, where it is set."""
    name = "LD_LIBRARY_PATH"
    return {name: os.environ[name]} if name in os.environ else {}


def _folders(home: str) -> dict[str, str]:
    return dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR"), home)


def ask(
    zygote: socket.socket, layers: frozenset[str] = frozenset(LAYERS), limits: Limits | None = None
) -> tuple[socket.socket, socket.socket]:
    """Ask a zygote for a new worker.

    The worker ends when the caller closes the control socket.

    Args:
        zygote: The socket of the zygote.
        layers: The layers of isolation that are wanted.
        limits: The limits on what the worker uses, None for the default.

    Returns:
        The connection to the worker, and the control socket of its supervisor.

    Raises:
        OSError: The zygote is gone.
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
    """Serve requests until the other side is gone; then remove the zygote's folder."""
    requests = socket.socket(fileno=int(sys.argv[1]))
    try:
        _serve(requests)
    except BrokenPipeError:
        pass
    finally:
        shutil.rmtree(os.environ["HOME"], ignore_errors=True)


def _serve(requests: socket.socket) -> None:
    _import_stack(sys.argv[2:])
    from autograder.sandbox import worker
    from autograder.util import paths

    with reentrancy.working():
        prepared = worker.prepare(paths.secret_folders())
        gc.collect()
        gc.freeze()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        requests.send(_READY)
        while _fork_one(requests, prepared):
            pass
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, 0)


def _fork_one(requests: socket.socket, prepared: "Prepared") -> bool:
    """Fork a supervisor for the next request; return False where the other side is gone."""
    text, descriptors, _flags, _address = socket.recv_fds(requests, _MAX_REQUEST, 2)
    if not text:
        return False
    if os.fork() == 0:
        requests.close()
        with contextlib.suppress(BaseException):
            from autograder.sandbox.supervisor import supervise

            connection, control = descriptors
            supervise(json.loads(text), connection, control, prepared)
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


if __name__ == "__main__":
    main()
