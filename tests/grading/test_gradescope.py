"""The zip for Gradescope, its settings, and the document that the container writes."""

import json
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from functools import partial

import pytest

from autograder import __version__, course
from autograder.grading.collect import Collected
from autograder.grading.gradescope import container
from autograder.grading.gradescope.settings import (
    BadSettings,
    Settings,
    read_metadata,
    read_settings,
)
from autograder.grading.judge_pool import IsolationMissing
from autograder.grading.one_learner import GradedWork
from autograder.grading.output.function_verdicts import MAX_CHARACTERS, verdicts_on
from autograder.grading.output.gradescope import document, entry, entry_of
from autograder.grading.results import Result, kit_fault, refused
from autograder.grading.rules import Rules
from autograder.reports.model import CheckResult, Message, Report, of_function, with_function
from autograder.sandbox.limits import Limits
from autograder.submissions.submission import Submission
from tests.answers import solution_text, write
from tests.grading import gradescope_format
from tests.grading.common import autograder
from tests.grading.made_results import BONUS, STEP, failed, submission, verdict

HUNT = course.step("15_bug_hunt")
METADATA = {
    "id": 123456,
    "created_at": "2026-07-01T14:22:32.365935-07:00",
    "assignment": {"title": "Week 1", "total_points": "10.0", "group_size": None},
    "submission_method": "upload",
    "users": [{"email": "ada@example.com", "id": 1234, "name": "Ada Lovelace"}],
    "previous_submissions": [],
}


def bash(*arguments, **options):
    return subprocess.run(["bash", *arguments], capture_output=True, text=True, **options)


needs_bash = pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("bash") is None, reason="the container is Linux"
)


@pytest.fixture(scope="module")
def zipped(tmp_path_factory):
    """A zip of two exercises."""
    path = tmp_path_factory.mktemp("zip") / "autograder.zip"
    done = autograder("gradescope", "--exercises", "04,14", "--out", path)
    assert done.exit_code == 0, done.output
    assert "Points of the assignment in Gradescope: 10\n" in done.stdout
    return path


@pytest.fixture
def package(zipped, tmp_path):
    """The zip unpacked as in the container: the root folder."""
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(tmp_path / "root" / "source")
    return tmp_path / "root"


# The zip


def test_the_zip_holds_scripts_settings_the_kit_and_versions(package, zipped):
    names = {path.name for path in (package / "source").iterdir()}
    wheel = f"recommender_course-{__version__}-py3-none-any.whl"
    assert names == {"setup.sh", "run_autograder", "autograder.json", "constraints.txt", wheel}
    with zipfile.ZipFile(zipped) as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
    assert all(modes[name] & stat.S_IXUSR for name in ("setup.sh", "run_autograder"))
    assert read_settings(package / "source" / "autograder.json") == Settings(
        ("04_dot_product", "14_als"), "visible", False, 1, __version__
    )


def test_the_zip_names_no_host_and_pins_versions(package):
    lines = (package / "source" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert lines and all(re.fullmatch(r"[\w.-]+==[\w.+]+", line) for line in lines)
    for name in ("setup.sh", "run_autograder", "autograder.json", "constraints.txt"):
        text = (package / "source" / name).read_text(encoding="utf-8")
        assert not re.search(r"https?:|index-url|\.org\b|\.com\b", text), name
        assert "\r" not in text and not re.search("@[A-Z_]+@", text)


@needs_bash
def test_the_scripts_are_bash_and_setup_installs_the_wheel_in_the_zip(package):
    for name in ("setup.sh", "run_autograder"):
        done = bash("-n", str(package / "source" / name))
        assert (done.returncode, done.stderr) == (0, "")
    [wheel] = (package / "source").glob("*.whl")
    setup = (package / "source" / "setup.sh").read_text(encoding="utf-8")
    assert f'--constraint "$source/constraints.txt" "$source"/{wheel.name}' in setup


@needs_bash
def test_setup_makes_an_environment_and_installs_with_the_constraints(package, tmp_path):
    stub = tmp_path / "python"
    stub.write_text(
        """#!/bin/bash
echo "$0 $*" >> "$CALLS"
if [ "$1 $2" = "-m venv" ]; then
    mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && cp "$0" "$3/bin/autograder"
fi
""",
        encoding="utf-8",
    )
    stub.chmod(0o755)
    calls = tmp_path / "calls"
    environment = {
        "PATH": "/usr/bin:/bin",
        "CALLS": str(calls),
        "AUTOGRADER_ROOT": str(package),
        "AUTOGRADER_PYTHON": str(stub),
    }
    done = bash(str(package / "source" / "setup.sh"), env=environment)
    assert done.returncode == 0, done.stderr
    venv, install, version = calls.read_text(encoding="utf-8").splitlines()[-3:]
    assert venv == f"{stub} -m venv {package}/venv"
    assert install.startswith(f"{package}/venv/bin/python -m pip install")
    assert f"--constraint {package}/source/constraints.txt {package}/source/recomm" in install
    assert version == f"{package}/venv/bin/autograder --version"


@needs_bash
def test_without_a_python_the_script_still_writes_results(package):
    environment = {
        "PATH": "/usr/bin:/bin",
        "AUTOGRADER_ROOT": str(package),
        "AUTOGRADER_PYTHON": "/nowhere/python",
    }
    done = bash(str(package / "source" / "run_autograder"), env=environment)
    assert done.returncode not in (0, None)
    results = gradescope_format.read(package / "results" / "results.json")
    assert gradescope_format.points(results) == 0
    assert "the kit's fault, not yours" in results["output"]
    assert results["stdout_visibility"] == "hidden"


def test_the_command_replaces_its_own_zip_and_no_other_file(tmp_path):
    other = tmp_path / "notes.zip"
    other.write_text("mine", encoding="utf-8")
    done = autograder("gradescope", "--exercises", "04", "--out", other)
    assert done.exit_code == 2
    assert f"{other} exists, and this command did not make it." in done.stderr
    assert other.read_text(encoding="utf-8") == "mine"
    own = tmp_path / "a.zip"
    for exercises in ("04", "05"):
        assert autograder("gradescope", "--exercises", exercises, "--out", own).exit_code == 0
    with zipfile.ZipFile(own) as archive:
        assert json.loads(archive.read("autograder.json"))["exercises"] == ["05_training"]


# Settings and metadata


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"exercises": []}',
        '{"exercises": ["16_unknown"]}',
        '{"exercises": ["04_dot_product"], "visibility": "sometimes"}',
        '{"exercises": ["04_dot_product"], "surprise": 1}',
    ],
)
def test_settings_that_cannot_be_used_are_refused(tmp_path, text):
    path = tmp_path / "autograder.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadSettings, match="make the zip again"):
        read_settings(path)


@pytest.mark.parametrize(
    ("document", "learner", "total"),
    [
        (METADATA, "Ada Lovelace", 10.0),
        ({**METADATA, "users": [{"name": "Ada"}, {"name": "Ben"}]}, "Ada, Ben", 10.0),
        ({**METADATA, "users": [{"name": None}, 3, {"name": " "}]}, "learner", 10.0),
        ({**METADATA, "users": "?", "assignment": []}, "learner", None),
        ({"assignment": {"total_points": "many", "title": 3}}, "learner", None),
        ([], "learner", None),
        (None, "learner", None),
    ],
)
def test_metadata_are_read_as_far_as_they_go(tmp_path, document, learner, total):
    path = tmp_path / "submission_metadata.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    metadata = read_metadata(path)
    assert (metadata.learner, metadata.total_points) == (learner, total)
    assert read_metadata(tmp_path / "missing.json").learner == "learner"


# The document


def entries_on(step, result, visibility="visible"):
    tests = [entry_of(each, visibility) for each in verdicts_on(step, result)]
    assert gradescope_format.faults(document(tests, "", 1.0)) == []
    return tests


def test_a_function_is_a_test_with_its_points_and_its_verdict():
    build, predict, _matrix = entries_on(STEP, submission("ada", checks={"build_mf": failed()}))
    assert (build["name"], build["number"]) == ("04_dot_product: build_mf", "4.1")
    assert (build["score"], build["max_score"], build["status"]) == (2, 6, "failed")
    assert build["output"] == (
        "1 of 2 checks pass.\n\n"
        "Called: build_mf(n_users=5, n_items=7, n_factors=3)\n"
        "Got: array of shape (4, 1, 1)\n"
        "Must hold: `predict` returns one number a pair.\n"
        "Likely cause: One axis is left over.\n"
        "For a hint: autograder hint build_mf"
    )
    assert (predict["status"], predict["output"]) == ("passed", "1 of 1 check passes.")


def test_the_same_message_appears_once():
    checks = tuple(verdict("todo", 2.0, n, Message(got="still to be written")) for n in range(3))
    [build, *_others] = entries_on(STEP, submission("ada", checks={"build_mf": checks}))
    assert build["output"] == "0 of 3 checks pass.\n\nstill to be written"


def test_visibility_holds_for_every_test():
    tests = entries_on(STEP, submission("ada"), "after_published")
    assert {test["visibility"] for test in tests} == {"after_published"}


def test_a_bonus_has_points_without_a_maximum():
    tests = entries_on(BONUS, submission("ada", BONUS))
    assert sum(test["score"] for test in tests) == BONUS.max_points
    assert all("max_score" not in test and test["tags"] == ["bonus"] for test in tests)
    left_out = entries_on(BONUS, None)
    assert {test["score"] for test in left_out} == {0}


def test_the_bug_hunt_informs_and_has_no_points():
    tests = entries_on(HUNT, submission("ada", HUNT))
    assert all("score" not in test and "max_score" not in test for test in tests)
    assert document(tests, "", 0.0)["score"] == 0


def test_an_exercise_that_was_not_handed_in_is_listed():
    tests = entries_on(STEP, None)
    assert [test["score"] for test in tests] == [0, 0, 0]
    assert {test["output"] for test in tests} == {"04_dot_product was not handed in."}


def test_a_file_that_cannot_be_read_says_why_in_every_test():
    file = Submission(STEP.name, "04_dot_product.ipynb", "ada")
    reason = "04_dot_product.ipynb cannot be graded because it is empty. Save it again."
    result = Result("ada", Report(STEP.name, str(file.path), "", 0.0, 10.0, (), (), (reason,)))
    assert {test["output"] for test in entries_on(STEP, result)} == {f"{STEP.name}: {reason}"}


def test_a_learner_reads_no_traceback(tmp_path):
    try:
        raise KeyError("secret")
    except KeyError:
        result = refused(Submission(STEP.name, tmp_path / "a.py", "ada"), kit_fault())
    broken = Message(got="This check itself broke.", where="  close(got, secret)")
    check = CheckResult("test_04.py::test_a", "error", 0, 6, broken)
    report = Report(STEP.name, "a.py", "", 0.0, 0.0, (), ())
    report = with_function(report, of_function("build_mf", 6, (check,)))
    for each in (result, Result("ada", report)):
        verdicts = verdicts_on(STEP, each)
        assert any(one.broken for one in verdicts)
        assert all("secret" not in one.text and "Traceback" not in one.text for one in verdicts)


def test_texts_are_cut_and_hold_nothing_hidden():
    long = Message(got="\u202e" + "x" * 100_000)
    [build, *_others] = entries_on(
        STEP, submission("ada", checks={"build_mf": (verdict("failed", 6.0, 0, long),)})
    )
    assert len(build["output"]) <= MAX_CHARACTERS
    assert "\u202e" not in build["output"] and "⟨U+202E⟩" in build["output"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"score": "3"}, "the document has a wrong score"),
        ({"tests": {}}, "the document has a wrong tests"),
        ({"points": 3}, "the document has an unknown field points"),
        ({"output_format": "markdown"}, "the document has a wrong output_format"),
        ({"tests": []}, "there is no score"),
        ({"score": 9.0}, "the score differs from the sum"),
        ({"tests": [entry("a", "1", True, "", 3, 2)]}, "test 0 earns more than it can"),
        ({"tests": [entry("a", "1", True, "", 1, 2)]}, "test 0 passes without all points"),
        ({"tests": [entry("a", "1", False, "", 1, 2)] * 2}, "two tests have one number"),
        ({"tests": [{**entry("a", "1", False, "", 1), "tags": 1}]}, "test 0 has a wrong tags"),
    ],
)
def test_the_validator_is_strict(change, fault):
    good = document([entry("a", "1", True, "", 2, 2)], "", 0.0)
    assert gradescope_format.faults(good) == []
    assert any(each.startswith(fault) for each in gradescope_format.faults({**good, **change}))


# The container


def run_in(root, capsys):
    """Run the container's program; return exit code, document and standard output."""
    code = container.run(root)
    return code, gradescope_format.read(root / "results" / "results.json"), capsys.readouterr().out


@pytest.mark.parametrize(
    "error", [KeyError("secret"), IsolationMissing("Isolation is required, and missing: all")]
)
def test_a_failure_of_the_kit_is_the_kits_fault(package, monkeypatch, capsys, error):
    def fails(*_arguments):
        raise error

    monkeypatch.setattr(container, "grade_one", fails)
    code, results, stdout = run_in(package, capsys)
    assert code == 1
    assert "the kit's fault, not yours" in results["output"]
    assert (results["score"], results["tests"]) == (0, [])
    assert str(error) in stdout and "Traceback" in stdout
    assert "secret" not in json.dumps(results)


def test_a_check_that_broke_is_the_kits_fault_and_the_rest_counts(package, monkeypatch, capsys):
    broken = Message(got="This check itself broke.", where="  close(got, secret)")
    checks = {"build_mf": (CheckResult("test_04.py::test_a", "error", 0.0, 6.0, broken),)}
    result = submission("ada", checks=checks)
    work = GradedWork("ada", Collected(), {STEP.name: result}, {})
    monkeypatch.setattr(container, "grade_one", lambda *_arguments: work)
    code, results, stdout = run_in(package, capsys)
    assert (code, gradescope_format.points(results)) == (1, 4)
    assert "the kit's fault, not yours" in results["output"]
    assert results["tests"][0]["output"] == "0 of 1 check passes.\n\nThis check itself broke."
    assert "close(got, secret)" in stdout
    assert "secret" not in json.dumps(results)


def test_damaged_settings_are_the_kits_fault_too(package, capsys):
    (package / "source" / "autograder.json").write_text("{", encoding="utf-8")
    code, results, stdout = run_in(package, capsys)
    assert (code, results["score"]) == (1, 0)
    assert "make the zip again" in stdout


def test_points_that_differ_from_gradescopes_are_for_the_instructor(package, monkeypatch, capsys):
    metadata = {**METADATA, "assignment": {"title": "Week 1", "total_points": "12"}}
    text = json.dumps(metadata)
    (package / "submission_metadata.json").write_text(text, encoding="utf-8")
    code, results, stdout = run_in(package, capsys)
    assert code == 0
    assert "is worth 12 points in Gradescope, and its exercises are worth 10" in stdout
    assert "12" not in results["output"]


def test_an_empty_upload_lists_every_test_and_says_what_is_asked_for(package, capsys):
    code, results, _stdout = run_in(package, capsys)
    assert code == 0
    assert results["output"] == (
        "You handed in no file. This assignment asks for: 04_dot_product, 14_als."
    )
    assert len(results["tests"]) == len(STEP.points) + len(BONUS.points)
    assert gradescope_format.points(results) == 0


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"essay.docx": b"x"}, "essay.docx is no exercise of the course and was not graded."),
        ({"a.txt": b"", "b.csv": b""}, "a.txt, b.csv are no exercises of the course"),
        (
            {"work.rar": b"x"},
            "work.rar cannot be graded because it is an archive of a kind that the grader does "
            "not read: unpack it, and use the folder in its place.",
        ),
        ({"work.zip": b"PK"}, "work.zip cannot be graded because it is a damaged archive"),
        ({"04_dot_product.docx": b"x"}, "Hand in the .py or .ipynb file itself."),
        ({"evil\u202e.txt": b""}, "evil⟨U+202E⟩.txt is no exercise"),
    ],
)
def test_files_that_are_no_exercise_are_named(package, capsys, files, sentence):
    (package / "submission").mkdir()
    for name, content in files.items():
        (package / "submission" / name).write_bytes(content)
    code, results, _stdout = run_in(package, capsys)
    assert code == 0
    assert results["output"].startswith("None of the files that you handed in is an exercise")
    assert sentence in results["output"]
    assert str(package) not in results["output"]
    assert gradescope_format.points(results) == 0


def test_a_damaged_notebook_and_a_foreign_exercise_need_no_grader(package, capsys):
    (package / "submission").mkdir()
    (package / "submission" / "04_dot_product.ipynb").write_text('{"cells": [', encoding="utf-8")
    (package / "submission" / "01_explore.py").write_text("x = 1\n", encoding="utf-8")
    code, results, stdout = run_in(package, capsys)
    assert code == 0
    assert "01_explore does not belong to this assignment and was not graded." in results["output"]
    assert "Not handed in: 14_als." in results["output"]
    by_name = {test["name"]: test["output"] for test in results["tests"]}
    assert "04_dot_product.ipynb cannot be graded because" in by_name["04_dot_product: build_mf"]
    assert "Every layer" not in stdout


def test_only_the_instructor_reads_which_layer_is_missing(
    start_zygote, package, monkeypatch, capsys
):
    monkeypatch.setattr(container, "Rules", partial(Rules, limits=Limits(disk=-1)))
    (package / "submission").mkdir()
    write(package / "submission", STEP.name, solution_text(STEP.name))
    code, results, stdout = run_in(package, capsys)
    assert code == 0, stdout
    assert gradescope_format.points(results) == 10
    assert "Isolation is incomplete: tmpfs (" in stdout
    assert "isolation layer tmpfs is missing: " in stdout
    assert "tmpfs" not in json.dumps(results)
    settings = Settings(("04_dot_product",), require_isolation=True)
    (package / "source" / "autograder.json").write_text(settings.to_json(), encoding="utf-8")
    code, results, stdout = run_in(package, capsys)
    assert (code, results["score"]) == (1, 0)
    assert "Isolation is required, and missing: tmpfs (" in stdout
    assert "tmpfs" not in json.dumps(results)
