"""Decoding the bytes of a file: encodings, line ends, and files that hold no text."""

import codecs
import re

from autograder.submissions.cells import UnreadableSubmission, refusal
from autograder.util.i18n import _

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_KINDS = (
    (b"%PDF", _("a PDF document")),
    (b"\x89PNG", _("a picture (PNG)")),
    (b"\xff\xd8\xff", _("a picture (JPEG)")),
    (b"GIF8", _("a picture (GIF)")),
    (b"\x1f\x8b", _("a compressed file (gzip)")),
    (b"7z\xbc\xaf", _("an archive (7z)")),
    (b"Rar!", _("an archive (RAR)")),
    (b"\xd0\xcf\x11\xe0", _("an old Office document")),
    (b"\x89HDF", _("a data file (HDF5)")),
    (b"SQLite format 3", _("a database (SQLite)")),
    (b"{\\rtf", _("a text with formatting (RTF)")),
)
_WEB_PAGE = re.compile(rb"\s*<(?:!doctype html|html)", re.IGNORECASE)
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.ASCII)
_CODE_PAGES = re.compile(r"(cp|iso8859-|mac-|koi8-|gb|big5|euc_|shift_jis)[\w-]*")


def text_of(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Decode a file.

    Args:
        data: The bytes of the file.
        name: The file's name, for messages.

    Returns:
        The text, whose lines end with a line feed alone, and notes on how the file was saved.

    Raises:
        UnreadableSubmission: The file is empty or holds no text.
    """
    if not data.strip(b" \t\r\n\f\v\0\xef\xbb\xbf"):
        raise refusal(name, _("it is empty"), _("Hand in the file that holds your work."))
    kind = kind_of(data)
    if kind is not None:
        raise refusal(
            name,
            _("it is no notebook or script but, it seems, {kind}").format(kind=kind),
            _("Hand in the .py or .ipynb file itself."),
        )
    text, notes = _decoded(data, name)
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def kind_of(data: bytes) -> str | None:
    """Return the kind of a file by its first bytes, None where it may be text."""
    if data.startswith(b"PK\x03\x04"):
        return _kind_of_zip(data)
    if _WEB_PAGE.match(data):
        return _("a web page")
    return next((kind for start, kind in _KINDS if data.startswith(start)), None)


def _kind_of_zip(data: bytes) -> str:
    if b"xl/workbook" in data:
        return _("an Excel workbook")
    if b"word/document" in data:
        return _("a Word document")
    return _("a ZIP archive")


def _decoded(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    mark = next((encoding for start, encoding in _MARKS if data.startswith(start)), None)
    if mark is not None:
        try:
            text = data.decode(mark)
        except UnicodeDecodeError as error:
            reason = _("it begins like {encoding}, but is damaged").format(encoding=mark.upper())
            raise _not_utf8(name, reason) from error
        return text, (_saved_as(mark),)
    if b"\0" in data:
        raise _not_utf8(name, _reason_for_zeros(data))
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    encoding = _declared(data)
    if encoding is None:
        raise _not_utf8(name, _("line {line} is no UTF-8").format(line=line))
    try:
        return data.decode(encoding), (_saved_as(encoding),)
    except UnicodeDecodeError as error:
        reason = _("it is not {encoding}, as it says").format(encoding=encoding)
        raise _not_utf8(name, reason) from error


def _declared(data: bytes) -> str | None:
    """Return the encoding that a script declares in its first two lines (PEP 263).

    Only common encodings of text files count; rot13, unicode_escape, punycode and others do not.
    """
    for line in data.splitlines()[:2]:
        cookie = _COOKIE.match(line)
        if cookie:
            try:
                found = codecs.lookup(cookie[1].decode("ascii")).name
            except LookupError:
                return None
            return found if _CODE_PAGES.fullmatch(found) else None
    return None


def _reason_for_zeros(data: bytes) -> str:
    zeros = data.count(b"\0")
    if abs(2 * zeros - len(data)) <= len(data) // 5:
        return _("it seems to be UTF-16 without the mark that says so")
    line = data.count(b"\n", 0, data.index(b"\0")) + 1
    return _("line {line} holds bytes of value zero: it is damaged, or no text").format(line=line)


def _not_utf8(name: str, reason: str) -> UnreadableSubmission:
    return refusal(name, reason, _("Save it again as UTF-8 and hand it in again."))


def _saved_as(encoding: str) -> str:
    return _("it is saved as {encoding}; UTF-8 is what tools expect").format(
        encoding=encoding.upper()
    )
