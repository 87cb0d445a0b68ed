"""Judging some functions anew, and the page of what changed for whom."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from autograder import course
from autograder.cli.app import app
from autograder.grading.changes import Change, changes_between
from autograder.grading.collect import collect
from autograder.grading.output.changes_page import PAGE, TABLE, write_changes
from autograder.grading.pipeline import grade
from autograder.grading.result_cache import ResultCache, SomeFunctions
from autograder.grading.results import CACHED
from autograder.reports.model import of_function, with_function
from autograder.submissions.parse import parse
from tests.grading.common import (
    RIGHT,
    RULES,
    STEP,
    WRONG,
    Judges,
    autograder,
    hand_in,
    rows_of,
    write,
)
from tests.grading.made_results import submission, verdict

FUNCTION = "recall_at_k"
OTHERS = dict.fromkeys(STEP.functions, 0.0)


def run(judges, folder, out, version="kit", only=None, force=False):
    """Grade a class; return the cache and the results by learner."""
    store = (
        ResultCache(out, version, RULES)
        if only is None
        else SomeFunctions(out, version, RULES, frozenset(only))
    )
    submissions = collect([folder], out).submissions
    with ThreadPoolExecutor(2) as executor:
        results = list(grade(submissions, parse, store, lambda: judges, executor, force))
    return store, {(r.learner, r.report.exercise): r for r in results}


@pytest.fixture
def failed(tmp_path):
    """A class whose checks were all wrong once: nobody earned anything."""
    for learner in ("ada", "ben"):
        hand_in(tmp_path / "class", learner)
    hand_in(tmp_path / "class", "cleo", WRONG)
    run(Judges("failed"), tmp_path / "class", tmp_path / "out")
    return tmp_path / "class", tmp_path / "out"


def points_of(result):
    return {function.name: function.points for function in result.report.functions}


def test_only_the_named_function_is_judged_anew(failed):
    folder, out = failed
    judges = Judges()
    store, results = run(judges, folder, out, "new kit", [FUNCTION])
    for learner in ("ada", "ben", "cleo"):
        result = results[learner, STEP.name]
        assert points_of(result) == {**OTHERS, FUNCTION: STEP.points[FUNCTION]}
        assert result.report.points == STEP.points[FUNCTION]
        assert result.report.max_points == STEP.max_points
    assert "cleo" in judges.learners
    assert {(c.learner, c.function, c.before, c.after) for c in store.changes} == {
        (learner, FUNCTION, 0.0, STEP.points[FUNCTION]) for learner in ("ada", "ben", "cleo")
    }


def test_the_merged_report_lies_on_disk_and_a_whole_run_judges_it_again(failed):
    folder, out = failed
    run(Judges(), folder, out, "new kit", [FUNCTION])
    judges = Judges("failed")
    _store, results = run(judges, folder, out, "new kit")
    assert len(judges.learners) == 2
    assert results["ada", STEP.name].report.points == 0


def test_where_the_kit_is_the_same_the_merged_report_stays_valid(failed):
    folder, out = failed
    run(Judges(), folder, out, only=[FUNCTION])
    judges = Judges("failed")
    _store, results = run(judges, folder, out)
    assert judges.learners == []
    assert points_of(results["ada", STEP.name])[FUNCTION] == STEP.points[FUNCTION]


def test_other_exercises_keep_their_reports_whichever_kit_judged_them(failed):
    folder, out = failed
    judges = Judges()
    store, results = run(judges, folder, out, "new kit", ["build_mf"])
    assert judges.learners == []
    assert store.changes == []
    assert all(result.origin == CACHED for result in results.values())


def test_a_file_that_changed_or_is_new_is_judged_whole(failed):
    folder, out = failed
    hand_in(folder, "ada", WRONG)
    hand_in(folder, "dan", RIGHT)
    store, results = run(Judges(), folder, out, "new kit", [FUNCTION])
    assert results["ada", STEP.name].report.points == STEP.max_points
    assert results["dan", STEP.name].report.points == STEP.max_points
    assert {c.same_file for c in store.changes if c.learner == "ada"} == {False}
    assert not [c for c in store.changes if c.learner == "dan"]


def test_without_other_points_nothing_is_written(tmp_path):
    assert not write_changes([], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_page_keeps_earlier_runs(tmp_path):
    first = Change("<b>Zoé</b>", STEP.name, FUNCTION, 0.0, 1.0, 1.0, True)
    second = Change("=ben", "04_dot_product", "", 4.5, 0.0, 10.0, False)
    write_changes([first], tmp_path, datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    write_changes([second], tmp_path, datetime(2026, 1, 3, 3, 4, tzinfo=UTC))
    rows = rows_of(tmp_path / TABLE)
    assert rows["<b>Zoé</b>"]["after"] == "1"
    assert rows["'=ben"]["before"] == "4.5"
    page = (tmp_path / PAGE).read_text(encoding="utf-8")
    assert page.index("2026-01-03 03:04") < page.index("2026-01-02 03:04")
    assert "&lt;b&gt;Zoé&lt;/b&gt;" in page
    assert "<b>Zoé" not in page
    assert "The learner handed in another file." in page
    assert "The kit judged the same file again." in page


def test_the_page_says_where_a_function_is_worth_other_points(tmp_path):
    before, after = (submission("ada").report for _time in range(2))
    name = before.functions[0].name
    worth = before.functions[0].max_points
    rescaled = of_function(name, 2 * worth, (verdict("passed", 2 * worth),))
    after = with_function(after, rescaled)
    (change,) = changes_between("ada", before, after)
    assert (change.before, change.after) == (worth, 2 * worth)
    write_changes([change], tmp_path)
    assert rows_of(tmp_path / TABLE)["ada"]["reason"] == "other points"
    assert "The function is worth other points now." in (tmp_path / PAGE).read_text("utf-8")
    lost = with_function(before, of_function(name, 2 * worth, (verdict("failed", 2 * worth),)))
    (change,) = changes_between("ada", before, lost)
    write_changes([change], tmp_path)
    assert "The kit judged the same file again." in (tmp_path / PAGE).read_text("utf-8")


def test_only_says_that_no_points_changed(start_zygote, tmp_path):
    hand_in(tmp_path / "class", "ada", WRONG)
    command = ("grade", tmp_path / "class", "--out", tmp_path / "out")
    assert "No points changed" not in autograder(*command).output
    again = autograder(*command, "--only", FUNCTION)
    assert "No points changed since the earlier run." in again.output


def test_only_and_force_exclude_each_other(tmp_path):
    write(tmp_path, STEP.name, RIGHT)
    command = ["grade", str(tmp_path), "--only", FUNCTION, "--force"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 2
    assert done.stderr.startswith("Choose one of --only and --force")


def test_an_unknown_function_is_named(tmp_path):
    done = CliRunner().invoke(app, ["grade", str(tmp_path), "--only", "recal_at_k"])
    assert done.exit_code == 2
    assert f"Is {FUNCTION} meant?" in done.stderr
    assert course.located(FUNCTION)[0] == STEP
