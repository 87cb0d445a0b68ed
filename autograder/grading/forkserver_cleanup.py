"""The first import of the fork server of judges, which outlives a grader that is killed.

If the grader is killed, this module deletes the fork server's socket. The fork server ignores
Ctrl-C, which the grader handles.
"""

import atexit
import multiprocessing.forkserver
import signal
from contextlib import suppress
from pathlib import Path


@atexit.register
def _remove_socket() -> None:
    """Delete the socket, and its folder if the folder is empty, when all judges have ended.

    A process and its children share one folder, so that others may have sockets in it.
    """
    server = getattr(multiprocessing.forkserver, "_forkserver", None)
    address = getattr(server, "_forkserver_address", None)
    if isinstance(address, str) and address:
        with suppress(OSError):
            Path(address).unlink(missing_ok=True)
            Path(address).parent.rmdir()


signal.signal(signal.SIGINT, signal.SIG_IGN)
