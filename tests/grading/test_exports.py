"""`autograder export`."""

import csv
import io
import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder import course
from autograder.cli.app import app
from autograder.grading.output.exports import gradescope_document
from autograder.grading.result_cache import COURSE_FOLDER, ResultCache
from autograder.grading.results import Result, kit_fault, refused
from autograder.grading.rules import Rules
from autograder.grading.slugs import slug
from autograder.reports.model import CheckResult, Message, Report, of_function, with_function
from autograder.submissions.submission import Submission

STEP = course.step("08_ranking")
OTHER = course.step("04_dot_product")


def autograder(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def result(learner, points, step=STEP, notes=()):
    """A result in which the first function alone has a check, passed where there are points."""
    name, *others = step.functions
    outcome = "passed" if points else "failed"
    check = CheckResult(f"test_{step.name}.py::test_it_holds", outcome, points, 10.0)
    report = Report(step.name, f"{step.name}.py", "", 0.0, 0.0, (), (), tuple(notes))
    report = with_function(report, of_function(name, 10, (check,)))
    for other in others:
        report = with_function(report, of_function(other, 0, ()))
    return Result(learner, report)


def left(folder, *results):
    """Leave results in a folder as `autograder grade` does."""
    store = ResultCache(folder, "kit", Rules(1))
    for each in results:
        store.store(each)
    return folder


# Moodle


def test_moodle_gets_semicolons_and_a_byte_order_mark(tmp_path):
    left(tmp_path, result("ben", 6.0), result("ada", 9.800799), result("ada", 0.0, OTHER))
    done = autograder("export", "moodle", tmp_path, "--out", tmp_path / "moodle.csv")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "moodle.csv").read_bytes() == (
        b'\xef\xbb\xbf"Username";"04_dot_product";"08_ranking"\n"ada";0;9.8\n"ben";"";6\n'
    )


def rows_of(path):
    text = io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")
    return list(csv.reader(text, delimiter=";"))


@pytest.mark.parametrize(
    ("learner", "cell"),
    [
        ("Zoë.Müller", "Zoë.Müller"),
        ('=HYPERLINK("http://x";"y")', '\'=HYPERLINK("http://x";"y")'),
        ("@SUM(1)", "'@SUM(1)"),
        ("-1+2", "'-1+2"),
        ("a;10;10", "a;10;10"),
        ("two\u200elines", "twolines"),
    ],
)
def test_a_name_is_one_cell_as_it_was_and_no_formula(tmp_path, learner, cell):
    left(tmp_path, result(learner, 5.0))
    autograder("export", "moodle", tmp_path, "--out", tmp_path / "moodle.csv")
    assert rows_of(tmp_path / "moodle.csv")[1:] == [[cell, "5"]]


def test_a_course_is_exported_whole_and_of_two_reports_the_newer_counts(tmp_path, monkeypatch):
    stored = tmp_path / COURSE_FOLDER
    old = left(stored / "day_2", result("ada", 1.0))
    left(stored / "08_ranking", result("ada", 7.0))
    left(stored / "04_dot_product", result("ben", 4.0, OTHER))
    os.utime(old / "ada" / "08_ranking.json", (1_000_000_000, 1_000_000_000))
    monkeypatch.chdir(tmp_path)
    assert autograder("export", "moodle").exit_code == 0
    assert rows_of(tmp_path / "moodle.csv")[1:] == [["ada", "", "7"], ["ben", "4", ""]]


def test_a_folder_without_reports_is_one_sentence(tmp_path):
    done = autograder("export", "moodle", tmp_path, "--out", tmp_path / "moodle.csv")
    assert done.exit_code == 2
    assert done.stderr.startswith(f"{tmp_path} holds no reports")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"schema": 2}', '{"schema": 3}'])
def test_what_is_no_report_is_told(tmp_path, text):
    path = left(tmp_path, result("ada", 1.0)) / "ada" / "08_ranking.json"
    path.write_text(text, encoding="utf-8")
    done = autograder("export", "gradescope", tmp_path, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert done.stderr.startswith(f"{path} is no report: ")
    assert not (tmp_path / "out").exists()


def test_a_report_of_an_earlier_version_is_told_with_the_command_that_renews_it(tmp_path):
    path = left(tmp_path, result("ada", 1.0)) / "ada" / "08_ranking.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**document, "schema": 1}), encoding="utf-8")
    done = autograder("export", "gradescope", tmp_path, "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert done.stderr.startswith(f"An earlier version of the kit wrote {path}.")
    assert "The same `autograder grade` command renews it" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("change", ["points", "functions"])
def test_reports_of_two_versions_of_an_exercise_are_never_mixed(tmp_path, change):
    left(tmp_path, result("ada", 1.0), result("ben", 2.0))
    path = tmp_path / "ada" / "08_ranking.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    if change == "points":
        document["functions"][0]["max_points"] = 4.0
    else:
        del document["functions"][1]
    path.write_text(json.dumps(document), encoding="utf-8")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    done = autograder("export", "moodle", tmp_path, "--out", tmp_path / "moodle.csv")
    assert done.exit_code == 2
    assert done.stderr.startswith(f"{path} is of another version of 08_ranking")
    assert not (tmp_path / "moodle.csv").exists()


# Gradescope

# The fields that Gradescope documents, as far as they are used, with their types.
OF_RESULTS = {
    "score": (int, float),
    "execution_time": (int, float),
    "output": str,
    "output_format": str,
    "test_output_format": str,
    "visibility": str,
    "stdout_visibility": str,
    "tests": list,
}
OF_TEST = {
    "name": str,
    "number": str,
    "score": (int, float),
    "max_score": (int, float),
    "status": str,
    "output": str,
    "output_format": str,
    "visibility": str,
}
VISIBILITIES = {"hidden", "after_due_date", "after_published", "visible"}
FORMATS = {"text", "html", "simple_format", "md", "ansi"}


def assert_fields(document, fields):
    assert document.keys() <= fields.keys()
    for name, value in document.items():
        assert isinstance(value, fields[name]) and not isinstance(value, bool), name
        assert not name.endswith("visibility") or value in VISIBILITIES
        assert not name.endswith("format") or value in FORMATS


def checked(*checks):
    """A result whose one function has these checks."""
    report = Report(STEP.name, "08_ranking.py", "", 0.0, 0.0, (), (), ("cell 3 stopped",))
    return Result("Zoë", with_function(report, of_function("precision_at_k", 4, checks)))


def test_gradescope_gets_a_file_for_every_learner_and_exercise(tmp_path):
    left(tmp_path, result("Zoë", 9.0), result("ada", 0.0), result("ada", 3.0, OTHER))
    done = autograder("export", "gradescope", tmp_path, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    files = {
        path.relative_to(tmp_path / "out").as_posix() for path in tmp_path.rglob("results.json")
    }
    assert files == {
        f"{slug('Zoë')}/08_ranking/results.json",
        "ada/08_ranking/results.json",
        "ada/04_dot_product/results.json",
    }
    document = json.loads((tmp_path / "out/ada/04_dot_product/results.json").read_text("utf-8"))
    assert document["score"] == 3


def test_gradescope_gets_a_test_for_every_check():
    wrong = Message("f", "1", "It holds.", causes=("A slip.",), hint="precision_at_k")
    stub = Message(got="still to be written")
    document = gradescope_document(
        checked(
            CheckResult("test_08.py::test_divides_by_k", "passed", 4 / 3, 4 / 3, seconds=0.5),
            CheckResult("test_08.py::test_counts_hits", "failed", 0, 4 / 3, wrong),
            CheckResult("test_08.py::test_is_written", "todo", 0, 4 / 3, stub),
        )
    )
    assert_fields(document, OF_RESULTS)
    for test in document["tests"]:
        assert_fields(test, OF_TEST)
    assert (document["score"], document["execution_time"]) == (1.33, 0.5)
    assert document["output"] == "cell 3 stopped"
    assert [(t["name"], t["number"], t["status"], t["score"]) for t in document["tests"]] == [
        ("precision_at_k: divides by k", "1.1", "passed", 1.33),
        ("precision_at_k: counts hits", "1.2", "failed", 0),
        ("precision_at_k: is written", "1.3", "failed", 0),
    ]
    assert document["tests"][1]["output"] == (
        "Called: f\nGot: 1\nMust hold: It holds.\nLikely cause: A slip.\n"
        "For a hint: autograder hint precision_at_k"
    )
    assert document["tests"][2]["output"] == "still to be written"


def test_gradescope_gets_no_source_of_a_check_that_broke_and_nothing_hidden():
    message = Message(got="This check itself broke.", where="  close(got, 0.4)")
    broken = CheckResult("test_08.py::test_a", "error", 0, 2, message)
    hidden = Message(got="Got: '\u202eevil\x1b[2J'")
    shown = CheckResult("test_08.py::test_b", "failed", 0, 2, hidden)
    first, second = gradescope_document(checked(broken, shown))["tests"]
    assert first["output"] == "This check itself broke."
    assert second["output"] == "Got: '⟨U+202E⟩evil⟨U+001B⟩[2J'"


def test_what_cannot_be_graded_scores_nothing_and_says_why():
    submission = Submission(STEP.name, Path("a.py"), "ada")
    document = gradescope_document(refused(submission, "it is an archive"))
    assert_fields(document, OF_RESULTS)
    assert (document["score"], document["tests"]) == (0, [])
    assert document["output"] == "it is an archive"


def test_a_fault_of_the_kit_shows_no_traceback():
    try:
        raise KeyError("secret")
    except KeyError:
        result = refused(Submission(STEP.name, Path("a.py"), "ada"), kit_fault())
    output = gradescope_document(result)["output"]
    assert output == "it could not be graded because of a fault of the kit, not of yours."
