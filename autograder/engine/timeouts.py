"""A time limit for code in this process, on every platform."""

import _thread
import signal
import threading
import time


class deadline:
    """Interrupt the block with `TimeoutError` when it runs longer than `seconds`.

    Works in the main thread only (elsewhere the block runs without a limit), also in a process that
    was told to ignore Ctrl-C. Code inside one long C call is interrupted when that call returns.
    """

    def __init__(self, seconds: float):
        self.seconds = seconds
        self._expired = False
        self._lock = threading.Lock()
        self._timer = None
        self._ignored = None

    def __enter__(self):
        if threading.current_thread() is threading.main_thread():
            # An interrupt is Ctrl-C's signal, and is lost where that is not handled.
            if signal.getsignal(signal.SIGINT) in (signal.SIG_IGN, signal.SIG_DFL):
                self._ignored = signal.signal(signal.SIGINT, signal.default_int_handler)
            self._timer = threading.Timer(self.seconds, self._interrupt)
            self._timer.daemon = True
            self._timer.start()
        return self

    def _interrupt(self):
        with self._lock:
            if self._timer is not None:
                self._expired = True
                _thread.interrupt_main()

    def __exit__(self, kind, error, trace):
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
