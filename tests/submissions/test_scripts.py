"""Scripts: read as other editors save them, with or without markers and headers."""

import re

import jupytext
import pytest

from tests.submissions.reading import SCRIPT, STEP, UNDAMAGED, read_bytes, running


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + SCRIPT.encode(),
        SCRIPT.replace("\n", "\r\n").encode(),
        SCRIPT.replace("\n", "\r").encode(),
        SCRIPT.replace("# %%", "#%%").encode(),
        SCRIPT.replace("# %%", "#   %%").encode(),
        re.sub(r"\A# ---\n.*?# ---\n", "", SCRIPT, flags=re.DOTALL).encode(),
        b"#!/usr/bin/env python\n# -*- coding: UTF-8 -*-\n" + SCRIPT.encode(),
        b"# coding: latin-1\n" + SCRIPT.encode(),
    ],
    ids=["BOM", "CRLF", "CR", "spyder", "spacing", "no header", "shebang", "ascii as latin-1"],
)
def test_a_script_that_another_editor_saved_is_read_alike(data):
    reading = read_bytes(data, f"{STEP}.py")
    assert running(reading) == UNDAMAGED
    assert reading.notes == ()


def test_light_format_is_read_as_jupytext_writes_it():
    light = jupytext.writes(jupytext.reads(SCRIPT, fmt="py:percent"), fmt="py:light")
    assert running(read_bytes(light.encode(), f"{STEP}.py")) == UNDAMAGED


def test_tabs_are_left_to_python():
    text = "import numpy as np\n\ndef precision_at_k(recommended, relevant, k):\n\treturn 0\n"
    assert running(read_bytes(text.encode(), f"{STEP}.py"))[-1].endswith("\treturn 0")


PLAIN = '''"""My work."""
# a comment right above the first import
import numpy as np
LIMITS = [

    1,

]
TEXT = """one

two"""; MORE = 1

@staticmethod

def recall_at_k(recommended, relevant, k):

    if k:
        return 1

    else:

        return 0
'''


def test_a_script_without_markers_is_cut_between_its_statements_only():
    cells = read_bytes(PLAIN.encode(), f"{STEP}.py").cells
    assert [cell.number for cell in cells] == [1, 2]
    namespace = {}
    for cell in cells:
        exec(cell.source, namespace)
    assert namespace["LIMITS"] == [1]
    assert namespace["MORE"] == 1
    assert namespace["TEXT"] == "one\n\ntwo"
    assert namespace["recall_at_k"]([], set(), 0) == 0


def test_in_a_script_without_markers_a_mistake_costs_its_paragraph_only():
    text = f"{PLAIN}\n\ndef ndcg_at_k(:\n    return 0\n"
    cells = read_bytes(text.encode(), f"{STEP}.py").cells
    [broken] = [cell for cell in cells if "ndcg_at_k" in cell.source]
    assert "recall_at_k" not in broken.source
    assert any("recall_at_k" in cell.source for cell in cells)


@pytest.mark.parametrize("separator", "\f\v\x1c\x85\u2028")
def test_characters_that_only_some_tools_end_lines_at_stay_within_them(separator):
    text = f'# %%\nTEXT = "a{separator}b"\n\n# %%\nMORE = 1\n'
    reading = read_bytes(text.encode(), f"{STEP}.py")
    assert running(reading) == [f'TEXT = "a{separator}b"', "MORE = 1"]


LAUGHS = "\n".join(
    ["# a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    + [f"# a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
)


@pytest.mark.parametrize(
    "lines",
    [
        LAUGHS,
        "# jupyter: [unclosed\n#   : : :",
        "# jupyter:\n#   jupytext: " + "[" * 20_000,
        "# jupyter:\n#   jupytext: " + "[" * 9_000,
        "# jupyter:\n# - a list\n# a: *nothing",
    ],
    ids=["billion laughs", "malformed", "deep", "short and deep", "alias"],
)
def test_a_damaged_header_is_left_out_with_a_note(lines):
    body = SCRIPT.partition("# ---\n\n")[2]
    assert body.startswith("# %%")
    for header in (f"# ---\n{lines}\n# ---\n", f"# ---\n# a: 1\n# ---\n#\n# ---\n{lines}\n# ---\n"):
        reading = read_bytes((header + body).encode(), f"{STEP}.py")
        assert running(reading) == UNDAMAGED
        assert len(reading.notes) == 1
        assert "damaged" in reading.notes[0]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("format_name: percent", "format_name: sphinx"),
        ("format_name: percent", "format_name: no such format"),
        ("extension: .py", "extension: .R"),
        ("language: python", "language: R\n#     main_language: julia"),
        ("formats: ipynb,py:percent", "formats: ../../somewhere//ipynb,md"),
    ],
)
def test_what_a_header_asks_for_does_no_harm(old, new):
    assert old in SCRIPT
    reading = read_bytes(SCRIPT.replace(old, new).encode(), f"{STEP}.py")
    assert running(reading) == UNDAMAGED


def test_cells_in_other_languages_are_magics_like_others():
    text = '# %% language="bash"\n# echo hello\n\n# %%\nX = 1\n'
    assert running(read_bytes(text.encode(), f"{STEP}.py"))[-1] == "X = 1"


@pytest.mark.parametrize("word", ["copy", "cat", "cd", "cp", "ls", "echo", "mkdir", "ren", "rm"])
@pytest.mark.parametrize("mark", ["# ", "#", "## "])
@pytest.mark.parametrize("separator", ["# %%\n", "\n# +\n"])
def test_a_comment_that_begins_like_a_command_stays_a_comment(word, mark, separator):
    comment = f"{mark}{word} the list before it is cut"
    text = f"{separator}X = 1\n\n{separator}{comment}\nY = [1]\n"
    cells = running(read_bytes(text.encode(), f"{STEP}.py"))
    assert cells[-1] == f"{comment}\nY = [1]"


def test_magics_that_jupytext_made_comments_are_magics_again():
    text = "# %%\n# %matplotlib inline\n# !ls\n# names = !ls\nX = 1\n"
    [cell] = running(read_bytes(text.encode(), f"{STEP}.py"))
    assert cell == "%matplotlib inline\n!ls\nnames = !ls\nX = 1"


def test_text_that_begins_like_a_command_stays_as_it_is():
    from autograder.submissions.scripts import cells_of_script

    text = "# %% [markdown]\n# copy the list\n\n# %%\nX = 1\n"
    cells, _notes = cells_of_script(text, "any.py")
    assert [cell.source for cell in cells] == ["copy the list", "X = 1"]
