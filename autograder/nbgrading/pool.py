"""All submissions of an assignment, graded together when the first of them is asked for."""

import fnmatch
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from weakref import WeakKeyDictionary

from rich.console import Console

from autograder import course
from autograder.files import SubmissionFile, UnreadableSubmission, digest, read_content
from autograder.grading.grade import grade
from autograder.grading.grader import Grader, Submitted, kit_version
from autograder.grading.judge import Rules
from autograder.grading.results import Result, refused
from autograder.grading.run import executor_of, fresh_seed, progress_bar
from autograder.grading.store import COURSE_FOLDER, Store
from autograder.i18n import _, ngettext


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
        self._latest = _LATEST.setdefault(converter, {})
        self._assignment = assignment
        self._jobs = jobs
        self._scheduler = scheduler
        self._rules = Rules(fresh_seed(), require_isolation=require_isolation)
        folder = Path(coursedir.root) / COURSE_FOLDER / assignment
        self._store = Store(folder, kit_version(), self._rules)

    def result(self, learner: str, exercise: str) -> Result:
        """The result of a learner's notebook as it is now; it may be one of many graded for it."""
        path = self._path(learner, exercise)
        try:
            content = read_content(path)
        except UnreadableSubmission as error:
            return refused(learner, exercise, path.as_posix(), "", str(error))
        latest = learner, path, digest(content)
        key = self._store.key(path.name, content)
        known = self._latest.get(latest) or self._store.kept(learner, exercise, key)
        if known is None:
            self._grade_all()
            known = self._latest.get(latest)
        if known is None:
            reason = _("cannot be graded because it changed while it was graded")
            return refused(learner, exercise, path.as_posix(), "", reason)
        return known

    def _grade_all(self) -> None:
        """Grade what has no result yet, of all submissions that nbgrader was asked for."""
        submitted = self._submitted()
        paths = {(each.learner, each.exercise): each.file.path for each in submitted}
        console = Console(file=sys.stderr, highlight=False)
        failed = 0
        with ExitStack() as stack:
            executor = stack.enter_context(executor_of(self._jobs, self._scheduler))
            progress = stack.enter_context(progress_bar(console))
            bar = progress.add_task("", total=len(submitted), current=self._assignment)
            grader = lambda: stack.enter_context(Grader(self._rules))  # noqa: E731
            for graded in grade(submitted, self._store, grader, executor):
                result = graded.result
                failed += not result.gradable
                path = paths[result.learner, result.report.exercise]
                self._latest[result.learner, path, result.report.sha256] = result
                progress.update(bar, advance=1, current=f"{result.learner} · {path.stem}")
        if failed:
            text = ngettext(
                "{n} submission cannot be graded", "{n} submissions cannot be graded", failed
            )
            console.print(text.format(n=failed))

    def _submitted(self) -> list[Submitted]:
        pattern = self._coursedir.notebook_id
        wanted = {s.name for s in course.steps() if fnmatch.fnmatch(s.name, pattern)}
        return [
            Submitted(learner, SubmissionFile(path.stem, path))
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


_LATEST: WeakKeyDictionary[object, dict[tuple[str, Path, str], Result]] = WeakKeyDictionary()
