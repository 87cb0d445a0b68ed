"""`autograder doctor`: whether this installation works, and what to type where it does not."""

import importlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata

from rich.console import Console

from autograder.util.i18n import _, labelled
from autograder.util.text import visible

PACKAGES = (
    "tensorflow", "keras", "numpy", "pandas", "matplotlib", "scikit-learn", "jupytext",
    "pytest", "nbgrader",
)  # fmt: skip
OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True)
class Finding:
    """One part of the installation.

    Attributes:
        subject: The part.
        fine: Whether it works.
        found: Its version, or what is amiss.
        remedy: What to do where it is amiss.
    """

    subject: str
    fine: bool
    found: str
    remedy: str = ""


def examine() -> list[Finding]:
    """Return a finding on each part: versions, TensorFlow, the data and Jupytext.

    A part that raises becomes a finding, so that it does not hide the others.
    """
    looks: list[tuple[str, Callable[[], Finding]]] = [
        ("Python", _python),
        *((name, lambda name=name: _package(name)) for name in PACKAGES),
        (_("TensorFlow runs"), _tensorflow_runs),
        (_("data"), _data),
        (_("Jupytext in JupyterLab"), _jupytext),
    ]
    return [_guarded(subject, look) for subject, look in looks]


def _guarded(subject: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except Exception as error:
        found = f"{type(error).__name__}: {error}"
        return Finding(subject, False, found, _INSTALL)


def print_findings(findings: list[Finding]) -> None:
    """Print a line for each finding, and what to do below where something is amiss."""
    console = Console(highlight=False)
    for finding in findings:
        sign, style = ("✓", "green") if finding.fine else ("✗", "red")
        console.print(f"[{style}]{sign}[/] {labelled(finding.subject, '')}", end="")
        console.print(visible(finding.found), markup=False, soft_wrap=True)
        if not finding.fine:
            console.print(visible(f"  → {finding.remedy}"), markup=False, soft_wrap=True)


_INSTALL = _("in the folder of the course: python -m pip install -e . -c constraints.txt")


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    fine = sys.version_info >= OLDEST_PYTHON
    remedy = _("install Python {version} or newer").format(
        version=".".join(map(str, OLDEST_PYTHON))
    )
    return Finding("Python", fine, version, remedy)


def _package(name: str) -> Finding:
    for variant in (name, f"{name}-cpu"):
        try:
            return Finding(name, True, metadata.version(variant))
        except metadata.PackageNotFoundError:
            continue
    return Finding(name, False, _("not installed"), _INSTALL)


def _tensorflow_runs() -> Finding:
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    keras = importlib.import_module("keras")
    backend = keras.backend.backend()
    if backend != "tensorflow":
        remedy = _("set the environment variable KERAS_BACKEND to tensorflow")
        return Finding(_("TensorFlow runs"), False, f"KERAS_BACKEND={backend}", remedy)
    layer = keras.layers.Embedding(3, 2)
    shape = tuple(layer(keras.ops.array([[0], [2]])).shape)
    return Finding(_("TensorFlow runs"), shape == (2, 1, 2), _("an embedding answers"), _INSTALL)


def _data() -> Finding:
    data = importlib.import_module("recommender_data")
    try:
        dataset = data.load()
    except data.DataError as error:
        if os.environ.get("COURSE_DATA"):
            remedy = _("set COURSE_DATA to the name of a set or to a path, or to simulated")
        else:
            remedy = _("until then the course runs on simulated data: set COURSE_DATA to simulated")
        return Finding(_("data"), False, str(error), remedy)
    found = _("{name}: {n} ratings").format(name=dataset.name, n=f"{len(dataset.ratings):,}")
    wanted = os.environ.get("COURSE_DATA") or "ml-latest-small"
    remedy = _(
        "MovieLens cannot be reached. The course runs on simulated data; for the real one, go "
        "online once, or set MOVIELENS_DIR to the folder that holds {name}"
    ).format(name=wanted)
    is_own = wanted not in data.NAMES
    return Finding(_("data"), is_own or dataset.name == wanted, found, remedy)


def _jupytext() -> Finding:
    subject = _("Jupytext in JupyterLab")
    try:
        metadata.version("jupyterlab")
    except metadata.PackageNotFoundError:
        remedy = _("for notebooks: python -m pip install -e .[lab] -c constraints.txt")
        return Finding(subject, False, _("JupyterLab is not installed"), remedy)
    importlib.import_module("jupytext_config")
    importlib.import_module("jupyterlab_jupytext")
    return Finding(subject, True, _("ready: autograder lab"))
