"""Files that are no exercise: refused plainly, whatever is in them."""

import json
import random

import pytest

from autograder.submissions.cells import UnreadableSubmission
from tests.submissions.reading import SCRIPT, STEP, is_refused, notebook, read_bytes


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf\n", bytes(5000)])
@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
def test_an_empty_file_is_refused(data, suffix):
    assert is_refused(data, f"{STEP}{suffix}") == "it is empty"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0", "PNG"),
        (b"PK\x03\x04\x14\0" + bytes(40), "ZIP"),
        (b"PK\x03\x04\x14\0[Content_Types].xml xl/workbook.xml", "Excel"),
        (b"PK\x03\x04\x14\0[Content_Types].xml word/document.xml", "Word"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"\n<!DOCTYPE html>\n<title>Log in</title>", "web page"),
    ],
)
@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
def test_another_kind_of_file_is_called_by_its_kind(data, kind, suffix):
    assert kind in is_refused(data, f"{STEP}{suffix}")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (json.dumps(notebook(), indent=1).encode()[:4000], "breaks off in line"),
        (json.dumps(notebook()).encode()[:-1], "breaks off in line 1"),
        (b'{\n"cells": [,]}', "line 2 is no JSON"),
        (b"hello", "line 1 is no JSON"),
        (b"[1, 2]", "another kind"),
        (b'{"a": 1}', "another kind"),
        (b'{"cells": {"a": 1}, "nbformat": 4}', "no list"),
        (b'{"cells": [], "nbformat": 4}', "no cells"),
        (b'{"worksheets": 7, "nbformat": 3}', "no list"),
        (b'{"cells": \n<<<<<<< HEAD\n[]\n=======\n[1]\n>>>>>>> other\n}', "conflict"),
    ],
)
def test_a_broken_notebook_is_refused_with_the_reason(data, reason):
    text = is_refused(data)
    assert reason in text
    assert "no valid notebook" in text


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000,
        b'{"cells": ' + b"[" * 100_000,
        b'{"cells": ' + b'{"a": ' * 100_000 + b"1" + b"}" * 100_001,
        b'{"cells": ' + b"9" * 100_000 + b"}",
        b'{"cells": 1e999999}',
        b'{"nbformat": 1e999999, "cells": [1e999999, NaN, null, true]}',
        b'{"cells": [1], "cells": {}}',
        b'{"nbformat": [], "cells": [[]], "metadata": []}',
    ],
)
def test_json_made_to_hurt_is_refused_plainly(data):
    is_refused(data)


def test_far_more_than_an_exercise_holds_is_refused():
    many = {"nbformat": 4, "cells": [{"cell_type": "code", "source": "x = 1"}] * 5_000}
    assert "far more" in is_refused(json.dumps(many).encode())
    for text in ("# %%\nx = 1\n" * 5_000, "x = 1\n" * 200_000, "# %% [markdown]\n# ```x\n" * 300):
        assert "far more" in is_refused(text.encode(), f"{STEP}.py")


def test_random_damage_is_read_or_refused_and_nothing_else():
    draw = random.Random(7)
    for name, whole in (
        (f"{STEP}.py", SCRIPT.encode()),
        (f"{STEP}.ipynb", json.dumps(notebook()).encode()),
    ):
        for _round in range(40):
            data = bytearray(whole[: draw.randrange(len(whole))])
            for _hit in range(draw.randrange(30)):
                data[draw.randrange(len(data))] = draw.randrange(256)
            try:
                read_bytes(bytes(data), name)
            except UnreadableSubmission as error:
                assert "cannot be graded because" in str(error)
