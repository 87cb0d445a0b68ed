"""Helpers: an exercise as script and notebook, and reading a file by its bytes or path."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
import pytest

from autograder.submissions.cells import Cell, UnreadableSubmission
from autograder.submissions.parse import parse, recognised_exercise
from autograder.submissions.safe_read import read_content
from autograder.submissions.submission import Submission
from tests.answers import solution_text

STEP = "08_ranking"
OTHER = "04_dot_product"
SCRIPT = solution_text(STEP)


@dataclass(frozen=True)
class Reading:
    """The exercise that a file holds, its code cells as they count, and notes."""

    exercise: str
    cells: tuple[Cell, ...]
    notes: tuple[str, ...]


def read_bytes(data, name):
    """Read a file of which nothing but its bytes and its name is known."""
    exercise = recognised_exercise(data, name)
    parsed = parse(Submission(exercise, Path(name)), data)
    return Reading(exercise, parsed.cells, parsed.notes)


def read_cells(path):
    """As `read_bytes`, from the disk."""
    return read_bytes(read_content(path), path.name)


def notebook():
    """The solution as a notebook, as plain JSON."""
    return json.loads(nbformat.writes(jupytext.reads(SCRIPT, fmt="py:percent")))


def source(cell):
    return "".join(cell["source"])


def cells_with(document, text):
    return [cell for cell in document["cells"] if text in source(cell)]


def read_json(document, name=f"{STEP}.ipynb"):
    return read_bytes(json.dumps(document).encode(), name)


def running(reading):
    """The code that checks run."""
    return [cell.source for cell in reading.cells if cell.runs_in_checks]


UNDAMAGED = running(read_bytes(SCRIPT.encode(), f"{STEP}.py"))


def is_refused(data, name=f"{STEP}.ipynb"):
    """The reason that a file is refused for; it is one plain sentence and a remedy."""
    with pytest.raises(UnreadableSubmission) as caught:
        read_bytes(data, name)
    text = str(caught.value)
    reason, remedy = re.fullmatch(
        rf"{re.escape(name)} cannot be graded because (.+)\. ([A-Z][^.]+(?:\.py.*|\.ipynb)?\.)",
        text,
    ).groups()
    assert "Error" not in text
    return reason


def without_metadata(document):
    for cell in document["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)
    del document["metadata"]
