"""The pipeline of a class: read, look for a cached result or a duplicate, else have it judged.

One thread reads the submissions and yields the results; the executor's threads store them. Each
file is read once and parsed once.
"""

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from dataclasses import replace
from functools import partial
from queue import SimpleQueue
from threading import Lock
from typing import Any

from autograder import course
from autograder.grading.duplicates import Group, code_digest, duplicate_result
from autograder.grading.executors.process import WorkersMissing, grade_parsed
from autograder.grading.executors.threads import DaemonThreads
from autograder.grading.judge_pool import (
    Grader,
    GraderEnded,
    IsolationMissing,
    SecretsReadable,
)
from autograder.grading.result_cache import ResultCache
from autograder.grading.results import CACHED, Result, kit_fault, refused, result_from_json
from autograder.reports.model import rescaled
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.safe_read import read_content
from autograder.submissions.submission import Parsed, Submission
from autograder.util.fingerprint import digest
from autograder.util.i18n import _

MAX_PENDING = 1000
_FATAL = (
    BrokenExecutor,
    CancelledError,
    GraderEnded,
    IsolationMissing,
    SecretsReadable,
    WorkersMissing,
)


def grade(
    submissions: Iterable[Submission],
    parse: Callable[[Submission, bytes], Parsed],
    store: ResultCache,
    grader: Callable[[], Grader],
    executor: Executor,
    force: bool = False,
) -> Generator[Result, None, None]:
    """Yield the results in the order in which they come; each is stored before it is yielded.

    At most `MAX_PENDING` submissions wait to be judged while further ones are read.

    Args:
        submissions: The files, one for each learner and exercise.
        parse: Parses the bytes of a submission; see `LimitedParser.parse`.
        store: Holds the results of earlier runs, and takes the new ones.
        grader: Opens the grader that threads share. A thread calls it once, while files are still
            read, and only where something is to be judged.
        executor: Runs the judging: threads, or processes here or elsewhere, which open graders of
            their own.
        force: Judge again what an earlier run has stored.

    Raises:
        WorkersMissing: Other processes are gone, or have another version of the kit.
        IsolationMissing: The rules require a layer of isolation that cannot be had.
        SecretsReadable: A worker opens a secret file.
        GraderEnded: Somebody leaves the grader meanwhile.
        NotWritten: A result cannot be stored.
    """
    judging = _Judging(parse, store, grader, executor)
    try:
        for submission in submissions:
            yield from judging.take(submission, force)
            # One for one: a slow reader of results must not leave the executor without work.
            if judging.has_arrived:
                yield from judging.next_results()
            while judging.n_pending >= MAX_PENDING:
                yield from judging.next_results()
        while judging.n_pending:
            yield from judging.next_results()
    except (BrokenExecutor, CancelledError) as error:
        text = _("The processes that grade are gone. The same command goes on where they were.")
        raise WorkersMissing(text) from error
    finally:
        judging.close()


def refusals(
    submissions: Iterable[Submission], parse: Callable[[Submission, bytes], Parsed]
) -> list[Result]:
    """Return the results of the submissions that nobody can read; judge nothing.

    Args:
        submissions: The files.
        parse: Parses the bytes of a submission; see `LimitedParser.parse`.
    """
    refused_ones = []
    for submission in submissions:
        try:
            parse(submission, read_content(submission.path))
        except UnreadableSubmission as error:
            refused_ones.append(refused(submission, str(error)))
    return refused_ones


class _Judging:
    """Submissions between reading and result.

    The executor's threads call `_arrive`; everything else runs in the thread that reads. The lock
    guards the groups' `judged` and `waiting`, and the store against two writers.
    """

    def __init__(
        self,
        parse: Callable[[Submission, bytes], Parsed],
        store: ResultCache,
        grader: Callable[[], Grader],
        executor: Executor,
    ):
        self._parse = parse
        self._store = store
        self._grader = grader
        self._executor = executor
        self._in_threads = isinstance(executor, (ThreadPoolExecutor, DaemonThreads))
        self._opening: Future[Grader] | None = None
        self._pending: set[Future[Any]] = set()
        self._groups: dict[str, Group] = {}
        self._lock = Lock()
        self._arrived: SimpleQueue[tuple[Future[Any], Group, list[Result] | BaseException]] = (
            SimpleQueue()
        )

    @property
    def n_pending(self) -> int:
        """The number of submissions that are being judged, or whose results nobody has fetched."""
        return len(self._pending)

    @property
    def has_arrived(self) -> bool:
        """Whether `next_results` need not wait."""
        return not self._arrived.empty()

    def take(self, submission: Submission, force: bool) -> list[Result]:
        """Read a submission; return its result where that is known, else have it judged."""
        sha256 = ""
        try:
            content = read_content(submission.path)
            sha256 = digest(content)
            cached = None if force else self._cached(submission, sha256)
            if cached is not None:
                return [replace(cached, origin=CACHED)]
            parsed = self._parse(submission, content)
            code = code_digest(parsed)
        except UnreadableSubmission as error:
            return [self._refused(submission, str(error), sha256)]
        except Exception:
            return [self._refused(submission, kit_fault(), sha256)]
        return self._known_or_judged(parsed, code)

    def next_results(self) -> list[Result]:
        """Wait for a result; return it with those of its duplicates.

        Duplicates of a submission that was not judged soundly are judged by themselves.
        """
        future, group, outcome = self._arrived.get()
        self._pending.remove(future)
        if isinstance(outcome, BaseException):
            raise outcome
        original, waiting = group.original, group.waiting
        group.original, group.waiting = replace(original, cells=()), []
        if not outcome[0].sound:
            for each in waiting:
                self._submit(Group(replace(each, cells=original.cells)))
        return outcome

    def close(self) -> None:
        """Drop what is not yet being judged; wait for a grader that is being opened."""
        for future in self._pending:
            future.cancel()
        if self._opening is not None:
            wait([self._opening])

    def _known_or_judged(self, parsed: Parsed, code: str) -> list[Result]:
        with self._lock:
            group = self._groups.get(code)
            if group is not None and not group.judged:
                group.waiting.append(replace(parsed, cells=()))
                return []
        if group is not None:
            judged = self._cached(group.original.submission, group.original.sha256)
            if judged is not None:
                result = duplicate_result(judged, group.original, parsed)
                with self._lock:
                    key = self._key(parsed.submission, parsed.sha256)
                    return [self._store.store(result, key)]
        group = self._groups[code] = Group(parsed)
        self._submit(group)
        return []

    def _submit(self, group: Group) -> None:
        parsed = group.original
        future: Future[Any]
        if self._in_threads:
            if self._opening is None:
                self._opening = self._executor.submit(self._grader)
            future = self._executor.submit(_grade_in_thread, self._opening, parsed)
        else:
            rules, version = self._store.rules, self._store.version
            future = self._executor.submit(grade_parsed, version, rules, parsed)
        self._pending.add(future)
        future.add_done_callback(partial(self._arrive, group))

    def _arrive(self, group: Group, future: Future[Any]) -> None:
        """Store a result with those of its duplicates, in the thread that brings it.

        So no code is judged twice, whenever the grader is killed.
        """
        outcome: list[Result] | BaseException
        try:
            outcome = self._store_judged(group, self._outcome(group.original, future))
        except BaseException as error:
            outcome = error
        self._arrived.put((future, group, outcome))

    def _store_judged(self, group: Group, result: Result) -> list[Result]:
        """Store and return a result; where it is sound, also those of its duplicates."""
        with self._lock:
            group.judged = True
            result = replace(result, report=rescaled(result.report))
            judged = [(group.original, result)]
            for each in group.waiting if result.sound else ():
                judged.append((each, duplicate_result(result, group.original, each)))
            return [
                self._store.store(own, self._key(parsed.submission, parsed.sha256))
                for parsed, own in judged
            ]

    def _outcome(self, parsed: Parsed, future: Future[Any]) -> Result:
        if self._in_threads:
            result: Result = future.result()
            return result
        try:
            return result_from_json(parsed.submission.learner, future.result())
        except _FATAL:
            raise
        except Exception as error:
            text = _("cannot be graded because its process failed: {error}")
            reason = text.format(error=f"{type(error).__name__}: {error}")
            return refused(parsed.submission, reason, parsed.sha256)

    def _cached(self, submission: Submission, sha256: str) -> Result | None:
        key = self._key(submission, sha256)
        return self._store.cached(submission.learner, submission.exercise, key, sha256)

    def _key(self, submission: Submission, sha256: str) -> str:
        return self._store.key(decisive_name(submission), sha256)

    def _refused(self, submission: Submission, reason: str, sha256: str) -> Result:
        result = refused(submission, reason, sha256)
        with self._lock:
            self._store.store(result)
        return result


def decisive_name(submission: Submission) -> str:
    """Return what decides a report beside the content, the kit and the rules.

    Notes and points are part of a report, so that other notes or points make a stored one stale.
    """
    points = course.changed_points().get(submission.exercise, {})
    own = [f"{function} = {number:g}" for function, number in sorted(points.items())]
    return "\n".join((submission.path.name, *submission.notes, *own))


def _grade_in_thread(opening: Future[Grader], parsed: Parsed) -> Result:
    return opening.result().grade(parsed)
