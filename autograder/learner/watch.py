"""`autograder watch`: every save is checked at once; one problem at a time, hints at a key."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from prompt_toolkit.input import create_input
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.keys import Keys
from rich.console import Console
from rich.live import Live
from watchfiles import awatch

from autograder import course
from autograder.learner.check_process import CodeStopped, WarmChecker
from autograder.learner.watch_screen import Screen
from autograder.reports.model import Report
from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.discovery import find

STEP_MILLISECONDS = 50
DEBOUNCE_MILLISECONDS = 150


class Watch:
    """Watches the files of a folder, or some exercises of it, until the learner quits."""

    def __init__(self, target: Path, exercises: frozenset[str] | None, console: Console):
        """Watch a target.

        Args:
            target: A file or a folder of exercises.
            exercises: The exercises to watch, by full name; None for all.
            console: The terminal.

        Raises:
            UnreadableSubmission: There is nothing to watch.
        """
        self._target = target
        self._wanted = exercises
        self._checker = WarmChecker()
        self._saved: asyncio.Queue[str] = asyncio.Queue()
        self._quit = asyncio.Event()
        newest = max(find(target, exercises).values(), key=lambda f: f.path.stat().st_mtime)
        self._screen = Screen(newest.exercise)
        self._live = Live(
            self._screen, console=console, auto_refresh=False, vertical_overflow="visible"
        )

    async def run(self) -> None:
        """Show verdicts until the learner presses `q`."""
        self._checker.start()
        self._saved.put_nowait(self._screen.exercise)
        keys = create_input()
        tasks = [asyncio.create_task(self._watch_files()), asyncio.create_task(self._check_saved())]
        try:
            with (
                self._live,
                keys.raw_mode(),
                keys.attach(lambda: self._press(keys.read_keys())),
            ):
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
        """Check what was saved last, again and again."""
        while True:
            exercise = await self._saved.get()
            while not self._saved.empty():
                exercise = self._saved.get_nowait()
            await self._check(exercise)

    async def _check(self, exercise: str) -> None:
        if self._screen.exercise != exercise:
            self._screen = Screen(exercise)
        self._screen.start_check()
        self._show()
        clock = asyncio.get_running_loop().time
        start = clock()
        report, message = await self._report_on(exercise)
        self._screen.end_check(report, message, clock() - start)
        self._show()

    async def _report_on(self, exercise: str) -> tuple[Report | None, str]:
        """Return the report on an exercise, or else why there is none."""
        try:
            path = find(self._target, frozenset({exercise}))[exercise].path
            return await asyncio.to_thread(self._checker.check, path, exercise), ""
        except (CodeStopped, UnreadableSubmission, KeyError) as error:
            self._checker.start()
            return None, str(error)

    def _press(self, pressed: Iterable[KeyPress]) -> None:
        """React to keys."""
        for key in (press.key for press in pressed):
            if key in {"q", Keys.ControlC, Keys.ControlD}:
                self._quit.set()
            elif key == "h":
                self._screen.show_hint()
            elif key == "n":
                self._screen.show_next_problem()
            elif key == "l":
                self._screen.toggle_listing()
            elif key in {"r", Keys.ControlM}:
                self._saved.put_nowait(self._screen.exercise)
        self._show()

    def _show(self) -> None:
        """Draw the screen anew."""
        self._live.update(self._screen, refresh=True)


def watch(target: Path, exercises: frozenset[str] | None, console: Console) -> None:
    """Watch until the learner quits.

    Args:
        target: A file or a folder of exercises.
        exercises: The exercises to watch, by full name; None for all.
        console: The terminal.

    Raises:
        UnreadableSubmission: There is nothing to watch.
    """
    asyncio.run(Watch(target, exercises, console).run())
