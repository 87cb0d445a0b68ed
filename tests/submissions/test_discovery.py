"""Discovery: which file holds which exercise, by its name or by the functions in it."""

import json
import os

import pytest

from autograder.course.pages import page_names, page_text
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.discovery import find, survey
from tests.answers import exercise_text, solution_text, write
from tests.submissions.reading import (
    OTHER,
    SCRIPT,
    STEP,
    UNDAMAGED,
    is_refused,
    notebook,
    read_bytes,
    read_cells,
    read_json,
    running,
)


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


@pytest.mark.parametrize("name", ["08_RANKING.PY", "08_Ranking (1).ipynb", "08_ranking.ipynb.txt"])
def test_names_differ_as_downloads_do(tmp_path, name):
    path = tmp_path / name
    text = json.dumps(notebook()) if "ipynb" in name else SCRIPT
    path.write_text(text, encoding="utf-8")
    assert find(tmp_path)[STEP].path == path
    assert running(read_cells(path)) == UNDAMAGED


@pytest.mark.parametrize("worked_on", [True, False])
def test_a_file_named_for_an_exercise_counts_unless_it_is_untouched(tmp_path, worked_on):
    text = exercise_text(STEP) + ("\n# %%\nwork = 1\n" if worked_on else "")
    named = write(tmp_path, STEP, text)
    other = tmp_path / "attic.py"
    other.write_text(SCRIPT, encoding="utf-8")
    os.utime(named, (1_000_000_000, 1_000_000_000))
    assert find(tmp_path)[STEP].path == (named if worked_on else other)


def test_copies_that_tools_keep_are_passed_over(tmp_path):
    for place in (".ipynb_checkpoints", "__pycache__"):
        (tmp_path / place).mkdir()
        write(tmp_path / place, STEP, SCRIPT)
    (tmp_path / "._08_ranking.py").write_bytes(b"\0\5\x16\7")
    write(tmp_path, OTHER, exercise_text(OTHER))
    assert list(find(tmp_path)) == [OTHER]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("work.zip", "archive"),
        ("08_ranking.html", "neither a script"),
        ("08_ranking.docx", "neither a script"),
        ("final.ipynb", "breaks off"),
    ],
)
def test_what_is_left_out_is_reported(tmp_path, name, reason):
    (tmp_path / name).write_text('{"cells": [{"source": "def ndcg_at_k(x):', encoding="utf-8")
    write(tmp_path, OTHER, exercise_text(OTHER))
    found = survey(tmp_path)
    assert list(found.files) == [OTHER]
    assert reason in found.left_out[tmp_path / name]
    (tmp_path / f"{OTHER}.py").unlink()
    with pytest.raises(UnreadableSubmission, match=reason):
        find(tmp_path)


def test_the_memo_of_a_workspace_is_no_exercise(tmp_path):
    write(tmp_path, OTHER, exercise_text(OTHER))
    for name in page_names():
        write(tmp_path, name, page_text(name))
        write(tmp_path, name, page_text(name), ".ipynb")
    found = survey(tmp_path)
    assert (list(found.files), found.left_out) == ([OTHER], {})
    with pytest.raises(UnreadableSubmission, match="its name does not say which exercise"):
        find(tmp_path / "memo.py")
