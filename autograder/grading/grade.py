"""Grading many submissions in a pool: each result is kept as it comes, kept ones are used again."""

from collections.abc import Callable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    as_completed,
)
from dataclasses import dataclass
from queue import SimpleQueue

from autograder.files import UnreadableSubmission, read_content
from autograder.grading.elsewhere import WorkersMissing, grade_content
from autograder.grading.grader import Grader, IsolationMissing, Submitted
from autograder.grading.results import Result, refused, result_from_json
from autograder.grading.store import Store
from autograder.i18n import _

MAX_SENT = 1000


@dataclass(frozen=True)
class Graded:
    """A result, and whether an earlier run had left it."""

    result: Result
    kept: bool


def grade(
    submitted: list[Submitted],
    store: Store,
    grader: Callable[[], Grader],
    executor: Executor,
    force: bool = False,
) -> Iterator[Graded]:
    """The results in the order in which they come.

    executor: runs the judging: threads, which share a grader, or anything else whose workers are
    processes, here or on other machines, which hold graders of their own. grader: gives the shared
    one; it is called only when threads have something to grade. force: grade again what an earlier
    run left. Results are kept by this process alone.
    Raises `WorkersMissing` where other processes are gone, or have another kit.
    """
    waiting = []
    for each in submitted:
        try:
            content = read_content(each.file.path)
        except UnreadableSubmission as error:
            yield Graded(_refused(store, each, str(error)), kept=False)
            continue
        key = store.key(each.file.path.name, content)
        result = None if force else store.kept(each.learner, each.exercise, key)
        if result is not None:
            yield Graded(result, kept=True)
        else:
            waiting.append(each)
    if not waiting:
        return
    if isinstance(executor, ThreadPoolExecutor):
        results = _by_threads(waiting, store, grader(), executor)
    else:
        results = _by_processes(waiting, store, executor)
    for result in results:
        yield Graded(result, kept=False)


def _by_threads(
    waiting: list[Submitted], store: Store, grader: Grader, executor: Executor
) -> Iterator[Result]:
    futures = [executor.submit(_grade_one, grader, store, each) for each in waiting]
    try:
        for future in as_completed(futures):
            yield future.result()
    finally:
        for future in futures:
            future.cancel()


def _grade_one(grader: Grader, store: Store, submitted: Submitted) -> Result:
    try:
        content = read_content(submitted.file.path)
    except UnreadableSubmission as error:
        return _refused(store, submitted, str(error))
    result = grader.grade(submitted, content)
    store.keep(result, store.key(submitted.file.path.name, content))
    return result


def _by_processes(waiting: list[Submitted], store: Store, executor: Executor) -> Iterator[Result]:
    """At most `MAX_SENT` files are read and sent at a time, so that they fit in memory."""
    sent: dict[Future, tuple[Submitted, str]] = {}
    done: SimpleQueue[Future] = SimpleQueue()
    try:
        for each in waiting:
            try:
                content = read_content(each.file.path)
            except UnreadableSubmission as error:
                yield _refused(store, each, str(error))
                continue
            future = executor.submit(grade_content, store.version, store.rules, each, content)
            sent[future] = each, store.key(each.file.path.name, content)
            future.add_done_callback(done.put)
            if len(sent) == MAX_SENT:
                yield _received(store, done, sent)
        while sent:
            yield _received(store, done, sent)
    except (BrokenExecutor, CancelledError) as error:
        text = _("The processes that grade are gone. The same command goes on where they were.")
        raise WorkersMissing(text) from error
    finally:
        for future in sent:
            future.cancel()


def _received(store: Store, done: SimpleQueue, sent: dict) -> Result:
    """Wait for the next result and keep it."""
    future = done.get()
    submitted, key = sent.pop(future)
    try:
        result = result_from_json(submitted.learner, future.result())
    except (BrokenExecutor, CancelledError, IsolationMissing, WorkersMissing):
        raise
    except Exception as error:
        text = _("cannot be graded because its process failed: {error}")
        return _refused(store, submitted, text.format(error=f"{type(error).__name__}: {error}"))
    store.keep(result, key)
    return result


def _refused(store: Store, submitted: Submitted, reason: str) -> Result:
    path = submitted.file.path.as_posix()
    result = refused(submitted.learner, submitted.exercise, path, "", reason)
    store.keep(result)
    return result
