"""`autograder submit`: run the notebooks of a workspace, check its exercises, find what is missing.

A notebook that ran is kept at once, so that an interruption loses only the notebook at work.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from autograder.bundle.missing import missing
from autograder.bundle.one_notebook import joined
from autograder.bundle.ran import digest_of, keep, kept
from autograder.bundle.run import CELL_SECONDS, n_code_cells, run
from autograder.bundle.work import Gathered, Work, gather
from autograder.learner.report_cache import cached_report
from autograder.reports.model import Report
from autograder.util.i18n import _
from autograder.workspace.place import Workspace

if TYPE_CHECKING:
    from nbformat import NotebookNode


class Interrupted(KeyboardInterrupt):
    """Ctrl-C while notebooks ran.

    Attributes:
        n_ran: How many notebooks have run.
        n_total: How many notebooks there are.
    """

    def __init__(self, n_ran: int, n_total: int) -> None:
        super().__init__()
        self.n_ran, self.n_total = n_ran, n_total


@dataclass(frozen=True)
class Prepared:
    """Work that is ready to be handed in.

    Attributes:
        gathered: The work in the workspace.
        executed: The notebooks that ran, by name, in the order of the course.
        reports: The reports on the exercises.
        missing: A sentence on everything that is missing.
        n_kept: How many notebooks had run before and did not run again.
    """

    gathered: Gathered
    executed: "dict[str, NotebookNode]"
    reports: list[Report]
    missing: tuple[str, ...]
    n_kept: int = 0


def prepare(
    workspace: Workspace,
    console: Console,
    single: bool = False,
    cell_seconds: int = CELL_SECONDS,
    say: Callable[[str], None] = print,
) -> Prepared:
    """Settle the pairs of a workspace, run its notebooks, and check its exercises.

    Args:
        workspace: The workspace.
        console: Shows the progress.
        single: Whether one notebook holds all exercises.
        cell_seconds: Seconds that a cell may take.
        say: Shows a sentence on how files were chosen.

    Raises:
        CheckError: The checks cannot run.
        Interrupted: Somebody typed Ctrl-C.
        KernelMissing: No kernel starts.
        NotWritten: A file cannot be written.
    """
    gathered = gather(workspace)
    for note in gathered.notes:
        say(note)
    documents = joined(gathered.works) if single else gathered.works
    executed, n_kept = _run_all(workspace, gathered.works, documents, console, cell_seconds, say)
    reports = _check_all(gathered, console)
    lacking = missing(workspace, gathered, reports, executed)
    return Prepared(gathered, executed, reports, tuple(lacking), n_kept)


def _run_all(
    workspace: Workspace,
    works: list[Work],
    documents: list[Work],
    console: Console,
    cell_seconds: int,
    say: Callable[[str], None],
) -> "tuple[dict[str, NotebookNode], int]":
    """Return the executed notebooks, and how many of them had run before."""
    executed: dict[str, NotebookNode] = {}
    digests = {work.name: digest_of(work, works, workspace.root) for work in documents}
    for work in documents:
        copy = kept(workspace, work.name, digests[work.name])
        if copy is not None:
            executed[work.name] = copy
    n_kept = len(executed)
    waiting = [work for work in documents if work.name not in executed]
    with _progress_bar(console) as progress:
        total = sum(n_code_cells(work.document) for work in waiting)
        bar = progress.add_task("", total=total, now="", visible=bool(waiting))
        for work in waiting:
            now = _("running {name}").format(name=work.name)
            progress.update(bar, now=now)
            if not console.is_terminal:
                say(f"{now} …")
            try:
                notebook = run(
                    work.document, workspace.root, lambda: progress.advance(bar), cell_seconds
                )
            except KeyboardInterrupt as error:
                raise Interrupted(len(executed), len(documents)) from error
            keep(workspace, work.name, notebook, digests[work.name])
            executed[work.name] = notebook
    return {work.name: executed[work.name] for work in documents}, n_kept


def _check_all(gathered: Gathered, console: Console) -> list[Report]:
    """Return the reports on the exercises; what is unchanged is not checked again."""
    submissions = [work.submission for work in gathered.works if work.submission is not None]
    reports = []
    with _progress_bar(console) as progress:
        bar = progress.add_task("", total=len(submissions), now="")
        for submission in submissions:
            progress.update(bar, now=_("checking {name}").format(name=submission.exercise))
            reports.append(cached_report(submission))
            progress.advance(bar)
    return reports


def _progress_bar(console: Console) -> Progress:
    return Progress(
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[now]}", markup=False),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
