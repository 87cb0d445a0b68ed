"""Memos that learners handed in as a script or as Markdown: a notebook is made of the text.

Text stays text: the memo of a script has its own text cells, and a Markdown file is divided at the
memo's questions.
"""

# nbformat is not annotated.
# mypy: disable-error-code="no-untyped-call,no-any-return"

from copy import deepcopy
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from autograder.bundle.manifest import MEMO
from autograder.nbgrading.damaged_notebooks import sound_notebook
from autograder.nbgrading.written_answers import restore_written_answers
from autograder.submissions.limited_parser import LimitedParser
from autograder.submissions.safe_read import read_content

SUFFIXES = (".py", ".md")


def memo_texts_in(place: Path) -> list[Path]:
    """Return the files in a learner's folder that hold a memo and are no notebook."""
    paths = [path for path in sorted(place.iterdir()) if path.suffix.lower() in SUFFIXES]
    return [path for path in paths if path.stem.lower() == MEMO]


def memo_of_text(
    path: Path, released: NotebookNode, parser: LimitedParser
) -> tuple[NotebookNode, list[str]]:
    """Return the memo in a script or a Markdown file as a notebook, and what was noticed.

    Args:
        path: The file.
        released: The memo as learners received it.
        parser: Parses a script.

    Raises:
        UnreadableSubmission: The file cannot be read.
    """
    data = read_content(path)
    if path.suffix.lower() == SUFFIXES[1]:
        notebook = _divided(data.decode("utf-8-sig", "replace"), released)
        notes: list[str] = []
    else:
        written, found = parser.as_written(data, path.name)
        notebook = sound_notebook(written, [None] * len(written), released)
        notes = list(found)
    notes += restore_written_answers(notebook, released)
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{number}"  # so that the same text gives the same bytes
    return notebook, notes


def _divided(text: str, released: NotebookNode) -> NotebookNode:
    """Return a text as text cells, with a cell of its own for each text that was released."""
    known = {
        cell.source.partition("\n")[0].strip(): cell.source
        for cell in released.cells
        if cell.cell_type == "markdown" and cell.source.startswith("#")
    }
    parts: list[list[str]] = [[]]
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.strip() in known:
            parts.append([])
        parts[-1].append(line)
    texts: list[str] = []
    for lines in parts:
        part = "\n".join(lines).strip()
        asked = known.get(lines[0].strip(), "") if lines else ""
        rest = part.removeprefix(asked) if part.startswith(asked) else "\n".join(lines[1:])
        texts += [each.strip() for each in ((asked, rest) if asked else (part,)) if each.strip()]
    cells = [new_markdown_cell(each) for each in texts]
    return new_notebook(cells=cells, metadata=deepcopy(released.metadata))
