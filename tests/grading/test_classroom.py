"""The repository for GitHub, and the documents for GitHub Classroom's reporter."""

import json
import re
import zipfile

import pytest
import yaml

from autograder import __version__, course
from autograder.grading.classroom_repository import write_repository
from autograder.grading.output.classroom import classroom_document, log, outputs, summary
from autograder.grading.result_cache import ResultCache
from autograder.grading.results import kit_fault, refused
from autograder.grading.rules import Rules
from autograder.reports.model import Message
from autograder.submissions.submission import Submission
from autograder.util import paths
from tests.grading import classroom_format
from tests.grading.common import autograder
from tests.grading.made_results import BONUS, STEP, failed, submission, verdict

HUNT = course.step("15_bug_hunt")
WORKFLOW = ".github/workflows/classroom.yml"
WHEEL = f".github/autograder/recommender_course-{__version__}-py3-none-any.whl"


@pytest.fixture(autouse=True)
def no_workflow(monkeypatch):
    """The tests themselves may run in a workflow."""
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


def workflow_in(folder):
    return yaml.safe_load((folder / WORKFLOW).read_text(encoding="utf-8"))


def steps_of(folder):
    [job] = workflow_in(folder)["jobs"].values()
    return job["steps"]


# The repository


def test_the_workflow_has_the_names_that_github_classroom_wants(tmp_path):
    done = autograder("classroom", tmp_path, "--exercises", "04,14", "--reporter")
    assert done.exit_code == 0, done.output
    workflow = workflow_in(tmp_path)
    assert workflow["name"] == "Autograding Tests"
    assert list(workflow["jobs"]) == ["run-autograding-tests"]
    reporter = steps_of(tmp_path)[-1]
    assert reporter["uses"] == "classroom-resources/autograding-grading-reporter@v1"
    assert reporter["with"]["runners"] == "exercise04,exercise14"
    assert re.fullmatch(classroom_format.RUNNER_PATTERN, reporter["with"]["runners"])
    assert reporter["env"] == {
        "EXERCISE04_RESULTS": "${{ steps.grade.outputs.exercise04 }}",
        "EXERCISE14_RESULTS": "${{ steps.grade.outputs.exercise14 }}",
    }


def test_the_repository_holds_the_kit_and_names_no_host(tmp_path):
    write_repository(tmp_path, ("04_dot_product",))
    with zipfile.ZipFile(tmp_path / WHEEL) as archive:
        assert "autograder/__init__.py" in archive.namelist()
    constraints = tmp_path / ".github/autograder/constraints.txt"
    assert constraints.read_bytes() == paths.constraints().read_bytes()
    text = (tmp_path / WORKFLOW).read_text(encoding="utf-8")
    assert not re.search(r"https?:|index-url|\.org\b", text)
    [install] = [step["run"] for step in steps_of(tmp_path) if "pip" in step.get("run", "")]
    assert install.endswith(f"--constraint .github/autograder/constraints.txt {WHEEL}")


def test_without_the_reporter_the_workflow_uses_no_action_of_github_classrooms(tmp_path):
    write_repository(tmp_path, ("04_dot_product",))
    used = [step["uses"] for step in steps_of(tmp_path) if "uses" in step]
    assert used == ["actions/checkout@v4", "actions/setup-python@v5"]
    assert steps_of(tmp_path)[-1]["if"] == "steps.grade.outputs.complete != 'true'"


@pytest.mark.parametrize(
    ("own", "complete"),
    [
        ({STEP.name: submission("ada")}, "true"),
        ({STEP.name: submission("ada"), BONUS.name: submission("ada", BONUS)}, "true"),
        ({STEP.name: submission("ada", checks={"build_mf": failed()})}, "false"),
        ({}, "false"),
    ],
)
def test_work_is_complete_without_its_bonus(own, complete):
    assert outputs(own, [STEP, BONUS]).splitlines()[-1] == f"complete={complete}"


def test_a_url_is_installed_as_it_is_and_cannot_run_commands(tmp_path):
    url = "https://example.edu/kit 1.whl;$(touch x)"
    write_repository(tmp_path, ("04_dot_product",), url)
    [install] = [step["run"] for step in steps_of(tmp_path) if "pip" in step.get("run", "")]
    assert install.endswith(f" '{url}'")
    assert not (tmp_path / WHEEL).exists()


def test_a_wheel_is_copied_and_anything_else_is_refused(tmp_path):
    write_repository(tmp_path / "first", ("04_dot_product",))
    wheel = tmp_path / "first" / WHEEL
    done = autograder("classroom", tmp_path / "second", "--kit", wheel)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "second" / WHEEL).read_bytes() == wheel.read_bytes()
    done = autograder("classroom", tmp_path / "third", "--kit", "no-such-file.whl")
    assert done.exit_code == 2
    assert "is neither a file nor the URL of a wheel" in done.stderr
    assert not (tmp_path / "third").exists()


def test_an_edited_workflow_is_kept_under_another_name(tmp_path):
    autograder("classroom", tmp_path, "--exercises", "04")
    done = autograder("classroom", tmp_path, "--exercises", "04")
    assert "Nothing has changed." in done.stdout
    path = tmp_path / WORKFLOW
    for number, ending in enumerate(("", "-2")):
        path.write_text(f"# mine {number}\n", encoding="utf-8")
        done = autograder("classroom", tmp_path, "--exercises", "04")
        aside = path.with_name(f"classroom.yml.before-autograder{ending}")
        assert f"your earlier version is now {aside}" in done.stdout
        assert aside.read_text(encoding="utf-8") == f"# mine {number}\n"
        assert workflow_in(tmp_path)["name"] == "Autograding Tests"
    assert [each.suffix for each in path.parent.iterdir()].count(".yml") == 1


# The documents


def document_on(step, result):
    document = classroom_document(step, result)
    assert classroom_format.faults(document) == []
    return document


def test_right_and_wrong_answers():
    right = document_on(STEP, submission("ada"))
    assert (right["status"], right["max_score"]) == ("pass", 10)
    assert sum(test["score"] for test in right["tests"]) == 10
    wrong = document_on(STEP, submission("ada", checks={"build_mf": failed()}))
    assert (wrong["status"], [t["score"] for t in wrong["tests"]]) == ("fail", [2, 2, 2])
    assert "One axis is left over." in wrong["tests"][0]["message"]
    assert wrong["tests"][1]["message"] is None


def test_what_was_not_handed_in_fails_and_a_fault_of_the_kit_is_an_error(tmp_path):
    missing = document_on(STEP, None)
    assert missing["status"] == "fail"
    assert {test["message"] for test in missing["tests"]} == {"04_dot_product was not handed in."}
    try:
        raise KeyError("secret")
    except KeyError:
        result = refused(Submission(STEP.name, tmp_path / "a.py", "ada"), kit_fault())
    fault = document_on(STEP, result)
    assert fault["status"] == "error"
    assert "secret" not in json.dumps(fault)


def test_a_bonus_and_the_bug_hunt_lower_nothing():
    for step in (BONUS, HUNT):
        document = document_on(step, None)
        assert (document["status"], document["max_score"]) == ("pass", 0)
    bonus = document_on(BONUS, submission("ada", BONUS))
    assert sum(test["score"] for test in bonus["tests"]) == BONUS.max_points
    assert classroom_format.points([bonus, document_on(STEP, None)]) == (0, 10)


def test_outputs_fit_into_environment_variables():
    long = Message(got="\U0001f3ac" * 100_000)
    checks = {name: (verdict("failed", 1.0, 0, long),) for name in STEP.points}
    own = {STEP.name: submission("Zoë", checks=checks)}
    line, _complete = outputs(own, [STEP]).splitlines()
    name, _equals, variable = line.partition("=")
    assert name == "exercise04"
    assert classroom_format.decoded(variable)["status"] == "fail"


def test_the_log_lets_no_line_be_a_command_of_githubs():
    evil = Message(got="::error::x\n::set-output name=exercise04::y")
    own = {STEP.name: submission("ada", checks={"build_mf": (verdict("failed", 6.0, 0, evil),)})}
    lines = log(own, [STEP]).splitlines()
    assert any("::set-output" in line for line in lines)
    assert not any(line.lstrip().startswith(("::", "##[")) for line in lines)


def test_the_summary_is_a_table_without_texts_of_the_learner():
    own = {STEP.name: submission("ada", checks={"build_mf": failed()})}
    rows = summary(own, [STEP, BONUS, HUNT]).splitlines()
    assert "| 04_dot_product | build_mf | 2 / 6 | not yet |" in rows
    assert any(row.startswith("| 14_als |") and "| + 0 |" in row for row in rows)
    assert all(row.count("|") == 5 for row in rows)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"version": 2}, "the document has a wrong version"),
        ({"status": "passed"}, "the document has a wrong status"),
        ({"tests": []}, "the document has a wrong tests"),
        ({"score": 1}, "the document has an unknown field score"),
        ({"max_score": 3}, "the tests earn more than the maximum"),
        ({"status": "fail"}, "the status does not fit the tests"),
        ({"tests": [{}]}, "test 0 lacks"),
    ],
)
def test_the_validator_is_strict(change, fault):
    document = document_on(STEP, submission("ada"))
    found = classroom_format.faults({**document, **change})
    assert any(each.startswith(fault) for each in found)


# The command


@pytest.fixture
def in_workflow(tmp_path, monkeypatch):
    """Let the command run in a workflow; gives the files of outputs and of the summary."""
    files = tmp_path / "output", tmp_path / "summary"
    monkeypatch.setenv("GITHUB_OUTPUT", str(files[0]))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(files[1]))
    return files


def left(folder, *results):
    store = ResultCache(folder, "kit", Rules(1))
    for each in results:
        store.store(each)
    return folder


def test_the_command_writes_files_outputs_and_a_summary(tmp_path, in_workflow):
    results = left(tmp_path / "results", submission("ada"))
    out = tmp_path / "out"
    done = autograder("export", "classroom", results, "--exercises", "04,05", "--out", out)
    assert done.exit_code == 0, done.output
    assert "04_dot_product: build_mf: 6 / 6\n" in done.stdout
    output, table = (path.read_text(encoding="utf-8") for path in in_workflow)
    *lines, complete = output.splitlines()
    assert complete == "complete=false"
    documents = [classroom_format.decoded(line.partition("=")[2]) for line in lines]
    assert classroom_format.points(documents) == (10, 23)
    files = [out / "ada" / f"{name}.json" for name in ("04_dot_product", "05_training")]
    assert [json.loads(path.read_text(encoding="utf-8")) for path in files] == documents
    assert "| 05_training | rmse | 0 / 2 | not yet |" in table


def test_two_learners_get_files_and_no_outputs(tmp_path, in_workflow):
    results = left(tmp_path / "results", submission("ada"), submission("ben"))
    done = autograder("export", "classroom", results, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert {path.parent.name for path in (tmp_path / "out").rglob("*.json")} == {"ada", "ben"}
    assert not any(path.exists() for path in in_workflow)


def test_a_learner_who_handed_nothing_in_has_documents_too(tmp_path, in_workflow):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").write_text("x", encoding="utf-8")
    arguments = ("--learner", "ada", "--exercises", "04", "--out", tmp_path / "results")
    assert autograder("grade", tmp_path / "empty", *arguments).exit_code == 1
    out = ("--exercises", "04", "--out", tmp_path / "out")
    done = autograder("export", "classroom", tmp_path / "results", *out)
    assert done.exit_code == 0, done.output
    line, _complete = in_workflow[0].read_text(encoding="utf-8").splitlines()
    assert classroom_format.decoded(line.partition("=")[2])["status"] == "fail"


def test_a_folder_that_no_grade_command_left_is_refused(tmp_path):
    done = autograder("export", "classroom", tmp_path, "--exercises", "04")
    assert done.exit_code == 2
    assert "holds no reports" in done.stderr
