"""The whole course in one notebook, as `submit --single` makes it, and as a script of it."""

import jupytext
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder import course
from autograder.grading.collect import GRADED, collect
from autograder.grading.duplicates import code_digest
from autograder.submissions.parse import parse
from autograder.submissions.sections import beginning
from autograder.workspace.documents import KERNEL
from tests.answers import solution_text


@pytest.fixture(scope="module")
def whole():
    """All reference answers in one notebook, and a second copy of all prose."""
    cells = []
    for step in course.steps():
        own = jupytext.reads(solution_text(step.name), fmt="py:percent").cells
        cells += [new_code_cell(beginning(step.name)), *own]
        cells += [cell.copy() for cell in own if cell.cell_type == "markdown"]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    return new_notebook(cells=cells, metadata={"kernelspec": KERNEL})


@pytest.mark.parametrize("suffix", ["ipynb", "py"])
def test_every_exercise_is_found_whole(tmp_path, whole, suffix):
    path = tmp_path / "class" / "ada" / f"course.{suffix}"
    path.parent.mkdir(parents=True)
    if suffix == "ipynb":
        nbformat.write(whole, path)
    else:
        path.write_text(jupytext.writes(whole, fmt="py:percent"), encoding="utf-8")
    collected = collect([path.parent.parent], tmp_path / "out")
    assert collected.problems == []
    assert [s.exercise for s in collected.submissions] == [s.name for s in course.steps()]
    for submission in collected.submissions:
        alone = tmp_path / "alone" / f"{submission.exercise}.py"
        alone.parent.mkdir(exist_ok=True)
        alone.write_text(solution_text(submission.exercise), encoding="utf-8")
        [single] = collect([alone], tmp_path / "out").submissions
        assert sources(parse(submission)) == sources(parse(single)), submission.exercise
    accounts = [(a.exercise, a.fate) for a in collected.accounts]
    assert accounts == [(step.name, GRADED) for step in course.steps()]


def sources(parsed):
    assert code_digest(parsed)
    return [cell.source for cell in parsed.cells_to_run if "begin_exercise" not in cell.source]
