"""The bug hunt: ten mistakes that the course's own checks find, in an exercise without points."""

import json
import re

import jupytext
import pytest
from nbgrader.preprocessors import ClearSolutions
from typer.testing import CliRunner

from autograder import course
from autograder.cli.app import app
from autograder.course.solutions import answer_of, hints_of
from autograder.nbgrading.course import make_course
from autograder.nbgrading.source_notebooks import source_notebook
from autograder.reports import wording
from autograder.running.runner import run
from autograder.running.targets import FileTarget
from autograder.util import paths
from tests.answers import exercise_text, solution_text, write

HUNT = "15_bug_hunt"
FUNCTIONS = course.step(HUNT).functions
# The mistake that the message on each released piece names.
MISTAKES = {
    "split_ratings": "test-rows-stay-in-train",
    "compile_and_fit": "no-early-stopping",
    "bias_baseline": "item-bias-not-subtracted",
    "build_biased_mf": "penalty-on-lookups",
    "top_n": "seen-masked-with-zero",
    "ndcg_at_k": "discount-one-late",
    "nearest": "one-length-divided",
    "score_genres": "absent-genres-counted",
    "make_xy": "frame-encoded-anew",
    "rmse": "column-minus-vector",
}


def report_on(path, *functions, seed=None):
    addresses = frozenset(course.address(HUNT, name) for name in functions) or None
    [report] = run(FileTarget.at(path, frozenset({HUNT}), addresses), seed)
    return report


def mended(*functions):
    """Return the exercise with some of its functions corrected."""
    notebook = jupytext.reads(exercise_text(HUNT), fmt="py:percent")
    for cell in notebook.cells:
        for name in functions:
            if f"def {name}(" in cell.source:
                cell.source = answer_of(course.address(HUNT, name))
    return jupytext.writes(notebook, fmt="py:percent")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [None, 5])
def test_as_shipped_every_piece_fails_and_its_mistake_is_named(seed):
    report = report_on(paths.exercises() / f"{HUNT}.py", *FUNCTIONS, seed=seed)
    assert {f.name: f.outcome for f in report.functions} == dict.fromkeys(FUNCTIONS, "failed")
    assert {f.name: f.problem.misconception for f in report.functions} == MISTAKES
    for function in report.functions:
        assert f"autograder hint 15.{function.name}" in wording.text(function.problem.message)
    assert (report.points, report.max_points) == (0, 0)
    assert report.standing == (0, 10)
    assert report.untouched


def test_every_piece_is_todo_until_the_hunt_is_begun(tmp_path):
    report = report_on(paths.exercises() / f"{HUNT}.py")
    assert {f.name: f.outcome for f in report.functions} == dict.fromkeys(FUNCTIONS, "todo")
    assert report.untouched
    problem = report.functions[0].problem
    assert wording.text(problem.message) == "The mistake in split_ratings is still to be found."


@pytest.mark.slow
def test_after_a_first_change_the_other_pieces_fail(tmp_path):
    report = report_on(write(tmp_path, HUNT, mended("nearest")))
    outcomes = {f.name: f.outcome for f in report.functions}
    assert outcomes == {**dict.fromkeys(FUNCTIONS, "failed"), "nearest": "passed"}


@pytest.mark.slow
def test_as_mended_every_piece_passes():
    report = report_on(paths.solutions() / f"{HUNT}.py")
    assert report.complete
    assert report.standing == (10, 10)
    assert (report.points, report.max_points) == (0, 0)


def test_the_checks_of_a_piece_are_those_of_its_own_exercise(run_python):
    options = ("--collect-only", "-q", "--submissions", paths.solutions())
    text = run_python("-m", "pytest", "autograder", *options).stdout
    ids = re.findall(r"test_(\w+)\.py::test_(\w+)", text)
    hunted = [name for exercise, name in ids if exercise == HUNT]
    for function in FUNCTIONS:
        own = course.step_of_function(function).name
        named = {name.removeprefix(f"{function}_") for name in hunted if name.startswith(function)}
        assert len(named) >= 2
        assert named <= {name for exercise, name in ids if exercise == own}


def test_the_pieces_do_not_lean_on_each_other(tmp_path):
    found = ("top_n", "nearest")
    report = report_on(write(tmp_path, HUNT, mended(*found)), *found, "ndcg_at_k", "split_ratings")
    assert report.standing == (2, 4)
    assert {f.name for f in report.functions if f.outcome == "passed"} == set(found)
    assert not report.untouched


def test_mended_and_shipped_pieces_differ_in_a_line_or_three():
    cells = jupytext.reads(solution_text(HUNT), fmt="py:percent").cells
    for bug, answer in zip(cells, cells[1:], strict=False):
        if "bug" in bug.metadata.get("tags", ()):
            lines = [line for line in answer.source.splitlines() if "SOLUTION" not in line]
            others = bug.source.splitlines()
            assert 1 <= len(set(lines) - set(others)) <= 3
            assert 1 <= len(set(others) - set(lines)) <= 3


# Names that stand in two exercises


def test_a_name_alone_means_the_exercise_of_the_course():
    assert course.step_of_function("top_n").name == "07_recommend"
    assert course.step_of_function("15.top_n").name == HUNT
    assert course.step_of_function("bug_hunt.top_n").name == HUNT
    assert course.address("07_recommend", "top_n") == "top_n"
    assert course.address(HUNT, "top_n") == "15.top_n"
    with pytest.raises(LookupError, match="15.recommend"):
        course.step_of_function("15.recommend")


def test_an_answer_is_plain_code_without_the_marks_of_an_exercise():
    for step in course.steps():
        for name in step.functions:
            answer = answer_of(course.address(step.name, name))
            compile(answer, name, "exec")
            assert "SOLUTION" not in answer
            assert "TODO" not in answer


def test_hints_and_answers_are_those_of_the_exercise_that_is_meant():
    for name in FUNCTIONS:
        address = course.address(HUNT, name)
        assert hints_of(address) != hints_of(name)
        for of_hunt in (True, False):
            answer = answer_of(address if of_hunt else name)
            assert f"def {name}(" in answer
            exercise = HUNT if of_hunt else course.step_of_function(name).name
            assert answer.splitlines()[-1] in solution_text(exercise)
    assert "-np.inf" in answer_of("15.top_n")
    assert "-np.inf" not in answer_of("top_n")


@pytest.mark.slow
def test_a_check_cell_means_the_exercise_that_its_notebook_names(run_python, tmp_path):
    code = 'EXERCISE = "15_bug_hunt"\n' + mended("ndcg_at_k").split("# ## 6")[0]
    code += '\nfrom autograder import hint\nhint("top_n")\n'
    write(tmp_path, HUNT, code)
    result = run_python(f"{HUNT}.py", folder=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "✗ top_n: failed\n" in result.stdout
    assert "points" not in result.stdout
    assert "autograder hint 15.top_n" in result.stdout
    assert hints_of("15.top_n")[0] in result.stdout


def test_points_of_the_course_stay_what_they_are():
    names = frozenset({"08_ranking", HUNT})
    addresses = frozenset({"ndcg_at_k", "15.ndcg_at_k"})
    of_course, of_hunt = run(FileTarget.at(paths.solutions(), names, addresses))
    assert (of_course.exercise, of_course.points, of_course.max_points) == ("08_ranking", 3, 3)
    assert (of_hunt.exercise, of_hunt.points, of_hunt.standing) == (HUNT, 0, (1, 1))


@pytest.mark.slow
def test_an_opened_answer_is_remembered_where_it_was_opened(run_python, tmp_path):
    write(tmp_path, HUNT, exercise_text(HUNT))
    solution = ("-m", "autograder", "solution", "15.top_n", "--yes", "--submissions", tmp_path)
    assert "-np.inf" in run_python(*solution).stdout
    asked = {"15.top_n": tmp_path, "top_n": paths.exercises()}
    for address, folder in asked.items():
        options = ("--submissions", folder)
        result = run_python("-m", "autograder", "check", address, *options)
        note = "the answer of top_n was opened" in result.stdout
        assert note == (address == "15.top_n")


# Other commands


@pytest.mark.parametrize("names", [["15.top_n"], ["bug_hunt.top_n", "8"]])
def test_the_command_line_checks_what_is_named(names, tmp_path):
    for exercise in HUNT, "07_recommend", "08_ranking":
        write(tmp_path, exercise, exercise_text(exercise))
    path = tmp_path / "report.json"
    result = CliRunner().invoke(
        app, ["check", *names, "--submissions", str(tmp_path), "--json", str(path)]
    )
    assert result.exit_code == 1
    document = json.loads(path.read_text(encoding="utf-8"))
    reports = document if isinstance(document, list) else [document]
    checked = {r["exercise"]: {f["name"] for f in r["functions"]} for r in reports}
    assert checked[HUNT] == {"top_n"}
    assert ("08_ranking" in checked) == ("8" in names)
    assert "07_recommend" not in checked
    assert "found" in result.stdout


@pytest.mark.slow
def test_grading_shows_what_was_found_and_no_points(run_python, tmp_path):
    folder = tmp_path / "class" / "ada"
    folder.mkdir(parents=True)
    write(folder, HUNT, mended("top_n", "nearest", "ndcg_at_k"))
    options = ("--out", tmp_path / "results", "--jobs", "1")
    result = run_python("-m", "autograder", "grade", tmp_path / "class", *options)
    assert result.returncode == 0, result.stderr
    grades = (tmp_path / "results" / "grades.csv").read_text(encoding="utf-8")
    assert grades.splitlines()[1] == '"ada",0,0,0'
    for page in "index.html", "ada/index.html":
        html = (tmp_path / "results" / page).read_text(encoding="utf-8")
        assert "/ 10 found" in html or "/10 found" in html


def test_a_course_holds_it_only_where_it_is_named(tmp_path):
    command = ["course", str(tmp_path / "default")]
    assert HUNT not in CliRunner().invoke(app, command).stdout
    made = make_course(tmp_path / "named", (HUNT,), "exercise")
    assert list(made.assignments) == [HUNT]


def test_nbgrader_hands_out_the_bugs_and_counts_no_points():
    notebook = source_notebook(HUNT)
    released, _resources = ClearSolutions().preprocess(notebook, {})
    code = [cell.source for cell in released.cells if cell.cell_type == "code"]
    shipped = jupytext.reads(exercise_text(HUNT), fmt="py:percent")
    assert code == [cell.source for cell in shipped.cells if cell.cell_type == "code"]
    checks = [c.metadata.nbgrader for c in notebook.cells if "nbgrader" in c.metadata]
    assert [c["grade_id"] for c in checks] == [f"check_{name}" for name in FUNCTIONS]
    assert all(c["points"] == 0 and c["grade"] and not c["solution"] for c in checks)
