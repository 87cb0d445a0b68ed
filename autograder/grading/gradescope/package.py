"""The zip that an instructor uploads to Gradescope: scripts, settings, the kit and its versions."""

import json
import shlex
import zipfile
from pathlib import Path

from autograder.grading.gradescope.sentences import kit_fault
from autograder.grading.gradescope.settings import SETTINGS, Settings
from autograder.grading.kit_wheel import kit_wheel
from autograder.grading.output.gradescope import document
from autograder.util import paths
from autograder.util.atomic import NotWritten, write_atomic
from autograder.util.i18n import _
from autograder.util.zips import zipped

CONSTRAINTS = "constraints.txt"
SETUP, RUN = "setup.sh", "run_autograder"
_TEMPLATES = Path(__file__).parent / "templates"


def write_package(path: Path, settings: Settings, wheel: Path | None = None) -> None:
    """Write the zip; replace a zip that this function wrote earlier, and no other file.

    Args:
        path: The zip.
        settings: The settings of the assignment.
        wheel: The wheel to pack, None for the kit that runs.

    Raises:
        NoWheel: See `kit_wheel`.
        NotWritten: The zip cannot be written, or another file is in its place.
    """
    if path.exists() and not _is_package(path):
        text = _("{path} exists, and this command did not make it. Name another file: --out FILE")
        raise NotWritten(text.format(path=path))
    name, content = kit_wheel(wheel)
    setup = _template(SETUP).replace('"$source/@WHEEL@"', f'"$source"/{shlex.quote(name)}')
    setup = setup.replace("@NO_PYTHON@", shlex.quote(_NO_PYTHON.format(versions=_VERSIONS)))
    fallback = json.dumps(document([], kit_fault(), 0.0), indent=1)
    files: dict[str, bytes] = {
        SETUP: setup.encode(),
        RUN: _template(RUN).replace("@FALLBACK@", fallback).encode(),
        SETTINGS: settings.to_json().encode(),
        CONSTRAINTS: paths.constraints().read_bytes(),
        name: content,
    }
    write_atomic(path, zipped(files, executables=(SETUP, RUN)))


_VERSIONS = "3.11, 3.12, 3.13"
_NO_PYTHON = _(
    "The kit needs Python with venv, in one of the versions {versions}. Choose the newest image of "
    "Ubuntu in Gradescope, and build it again."
)


def _is_package(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return {SETUP, RUN, SETTINGS} <= set(archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def _template(name: str) -> str:
    # Bash reads no carriage returns, whatever the checkout's line ends are.
    text = (_TEMPLATES / name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")
