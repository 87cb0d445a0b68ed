"""Grading many submissions in a pool: each result is kept as it comes, kept ones are used again."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass

from autograder.files import UnreadableSubmission, read_content
from autograder.grading.grader import Grader, Submitted
from autograder.grading.results import Result, refused
from autograder.grading.store import Store


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

    grader: gives the grader; it is called only when there is something to grade. executor: runs
    the judging. force: grade again what an earlier run left.
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
    judge = grader()
    futures = [executor.submit(_grade_one, judge, store, each) for each in waiting]
    try:
        for future in as_completed(futures):
            yield Graded(future.result(), kept=False)
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


def _refused(store: Store, submitted: Submitted, reason: str) -> Result:
    path = submitted.file.path.as_posix()
    result = refused(submitted.learner, submitted.exercise, path, "", reason)
    store.keep(result)
    return result
