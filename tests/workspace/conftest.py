"""A workspace with one small exercise."""

import pytest

from autograder.workspace.start import start
from tests.workspace.making import EXERCISE, deliver


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A workspace with one small exercise."""
    deliver(monkeypatch, _04_dot_product=EXERCISE)
    return start(tmp_path / "course").workspace
