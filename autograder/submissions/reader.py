"""Readers of files that may be submissions: what a choice between files needs to know of them.

The grader reads through `limited_parser`, whose process has limits. A learner's own commands read
in their own process.
"""

import ast
from functools import cache
from pathlib import Path
from typing import Protocol

from autograder import course
from autograder.submissions import ast_tools
from autograder.submissions.cells import Cell, UnreadableSubmission
from autograder.submissions.parse import parse, recognised_exercise
from autograder.submissions.submission import Parsed, Submission
from autograder.util import languages, paths
from autograder.util.fingerprint import digest

_IMPORTS = ("Import(", "ImportFrom(")


class Reader(Protocol):
    """An object that reads the bytes of files which may be submissions."""

    def recognised_exercise(self, data: bytes, name: str) -> str:
        """Return the exercise that a file holds.

        Raises:
            UnreadableSubmission: The file holds no exercise.
        """

    def work_in(self, data: bytes, name: str, exercise: str) -> str:
        """Return a digest of the code in a file that is not the exercise's own code.

        Returns:
            The digest; "" for an untouched exercise.

        Raises:
            UnreadableSubmission: The file cannot be read.
        """


class OwnReader:
    """A reader in this process, for a learner's own files."""

    def recognised_exercise(self, data: bytes, name: str) -> str:
        """Return the exercise that a file holds (see `Reader`)."""
        return recognised_exercise(data, name)

    def work_in(self, data: bytes, name: str, exercise: str) -> str:
        """Return a digest of the code that is not the exercise's own (see `Reader`)."""
        return work_in(data, name, exercise)


OWN_READER = OwnReader()


def work_in(data: bytes, name: str, exercise: str) -> str:
    """Return a digest of the code in a file that is not the exercise's own code.

    Layout, comments, stubs, demonstrations, check cells and lone imports do not count.

    Args:
        data: The bytes of the file.
        name: The file's name.
        exercise: The exercise's name.

    Returns:
        The digest; "" for an untouched exercise.

    Raises:
        UnreadableSubmission: The file cannot be read.
    """
    return work_of(parse(Submission(exercise, Path(name)), data))


def work_of(parsed: Parsed) -> str:
    """Return a digest of a submission's code that is not the exercise's own (see `work_in`).

    Imports alone are no work: the exercises of an earlier kit import other names.
    """
    known = _statements_of_exercise(parsed.submission.exercise)
    own = [code for cell in parsed.cells_to_run for code in _statements(cell)]
    work = [code for code in own if code not in known]
    if all(code.startswith(_IMPORTS) for code in work):
        return ""
    return digest("\n".join(work).encode("utf-8", "replace"))


@cache
def _statements_of_exercise(exercise: str) -> frozenset[str]:
    """Return the statements of an exercise as learners receive it, in any language."""
    statements: set[str] = set()
    for language in languages.known():
        path = paths.exercises(language) / f"{course.step(exercise).name}.py"
        try:
            parsed = parse(Submission(exercise, path))
        except UnreadableSubmission:
            continue
        statements |= {code for cell in parsed.cells_to_run for code in _statements(cell)}
    return frozenset(statements)


def _statements(cell: Cell) -> list[str]:
    """Return the statements of a cell in a form without layout, without its stubs."""
    tree = ast_tools.parsed(cell.source)
    if tree is None:
        return [cell.source.strip()]
    return [ast.dump(part) for part in tree.body if not ast_tools.is_stub(part)]
