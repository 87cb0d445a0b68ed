"""Grading in other processes, here or on other machines, each of which opens a grader of its own.

Arguments and results are plain data and small frozen objects, so that they can be pickled.
"""

import atexit
import multiprocessing
import platform
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from autograder.grading.judge_pool import Grader
from autograder.grading.results import result_to_json
from autograder.grading.rules import Rules
from autograder.submissions.submission import Parsed
from autograder.util.environment import QUIET, prefer
from autograder.util.fingerprint import kit_fingerprint
from autograder.util.i18n import _


class WorkersMissing(RuntimeError):
    """There are no processes to grade in, or not of this kit; the text says which, and why."""


def grade_parsed(version: str, rules: Rules, parsed: Parsed) -> dict[str, Any]:
    """Judge one submission by the grader of this process.

    Args:
        version: The version of the kit that asks (see `kit_fingerprint`); another version would
            give other verdicts.
        rules: How submissions are judged.
        parsed: The submission.

    Returns:
        The result as `result_to_json` gives it.

    Raises:
        WorkersMissing: This process has another version of the kit.
        IsolationMissing: The rules require a layer of isolation that cannot be had here.
        SecretsReadable: A worker opens a secret file on this machine.
    """
    if version != kit_fingerprint():
        text = _("Another version of the kit, or of its libraries, is installed on {host}.")
        raise WorkersMissing(text.format(host=platform.node()))
    with _grader(rules) as grader:
        return result_to_json(grader.grade(parsed))


@dataclass
class _Opened:
    """An open grader, and the number of threads that use it."""

    grader: Grader
    n_users: int = 0


_lock = threading.Lock()
_opened: dict[Rules, _Opened] = {}


@contextmanager
def _grader(rules: Rules) -> Iterator[Grader]:
    """Lend this process's grader by these rules; it stays open until a call names other rules."""
    with _lock:
        if rules not in _opened:
            _close([other for other, opened in _opened.items() if not opened.n_users])
            _opened[rules] = _Opened(_open(rules))
        lent = _opened[rules]
        lent.n_users += 1
    try:
        yield lent.grader
    finally:
        with _lock:
            lent.n_users -= 1


def _open(rules: Rules) -> Grader:
    prefer(QUIET)
    # A process that is marked as a daemon, as Dask's are, may not have children: a judge is one.
    multiprocessing.current_process().daemon = False
    grader = Grader(rules).__enter__()
    try:
        grader.missing_layers()
    except BaseException:
        grader.__exit__()
        raise
    return grader


def _close(some: list[Rules]) -> None:
    for rules in some:
        _opened.pop(rules).grader.__exit__()


atexit.register(lambda: _close(list(_opened)))
