"""`autograder course` again, after an instructor has edited source notebooks."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from typer.testing import CliRunner

pytest.importorskip("nbgrader")

from autograder.cli.app import app
from autograder.nbgrading.source_notebooks import complete_source, source_notebook
from autograder.nbgrading.source_updates import update_source
from tests.classes import DOT_PRODUCT, grade_id

OWN = "My question: why no bias?"
MARKS = {"grade": True, "solution": True, "locked": False, "task": False, "schema_version": 3}


@pytest.fixture
def folder(tmp_path):
    """A course as an earlier kit made it, which differs from this one in the text of one cell."""
    folder = tmp_path / "course"
    update_source(folder, path_in(folder), earlier())
    return folder


def path_in(folder):
    return folder / "source" / DOT_PRODUCT / f"{DOT_PRODUCT}.ipynb"


def earlier():
    notebook = source_notebook(DOT_PRODUCT)
    text_cell(notebook).source = "An earlier text."
    del notebook.cells[2]  # so that the ids of all later cells are others
    complete_source(notebook, "04")
    return notebook


def text_cell(notebook):
    """The last text of the exercise."""
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"][-1]


def cells_of(folder):
    return nbformat.read(path_in(folder), as_version=4).cells


def edited(folder, change):
    notebook = nbformat.read(path_in(folder), as_version=4)
    change(notebook)
    nbformat.write(notebook, path_in(folder))
    return path_in(folder).read_bytes()


def updated(folder):
    return update_source(folder, path_in(folder), source_notebook(DOT_PRODUCT))


def test_what_nobody_has_edited_is_brought_up_to_date(folder):
    update = updated(folder)
    assert (update.written, update.before, update.new) == (True, None, None)
    assert path_in(folder).read_text(encoding="utf-8") == (
        nbformat.writes(source_notebook(DOT_PRODUCT)) + "\n"
    )
    assert not updated(folder).written


def add_own(notebook):
    """As an instructor does: cells of their own, other points, a question graded by hand."""
    question = new_markdown_cell(OWN, metadata={"nbgrader": {**MARKS, "grade_id": "why"}})
    question.metadata.nbgrader["points"] = 3
    notebook.cells[0].metadata["slideshow"] = {"slide_type": "slide"}
    notebook.cells.insert(5, question)
    notebook.cells.append(new_code_cell("print('my example')"))
    by_id = {grade_id(cell): cell for cell in notebook.cells}
    by_id["build_mf"].source += "\n# mine"
    by_id["check_build_mf"].metadata.nbgrader["points"] = 20


def test_cells_points_and_marks_of_an_instructors_own_stay_beside_what_is_new(folder):
    before = edited(folder, add_own)
    update = updated(folder)
    assert update.before.read_bytes() == before
    cells = cells_of(folder)
    texts = [cell.source for cell in cells]
    assert "An earlier text." not in texts
    assert text_cell(source_notebook(DOT_PRODUCT)).source in texts
    assert "print('my example')" in texts
    assert any(text.endswith("# mine") for text in texts)
    assert source_notebook(DOT_PRODUCT).cells[2].source in texts
    nbformat.validate(nbformat.read(path_in(folder), as_version=4))
    assert len({cell.id for cell in cells}) == len(cells)
    assert "slideshow" in cells[0].metadata
    by_id = {grade_id(cell): cell for cell in cells if grade_id(cell)}
    assert by_id["check_build_mf"].metadata.nbgrader["points"] == 20
    assert by_id["check_score_matrix"].metadata.nbgrader["points"] == 2
    assert (by_id["why"].cell_type, by_id["why"].source) == ("markdown", OWN)
    assert len(cells) == len(source_notebook(DOT_PRODUCT).cells) + 2
    after = path_in(folder).read_bytes()
    assert updated(folder).before is None
    assert path_in(folder).read_bytes() == after


def test_a_function_that_an_instructor_left_out_does_not_come_back(folder):
    def leave_out(notebook):
        left_out = ("score_matrix", "check_score_matrix")
        notebook.cells = [c for c in notebook.cells if grade_id(c) not in left_out]

    edited(folder, leave_out)
    assert updated(folder).written
    assert "check_score_matrix" not in {grade_id(cell) for cell in cells_of(folder)}


def change_the_same_cell(notebook):
    text_cell(notebook).source = "My own text, which is another one altogether."


@pytest.mark.parametrize("change", [change_the_same_cell, "{}", "no notebook"])
def test_where_a_person_must_decide_the_edited_notebook_stays(folder, change):
    if callable(change):
        before = edited(folder, change)
    else:
        path_in(folder).write_text(change, encoding="utf-8")
        before = path_in(folder).read_bytes()
    update = updated(folder)
    assert not update.written
    assert path_in(folder).read_bytes() == before
    assert update.new.read_text(encoding="utf-8") == (
        nbformat.writes(source_notebook(DOT_PRODUCT)) + "\n"
    )
    assert "source" not in update.new.relative_to(folder).parts


def test_a_course_without_a_record_keeps_what_differs(folder):
    (folder / ".autograder" / ".delivered" / DOT_PRODUCT / f"{DOT_PRODUCT}.ipynb").unlink()
    before = path_in(folder).read_bytes()
    assert updated(folder).new is not None
    assert path_in(folder).read_bytes() == before


def test_the_command_says_what_became_of_edited_notebooks(tmp_path):
    folder = tmp_path / "course"
    arguments = ["course", str(folder), "--exercises", "04", "--no-memo"]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    path_in(folder).write_text("{}", encoding="utf-8")
    assert CliRunner().invoke(app, arguments).exit_code == 0, "the kit has nothing new"
    assert path_in(folder).read_text(encoding="utf-8") == "{}"
    (folder / "points.toml").write_text("[04_dot_product]\nbuild_mf = 12\n", encoding="utf-8")
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 1
    new = folder / ".autograder" / ".new" / DOT_PRODUCT / f"{DOT_PRODUCT}.ipynb"
    assert f"was edited and stays as it is. The kit's new version is {new}" in done.output
    assert path_in(folder).read_text(encoding="utf-8") == "{}"
