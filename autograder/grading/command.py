"""`autograder grade`: collect, grade with progress, write table and pages, print a summary."""

import os
import secrets
import shutil
from concurrent.futures import Executor
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
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
from rich.table import Table
from rich.text import Text

from autograder.grading.changes import Change
from autograder.grading.collect import (
    GRADED,
    LEFT_OUT,
    Account,
    Collected,
    collect,
    collect_one,
)
from autograder.grading.executors.dask import cluster
from autograder.grading.executors.threads import DaemonThreads
from autograder.grading.judge_pool import Grader
from autograder.grading.output.changes_page import PAGE as CHANGES
from autograder.grading.output.changes_page import TABLE, earlier_runs, write_changes
from autograder.grading.output.class_table import class_table
from autograder.grading.output.files_csv import fate_in_words, write_files
from autograder.grading.output.grades_csv import write_grades
from autograder.grading.output.pages import write_pages
from autograder.grading.people import NAME as PEOPLE
from autograder.grading.people import write_people
from autograder.grading.pipeline import grade, refusals
from autograder.grading.result_cache import ResultCache, SomeFunctions
from autograder.grading.results import CACHED, DUPLICATE, Result
from autograder.grading.roster import Roster
from autograder.grading.rules import Rules
from autograder.sandbox.isolation import in_words
from autograder.submissions.limited_parser import LimitedParser
from autograder.util.atomic import make_folder
from autograder.util.fingerprint import kit_fingerprint
from autograder.util.i18n import _, labelled, ngettext
from autograder.util.text import one_line, visible


@dataclass(frozen=True)
class Options:
    """The options of `autograder grade`.

    Attributes:
        out: The folder of the results.
        jobs: How many submissions are judged at once, None for `default_jobs`.
        seed: Draws the data of the checks, None for a fresh seed.
        force: Whether to judge again what an earlier run has stored.
        require_isolation: Whether nothing runs unless all layers of isolation stand.
        scheduler: The address of a Dask scheduler, None for threads here.
        dry_run: Whether to say only which file is whose, and to grade nothing.
        roster: The people of the class, None where nobody has listed them.
        only: The functions to judge anew (see `course.address`), None for all that is not cached.
        learner: The learner whose work lies at all paths, None where the paths say who it is.
        exercises: The exercises to grade, None for all.
    """

    out: Path
    jobs: int | None = None
    seed: int | None = None
    force: bool = False
    require_isolation: bool = False
    scheduler: str | None = None
    dry_run: bool = False
    roster: Roster | None = None
    only: frozenset[str] | None = None
    learner: str | None = None
    exercises: tuple[str, ...] | None = None


def grade_paths(paths: list[Path], options: Options, console: Console) -> bool:
    """Grade what lies at the paths, and write the table and the pages.

    Args:
        paths: See `collect`.
        options: How the class is graded.
        console: Shows the progress, the table of the class, and the problems.

    Returns:
        Whether every file could be graded.

    Raises:
        IsolationMissing: All layers are required, and this machine lacks a layer.
        KeyboardInterrupt: After a line on how many results are stored.
        NotWritten: Results cannot be written.
        SecretsReadable: A worker opens a secret file.
        TableError: The table of earlier changes cannot be read.
        WorkersMissing: The cluster cannot grade.
    """
    was_there = options.out.exists()
    make_folder(options.out)
    try:
        with LimitedParser() as parser:
            return _grade(parser, paths, options, console)
    finally:
        if options.dry_run and not was_there:
            shutil.rmtree(options.out)


def _grade(parser: LimitedParser, paths: list[Path], options: Options, console: Console) -> bool:
    # Grading adds to this table at its end, so it reads the table before it judges anything.
    earlier_runs(options.out / TABLE)
    if options.learner is None:
        collected = collect(paths, options.out, parser, options.roster)
    else:
        collected = collect_one(paths, options.learner, options.out, parser)
    submissions, problems = collected.submissions, collected.problems
    if options.exercises is not None:
        submissions = [each for each in submissions if each.exercise in options.exercises]
    _print_readings(collected, console)
    if options.dry_run:
        unreadable = refusals(submissions, parser.parse)
        console.print(_table_of_files(with_refusals(collected.accounts, unreadable)))
        _print_absent(collected, console)
        _print_problems(unreadable, problems, console)
        return not problems and not unreadable
    rules = Rules(
        seed=fresh_seed() if options.seed is None else options.seed,
        require_isolation=options.require_isolation,
    )
    if options.only is None:
        store = ResultCache(options.out, kit_fingerprint(), rules)
    else:
        store = SomeFunctions(options.out, kit_fingerprint(), rules, options.only)
    results: list[Result] = []
    with ExitStack() as stack:
        grader = lambda: _open(stack.enter_context(Grader(rules)), console)  # noqa: E731
        executor = stack.enter_context(executor_of(options.jobs, options.scheduler))
        progress = stack.enter_context(progress_bar(console))
        bar = progress.add_task("", total=len(submissions), current=_("starting"))
        grading = grade(submissions, parser.parse, store, grader, executor, options.force)
        try:
            for result in grading:
                results.append(result)
                now = f"{result.learner} · {result.report.exercise}"
                progress.update(bar, advance=1, current=one_line(visible(now)))
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
    write_grades(results, options.out / "grades.csv", collected.people)
    write_files(with_refusals(collected.accounts, results), options.out / "files.csv")
    write_people(collected.people, options.out)
    write_pages(results, options.out, collected.absent, collected.present)
    changed = write_changes(store.changes, options.out)
    console.print(class_table(results))
    _print_absent(collected, console)
    _print_problems(results, problems, console)
    _print_summary(results, options.out, console)
    if changed:
        _print_changes(store.changes, options.out, console)
    elif options.only is not None:
        console.print(_("No points changed since the earlier run."))
    return not problems and all(result.gradable for result in results)


def _print_changes(changes: list[Change], out: Path, console: Console) -> None:
    n = len({change.learner for change in changes})
    text = ngettext(
        "The points of {n} learner changed since an earlier run: {path}",
        "The points of {n} learners changed since an earlier run: {path}",
        n,
    )
    _print_line(text.format(n=n, path=out / CHANGES), console)


def _print_readings(collected: Collected, console: Console) -> None:
    """Print how each path was read, before anything is graded."""
    for path, shape, n in collected.readings:
        text = ngettext(
            "{path} was read as {shape}: {n} learner.",
            "{path} was read as {shape}: {n} learners.",
            n,
        )
        _print_line(text.format(path=_from_here(path), shape=shape, n=n), console)


def _print_absent(collected: Collected, console: Console) -> None:
    if collected.absent:
        text = _("Handed in nothing: {learners}.")
        _print_line(text.format(learners=", ".join(collected.absent)), console)


def with_refusals(accounts: list[Account], results: list[Result]) -> list[Account]:
    """Return what became of the files, where some of those that count cannot be graded."""
    reasons = {
        (r.learner, r.report.exercise): r.report.notes[0].partition("\n")[0]
        for r in results
        if not r.gradable
    }
    return [
        replace(account, fate=LEFT_OUT, reason=reason)
        if account.fate == GRADED and (reason := reasons.get((account.learner, account.exercise)))
        else account
        for account in accounts
    ]


def _table_of_files(accounts: list[Account]) -> Table:
    """Return a table with a row for each file: whose it is, and what becomes of it."""
    table = Table(box=None, pad_edge=False)
    for heading in (_("learner"), _("file"), _("what becomes of it")):
        # Learners' paths are long, and differ at their ends.
        table.add_column(heading, overflow="fold")
    for account in sorted(accounts, key=lambda a: (a.learner, a.exercise, str(a.path))):
        cells = (account.learner or "?", _from_here(account.path), fate_in_words(account))
        table.add_row(*(Text(one_line(visible(cell))) for cell in cells))
    return table


def _from_here(path: Path) -> str:
    """Return a path relative to the working folder, if it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def executor_of(jobs: int | None, scheduler: str | None) -> AbstractContextManager[Executor]:
    """Return what judges several submissions at once.

    Args:
        jobs: The number of threads, None or 0 for `default_jobs`.
        scheduler: The address of a Dask scheduler, whose workers replace the threads.

    Raises:
        WorkersMissing: On entering, if the cluster cannot grade (see `cluster`).
    """
    return cluster(scheduler) if scheduler else DaemonThreads(jobs or default_jobs())


def _open(grader: Grader, console: Console) -> Grader:
    """Return the grader, after a line on the layers of isolation that are missing."""
    missing = grader.missing_layers()
    if missing:
        text = _("Isolation is incomplete: {layers}").format(layers=in_words(missing))
        console.print(Text(visible(text), style="yellow"))
    return grader


def progress_bar(console: Console) -> Progress:
    """Return a bar with the number done, the time passed and left, and a field `current`."""
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
    """Return a seed that nobody can foresee."""
    return secrets.randbits(128)


def default_jobs() -> int:
    """Return the number of usable processors plus one, since a job also waits for its worker."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) + 1
    return (os.cpu_count() or 1) + 1


def _print_problems(results: list[Result], problems: list[str], console: Console) -> None:
    for result in results:
        if not result.gradable:
            reason = result.report.notes[0].partition("\n")[0]
            whose = f"{result.learner} · {result.report.exercise}"
            _print_line(labelled(whose, reason), console, "yellow")
    for problem in problems:
        _print_line(problem, console, "yellow")


def _print_line(text: str, console: Console, style: str = "") -> None:
    """Print a text that may hold names from outside as one line, without hidden characters."""
    console.print(Text(one_line(visible(text)), style=style), soft_wrap=True)


def _print_summary(results: list[Result], out: Path, console: Console) -> None:
    n = len(results)
    done: str = ngettext("{n} submission", "{n} submissions", n).format(n=n)
    if n_cached := sum(result.origin == CACHED for result in results):
        done += _(", {n} of them unchanged since an earlier run").format(n=n_cached)
    if n_duplicates := sum(result.origin == DUPLICATE for result in results):
        done += _(", {n} of them with the same code as one before").format(n=n_duplicates)
    console.print(f"{done}.")
    for name in ("grades.csv", "files.csv", PEOPLE, "index.html"):
        _print_line(_("written: {path}").format(path=out / name), console)
