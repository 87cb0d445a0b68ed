"""Markers of cells: in the wrong place, missing, or longer than any that an editor writes."""

import pytest

from autograder.submissions.markers import MAX_OPTIONS, with_short_markers
from tests.answers import exercise_text
from tests.submissions.reading import SCRIPT, STEP, UNDAMAGED, read_bytes, running

STUB_OR_ANSWER = "def precision_at_k(recommended, relevant, k):\n"
HELPER = "def share(a, b):\n    return a / b"
HEADING = "# %% [markdown]\n# ## A heading\n#\n# Some words.\n"


def read(text):
    return read_bytes(text.encode(), f"{STEP}.py")


def line_of(text, part):
    return text.partition(part)[0].count("\n") + 1


@pytest.mark.parametrize(
    "heading",
    [
        HEADING,
        HEADING + "\n",
        "# %% [markdown]\n",
        '# %% [markdown]\n"""\nSome words.\n"""\n',
        '# %% [markdown]\n"""Some words."""\n\n',
        '# %% [markdown] id="a"\n# Words.\n',
        "# %% [raw]\n# Words.\n",
        "# %% A title [markdown]\n# Words.\n",
    ],
)
@pytest.mark.parametrize("code", [HELPER, "import json", "LIMIT = 3", "print('hello')"])
def test_code_below_text_is_code(heading, code):
    text = f"{SCRIPT}\n{heading}{code}\n\n# %%\nLAST = 1\n"
    reading = read(text)
    assert running(reading) == [*UNDAMAGED, code, "LAST = 1"]
    [cell] = [cell for cell in reading.cells if cell.source == code]
    [note] = reading.notes
    assert cell.line == line_of(text, code)
    assert f"line {cell.line} " in note


def test_comments_below_such_code_stay_with_it():
    code = f"{HELPER}\n\n# Why a share?\n\nMORE = 2"
    assert running(read(f"{SCRIPT}\n{HEADING}{code}\n"))[-1] == code


@pytest.mark.parametrize("line", ["These are my words.", "Notes", "- a point", "  and on", "a = ("])
def test_what_is_no_code_is_named(line):
    reading = read(f"{SCRIPT}\n{HEADING}{line}\n\n# %%\nLAST = 1\n")
    assert running(reading) == [*UNDAMAGED, "LAST = 1"]
    [note] = reading.notes
    assert line.strip() in note


BODY = """def recall_at_k(recommended, relevant, k):
    relevant = set(relevant)
{marker}
    hits = [item for item in recommended[:k] if item in relevant]
{more}
    return len(hits) / len(relevant) if relevant else 0.0"""


@pytest.mark.parametrize("marker", ["# %%", "    # %%", "#%%", "# In[3]:", "# %% a title"])
@pytest.mark.parametrize("more", ["", "    # %%", "# %%"])
def test_a_marker_inside_a_function_cuts_nothing(marker, more):
    code = BODY.format(marker=marker, more=more)
    text = f"{SCRIPT}\n# %%\n{code}\n\n# %%\nLAST = recall_at_k([1], [1], 1)\n"
    reading = read(text)
    assert len(running(reading)) == len(UNDAMAGED) + 2
    [cell] = [cell for cell in reading.cells if "    hits = [" in cell.source]
    namespace = {}
    exec(cell.source, namespace)
    assert namespace["recall_at_k"]([1, 2], [1], 1) == 1
    assert cell.line == line_of(text, code)
    assert cell.source.count("\n") == code.count("\n")
    [note] = reading.notes
    assert f" {cell.line + 2}" in note


@pytest.mark.parametrize(
    "code", ["x = [\n    1,\n# %%\n    2,\n]", "if True:\n    x = 1\n# %%\n    y = 2"]
)
def test_a_marker_inside_another_statement(code):
    assert "# %%" not in running(read(f"{SCRIPT}\n# %%\n{code}\n"))[-1]


@pytest.mark.parametrize(
    "code",
    [
        "def f(:\n    pass\n\n# %%\nx = 1",
        "def f():\n\n# %%\nx = 1",
        "%matplotlib inline\n\n# %%\nx = 1",
        "x = 1\n\n# %%\n    y = (",
        "def f():\n\n# %% [markdown]\n#     pass",
    ],
)
def test_cells_that_do_not_belong_together_stay_apart(code):
    reading = read(f"{SCRIPT}\n# %%\n{code}\n")
    assert code.partition("\n\n# %%")[0] in running(reading)
    assert reading.notes == ()


def test_a_marker_in_a_text_stays_there():
    code = 'TEXT = """\n# %%\n"""'
    reading = read(f"{SCRIPT}\n# %%\n{code}\n")
    assert running(reading)[-1] == code
    assert reading.notes == ()


LONG = [
    '# %% {"id": "' + "x" * 600 + '", "tags": ["demo"]}',
    '# %% id="' + "x" * 600 + '" colab={"base_uri": "https://localhost:8080/"} tags=["demo"]',
    "# %% " + "a word " * 100 + 'tags=["demo"]',
    "# %% " + "k=" * 5_000 + ' tags=["demo"]',
]


@pytest.mark.parametrize("marker", LONG, ids=["json", "options", "title", "many options"])
def test_a_long_marker_is_read(marker):
    reading = read(f"{SCRIPT}\n{marker}\nLAST = 1\n")
    assert running(reading) == UNDAMAGED
    assert reading.cells[-1].source == "LAST = 1"
    assert "demo" in reading.cells[-1].tags


@pytest.mark.parametrize("start", ["[markdown]", "[raw]", 'cell_type="markdown"'])
def test_text_below_a_long_marker_stays_text(start):
    marker = f"# %% {start} " + "k=" * 600
    assert running(read(f"{SCRIPT}\n{marker}\n# # Words\n")) == UNDAMAGED


def test_few_options_are_left_for_the_parser_of_a_long_marker():
    """The parser's time grows with their number times the length of the line."""
    text = with_short_markers("\n".join(LONG + ["# + " + "a=1 " * 2_000, "x = 1"]))
    lines = text.split("\n")
    assert lines[:3] == LONG[:3]
    assert all(line.count("=") <= MAX_OPTIONS for line in lines)
    assert lines[-1] == "x = 1"


STUB = "def precision_at_k(recommended, relevant, k):\n    raise NotImplementedError"
ANSWER = "def precision_at_k(recommended, relevant, k):\n    return 0.5"


@pytest.mark.parametrize("between", ["\n\n\n", "\n\n# %%\n"])
@pytest.mark.parametrize("call", ["", "()", '("precision_at_k")'])
def test_a_stub_below_an_answer_is_named(between, call):
    [note] = read(f"{exercise_text(STEP)}\n# %%\n{ANSWER}{between}{STUB}{call}\n").notes
    assert "an answer of precision_at_k stands" in note
    assert "delete the stub" in note


@pytest.mark.parametrize("last", [ANSWER, f"{STUB}\n\n\n{ANSWER}", "x = 1"])
def test_a_stub_above_an_answer_or_alone_needs_no_word(last):
    assert read(f"{exercise_text(STEP)}\n# %%\n{last}\n").notes == ()
