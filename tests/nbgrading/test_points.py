"""Points that an instructor changed, in `points.toml` or in a source notebook."""

import json
import sys
from types import SimpleNamespace

import nbformat
import pytest
from typer.testing import CliRunner

pytest.importorskip("nbgrader")

from autograder import course
from autograder.cli.app import app
from autograder.nbgrading.points import points_on_cells, use_points_of
from autograder.nbgrading.source_notebooks import source_notebook
from tests.classes import DOT_PRODUCT, grade_id, hand_in, released
from tests.nbgrading.commands import gradebook, nbgrader

BONUS = "11_implicit_feedback"


def autograder(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def points_in(path):
    return points_on_cells(nbformat.read(path, as_version=4))


def test_a_course_takes_the_points_of_its_points_toml(tmp_path):
    folder = tmp_path / "course"
    options = ("--exercises", "04,08", "--no-memo")
    assert autograder("course", folder, *options).exit_code == 0
    (folder / "points.toml").write_text("[04_dot_product]\nbuild_mf = 12\n", encoding="utf-8")
    done = autograder("course", folder, *options)
    assert done.exit_code == 0, done.output
    path = folder / "source" / DOT_PRODUCT / f"{DOT_PRODUCT}.ipynb"
    assert points_in(path) == {"build_mf": 12, "predict_pairs": 2, "score_matrix": 2}
    text = path.read_text(encoding="utf-8")
    assert "90 minutes · 16 points**" in text
    assert "`build_mf` (12 points), `predict_pairs` (2)" in text
    assert course.step(DOT_PRODUCT).max_points == 10
    other = source_notebook("08_ranking")
    assert points_in(folder / "source" / "08_ranking" / "08_ranking.ipynb") == points_on_cells(
        other
    )


def test_a_course_with_a_points_toml_that_cannot_be_used_is_left_alone(tmp_path):
    folder = tmp_path / "course"
    assert autograder("course", folder, "--exercises", "04").exit_code == 0
    (folder / "points.toml").write_text("[04_dot_product]\nbuild_mf = -1\n", encoding="utf-8")
    done = autograder("course", folder, "--exercises", "04")
    assert done.exit_code == 2
    assert "build_mf in 04_dot_product has -1 points" in done.stderr


def test_nothing_is_graded_with_a_points_toml_that_cannot_be_used(tmp_path):
    (tmp_path / "points.toml").write_text("[04_dot_product]\nbuild_mf = -1\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="build_mf in 04_dot_product has -1 points"):
        use_points_of(SimpleNamespace(root=str(tmp_path)), DOT_PRODUCT)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="grading in the sandbox needs Linux")
def test_full_marks_stay_full_marks_whatever_the_points(tmp_path):
    folder = tmp_path / "course"
    options = ("--exercises", "04,11", "--no-memo")
    assert autograder("course", folder, *options).exit_code == 0
    toml = f"[{DOT_PRODUCT}]\npredict_pairs = 5\n[{BONUS}]\nbuild_svdpp = 8\n"
    (folder / "points.toml").write_text(toml, encoding="utf-8")
    assert autograder("course", folder, *options).exit_code == 0
    source = folder / "source" / DOT_PRODUCT / f"{DOT_PRODUCT}.ipynb"
    notebook = nbformat.read(source, as_version=4)
    for cell in notebook.cells:  # as the toolbar "Create Assignment" does
        if grade_id(cell) == "check_build_mf":
            cell.metadata.nbgrader["points"] = 1.5
        if grade_id(cell) == "check_predict_pairs":
            cell.metadata.nbgrader["points"] = 20
    nbformat.write(notebook, source)
    for name in (DOT_PRODUCT, BONUS):
        nbgrader(folder, "generate_assignment", name)
    given = released(folder, DOT_PRODUCT)
    prose = nbformat.writes(given.notebooks[DOT_PRODUCT])
    assert "90 minutes · 23.5 points**" in prose
    assert "`build_mf` (1.5 points), `predict_pairs` (20) and `score_matrix` (2)" in prose
    right = {DOT_PRODUCT: nbformat.writes(given.answered(DOT_PRODUCT))}
    half = given.answered(DOT_PRODUCT, {"build_mf": given.answers["build_mf"]})
    hand_in(folder, "right", DOT_PRODUCT, right)
    hand_in(folder, "half", DOT_PRODUCT, {DOT_PRODUCT: nbformat.writes(half)})
    extra = released(folder, BONUS)
    hand_in(folder, "right", BONUS, {BONUS: nbformat.writes(extra.answered(BONUS))})
    for name in (DOT_PRODUCT, BONUS):
        nbgrader(folder, "autograde", name)
    with gradebook(folder) as book:
        scores = {s.student.id: s.score for s in book.assignment_submissions(DOT_PRODUCT)}
        assert book.find_assignment(DOT_PRODUCT).max_score == 23.5
        assert scores == {"right": 23.5, "half": 1.5}
        assert book.find_assignment(BONUS).max_score == 0
        assert [s.score for s in book.assignment_submissions(BONUS)] == [10]
    report = folder / ".autograder" / DOT_PRODUCT / "right" / f"{DOT_PRODUCT}.json"
    document = json.loads(report.read_text(encoding="utf-8"))
    assert (document["points"], document["max_points"]) == (23.5, 23.5)
    nbgrader(folder, "generate_feedback", DOT_PRODUCT)
    page = folder / "feedback" / "right" / DOT_PRODUCT / f"{DOT_PRODUCT}.html"
    assert "1.5 / 1.5" in page.read_text(encoding="utf-8")
