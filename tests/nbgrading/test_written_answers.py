"""The memo and other written answers: a person grades them, and nothing of them is lost or runs."""

import jupytext
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.course.pages import page_text
from autograder.nbgrading.restore_cells import restore
from autograder.nbgrading.source_notebooks import source_notebook
from autograder.nbgrading.written_answers import (
    is_graded_by_hand,
    memo_source,
    restore_written_answers,
)
from tests.nbgrading.commands import gradebook, make, nbgrader

OUTPUT = new_output("stream", text="RMSE 0.85 of my own model")


def memo_of_workspace(*answers):
    """The memo as a workspace has it, with these answers: texts, or lists of texts of cells."""
    notebook = jupytext.reads(page_text("memo"), fmt="py:percent")
    places = [n for n, c in enumerate(notebook.cells) if "answer" in c.metadata.get("tags", ())]
    for place, answer in reversed(list(zip(places, answers, strict=False))):
        texts = [answer] if isinstance(answer, str) else answer
        notebook.cells[place : place + 1] = [new_markdown_cell(text) for text in texts]
    code = next(cell for cell in notebook.cells if "perf_counter" in cell.source)
    code.outputs = [OUTPUT]
    return notebook


def answers_in(notebook):
    return {
        cell.metadata.nbgrader["grade_id"]: cell.source
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }


def test_the_memo_is_graded_by_hand_in_its_text_cells():
    source = memo_source()
    assert is_graded_by_hand(source)
    assert [cell.cell_type for cell in source.cells if "nbgrader" in cell.metadata] == 4 * [
        "markdown"
    ]
    assert not is_graded_by_hand(source_notebook("01_explore"))
    assert not is_graded_by_hand(nbformat.v4.new_notebook(cells=[new_code_cell("1")]))


def test_answers_find_their_places_without_metadata_and_in_several_cells():
    notebook = memo_of_workspace("ALS ships.", ["RMSE decides.", "I would not bet on 0.001."], "")
    notebook.cells.insert(0, new_markdown_cell("My own heading"))
    assert restore_written_answers(notebook, memo_source()) == []
    answers = answers_in(notebook)
    assert answers["memo_1"] == "ALS ships."
    assert answers["memo_2"] == "RMSE decides.\n\nI would not bet on 0.001."
    assert answers["memo_3"] == ""
    assert "Write your answer here" in answers["memo_4"]
    assert sum("RMSE decides." in cell.source for cell in notebook.cells) == 1


def test_a_question_that_was_deleted_is_told_and_put_back():
    notebook = memo_of_workspace("ALS ships.")
    notebook.cells = [cell for cell in notebook.cells if not cell.source.startswith("## 2.")]
    [note] = restore_written_answers(notebook, memo_source())
    assert "memo_2" in note
    assert len(answers_in(notebook)) == 4


def test_a_text_cell_that_is_graded_by_hand_stays_text_in_an_exercise():
    released = source_notebook("01_explore")
    metadata = memo_source().cells[-2].metadata.nbgrader
    question = new_markdown_cell("Your view:", metadata={"nbgrader": dict(metadata)})
    released.cells.append(question)
    notebook = nbformat.from_dict(released)
    notebook.cells[-1].source = "The tail is long."
    restore(notebook, released)
    assert notebook.cells[-1].cell_type == "markdown"
    assert notebook.cells[-1].source == "The tail is long."
    notebook.cells[-1] = new_code_cell("The tail is long.", metadata=notebook.cells[-1].metadata)
    notes = restore(notebook, released)
    assert notebook.cells[-1].cell_type == "markdown"
    assert any("text again" in note for note in notes)


@pytest.mark.slow
def test_a_memo_that_an_instructor_changed_stays(tmp_path):
    folder = tmp_path / "course"
    make(folder, "--memo")
    source = folder / "source" / "memo" / "memo.ipynb"
    changed = source.read_text(encoding="utf-8").replace('"points": 3', '"points": 5')
    source.write_text(changed, encoding="utf-8")
    assert str(source) not in make(folder, "--memo")
    assert source.read_text(encoding="utf-8") == changed


@pytest.mark.slow
def test_nbgrader_shows_the_memo_as_it_was_handed_in_and_takes_points(tmp_path):
    folder = tmp_path / "course"
    make(folder, "--memo")
    nbgrader(folder, "generate_assignment", "memo")
    place = folder / "submitted" / "ada" / "memo"
    place.mkdir(parents=True)
    notebook = memo_of_workspace("ALS ships.\n\n<script>alert(1)</script>", "RMSE decides.")
    nbformat.write(notebook, place / "memo.ipynb")
    log = nbgrader(folder, "autograde", "memo")
    assert "memo is graded by hand; nothing of it runs" in log
    graded = nbformat.read(folder / "autograded" / "ada" / "memo" / "memo.ipynb", as_version=4)
    answers = {
        cell.metadata.nbgrader["grade_id"]: cell
        for cell in graded.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    assert {cell.cell_type for cell in answers.values()} == {"markdown"}
    assert answers["memo_2"].source == "RMSE decides."
    assert "<script>" not in answers["memo_1"].source
    assert any(OUTPUT.text in str(cell.get("outputs")) for cell in graded.cells)
    with gradebook(folder) as book:
        grades = book.find_submission("memo", "ada").notebooks[0].grades
        assert {grade.name: grade.max_score for grade in grades} == dict.fromkeys(answers, 3)
        book.find_grade("memo_1", "memo", "memo", "ada").manual_score = 2.5
        book.db.commit()
    nbgrader(folder, "generate_feedback", "memo")
    page = (folder / "feedback" / "ada" / "memo" / "memo.html").read_text(encoding="utf-8")
    assert "RMSE decides." in page
    assert OUTPUT.text in page
    assert "<script>alert" not in page


QUESTION = "## 1. Which recommender ships?"


@pytest.mark.parametrize("name", ["memo.py", "memo.md"])
def test_a_memo_that_is_no_notebook_stays_text(tmp_path, name):
    notebook = memo_of_workspace("ALS ships.\n\n# because `x < y`", "RMSE decides.", "", "Four.")
    if name.endswith(".py"):
        text = jupytext.writes(notebook, fmt="py:percent")
    else:
        text = "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    place = tmp_path / "submitted" / "ada" / "memo"
    place.mkdir(parents=True)
    (place / name).write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app, ["notebooks", str(tmp_path)])
    assert done.exit_code == 0, done.output
    made = nbformat.read(place / "memo.ipynb", as_version=4)
    assert QUESTION in "\n".join(c.source for c in made.cells if c.cell_type == "markdown")
    answers = answers_in(made)
    assert answers["memo_1"] == "ALS ships.\n\n# because `x < y`"
    assert (answers["memo_2"], answers["memo_4"]) == ("RMSE decides.", "Four.")
    assert all(c.cell_type == "markdown" for c in made.cells if "nbgrader" in c.metadata)
    again = CliRunner().invoke(app, ["notebooks", str(tmp_path)])
    assert "written:" not in again.output


def test_an_answer_in_an_exercise_is_found_by_its_question(tmp_path):
    released = source_notebook("01_explore")
    mark = {**memo_source().cells[-2].metadata.nbgrader, "grade_id": "why"}
    question = new_markdown_cell("## Why is the tail long?")
    released.cells += [question, new_markdown_cell("Write here.", metadata={"nbgrader": mark})]
    notebook = nbformat.from_dict(released)
    notebook = nbformat.reads(nbformat.writes(notebook), as_version=4)
    notebook.cells[-1] = new_markdown_cell("Few films are known to many.")
    notes = restore_written_answers(notebook, released, put_back=False)
    assert notes + restore(notebook, released) == []
    found = {c.metadata.get("nbgrader", {}).get("grade_id"): c for c in notebook.cells}
    assert found["why"].source == "Few films are known to many."
    assert found["why"].cell_type == "markdown"
