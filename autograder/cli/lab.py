"""`autograder lab`: JupyterLab, which opens exercises as notebooks."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from autograder.util.environment import QUIET
from autograder.util.i18n import _

SETTINGS = Path(__file__).parent / "jupyter"


class LabMissing(RuntimeError):
    """A missing JupyterLab; the text says how to install it."""


def open_lab(folder: Path, options: list[str]) -> int:
    """Run JupyterLab on a folder until it is closed.

    Python scripts open as notebooks there (Jupytext). The user's settings stay as they are.

    Args:
        folder: The folder to open.
        options: JupyterLab's own options.

    Returns:
        JupyterLab's exit code.

    Raises:
        LabMissing: JupyterLab is not installed.
    """
    if find_spec("jupyterlab") is None:
        raise LabMissing(
            _(
                "JupyterLab is not installed. In the folder of the course: "
                "python -m pip install -e .[lab] -c constraints.txt"
            )
        )
    paths = [str(SETTINGS), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    environment = {
        **QUIET,
        **os.environ,
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, paths)),
    }
    command = [sys.executable, "-m", "jupyterlab", str(folder), *options]
    return subprocess.run(command, env=environment, check=False).returncode
