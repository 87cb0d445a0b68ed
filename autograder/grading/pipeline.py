"""The pipeline of a class: read, look for a cached result or a duplicate, else have it judged."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from dataclasses import dataclass, field, replace
from functools import partial
from queue import SimpleQueue
from threading import Lock

from autograder.grading.duplicates import code_digest, duplicate_result
from autograder.grading.executors.process import WorkersMissing, grade_parsed
from autograder.grading.executors.threads import DaemonThreads
from autograder.grading.judge_pool import Grader, GraderEnded, IsolationMissing
from autograder.grading.results import CACHED, Result, refused, result_from_json
from autograder.grading.store import Store
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.parse import parse
from autograder.submissions.safe_read import read_content
from autograder.submissions.submission import Parsed, Submission
from autograder.util.fingerprint import digest
from autograder.util.i18n import _

MAX_PENDING = 1000


def grade(
    submissions: Iterable[Submission],
    store: Store,
    grader: Callable[[], Grader],
    executor: Executor,
    force: bool = False,
) -> Iterator[Result]:
    """Yield the results in the order in which they come; each is stored before it is yielded.

    At most `MAX_PENDING` submissions are held in memory, read and not yet judged.

    Args:
        submissions: The files, one for each learner and exercise.
        store: Holds the results of earlier runs, and takes the new ones.
        grader: Opens the grader that threads share. A thread calls it once, while files are still
            read, and only where something is to be judged.
        executor: Runs the judging: threads, or processes here or elsewhere, which open graders of
            their own.
        force: Judge again what an earlier run has stored.

    Raises:
        WorkersMissing: Other processes are gone, or have another version of the kit.
        IsolationMissing: The rules require a layer of isolation that cannot be had.
    """
    judging = _Judging(store, grader, executor)
    try:
        for submission in submissions:
            if judging.n_pending >= MAX_PENDING:
                yield from judging.next_results()
            yield from judging.take(submission, force)
        while judging.n_pending:
            yield from judging.next_results()
    finally:
        judging.close()


@dataclass
class _Group:
    """A submission that is or was judged, and the duplicates that wait for its result."""

    original: Parsed
    waiting: list[Parsed] = field(default_factory=list)
    judged: bool = False


class _Judging:
    """Submissions between reading and result; the executor's threads call `_arrive`."""

    def __init__(self, store: Store, grader: Callable[[], Grader], executor: Executor):
        self.n_pending = 0
        self._store = store
        self._grader = grader
        self._executor = executor
        self._in_threads = isinstance(executor, (ThreadPoolExecutor, DaemonThreads))
        self._opening: Future[Grader] | None = None
        self._futures: set[Future] = set()
        self._groups: dict[str, _Group] = {}
        self._lock = Lock()
        self._arrived: SimpleQueue[tuple[Future, _Group, Result | BaseException]] = SimpleQueue()

    def take(self, submission: Submission, force: bool) -> list[Result]:
        """Read a submission; return its result where that is known, else have it judged."""
        try:
            content = read_content(submission.path)
            sha256 = digest(content)
        except UnreadableSubmission as error:
            return [self._refused(submission, str(error), "")]
        if not force:
            key = self._store.key(submission.path.name, sha256)
            cached = self._store.cached(submission.learner, submission.exercise, key)
            if cached is not None:
                return [replace(cached, origin=CACHED)]
        try:
            parsed = parse(submission, content)
        except UnreadableSubmission as error:
            return [self._refused(submission, str(error), sha256)]
        return self._known_or_judged(parsed)

    def next_results(self) -> list[Result]:
        """Wait for a result; return it with those of its duplicates.

        Duplicates of a submission that could not be judged soundly are judged by themselves.
        """
        future, group, outcome = self._arrived.get()
        self._futures.discard(future)
        self.n_pending -= 1
        if isinstance(outcome, (BrokenExecutor, CancelledError)):
            text = _("The processes that grade are gone. The same command goes on where they were.")
            raise WorkersMissing(text) from outcome
        if isinstance(outcome, BaseException):
            raise outcome
        if outcome.sound:
            copies = [duplicate_result(outcome, group.original, each) for each in group.waiting]
            return [outcome, *copies]
        results = [outcome]
        for each in group.waiting:
            try:
                self._submit(_Group(parse(each.submission)))
            except UnreadableSubmission as error:
                results.append(self._refused(each.submission, str(error), each.sha256))
        return results

    def close(self) -> None:
        """Drop what is not yet being judged."""
        for future in self._futures:
            future.cancel()
        if self._opening is not None:
            wait([self._opening])

    def _known_or_judged(self, parsed: Parsed) -> list[Result]:
        code = code_digest(parsed)
        with self._lock:
            group = self._groups.get(code)
            if group is not None and not group.judged:
                group.waiting.append(replace(parsed, cells=()))
                return []
        if group is not None:
            stored = self._stored(group.original)
            if stored is not None:
                result = duplicate_result(stored, group.original, parsed)
                self._store.store(result, self._key(parsed))
                return [result]
        group = _Group(parsed)
        self._groups[code] = group
        self._submit(group)
        return []

    def _submit(self, group: _Group) -> None:
        parsed = group.original
        if self._in_threads:
            if self._opening is None:
                self._opening = self._executor.submit(self._grader)
            future = self._executor.submit(_grade_in_thread, self._opening, parsed)
        else:
            rules, version = self._store.rules, self._store.version
            future = self._executor.submit(grade_parsed, version, rules, parsed)
        self.n_pending += 1
        self._futures.add(future)
        group.original = replace(parsed, cells=())
        future.add_done_callback(partial(self._arrive, group))

    def _arrive(self, group: _Group, future: Future) -> None:
        """Store a result with those of its duplicates, in the thread that brings it.

        So no code is judged twice, whenever the grader is killed.
        """
        try:
            outcome: Result | BaseException = self._outcome(group.original, future)
            with self._lock:
                group.judged = True
                self._store.store(outcome, self._key(group.original))
                for each in group.waiting if outcome.sound else ():
                    copy = duplicate_result(outcome, group.original, each)
                    self._store.store(copy, self._key(each))
        except BaseException as error:
            outcome = error
        self._arrived.put((future, group, outcome))

    def _outcome(self, parsed: Parsed, future: Future) -> Result:
        if self._in_threads:
            return future.result()
        try:
            return result_from_json(parsed.submission.learner, future.result())
        except (BrokenExecutor, CancelledError, GraderEnded, IsolationMissing, WorkersMissing):
            raise
        except Exception as error:
            text = _("cannot be graded because its process failed: {error}")
            reason = text.format(error=f"{type(error).__name__}: {error}")
            return refused(parsed.submission, reason, parsed.sha256)

    def _stored(self, parsed: Parsed) -> Result | None:
        submission = parsed.submission
        return self._store.cached(submission.learner, submission.exercise, self._key(parsed))

    def _key(self, parsed: Parsed) -> str:
        return self._store.key(parsed.submission.path.name, parsed.sha256)

    def _refused(self, submission: Submission, reason: str, sha256: str) -> Result:
        result = refused(submission, reason, sha256)
        self._store.store(result)
        return result


def _grade_in_thread(opening: Future[Grader], parsed: Parsed) -> Result:
    return opening.result().grade(parsed)
