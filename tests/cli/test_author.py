"""`autograder dev`: a new exercise is complete at once, and faults of an exercise are named."""

import dataclasses
import shutil
import sys

import pytest

from autograder import course
from autograder.cli import requirements
from autograder.cli.author_folders import NoCheckout, require_checkout
from autograder.cli.new_exercise import make_exercise
from autograder.reports.model import CheckResult, Report, of_function, owed, total, with_function
from autograder.reports.wording import format_total, points_of
from autograder.running.runner import CheckError, run
from autograder.running.targets import FileTarget
from autograder.util import paths
from autograder.util.atomic import NotWritten, write_atomic
from tests.answers import solution_text, write
from tests.conftest import ROOT

NEW = "16_trial"
STEP = "04_dot_product"
WRITTEN = (
    f"solutions/{NEW}.py",
    f"solutions/claims/{NEW}.toml",
    f"autograder/checks/test_{NEW}.py",
    f"autograder/course/misconceptions/{NEW}.toml",
    f"tests/bank/alternatives/{NEW}.toml",
    f"exercises/en/{NEW}.py",
)


def copy_of_the_checkout(folder):
    """Copy what an author works with, without histories and environments."""
    for name in ("autograder", "solutions", "exercises", "docs", "tests/bank", "data"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A copy of the checkout to which this process writes in place of its own."""
    folder = copy_of_the_checkout(tmp_path / "checkout")
    package = folder / "autograder"
    monkeypatch.setattr(paths, "PACKAGE", package)
    monkeypatch.setattr(paths, "CHECKS", package / "checks")
    monkeypatch.setattr(paths, "MISCONCEPTIONS", package / "course" / "misconceptions")
    table = package / "course" / "course.toml"
    steps = sys.modules["autograder.course.steps"]
    monkeypatch.setattr(steps, "TABLE", table)
    monkeypatch.setattr("autograder.cli.new_exercise.TABLE", table)
    yield folder
    monkeypatch.undo()
    steps.reread()


def contents(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in files if "__pycache__" not in path.parts}


# A new exercise


@pytest.mark.slow
def test_a_new_exercise_is_all_green_at_once(run_python, tmp_path):
    folder = copy_of_the_checkout(tmp_path / "checkout")
    made = run_python("-m", "autograder", "dev", "new", NEW, folder=folder, PYTHONPATH=str(folder))
    assert made.returncode == 0, made.stderr
    checked = run_python(
        "-m", "autograder", "dev", "check", NEW, folder=folder, PYTHONPATH=str(folder)
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.count("✓") == 10


def test_a_new_exercise_is_a_bonus_without_points(autograder, checkout):
    result = autograder("dev", "new", NEW, "--function", "trial_mean")
    assert result.exit_code == 0, result.output
    for name in WRITTEN:
        assert (checkout / name).is_file()
        assert str(checkout / name) in result.stdout
    step = course.step(NEW)
    assert step == course.steps()[-1]
    assert (step.day, step.points) == ("bonus", {"trial_mean": 0})
    assert NEW in (checkout / "README.md").read_text(encoding="utf-8")
    assert f"| 45 | **{NEW}** |" in (checkout / "docs/timetable.md").read_text(encoding="utf-8")
    stub = (checkout / f"exercises/en/{NEW}.py").read_text(encoding="utf-8")
    assert 'raise NotImplementedError("trial_mean")' in stub
    assert not list(requirements._prose_faults(step))


def report_of(exercise, outcome, points=0.0):
    """A report on an exercise whose functions all have the same outcome."""
    report = Report(exercise, "", "", 0.0, 0.0, (), ())
    for name, most in course.step(exercise).points.items():
        check = CheckResult(f"test_{name}", outcome, points, most)
        report = with_function(report, of_function(name, most, (check,)))
    return report


def test_a_bonus_without_points_counts_what_passes(checkout):
    make_exercise(NEW)
    core = report_of(STEP, "passed", 10.0)
    todo, failed, passed = (report_of(NEW, outcome) for outcome in ("todo", "failed", "passed"))
    assert [points_of(r) for r in (todo, failed, passed)] == [
        "0 of 1 passed",
        "0 of 1 passed",
        "1 of 1 passed",
    ]
    assert owed([core, todo]) == [core]
    assert owed([core, failed]) == [core, failed]
    assert format_total(total([core, passed])) == format_total(total([core, todo]))
    assert points_of(report_of("15_bug_hunt", "failed")) == "0 of 10 found"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["04_cosine"], "The number 04 is in use: 04_dot_product"),
        (["16_dot_product"], "The name dot_product is in use: 04_dot_product"),
        (["cosine"], "cosine is no name of an exercise"),
        (["16-cosine"], "16-cosine is no name of an exercise"),
        (["16_Cosine"], "16_Cosine is no name of an exercise"),
        (["../16_cosine"], "../16_cosine is no name of an exercise"),
        (["16_cosine", "--function", "build_mf"], "The function build_mf is in use"),
        (["16_lambda"], "lambda cannot be the name of the function"),
        (["16_cosine", "--function", "check"], "check cannot be the name of the function"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused_and_nothing_written(
    autograder, checkout, arguments, told
):
    before = contents(checkout)
    result = autograder("dev", "new", *arguments)
    assert result.exit_code == 2
    assert told in result.stderr
    assert contents(checkout) == before


def test_a_file_in_the_way_is_named_and_stays(autograder, checkout):
    (checkout / WRITTEN[3]).write_text("# mine\n", encoding="utf-8")
    before = contents(checkout)
    result = autograder("dev", "new", NEW)
    assert result.exit_code == 2
    assert WRITTEN[3] in result.stderr
    assert contents(checkout) == before


@pytest.mark.parametrize("failing", ["README.md", f"test_{NEW}.py"])
def test_a_file_that_cannot_be_written_undoes_the_others(checkout, monkeypatch, failing):
    def failing_write(path, text):
        if path.name == failing:
            raise NotWritten(f"{path} cannot be written")
        write_atomic(path, text)

    before = contents(checkout)
    monkeypatch.setattr("autograder.cli.new_exercise.write_atomic", failing_write)
    with pytest.raises(NotWritten):
        make_exercise(NEW)
    assert contents(checkout) == before
    assert NEW not in {step.name for step in course.steps()}


def test_an_installed_package_says_that_authors_need_a_checkout(autograder, checkout):
    shutil.move(checkout / "solutions", checkout / "autograder/_course/solutions")
    with pytest.raises(NoCheckout, match="checkout"):
        require_checkout()
    for command in (["new", NEW], ["check", STEP]):
        result = autograder("dev", *command)
        assert result.exit_code == 2
        assert "installed package" in result.stderr


# Faults of an exercise


def faults_of(exercise, requirement):
    """The faults that `dev check` finds in an exercise under a requirement."""
    findings = requirements.examine(course.step(exercise))
    return next(f.faults for f in findings if requirement in f.requirement)


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_points_that_the_prose_gives_otherwise_are_named_with_their_line(checkout):
    path = checkout / "solutions/01_explore.py"
    replace(path, "45 minutes · 6 points", "45 minutes · 7 points")
    replace(path, "`summarise` (3)", "`summarise` (4)")
    headline, prose = faults_of("01_explore", "a headline and prose")
    assert headline.startswith("01_explore.py, line 17: ")
    assert "**Day 1 · 45 minutes · 6 points**" in headline
    assert prose == (
        "01_explore.py, line 24: the prose gives summarise (4), and course.toml gives 3"
    )


@pytest.mark.parametrize("exercise", [step.name for step in course.steps()])
def test_headlines_and_prose_agree_with_the_step_table(exercise):
    assert requirements._prose_faults(course.step(exercise)) == []


@pytest.mark.parametrize(
    ("builds_on", "fault"),
    [
        ({"recommend": ["top_m"]}, "builds_on names top_m, which is no function of 07_recommend."),
        ({"advise": ["top_n"]}, "builds_on names advise, which is no function of 07_recommend."),
        (
            {"recommend": ["top_n"], "top_n": ["seen_items"]},
            "builds_on: top_n builds on functions itself, so it cannot answer.",
        ),
        (
            {"recommend": ["top_n", "seen_items"]},
            "builds_on: the reference's recommend does not call seen_items.",
        ),
        ({"recommend": ["top_n"]}, None),
    ],
)
def test_functions_that_build_on_others_do_so_in_the_reference(builds_on, fault):
    step = dataclasses.replace(course.step("07_recommend"), builds_on=builds_on)
    assert requirements._row_faults(step) == ([] if fault is None else [fault])


def test_a_solution_without_a_step_is_named(autograder, checkout):
    (checkout / f"solutions/{NEW}.py").write_text("# %%\n", encoding="utf-8")
    for command in (["check", NEW], ["build"]):
        result = autograder("dev", *command)
        assert result.exit_code == 1
        assert f"{NEW}.py has no step in course.toml: add a [[step]] row" in result.output


def test_a_step_without_a_solution_is_named(autograder, checkout):
    (checkout / f"solutions/{STEP}.py").unlink()
    for command in (["dev", "build"], ["hint", "build_mf"], ["solution", "build_mf"]):
        result = autograder(*command)
        assert result.exit_code in (1, 2)
        assert f"there is no {checkout / 'solutions' / STEP}.py" in result.stderr
    [fault] = faults_of(STEP, "three hints")
    assert "which the course lists" in fault


def test_malformed_hints_are_named_by_hint_and_check(autograder, checkout):
    replace(checkout / f"solutions/{STEP}.py", "# 3. Transpose one", "# Transpose one")
    result = autograder("hint", "score_matrix")
    assert result.exit_code == 2
    assert "the hint cell of score_matrix holds 2 hints, and 3 are needed" in result.stderr
    [fault] = faults_of(STEP, "three hints")
    assert fault in result.stderr


def test_a_step_without_checks_is_named_by_the_runner(autograder, checkout, tmp_path):
    (checkout / f"autograder/checks/test_{STEP}.py").unlink()
    path = write(tmp_path, STEP, solution_text(STEP))
    with pytest.raises(CheckError, match=f"{STEP} has no checks: .*test_{STEP}.py is missing"):
        run(FileTarget.at(path))
    result = autograder("check", path)
    assert result.exit_code == 2
    assert f"{STEP} has no checks" in result.stderr
    [fault] = faults_of(STEP, "checks for each function")
    assert f"test_{STEP}.py is missing" in fault


def test_checks_that_cannot_be_shared_out_are_named(checkout):
    path = checkout / f"autograder/checks/test_{STEP}.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('@checks("build_mf", share=1)', '@checks("build_mf", share=0)', 1).replace(
            '@checks("score_matrix"', '@checks("matrix_of_scores"'
        ),
        encoding="utf-8",
    )
    faults = " ".join(faults_of(STEP, "checks for each function"))
    assert "has no check of score_matrix" in faults
    assert "checks matrix_of_scores, which is no function" in faults
    assert "a check of build_mf has share 0; give it a positive number" in faults


def test_an_exercise_that_is_not_built_is_named(checkout):
    path = checkout / f"exercises/en/{STEP}.py"
    path.write_text("x = 1\n", encoding="utf-8")
    [fault] = faults_of(STEP, "built and up to date")
    assert "autograder dev build" in fault
