"""The package's two names: `recommender_data`, and `data` in exercises released earlier.

While checks run, a learner's own `data.py` beside an exercise must shadow neither name.
"""

import subprocess
import sys

import pytest

import recommender_data
from autograder.engine.earlier_names import OLD_NAME, earlier_names
from autograder.engine.run_cells import load
from autograder.grading.judge import Rules, judge
from autograder.running.runner import run
from autograder.running.targets import FileTarget
from autograder.submissions.parse import parse
from autograder.submissions.submission import Submission
from autograder.util import paths
from tests.answers import run_notebook, solution_text, without_demonstrations, write

EXERCISE = "02_encode_split"
NEW, OLD = "import recommender_data as data", "import data"
USES_DATA = "\n# %%\nAT_HAND = data.load('simulated').name\n"


def answered(import_line):
    """Return the reference solution with this import, and a cell that uses the package."""
    text = without_demonstrations(solution_text(EXERCISE))
    assert text.count(f"\n{NEW}\n") == 1
    return text.replace(f"\n{NEW}\n", f"\n{import_line}\n") + USES_DATA


@pytest.fixture(params=[NEW, OLD], ids=["new", "old"])
def handed_in(request, tmp_path):
    """Write an exercise with either import into a folder of its own."""
    return write(tmp_path, EXERCISE, answered(request.param))


@pytest.fixture
def shadow(tmp_path, monkeypatch):
    """Write a learner's `data.py` beside the exercise, first on the path, as in a notebook."""
    (tmp_path / "data.py").write_text("raise RuntimeError('shadowed')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))


def assert_passed(report):
    assert report.notes == ()
    assert report.points == report.max_points > 0


# Independence


def test_no_module_imports_anything_of_the_autograder(tmp_path):
    code = (
        "import sys; sys.modules['autograder'] = None\n"
        "import importlib, pkgutil, recommender_data\n"
        "for module in pkgutil.iter_modules(recommender_data.__path__):\n"
        "    importlib.import_module(f'recommender_data.{module.name}')\n"
        "print(recommender_data.load('simulated').name)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "simulated"


# The old name


@pytest.mark.parametrize("folder_beside", [False, True])
def test_the_old_name_gives_the_same_functions(run_python, tmp_path, folder_beside):
    if folder_beside:
        (tmp_path / "data" / "ml-latest-small").mkdir(parents=True)
    code = (
        "import data, recommender_data\n"
        "print(all(getattr(data, name) is getattr(recommender_data, name)"
        " for name in recommender_data.__all__), data.__all__ == recommender_data.__all__)"
    )
    finished = run_python("-c", code, folder=tmp_path)
    assert finished.stdout.split() == ["True", "True"], finished.stderr


def test_the_old_name_is_the_packages_within_the_block_only(monkeypatch):
    monkeypatch.delitem(sys.modules, OLD_NAME, raising=False)
    with pytest.raises(ZeroDivisionError), earlier_names():
        assert sys.modules[OLD_NAME] is recommender_data
        raise ZeroDivisionError
    assert OLD_NAME not in sys.modules

    monkeypatch.setitem(sys.modules, OLD_NAME, sys)
    with earlier_names(), earlier_names():
        assert sys.modules[OLD_NAME] is recommender_data
    assert sys.modules[OLD_NAME] is sys


def test_a_function_that_imports_the_old_name_gets_the_package(tmp_path, shadow):
    text = "# %%\ndef at_hand():\n    import data\n\n    return data.load('simulated').name\n"
    parsed = parse(Submission(EXERCISE, write(tmp_path, EXERCISE, text)))
    engine = load(parsed).engine
    assert engine.call(engine.name("at_hand"), (), {}) == "simulated"


# Self-check


def test_an_exercise_of_either_kind_passes_in_self_check(handed_in):
    [report] = run(FileTarget.at(handed_in))
    assert_passed(report)


def test_a_learners_data_py_shadows_nothing_in_self_check(handed_in, shadow):
    loaded = load(parse(Submission(EXERCISE, handed_in)))
    assert loaded.notes == ()
    assert loaded.engine.name("AT_HAND") == "simulated"
    [report] = run(FileTarget.at(handed_in))
    assert_passed(report)


@pytest.mark.parametrize(
    "command",
    [
        ("-m", "autograder", "check"),
        ("-m", "pytest", "-q", "-p", "no:cacheprovider", paths.PACKAGE),
    ],
    ids=["check", "pytest"],
)
def test_a_learners_data_py_shadows_nothing_in_a_command(run_python, handed_in, shadow, command):
    out = handed_in.with_suffix(".json")
    finished = run_python(
        *command, "--submissions", handed_in, "--json", out, folder=handed_in.parent
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


# A script, and a notebook


def test_an_old_exercise_runs_as_a_script(run_python, tmp_path):
    path = write(tmp_path, EXERCISE, answered(OLD) + "print(AT_HAND)\n")
    finished = run_python(path, folder=tmp_path)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.splitlines()[-1] == "simulated"


@pytest.mark.slow
@pytest.mark.parametrize("import_line", [NEW, OLD], ids=["new", "old"])
def test_an_exercise_of_either_kind_passes_in_a_notebook(tmp_path, import_line):
    (tmp_path / "data").mkdir()
    cells = run_notebook(answered(import_line), tmp_path)
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    assert [output for output in outputs if output.output_type == "error"] == []
    checks = [cell for cell in cells if cell.source.startswith("check(")]
    assert checks
    assert all("passed" in str(cell.outputs[-1].data) for cell in checks)


# Grading


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has the sandbox")
def test_an_exercise_of_either_kind_passes_in_the_sandbox(zygote, handed_in, shadow):
    result = judge(parse(Submission(EXERCISE, handed_in)), zygote.socket, Rules(seed=5))
    assert_passed(result.report)
