"""A copy of the kit that has catalogues of a made-up language, and no other."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.util import languages, paths
from tests.conftest import ROOT
from tests.languages.made_up import LANGUAGE, write_catalogues

PARTS = ("autograder", "data", "solutions", "exercises/en", "constraints.txt")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.mo", "locale")


@dataclass(frozen=True)
class Kit:
    """A copy of the checkout, with commands to run in it."""

    root: Path

    def run(self, *arguments, folder=None, code=0, **environment):
        """Run a command of the copy and return its output; the exit code must be as expected."""
        clean = {k: v for k, v in os.environ.items() if k != languages.VARIABLE}
        clean |= {"PYTHONPATH": os.pathsep.join([str(self.root), str(self.root / "data")])}
        clean |= {"COLUMNS": "100", "COURSE_DATA": "simulated", "LANG": "C.UTF-8"}
        clean |= {"XDG_CACHE_HOME": str(self.root.parent / "cache")}
        done = subprocess.run(
            [sys.executable, "-m", "autograder", *map(str, arguments)],
            cwd=folder or self.root.parent,
            env={**clean, **environment},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=600,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def made_up_locale(tmp_path_factory):
    """Return a folder of languages that holds complete catalogues of the made-up language."""
    folder = tmp_path_factory.mktemp("made-up") / "locale"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "LOCALE", folder)
        write_catalogues(folder)
    return folder


@pytest.fixture
def made_up(made_up_locale, monkeypatch):
    """Let this process know the made-up language."""
    monkeypatch.setattr(paths, "LOCALE", made_up_locale)
    languages.catalogue.cache_clear()
    yield LANGUAGE
    languages.catalogue.cache_clear()


@pytest.fixture(scope="session")
def kit(made_up_locale, tmp_path_factory):
    """Return a copy of the kit with the made-up language, whose exercises are built."""
    root = tmp_path_factory.mktemp("copy") / "kit"
    for part in PARTS:
        source, target = ROOT / part, root / part
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=LEFT_OUT)
        else:
            shutil.copy2(source, target)
    shutil.copytree(made_up_locale, root / "autograder" / "locale")
    copy = Kit(root)
    copy.run("dev", "build")
    return copy
