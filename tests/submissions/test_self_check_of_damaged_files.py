"""The self-check of damaged files: repaired ones earn points, others fail with the reason."""

import hashlib
import json
import os

from autograder.reports import wording
from autograder.running.runner import run
from autograder.running.targets import FileTarget
from tests.answers import exercise_text, write
from tests.submissions.reading import OTHER, SCRIPT, STEP, cells_with, notebook, without_metadata


def report_on(target):
    return {report.exercise: report for report in run(FileTarget.at(target))}


def test_a_repaired_notebook_earns_its_points_and_says_what_was_repaired(tmp_path):
    document = notebook()
    without_metadata(document)
    for cell in cells_with(document, "def ndcg_at_k("):
        cell["cell_type"] = "markdown"
    path = tmp_path / f"{STEP}.ipynb"
    path.write_bytes(json.dumps(document).encode("utf-16"))
    report = report_on(path)[STEP]
    assert report.points == report.max_points
    assert report.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    for part in ("UTF-16", "had become text", "like demonstrations"):
        assert any(part in note for note in report.notes)


def test_a_bad_file_fails_with_its_reason_and_its_notes_and_the_others_earn(tmp_path):
    bad = write(tmp_path, OTHER, "")
    write(tmp_path, OTHER, exercise_text(OTHER), ".ipynb")
    os.utime(tmp_path / f"{OTHER}.ipynb", (1_000_000_000, 1_000_000_000))
    write(tmp_path, STEP, SCRIPT)
    reports = report_on(tmp_path)
    assert reports[STEP].points == reports[STEP].max_points
    assert reports[OTHER].points == 0
    assert reports[OTHER].submission == bad.as_posix()
    assert any("is untouched" in note for note in reports[OTHER].notes)
    problem = reports[OTHER].functions[0].problem
    assert problem.outcome == "failed"
    assert wording.text(problem.message).startswith(
        f"{OTHER}.py cannot be graded because it is empty."
    )


def test_progress_goes_on_past_a_bad_file(run_python, tmp_path):
    (tmp_path / f"{OTHER}.ipynb").mkdir()
    write(tmp_path, "01_explore", exercise_text("01_explore"))
    result = run_python("-m", "autograder", "progress", "--submissions", tmp_path)
    assert result.returncode == 0, result.stderr
    assert "0 / 16" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr
