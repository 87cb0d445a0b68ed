"""Damaged and odd files: read as what they are, repaired where that is safe, refused plainly."""

import hashlib
import json
import os
import random
import re

import jupytext
import nbformat
import pytest

from autograder import course
from autograder.running.runner import run
from autograder.running.targets import FileTarget
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.discovery import find, read_cells, survey
from autograder.submissions.parse import read_bytes
from autograder.submissions.safe_read import MAX_BYTES
from autograder.util import paths
from tests.answers import exercise_text, solution_text, write

STEP = "08_ranking"
OTHER = "04_dot_product"
SCRIPT = solution_text(STEP)
EXERCISES = [step.name for step in course.steps()]


def notebook():
    """The solution as a notebook, as plain JSON."""
    return json.loads(nbformat.writes(jupytext.reads(SCRIPT, fmt="py:percent")))


def source(cell):
    return "".join(cell["source"])


def cells_with(document, text):
    return [cell for cell in document["cells"] if text in source(cell)]


def read_json(document, name=f"{STEP}.ipynb"):
    return read_bytes(json.dumps(document).encode(), name)


def running(reading):
    """The code that checks run."""
    return [cell.source for cell in reading.cells if cell.runs_in_checks]


UNDAMAGED = running(read_bytes(SCRIPT.encode(), f"{STEP}.py"))


def is_refused(data, name=f"{STEP}.ipynb"):
    """The reason that a file is refused for; it is one plain sentence and a remedy."""
    with pytest.raises(UnreadableSubmission) as caught:
        read_bytes(data, name)
    text = str(caught.value)
    reason, remedy = re.fullmatch(
        rf"{re.escape(name)} cannot be graded because (.+)\. ([A-Z][^.]+(?:\.py.*|\.ipynb)?\.)",
        text,
    ).groups()
    assert "Error" not in text
    return reason


# What is in order stays as it is


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("folder", [paths.exercises(), paths.solutions()], ids=["stubs", "answers"])
def test_an_undamaged_file_is_read_without_notes(folder, exercise):
    reading = read_cells(folder / f"{exercise}.py")
    assert reading.notes == ()
    assert reading.exercise == exercise
    code = "\n".join(running(reading))
    assert all(f"def {function}(" in code for function in course.step(exercise).functions)
    assert not re.search(r"^(check|hint|.*carry_over)\(", code, re.MULTILINE)


def test_a_notebook_is_read_like_its_script():
    reading = read_json(notebook())
    assert running(reading) == UNDAMAGED
    assert reading.notes == ()


# Scripts


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


# Encodings


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


# What is no exercise at all


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


@pytest.mark.parametrize("code", ["(" * 9_000, "-" * 9_000 + "1", "x" + ".y" * 50_000, "\0"])
def test_code_that_no_parser_takes_is_left_to_fail_when_it_runs(code):
    document = notebook()
    document["cells"].append({"cell_type": "code", "metadata": {}, "outputs": [], "source": code})
    assert running(read_json(document)) == [*UNDAMAGED, code]


# Headers of scripts

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
        "# jupyter:\n# - a list\n# a: *nothing",
    ],
    ids=["billion laughs", "malformed", "deep", "alias"],
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


# Notebooks that other programs left


def test_a_byte_order_mark_before_a_notebook_does_not_count():
    data = b"\xef\xbb\xbf" + json.dumps(notebook()).encode()
    assert running(read_bytes(data, f"{STEP}.ipynb")) == UNDAMAGED


def old_notebook(version):
    """The solution in the format of IPython 2 and before."""
    cells = []
    for cell in notebook()["cells"]:
        key = "input" if cell["cell_type"] == "code" else "source"
        tags = {"tags": cell["metadata"].get("tags", [])}
        cells.append({"cell_type": cell["cell_type"], key: source(cell), "metadata": tags})
        if key == "input":
            cells[-1] |= {"language": "python", "outputs": [], "collapsed": False}
    return {"nbformat": version, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}


@pytest.mark.parametrize("version", [2, 3])
def test_an_old_notebook_is_upgraded_with_a_note(version, capfd):
    reading = read_json(old_notebook(version))
    assert running(reading) == UNDAMAGED
    assert len(reading.notes) == 1
    assert f"old format {version}" in reading.notes[0]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("version", [None, 3, 5, "4", [], True, 10**4000, float("nan")])
def test_a_wrong_version_is_guessed_from_what_is_there(version):
    document = notebook()
    document["nbformat"] = version
    reading = read_json(document)
    assert running(reading) == UNDAMAGED
    assert "version" in reading.notes[0]


def without_metadata(document):
    for cell in document["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)
    del document["metadata"]


def with_wrong_types(document):
    document["metadata"] = [1, 2]
    document["surprise"] = {"a": [None]}
    for cell in document["cells"]:
        cell |= {"id": None, "attachments": None, "outputs": {}, "extra": 1, "execution_count": "x"}
        if not cell["metadata"].get("tags"):
            cell["metadata"] = None


def with_one_id(document):
    for cell in document["cells"]:
        cell["id"] = "same"


def with_attachments(document):
    for cell in document["cells"]:
        if cell["cell_type"] == "markdown":
            cell["attachments"] = {"image.png": {"image/png": "iVBORw0KGgo="}}


def with_sources_as_lists(document):
    for cell in document["cells"]:
        cell["source"] = source(cell).splitlines(keepends=True)


def with_another_kernel(document):
    document["metadata"]["kernelspec"] = {"name": "conda-env-x", "language": "Python"}


def with_numeric_tags(document):
    for cell in document["cells"]:
        if cell["metadata"].get("tags"):
            cell["metadata"]["tags"] += [7, None]


def with_large_outputs(document):
    for cell in document["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 600_000}]


@pytest.mark.parametrize(
    "damage",
    [
        with_wrong_types,
        with_one_id,
        with_attachments,
        with_sources_as_lists,
        with_another_kernel,
        with_numeric_tags,
        with_large_outputs,
    ],
)
def test_what_does_not_matter_in_a_notebook_changes_nothing(damage):
    document = notebook()
    damage(document)
    reading = read_json(document)
    assert running(reading) == UNDAMAGED
    assert reading.notes == ()


def test_cells_that_are_none_are_left_out_with_a_note():
    document = notebook()
    document["cells"][3:3] = [None, 5, "text", [], {}, {"cell_type": 3}]
    document["cells"].append({"cell_type": "code"})
    reading = read_json(document)
    assert [code for code in running(reading) if code] == UNDAMAGED
    assert "left out" in reading.notes[0]


def test_half_a_character_does_not_stop_a_notebook():
    document = notebook()
    document["cells"].append({"cell_type": "code", "source": "X = '\ud800'", "metadata": {}})
    assert running(read_json(document))[-1].encode() == "X = '\ufffd'".encode()


# Tags, check cells, demonstrations


@pytest.mark.parametrize("exercise", EXERCISES)
def test_without_metadata_checks_and_demonstrations_are_recognised(exercise):
    document = jupytext.reads(solution_text(exercise), fmt="py:percent")
    undamaged = running(read_bytes(solution_text(exercise).encode(), f"{exercise}.py"))
    demos = sum("demo" in cell.metadata.get("tags", ()) for cell in document.cells)
    without_metadata(document)
    reading = read_json(document, f"{exercise}.ipynb")
    assert running(reading) == undamaged
    assert bool(demos) == bool(reading.notes)
    for note in reading.notes:
        assert len(re.findall(r"\d+", note)) == demos
        assert "without" in note


def test_a_demonstration_that_was_changed_a_little_is_one_still():
    document = notebook()
    without_metadata(document)
    [cell] = cells_with(document, "N_NEGATIVES = 4")
    cell["source"] = source(cell).replace("range(6)", "range(2)").replace("0.01", "0.05")
    cell["source"] += "\nprint('my own line')"
    assert running(read_json(document)) == UNDAMAGED


def test_a_check_cell_may_be_deleted_doubled_retyped_or_untagged():
    document = notebook()
    check = cells_with(document, 'check("ndcg_at_k")')[0]
    place = document["cells"].index(check)
    for cells in (
        [],
        [check, check],
        [{**check, "cell_type": "markdown"}],
        [{**check, "metadata": {}}],
        [{**check, "source": 'hint("ndcg_at_k", level=2)\ncheck("ndcg_at_k")', "metadata": {}}],
    ):
        changed = {**document, "cells": [*document["cells"]]}
        changed["cells"][place : place + 1] = cells
        reading = read_json(changed)
        assert running(reading) == UNDAMAGED
        assert reading.notes == ()


def test_functions_written_into_a_check_cell_count_and_nothing_else_of_it():
    document = notebook()
    check = cells_with(document, 'check("ndcg_at_k")')[0]
    check["source"] = (
        'check("ndcg_at_k")\nfrom math import log2\nLIMIT = 3\n\n'
        "def helper():\n    return LIMIT\n\n"
        "raise SystemExit(\n    'trap'\n); MORE = open('x')"
    )
    reading = read_json(document)
    [extra] = [code for code in running(reading) if code not in UNDAMAGED]
    namespace = {}
    exec(extra, namespace)
    assert namespace["helper"]() == 3
    assert namespace["log2"](8) == 3
    assert "MORE" not in namespace
    assert namespace["helper"].__code__.co_firstlineno == 5
    assert "helper" in reading.notes[0]


def test_an_answer_typed_into_a_demonstration_counts_without_the_demonstration():
    document = notebook()
    answer = cells_with(document, "def ndcg_at_k(")[0]
    document["cells"].remove(answer)
    demo = cells_with(document, "carry_over(")[-1]
    demo["source"] = f"{source(demo)}\n\n{source(answer)}"
    code = "\n".join(running(read_json(document)))
    assert "def ndcg_at_k(" in code
    assert "data.load(" not in code
    assert "ndcg_at_k" in read_json(document).notes[0]


def test_a_call_of_check_is_taken_out_of_the_cell_that_it_shares():
    code = (
        'X = 1; check("ndcg_at_k"); Y = 2\nimport autograder\nautograder.hint("rmse")\nZ = "check"'
    )
    reading = read_bytes(f"# %%\n{code}\n".encode(), f"{STEP}.py")
    assert running(reading) == ['X = 1; pass; Y = 2\nimport autograder\npass\nZ = "check"']


def test_a_learners_own_check_is_theirs():
    code = "def check(value):\n    FOUND.append(value)\n\nFOUND = []\ncheck(len(FOUND))"
    assert running(read_bytes(f"# %%\n{code}\n".encode(), f"{STEP}.py")) == [code]


@pytest.mark.parametrize("kind", ["markdown", "raw"])
@pytest.mark.parametrize("text", ["def ndcg_at_k(", "import keras"])
def test_code_that_became_text_is_run_as_code(kind, text):
    document = notebook()
    cells_with(document, text)[0]["cell_type"] = kind
    reading = read_json(document)
    assert running(reading) == UNDAMAGED
    assert "had become text" in reading.notes[0]


def test_a_script_may_have_lost_the_marker_between_text_and_code():
    text = SCRIPT.replace("# %%\ndef ndcg_at_k(", "def ndcg_at_k(")
    assert text != SCRIPT
    code = running(read_bytes(text.encode(), f"{STEP}.py"))
    assert any("def ndcg_at_k(" in source for source in code)


def test_text_stays_text_where_the_function_is_written_elsewhere():
    document = notebook()
    old = {"cell_type": "markdown", "source": "def ndcg_at_k(*a):\n    return 0", "metadata": {}}
    document["cells"].append(old)
    assert running(read_json(document)) == UNDAMAGED


# Languages and names


@pytest.mark.parametrize("language", ["R", "julia"])
def test_a_notebook_in_another_language_is_refused(language):
    document = notebook()
    document["metadata"] = {"kernelspec": {"name": "x", "language": language}}
    for cell in document["cells"]:
        cell["source"] = "f <- function(x) x"
    assert f"a notebook in {language}" in is_refused(json.dumps(document).encode())


def test_python_under_a_wrong_kernel_is_run_as_python():
    document = notebook()
    document["metadata"] = {"language_info": {"name": "R"}}
    reading = read_json(document)
    assert running(reading) == UNDAMAGED
    assert "notebook in R" in reading.notes[0]


@pytest.mark.parametrize("wrong", [".py", ".PY", ".ipynb.py"])
def test_a_notebook_named_like_a_script_is_read_as_a_notebook(wrong):
    reading = read_json(notebook(), f"{STEP}{wrong}")
    assert running(reading) == UNDAMAGED
    assert wrong == ".ipynb.py" or "it is a notebook" in reading.notes[0]


def test_a_script_named_like_a_notebook_is_read_as_a_script():
    reading = read_bytes(SCRIPT.encode(), f"{STEP}.ipynb")
    assert running(reading) == UNDAMAGED
    assert "Python script" in reading.notes[0]


@pytest.mark.parametrize("name", ["08-ranking list (1).py", "exercise8_final.py", "Untitled.py"])
def test_a_file_is_recognised_by_its_functions(name, tmp_path):
    (tmp_path / name).write_text(SCRIPT, encoding="utf-8")
    for target in (tmp_path, tmp_path / name):
        file = find(target)[STEP]
        assert file.path.name == name
        assert STEP in file.notes[0]
    assert read_cells(tmp_path / name).exercise == STEP


def test_a_file_that_nothing_tells_is_refused(tmp_path):
    for code in ("print('hello')", f"{SCRIPT}\n{solution_text(OTHER)}"):
        reason = is_refused(code.encode(), "exercise.py")
        assert reason == "its name does not say which exercise it is"
    path = tmp_path / "exercise.py"
    path.write_text("print('hello')", encoding="utf-8")
    with pytest.raises(UnreadableSubmission, match="its name does not say"):
        find(path)


def test_another_exercise_under_this_name_is_noted():
    [note] = read_bytes(solution_text(OTHER).encode(), f"{STEP}.py").notes
    assert STEP in note
    assert OTHER in note


# Folders


@pytest.mark.parametrize("name", ["08_RANKING.PY", "08_Ranking (1).ipynb", "08_ranking.ipynb.txt"])
def test_names_differ_as_downloads_do(tmp_path, name):
    path = tmp_path / name
    text = json.dumps(notebook()) if "ipynb" in name else SCRIPT
    path.write_text(text, encoding="utf-8")
    assert find(tmp_path)[STEP].path == path
    assert running(read_cells(path)) == UNDAMAGED


def test_of_equally_old_files_the_notebook_is_taken_and_the_original(tmp_path):
    names = ["08_ranking.py", "08_ranking (1).ipynb", "08_ranking.ipynb"]
    for name in names:
        (tmp_path / name).write_text("x = 1", encoding="utf-8")
        os.utime(tmp_path / name, (1_000_000_000, 1_000_000_000))
    file = find(tmp_path)[STEP]
    assert file.path.name == "08_ranking.ipynb"
    assert len(file.notes) == 2
    assert all("equally old" in note for note in file.notes)
    os.utime(tmp_path / names[1], (1_000_000_001, 1_000_000_001))
    assert find(tmp_path)[STEP].path.name == names[1]
    assert "newer" in find(tmp_path)[STEP].notes[0]


def test_a_file_named_for_an_exercise_comes_before_one_that_is_like_it(tmp_path):
    named = write(tmp_path, STEP, exercise_text(STEP))
    (tmp_path / "attic.py").write_text(SCRIPT, encoding="utf-8")
    os.utime(named, (1_000_000_000, 1_000_000_000))
    assert find(tmp_path)[STEP].path == named


def test_copies_that_tools_keep_are_passed_over(tmp_path):
    for place in (".ipynb_checkpoints", "__pycache__"):
        (tmp_path / place).mkdir()
        write(tmp_path / place, STEP, SCRIPT)
    (tmp_path / "._08_ranking.py").write_bytes(b"\0\5\x16\7")
    write(tmp_path, OTHER, exercise_text(OTHER))
    assert list(find(tmp_path)) == [OTHER]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("work.zip", "archive"),
        ("08_ranking.html", "neither a script"),
        ("08_ranking.docx", "neither a script"),
        ("final.ipynb", "breaks off"),
    ],
)
def test_what_is_left_out_is_told(tmp_path, name, told):
    (tmp_path / name).write_text('{"cells": [{"source": "def ndcg_at_k(x):', encoding="utf-8")
    write(tmp_path, OTHER, exercise_text(OTHER))
    found = survey(tmp_path)
    assert list(found.files) == [OTHER]
    assert told in found.left_out[tmp_path / name]
    (tmp_path / f"{OTHER}.py").unlink()
    with pytest.raises(UnreadableSubmission, match=told):
        find(tmp_path)


def make_folder(path, elsewhere):
    path.mkdir()


def make_link_out(path, elsewhere):
    path.symlink_to(elsewhere / f"{STEP}.py")


def make_dangling_link(path, elsewhere):
    path.symlink_to("nowhere.py")


def make_circle(path, elsewhere):
    path.symlink_to(path)


def make_link_to_device(path, elsewhere):
    path.symlink_to("/dev/zero")


def make_pipe(path, elsewhere):
    os.mkfifo(path)


def make_huge(path, elsewhere):
    with path.open("wb") as file:
        file.truncate(500 * 10**6)


@pytest.mark.skipif(os.name == "nt", reason="links and pipes of POSIX")
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (make_folder, "it is a folder"),
        (make_link_out, "it is a link to another place"),
        (make_dangling_link, "it is a link to another place"),
        (make_circle, "it is a link to another place"),
        (make_link_to_device, "it is a link to another place"),
        (make_pipe, "it is no plain file"),
        (make_huge, "it is larger than 20 MB"),
    ],
)
def test_what_is_no_plain_file_is_refused_and_hides_no_other(tmp_path, make, reason):
    for name in ("here", "elsewhere"):
        (tmp_path / name).mkdir()
    folder = tmp_path / "here"
    write(tmp_path / "elsewhere", STEP, SCRIPT)
    bad = folder / f"{STEP}.ipynb"
    make(bad, tmp_path / "elsewhere")
    good = write(folder, OTHER, exercise_text(OTHER))
    files = find(folder)
    assert {name: file.path for name, file in files.items()} == {STEP: bad, OTHER: good}
    with pytest.raises(UnreadableSubmission) as caught:
        read_cells(bad)
    assert str(caught.value).startswith(f"{STEP}.ipynb cannot be graded because {reason}.")

    beside = write(folder, STEP, SCRIPT)
    os.utime(beside, (1_000_000_000, 1_000_000_000))
    if make is not make_huge:
        assert find(folder)[STEP].path == beside


@pytest.mark.skipif(os.name == "nt", reason="links of POSIX")
def test_links_within_a_folder_are_followed_and_no_other(tmp_path):
    (tmp_path / "here").mkdir()
    real = tmp_path / "here" / "work.py"
    real.write_text(SCRIPT, encoding="utf-8")
    link = tmp_path / "here" / f"{STEP}.py"
    link.symlink_to("work.py")
    assert running(read_cells(link)) == UNDAMAGED
    (tmp_path / "class").symlink_to("here")
    assert find(tmp_path / "class")[STEP].path.name == link.name
    assert running(read_cells(tmp_path / "class" / link.name)) == UNDAMAGED


def test_a_notebook_up_to_the_limit_is_read(tmp_path):
    document = notebook()
    document["metadata"]["filler"] = ""
    rest = MAX_BYTES - len(json.dumps(document))
    document["metadata"]["filler"] = "x" * rest
    path = tmp_path / f"{STEP}.ipynb"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert running(read_cells(path)) == UNDAMAGED
    path.write_text(json.dumps(document) + " ", encoding="utf-8")
    with pytest.raises(UnreadableSubmission, match="20 MB"):
        read_cells(path)


def test_a_file_that_may_not_be_read_hides_no_other(tmp_path, monkeypatch):
    bad = write(tmp_path, STEP, SCRIPT)
    good = write(tmp_path, OTHER, exercise_text(OTHER))
    bad.chmod(0)
    real_open = os.open

    def refuse(path, *rest, **named):
        if os.path.basename(path) == bad.name:
            raise PermissionError(13, "Permission denied", path)
        return real_open(path, *rest, **named)

    monkeypatch.setattr(os, "open", refuse)
    assert set(find(tmp_path)) == {STEP, OTHER}
    with pytest.raises(UnreadableSubmission, match=r"cannot be opened \(Permission denied\)"):
        read_cells(bad)
    assert read_cells(good).cells


# The self-check


def report_on(target):
    return {report.exercise: report for report in run(FileTarget(target))}


def test_a_repaired_notebook_earns_its_points_and_says_what_was_repaired(tmp_path):
    document = notebook()
    without_metadata(document)
    for cell in cells_with(document, "def ndcg_at_k("):
        cell["cell_type"] = "markdown"
    path = tmp_path / f"{STEP}.ipynb"
    path.write_bytes(json.dumps(document).encode("utf-16"))
    report = report_on(path)[STEP]
    assert report.points == report.max_points
    assert report.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    for told in ("UTF-16", "had become text", "like demonstrations"):
        assert any(told in note for note in report.notes)


def test_a_bad_file_fails_with_its_reason_and_its_notes_and_the_others_earn(tmp_path):
    bad = write(tmp_path, OTHER, "")
    write(tmp_path, OTHER, exercise_text(OTHER), ".ipynb")
    os.utime(tmp_path / f"{OTHER}.ipynb", (1_000_000_000, 1_000_000_000))
    write(tmp_path, STEP, SCRIPT)
    reports = report_on(tmp_path)
    assert reports[STEP].points == reports[STEP].max_points
    assert reports[OTHER].points == 0
    assert reports[OTHER].submission == bad.as_posix()
    assert any("newer" in note for note in reports[OTHER].notes)
    problem = reports[OTHER].functions[0].problem
    assert problem.outcome == "failed"
    assert problem.message.startswith(f"{OTHER}.py cannot be graded because it is empty.")


def test_progress_goes_on_past_a_bad_file(run_python, tmp_path):
    (tmp_path / f"{OTHER}.ipynb").mkdir()
    write(tmp_path, "01_explore", exercise_text("01_explore"))
    result = run_python("-m", "autograder", "progress", "--submissions", tmp_path)
    assert result.returncode == 0, result.stderr
    assert "0 / 16" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr


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
