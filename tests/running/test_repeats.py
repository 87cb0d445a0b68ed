"""A mistake costs points once: checks that fail because of another function are repeated."""

import json
import os
import sys

import pytest

from autograder import course
from autograder.learner.report_cache import passing
from autograder.reports.model import FunctionReport, Report, from_json
from autograder.reports.notebook import VerdictPanel
from autograder.reports.terminal import plain_console, print_reports
from autograder.running.runner import run
from autograder.running.targets import FileTarget
from autograder.submissions.ast_tools import callees
from autograder.submissions.parse import parse
from autograder.submissions.submission import Submission
from autograder.util import paths
from tests.answers import solution_text
from tests.running.pairs import PAIRS, SHORTCUTS, WRONG_CALLEES, WRONG_CALLERS, all_but


@pytest.fixture
def report_on(tmp_path):
    """Return a function that checks a solution with other answers in place of its own."""

    def check(exercise: str, *answers: str) -> Report:
        path = tmp_path / f"{exercise}.py"
        text = solution_text(exercise) + "".join(f"\n# %%\n{answer}\n" for answer in answers)
        path.write_text(text, encoding="utf-8")
        parsed = parse(Submission(exercise, path))
        [report] = run(FileTarget({exercise: parsed}))
        return report

    return check


def by_name(report: Report) -> dict[str, FunctionReport]:
    return {function.name: function for function in report.functions}


def points_of(report: Report) -> dict[str, float]:
    return {function.name: function.points for function in report.functions}


def name_of(value) -> str:
    return f"{value.caller}-{value.callee}"


@pytest.fixture
def n_repeats(monkeypatch):
    """Return a list that grows by one entry with every repeat."""
    asked: list[object] = []
    original = FileTarget.repeating

    def counted(self, exercise, functions, answers):
        asked.append((exercise, functions, answers.names))
        return original(self, exercise, functions, answers)

    monkeypatch.setattr(FileTarget, "repeating", counted)
    return asked


@pytest.mark.parametrize("pair", PAIRS, ids=name_of)
def test_only_the_wrong_function_loses_its_points(pair, report_on):
    report = report_on(pair.exercise, WRONG_CALLEES[pair.callee])
    assert points_of(report) == all_but(pair.exercise, pair.callee)
    caller = by_name(report)[pair.caller]
    assert caller.outcome == "passed"
    repeated = [check for check in caller.checks if check.answered_by_course]
    assert repeated
    for check in repeated:
        assert check.answered_by_course == (pair.callee,)
        assert check.message is not None
        assert pair.callee in check.message.got
        assert check.misconception is None
    assert not by_name(report)[pair.callee].remark


@pytest.mark.parametrize("pair", PAIRS, ids=name_of)
def test_a_caller_that_is_wrong_too_loses_its_points(pair, report_on):
    report = report_on(pair.exercise, WRONG_CALLEES[pair.callee], WRONG_CALLERS[pair.caller])
    caller = by_name(report)[pair.caller]
    assert caller.points < caller.max_points
    [check, *_others] = [check for check in caller.checks if check.outcome == "failed"]
    assert check.message is not None
    assert check.message.causes[0] == (
        f"{pair.caller} fails with the course's own {pair.callee} in place of yours too: both are "
        f"at fault. Mend {pair.callee} first."
    )
    assert not check.answered_by_course


@pytest.mark.parametrize("pair", PAIRS, ids=name_of)
def test_no_answer_does_the_work_of_the_caller(pair, report_on):
    report = report_on(pair.exercise, WRONG_CALLEES[pair.callee], SHORTCUTS[pair.caller])
    assert by_name(report)[pair.caller].points == 0


def test_a_stub_costs_its_own_points_only(report_on):
    stub = 'def encode(raw_ids, mapping):\n    raise NotImplementedError("encode")'
    report = report_on("02_encode_split", stub)
    assert points_of(report) == all_but("02_encode_split", "encode")
    assert by_name(report)["encode"].outcome == "todo"


def test_a_function_that_is_gone_costs_its_own_points_only(report_on):
    report = report_on("02_encode_split", "del encode")
    assert points_of(report) == all_but("02_encode_split", "encode")


def test_several_faulty_functions_are_answered_together(report_on):
    wrong = [WRONG_CALLEES["precision_at_k"], WRONG_CALLEES["ndcg_at_k"]]
    report = report_on("08_ranking", *wrong)
    assert points_of(report) == all_but("08_ranking", "precision_at_k", "ndcg_at_k")
    assert "precision_at_k, ndcg_at_k" in by_name(report)["evaluate_ranking"].remark


def test_nothing_is_repeated_where_nothing_fails(report_on, n_repeats):
    report = report_on("02_encode_split")
    assert report.complete
    assert report_on("02_encode_split", WRONG_CALLERS["make_xy"]).points < report.points
    report_on("02_encode_split", "def fit_encoder(raw_ids):\n    return {}")
    path = paths.exercises() / "02_encode_split.py"
    run(FileTarget({"02_encode_split": Submission("02_encode_split", path)}))
    assert n_repeats == []


def test_a_faulty_function_is_answered_for_once_for_each_caller(report_on, n_repeats):
    report_on("02_encode_split", WRONG_CALLEES["encode"])
    assert n_repeats == [("02_encode_split", frozenset({"make_xy"}), ("encode",))]


def test_a_function_that_does_not_call_the_faulty_one_is_not_repeated(report_on, n_repeats):
    own = WRONG_CALLERS["make_xy"].replace("encode(", "look_up(")
    helper = WRONG_CALLEES["encode"].replace("encode", "look_up")
    report_on("02_encode_split", WRONG_CALLEES["encode"], helper, own)
    assert n_repeats == []


def test_a_second_try_is_no_second_chance(report_on):
    """A check that passes by chance, without an answer of the course, counts as failed."""
    lucky = """
if "tries" not in sys.modules:
    sys.modules["tries"] = []
tries = sys.modules["tries"]
tries.append(1)

def evaluate_ranking(recommended, relevant, k):
    if len(tries) < 2:
        precision_at_k
        return {}
    return honest(recommended, relevant, k)

def honest(recommended, relevant, k):
    users = [user for user in relevant if relevant[user]]
    found = {"precision": _precision, "recall": recall_at_k, "ndcg": ndcg_at_k}
    return {
        name: sum(f(recommended.get(u, []), relevant[u], k) for u in users) / len(users)
        for name, f in found.items()
    }

def _precision(recommended, relevant, k):
    return len(set(recommended[:k]) & relevant) / k
"""
    report = report_on("08_ranking", "import sys", WRONG_CALLEES["precision_at_k"], lucky)
    assert len(sys.modules.pop("tries")) == 2
    assert by_name(report)["evaluate_ranking"].points == 0


def test_cells_that_run_anew_start_no_checks(report_on):
    cell = """
from autograder.engine.reentrancy import at_work
assert at_work()

def make_xy(ratings, user_map, item_map):
    users = encode(ratings["userId"], user_map).reshape(-1, 1)
    items = encode(ratings["movieId"], item_map).reshape(-1, 1)
    return [users, items], ratings["rating"].to_numpy(dtype="float32")
"""
    report = report_on("02_encode_split", "del make_xy", cell, WRONG_CALLEES["encode"])
    assert points_of(report) == all_but("02_encode_split", "encode")
    assert not report.notes


def test_every_rendering_says_so(report_on):
    report = report_on("02_encode_split", WRONG_CALLEES["encode"])
    remark = (
        "Passed with the course's own encode in place of yours: a mistake costs points only once. "
        "Mend encode next."
    )
    caller = by_name(report)["make_xy"]
    assert caller.remark == remark
    panel = VerdictPanel(caller, report.exercise)
    assert remark in panel.text()
    assert "own encode in place of yours" in panel._repr_html_()
    console = plain_console()
    console.width = 200
    with console.capture() as captured:
        print_reports([report], console=console)
    assert f"make_xy: {remark}" in captured.get()
    document = report.to_json()
    checks = document["functions"][3]["checks"]
    assert checks[0]["answered_by_course"] == ["encode"]
    assert checks[0]["message"]["got"]["text"] == remark
    assert from_json(document) == report


def test_a_report_without_the_field_is_read(report_on):
    document = report_on("02_encode_split").to_json()
    for function in document["functions"]:
        for check in function["checks"]:
            del check["answered_by_course"]
    assert from_json(document).complete


def test_a_later_exercise_gets_the_reference_of_both_functions(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    path = tmp_path / "02_encode_split.py"
    text = solution_text("02_encode_split") + f"\n# %%\n{WRONG_CALLEES['encode']}\n"
    path.write_text(text, encoding="utf-8")
    assert passing(Submission("02_encode_split", path)) == {
        "fit_encoder",
        "split_ratings",
    }


def test_pytest_repeats_checks_too(tmp_path):
    path = tmp_path / "02_encode_split.py"
    text = solution_text("02_encode_split") + f"\n# %%\n{WRONG_CALLEES['encode']}\n"
    path.write_text(text, encoding="utf-8")
    out = tmp_path / "report.json"
    checks = paths.CHECKS / "test_02_encode_split.py"
    options = ["-c", os.devnull, "--rootdir", str(paths.PACKAGE), "-p", "no:cacheprovider", "-q"]
    pytest.main([*options, "--submissions", str(path), "--json", str(out), str(checks)])
    report = from_json(json.loads(out.read_text(encoding="utf-8")))
    assert points_of(report) == all_but("02_encode_split", "encode")


# The pairs


def test_the_pairs_are_the_calls_of_the_reference():
    for step in course.steps():
        solution = parse(Submission(step.name, paths.solutions() / f"{step.name}.py"))
        called = callees(cell.source for cell in solution.cells_to_run)
        own = set(step.functions)
        wanted = {f: own & called[f] for f in step.functions if f in called and own & called[f]}
        assert {f: set(names) for f, names in step.builds_on.items()} == wanted, step.name


def test_no_function_answers_for_a_function_that_builds_on_it():
    for step in course.steps():
        for caller, names in step.builds_on.items():
            assert caller in step.functions
            assert set(names) <= set(step.functions) - {caller}
            assert not any(name in step.builds_on for name in names)
