"""`files.csv`: what became of every file at the paths of `autograder grade`."""

import csv
import io
from pathlib import Path

from autograder.grading.collect import GRADED, LEFT_OUT, NO_EXERCISE, NOT_COUNTED, Account
from autograder.grading.output.csv_cells import path_cell, plain_text
from autograder.util.atomic import write_atomic
from autograder.util.i18n import _


def write_files(accounts: list[Account], path: Path) -> None:
    """Write a row for each file: learner, file, exercise, what became of it, and why.

    Args:
        accounts: What became of the files, in any order.
        path: The table.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(["learner", "file", "exercise", "fate", "reason"])
    for account in sorted(accounts, key=lambda a: (a.learner, a.exercise, str(a.path))):
        texts = (account.exercise, account.fate, account.reason)
        cells = [plain_text(account.learner), path_cell(account.path)]
        writer.writerow([*cells, *map(plain_text, texts)])
    write_atomic(path, text.getvalue())


def fate_in_words(account: Account) -> str:
    """Return what became of a file, in words."""
    words = {
        GRADED: _("counts for {exercise}"),
        NOT_COUNTED: _("another file counts"),
        LEFT_OUT: _("left out: {reason}"),
        NO_EXERCISE: _("no exercise"),
    }
    return words[account.fate].format(exercise=account.exercise, reason=account.reason)
