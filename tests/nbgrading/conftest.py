"""An nbgrader course of two exercises, and the same course with its graded class of eight."""

import os
import shutil
import signal
import subprocess
import time

import pytest

from tests.classes import DOT_PRODUCT, LEARNERS, hand_in, released
from tests.nbgrading.commands import (
    NAME,
    PATIENCE,
    Graded,
    command,
    environment,
    make,
    nbgrader,
    refused,
    reports,
)


@pytest.fixture(scope="session")
def ready(tmp_path_factory):
    """A course whose notebooks are ready to be handed out."""
    folder = tmp_path_factory.mktemp("ready") / "course"
    make(folder, "--one-assignment")
    nbgrader(folder, "generate_assignment", NAME)
    return folder


@pytest.fixture(scope="session")
def graded(ready, tmp_path_factory):
    folder = tmp_path_factory.mktemp("graded") / "course"
    shutil.copytree(ready, folder)
    given = released(folder, NAME)
    for name, learner in LEARNERS.items():
        hand_in(folder, name, NAME, learner(given))
    elsewhere = folder.parent / "elsewhere.txt"
    elsewhere.write_text("the secret of the grader", encoding="utf-8")
    link = folder / "submitted" / "beginner" / NAME / f"{DOT_PRODUCT}.ipynb"
    link.symlink_to(elsewhere)
    interrupt_grading(folder)
    at_interruption = reports(folder)
    logs = {"autograde": nbgrader(folder, "autograde", NAME)}
    logs["feedback"] = nbgrader(folder, "generate_feedback", NAME)
    logs["export"] = nbgrader(folder, "export")
    return Graded(folder.rename(folder.parent / "moved"), at_interruption, logs)


def heed_interrupts() -> None:
    """Let Ctrl-C end this process, also where the tests themselves run in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def interrupt_grading(folder):
    """Type Ctrl-C as soon as the first submission is graded."""
    process = subprocess.Popen(
        command("autograde", NAME, "--GradeInSandbox.jobs=1"),
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=heed_interrupts,
    )
    end = time.monotonic() + PATIENCE
    while (
        not reports(folder).keys() - refused(folder)
        and process.poll() is None
        and time.monotonic() < end
    ):
        time.sleep(0.05)
    assert process.poll() is None, "it ended before it could be interrupted"
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(PATIENCE) != 0


@pytest.fixture
def mine(graded, tmp_path):
    """A copy of the graded course that a test may change."""
    shutil.copytree(graded.folder, tmp_path / "course", symlinks=True)
    return tmp_path / "course"
