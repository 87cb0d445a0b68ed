"""Submitted notebooks under other names than nbgrader expects."""

import os
import re
import sys

import jupytext
import nbformat
import pytest
from nbformat.v4 import new_markdown_cell
from typer.testing import CliRunner

pytest.importorskip("nbgrader")

from autograder.cli.app import app
from autograder.course.pages import page_text
from tests.classes import DOT_PRODUCT, HANDED_IN, released
from tests.nbgrading.commands import files_in, gradebook, nbgrader

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="grading in the sandbox needs Linux"),
]

NAMES = {
    "copy": f"Copie de {DOT_PRODUCT}.ipynb",
    "other": "rendu final.ipynb",
    "again": f"{DOT_PRODUCT} (1).ipynb",
    "double": f"{DOT_PRODUCT}.ipynb.ipynb",
    "capitals": f"{DOT_PRODUCT.upper()}.ipynb",
    "accent": "Café d'Émile.ipynb",
    "usual": f"{DOT_PRODUCT}.ipynb",
    "browser": f"{DOT_PRODUCT}.ipynb.json",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A course with one exercise and the memo, whose notebooks are released."""
    folder = tmp_path_factory.mktemp("named") / "course"
    arguments = ["course", str(folder), "--exercises", "04"]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    for name in (DOT_PRODUCT, "memo"):
        nbgrader(folder, "generate_assignment", name)
    return folder


def hand_in(folder, learner, assignment, files):
    place = folder / "submitted" / learner / assignment
    place.mkdir(parents=True)
    (place / "timestamp.txt").write_text(HANDED_IN, encoding="utf-8")
    for name, text in files.items():
        (place / name).write_text(text, encoding="utf-8")
    return place


def scores(folder, assignment):
    with gradebook(folder) as book:
        return {each.student.id: each.score for each in book.assignment_submissions(assignment)}


def plain(text):
    return re.sub(r"\s+", " ", text)


def test_notebooks_of_any_name_are_graded_as_they_are(made):
    given = released(made, DOT_PRODUCT)
    right = nbformat.writes(given.answered(DOT_PRODUCT))
    untouched = nbformat.writes(given.untouched(DOT_PRODUCT))
    for learner, name in NAMES.items():
        hand_in(made, learner, DOT_PRODUCT, {name: right})
    several = {f"{DOT_PRODUCT}.ipynb": untouched, NAMES["copy"]: right, "photo.png": ""}
    hand_in(made, "several", DOT_PRODUCT, several)
    versions = {"rendu v2.ipynb": untouched, "rendu v10.ipynb": right, "broken.ipynb": "{"}
    place = hand_in(made, "versions", DOT_PRODUCT, versions)
    os.utime(place / "rendu v2.ipynb", (1_000_000_000, 1_000_000_000))
    hand_in(made, "nothing", DOT_PRODUCT, {"photo.png": "", "notes.ipynb": '{"cells": []}'})
    hand_in(made, "empty", DOT_PRODUCT, {})
    hand_in(made, "script", DOT_PRODUCT, {f"{DOT_PRODUCT}.py": "pass\n"})
    before = files_in(made / "submitted")

    log = nbgrader(made, "autograde", DOT_PRODUCT, code=1)

    assert files_in(made / "submitted") == before
    full = dict.fromkeys([*NAMES, "several", "versions"], 10)
    assert scores(made, DOT_PRODUCT) == full
    assert "Traceback" not in log
    assert "cannot be graded" not in log
    assert f"copy · {DOT_PRODUCT}: Copie de {DOT_PRODUCT}.ipynb was graded as" in log
    assert f"rendu final.ipynb was taken for {DOT_PRODUCT} because of the functions in it" in log
    assert f"there is no work in {DOT_PRODUCT}.ipynb" in log
    for learner in ("nothing", "empty", "script"):
        assert f"{learner} · {DOT_PRODUCT} was not graded: {made}/submitted/{learner}" in log
        assert not (made / "autograded" / learner).exists()
    assert f"{DOT_PRODUCT}.py is no notebook. `autograder notebooks` makes a notebook" in log
    assert "usual ·" not in log

    nbgrader(made, "generate_feedback", DOT_PRODUCT)
    page = made / "feedback" / "several" / DOT_PRODUCT / f"{DOT_PRODUCT}.html"
    assert f"there is no work in {DOT_PRODUCT}.ipynb" in plain(page.read_text(encoding="utf-8"))
    report = made / ".autograder" / DOT_PRODUCT / "other" / f"{DOT_PRODUCT}.json"
    assert "because of the functions" in report.read_text(encoding="utf-8")

    # The others are in the gradebook, and the three that need a person are named once more.
    again = nbgrader(made, "autograde", DOT_PRODUCT, code=1)
    assert scores(made, DOT_PRODUCT) == full
    assert f"nothing · {DOT_PRODUCT} was not graded" in again

    # A newer file under a further name counts in the next round.
    (made / "submitted" / "other" / DOT_PRODUCT / "rendu final.ipynb").unlink()
    newer = made / "submitted" / "other" / DOT_PRODUCT / "the last one.ipynb"
    newer.write_text(untouched, encoding="utf-8")
    nbgrader(made, "autograde", DOT_PRODUCT, "--student", "other", "--force")
    assert scores(made, DOT_PRODUCT) == {**full, "other": 0}


def test_the_memo_is_found_by_its_name_or_by_its_cells(made):
    text = page_text("memo")
    notebook = jupytext.reads(text, fmt="py:percent")
    places = [n for n, c in enumerate(notebook.cells) if "answer" in c.metadata.get("tags", ())]
    notebook.cells[places[0]] = new_markdown_cell("ALS ships.")
    hand_in(made, "named", "memo", {"Mon mémo - memo (2).ipynb": nbformat.writes(notebook)})
    marked = nbformat.read(made / "release" / "memo" / "memo.ipynb", as_version=4)
    next(c for c in marked.cells if "nbgrader" in c.metadata).source = "SGD ships."
    hand_in(made, "marked", "memo", {"answers.ipynb": nbformat.writes(marked)})
    log = nbgrader(made, "autograde", "memo")
    assert "answers.ipynb was graded as memo.ipynb" in log
    for learner, answer in (("named", "ALS ships."), ("marked", "SGD ships.")):
        path = made / "autograded" / learner / "memo" / "memo.ipynb"
        assert answer in [cell.source for cell in nbformat.read(path, as_version=4).cells]
