"""Units: the pieces of an exercise that a translator translates one by one."""

from collections.abc import Iterator
from dataclasses import replace

from nbformat import NotebookNode

from autograder.course.solution_cells import HINT, defined_function, has_tag
from autograder.course.translation.code import Strings, code_units
from autograder.course.translation.markdown import markdown_units
from autograder.course.translation.spans import Unit


def notebook_units(cells: list[NotebookNode], strings: Strings) -> Iterator[tuple[int, Unit]]:
    """Return the units of some cells in their order, each with the number of its cell.

    A unit of prose names the section it stands in, a hint and a unit of code name the function.

    Args:
        cells: The cells of a solution or of a page.
        strings: What an author says about the strings in the code of these cells.
    """
    section = ""
    for number, cell in enumerate(cells):
        if cell.cell_type == "markdown" and has_tag(cell, HINT):
            function = cell.source.partition("\n")[0].lstrip("# ").strip()
            for unit in markdown_units(cell.source):
                if unit.text != function:
                    yield number, replace(unit, what=f"hint of {function}")
        elif cell.cell_type == "markdown":
            for unit in markdown_units(cell.source):
                if unit.what == "heading":
                    section = unit.text
                    yield number, unit
                else:
                    yield number, _placed(unit, f"in: {section}" if section else "")
        elif cell.cell_type == "code":
            function = defined_function(cell) or ""
            for unit in code_units(cell.source, strings):
                yield number, _placed(unit, f"of {function}" if function else f"in: {section}")


def _placed(unit: Unit, place: str) -> Unit:
    return replace(unit, what=f"{unit.what} {place}".rstrip())
