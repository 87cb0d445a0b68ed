"""The cells of a solution file: their tags, their markers, and the function of each.

A solution is a percent script. This module alone knows its markers and tags:

- an answer stands between `### BEGIN SOLUTION` and `### END SOLUTION`, nbgrader's own markers, in
  the cell that defines its function, below the `# TODO` that the learner sees;
- a Markdown cell tagged `hint` holds a function's name as heading and its three hints as a numbered
  list; exercises leave it out;
- a code cell tagged `given` defines functions that learners get and later exercises carry over;
- a code cell tagged `bug` stands before an answer and defines the same function with a mistake; the
  exercise shows it in the answer's place.
"""

import re

from nbformat import NotebookNode

LANGUAGE_KEY = "autograder"
"""The key of the kit's own metadata in a notebook, which name its language."""

HINT, BUG, GIVEN = "hint", "bug", "given"

_TODO = re.compile(r"^ *# TODO\b.*\n(?: *#.*\n)*?(?= *### BEGIN SOLUTION)", re.MULTILINE)
_MARKER = re.compile(r"^ *### (BEGIN|END) SOLUTION\n", re.MULTILINE)
_DEFINED = re.compile(r"^def (\w+)", re.MULTILINE)
_CHECKED = re.compile(r'^check\("(\w+)"\)$')


class SolutionError(Exception):
    """A solution file that cannot be used; the text says which, what is wrong, and what to do."""


def defined_function(cell: NotebookNode) -> str | None:
    """Return the first function that a code cell defines, None where it defines none."""
    found = _DEFINED.search(cell.source) if cell.cell_type == "code" else None
    return found[1] if found else None


def checked_function(cell: NotebookNode) -> str | None:
    """Return the function of a cell that is nothing but a check, None for any other cell."""
    found = _CHECKED.match(cell.source.strip()) if cell.cell_type == "code" else None
    return found[1] if found else None


def holds_answer(cell: NotebookNode) -> bool:
    """Return whether a cell holds an answer between markers."""
    return cell.cell_type == "code" and "SOLUTION" in cell.source


def without_markers(source: str) -> str:
    """Return an answer's code without its `# TODO` and its markers."""
    return _MARKER.sub("", _TODO.sub("", source + "\n"))


def has_tag(cell: NotebookNode, tag: str) -> bool:
    """Return whether a cell has a tag."""
    return tag in cell.metadata.get("tags", ())
