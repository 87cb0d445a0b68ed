"""Threads as an executor that a program does not wait for when it ends."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")


class DaemonThreads(Executor):
    """Threads that run several calls at once.

    A program that ends with a `ThreadPoolExecutor` open first runs all calls that were submitted.
    With these threads it drops them, so that a command which fails or is interrupted ends at once.
    """

    def __init__(self, n: int):
        """Start `n` threads."""
        self._calls: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._threads = [Thread(target=self._run, daemon=True) for _number in range(n)]
        for thread in self._threads:
            thread.start()

    def submit(
        self,
        fn: Callable[Arguments, Value],
        /,
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Future[Value]:
        """Have a thread call a function."""
        future: Future[Value] = Future()
        self._calls.put((future, partial(fn, *args, **kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the threads after the calls that were submitted.

        Args:
            wait: Whether to wait until the threads have ended.
            cancel_futures: Whether to drop the calls that no thread has begun.
        """
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
