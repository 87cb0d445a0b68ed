"""Encodings: read where they are marked or declared, refused elsewhere."""

import json

import pytest

from tests.submissions.reading import (
    SCRIPT,
    STEP,
    UNDAMAGED,
    is_refused,
    notebook,
    read_bytes,
    running,
)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
def test_utf16_with_its_mark_is_read_with_a_note(encoding, suffix):
    text = SCRIPT if suffix == ".py" else json.dumps(notebook())
    reading = read_bytes(text.encode(encoding), f"{STEP}{suffix}")
    assert running(reading) == UNDAMAGED
    assert encoding.upper() in reading.notes[0]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark_is_refused(encoding):
    assert "UTF-16 without the mark" in is_refused(SCRIPT.encode(encoding), f"{STEP}.py")


def test_zeros_in_a_text_are_refused_with_their_line():
    assert "line 2 " in is_refused(b"x = 1\ny = \0\0\n", f"{STEP}.py")


ACCENTS = "# Übung für André\nX = 'é'\n"


def test_a_declared_encoding_is_followed_with_a_note():
    data = f"# -*- coding: cp1252 -*-\n# %%\n{ACCENTS}".encode("cp1252")
    reading = read_bytes(data, f"{STEP}.py")
    assert reading.cells[0].source == ACCENTS.strip()
    assert "CP1252" in reading.notes[0]


@pytest.mark.parametrize("cookie", ["", "# coding: nonsense\n", "# coding: punycode\n"])
def test_an_undeclared_encoding_is_refused_with_the_line(cookie):
    data = (f"x = 1\n{ACCENTS}" if not cookie else cookie + ACCENTS).encode("cp1252")
    assert "line 2 is no UTF-8" in is_refused(data, f"{STEP}.py")
