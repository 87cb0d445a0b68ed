"""The sentences on files that cannot be read, and on files that were read all the same."""

import re
from datetime import datetime
from typing import TYPE_CHECKING

from recommender_data.errors import DataError
from recommender_data.files import File, open_file
from recommender_data.i18n import _
from recommender_data.layouts import Layout, Time

if TYPE_CHECKING:
    from recommender_data.dialects import Dialect
    from recommender_data.tables import BadLine

_MOST_SHOWN = 20
_DATE = re.compile(
    r"[0-9]{1,2}[-/. ][^\W\d]{3,5}\.?([-/. ][0-9]{2,4})?|[^\W\d]{3,5}\.?[-/. ][0-9]{1,4}"
    r"|[0-9]{1,2}[-/][0-9]{1,2}([-/][0-9]{2,4})?"
)


def fields(layout: Layout, dialect: "Dialect") -> str:
    """Return a sentence on the fields that a line must have."""
    kinds = {int: _("whole number"), float: _("number"), str: _("text"), Time: _("whole number")}
    if any(kind is Time and dialect.types[it] is str for it, kind in layout.columns.items()):
        kinds[Time] = _("time such as {example}").format(example=_example(dialect))
    names = list(layout.columns)
    shown = names if len(names) <= 5 else [*names[:3], "...", names[-1]]
    between = ", " if layout.has_header else str(layout.separator or ", ")
    text = between.join(
        f"{layout.source(name)} ({kinds[layout.columns[name]]})" if name in layout.columns else name
        for name in shown
    )
    return _("Expected {count} fields: {fields}.").format(count=len(names), fields=text)


def _example(dialect: "Dialect") -> str:
    """Return a time in the form of the file."""
    return datetime(2005, 4, 2, 23, 53, 47).strftime(dialect.time_format or "%Y-%m-%d %H:%M:%S")


def _shown(found: list[str], separator: str) -> str:
    text = separator.join(found)
    return text if len(text) <= 80 else text[:77] + "..."


def _remedy(layout: Layout) -> str:
    """Return what to do about a whole file that is damaged."""
    if layout.description:
        return _("Save it again from the program that it comes from.")
    return _("Replace it by that of a fresh download.")


def malformed(
    file: File,
    layout: Layout,
    dialect: "Dialect",
    line: "BadLine",
    *,
    skip_helps: bool = False,
    skip_failed: bool = False,
    n_bad: int = 1,
    n_rows: int = 0,
) -> DataError:
    """Return the error on the first line that cannot be read.

    Args:
        file: The file.
        layout: Its layout.
        dialect: The form that it has.
        line: The line.
        skip_helps: Whether `bad_rows="skip"` would read the file.
        skip_failed: Whether the caller asked for `bad_rows="skip"`.
        n_bad: The number of such lines.
        n_rows: The number of all lines; 0 where it is unknown.
    """
    sentences = [
        _("{file}, line {line} is malformed. {expected} Found: {found}.").format(
            file=file,
            line=line.number,
            expected=line.expected,
            found=_shown(line.fields, dialect.separator),
        ),
        _cause(layout, dialect, line),
    ]
    if n_bad > 1:
        n = _("{n_bad} of {n_rows} lines are malformed.")
        sentences.append(n.format(n_bad=f"{n_bad:,}", n_rows=f"{n_rows:,}"))
    if skip_failed:
        sentences.append(_('bad_rows="skip" leaves out at most 1 line in 1,000.'))
    if skip_helps and layout.description:
        last = _(
            "Repair the line, or leave single bad rows of ratings out with "
            'data.load(bad_rows="skip").'
        )
    elif skip_helps:
        last = _(
            "Repair the line, replace the file by that of a fresh download, or leave single bad "
            'rows of ratings out with data.load(bad_rows="skip").'
        )
    elif layout.description:
        last = _("Repair the file, or describe it in {description}.")
    else:
        last = _("Repair the line, or replace the file by that of a fresh download.")
    sentences.append(last.format(description=layout.description))
    return DataError(" ".join(it for it in sentences if it))


def _cause(layout: Layout, dialect: "Dialect", line: "BadLine") -> str:
    """Return a sentence on the cause of a malformed line, where it is certain, else ""."""
    found, width = line.fields, dialect.width
    if len(found) == width + 1 and dialect.separator == ",":
        place = next(
            (dialect.positions[n] for n, kind in layout.columns.items() if kind is float), -1
        )
        if place >= 0 and all(it.strip().isdigit() for it in found[place : place + 2]):
            return _(
                "It seems to have a decimal comma, which stands between columns in this file: "
                "write ratings with a decimal point."
            )
    if any("\n" in it or "\r" in it for it in found) and len(found) != width:
        return _("A quotation mark in this line opens a field and is not closed.")
    is_first = line.number == 1 and not layout.has_header and layout.description
    if is_first and not any(re.search(r"[0-9]", it) for it in found):
        text = _("The first line seems to be a header: set header = true in {place}.")
        return text.format(place=layout.description)
    for name, kind in layout.columns.items():
        place = dialect.positions.get(name, len(found))
        if kind is Time and layout.description and _is_unread_time(found, place):
            return _(
                'The form of the times stands in {place}, for example date_format = "%d/%m/%Y".'
            ).format(place=layout.description)
        if kind is float and place < len(found) and _DATE.fullmatch(found[place].strip()):
            return _("A spreadsheet seems to have turned the rating into a date.")
    return ""


def _is_unread_time(found: list[str], place: int) -> bool:
    """Return whether a field looks like a date that is not in the form of ISO 8601."""
    text = found[place].strip() if place < len(found) else ""
    is_iso = re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)
    return not is_iso and re.search(r"[0-9]\D+[0-9]", text) is not None


def left_out(file: File, layout: Layout, dialect: "Dialect", bad: list["BadLine"]) -> list[str]:
    """Return a sentence for each line that is left out; after many, only their number."""
    text = _("{file}, line {line} is malformed and left out: {found}")
    shown = [
        text.format(file=file, line=it.number, found=_shown(it.fields, dialect.separator))
        for it in bad[:_MOST_SHOWN]
    ]
    if len(bad) > _MOST_SHOWN:
        more = _("{file}: {n} more lines are malformed and left out.")
        shown.append(more.format(file=file, n=f"{len(bad) - _MOST_SHOWN:,}"))
    return shown


def no_column(
    file: File, layout: Layout, header: list[str], source: str | int, line: int
) -> DataError:
    """Return the error on a column that the file does not have."""
    found = _shown(header, layout.separator or ",")
    expected = _("Expected {names}.").format(names=layout.header)
    if isinstance(source, int):
        text = _("{file} has {n} columns, so {description} cannot name column {number}.")
        return DataError(
            text.format(file=file, n=len(header), description=layout.description, number=source)
        )
    if len(header) == 1 and re.search(r"[,;\t|]", header[0]):
        cause = _(
            "Every line stands in quotation marks: save the file again as CSV, without quotation "
            "marks around whole lines."
        )
    elif header and any(re.fullmatch(r"\s*[0-9]+([.,][0-9]+)?\s*", it) for it in header):
        cause = _("The file has no header: write {names} as its first line.").format(
            names=layout.header
        )
        if layout.description:
            cause = _(
                "The file has no header: write one as its first line, or set header = false in "
                "{description} and give the columns by their numbers, such as user = 1."
            ).format(description=layout.description)
    elif layout.description:
        cause = _(
            "There is no column {name}: name the columns of this file in {description}."
        ).format(name=source, description=layout.description)
    else:
        cause = _(
            "There is no column {name}: give the columns their names, or describe the file in a "
            "dataset.toml (see docs/data.md) and load its folder by its path."
        ).format(name=source)
    text = _("{file}, line {line} is malformed. {expected} Found: {found}. {cause}")
    return DataError(text.format(file=file, line=line, expected=expected, found=found, cause=cause))


def two_columns(file: File, layout: Layout, name: str) -> DataError:
    """Return the error on two columns with one name."""
    text = _("{file} has two columns with the name {name}: rename one of them.")
    return DataError(text.format(file=file, name=name))


def wrong_encoding(file: File, layout: Layout, error: UnicodeDecodeError) -> DataError:
    """Return the error on bytes that are not text in the file's encoding."""
    if error.encoding.startswith(("utf-16", "utf-32", "utf_16", "utf_32")):
        text = _("{file} cannot be read: its text in {encoding} is cut or damaged. {remedy}")
        return DataError(
            text.format(file=file, encoding=error.encoding.upper(), remedy=_remedy(layout))
        )
    number, found = _first_undecodable(file, layout.encoding or "utf-8") or (1, error.object)
    shown = repr(found)
    sentences = [
        _("{file}, line {line} is malformed. Expected text in {encoding}. Found: {found}.").format(
            file=file,
            line=number,
            encoding=layout.encoding or "utf-8",
            found=shown if len(shown) <= 80 else shown[:77] + "...",
        ),
        _("A spreadsheet on Windows often saves CSV as Windows-1252 (cp1252)."),
    ]
    if layout.description:
        last = _(
            'Save the file as UTF-8 ("CSV UTF-8"), or name its encoding in {description}, for '
            'example encoding = "cp1252".'
        )
    else:
        last = _('Save the file as UTF-8 ("CSV UTF-8"), or replace it by that of a fresh download.')
    sentences.append(last.format(description=layout.description))
    return DataError(" ".join(sentences))


def cell(low: float, high: float, no_rating: float, description: str) -> str:
    """Return a sentence on the cells of a matrix."""
    text = _(
        "Expected numbers from {low} to {high}, and {none} or nothing where there is no rating "
        "(scale, no_rating and ignore stand in {description})."
    )
    return text.format(
        low=f"{low:g}", high=f"{high:g}", none=f"{no_rating:g}", description=description
    )


def on_missing_columns(has_titles: bool, has_times: bool, has_genres: bool) -> str:
    """Return the note on what a set lacks, "" where it lacks nothing."""
    sentences = [] if has_titles else [_("It has no titles, so items are called by their ids.")]
    if not has_times and not has_genres:
        sentences.append(_("It has no genres and no timestamps: a step that needs them says so."))
    elif not has_genres:
        sentences.append(_("It has no genres: a step that needs them says so."))
    elif not has_times:
        sentences.append(_("It has no timestamps: a step that needs them says so."))
    note = _("Note on this set: {sentences}")
    return note.format(sentences=" ".join(sentences)) if sentences else ""


def _first_undecodable(file: File, encoding: str) -> tuple[int, bytes] | None:
    """Return the number and the bytes of the first line that is not text in an encoding."""
    with open_file(file) as stream:
        for number, line in enumerate(stream, start=1):
            try:
                line.decode(encoding)
            except UnicodeDecodeError:
                return number, line
    return None


def foreign(file: File, layout: Layout, kind: str) -> DataError:
    """Return the error on a file that is no table of text."""
    spreadsheet = _(
        "{file} is a workbook of a spreadsheet, not a table of text: save the sheet as CSV UTF-8."
    )
    texts = {
        "xls": spreadsheet,
        "xlsx": spreadsheet,
        "zip": _("{file} is a zip archive: unpack it, so that the table itself has this name."),
        "gzip": _("{file} is compressed twice: uncompress it once."),
        "html": _("{file} is a web page, not a table: download the file itself once more."),
    }
    return DataError(texts[kind].format(file=file))


def no_rows(file: File, layout: Layout) -> DataError:
    """Return the error on an empty table."""
    text = _("{file} cannot be read: it has no rows. {remedy}")
    return DataError(text.format(file=file, remedy=_remedy(layout)))


def unreadable(file: File, layout: Layout, error: BaseException) -> DataError:
    """Return the error on a file that cannot be opened or uncompressed."""
    if isinstance(error, PermissionError):
        text = _(
            "{file} may not be read ({reason}). Close the program that holds it open, or allow "
            "yourself to read it."
        )
    elif isinstance(error, NotImplementedError | RuntimeError):
        text = _("{file} cannot be read: {reason}. Unpack the archive, and name its folder.")
    else:
        text = _("{file} cannot be read: {reason}. {remedy}")
    return DataError(text.format(file=file, reason=error, remedy=_remedy(layout)))


def read_all_the_same(file: File, oddities: tuple[str, ...]) -> str:
    """Return the note on a file that is not in MovieLens' form."""
    text = _("Note: {file} was read, although it differs from MovieLens' files: {oddities}.")
    return text.format(file=file, oddities="; ".join(oddities))
