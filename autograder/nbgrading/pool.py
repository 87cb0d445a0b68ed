"""The submissions of an assignment, graded together as soon as nbgrader needs the first result.

While nbgrader enters a result, judges work on the next submissions.
"""

import atexit
import fnmatch
import os
import sys
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from weakref import WeakKeyDictionary

from rich.console import Console

from autograder import course
from autograder.grading.command import executor_of, fresh_seed, progress_bar
from autograder.grading.judge_pool import Grader
from autograder.grading.pipeline import decisive_name, grade
from autograder.grading.result_cache import COURSE_FOLDER, ResultCache
from autograder.grading.results import Result, refused
from autograder.grading.rules import Rules
from autograder.nbgrading.counted_files import counted_file, names_counted_in
from autograder.nbgrading.nbgrader_types import Converter
from autograder.nbgrading.points import use_points_of
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.limited_parser import shared_parser
from autograder.submissions.safe_read import read_content
from autograder.submissions.submission import Submission
from autograder.util.fingerprint import digest, kit_fingerprint
from autograder.util.i18n import _, ngettext
from autograder.util.text import one_line, visible


class Pool:
    """The results of one assignment of a course, stored in `COURSE_FOLDER` of the course's folder.

    One command of nbgrader's does not try twice to grade a submission that cannot be graded.
    """

    def __init__(
        self,
        converter: Converter,
        assignment: str,
        jobs: int,
        require_isolation: bool,
        scheduler: str = "",
    ) -> None:
        """Open the results of an assignment.

        Args:
            converter: The command of nbgrader's; its `coursedir` names the submissions to grade.
            assignment: The assignment.
            jobs: How many submissions are graded at once; 0 stands for one more than cores.
            require_isolation: Whether a missing layer of isolation stops grading.
            scheduler: The address of a Dask scheduler whose workers grade, or "".
        """
        self._converter = converter
        self._coursedir = coursedir = converter.coursedir
        self._run = _RUNS.setdefault(converter, _Run())
        if assignment not in self._run.assignments:
            self._run.assignments.add(assignment)
            use_points_of(coursedir, assignment)
        self._assignment = assignment
        self._jobs = jobs
        self._scheduler = scheduler
        self._rules = Rules(fresh_seed(), require_isolation=require_isolation)
        folder = Path(coursedir.root) / COURSE_FOLDER / assignment
        self._store = ResultCache(folder, kit_fingerprint(), self._rules)

    def result(self, learner: str, exercise: str) -> Result:
        """Return the result of a learner's notebook as it is now.

        Where no result of it is known, the pool begins to grade all submissions.

        Args:
            learner: The learner's name in the course.
            exercise: The exercise's name, which is the notebook's.
        """
        submission = self._submission(learner, exercise)
        path = submission.path
        try:
            content = read_content(path)
        except UnreadableSubmission as error:
            return refused(submission, str(error))
        state = learner, path, digest(content)
        if state in self._run.results:
            return self._run.results[state]
        if not self._run.is_grading:
            key = self._store.key(decisive_name(submission), digest(content))
            cached = self._store.cached(learner, exercise, key)
            if cached is not None:
                return cached
            self._begin()
        result = self._run.result(state)
        if result is None:
            reason = _("cannot be graded because it changed while it was graded")
            return refused(submission, reason)
        return result

    def _begin(self) -> None:
        """Begin to grade the submissions that the command names and that have no result yet."""
        submitted = self._submitted()
        grading = _graded(submitted, self._store, self._rules, self._jobs, self._scheduler)
        self._run.begin(grading, submitted, self._assignment)

    def _submitted(self) -> list[Submission]:
        pattern = self._coursedir.notebook_id
        wanted = {s.name for s in course.steps() if fnmatch.fnmatch(s.name, pattern)}
        return [
            self._submission(learner, name)
            for learner in self._learners()
            for name in sorted(names_counted_in(self._converter, self._path(learner, "*").parent))
            if name in wanted
        ]

    def _submission(self, learner: str, exercise: str) -> Submission:
        """Return the file that counts for a learner's notebook."""
        counted = counted_file(self._converter, self._path(learner, exercise))
        return replace(counted, learner=learner)

    def _learners(self) -> list[str]:
        """Return the learners that the command names and who submitted something."""
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
    """The grading of one command of nbgrader's.

    Attributes:
        results: The results so far, by learner, path and digest of the content.
        assignments: The assignments whose points this process counts with.
    """

    def __init__(self) -> None:
        self.results: dict[tuple[str, Path, str], Result] = {}
        self.assignments: set[str] = set()
        self._grading: Generator[Result, None, None] | None = None

    @property
    def is_grading(self) -> bool:
        return self._grading is not None

    def begin(
        self, grading: Generator[Result, None, None], submitted: list[Submission], assignment: str
    ) -> None:
        """Start to take results from `grading`, whenever one of them is needed."""
        self._grading = grading
        self._paths = {(each.learner, each.exercise): each.path for each in submitted}
        self._console = Console(file=sys.stderr, highlight=False)
        self._progress = progress_bar(self._console)
        self._bar = self._progress.add_task("", total=len(submitted), current=visible(assignment))
        self._n_failed = 0

    def result(self, state: tuple[str, Path, str]) -> Result | None:
        """Wait for the result of a submission in a state; return None where it has no result."""
        assert self._grading is not None
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
            self._report_failed()
        return self.results.get(state)

    def close(self) -> None:
        """End the grading, where it goes on."""
        if self._grading is not None:
            self._grading.close()
            self._grading = None

    def _take(self, result: Result) -> None:
        path = self._paths[result.learner, result.report.exercise]
        self.results[result.learner, path, result.report.sha256] = result
        self._n_failed += not result.gradable
        now = one_line(visible(f"{result.learner} · {path.stem}"))
        self._progress.update(self._bar, advance=1, current=now)

    def _report_failed(self) -> None:
        if n := self._n_failed:
            text = ngettext(
                "{n} submission cannot be graded", "{n} submissions cannot be graded", n
            )
            self._console.print(text.format(n=n))


def _graded(
    submitted: list[Submission], store: ResultCache, rules: Rules, jobs: int, scheduler: str
) -> Generator[Result, None, None]:
    """Yield results as they come; judges go on in between, until the generator is closed."""
    with ExitStack() as stack:
        executor = stack.enter_context(executor_of(jobs, scheduler))
        grader = lambda: stack.enter_context(Grader(rules))  # noqa: E731
        yield from grade(submitted, shared_parser().parse, store, grader, executor)


# A run holds no reference to nbgrader's objects, so that it ends with its converter.
_RUNS: WeakKeyDictionary[Converter, _Run] = WeakKeyDictionary()


@atexit.register
def _close_all() -> None:
    """End the grading of interrupted or failed commands while their threads still run."""
    for run in list(_RUNS.values()):
        run.close()
