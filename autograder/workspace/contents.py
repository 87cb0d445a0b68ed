"""The files that the kit delivers into a workspace: exercises, pages and settings."""

from typing import TYPE_CHECKING

from autograder import course
from autograder.course.build import render, unfinished
from autograder.course.pages import page_names, page_text
from autograder.util.atomic import write_atomic
from autograder.util.languages import ENGLISH
from autograder.workspace.documents import SETTINGS, SETTINGS_NAME, document_of
from autograder.workspace.place import KEPT, Workspace

if TYPE_CHECKING:
    from nbformat import NotebookNode

PYTEST_NAME = "pytest.ini"
PYTEST = """\
# `pytest` checks the exercises of this folder; `pytest -k dot_product` checks one of them.
[pytest]
"""


def delivered_documents(language: str) -> "dict[str, NotebookNode]":
    """Return the exercises and pages that this kit delivers, by name, in course order.

    An exercise that is not complete in the language is in English.
    """
    english = unfinished(language)
    exercises = {
        s.name: render(s, ".ipynb", ENGLISH if s.name in english else language)
        for s in course.steps()
    }
    documents = {name: document_of(text, ".ipynb") for name, text in exercises.items()}
    return {**documents, **{n: document_of(page_text(n, language)) for n in page_names()}}


def write_settings(workspace: Workspace) -> None:
    """Write the settings of Jupytext, pytest and Git where they are missing.

    A learner may change them.

    Raises:
        NotWritten: A file cannot be written.
    """
    settings = {
        SETTINGS_NAME: SETTINGS,
        PYTEST_NAME: PYTEST,
        f"{KEPT}/.gitignore": "backups/\nstate/\n",
    }
    for name, text in settings.items():
        path = workspace.root / name
        if not path.exists():
            write_atomic(path, text)
