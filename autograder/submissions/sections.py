"""A file that holds several exercises: each begins with a cell `begin_exercise("04_dot_product")`.

`autograder submit --single` writes such a notebook. A section reaches to the next beginning, and
is graded like a file of its own.
"""

import re

from autograder import course
from autograder.submissions.cells import Written
from autograder.util.i18n import _

BEGINNING = 'from autograder import begin_exercise; begin_exercise("{exercise}")'

_BEGINNING = re.compile(
    r"^(?:from autograder import begin_exercise *; *)?"
    r"""begin_exercise\( *["'](\w+)["'] *\)[ \t;]*$""",
    re.MULTILINE,
)
# A notebook is JSON, in which quotes have a backslash.
_IN_BYTES = re.compile(rb"""begin_exercise\( *(?:\\?"|')(\w+)""")


def beginning(exercise: str) -> str:
    """Return the cell with which the section of an exercise begins."""
    return BEGINNING.format(exercise=exercise)


def exercises_begun(data: bytes) -> tuple[str, ...]:
    """Return the exercises that a file's bytes begin, without parsing them."""
    names = {step.name.encode(): step.name for step in course.steps()}
    found = (names.get(name) for name in _IN_BYTES.findall(data))
    return tuple(dict.fromkeys(name for name in found if name is not None))


def section_of(written: list[Written], exercise: str) -> list[Written] | None:
    """Return the cells of an exercise's sections, without the cells that begin them.

    Args:
        written: All cells of a file.
        exercise: The exercise's full name.

    Returns:
        The cells, which keep their numbers; none where the file holds other exercises only. None
        where the file is no file of several exercises.
    """
    own: list[Written] = []
    within: str | None = None
    for cell in written:
        begun = _begun_by(cell)
        within = begun or within
        if within == exercise and not begun:
            own.append(cell)
    return None if within is None else own


def note_on_section(name: str) -> str:
    """Return the note on an exercise that was taken out of a file of several exercises."""
    return _("{name} holds several exercises; this one was taken out of it").format(name=name)


def _begun_by(cell: Written) -> str | None:
    """Return the exercise that a cell begins."""
    found = _BEGINNING.search(cell.source) if cell.kind == "code" else None
    if found is None:
        return None
    return next((step.name for step in course.steps() if step.name == found[1]), None)
