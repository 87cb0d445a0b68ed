"""Where the files of a notebook's author lie, whatever the working folder of its kernel is."""

import pytest

from autograder import course
from autograder.learner import carry_over as module
from autograder.learner.carry_over import folders_of
from autograder.workspace.place import mark
from tests.answers import solution_text, write

STEP = "03_embeddings"


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    root = tmp_path / "course"
    (root / "attic").mkdir(parents=True)
    return mark(root, "en")


def test_vs_code_names_the_notebook(workspace):
    names = {"__vsc_ipynb_file__": str(workspace.root / "04_dot_product.ipynb")}
    assert folders_of(names)[0] == workspace.root


def test_jupyter_names_the_notebook(workspace, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", str(workspace.root / "attic" / "copy.ipynb"))
    assert folders_of({})[0] == workspace.root / "attic"
    assert workspace.root in folders_of({})


def test_a_name_that_leads_nowhere_is_passed_over(workspace, monkeypatch, tmp_path):
    monkeypatch.setenv("JPY_SESSION_NAME", "/no/such/folder/x.ipynb")
    assert folders_of({"__vsc_ipynb_file__": 3}) == [tmp_path / "elsewhere"]


def test_a_notebook_in_a_folder_below_finds_the_exercises_of_the_workspace(workspace, monkeypatch):
    write(workspace.root, STEP, solution_text(STEP))
    monkeypatch.chdir(workspace.root / "attic")
    own, passed, _why = module._own(course.step(STEP), folders_of({}))
    assert passed == frozenset(course.step(STEP).functions)
    assert set(passed) <= set(own)


def test_without_a_workspace_nothing_is_found_and_nothing_fails(workspace):
    own, passed, why = module._own(course.step(STEP), folders_of({}))
    assert (own, passed) == ({}, frozenset())
    assert "no file of yours" in why
