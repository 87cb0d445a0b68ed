"""A time limit for code in this process, on every platform."""

import _thread
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Literal

_Handler = Callable[[int, FrameType | None], object] | int | None


class deadline:
    """A context that interrupts its block with `TimeoutError` after some seconds.

    The limit holds in the main thread only; in another thread the block runs without a limit. It
    holds also in a process that ignores Ctrl-C. Code inside one long C call goes on until that call
    returns.
    """

    def __init__(self, seconds: float) -> None:
        """Set the time that the block may take, in seconds."""
        self.seconds = seconds
        self._expired = False
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._ignored: _Handler = None

    def __enter__(self) -> "deadline":
        if threading.current_thread() is threading.main_thread():
            # The interrupt is Ctrl-C's signal; a process without a handler for it loses it.
            if signal.getsignal(signal.SIGINT) in (signal.SIG_IGN, signal.SIG_DFL):
                self._ignored = signal.signal(signal.SIGINT, signal.default_int_handler)
            self._timer = threading.Timer(self.seconds, self._interrupt)
            self._timer.daemon = True
            self._timer.start()
        return self

    def _interrupt(self) -> None:
        with self._lock:
            if self._timer is not None:
                self._expired = True
                _thread.interrupt_main()

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
            late = TimeoutError(f"ran longer than {self.seconds:g} s")
            raise late.with_traceback(trace) from None
        return False
