"""`autograder grade`: collect, grade with progress, write table and pages, say what was done."""

import os
import secrets
from concurrent.futures import Executor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from autograder.grading.collect import collect
from autograder.grading.executors.dask import cluster
from autograder.grading.executors.threads import DaemonThreads
from autograder.grading.judge import Rules
from autograder.grading.judge_pool import Grader
from autograder.grading.output.class_table import class_table
from autograder.grading.output.pages import write_pages
from autograder.grading.output.table import write_grades
from autograder.grading.pipeline import grade
from autograder.grading.results import CACHED, DUPLICATE, Result
from autograder.grading.store import Store
from autograder.sandbox.isolation import in_words
from autograder.util.atomic import make_folder
from autograder.util.fingerprint import kit_fingerprint
from autograder.util.i18n import _, ngettext


@dataclass(frozen=True)
class Options:
    """How a class is graded; see the options of `autograder grade`."""

    out: Path
    jobs: int | None = None
    seed: int | None = None
    force: bool = False
    require_isolation: bool = False
    scheduler: str | None = None


def grade_paths(paths: list[Path], options: Options, console: Console) -> bool:
    """Grade what lies at the paths; returns whether every file could be graded.

    Raises `IsolationMissing` where all layers are required and one is missing, and
    `KeyboardInterrupt` after telling what is done; what was graded is kept. Raises
    `NotWritten` where results cannot be written, and `WorkersMissing` where a cluster cannot grade.
    """
    make_folder(options.out)
    submissions, problems = collect(paths)
    rules = Rules(
        seed=fresh_seed() if options.seed is None else options.seed,
        require_isolation=options.require_isolation,
    )
    store = Store(options.out, kit_fingerprint(), rules)
    results: list[Result] = []
    with ExitStack() as stack:
        grader = lambda: _open(stack.enter_context(Grader(rules)), console)  # noqa: E731
        executor = stack.enter_context(executor_of(options.jobs, options.scheduler))
        progress = stack.enter_context(progress_bar(console))
        bar = progress.add_task("", total=len(submissions), current=_("starting"))
        grading = grade(submissions, store, grader, executor, options.force)
        try:
            for result in grading:
                results.append(result)
                now = f"{result.learner} · {result.report.exercise}"
                progress.update(bar, advance=1, current=now)
        except KeyboardInterrupt:
            progress.stop()
            console.print(
                _("Interrupted: {n} of {total} are graded. The same command goes on there.").format(
                    n=len(results), total=len(submissions)
                )
            )
            grading.close()
            raise
    results.sort(key=lambda result: (result.learner, result.report.exercise))
    write_grades(results, options.out / "grades.csv")
    write_pages(results, options.out)
    console.print(class_table(results))
    _tell_problems(results, problems, console)
    _tell_done(results, options.out, console)
    return not problems and all(result.gradable for result in results)


def executor_of(jobs: int | None, scheduler: str | None) -> AbstractContextManager[Executor]:
    """What judges several at once: so many threads here, or a cluster's workers, see `cluster`."""
    return cluster(scheduler) if scheduler else DaemonThreads(jobs or default_jobs())


def _open(grader: Grader, console: Console) -> Grader:
    """The grader, after a word on what its isolation lacks."""
    missing = grader.missing_layers()
    if missing:
        console.print(
            _("Isolation is incomplete: {layers}").format(layers=in_words(missing)),
            style="yellow",
        )
    return grader


def progress_bar(console: Console) -> Progress:
    """Done, time passed and left, and a field `current`."""
    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("·"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[current]}", markup=False),
        console=console,
        transient=True,
    )


def fresh_seed() -> int:
    """A seed that nobody knows before."""
    return secrets.randbits(128)


def default_jobs() -> int:
    """One more than this process may use processors: a job also waits, for its worker to start."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) + 1
    return (os.cpu_count() or 1) + 1


def _tell_problems(results: list[Result], problems: list[str], console: Console) -> None:
    for result in results:
        if not result.gradable:
            reason = result.report.notes[0].partition("\n")[0]
            text = f"{result.learner} · {result.report.exercise}: {reason}"
            console.print(text, style="yellow", soft_wrap=True, markup=False)
    for problem in problems:
        console.print(problem, style="yellow", soft_wrap=True, markup=False)


def _tell_done(results: list[Result], out: Path, console: Console) -> None:
    n = len(results)
    done = ngettext("{n} submission", "{n} submissions", n).format(n=n)
    if n_cached := sum(result.origin == CACHED for result in results):
        done += _(", {n} of them unchanged since an earlier run").format(n=n_cached)
    if n_duplicates := sum(result.origin == DUPLICATE for result in results):
        done += _(", {n} of them with the same code as one before").format(n=n_duplicates)
    console.print(f"{done}.")
    for name in ("grades.csv", "index.html"):
        console.print(_("written: {path}").format(path=out / name), soft_wrap=True, markup=False)
