"""A workspace with an exercise, a bonus exercise and a memo; a cache of the test's own."""

import pytest

from autograder.util import user_state
from autograder.workspace.start import start
from tests.bundle.making import ANSWERS, BONUS, EXERCISE, MEMO
from tests.workspace.making import deliver


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(user_state, "folder", lambda: tmp_path / "cache")


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    deliver(monkeypatch, _04_dot_product=EXERCISE + ANSWERS, _14_als=BONUS, memo=MEMO)
    return start(tmp_path / "course").workspace
