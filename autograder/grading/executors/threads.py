"""Threads as an executor that a program does not wait for when it ends."""

from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread


class DaemonThreads(Executor):
    """Runs up to `n` calls at once.

    A program that ends with a `ThreadPoolExecutor` open runs all that was handed in first. Here it
    drops it, so that a command which fails or is interrupted half-way ends at once.
    """

    def __init__(self, n: int):
        self._calls: SimpleQueue[tuple[Future, partial] | None] = SimpleQueue()
        self._threads = [Thread(target=self._run, daemon=True) for _number in range(n)]
        for thread in self._threads:
            thread.start()

    def submit(self, fn, /, *args, **kwargs) -> Future:
        future = Future()
        self._calls.put((future, partial(fn, *args, **kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if cancel_futures:
            with suppress(Empty):
                while (waiting := self._calls.get_nowait()) is not None:
                    waiting[0].cancel()
        for _thread in self._threads:
            self._calls.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _run(self) -> None:
        while (waiting := self._calls.get()) is not None:
            future, call = waiting
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = call()
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)
