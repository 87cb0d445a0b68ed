"""`autograder grade`, in this process."""

import json
import shutil
from functools import partial
from pathlib import Path

import pytest

from autograder.grading.judge_pool import Grader
from autograder.grading.rules import Rules
from autograder.reports.model import from_json
from autograder.sandbox.isolation import LAYERS, TMPFS
from autograder.sandbox.limits import Limits
from tests.grading.common import (
    MISTAKE,
    RIGHT,
    WRONG,
    autograder,
    hand_in,
    rows_of,
)


def verdicts(out, learner="ada"):
    """Return the checks of a report, without their seconds."""
    report = json.loads((out / learner / "08_ranking.json").read_text(encoding="utf-8"))
    checks = [check for function in report["functions"] for check in function["checks"]]
    return [{**check, "seconds": None} for check in checks]


def test_seeds_are_fresh_unless_one_is_given(start_zygote, tmp_path):
    hand_in(tmp_path / "class", "ada", WRONG)
    runs = {"a": ["--seed", 7], "b": ["--seed", 7], "c": ["--seed", 8], "d": [], "e": []}
    for name, seed in runs.items():
        result = autograder("grade", tmp_path / "class", "--out", tmp_path / name, *seed)
        assert result.exit_code == 0, result.output
    a, b, c, d, e = (verdicts(tmp_path / name) for name in runs)
    assert a == b
    assert all(one != other for one, other in ((a, c), (a, d), (d, e)))


def test_an_incomplete_isolation_is_told_and_where_it_is_required_nothing_is_graded(
    start_zygote, tmp_path, monkeypatch
):
    no_scratch_folder = partial(Rules, limits=Limits(disk=-1))
    monkeypatch.setattr("autograder.grading.command.Rules", no_scratch_folder)
    hand_in(tmp_path / "class", "ada")
    command = ("grade", tmp_path / "class", "--out", tmp_path / "out")
    result = autograder(*command)
    assert result.exit_code == 0
    assert "Isolation is incomplete: tmpfs (" in result.output
    path = tmp_path / "out" / "ada" / "08_ranking.json"
    report = from_json(json.loads(path.read_text(encoding="utf-8")))
    assert set(report.isolation) == set(LAYERS) - {TMPFS}
    assert any("isolation layer tmpfs is missing: " in note for note in report.notes)
    shutil.rmtree(tmp_path / "out")
    result = autograder(*command, "--require-isolation")
    assert result.exit_code == 2
    assert "Isolation is required, and missing: tmpfs (" in result.stderr
    assert not list((tmp_path / "out").rglob("*.json"))


@pytest.mark.slow
def test_without_a_sandbox_the_verdicts_are_the_same_and_the_reports_say_so(tmp_path, monkeypatch):
    unprotected = partial(Grader, sandboxed=False)
    monkeypatch.setattr("autograder.grading.command.Grader", unprotected)
    for learner, text in (("ada", RIGHT), ("ben", WRONG)):
        hand_in(tmp_path / "class", learner, text)
    out = tmp_path / "out"
    command = ("grade", tmp_path / "class", "--out", out, "--jobs", 2)
    required = autograder(*command, "--require-isolation")
    assert required.exit_code == 2
    assert "there is no sandbox" in required.stderr
    assert not list(out.rglob("*.json"))
    assert autograder(*command).exit_code == 0
    assert {name: row["total"] for name, row in rows_of(out / "grades.csv").items()} == {
        "ada": "10",
        "ben": "9",
    }
    for learner in ("ada", "ben"):
        report = json.loads((out / learner / "08_ranking.json").read_text(encoding="utf-8"))
        assert report["isolation"] == []
        last = from_json(report).notes[-1]
        assert "not isolated: the submission ran with all the rights" in last
    assert MISTAKE in {check["misconception"] for check in verdicts(out, "ben")}
    assert autograder(*command, "--require-isolation").exit_code == 2


def test_a_path_that_is_not_there_is_a_usage_problem(tmp_path):
    hand_in(tmp_path / "class", "ada")
    result = autograder("grade", tmp_path / "class", "nowhere", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "nowhere" in result.stderr
    assert not (tmp_path / "out").exists()


def test_results_that_cannot_be_written_are_one_sentence(tmp_path):
    path = hand_in(tmp_path / "class", "ada")
    result = autograder("grade", tmp_path / "class", "--out", path)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{path} cannot be written: ")


def test_a_disk_that_is_full_is_one_sentence(start_zygote, tmp_path, monkeypatch):
    def full(path, data):
        raise OSError(28, "No space left on device")

    hand_in(tmp_path / "class", "ada")
    monkeypatch.setattr(Path, "write_bytes", full)
    result = autograder("grade", tmp_path / "class", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert result.stderr.endswith("08_ranking.json cannot be written: No space left on device.\n")
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]


def test_a_folder_without_exercises_is_not_all_graded(tmp_path):
    (tmp_path / "class").mkdir()
    result = autograder("grade", tmp_path / "class", "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "there is no exercise among the files" in result.output
    assert rows_of(tmp_path / "out" / "grades.csv") == {}


def test_one_learner_and_some_exercises_can_be_named(tmp_path):
    hand_in(tmp_path / "class", "ada")
    hand_in(tmp_path / "class", "ben", "x = 1\n")
    options = ("--learner", "Carol", "--out", tmp_path / "out", "--dry-run")
    result = autograder("grade", tmp_path / "class", *options)
    assert "was read as the work of one learner: 1 learner." in result.output
    assert "Carol" in result.output and "another file counts" in result.output
    result = autograder(
        "grade", tmp_path / "class", "--exercises", "01", "--out", tmp_path / "other"
    )
    assert (result.exit_code, rows_of(tmp_path / "other" / "grades.csv")) == (0, {})


def test_points_of_an_instructors_own_are_in_every_output_and_never_mixed(start_zygote, tmp_path):
    hand_in(tmp_path / "class", "ada")
    hand_in(tmp_path / "class", "ben", WRONG)
    own = tmp_path / "points.toml"
    own.write_text("[08_ranking]\nndcg_at_k = 13\nrecall_at_k = 0.5\n", encoding="utf-8")
    command = ("grade", tmp_path / "class", "--out", tmp_path / "out")
    assert autograder(*command).exit_code == 0
    usual = {name: report_of(tmp_path / "out", name) for name in ("ada", "ben")}
    result = autograder(*command, "--points", own)
    assert result.exit_code == 0, result.output
    assert "unchanged" not in result.output
    reports = {name: report_of(tmp_path / "out", name) for name in ("ada", "ben")}
    assert (usual["ada"].points, reports["ada"].points) == (10, 19.5)
    for name, report in reports.items():
        assert report.max_points == 19.5
        for old, new in zip(usual[name].functions, report.functions, strict=True):
            assert new.points == pytest.approx(old.points / old.max_points * new.max_points)
    rows = rows_of(tmp_path / "out" / "grades.csv")
    assert (rows["ada"]["total"], rows["ada"]["max"]) == ("19.5", "19.5")
    page = (tmp_path / "out" / "ada" / "index.html").read_text(encoding="utf-8")
    assert "19.5" in page
    again = autograder(*command, "--points", own)
    assert "2 of them unchanged since an earlier run" in again.output
    assert autograder(*command).exit_code == 0
    assert report_of(tmp_path / "out", "ada").max_points == 10


def test_points_that_cannot_be_used_are_one_sentence(tmp_path):
    hand_in(tmp_path / "class", "ada")
    own = tmp_path / "points.toml"
    own.write_text("[08_ranking]\nndcg = 13\n", encoding="utf-8")
    result = autograder("grade", tmp_path / "class", "--out", tmp_path / "out", "--points", own)
    assert result.exit_code == 2
    assert "08_ranking has no function ndcg." in result.stderr
    assert not (tmp_path / "out").exists()


def report_of(out, learner):
    text = (out / learner / "08_ranking.json").read_text(encoding="utf-8")
    return from_json(json.loads(text))
