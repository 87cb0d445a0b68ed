"""Grades and feedback on their way back to Moodle.

Three files: a table for the import of grades, the offline grading worksheet with its column of
grades filled in, and a zip archive for "Upload multiple feedback files". Moodle's own code fixes
their form: its importer of worksheets finds a participant by the number at the end of the first
column, and its importer of feedback splits a folder's name into full name, number and plugin.
"""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.grading.intake.names import clean
from autograder.grading.output.csv_cells import hundredths, plain_text
from autograder.grading.output.grade_table import GradeTable
from autograder.grading.output.pages import page_alone
from autograder.grading.people import Identity
from autograder.grading.roster import Person, Roster, claimed_once, read_roster, roster_of
from autograder.grading.tables import Table, TableError, read_table
from autograder.util.atomic import write_atomic
from autograder.util.i18n import _
from autograder.util.zips import zipped

IDENTIFIERS = ("Username", "ID number", "Email address")
BYTE_ORDER_MARK = "\ufeff"
FEEDBACK = "feedback.html"

_GRADE = ("grade", "note", "calificación", "bewertung")
_MAXIMUM = ("maximum grade", "note maximale", "calificación máxima", "beste bewertung")


class MoodleError(Exception):
    """Grades that cannot be brought to Moodle; the text says why, and what to do."""


@dataclass(frozen=True)
class Filled:
    """The outcome of an export: how many learners it holds, and who is missing.

    Attributes:
        n: The number of learners with a grade.
        missing: The names of learners for whom no row could be written or found.
        scale: The maximum of the grades and that of Moodle's, where they differ.
    """

    n: int
    missing: tuple[str, ...] = ()
    scale: tuple[float, float] | None = None


def write_moodle(
    table: GradeTable,
    path: Path,
    people: Iterable[Identity] = (),
    identifier: str = IDENTIFIERS[0],
    decimal_comma: bool = False,
) -> Filled:
    """Write a table for Moodle's import of grades: UTF-8 with a byte order mark, semicolons.

    The first column identifies the learners, the others hold the points of an exercise, empty where
    a learner handed nothing in. A column that cannot hold points, such as the bug hunt, is left
    out. Texts stand in quotes, and no text is a formula.

    Args:
        table: The grades of a class.
        path: The file to write.
        people: Who the learners are.
        identifier: The user field to which Moodle maps the first column.
        decimal_comma: Whether to write 9,8 in place of 9.8.

    Returns:
        The number of rows, and the learners whose identifier nobody knows and who have no row.
    """
    known = {each.learner: each.person for each in people}
    columns = [c for c in table.columns if table.max_points.get(c) or _has_points(table, c)]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow([identifier, *columns])
    missing = []
    for learner, row in table.rows.items():
        own = _identifier(identifier, learner, known.get(learner, Person()))
        if not own:
            missing.append(learner)
            continue
        points = [_number(row[c], decimal_comma) if c in row else "" for c in columns]
        writer.writerow([plain_text(own), *points])
    write_atomic(path, BYTE_ORDER_MARK + text.getvalue())
    return Filled(len(table.rows) - len(missing), tuple(missing))


def write_worksheet(
    table: GradeTable,
    column: str | None,
    worksheet: Path,
    path: Path,
    people: Iterable[Identity] = (),
) -> Filled:
    """Fill in the grades of an offline grading worksheet; every other cell stays as it is.

    Points are scaled where Moodle's maximum is another. The encoding, the separator and the sign
    for decimals are those of the worksheet.

    Args:
        table: The grades of a class.
        column: The exercise whose points are the grade, None for the sum of all.
        worksheet: The file that Moodle's "Download grading worksheet" wrote.
        path: The file to write.
        people: Who the learners are.

    Returns:
        The number of rows with a grade, the learners whom the worksheet lacks, and the scale.

    Raises:
        RosterError: The worksheet lists nobody, or somebody twice.
        MoodleError: The worksheet cannot be read, lacks a column, or has a maximum that is not
            above 0; the table lacks the exercise.
    """
    sheet = _sheet(worksheet)
    maximum = _column(sheet, _MAXIMUM)
    grade = _column(sheet, _GRADE)
    if grade is None:
        text = _(
            "{path} has no column Grade: its first line reads {line}. Download the file with "
            'Moodle\'s "Download grading worksheet".'
        )
        raise MoodleError(text.format(path=worksheet, line=", ".join(sheet.header)))
    points, most = _points(table, column)
    listed = roster_of(sheet, worksheet)
    place = {person: index for index, person in enumerate(listed.people)}
    rows = _rows_of(listed, table.rows, people)
    scale = None
    for learner, person in rows.items():
        if learner not in points:
            continue
        row = sheet.rows[place[person]]
        cell = row[maximum] if maximum is not None else ""
        moodles = _maximum_in(cell, worksheet)
        value = points[learner]
        if moodles and most and moodles != most:
            scale = (most, moodles)
            value = value * moodles / most
        row[grade] = str(_number(value, decimal_comma="," in cell or sheet.separator == ";"))
    write_atomic(path, sheet.written())
    missing = [learner for learner in points if learner not in rows]
    n = sum(learner in points for learner in rows)
    return Filled(n, tuple(missing), scale)


def write_feedback(
    pages: Mapping[str, Mapping[str, Path]],
    path: Path,
    people: Iterable[Identity],
    worksheet: Path | None = None,
) -> Filled:
    """Write a zip archive for Moodle's "Upload multiple feedback files in a zip".

    Args:
        pages: The files of each learner, by the name that each file gets in Moodle.
        path: The archive to write.
        people: Who the learners are, with the names and numbers that Moodle gave their files.
        worksheet: The assignment's grading worksheet, which knows the numbers of all participants;
            None where the names of the learners' files say them.

    Returns:
        The number of learners with feedback, and the learners whose number nobody knows.

    Raises:
        RosterError: The worksheet cannot be read.
        MoodleError: A learner has numbers in several assignments, and no worksheet chooses.
    """
    known = {each.learner: each for each in people}
    folder = _folders(known) if worksheet is None else _folders_by(worksheet, pages, known)
    missing = []
    packed: dict[str, bytes] = {}
    for learner, files in pages.items():
        own = folder(learner)
        if not own:
            missing.append(learner)
            continue
        for name, file in files.items():
            page = file.read_bytes()
            packed[f"{own}/{name}"] = page_alone(page) if name == FEEDBACK else page
    write_atomic(path, zipped(packed))
    return Filled(len(pages) - len(missing), tuple(missing))


def _sheet(path: Path) -> Table:
    try:
        return read_table(path)
    except TableError as error:
        raise MoodleError(str(error)) from error


def _identifier(identifier: str, learner: str, person: Person) -> str:
    """Return a user field of a learner, "" where nobody knows it.

    A learner's name stands for a field only where it can be such a field.
    """
    one_word = learner if not re.search(r"\s", learner) else ""
    if identifier == "Email address":
        return person.email or (one_word if "@" in one_word else "")
    if identifier == "ID number":
        return person.id or (one_word if re.search(r"\d", one_word) else "")
    return person.login or one_word


def _has_points(table: GradeTable, column: str) -> bool:
    return any(row.get(column) for row in table.rows.values())


def _points(table: GradeTable, column: str | None) -> tuple[dict[str, float], float]:
    """Return the points of those who handed in something, and the maximum."""
    if column is not None:
        if column not in table.columns:
            text = _("There is no grade for {column}. There are: {columns}.")
            raise MoodleError(text.format(column=column, columns=", ".join(table.columns)))
        graded = {name: row[column] for name, row in table.rows.items() if column in row}
        return graded, table.max_points.get(column, 0.0)
    graded = {name: table.total(name) for name, row in table.rows.items() if row}
    return graded, table.total_max


def _column(sheet: Table, names: tuple[str, ...]) -> int | None:
    """Return the index of the first of some columns that a table has."""
    header = [clean(cell).casefold() for cell in sheet.header]
    return next((header.index(name) for name in names if name in header), None)


def _rows_of(
    listed: Roster, learners: Iterable[str], people: Iterable[Identity]
) -> dict[str, Person]:
    """Return the worksheet's row of each learner whom it knows.

    Moodle's number decides before all names. A row that may be several learners' is nobody's.
    """
    known = {each.learner: each for each in people}
    everybody = list(learners)
    by_number = {each: _by_number(listed, each, known.get(each)) for each in everybody}
    rows = claimed_once(by_number)
    taken = set(rows.values())
    others = [learner for learner in everybody if learner not in rows]
    by_name = {each: _by_name(listed, each, known.get(each)) for each in others}
    free = {learner: None if row in taken else row for learner, row in by_name.items()}
    return {**rows, **claimed_once(free)}


def _by_number(listed: Roster, learner: str, identity: Identity | None) -> Person | None:
    """Return a learner's row by a number of Moodle's; None where it is not clear."""
    if identity is None:
        return None
    for number in identity.numbers:
        for name in (*(moodle.learner for moodle in identity.moodle), learner):
            found = [p for p in listed.find(name, number) if p.participant == number]
            if len(found) == 1:
                return found[0]
    return None


def _by_name(listed: Roster, learner: str, identity: Identity | None) -> Person | None:
    """Return a learner's row by id, address, login or name; None where it is not clear."""
    names = [learner]
    if identity is not None:
        own = identity.person
        names = [n for n in (own.email, own.id, own.login, own.name, learner) if n]
    for name in names:
        found = listed.find(name)
        if len(found) == 1:
            return found[0]
    return None


def _folders(known: dict[str, Identity]) -> Callable[[str], str]:
    owners = Counter(moodle.number for each in known.values() for moodle in each.moodle)

    def folder(learner: str) -> str:
        moodle = known[learner].moodle if learner in known else ()
        if len(moodle) > 1:
            text = _(
                "{learner} has files of several assignments of Moodle's. Name the grading "
                "worksheet of the assignment that the feedback is for, with --worksheet."
            )
            raise MoodleError(text.format(learner=learner))
        # A number that several learners have does not say whose page it is.
        is_clear = bool(moodle) and owners[moodle[0].number] == 1
        return _folder(moodle[0].learner, moodle[0].number) if is_clear else ""

    return folder


def _folders_by(
    worksheet: Path, learners: Iterable[str], known: dict[str, Identity]
) -> Callable[[str], str]:
    rows = _rows_of(read_roster(worksheet), learners, known.values())

    def folder(learner: str) -> str:
        person = rows.get(learner, Person())
        return _folder(person.name or learner, person.participant) if person.participant else ""

    return folder


def _folder(name: str, number: str) -> str:
    """Return a folder's name as Moodle reads it: no further underscore may stand in the name."""
    plain = re.sub(r'[_/\\:*?"<>|\x00-\x1f]', " ", name)
    return f"{clean(plain) or 'learner'}_{number}_assignsubmission_file_"


def _number(points: float, decimal_comma: bool) -> int | float | str:
    number = hundredths(points)
    return str(number).replace(".", ",") if decimal_comma else number


def _maximum_in(cell: str, worksheet: Path) -> float | None:
    """Return the maximum in a cell of a worksheet, None where the cell is empty.

    Raises:
        MoodleError: The cell holds something else than a number above 0.
    """
    if not cell.strip():
        return None
    try:
        maximum = float(cell.strip().replace(",", "."))
    except ValueError:
        maximum = math.nan
    if math.isfinite(maximum) and maximum > 0:
        return maximum
    text = _(
        "{path}: the maximum grade {cell} is no number above 0. Let the assignment's grade in "
        'Moodle be points, and download the worksheet again with "Download grading worksheet".'
    )
    raise MoodleError(text.format(path=worksheet, cell=cell.strip()))
