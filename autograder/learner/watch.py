"""`autograder watch`: every save is checked at once; one problem at a time, hints at a key."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from prompt_toolkit.input import create_input
from prompt_toolkit.keys import Keys
from rich.console import Console
from rich.panel import Panel
from rich.text import Text
from watchfiles import awatch

from autograder import course
from autograder.course.solutions import hints_of
from autograder.learner.check_process import CodeStopped, WarmChecker
from autograder.reports.model import FunctionReport, Report
from autograder.reports.terminal import problem_panel, table
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.discovery import find
from autograder.util.i18n import _

STEP_MILLISECONDS = 50
DEBOUNCE_MILLISECONDS = 150


@dataclass
class View:
    """What the screen shows: a report or a message, which problem of it, how many hints."""

    exercise: str
    report: Report | None = None
    message: str = ""
    position: int = 0
    hints: int = 0
    listing: bool = False
    busy: bool = False
    seconds: float = 0.0

    @property
    def problems(self) -> list[FunctionReport]:
        if self.report is None:
            return []
        return [f for f in self.report.functions if f.outcome != "passed"]

    @property
    def problem(self) -> FunctionReport | None:
        """The problem that is shown."""
        problems = self.problems
        return problems[self.position % len(problems)] if problems else None

    @property
    def levels(self) -> tuple[str, ...]:
        """All hints for that problem."""
        return hints_of(course.address(self.exercise, self.problem.name)) if self.problem else ()


class Watch:
    """Watches the files of a folder, or one exercise of it, until the learner quits.

    Raises `UnreadableSubmission` where there is nothing to watch.
    """

    def __init__(self, target: Path, exercises: frozenset[str] | None, console: Console):
        self._target = target
        self._wanted = exercises
        self._console = console
        self._checker = WarmChecker()
        self._saved: asyncio.Queue[str] = asyncio.Queue()
        self._quit = asyncio.Event()
        newest = max(find(target, exercises).values(), key=lambda f: f.path.stat().st_mtime)
        self._view = View(newest.exercise)

    async def run(self) -> None:
        """Show verdicts until `q`."""
        self._checker.start()
        self._saved.put_nowait(self._view.exercise)
        keys = create_input()
        tasks = [asyncio.create_task(self._watch_files()), asyncio.create_task(self._check_saved())]
        try:
            with keys.raw_mode(), keys.attach(lambda: self._press(keys.read_keys())):
                await self._quit.wait()
        finally:
            for task in tasks:
                task.cancel()
            self._checker.stop()

    async def _watch_files(self) -> None:
        folder = self._target if self._target.is_dir() else self._target.parent
        changes = awatch(
            folder,
            recursive=False,
            step=STEP_MILLISECONDS,
            debounce=DEBOUNCE_MILLISECONDS,
            stop_event=self._quit,
        )
        async for changed in changes:
            for name in {Path(path).name for _change, path in changed}:
                step = course.step_of_file(Path(name))
                if step is not None and (self._wanted is None or step.name in self._wanted):
                    self._saved.put_nowait(step.name)

    async def _check_saved(self) -> None:
        while True:
            exercise = await self._saved.get()
            while not self._saved.empty():
                exercise = self._saved.get_nowait()
            await self._check(exercise)

    async def _check(self, exercise: str) -> None:
        view = self._view if self._view.exercise == exercise else View(exercise)
        self._view = view
        view.busy = True
        self._show()
        start = asyncio.get_running_loop().time()
        before = view.problem.name if view.problem else None
        try:
            path = find(self._target, frozenset({exercise}))[exercise].path
            view.report = await asyncio.to_thread(self._checker.check, path, exercise)
            view.message = ""
        except (CodeStopped, UnreadableSubmission, KeyError) as error:
            view.report, view.message = None, str(error)
            self._checker.start()
        view.busy = False
        view.seconds = asyncio.get_running_loop().time() - start
        names = [function.name for function in view.problems]
        view.position = names.index(before) if before in names else 0
        if view.problem is None or view.problem.name != before:
            view.hints = 0
        self._show()

    def _press(self, pressed) -> None:
        """React to keys."""
        view = self._view
        for key in (press.key for press in pressed):
            if key in {"q", Keys.ControlC, Keys.ControlD}:
                self._quit.set()
            elif key == "h" and view.problem is not None:
                view.hints = min(view.hints + 1, len(view.levels))
            elif key == "n" and view.problems:
                view.position, view.hints = (view.position + 1) % len(view.problems), 0
            elif key == "l":
                view.listing = not view.listing
            elif key in {"r", Keys.ControlM}:
                self._saved.put_nowait(view.exercise)
        self._show()

    def _show(self) -> None:
        """Draw the screen anew."""
        console, view = self._console, self._view
        console.clear()
        if view.report is not None:
            console.print(table([view.report]))
            for note in view.report.notes:
                console.print(note, style="yellow", markup=False)
        if view.message:
            console.print(Panel(Text(view.message), title=view.exercise, border_style="red"))
        elif view.listing:
            self._list_functions()
        elif view.problem is not None:
            console.print(problem_panel(view.report, view.problem))
            for number, rung in enumerate(view.levels[: view.hints], start=1):
                hint = _("Hint {n}: {text}").format(n=number, text=rung)
                console.print(Panel(Text(hint), border_style="blue"))
        elif view.report is not None:
            console.print(_("Everything passes."), style="green")
        state = _("checking …") if view.busy else _("checked in {n:.1f} s").format(n=view.seconds)
        keys = _("h hint · n next problem · l list · r check again · q quit")
        console.print(f"{state}   {keys}", style="dim")

    def _list_functions(self) -> None:
        for function in self._view.report.functions if self._view.report else ():
            self._console.print(f"{function.outcome:8}{function.name}", markup=False)


def watch(target: Path, exercises: frozenset[str] | None, console: Console) -> None:
    """Watch until the learner quits."""
    asyncio.run(Watch(target, exercises, console).run())
