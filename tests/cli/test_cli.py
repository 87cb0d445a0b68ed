"""The command line: what learners and maintainers type."""

import pytest

from autograder import course
from autograder.cli.doctor import Finding, examine, print_findings
from autograder.cli.lab import LabMissing, open_lab
from autograder.util import paths
from tests.answers import exercise_text, filled_in, solution_text, write

STEP = "04_dot_product"
HEAVY = ("tensorflow", "keras", "pandas", "numpy", "matplotlib", "sklearn", "nbgrader", "jupytext")


def test_help_imports_nothing_heavy(run_python):
    code = (
        "import sys; sys.argv = ['autograder', '--help']\n"
        "from autograder.cli.app import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print('loaded:', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    result = run_python("-c", code)
    assert "loaded: []" in result.stdout
    for command in ("check", "progress", "hint", "dev", "lab", "demo", "doctor"):
        assert f"  {command} " in result.stdout


def test_the_module_and_the_version(run_python):
    result = run_python("-m", "autograder", "--version")
    assert result.returncode == 0
    assert result.stdout.startswith("autograder 0.")


@pytest.mark.parametrize("name", [STEP, "4", "dot_product"])
def test_check_takes_an_exercise_by_number_or_words(autograder, tmp_path, name):
    for exercise in ("01_explore", STEP):
        write(tmp_path, exercise, solution_text(exercise))
    result = autograder("check", name, "--submissions", tmp_path)
    assert result.exit_code == 0, result.stdout
    assert "10 / 10" in result.stdout
    assert "01_explore" not in result.stdout


def test_check_takes_functions(autograder, tmp_path):
    code = (
        "def score_matrix(user_factors, item_factors):\n    return user_factors @ item_factors.T\n"
    )
    write(tmp_path, STEP, filled_in("score_matrix", code))
    result = autograder("check", "score_matrix", "--submissions", tmp_path)
    assert result.exit_code == 0, result.stdout
    assert "2 / 2" in result.stdout


@pytest.mark.parametrize("names, points", [((), "10 / 10"), (("score_matrix",), "2 / 2")])
def test_check_takes_a_file_wherever_it_lies(autograder, tmp_path, names, points):
    path = write(tmp_path, STEP, solution_text(STEP))
    result = autograder("check", path, *names)
    assert result.exit_code == 0, result.stdout
    assert points in result.stdout


def test_check_takes_one_file_only(autograder, tmp_path):
    files = [
        write(tmp_path, exercise, solution_text(exercise)) for exercise in ("01_explore", STEP)
    ]
    result = autograder("check", *files)
    assert result.exit_code == 2
    assert "--submissions" in result.stderr


@pytest.mark.parametrize("command", [("check", "nothing"), ("hint", "nothing")])
def test_an_unknown_name_is_answered_with_the_known_ones(autograder, command):
    result = autograder(*command)
    assert result.exit_code == 2
    assert "nothing" in result.stderr
    assert STEP in result.stderr or "build_mf" in result.stderr
    assert "Traceback" not in result.stderr


def test_hints_come_one_level_at_a_time(autograder):
    first = autograder("hint", "build_mf").stdout
    third = autograder("hint", "build_mf", "--level", "3").stdout
    assert "1. " in first
    assert "2. " not in first
    assert "--level 2" in first
    assert "3. " in third


def test_progress_counts_points_and_names_what_comes_next(autograder, tmp_path):
    write(tmp_path, "01_explore", solution_text("01_explore"))
    write(tmp_path, STEP, exercise_text(STEP))
    for _run in ("checked", "from the cache"):
        result = autograder("progress", "--submissions", tmp_path)
        assert result.exit_code == 0, result.stderr
        assert "6 / 16" in result.stdout
        assert f"Next: build_mf in {STEP}" in result.stdout


@pytest.fixture
def done_but_for_the_bonus(tmp_path):
    """A folder with a right exercise of the core and an untouched bonus exercise."""
    write(tmp_path, "01_explore", solution_text("01_explore"))
    write(tmp_path, "14_als", exercise_text("14_als"))
    return tmp_path


@pytest.mark.parametrize("command", [("pytest", "autograder"), ("autograder", "check")])
def test_an_untouched_bonus_costs_nothing_beside_the_core(
    run_python, done_but_for_the_bonus, command
):
    result = run_python("-m", *command, "--submissions", done_but_for_the_bonus)
    assert result.returncode == 0, result.stdout
    assert "6 / 6 + 0" in result.stdout
    assert "still to be written" not in result.stdout


def test_a_bonus_that_was_begun_or_asked_for_has_to_pass(autograder, done_but_for_the_bonus):
    folder = done_but_for_the_bonus
    check = "check", "--submissions", folder
    assert autograder(*check, "14").exit_code == 1
    wrong = "def objective(ratings, p, q, reg):\n    return 0.0\n"
    write(folder, "14_als", f"{exercise_text('14_als')}\n# %%\n{wrong}")
    result = autograder(*check)
    assert result.exit_code == 1
    assert "14_als · objective · failed" in result.stdout


def test_progress_offers_the_bonus_when_the_course_is_done(autograder, done_but_for_the_bonus):
    result = autograder("progress", "--submissions", done_but_for_the_bonus)
    assert "6 / 6 + 0" in result.stdout
    assert "The course is done. If you like, go on with objective in 14_als." in result.stdout


def test_bonus_points_add_to_a_full_total(autograder, tmp_path):
    for exercise in ("01_explore", "14_als"):
        write(tmp_path, exercise, solution_text(exercise))
    result = autograder("progress", "--submissions", tmp_path)
    assert "6 / 6 + 5" in result.stdout
    assert "Everything passes." in result.stdout


def test_build_check_passes_on_the_committed_exercises(autograder):
    result = autograder("dev", "build", "--check")
    assert result.exit_code == 0, result.stdout


def test_the_old_name_of_build_still_works_and_names_the_new_one(autograder):
    result = autograder("build", "--check")
    assert result.exit_code == 0, result.stdout
    assert "autograder dev build" in result.stderr
    assert "build" not in autograder("--help").stdout.split("Commands:")[1].split()


def test_build_writes_scripts_and_notebooks(autograder, monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "exercises", lambda language: tmp_path / language)
    options = ["dev", "build", "--language", "en", "--notebooks", str(tmp_path / "notebooks")]
    result = autograder(*options)
    assert result.exit_code == 0, result.output
    names = [step.name for step in course.steps()]
    assert sorted(p.stem for p in (tmp_path / "en").glob("*.py")) == names
    assert sorted(p.stem for p in (tmp_path / "notebooks").glob("*.ipynb")) == names


def test_a_report_that_cannot_be_written_is_said(autograder, tmp_path):
    write(tmp_path, STEP, exercise_text(STEP))
    missing = tmp_path / "missing" / "report.json"
    options = ("score_matrix", "--submissions", tmp_path, "--json", missing)
    result = autograder("check", *options)
    assert result.exit_code == 2
    assert str(missing) in result.stderr


def test_the_doctor_finds_this_installation_well(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA", "simulated")
    findings = examine()
    assert [finding.subject for finding in findings if not finding.fine] == []


def test_the_doctor_says_how_to_mend_what_is_amiss(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("COURSE_DATA", "ml-latest-small")
    monkeypatch.setenv("MOVIELENS_DIR", str(tmp_path))
    (tmp_path / "ml-latest-small").mkdir()
    monkeypatch.setattr("autograder.cli.doctor.PACKAGES", ("no-such-package",))
    print_findings(examine())
    text = capsys.readouterr().out
    assert "✗ no-such-package: not installed" in text
    assert "✗ data: " in text
    assert "ratings.csv is missing" in text.replace("\n", " ")
    assert text.count("→") == 2


def test_a_broken_part_does_not_hide_the_others(monkeypatch):
    def broken():
        raise OSError("no disk")

    monkeypatch.setattr("autograder.cli.doctor._python", broken)
    first, second, *_others = examine()
    assert not first.fine
    assert "no disk" in first.found
    assert isinstance(second, Finding)


def test_without_jupyterlab_the_way_to_it_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr("autograder.cli.lab.find_spec", lambda name: None)
    with pytest.raises(LabMissing, match="pip install"):
        open_lab(tmp_path, [])


def test_an_answer_opens_on_request_only_and_is_remembered(autograder):
    asked = autograder("solution", "ndcg_at_k")
    assert asked.exit_code != 0
    assert "discounts" not in asked.stdout
    opened = autograder("solution", "ndcg_at_k", "--yes")
    assert opened.exit_code == 0
    assert "discounts" in opened.stdout
    assert "SOLUTION" not in opened.stdout
    checked = autograder("check", paths.exercises() / "08_ranking.py")
    assert "the answer of ndcg_at_k was opened before it passed" in checked.stdout


def test_an_answer_opens_at_once_when_the_function_passes(autograder):
    folder = paths.solutions()
    opened = autograder("solution", "ndcg_at_k", "--submissions", folder)
    assert opened.exit_code == 0
    assert "Show its answer?" not in opened.stdout
    checked = autograder("check", "8")
    assert "was opened" not in checked.stdout
