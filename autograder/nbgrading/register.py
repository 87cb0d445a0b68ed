"""The register of Moodle's participants that `nbgrader zip_collect` writes into a course.

The number of a participant is another one in each of Moodle's assignments.
"""

import csv
import io
from pathlib import Path

from autograder.grading.output.csv_cells import as_written, plain_text
from autograder.grading.result_cache import COURSE_FOLDER
from autograder.grading.tables import named_rows
from autograder.util.atomic import write_atomic

COLUMNS = ("assignment", "participant", "name", "student_id")
_NAME = "moodle.csv"


def register_of(course: Path) -> Path:
    """Return where the register of a course lies."""
    return course / COURSE_FOLDER / _NAME


def read_register(course: Path) -> list[dict[str, str]]:
    """Return the rows of a course's register by column, [] where there is none.

    Args:
        course: The folder of the course.

    Raises:
        TableError: The register cannot be read, or lacks a column.
    """
    rows = named_rows(register_of(course), *COLUMNS)
    return [{name: as_written(row[name]) for name in COLUMNS} for row in rows]


def write_register(rows: list[dict[str, str]], course: Path) -> None:
    """Write the register of a course.

    Args:
        rows: The participants, each with the keys of `COLUMNS`.
        course: The folder of the course.

    Raises:
        NotWritten: The disk or the folder takes no file.
    """
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: plain_text(cell) for name, cell in row.items()} for row in rows)
    path = register_of(course)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, text.getvalue())
