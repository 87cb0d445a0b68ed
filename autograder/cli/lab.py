"""`autograder lab`: JupyterLab, which opens a workspace at its start page."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from autograder.util import languages
from autograder.util.atomic import write_atomic
from autograder.util.environment import PATIENT, QUIET
from autograder.util.i18n import _
from autograder.workspace.documents import (
    UnreadableDocument,
    notebook_text,
    read_document,
)
from autograder.workspace.place import Workspace, usable_from

SETTINGS = Path(__file__).parent / "jupyter"
START = "start"


class LabMissing(RuntimeError):
    """A missing JupyterLab; the text says how to install it."""


def open_lab(folder: Path, options: list[str]) -> int:
    """Run JupyterLab on a folder until it is closed.

    Python scripts open as notebooks there (Jupytext). The user's settings stay as they are. On
    Linux and macOS JupyterLab takes the place of this process, so that signals reach it.

    Args:
        folder: The folder to open.
        options: JupyterLab's own options.

    Returns:
        JupyterLab's exit code, on Windows.

    Raises:
        LabMissing: JupyterLab is not installed.
    """
    if find_spec("jupyterlab") is None:
        raise LabMissing(
            _("JupyterLab is not installed. Install it with: python -m pip install jupyterlab")
        )
    paths = [str(SETTINGS), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    environment = {
        **QUIET,
        **PATIENT,
        **os.environ,
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, paths)),
        **_language_of(folder),
    }
    manager = "autograder.workspace.contents_manager.PairedContentsManager"
    command = [
        *(sys.executable, "-m", "jupyterlab", str(folder)),
        f"--ServerApp.contents_manager_class={manager}",
        *_opening(folder),
        *options,
    ]
    if sys.platform == "win32":
        return subprocess.run(command, env=environment, check=False).returncode
    sys.stdout.flush()
    os.execve(sys.executable, command, environment)


def _language_of(folder: Path) -> dict[str, str]:
    """Return the variable by which kernels speak the language of the workspace."""
    workspace = usable_from(folder)
    if workspace is None or not languages.is_known(workspace.language):
        return {}
    return {languages.VARIABLE: workspace.language}


def _opening(folder: Path) -> list[str]:
    """Return the option that opens the start page, with the points as far as they are known."""
    workspace = usable_from(folder)
    if workspace is None or not workspace.notebook(START).is_file():
        return []
    if workspace.root != folder.absolute():
        return []
    _show_progress(workspace)
    return [f"--LabApp.default_url=/lab/tree/{START}.ipynb"]


def _show_progress(workspace: Workspace) -> None:
    """Put the points that are known into the start page's output; a page that is damaged stays."""
    from nbformat.v4 import new_output

    from autograder.learner.progress import progress_so_far

    panel = progress_so_far(workspace)
    path = workspace.notebook(START)
    try:
        page = read_document(path)
        cells = [c for c in page.cells if c.cell_type == "code" and "progress()" in c.source]
        if panel is None or not cells:
            return
        data = {"text/plain": panel.text(), "text/html": panel._repr_html_()}
        cells[0].outputs = [new_output("display_data", data)]
        times = path.stat()
        write_atomic(path, notebook_text(page))
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    except (UnreadableDocument, OSError):
        return
