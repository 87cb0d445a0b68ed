"""An instructor's own notebooks in a course of the kit."""

import sys
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

pytest.importorskip("nbgrader")

from autograder.nbgrading import own_notebooks
from autograder.nbgrading.own_notebooks import NoSandbox, run_in_sandbox
from tests.nbgrading.commands import make, nbgrader

linux = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux")


class Command(SimpleNamespace):
    """A stand-in for a command of nbgrader's; a namespace cannot be a key, an object can."""

    __hash__ = object.__hash__
    __eq__ = object.__eq__


@pytest.fixture(scope="module")
def command():
    yield (made := Command())
    own_notebooks._SHARED[made].close()


def graded_cell(source, name, points=4):
    nbgrader = {"grade": True, "solution": False, "locked": True, "task": False}
    metadata = {**nbgrader, "grade_id": name, "points": points, "schema_version": 3}
    return new_code_cell(source, metadata={"nbgrader": metadata})


@linux
@pytest.mark.process
def test_outputs_are_what_nbgrader_reads_scores_from(command):
    from nbgrader.utils import determine_grade

    tests = {
        "assert answer == 42": 4,
        "assert answer == 43": 0,
        "points = 1.5; points": 1.5,
        "# two thirds, é\n(2\n + 0.5)": 2.5,
        "None": 4,
        "print('fine')": 4,
        "while True: pass": 0,
        "def broken(:": 0,
        "str(answer)": 4,
        "import os; os._exit(0)": 0,
    }
    cells = [graded_cell(source, f"t{n}") for n, source in enumerate(tests)]
    answer = new_code_cell("answer = 42\nprint('hello')\nanswer")
    notebook = new_notebook(cells=[new_markdown_cell("text"), answer, *cells])
    run_in_sandbox(notebook, "mine", command, False)
    nbformat.validate(notebook)
    assert answer.outputs[0].text == "hello\n42\n"
    points = [determine_grade(cell)[0] for cell in cells]
    assert points == [4, 0, 1.5, 2.5, 4, 4, 0, 0, 4, 0]
    assert cells[1].outputs[0].ename == "AssertionError"
    assert cells[0].source == "assert answer == 42"


@linux
@pytest.mark.process
def test_code_cannot_read_the_machine(command, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of the grader", encoding="utf-8")
    reading = new_code_cell(f"print(open({str(secret)!r}).read())")
    notebook = new_notebook(cells=[reading])
    run_in_sandbox(notebook, "mine", command, False)
    assert [output.output_type for output in reading.outputs] == ["error"]
    assert "the secret" not in nbformat.writes(notebook)


def test_without_a_sandbox_it_is_refused(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(NoSandbox, match="own_notebooks_in_kernel = True"):
        run_in_sandbox(new_notebook(), "mine", Command(), False)


@linux
@pytest.mark.slow
def test_nbgrader_grades_an_own_notebook_in_the_sandbox(tmp_path):
    from nbgrader.api import Gradebook

    folder = tmp_path / "course"
    make(folder)
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of the grader", encoding="utf-8")
    task = {"grade": False, "solution": True, "locked": False, "task": False}
    answer = new_code_cell(
        "### BEGIN SOLUTION\nx = 1\n### END SOLUTION",
        metadata={"nbgrader": {**task, "grade_id": "answer", "schema_version": 3}},
    )
    cells = [answer, graded_cell("assert x == 1", "is_one"), graded_cell("x / 2", "half")]
    source = folder / "source" / "mine" / "own.ipynb"
    source.parent.mkdir()
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), source)
    nbgrader(folder, "generate_assignment", "mine")
    notebook = nbformat.read(folder / "release" / "mine" / "own.ipynb", as_version=4)
    notebook.cells[0].source = f"x = 1\nprint(open({str(secret)!r}).read())"
    notebook.cells.append(new_markdown_cell("<script>alert(1)</script>"))
    place = folder / "submitted" / "ada" / "mine"
    place.mkdir(parents=True)
    nbformat.write(notebook, place / "own.ipynb")
    (place / "notes.txt").symlink_to(secret)
    log = nbgrader(folder, "autograde", "mine")
    assert "own is not an exercise of the kit and runs in the sandbox" in log
    assert "notes.txt was a link to another place" in log
    nbgrader(folder, "generate_feedback", "mine")
    with Gradebook(f"sqlite:///{folder}/gradebook.db", "recommender") as book:
        grades = {g.name: g.score for g in book.find_submission("mine", "ada").notebooks[0].grades}
    assert grades == {"is_one": 4, "half": 0.5}
    for top in ("autograded", "feedback"):
        for path in (folder / top).rglob("*.*"):
            text = path.read_text(encoding="utf-8")
            assert "the secret of the grader" not in text
            assert "<script>" not in text
    log = nbgrader(
        folder, "autograde", "mine", "--force", "--GradeInSandbox.own_notebooks_in_kernel=True"
    )
    assert "own runs in a kernel, without the sandbox" in log
