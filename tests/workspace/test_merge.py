"""The merge of an exercise: no text of the learner's is lost, and merging again changes nothing."""

from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.workspace.merge import merge
from tests.workspace.making import EXERCISE, cells, sources

ANSWER = 'def build_mf(n):\n    """Build a model."""\n    return n + 1'
HEAD = 'def build_mf(n):\n    """Build a model."""\n'
STUB = f'{HEAD}    # TODO\n    raise NotImplementedError("build_mf")'
NEW_STUB = STUB.replace("(n)", "(n, k)")


def changed(**replacements):
    """Return the exercise's cells with texts replaced: old -> new."""
    text = EXERCISE
    for old, new in replacements.values():
        assert old in text
        text = text.replace(old, new)
    return cells(text)


def answered():
    return changed(answer=(STUB, ANSWER))


def merged_sources(mine, new, delivered=None):
    delivered = cells(EXERCISE) if delivered is None else delivered
    return sources(merge(delivered, mine, new, "9.9").cells)


def test_prose_changes_and_answers_stay():
    new = changed(words=("Some words", "Better words"), title=("A title", "A new title"))
    result = merged_sources(answered(), new)
    assert result == [s if not s.startswith("def build_mf") else ANSWER for s in sources(new)]


def test_own_cells_stay_below_the_cells_they_stood_below():
    mine = answered()
    mine.insert(4, new_code_cell("my_check = build_mf(3)"))
    mine.append(new_markdown_cell("My answer: because."))
    new = changed(words=("Some words", "Better words"))
    new.insert(1, new_markdown_cell("A new paragraph."))
    result = merged_sources(mine, new)
    assert result[result.index("my_check = build_mf(3)") - 1] == ANSWER
    assert result[-1] == "My answer: because."
    assert "A new paragraph." in result


def test_a_stub_that_changed_stands_as_text_below_the_answer():
    result = merge(cells(EXERCISE), answered(), changed(stub=(STUB, NEW_STUB)), "9.9")
    place = sources(result.cells).index(ANSWER)
    note = result.cells[place + 1]
    assert note.cell_type == "markdown"
    assert NEW_STUB in note.source
    assert "9.9" in note.source
    assert sum("def build_mf" in c.source for c in result.cells if c.cell_type == "code") == 1
    assert result.conflicts == ["build_mf: your code stays, the new stub stands below it as text"]


def test_an_untouched_stub_becomes_the_new_one():
    result = merged_sources(cells(EXERCISE), changed(stub=(STUB, NEW_STUB)))
    assert NEW_STUB in result
    assert STUB not in result


@pytest.mark.parametrize("how", ["renamed", "split", "deleted"])
def test_a_function_that_is_gone_keeps_its_answer(how):
    new = {
        "renamed": changed(all=("build_mf", "build_model")),
        "split": changed(stub=(STUB, STUB.replace("build_mf", "tables") + "\n\n# %%\n" + NEW_STUB)),
        "deleted": [c for c in cells(EXERCISE) if "build_mf" not in c.source],
    }[how]
    result = merge(cells(EXERCISE), answered(), new, "9.9")
    assert ANSWER in sources(result.cells)
    assert result.conflicts
    if how == "renamed":
        assert any("def build_model" in source for source in sources(result.cells))
        assert 'check("build_mf")' not in sources(result.cells)


def test_where_both_changed_the_same_prose_both_stay():
    mine = changed(words=("Some words about the dot product.", "My words on the dot product."))
    new = changed(words=("Some words about the dot product.", "New words: the dot product."))
    result = merged_sources(mine, new)
    assert result[0].endswith("New words: the dot product.")
    assert "kept by the update to 9.9" in result[1]
    assert result[2].endswith("My words on the dot product.")


def test_prose_that_the_learner_deleted_stays_deleted_and_a_stub_comes_back():
    mine = [c for c in cells(EXERCISE) if "To discuss" not in c.source and c.source != STUB]
    result = merged_sources(mine, cells(EXERCISE))
    assert not any("To discuss" in source for source in result)
    assert STUB in result


def test_an_answer_in_another_cell_gets_no_second_stub():
    mine = [c for c in cells(EXERCISE) if c.source != STUB]
    mine.append(new_code_cell(f"helper = 1\n\n\n{ANSWER}"))
    result = merged_sources(mine, changed(words=("Some words", "Better words")))
    assert sum("def build_mf" in source for source in result) == 1


def test_outputs_of_cells_that_did_not_change_stay():
    mine = answered()
    for cell in mine:
        if cell.cell_type == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "42"}]
    new = changed(demo=('print("a demonstration")', 'print("another one")'))
    by_source = {c.source: c for c in merge(cells(EXERCISE), mine, new, "9.9").cells}
    assert by_source["import numpy as np"]["outputs"]
    assert not by_source['print("another one")'].get("outputs")


PLAIN = ("x = 1", "y = build_mf(2)", "A thought.", "1 +", "")
HELPER = "def helper():\n    return 1"


def edits(*texts):
    """Return a strategy for a few edits of the exercise, which bring in these texts."""
    kind = st.sampled_from(["change", "insert", "delete", "append"])
    return st.lists(st.tuples(kind, st.integers(0, 11), st.sampled_from(texts)), max_size=4)


def edited(changes, start):
    """Return cells after some edits."""
    result = deepcopy(start)
    for what, place, text in changes:
        place = min(place, len(result) - 1)
        if what == "delete" and len(result) > 1:
            del result[place]
        elif what == "insert":
            result.insert(place, new_code_cell(text))
        elif what == "append":
            result[place].source += f"\n# {text}".rstrip()
        else:
            result[place].source = text
    return result


@settings(max_examples=100, deadline=None, derandomize=True)
@given(mine=edits(*PLAIN, ANSWER), new=edits(*PLAIN, ANSWER))
def test_nothing_of_the_learners_is_lost(mine, new):
    delivered = cells(EXERCISE)
    own, newer = edited(mine, delivered), edited(new, delivered)
    once = merge(delivered, own, newer, "9.9").cells
    known = {source.strip() for source in sources(delivered)}
    result = {source.strip() for source in sources(once)}
    assert {source.strip() for source in sources(own)} - known - {""} <= result


@settings(max_examples=100, deadline=None, derandomize=True)
@given(mine=edits(*PLAIN, HELPER), new=edits(*PLAIN))
def test_merging_twice_is_merging_once(mine, new):
    delivered = cells(EXERCISE)
    own, newer = edited(mine, delivered), edited(new, delivered)
    once = merge(delivered, own, newer, "9.9").cells
    assert sources(merge(delivered, once, newer, "9.9").cells) == sources(once)
    assert sources(merge(newer, once, newer, "9.9").cells) == sources(once)
