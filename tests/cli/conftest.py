"""Running commands in this process."""

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app


@pytest.fixture
def autograder(monkeypatch, tmp_path):
    """Run a command in this process: returns its exit code, `stdout` and `stderr`."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments, **options):
        return CliRunner().invoke(app, [str(argument) for argument in arguments], **options)

    return run
