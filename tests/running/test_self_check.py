"""Self-check in a terminal: `pytest autograder` and `autograder check` on files of learners."""

import json
import os

import pytest

from autograder import course
from autograder.course.misconceptions import catalogue
from autograder.reports import wording
from autograder.reports.model import OUTCOMES
from autograder.running.runner import run
from autograder.running.targets import FileTarget
from autograder.util import paths
from tests.answers import exercise_text, filled_in, solution_text, write

STEP = "04_dot_product"
MISTAKE = "dot-normalised"
EXERCISES = [step.name for step in course.steps()]


def text_of(check):
    """The words of a check's verdict."""
    return wording.text(check.message)


def report_on(path, **options):
    [report] = run(FileTarget.at(path), **options)
    return report


@pytest.mark.slow
@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_reference_earns_every_point(exercise):
    for seed in (None, 7, 20_262):
        report = report_on(paths.solutions() / f"{exercise}.py", seed=seed)
        assert report.points == report.max_points == course.step(exercise).max_points
        assert {f.name: f.points for f in report.functions} == course.step(exercise).points
        assert report.notes == ()


@pytest.mark.parametrize("exercise", [s.name for s in course.steps() if not s.hunt])
def test_an_untouched_exercise_is_todo_everywhere_and_earns_nothing(exercise):
    report = report_on(paths.exercises() / f"{exercise}.py")
    assert {check.outcome for f in report.functions for check in f.checks} == {"todo"}
    assert report.points == 0
    assert report.max_points == course.step(exercise).max_points
    assert report.notes == ()


def test_every_function_has_two_checks_or_more():
    report = report_on(paths.exercises() / f"{STEP}.py")
    assert all(len(function.checks) >= 2 for function in report.functions)


@pytest.mark.parametrize("name", ["dot_product", "4", "04_dot_product"])
def test_pytest_fails_on_an_untouched_exercise_and_calls_it_todo(run_python, name):
    options = ("--submissions", paths.exercises(), "-k", name)
    result = run_python("-m", "pytest", "autograder", *options)
    assert result.returncode == 1
    exercises = [step.name for step in course.steps()]
    assert [name for name in exercises if name in result.stdout] == ["04_dot_product"]
    assert "todo" in result.stdout
    assert "0 / 10" in result.stdout
    assert "failed" not in result.stdout


def test_pytest_takes_the_name_of_a_function_for_this_function(run_python):
    options = ("--submissions", paths.exercises(), "-k", "item_counts", "--collect-only", "-q")
    result = run_python("-m", "pytest", "autograder", *options)
    found = [line for line in result.stdout.splitlines() if "::" in line]
    assert found
    assert all("test_01_explore.py" in line for line in found)


def test_pytest_passes_on_a_right_exercise(run_python, tmp_path):
    path = write(tmp_path, STEP, solution_text(STEP))
    result = run_python("-m", "pytest", "autograder", "--submissions", path)
    assert result.returncode == 0, result.stdout
    assert "10 / 10" in result.stdout


def test_one_problem_at_a_time_unless_all_are_wanted(run_python, tmp_path):
    code = (
        "def build_mf(a, b, c): return 1\ndef score_matrix(user_factors, item_factors): return 2\n"
    )
    path = write(tmp_path, STEP, f"{solution_text(STEP)}\n# %%\n{code}")
    one = run_python("-m", "pytest", "autograder", "--submissions", path).stdout
    every = run_python("-m", "pytest", "autograder", "--submissions", path, "--all-problems").stdout
    assert one.count("Must hold") == 1
    assert "1 more function" in one
    assert every.count("Must hold") == 2


def test_a_wrong_answer_gets_the_four_parts_of_its_message(run_python, tmp_path):
    path = write(tmp_path, STEP, f"{solution_text(STEP)}\n# %%\n{catalogue()[MISTAKE].code}")
    result = run_python("-m", "autograder", "check", "--submissions", path)
    assert result.returncode == 1
    for part in ("Called: build_mf(", "Got: ", "Must hold: ", "Likely cause: "):
        assert part in result.stdout
    assert "autograder hint build_mf" in result.stdout
    assert "Traceback" not in result.stdout


def test_the_report_is_the_documented_json(run_python, tmp_path):
    path = write(tmp_path, STEP, f"{solution_text(STEP)}\n# %%\n{catalogue()[MISTAKE].code}")
    for number, command in enumerate((("pytest", "autograder"), ("autograder", "check"))):
        file = tmp_path / f"{number}.json"
        run_python("-m", *command, "--submissions", path, "--json", file)
        document = json.loads(file.read_text(encoding="utf-8"))
        assert document["schema"] == 2
        assert document["exercise"] == STEP
        assert document["max_points"] == 10
        assert document["points"] == sum(f["points"] for f in document["functions"]) < 10
        assert len(document["sha256"]) == 64
        checks = [check for f in document["functions"] for check in f["checks"]]
        assert {check["outcome"] for check in checks} == {"passed", "failed"} <= set(OUTCOMES)
        assert MISTAKE in {check["misconception"] for check in checks}
        assert all(check["id"].startswith(f"test_{STEP}.py::test_") for check in checks)


def test_several_exercises_make_a_list_of_reports(run_python, tmp_path):
    for exercise in ("01_explore", STEP):
        write(tmp_path, exercise, exercise_text(exercise))
    file = tmp_path / "reports.json"
    result = run_python("-m", "autograder", "check", "--submissions", tmp_path, "--json", file)
    assert result.returncode == 1
    documents = json.loads(file.read_text(encoding="utf-8"))
    assert [d["exercise"] for d in documents] == ["01_explore", STEP]


def test_a_notebook_is_checked_like_a_script(tmp_path):
    path = write(tmp_path, STEP, solution_text(STEP), ".ipynb")
    assert report_on(path).points == 10


def test_of_a_pair_the_newer_is_checked_and_named(tmp_path):
    old = write(tmp_path, STEP, exercise_text(STEP))
    new = write(tmp_path, STEP, solution_text(STEP), ".ipynb")
    os.utime(old, (1_000_000_000, 1_000_000_000))
    report = report_on(tmp_path)
    assert report.submission == new.as_posix()
    assert report.points == 10
    assert any(new.name in note and old.name in note for note in report.notes)


def test_a_syntax_error_costs_its_own_cell_only(tmp_path):
    text = solution_text(STEP).replace("def score_matrix(", "def score_matrix((")
    report = report_on(write(tmp_path, STEP, text))
    points = {f.name: f.points for f in report.functions}
    assert points == {"build_mf": 6, "predict_pairs": 2, "score_matrix": 0}
    assert any("SyntaxError" in note for note in report.notes)
    problem = report.functions[-1].problem
    assert problem.outcome == "failed"
    assert "SyntaxError" in text_of(problem)


RAISES = """
def score_matrix(user_factors, item_factors):
    return user_factors @ item_factors
"""


@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
def test_a_line_is_told_by_its_number_in_the_script_or_in_the_cell(tmp_path, suffix):
    text = filled_in("score_matrix", RAISES.strip())
    number = text.split("\n").index("    return user_factors @ item_factors") + 1
    path = write(tmp_path, STEP, text, suffix)
    [check, *_others] = next(
        f for f in report_on(path).functions if f.name == "score_matrix"
    ).checks
    line = number if suffix == ".py" else 2
    assert f" in line {line} of score_matrix: return user_factors @ item_factors" in text_of(check)


def test_a_line_with_a_mistake_of_syntax_is_told_by_its_number_in_the_script(tmp_path):
    text = solution_text(STEP) + "\n\n# %%\nhow now\n"
    path = write(tmp_path, STEP, text)
    number = text.split("\n").index("how now") + 1
    [note] = report_on(path).notes
    assert note.endswith(f" in line {number}: how now")


def test_magics_and_noise_cost_nothing(tmp_path):
    noise = (
        "# %%\n# %matplotlib inline\nimport sys, warnings\nprint('hello')\n"
        "print('warning!', file=sys.stderr)\nwarnings.warn('beware')\n"
    )
    report = report_on(write(tmp_path, STEP, f"{solution_text(STEP)}\n{noise}"))
    assert report.points == 10
    assert report.notes == ()


def test_a_cell_that_exits_or_fails_is_noted_and_the_next_one_runs(tmp_path):
    text = solution_text(STEP)
    first = text.index("# %%\ndef build_mf")
    broken = "# %%\nraise SystemExit('bye')\n\n# %%\n1 / 0\n\n"
    report = report_on(write(tmp_path, STEP, text[:first] + broken + text[first:]))
    assert report.points == 10
    assert [note.split(": ")[1] for note in report.notes] == ["SystemExit", "ZeroDivisionError"]


def test_demonstrations_and_check_cells_are_not_run(tmp_path):
    trap = '# %% tags=["demo"]\nraise SystemExit\n\n# %% tags=["check"]\nraise SystemExit\n'
    assert report_on(write(tmp_path, STEP, f"{solution_text(STEP)}\n{trap}")).notes == ()


def test_a_call_of_check_in_an_untagged_cell_does_nothing(tmp_path):
    text = solution_text(STEP).replace('tags=["check"]', "")
    assert report_on(write(tmp_path, STEP, text)).points == 10


def test_another_seed_draws_other_data_and_the_same_seed_the_same(tmp_path):
    code = "def score_matrix(user_factors, item_factors):\n    raise ValueError(user_factors)\n"
    path = write(tmp_path, STEP, f"{solution_text(STEP)}\n# %%\n{code}")

    def message(seed):
        return text_of(report_on(path, seed=seed).functions[-1].problem)

    assert message(5) == message(5) != message(6)


def test_one_filled_stub_is_enough_to_earn_its_points(tmp_path):
    code = (
        "def score_matrix(user_factors, item_factors):\n    return user_factors @ item_factors.T\n"
    )
    report = report_on(write(tmp_path, STEP, filled_in("score_matrix", code)))
    assert {f.name: f.outcome for f in report.functions} == {
        "build_mf": "todo",
        "predict_pairs": "todo",
        "score_matrix": "passed",
    }


def test_a_function_that_is_checked_through_a_stub_is_todo(tmp_path):
    code = "def fit_genres(embeddings, genres):\n    return embeddings.mean(axis=0)\n"
    report = report_on(write(tmp_path, "10_genres", filled_in("fit_genres", code)))
    verdicts = {f.name: f for f in report.functions}
    assert verdicts["fit_genres"].outcome == "todo"
    assert "predict_genres" in text_of(verdicts["fit_genres"].problem)


def test_a_function_that_calls_a_stub_has_failed_not_todo(tmp_path):
    code = "def predict_pairs(model, users, items):\n    return build_mf(1, 2, 3)\n"
    report = report_on(write(tmp_path, STEP, filled_in("predict_pairs", code)))
    assert report.functions[1].outcome == "failed"
    assert "stub" in text_of(report.functions[1].problem)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("04_dot_product.ipynb", b"{ not json", "no valid notebook"),
        ("04_dot_product.py", b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_an_unreadable_file_gets_a_plain_message(tmp_path, name, content, told):
    path = tmp_path / name
    path.write_bytes(content)
    report = report_on(path)
    assert report.points == 0
    assert told in text_of(report.functions[0].problem)
    assert {c.outcome for f in report.functions for c in f.checks} == {"failed"}


@pytest.mark.parametrize("command", [("pytest", "autograder"), ("autograder", "check")])
def test_nothing_to_check_is_said_plainly(run_python, tmp_path, command):
    for target in (tmp_path, tmp_path / "missing.py"):
        result = run_python("-m", *command, "--submissions", target)
        assert result.returncode not in (0, 1)
        assert str(target) in result.stdout + result.stderr
        assert "Traceback" not in result.stdout + result.stderr


def test_checks_run_in_parallel_give_the_same_report(run_python, tmp_path):
    path = write(tmp_path, STEP, f"{solution_text(STEP)}\n# %%\n{catalogue()[MISTAKE].code}")
    documents = []
    for options in ((), ("-n", "2")):
        file = tmp_path / "report.json"
        run_python("-m", "pytest", "autograder", "--submissions", path, "--json", file, *options)
        document = json.loads(file.read_text(encoding="utf-8"))
        verdicts = {
            check["id"]: (check["outcome"], check["points"], check["message"])
            for function in document["functions"]
            for check in function["checks"]
        }
        documents.append((document["points"], verdicts))
    assert documents[0] == documents[1]


PLAIN = """
import numpy as np

def score_matrix(user_factors, item_factors):
    '''A script without cells.

    It has a blank line in its docstring.
    '''

    return np.asarray(user_factors) @ np.asarray(item_factors).T

def predict_pairs(model, users, items):
\tcolumns = [np.reshape(users, (-1, 1)), np.reshape(items, (-1, 1))]
\treturn model.predict(columns, verbose=0).reshape(-1)
"""


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + PLAIN.replace("\n", "\r\n").encode(),
    ],
    ids=["no cells", "byte-order mark", "Windows line ends", "both"],
)
def test_a_plain_script_is_checked_too(tmp_path, content):
    path = tmp_path / f"{STEP}.py"
    path.write_bytes(content)
    report = report_on(path)
    assert {f.name: f.points for f in report.functions} == {
        "build_mf": 0,
        "predict_pairs": 2,
        "score_matrix": 2,
    }
