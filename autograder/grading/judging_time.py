"""A limit on the processor time that a judge spends on one check.

A worker may answer with whatever fits into a message. A judge that waits for its worker uses no
processor, so the limit counts the judge's own work on the answers alone.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from autograder.checking.failure import AnswerTooLarge
from autograder.checking.value_causes import Cause
from autograder.util.i18n import _

JUDGING_SECONDS = 30
REPEAT_SECONDS = 1


@contextmanager
def judging_limit(seconds: float = JUDGING_SECONDS) -> Iterator[None]:
    """Raise `AnswerTooLarge` in the block once this process has computed for some seconds.

    The limit holds in the main thread, on systems with interval timers. Code that catches the
    exception meets it again after `REPEAT_SECONDS`.
    """
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or not hasattr(signal, "setitimer"):
        yield
        return

    def reject(number: int, frame: FrameType | None) -> NoReturn:
        raise AnswerTooLarge(
            _("more than the check can look at in {n:g} s").format(n=seconds),
            cause=Cause("answer-too-large", _TOO_LARGE),
        )

    before = signal.signal(signal.SIGPROF, reject)
    signal.setitimer(signal.ITIMER_PROF, seconds, REPEAT_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


_TOO_LARGE = _(
    "The answer holds far more than is asked for. How many entries does the docstring promise, and "
    "where does your code add to them?"
)
