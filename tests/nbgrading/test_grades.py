"""Grades of a class of eight, some of whose notebooks are damaged."""

import csv
import json
import re
import shutil
import sys

import nbformat
import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from tests import classes
from tests.classes import DOT_PRODUCT, LEARNERS, RANKING
from tests.nbgrading.commands import NAME, SCORES, STEPS, gradebook, scores

pytest.importorskip("nbgrader")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="grading in the sandbox needs Linux"),
]


def test_everybody_has_what_they_have_earned(graded):
    totals = {
        learner: {name: sum(points.values()) for name, points in notebooks.items()}
        for learner, notebooks in scores(graded.folder).items()
    }
    assert totals == SCORES


def test_the_gradebook_agrees_with_autograder_grade(graded, tmp_path):
    for path in (graded.folder / "submitted").glob(f"*/{NAME}/*.ipynb"):
        if not path.is_symlink():
            (tmp_path / "class" / path.parts[-3]).mkdir(parents=True, exist_ok=True)
            shutil.copy(path, tmp_path / "class" / path.parts[-3])
    arguments = ["grade", str(tmp_path / "class"), "--out", str(tmp_path / "results")]
    assert CliRunner().invoke(app, arguments).exit_code == 1, "two files are truncated"
    found = scores(graded.folder)
    compared = 0
    for path in (tmp_path / "results").glob("[!.]*/*.json"):
        report = json.loads(path.read_text(encoding="utf-8"))
        for function in report["functions"]:
            grade = found[path.parent.name][path.stem][f"check_{function['name']}"]
            assert grade == pytest.approx(function["points"], abs=0.005), (path, function["name"])
            compared += 1
    assert compared == 4 * len(STEPS[0].functions) + 7 * len(STEPS[1].functions)


def test_nothing_waits_for_a_human(graded):
    with gradebook(graded.folder) as book:
        for submission in book.assignment_submissions(NAME):
            assert not submission.needs_manual_grade
            for notebook in submission.notebooks:
                assert all(grade.auto_score is not None for grade in notebook.grades)
                assert not any(grade.needs_manual_grade for grade in notebook.grades)


def test_the_table_of_grades_holds_plain_numbers(graded):
    with (graded.folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["student_id"] for row in rows} == set(LEARNERS)
    for row in rows:
        assert float(row["score"]) == sum(SCORES[row["student_id"]].values())
        for column in ("raw_score", "score", "max_score"):
            assert re.fullmatch(r"\d+(\.\d{1,2})?", row[column]), row


def test_damage_is_reported_in_the_log_and_on_the_page(graded):
    reported = {
        ("damaged", RANKING): [
            "check_precision_at_k was missing and is put back",
            "is a second check_recall_at_k",
            "(check_ndcg_at_k) is code again",
            "(check_evaluate_ranking) has its own text again",
        ],
        ("bare", RANKING): ["cell 7 was recognised as precision_at_k"],
        ("bare", DOT_PRODUCT): ["old format 3"],
        ("truncated", RANKING): ["it breaks off in line", "hand in that file"],
        ("beginner", DOT_PRODUCT): ["it is a link to another place"],
    }
    log = graded.logs["autograde"]
    for (learner, exercise), texts in reported.items():
        page = re.sub(r"\s+", " ", graded.page(learner, exercise).get_text())
        for text in texts:
            assert text in log
            assert text in page, (learner, exercise)


def test_a_sound_notebook_is_not_restored(graded):
    for learner in ("right", "mistaken", "untouched"):
        assert f"{learner} · " not in graded.logs["autograde"]
        assert "noticed while grading" not in graded.page(learner, RANKING).get_text()


def test_damaged_notebooks_are_restored(graded):
    for learner in ("damaged", "bare", "truncated"):
        notebook = graded.autograded(learner, RANKING)
        nbformat.validate(notebook)
        assert [name for name in map(classes.grade_id, notebook.cells) if name] == [
            name for function in STEPS[1].functions for name in (function, f"check_{function}")
        ]


def test_what_a_link_leads_to_is_shown_to_nobody(graded):
    for folder in ("autograded", "feedback", ".autograder"):
        for path in (graded.folder / folder).rglob("*"):
            if path.is_file():
                assert b"the secret of the grader" not in path.read_bytes(), path


def test_the_logs_hold_no_errors(graded):
    for log in graded.logs.values():
        assert not re.search(r"\| (ERROR|CRITICAL)\]|Traceback|not recognized", log), log
