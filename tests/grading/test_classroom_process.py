"""The workflow's own commands, run in a folder laid out as a clone on GitHub's machine."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from autograder import __version__
from tests.answers import exercise_text, solution_text, write
from tests.grading import classroom_format
from tests.grading.common import autograder, linux_only

pytestmark = [pytest.mark.process, pytest.mark.slow, linux_only]

FIRST, SECOND = "01_explore", "04_dot_product"


class Runner:
    """A machine of GitHub's: runs the steps of the one job in a clone."""

    def __init__(self, place, *options):
        self.clone = place / "recommender-octo-cat"
        self.temporary = place / "temp"
        for folder in (self.clone, self.temporary, self.clone / ".git"):
            folder.mkdir()
        self.output = self.temporary / "output"
        self.summary = self.temporary / "summary"
        done = autograder("classroom", self.clone, "--exercises", "01,04", *options)
        assert done.exit_code == 0, done.output

    def run(self):
        """Run the commands; return the output of each by the step's name, and what failed."""
        path = self.clone / ".github/workflows/classroom.yml"
        [job] = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
        assert job["defaults"] == {"run": {"shell": "bash"}}
        printed, failed = {}, []
        for step in job["steps"]:
            if "run" not in step or not self._wanted(step.get("if")):
                continue
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=self.clone,
                env=self._environment(),
                capture_output=True,
                text=True,
                encoding="utf-8",
                timeout=600,
            )
            printed[step["name"]] = done.stdout + done.stderr
            if done.returncode:
                failed.append(step["name"])
                break
        return printed, failed

    def _wanted(self, condition):
        """Return whether a step runs: always, or unless everything passes."""
        if condition is None:
            return True
        assert condition == "steps.grade.outputs.complete != 'true'"
        return self.outputs()["complete"] != "true"

    def outputs(self):
        """Return the outputs of the step `grade`."""
        lines = self.output.read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)

    def _environment(self):
        return {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.temporary),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTOR": "octo-cat",
            "GITHUB_WORKSPACE": str(self.clone),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "RUNNER_TEMP": str(self.temporary),
            # The wheel in the clone is installed aside, and the network stays unused.
            "PIP_NO_DEPS": "1",
            "PIP_NO_INDEX": "1",
            "PIP_TARGET": str(self.temporary / "installed"),
        }

    def reported(self):
        """Return the documents that the reporter finds in its environment variables."""
        path = self.clone / ".github/workflows/classroom.yml"
        [job] = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()
        reporter = job["steps"][-1]
        documents = []
        for runner in reporter["with"]["runners"].split(","):
            value = reporter["env"][f"{runner.upper()}_RESULTS"]
            found = re.fullmatch(r"\$\{\{ steps\.grade\.outputs\.(\w+) \}\}", value)
            documents.append(classroom_format.decoded(self.outputs()[found[1]]))
        return documents


def test_a_push_is_graded_and_reported(tmp_path):
    runner = Runner(tmp_path, "--reporter")
    write(runner.clone, FIRST, solution_text(FIRST), ".ipynb")
    (runner.clone / "week2").mkdir()
    write(runner.clone / "week2", SECOND, exercise_text(SECOND))
    printed, failed = runner.run()
    assert failed == [], printed
    installed = runner.temporary / "installed"
    assert (installed / f"recommender_course-{__version__}.dist-info").is_dir()
    assert (installed / "autograder" / "_course" / "constraints.txt").is_file()
    assert "octo-cat" in printed["Grade"]
    documents = runner.reported()
    assert classroom_format.points(documents) == (6, 16)
    assert [document["status"] for document in documents] == ["pass", "fail"]
    messages = [test["message"] for test in documents[1]["tests"]]
    assert "build_mf is still to be written." in messages[0]
    assert "| 01_explore | summarise | 3 / 3 | passed |" in runner.summary.read_text("utf-8")
    assert "04_dot_product: build_mf: 0 / 6" in printed["Show the results"]


def test_a_push_without_work_is_reported_too(tmp_path):
    runner = Runner(tmp_path)
    (runner.clone / f"{FIRST}.ipynb").write_text('{"cells": [', encoding="utf-8")
    printed, failed = runner.run()
    assert failed == ["Not everything passes yet"], printed
    assert "cannot be graded because" in printed["Grade"]
    first, second = (
        classroom_format.decoded(runner.outputs()[name]) for name in ("exercise01", "exercise04")
    )
    assert classroom_format.points([first, second]) == (0, 16)
    assert "01_explore.ipynb cannot be graded because" in first["tests"][0]["message"]
    assert "was not handed in" in second["tests"][0]["message"]
