"""Imported first by the fork server of judges, which outlives a grader that is killed.

Ctrl-C is for the process that grades. What that process can no longer remove is removed here: the
socket on which it asked for judges.
"""

import atexit
import multiprocessing.forkserver
import signal
from contextlib import suppress
from pathlib import Path


@atexit.register
def _remove_socket() -> None:
    """Remove it, and its folder if nothing else is in it, when the grader and all judges are gone.

    A process and its children have one folder, in which others may have sockets of theirs.
    """
    server = getattr(multiprocessing.forkserver, "_forkserver", None)
    address = getattr(server, "_forkserver_address", None)
    if isinstance(address, str) and address:
        with suppress(OSError):
            Path(address).unlink(missing_ok=True)
            Path(address).parent.rmdir()


signal.signal(signal.SIGINT, signal.SIG_IGN)
