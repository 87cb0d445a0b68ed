"""Imported first by the fork server of judges, which outlives a grader that is killed.

Ctrl-C is for the process that grades. What that process can no longer remove is removed here: the
folder of the socket on which it asked for judges.
"""

import atexit
import multiprocessing.forkserver
import shutil
import signal
from pathlib import Path


@atexit.register
def _remove_folder() -> None:
    """The fork server ends when the grader and all judges have ended."""
    server = getattr(multiprocessing.forkserver, "_forkserver", None)
    address = getattr(server, "_forkserver_address", None)
    if isinstance(address, str) and (folder := Path(address).parent).name.startswith("pymp-"):
        shutil.rmtree(folder, ignore_errors=True)


signal.signal(signal.SIGINT, signal.SIG_IGN)
