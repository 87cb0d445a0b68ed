"""A time limit for code in this process, on every platform."""

import _thread
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Literal

from autograder.util.i18n import _

_Handler = Callable[[int, FrameType | None], object] | int | None


PATIENCE = 5
"""How many times its seconds a block may take by the clock on a machine that is busy."""


class deadline:
    """A context that interrupts its block with `TimeoutError` after some seconds.

    On a busy machine the seconds are those of a processor, up to `PATIENCE` times as many by the
    clock. The limit holds in the main thread only; in another thread the block runs without a
    limit. It holds also in a process that ignores Ctrl-C. Code inside one long C call goes on until
    that call returns.
    """

    def __init__(self, seconds: float) -> None:
        """Set the time that the block may take, in seconds."""
        self.seconds = seconds
        self._expired = False
        self._started = self._worked = 0.0
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._ignored: _Handler = None

    def __enter__(self) -> "deadline":
        if threading.current_thread() is threading.main_thread():
            # The interrupt is Ctrl-C's signal; a process without a handler for it loses it.
            if signal.getsignal(signal.SIGINT) in (signal.SIG_IGN, signal.SIG_DFL):
                self._ignored = signal.signal(signal.SIGINT, signal.default_int_handler)
            self._started, self._worked = time.monotonic(), time.process_time()
            self._set_timer(self.seconds)
        return self

    def _set_timer(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._interrupt)
        self._timer.daemon = True
        self._timer.start()

    def _interrupt(self) -> None:
        with self._lock:
            if self._timer is None:
                return
            if self._may_go_on():
                self._set_timer(max(self.seconds / 10, 0.05))
                return
            self._expired = True
            _interrupt_main_thread()

    def _may_go_on(self) -> bool:
        """Return whether others kept this process from working, so that it gets more time."""
        if not is_busy() or time.monotonic() - self._started > PATIENCE * self.seconds:
            return False
        return time.process_time() - self._worked < self.seconds

    def _in_words(self) -> str:
        if not is_busy():
            return _("ran longer than {n:g} s").format(n=self.seconds)
        text = _(
            "ran longer than {n:g} s on a busy machine (load {load:.1f} on {processors} processors)"
        )
        return text.format(n=self.seconds, load=_load(), processors=os.cpu_count() or 1)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> Literal[False]:
        if self._timer is None:
            return False
        try:
            with self._lock:
                self._timer.cancel()
                self._timer = None
            if self._expired and kind is not KeyboardInterrupt:
                time.sleep(0.05)
        except KeyboardInterrupt:
            kind = KeyboardInterrupt
        if self._ignored is not None:
            signal.signal(signal.SIGINT, self._ignored)
        if self._expired and kind is KeyboardInterrupt:
            late = TimeoutError(self._in_words())
            raise late.with_traceback(trace) from None
        return False


def _interrupt_main_thread() -> None:
    """Send Ctrl-C's signal to the main thread, where it also ends a wait for the system."""
    main = threading.main_thread().ident
    if sys.platform == "win32" or main is None:
        _thread.interrupt_main()
    else:
        signal.pthread_kill(main, signal.SIGINT)


def is_busy() -> bool:
    """Return whether more programs want to run than there are processors, as far as it is known."""
    return _load() > (os.cpu_count() or 1)


def _load() -> float:
    """Return how many programs wanted to run in the last minute; 0 where no system tells."""
    try:
        return os.getloadavg()[0]
    except (OSError, AttributeError):
        return 0.0
