"""The language that a learner's tools speak in a notebook or script."""

import os
from pathlib import Path
from typing import Any

from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.language import declared, of_prose
from autograder.submissions.safe_read import read_content
from autograder.util import languages
from autograder.workspace.place import usable_from


def settle() -> None:
    """Make the language of the workspace that of this process, unless a variable names another."""
    if languages.chosen() is not None:
        return
    try:
        workspace = usable_from(Path())
    except OSError:  # the working folder is gone
        return
    if workspace is not None and languages.is_known(workspace.language):
        languages.use(workspace.language)


def language_of_caller(namespace: dict[str, Any], exercise: str, function: str) -> str:
    """Return the language of the notebook or script that calls.

    Args:
        namespace: Its names.
        exercise: The exercise, by full name.
        function: The function in question, whose docstring is in the language of the exercise.

    Returns:
        The language that the file's metadata name, else that of the function's docstring, else the
        current one.
    """
    documentation = getattr(namespace.get(function), "__doc__", None)
    texts = [documentation] if isinstance(documentation, str) else []
    return _of_file(namespace) or of_prose(texts, exercise) or languages.current()


def _of_file(namespace: dict[str, Any]) -> str | None:
    """Return the language that the metadata of the caller's file name.

    Jupyter's server names the notebook in a variable, VS Code's in the namespace.
    """
    name = namespace.get("__vsc_ipynb_file__") or namespace.get("__file__")
    name = name or os.environ.get("JPY_SESSION_NAME")
    if not isinstance(name, str) or not name.endswith((".py", ".ipynb")):
        return None
    try:
        return declared(read_content(Path(name)).decode("utf-8", "replace"))
    except (OSError, UnreadableSubmission):
        return None
