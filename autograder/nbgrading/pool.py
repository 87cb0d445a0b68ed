"""All submissions of an assignment, graded together when the first of them is asked for.

Nobody waits for all of them: while nbgrader enters a result, the next ones are judged.
"""

import atexit
import fnmatch
import os
import sys
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from weakref import WeakKeyDictionary

from rich.console import Console

from autograder import course
from autograder.grading.command import executor_of, fresh_seed, progress_bar
from autograder.grading.judge import Rules
from autograder.grading.judge_pool import Grader
from autograder.grading.pipeline import grade
from autograder.grading.results import Result, refused
from autograder.grading.store import COURSE_FOLDER, Store
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.safe_read import read_content
from autograder.submissions.submission import Submission
from autograder.util.fingerprint import digest, kit_fingerprint
from autograder.util.i18n import _, ngettext


class Pool:
    """The results of one assignment of a course, kept in `COURSE_FOLDER` of its folder.

    converter: nbgrader's `Autograde`, one a command or press of a button; its `coursedir` tells
    whose submissions are to be graded. What cannot be graded is not tried twice by the same one.
    jobs: how many at once, 0 for one more than cores. scheduler: the address of a cluster's, or "".
    """

    def __init__(
        self, converter, assignment: str, jobs: int, require_isolation: bool, scheduler: str = ""
    ):
        self._coursedir = coursedir = converter.coursedir
        self._run = _RUNS.setdefault(converter, _Run())
        self._assignment = assignment
        self._jobs = jobs
        self._scheduler = scheduler
        self._rules = Rules(fresh_seed(), require_isolation=require_isolation)
        folder = Path(coursedir.root) / COURSE_FOLDER / assignment
        self._store = Store(folder, kit_fingerprint(), self._rules)

    def result(self, learner: str, exercise: str) -> Result:
        """The result of a learner's notebook as it is now; it may be one of many graded for it."""
        path = self._path(learner, exercise)
        submission = Submission(exercise, path, learner)
        try:
            content = read_content(path)
        except UnreadableSubmission as error:
            return refused(submission, str(error))
        state = learner, path, digest(content)
        if state in self._run.results:
            return self._run.results[state]
        if not self._run.is_grading:
            cached = self._store.cached(
                learner, exercise, self._store.key(path.name, digest(content))
            )
            if cached is not None:
                return cached
            self._begin()
        result = self._run.result(state)
        if result is None:
            reason = _("cannot be graded because it changed while it was graded")
            return refused(submission, reason)
        return result

    def _begin(self) -> None:
        """Have everything graded that has no result yet, of all that nbgrader was asked for."""
        submitted = self._submitted()
        grading = _graded(submitted, self._store, self._rules, self._jobs, self._scheduler)
        self._run.begin(grading, submitted, self._assignment)

    def _submitted(self) -> list[Submission]:
        pattern = self._coursedir.notebook_id
        wanted = {s.name for s in course.steps() if fnmatch.fnmatch(s.name, pattern)}
        return [
            Submission(path.stem, path, learner)
            for learner in self._learners()
            for path in sorted(self._path(learner, "*").parent.glob("*.ipynb"))
            if path.stem in wanted
        ]

    def _learners(self) -> list[str]:
        """The learners that nbgrader was asked for who handed something in."""
        excluded = set(filter(None, self._coursedir.student_id_exclude.split(",")))
        top = Path(
            self._coursedir.format_path(self._coursedir.submitted_directory, ".", ".")
        ).resolve()
        names = [path.name for path in top.iterdir() if path.is_dir()] if top.is_dir() else []
        pattern = self._coursedir.student_id
        return sorted(n for n in names if fnmatch.fnmatch(n, pattern) and n not in excluded)

    def _path(self, learner: str, notebook: str) -> Path:
        coursedir = self._coursedir
        folder = coursedir.format_path(coursedir.submitted_directory, learner, self._assignment)
        return Path(os.path.abspath(folder)) / f"{notebook}.ipynb"


class _Run:
    """What a command of nbgrader's has graded so far and, from `begin` to its end, is grading.

    results: by learner, path and digest of the content.
    """

    def __init__(self):
        self.results: dict[tuple[str, Path, str], Result] = {}
        self._grading: Generator[Result, None, None] | None = None

    @property
    def is_grading(self) -> bool:
        return self._grading is not None

    def begin(
        self, grading: Generator[Result, None, None], submitted: list[Submission], assignment: str
    ) -> None:
        """Take the results of what was submitted from `grading`, as they are asked for."""
        self._grading = grading
        self._paths = {(each.learner, each.exercise): each.path for each in submitted}
        self._console = Console(file=sys.stderr, highlight=False)
        self._progress = progress_bar(self._console)
        self._bar = self._progress.add_task("", total=len(submitted), current=assignment)
        self._n_failed = 0

    def result(self, state: tuple[str, Path, str]) -> Result | None:
        """The result of a submission in a state, waited for; None where it has none."""
        try:
            with self._progress:
                for result in self._grading:
                    self._take(result)
                    if state in self.results:
                        break
        except BaseException:
            self._grading = None
            raise
        if state not in self.results or self._progress.finished:
            self.close()
            self._tell_failed()
        return self.results.get(state)

    def close(self) -> None:
        """End what is being graded, if anything is."""
        if self._grading is not None:
            self._grading.close()
            self._grading = None

    def _take(self, result: Result) -> None:
        path = self._paths[result.learner, result.report.exercise]
        self.results[result.learner, path, result.report.sha256] = result
        self._n_failed += not result.gradable
        self._progress.update(self._bar, advance=1, current=f"{result.learner} · {path.stem}")

    def _tell_failed(self) -> None:
        if n := self._n_failed:
            text = ngettext(
                "{n} submission cannot be graded", "{n} submissions cannot be graded", n
            )
            self._console.print(text.format(n=n))


def _graded(
    submitted: list[Submission], store: Store, rules: Rules, jobs: int, scheduler: str
) -> Generator[Result, None, None]:
    """Results as they come; judging goes on between them, until this is closed or forgotten."""
    with ExitStack() as stack:
        executor = stack.enter_context(executor_of(jobs, scheduler))
        grader = lambda: stack.enter_context(Grader(rules))  # noqa: E731
        yield from grade(submitted, store, grader, executor)


# Forgotten with the converter, and its grading with it: a run refers to nothing of nbgrader's.
_RUNS: WeakKeyDictionary[object, _Run] = WeakKeyDictionary()


@atexit.register
def _close_all() -> None:
    """End what a command that was interrupted or failed has left, while its threads still run."""
    for run in list(_RUNS.values()):
        run.close()
