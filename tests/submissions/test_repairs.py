"""Repairs: check cells, demonstrations and code are recognised without tags and kinds."""

import re

import jupytext
import pytest

from autograder import course
from autograder.util import paths
from tests.answers import solution_text
from tests.submissions.reading import (
    SCRIPT,
    STEP,
    UNDAMAGED,
    cells_with,
    notebook,
    read_bytes,
    read_cells,
    read_json,
    running,
    source,
    without_metadata,
)

EXERCISES = [step.name for step in course.steps()]


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("folder", [paths.exercises(), paths.solutions()], ids=["stubs", "answers"])
def test_an_undamaged_file_is_read_without_notes(folder, exercise):
    reading = read_cells(folder / f"{exercise}.py")
    assert reading.notes == ()
    assert reading.exercise == exercise
    code = "\n".join(running(reading))
    assert all(f"def {function}(" in code for function in course.step(exercise).functions)
    assert not re.search(r"^(check|hint|.*carry_over)\(", code, re.MULTILINE)


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
    [cell] = cells_with(document, "N_NEGATIVES, PENALTIES = 4")
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
