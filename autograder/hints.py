"""Hints: three rungs a function, written in the solution file beside the function.

A hint cell is a Markdown cell tagged `hint`: the function's name as a heading, a numbered list.
"""

import re
from functools import cache

from autograder import course, paths
from autograder.i18n import _

RUNGS = 3


def hints_of(function: str) -> tuple[str, ...]:
    """The three hints of a function: a nudge, the concept, the shape of the code.

    function: its name or address (see `course.address`).
    Raises `LookupError` for a name that is no function of the course.
    """
    step, name = course.located(function)
    return _hints(step.name)[name]


def invitation(function: str) -> str:
    """The line of a message that says how to see a hint for a function, named by its address."""
    return _("For a hint: autograder hint {function}").format(function=function)


@cache
def _hints(exercise: str) -> dict[str, tuple[str, ...]]:
    import jupytext

    notebook = jupytext.read(paths.solutions() / f"{exercise}.py", fmt="py:percent")
    return dict(
        _parse(cell.source)
        for cell in notebook.cells
        if cell.cell_type == "markdown" and "hint" in cell.metadata.get("tags", ())
    )


def _parse(source: str) -> tuple[str, tuple[str, ...]]:
    heading, _newline, body = source.partition("\n")
    rungs = re.split(r"^\d\.\s+", body, flags=re.MULTILINE)[1:]
    texts = tuple(_(re.sub(r"\n\s+", " ", rung.strip())) for rung in rungs)
    return heading.lstrip("# ").strip(), texts
