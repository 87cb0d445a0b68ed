"""A right answer passes on a machine that is busy with other things."""

import multiprocessing
import os
import subprocess
import sys

import pytest

TIMES = int(os.environ.get("BUSY_TIMES", "3"))
CODE = f"""
from autograder.running.runner import run
from autograder.running.targets import FileTarget
from autograder.util import paths

for _ in range({TIMES}):
    [report] = run(FileTarget.at(
        paths.solutions() / "09_tsne.py", frozenset({{"09_tsne"}}), frozenset({{"tsne_2d"}})
    ))
    print(report.functions[0].outcome)
"""


def _work() -> None:
    while True:
        pass


@pytest.fixture
def busy():
    """Four processes that use all the processor time they get."""
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_work, daemon=True) for _ in range(4)]
    for process in processes:
        process.start()
    yield
    for process in processes:
        process.kill()
        process.join()


@pytest.mark.slow
def test_tsne_passes_beside_four_busy_processes(busy, tmp_path):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OMP_")}
    result = subprocess.run(
        [sys.executable, "-c", CODE],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert result.stdout.split() == ["passed"] * TIMES, result.stderr
