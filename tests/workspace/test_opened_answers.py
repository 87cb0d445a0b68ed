"""The record of answers that were opened early: kept in the workspace, changes are noticed."""

import json

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.learner.report_cache import cached_report, last_report
from autograder.submissions.submission import Submission
from autograder.util import user_state
from autograder.workspace.opened_answers import checked, record_of, remarks_on, remember_opened
from tests.workspace.making import NAME

REMARK = "the answer of build_mf was opened before it passed"


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(user_state, "folder", lambda: tmp_path / "cache")


@pytest.fixture
def opened(workspace):
    for function in ("build_mf", "score_matrix", "15.top_n"):
        remember_opened(workspace.root, function)
    return workspace


def lines_of(workspace):
    return workspace.opened_record.read_text(encoding="utf-8").splitlines(keepends=True)


def write(workspace, lines):
    workspace.opened_record.write_text("".join(lines), encoding="utf-8")


def test_the_record_lies_in_the_workspace(opened):
    record = record_of(opened)
    assert record.functions == {"build_mf", "score_matrix", "15.top_n"}
    assert record.problems == ()
    assert all({"time", "function", "hash"} == json.loads(line).keys() for line in lines_of(opened))
    assert user_state.opened_answers() == frozenset()
    assert remarks_on(NAME, opened.root / f"{NAME}.py")[0] == REMARK
    assert remarks_on("15_bug_hunt", opened.root) == (REMARK.replace("build_mf", "top_n"),)
    assert remarks_on("07_recommend", opened.root) == ()


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_removed_line_is_noticed(opened, gone):
    lines = lines_of(opened)
    del lines[gone]
    write(opened, lines)
    assert len(record_of(opened).problems) == 1


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_changed_line_is_noticed(opened, number):
    lines = lines_of(opened)
    line = json.loads(lines[number])
    lines[number] = json.dumps({**line, "function": "rmse"}) + "\n"
    write(opened, lines)
    assert f"line {number + 1} was changed" in record_of(opened).problems[0]


def test_a_deleted_record_is_noticed_and_lines_that_are_no_json_do_no_harm(opened):
    opened.opened_record.unlink()
    assert record_of(opened).problems == ("lines at its end are missing",)
    write(opened, ["[1]\n", "{\n", '{"function": 3}\n'])
    assert len(record_of(opened).problems) == 3
    remember_opened(opened.root, "build_mf")
    assert record_of(opened).functions == {"build_mf"}


def test_whoever_deletes_both_files_leaves_no_trace(opened):
    opened.opened_record.unlink()
    opened.opened_record.with_name("opened.hash").unlink()
    assert record_of(opened) == checked("", "")
    assert checked("", "").problems == ()


def test_the_earlier_place_is_still_read_and_used_outside_of_a_workspace(tmp_path, workspace):
    remember_opened(tmp_path, "build_mf")
    assert user_state.opened_answers() == {"build_mf"}
    assert not workspace.opened_record.exists()
    assert remarks_on(NAME, workspace.root) == (REMARK,)


def test_solution_writes_the_record_and_cached_reports_follow_it(workspace, monkeypatch):
    monkeypatch.chdir(workspace.root)
    file = Submission(NAME, workspace.script(NAME))
    assert REMARK not in cached_report(file).notes
    done = CliRunner().invoke(app, ["solution", "build_mf", "--yes"])
    assert done.exit_code == 0, done.output
    assert record_of(workspace).functions == {"build_mf"}
    assert cached_report(file).notes.count(REMARK) == 1
    assert last_report(file).notes.count(REMARK) == 1
