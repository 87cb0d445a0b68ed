"""Grading many submissions in a pool: each result is kept as it comes, kept ones are used again."""

from collections.abc import Callable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    as_completed,
    wait,
)
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue

from autograder.files import UnreadableSubmission, digest, read_content
from autograder.grading.elsewhere import WorkersMissing, grade_content
from autograder.grading.grader import Grader, IsolationMissing, Submitted
from autograder.grading.results import Result, refused, result_from_json
from autograder.grading.store import Store
from autograder.grading.threads import DaemonThreads
from autograder.grading.twins import Work, by_code, holds_for_twins, of_twin, work_of
from autograder.i18n import _

MAX_SENT = 1000
_THREADS = ThreadPoolExecutor, DaemonThreads


@dataclass(frozen=True)
class Graded:
    """A result; whether an earlier run had left it, or it is that of a twin (see `twins`)."""

    result: Result
    kept: bool = False
    twin: bool = False


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
    one; it is called once, by a thread while files are still read, and only when threads have
    something to grade. force: grade again what an earlier run left. Of submissions with the same
    code one is judged. Results are kept by this process alone.
    Raises `WorkersMissing` where other processes are gone, or have another kit.
    """
    opening: Future[Grader] | None = None
    try:
        waiting: list[Work] = []
        for each in submitted:
            try:
                content = read_content(each.file.path)
            except UnreadableSubmission as error:
                yield Graded(_refused(store, each, str(error)))
                continue
            key = store.key(each.file.path.name, content)
            result = None if force else store.kept(each.learner, each.exercise, key)
            if result is not None:
                yield Graded(result, kept=True)
                continue
            try:
                waiting.append(work_of(each, content, key))
            except UnreadableSubmission as error:
                yield Graded(_refused(store, each, str(error), digest(content)))
                continue
            if opening is None and isinstance(executor, _THREADS):
                opening = executor.submit(grader)
        yield from _judged_with_twins(waiting, store, opening, executor)
    finally:
        if opening is not None:
            wait([opening])


def _judged_with_twins(
    works: list[Work], store: Store, opening: Future[Grader] | None, executor: Executor
) -> Iterator[Graded]:
    """The results of submissions, of which one of those with the same code is judged."""
    alone: list[list[Work]] = []
    for (first, *twins), result in _judged(by_code(works), store, opening, executor):
        yield Graded(result)
        if holds_for_twins(result, first):
            yield from (Graded(of_twin(result, first, twin), twin=True) for twin in twins)
        else:
            alone += [[twin] for twin in twins]
    for _group, result in _judged(alone, store, opening, executor):
        yield Graded(result)


def _judged(
    groups: list[list[Work]], store: Store, opening: Future[Grader] | None, executor: Executor
) -> Iterator[tuple[list[Work], Result]]:
    """Each group of twins with the result of its first, as they come.

    opening: gives threads their grader.
    """
    if groups and opening is not None:
        yield from _by_threads(groups, store, opening.result(), executor)
    elif groups:
        yield from _by_processes(groups, store, executor)


def _by_threads(
    groups: list[list[Work]], store: Store, grader: Grader, executor: Executor
) -> Iterator[tuple[list[Work], Result]]:
    futures = {executor.submit(_grade_one, grader, store, group): group for group in groups}
    try:
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        for future in futures:
            future.cancel()


def _grade_one(grader: Grader, store: Store, group: list[Work]) -> Result:
    submitted = group[0].submitted
    try:
        content = read_content(submitted.file.path)
    except UnreadableSubmission as error:
        return _refused(store, submitted, str(error))
    result = grader.grade(submitted, content)
    _keep(store, group, content, result)
    return result


def _keep(store: Store, group: list[Work], content: bytes, result: Result) -> None:
    """Keep the result of the first of a group and, where it holds for them, those of its twins.

    It is done when the result comes, not when somebody asks for it. content: that was judged.
    """
    first, *twins = group
    store.keep(result, store.key(first.submitted.file.path.name, content))
    if holds_for_twins(result, first):
        for twin in twins:
            store.keep(of_twin(result, first, twin), twin.key)


def _by_processes(
    groups: list[list[Work]], store: Store, executor: Executor
) -> Iterator[tuple[list[Work], Result]]:
    """At most `MAX_SENT` files are read and sent at a time, so that they fit in memory."""
    sent: dict[Future, list[Work]] = {}
    done: SimpleQueue[tuple[Future, Result | BaseException]] = SimpleQueue()

    def received() -> tuple[list[Work], Result]:
        future, outcome = done.get()
        group = sent.pop(future)
        if isinstance(outcome, BaseException):
            raise outcome
        return group, outcome

    try:
        for group in groups:
            each = group[0].submitted
            try:
                content = read_content(each.file.path)
            except UnreadableSubmission as error:
                yield group, _refused(store, each, str(error))
                continue
            future = executor.submit(grade_content, store.version, store.rules, each, content)
            sent[future] = group
            future.add_done_callback(partial(_receive, store, group, content, done))
            if len(sent) == MAX_SENT:
                yield received()
        while sent:
            yield received()
    except (BrokenExecutor, CancelledError) as error:
        text = _("The processes that grade are gone. The same command goes on where they were.")
        raise WorkersMissing(text) from error
    finally:
        for future in sent:
            future.cancel()


def _receive(
    store: Store, group: list[Work], content: bytes, done: SimpleQueue, future: Future
) -> None:
    """Keep what a process has sent, and put it, or what failed, where it is waited for."""
    try:
        outcome = _received(group[0].submitted, future)
        _keep(store, group, content, outcome)
    except BaseException as error:
        outcome = error
    done.put((future, outcome))


def _received(submitted: Submitted, future: Future) -> Result:
    try:
        return result_from_json(submitted.learner, future.result())
    except (BrokenExecutor, CancelledError, IsolationMissing, WorkersMissing):
        raise
    except Exception as error:
        text = _("cannot be graded because its process failed: {error}")
        reason = text.format(error=f"{type(error).__name__}: {error}")
        return _refusal(submitted, reason)


def _refused(store: Store, submitted: Submitted, reason: str, sha256: str = "") -> Result:
    result = _refusal(submitted, reason, sha256)
    store.keep(result)
    return result


def _refusal(submitted: Submitted, reason: str, sha256: str = "") -> Result:
    path = submitted.file.path.as_posix()
    return refused(submitted.learner, submitted.exercise, path, sha256, reason)
