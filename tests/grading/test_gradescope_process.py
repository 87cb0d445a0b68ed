"""`run_autograder` in a folder laid out as Gradescope's container, with a real sandbox."""

import json
import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from tests.answers import exercise_text, solution_text, write
from tests.bundle.making import bundle
from tests.grading import gradescope_format
from tests.grading.common import autograder, linux_only
from tests.grading.test_gradescope import METADATA

pytestmark = [pytest.mark.process, pytest.mark.slow, linux_only]

FIRST, SECOND = "01_explore", "04_dot_product"
# A file that a worker can open leaves no note; a file that it cannot open stops the cell.
SPIES = """
# %%
for path in {paths!r}:
    try:
        open(path, "rb").read(1)
    except OSError:
        continue
    raise RuntimeError(f"opened {{path}}")
raise RuntimeError("nothing was opened")
"""


class Container:
    """A folder that stands in for `/autograder`."""

    def __init__(self, root, *options):
        self.root = root
        package = root / "autograder.zip"
        done = autograder("gradescope", "--out", package, *options)
        assert done.exit_code == 0, done.output
        with zipfile.ZipFile(package) as archive:
            archive.extractall(root / "source")
        (root / "submission").mkdir()
        (root / "results").mkdir()
        (root / "submission_metadata.json").write_text(json.dumps(METADATA), encoding="utf-8")
        shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
        (root / "run_autograder").chmod(0o755)

    @property
    def submission(self):
        return self.root / "submission"

    def run(self):
        """Run the program as Gradescope does; return exit code, document and standard output."""
        done = subprocess.run(
            [self.root / "run_autograder"],
            cwd=self.root,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.root),
                "AUTOGRADER_ROOT": str(self.root),
                "AUTOGRADER_PYTHON": sys.executable,
            },
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=600,
        )
        results = gradescope_format.read(self.root / "results" / "results.json")
        return done.returncode, results, done.stdout


def by_name(results):
    return {test["name"]: test for test in results["tests"]}


def test_right_and_wrong_answers_in_two_exercises(tmp_path):
    container = Container(tmp_path, "--exercises", "01,04", "--visibility", "after_due_date")
    secrets = [str(path) for path in (tmp_path / "source").iterdir()]
    secrets += [str(tmp_path / "run_autograder"), str(tmp_path / "submission_metadata.json")]
    right = solution_text(SECOND) + SPIES.format(paths=secrets)
    write(container.submission, SECOND, right, ".ipynb")
    write(container.submission, FIRST, exercise_text(FIRST))
    code, results, stdout = container.run()
    assert code == 0, stdout
    assert gradescope_format.points(results) == 10
    tests = by_name(results)
    assert tests[f"{SECOND}: build_mf"]["status"] == "passed"
    assert tests[f"{FIRST}: summarise"]["status"] == "failed"
    assert "summarise is still to be written." in tests[f"{FIRST}: summarise"]["output"]
    assert {test["visibility"] for test in results["tests"]} == {"after_due_date"}
    assert results["visibility"] == "visible" and results["stdout_visibility"] == "hidden"
    assert "nothing was opened" in results["output"]
    assert "handed in by Ada Lovelace" in stdout
    assert "its exercises are worth 16" in stdout
    assert "Every layer of the sandbox was in place." in stdout or "solation is inc" in stdout
    assert "solation" not in results["output"]


def test_a_bundle_in_the_upload_is_graded(tmp_path):
    container = Container(tmp_path, "--exercises", "01,04")
    folder = tmp_path / "work"
    folder.mkdir()
    notebook = write(folder, FIRST, solution_text(FIRST), ".ipynb")
    bundle(container.submission / "bundle.zip", {notebook.name: notebook.read_bytes()}, "Ada")
    code, results, stdout = container.run()
    assert code == 0, stdout
    assert gradescope_format.points(results) == 6
    assert "Not handed in: 04_dot_product." in results["output"]


def test_a_zip_with_folders_is_the_work_of_one_learner(tmp_path):
    container = Container(tmp_path, "--exercises", "01,04")
    with zipfile.ZipFile(container.submission / "homework.zip", "w") as archive:
        archive.writestr("week1/01_explore.py", solution_text(FIRST))
        archive.writestr("week2/01_explore.py", exercise_text(FIRST))
    code, results, stdout = container.run()
    assert code == 0, stdout
    assert gradescope_format.points(results) == 6
    assert (
        "01_explore: week1/01_explore.py was checked: there is no work in week2/01_explore.py"
        in results["output"]
    )


def test_damaged_notebook_and_nothing(tmp_path):
    container = Container(tmp_path, "--exercises", "04")
    code, results, stdout = container.run()
    assert (code, gradescope_format.points(results)) == (0, 0), stdout
    assert results["output"].startswith("You handed in no file.")
    (container.submission / f"{SECOND}.ipynb").write_text('{"cells": [', encoding="utf-8")
    code, results, stdout = container.run()
    assert (code, gradescope_format.points(results)) == (0, 0), stdout
    [text] = {test["output"] for test in results["tests"]}
    assert "04_dot_product.ipynb cannot be graded because" in text
