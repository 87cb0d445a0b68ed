"""Run a notebook from top to bottom in a fresh kernel, with this Python, in the workspace.

A cell that raises is recorded, and the next cell runs. A cell that takes too long is interrupted.
"""

# nbclient is not annotated.
# mypy: disable-error-code="misc"

import asyncio
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_notebook, new_output

from autograder.course.solution_cells import LANGUAGE_KEY
from autograder.util.i18n import _
from autograder.workspace.documents import KERNEL

CELL_SECONDS = 600
MAX_OUTPUT = 5_000_000
"""Characters that a cell may print, show and draw; what comes after them is left out."""

START_SECONDS = 180
_LAST_OUTPUTS_SECONDS = 60
_OPTIONS = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


class KernelMissing(RuntimeError):
    """A kernel that does not start; the text says why."""


def run(
    document: NotebookNode,
    folder: Path,
    on_cell: Callable[[], None] = lambda: None,
    cell_seconds: int = CELL_SECONDS,
) -> NotebookNode:
    """Run a notebook and return it with its outputs; the document stays as it is.

    Args:
        document: The notebook.
        folder: The working folder.
        on_cell: Called after each code cell, in another thread.
        cell_seconds: Seconds that a cell may take.

    Raises:
        KeyboardInterrupt: Somebody typed Ctrl-C; the kernel has ended.
        KernelMissing: The kernel does not start.
    """
    notebook = without_outputs(document)
    running = _Running(notebook, folder, on_cell, cell_seconds)
    running.start()
    try:
        while running.is_alive():
            running.join(0.1)
    except KeyboardInterrupt:
        running.cancel()
        running.join()
        raise
    if running.error is not None:
        raise running.error
    return notebook


def without_outputs(document: NotebookNode) -> NotebookNode:
    """Return a copy of a document for this kernel, without outputs and execution counts."""
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    if LANGUAGE_KEY in document.metadata:
        metadata[LANGUAGE_KEY] = document.metadata[LANGUAGE_KEY]
    notebook = new_notebook(metadata=metadata)
    notebook.cells = [cell.copy() for cell in document.cells]
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number + 1}"
        cell["metadata"] = {"tags": list(cell.metadata["tags"])} if "tags" in cell.metadata else {}
        if cell.cell_type == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return notebook


def n_code_cells(document: NotebookNode) -> int:
    """Return how many cells of a document run."""
    return sum(cell.cell_type == "code" and bool(cell.source.strip()) for cell in document.cells)


class _OwnKernel(AsyncKernelManager):
    """A kernel of this very Python, whatever kernels the user has installed."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """The way to start the kernel."""
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=command, **KERNEL)


class _Client(NotebookClient):
    """A client that bounds what a cell shows, and gives up a kernel that heeds no interrupt."""

    _interrupted: NotebookNode | None = None

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._shown: dict[int, int] = {}

    async def _async_handle_timeout(self, timeout: int, cell: NotebookNode | None = None) -> Any:
        if cell is not None and cell is self._interrupted:
            raise CellTimeoutError.error_from_timeout_and_cell("timeout", timeout, cell)
        self._interrupted = cell
        return await super()._async_handle_timeout(timeout, cell)

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str, cell_index: int
    ) -> Any:
        before = self._shown.get(cell_index, 0)
        if before > MAX_OUTPUT:
            return None
        self._shown[cell_index] = before + len(str(msg.get("content", "")))
        if self._shown[cell_index] <= MAX_OUTPUT:
            return super().output(outs, msg, display_id, cell_index)
        text = _("Further output of this cell was left out.") + "\n"
        outs.append(new_output("stream", name="stderr", text=str(text)))
        return None


class _Running(threading.Thread):
    """A thread that runs a notebook, so that the main thread hears Ctrl-C on every system."""

    def __init__(
        self, notebook: NotebookNode, folder: Path, on_cell: Callable[[], None], cell_seconds: int
    ) -> None:
        super().__init__(daemon=True)
        self.error: Exception | None = None
        self._notebook = notebook
        self._cell = 0
        self._loop = asyncio.SelectorEventLoop()  # zmq needs this loop on Windows
        self._task: asyncio.Task[Any] | None = None
        self._cancelled = False
        self._client = _Client(
            notebook,
            kernel_manager_class=_OwnKernel,
            resources={"metadata": {"path": str(folder)}},
            timeout=cell_seconds,
            startup_timeout=START_SECONDS,
            iopub_timeout=_LAST_OUTPUTS_SECONDS,
            allow_errors=True,
            interrupt_on_timeout=True,
            record_timing=False,
            shutdown_kernel="immediate",
            store_widget_state=False,
            on_cell_execute=self._begin,
            on_cell_executed=lambda **_kwargs: on_cell(),
            log=_silent_log(),
        )

    def _begin(self, cell_index: int, **_kwargs: Any) -> None:
        self._cell = cell_index

    def run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._task = self._loop.create_task(
                self._client.async_execute(**_OPTIONS, env=_environment())
            )
            if self._cancelled:
                self._task.cancel()
            self._loop.run_until_complete(self._task)
        except (DeadKernelError, CellTimeoutError):
            self._record_end()
        except (asyncio.CancelledError, CancelledError):
            pass
        except Exception as error:
            text = _("The notebooks cannot run, since no kernel of Jupyter starts: {reason}.")
            self.error = KernelMissing(text.format(reason=error or type(error).__name__))
        finally:
            self._loop.close()

    def cancel(self) -> None:
        """End the kernel and this thread."""
        self._cancelled = True
        if self._task is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._task.cancel)

    def _record_end(self) -> None:
        """Record in the cell at work that it ended the kernel."""
        text = str(_("The kernel ended in this cell; the cells below it did not run."))
        error = new_output("error", ename="KernelEnded", evalue=text, traceback=[text])
        self._notebook.cells[self._cell].setdefault("outputs", []).append(error)


def _environment() -> dict[str, str]:
    """Return the environment of a kernel: figures are drawn into the notebook."""
    return {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}


def _silent_log() -> logging.Logger:
    log = logging.getLogger("autograder.bundle.run")
    log.addHandler(logging.NullHandler())
    log.propagate = False
    return log
