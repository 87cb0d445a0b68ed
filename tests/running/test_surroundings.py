"""Verdicts do not depend on variables of the environment and on the working folder."""

import os
import sys

import pytest

from autograder.learner.check import check


def rmse(y_true, y_pred):
    return 0.0


def verdict():
    panel = check("rmse")
    assert panel is not None
    return panel.text()


@pytest.fixture
def expected(capsys):
    return verdict()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PYTEST_PLUGINS", "no_such_plugin"),
        ("PYTEST_ADDOPTS", "--no-such-option"),
        ("PYTEST_DEBUG", "1"),
    ],
)
def test_variables_of_pytest_change_nothing(expected, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert verdict() == expected
    assert os.environ[name] == value


@pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes no working folder")
def test_a_deleted_working_folder_changes_nothing(expected, monkeypatch, tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    assert verdict() == expected
    with pytest.raises(FileNotFoundError):
        os.getcwd()
