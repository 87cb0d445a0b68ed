"""Grading in other processes, of this machine or of others: each keeps a grader of its own.

What goes there and comes back is plain data and small frozen objects, so that it can be pickled.
"""

import atexit
import multiprocessing
import platform
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from autograder.grading.judge_pool import Grader
from autograder.grading.results import result_to_json
from autograder.submissions.submission import Parsed
from autograder.util.environment import QUIET, prefer
from autograder.util.fingerprint import kit_fingerprint
from autograder.util.i18n import _


class WorkersMissing(RuntimeError):
    """There are no processes to grade in, or not of this kit; the text says which, and why."""


def grade_parsed(version: str, rules, parsed: Parsed) -> dict:
    """The result of one submission as `result_to_json` gives it, by the grader of this process.

    version: of the kit that asks, see `kit_fingerprint`; another one would give other verdicts.
    Raises `WorkersMissing` where this process has another, and `IsolationMissing` as a grader does.
    """
    if version != kit_fingerprint():
        text = _("Another version of the kit, or of its libraries, is installed on {host}.")
        raise WorkersMissing(text.format(host=platform.node()))
    with _grader(rules) as grader:
        return result_to_json(grader.grade(parsed))


_lock = threading.Lock()
_graders: dict[object, Grader] = {}
_in_use: dict[object, int] = {}


@contextmanager
def _grader(rules) -> Iterator[Grader]:
    """This process's grader by these rules; it stays open until one by others is asked for."""
    with _lock:
        if rules not in _graders:
            _close([other for other in _graders if not _in_use[other]])
            _graders[rules] = _opened(rules)
        _in_use[rules] = _in_use.get(rules, 0) + 1
    try:
        yield _graders[rules]
    finally:
        with _lock:
            _in_use[rules] -= 1


def _opened(rules) -> Grader:
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


def _close(some: list) -> None:
    for rules in some:
        _graders.pop(rules).__exit__()
        _in_use.pop(rules, None)


atexit.register(lambda: _close(list(_graders)))
