"""A class of eight in an nbgrader course: the files of each learner, sound or damaged."""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.course.misconceptions import catalogue

RANKING, DOT_PRODUCT = "08_ranking", "04_dot_product"
HANDED_IN = "2026-03-02 10:00:00 UTC"
MARKS = ("### BEGIN SOLUTION", "### END SOLUTION")

PLAIN_TEXT = "> My question: is $b_u < b_i$, or `b_u & b_i` > 0?"
OWN_TEXT = """My notes on $r = \\mu + b_u$:
<script>document.title = "mine"</script>
<img src="https://example.org/pixel.png" onerror="alert(1)">
![remote](https://example.org/picture.png)
"""
DRAWING = 'print("drawn by myself")\nplt.plot([1, 3, 2])\nplt.show()'
WARNINGS = """
import sys
import warnings

warnings.warn("Do not pass an `input_shape` argument to a layer")
print("Could not find cuda drivers on your machine", file=sys.stderr)
"""


@dataclass(frozen=True)
class Released:
    """The released notebooks by exercise, and the right answers by function."""

    notebooks: dict[str, NotebookNode]
    answers: dict[str, str]

    def untouched(self, exercise: str) -> NotebookNode:
        return deepcopy(self.notebooks[exercise])

    def answered(self, exercise: str, answers: dict[str, str] | None = None) -> NotebookNode:
        """Return a released notebook with these answers, or with the right answers."""
        notebook = self.untouched(exercise)
        for cell in notebook.cells:
            function = grade_id(cell)
            if function in (self.answers if answers is None else answers):
                cell.source = (answers or self.answers)[function]
        return notebook


def released(course: Path, assignment: str) -> Released:
    """Return the released notebooks of a course, with the answers of its sources."""
    notebooks, answers = {}, {}
    for path in sorted((course / "release" / assignment).glob("*.ipynb")):
        notebooks[path.stem] = nbformat.read(path, as_version=4)
        for cell in nbformat.read(course / "source" / assignment / path.name, as_version=4).cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                lines = cell.source.split("\n")
                kept = [line for line in lines if line.strip() not in MARKS]
                answers[grade_id(cell)] = "\n".join(kept)
    return Released(notebooks, answers)


def grade_id(cell: NotebookNode) -> str | None:
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def right(given: Released) -> dict[str, str]:
    """Return right answers with a drawing and texts, one of which holds a script."""
    ranking = given.answered(RANKING)
    ranking.cells += [new_markdown_cell(PLAIN_TEXT), new_markdown_cell(OWN_TEXT)]
    ranking.cells.append(new_code_cell(DRAWING))
    return written({RANKING: ranking, DOT_PRODUCT: given.answered(DOT_PRODUCT)})


def mistaken(given: Released) -> dict[str, str]:
    """Return answers with a misconception in one function; the other answers are right."""
    mistake = catalogue()["mean-over-lists"]
    answers = {**given.answers, mistake.function: mistake.code.strip()}
    return written({RANKING: given.answered(RANKING, answers)})


def beginner(given: Released) -> dict[str, str]:
    """Return one right function and one cell that is no Python; the rest is untouched."""
    answers = {
        "recall_at_k": given.answers["recall_at_k"],
        "ndcg_at_k": "def ndcg_at_k(recommended, relevant, k:\n    return 1",
    }
    return written({RANKING: given.answered(RANKING, answers)})


def untouched(given: Released) -> dict[str, str]:
    return written({name: given.untouched(name) for name in given.notebooks})


def warns(given: Released) -> dict[str, str]:
    """Return right answers, each of whose cells writes to standard error."""
    answers = {name: f"{code}\n{WARNINGS}" for name, code in given.answers.items()}
    return written({name: given.answered(name, answers) for name in given.notebooks})


def truncated(given: Released) -> dict[str, str]:
    """Return right answers in files that break off halfway."""
    files = written({name: given.answered(name) for name in given.notebooks})
    return {name: text[: len(text) // 2] for name, text in files.items()}


def damaged(given: Released) -> dict[str, str]:
    """Return right answers among check cells that were deleted, duplicated, retyped and edited."""
    notebook = given.answered(RANKING)
    by_id = {grade_id(cell): cell for cell in notebook.cells}
    notebook.cells.remove(by_id["check_precision_at_k"])
    duplicate = deepcopy(by_id["check_recall_at_k"])
    duplicate["id"] = "a-second-one"
    notebook.cells.append(duplicate)
    retyped = by_id["check_ndcg_at_k"]
    retyped.cell_type = "markdown"
    del retyped["outputs"], retyped["execution_count"]
    by_id["check_evaluate_ranking"].source = 'check("evaluate_ranking"); 7'
    return written({RANKING: notebook})


def bare(given: Released) -> dict[str, str]:
    """Return right answers without any metadata, and in the notebook format of 2013."""
    notebook = json.loads(nbformat.writes(given.answered(RANKING)))
    notebook["metadata"] = {}
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        del cell["id"]
    old = nbformat.convert(given.answered(DOT_PRODUCT), 3)
    return {RANKING: json.dumps(notebook), DOT_PRODUCT: nbformat.v3.writes_json(old)}


LEARNERS: dict[str, Callable[[Released], dict[str, str]]] = {
    learner.__name__: learner
    for learner in (right, mistaken, beginner, untouched, warns, truncated, damaged, bare)
}


def written(notebooks: dict[str, NotebookNode]) -> dict[str, str]:
    return {name: nbformat.writes(notebook) for name, notebook in notebooks.items()}


def hand_in(
    course: Path, learner: str, assignment: str, files: dict[str, str], time: str = HANDED_IN
) -> None:
    """Put a learner's files into the folder of nbgrader's `collect`."""
    folder = course / "submitted" / learner / assignment
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
    (folder / "timestamp.txt").write_text(time, encoding="utf-8")
