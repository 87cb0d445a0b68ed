"""The commands in a course's README and in the documentation, each as it is typed."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("nbgrader")

from autograder.nbgrading import course
from autograder.util import paths
from tests.nbgrading.commands import environment

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(sys.platform == "win32", reason="nbgrader's commands are for Unix"),
]

README = Path(course.__file__).parent / "templates" / "README.md"
DOCS = paths.solutions().parent / "docs" / "instructors.md"
COMMAND = re.compile(r"`((?:nbgrader|autograder|jupyter) [a-z][^`]*)`")


def commands():
    """The programs with their subcommands, without arguments."""
    readme = README.read_text(encoding="utf-8")
    section = DOCS.read_text(encoding="utf-8").partition("## nbgrader")[2].partition("\n## ")[0]
    words = [found.split() for found in COMMAND.findall(readme + section)]
    return sorted({(line[0], *line[1 : 3 if line[1] == "export" else 2]) for line in words})


def helped(*words):
    program = shutil.which(words[0], path=environment()["PATH"])
    done = subprocess.run(
        [program, *words[1:], "--help"],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    return done.returncode, done.stdout


def test_the_documents_name_commands():
    assert len(commands()) >= 8
    assert ("nbgrader", "zip_collect") in commands()
    assert ("jupyter", "lab") in commands()


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_exists_as_it_is_typed(command):
    code, text = helped(*command)
    assert code == 0, text
    if command[0] == "nbgrader":  # its help of a command that it lacks is the help of nbgrader
        assert "A system for assigning and grading notebooks" not in text
