"""The wheel of the kit, built for tests that install it."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


def build_wheel(folder: Path) -> Path:
    """Build the wheel; skip the test where this machine cannot build."""
    isolation = ["--no-build-isolation"] if importlib.util.find_spec("hatchling") else []
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", *isolation, "-w", folder, ROOT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if done.returncode:
        pytest.skip(f"no wheel can be built here: {done.stderr[-500:]}")
    [wheel] = folder.glob("*.whl")
    return wheel
