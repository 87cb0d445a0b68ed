"""The language of a submission: metadata, else prose, else the class's."""

import jupytext
import pytest

from autograder.submissions import language as module
from autograder.submissions.language import declared, of_prose
from autograder.submissions.parse import parse
from autograder.submissions.submission import Submission
from autograder.util import languages, paths
from autograder.util.i18n import speaking
from tests.answers import exercise_text

STEP = "04_dot_product"
FRENCH = """# %% [markdown]
# Une note est un produit scalaire : écrivez la fonction, puis vérifiez votre réponse ici.

# %%
def build_mf(n_users, n_items, n_factors):
    pass
"""


@pytest.fixture
def french(tmp_path, monkeypatch):
    """Let the kit have exercises in French."""
    folder = tmp_path / "exercises"
    for name, text in (("en", exercise_text(STEP)), ("fr", FRENCH)):
        (folder / name).mkdir(parents=True)
        (folder / name / f"{STEP}.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(languages, "known", lambda: ("en", "fr"))
    monkeypatch.setattr(paths, "exercises", lambda language="en": folder / language)
    module._own_words.cache_clear()
    yield folder
    module._own_words.cache_clear()


def language(tmp_path, text, suffix=".py"):
    path = tmp_path / f"{STEP}{suffix}"
    path.write_text(text, encoding="utf-8")
    return parse(Submission(STEP, path)).language


def with_metadata(text, value, form):
    notebook = jupytext.reads(text, fmt="py:percent")
    notebook.metadata = {
        "autograder": {"language": value},
        "jupytext": {"notebook_metadata_filter": "autograder"},
    }
    return jupytext.writes(notebook, fmt=form)


@pytest.mark.parametrize(("suffix", "form"), [(".py", "py:percent"), (".ipynb", "ipynb")])
def test_the_metadata_count_most(french, tmp_path, suffix, form):
    text = exercise_text(STEP)
    assert language(tmp_path, with_metadata(text, "fr", form), suffix) == "fr"
    assert language(tmp_path, with_metadata(FRENCH, "en", form), suffix) == "en"
    assert language(tmp_path, with_metadata(FRENCH, "xx", form), suffix) == "fr", "by its prose"


def test_prose_counts_where_the_metadata_are_gone(french, tmp_path):
    bare = exercise_text(STEP).partition("# ---\n\n")[2]
    assert language(tmp_path, bare) == "en"
    assert language(tmp_path, FRENCH) == "fr"
    assert language(tmp_path, FRENCH + "\n# my own remark in English") == "fr"


def test_the_class_counts_where_nothing_else_decides(french, tmp_path):
    code = "def build_mf(n_users, n_items, n_factors):\n    return 1\n"
    assert language(tmp_path, code) == "en"
    with speaking("fr"):
        assert language(tmp_path, code) == "fr"


def test_words_inside_of_a_notebooks_cells_are_no_metadata(french):
    text = with_metadata('# %%\nx = \'"autograder": {"language": "fr"}\'\n', "en", "ipynb")
    assert declared(text) == "en"
    assert declared('{"cells": ["\\"autograder\\": {\\"language\\": \\"fr\\"}"]}') is None


def test_few_words_decide_nothing(french):
    assert of_prose(["une note"], STEP) is None
    assert of_prose([FRENCH], STEP) == "fr"
