"""A class graded by `nbgrader autograde`, in this kit's course and in a course of stock nbgrader.

    python benchmarks/class_grading.py [--learners 4,8] [--exercises 04,08] [--lean]

Both courses hold the same notebooks. Their learners are right, mistaken, have done nothing, print
warnings, or have damaged their files. Without --alike only unstarted notebooks share their code. In
the stock course the check cells run the kit's checks in a kernel.

The script prints seconds and memory of the whole command for a small and a large class, the two
courses in turn. It also prints the verdicts that differ, each with the reason that the stock course
shows. Where a notebook ends stock nbgrader's command, the script repeats the command until every
learner had a turn, and counts all repetitions.

Submissions hold the demonstrations, as learners' notebooks do; a kernel runs them again, the kit
does not. With --lean submissions hold no demonstrations, so that both courses do the same work.
"""

import argparse
import os
import re
import sys
import tempfile
import warnings
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from processes import EVERY_SECONDS, Usage, measured

from autograder import course
from autograder.course.misconceptions import catalogue
from autograder.nbgrading.course import COURSE_ID, make_course
from autograder.util.environment import HEADLESS, QUIET, prefer

STOCK_CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "{course_id}"
c.ClearSolutions.code_stub = {{"python": "raise NotImplementedError()"}}
c.Execute.timeout = 300
c.Execute.iopub_timeout = 60
"""
MB = 2**20


# The class: each function makes a learner's submission from a notebook and the right answers.


@dataclass(frozen=True)
class Handout:
    """An exercise: the notebook as released, and the right answers by function."""

    exercise: str
    released: NotebookNode
    answers: dict[str, str]

    def filled_in(self, answers: dict[str, str]) -> NotebookNode:
        notebook = deepcopy(self.released)
        for cell in notebook.cells:
            cell.source = answers.get(grade_id(cell), cell.source)
        return notebook

    def signed(self, learner: str) -> "Handout":
        """Return the handout with answers unique to a learner, by a statement with their name."""
        answers = {name: f"{code}\nby = {learner!r}\n" for name, code in self.answers.items()}
        return replace(self, answers=answers)


def grade_id(cell: NotebookNode) -> str | None:
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def right(handout: Handout, number: int) -> str:
    return nbformat.writes(handout.filled_in(handout.answers))


def mistaken(handout: Handout, number: int) -> str:
    mistakes = [m for m in catalogue().values() if m.function in handout.answers]
    mistake = mistakes[number % len(mistakes)]
    wrong = {mistake.function: mistake.code.strip()}
    return nbformat.writes(handout.filled_in({**handout.answers, **wrong}))


def untouched(handout: Handout, number: int) -> str:
    return nbformat.writes(handout.released)


def warning(handout: Handout, number: int) -> str:
    """Return right answers whose functions warn when called."""
    line = '    __import__("warnings").warn("this is slow")'
    answers = {
        name: re.sub(r"^(def [^#]*?\) *(?:->[^:]+)?:)$", rf"\1\n{line}", code, count=1, flags=re.M)
        for name, code in handout.answers.items()
    }
    return nbformat.writes(handout.filled_in(answers))


def duplicated(handout: Handout, number: int) -> str:
    """Return right answers, with a check cell twice."""
    notebook = handout.filled_in(handout.answers)
    duplicate = deepcopy(next(cell for cell in notebook.cells if is_check(cell)))
    duplicate["id"] = "duplicate"
    notebook.cells.append(duplicate)
    return nbformat.writes(notebook)


def deleted(handout: Handout, number: int) -> str:
    """Return right answers, without a check cell."""
    notebook = handout.filled_in(handout.answers)
    notebook.cells.remove(next(cell for cell in notebook.cells if is_check(cell)))
    return nbformat.writes(notebook)


def stripped(handout: Handout, number: int) -> str:
    """Return right answers without any metadata, as some editors save."""
    notebook = handout.filled_in(handout.answers)
    for cell in notebook.cells:
        cell.metadata.clear()
    return nbformat.writes(notebook)


def truncated(handout: Handout, number: int) -> str:
    """Return right answers in a file that breaks off."""
    text = right(handout, number)
    return text[: len(text) * 3 // 4]


def is_check(cell: NotebookNode) -> bool:
    return (grade_id(cell) or "").startswith("check_")


KINDS: tuple[Callable[[Handout, int], str], ...] = (
    right,
    mistaken,
    duplicated,
    untouched,
    warning,
    deleted,
    stripped,
    truncated,
)


def class_of(n: int) -> dict[str, Callable[[Handout, int], str]]:
    """Return the kinds of submissions by learner's name; kinds take turns."""
    kinds = [KINDS[number % len(KINDS)] for number in range(n)]
    return {f"{number:03d}_{kind.__name__}": kind for number, kind in enumerate(kinds)}


# The two courses


@dataclass(frozen=True)
class Outcome:
    """Points in a gradebook (None for no grade), and the course's own explanation of them."""

    points: float | None
    shown: str = ""


class Course:
    """An nbgrader course in a folder, used by nbgrader's own commands."""

    def __init__(self, folder: Path, exercises: tuple[str, ...]):
        self.folder = folder
        self.exercises = exercises
        [self.assignment] = make_course(folder, exercises, "one").assignments
        self._logs: dict[str, str] = {}

    def released(self) -> list[Handout]:
        """Release the assignment; return the released notebooks with the answers."""
        self.nbgrader("generate_assignment")
        return [self._handout(exercise) for exercise in self.exercises]

    def _handout(self, exercise: str) -> Handout:
        released, source = (
            nbformat.read(self.folder / stage / self.assignment / f"{exercise}.ipynb", 4)
            for stage in ("release", "source")
        )
        answers = {
            grade_id(cell): re.sub(r"^ *### (?:BEGIN|END) SOLUTION\n?", "", cell.source, flags=re.M)
            for cell in source.cells
            if grade_id(cell) and not is_check(cell)
        }
        return Handout(exercise, released, answers)

    def hand_in(self, learner: str, exercise: str, text: str, day: int = 1) -> None:
        """Write a submission, dated a day in January, by which nbgrader recognises new work."""
        path = self._path("submitted", learner, exercise)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        moment = f"2026-01-{day:02} 12:00:00 UTC"
        (path.parent / "timestamp.txt").write_text(moment, encoding="utf-8")

    def change_one(self) -> None:
        """Hand in one learner's first notebook again, with an additional cell."""
        learner, exercise = next(iter(class_of(1))), self.exercises[0]
        notebook = nbformat.read(self._path("submitted", learner, exercise), 4)
        notebook.cells.append(new_code_cell("again = True"))
        self.hand_in(learner, exercise, nbformat.writes(notebook), day=2)

    def autograde(self, *options: str) -> tuple[Usage, int]:
        """Grade until each learner had a turn; return the usage and the number of commands."""
        waiting = {path.name for path in (self.folder / "submitted").iterdir()}
        usages = []
        while waiting:
            log, usage = self.nbgrader("autograde", *options)
            usages.append(usage)
            reached = {name for name in waiting if f"Sanitizing {self._place(name)}" in log}
            if not reached:
                raise RuntimeError(log)
            self._logs.update(dict.fromkeys(reached, log))
            waiting -= reached
            for name in reached if waiting else ():
                (self.folder / "had_a_turn").mkdir(exist_ok=True)
                (self.folder / "submitted" / name).rename(self.folder / "had_a_turn" / name)
        wall, cpu = (sum(getattr(usage, name) for usage in usages) for name in ("wall", "cpu"))
        return Usage(wall, cpu, max(usage.memory for usage in usages)), len(usages)

    def outcome(self, learner: str, exercise: str) -> Outcome:
        from nbgrader.api import Gradebook

        if not self._path("autograded", learner, exercise).is_file():
            return Outcome(None, self._failure(learner))
        with Gradebook(f"sqlite:///{self.folder / 'gradebook.db'}", COURSE_ID) as gradebook:
            entry = gradebook.find_submission_notebook(exercise, self.assignment, learner)
            points, by_hand = entry.score, entry.needs_manual_grade
        noise = self._noise(learner, exercise)
        if by_hand:
            noise = f"waits for a person, for a check cell is gone; {noise}".removesuffix("; ")
        return Outcome(points, noise)

    def _failure(self, learner: str) -> str:
        """Return the reason in the log why a learner got no grade."""
        place = self._place(learner)
        own = self._logs[learner].partition(f"Sanitizing {place}")[2].partition("Sanitizing ")[0]
        alone = f"There was an error processing assignment: {place.rstrip(os.sep)}" in own
        raised = re.findall(r"^ *(?:\w+\.)*\w*(?:Error|Exception)\b.*$", own, re.M)
        logged = re.findall(r"\| (?:WARNING|ERROR)\] (.*)$", own, re.M)
        reason = raised[-1].strip() if raised else logged[0] if logged else "not told"
        return f"{'no grade' if alone else 'it ended the command'}: {reason[:90]}"

    def _noise(self, learner: str, exercise: str) -> str:
        """Count the check cells with text on standard error, which nbgrader scores zero."""
        notebook = nbformat.read(self._path("autograded", learner, exercise), 4)
        streams = [
            any(output.get("name") == "stderr" for output in cell.outputs)
            for cell in notebook.cells
            if is_check(cell) and cell.cell_type == "code"
        ]
        text = "{} of {} check cells score zero for text on standard error"
        return text.format(sum(streams), len(streams)) if any(streams) else ""

    def _place(self, learner: str) -> str:
        return f"{self.folder / 'submitted' / learner}{os.sep}"

    def _path(self, stage: str, learner: str, exercise: str) -> Path:
        return self.folder / stage / learner / self.assignment / f"{exercise}.ipynb"

    def nbgrader(self, command: str, *options: str) -> tuple[str, Usage]:
        """Run a command on the assignment; return its output and its usage."""
        scripts = Path(sys.executable).parent
        search = os.pathsep.join([str(scripts), os.environ["PATH"]])
        environment = {**os.environ, "PATH": search, "COURSE_DATA": "simulated"}
        line = [str(scripts / "nbgrader"), command, self.assignment, *options]
        done, usage = measured(line, cwd=self.folder, env=environment)
        return done.stdout, usage


class StockCourse(Course):
    """A course of the same sources, with a configuration that names nothing of the kit."""

    def __init__(self, folder: Path, exercises: tuple[str, ...]):
        super().__init__(folder, exercises)
        config = STOCK_CONFIG.format(course_id=COURSE_ID)
        (folder / "nbgrader_config.py").write_text(config, encoding="utf-8")


# One size of a class in both courses


@dataclass(frozen=True)
class Run:
    """A course that has graded a class: its usage and its number of commands."""

    course: Course
    usage: Usage
    n_commands: int


def graded(kind: type[Course], folder: Path, arguments, n: int) -> Run:
    """Make a course, hand in the work of a class of n, and grade it."""
    made = kind(folder, arguments.exercises)
    for handout in made.released():
        if arguments.lean:
            cells = handout.released.cells
            cells[:] = [c for c in cells if "demo" not in c.metadata.get("tags", ())]
        for number, (learner, learners_way) in enumerate(class_of(n).items()):
            own = handout if arguments.alike else handout.signed(learner)
            made.hand_in(learner, handout.exercise, learners_way(own, number // len(KINDS)))
    return Run(made, *made.autograde())


COLUMNS = ("learners", "notebooks", "wall, s", "CPU, s", "MB", "s/notebook", "load")


def print_header(exercises: tuple[str, ...]) -> None:
    print(f"{', '.join(exercises)}; {len(os.sched_getaffinity(0))} processors")
    print(f"CPU: looked at every {EVERY_SECONDS} s; MB: the highest sum of proportional shares;")
    print("load: processes of this machine that wanted to run, in the last minute of the command\n")
    print(f"{'':24}" + "".join(f"{name:>11}" for name in COLUMNS))


def print_usage(name: str, n: int, n_notebooks: int, usage: Usage, rest: str = "") -> None:
    memory, each = usage.memory / MB, usage.wall / n_notebooks
    numbers = f"{usage.wall:11.1f}{usage.cpu:11.1f}{memory:11.0f}{each:11.2f}"
    print(f"{name:24}{n:11}{n_notebooks:11}{numbers}{rest}", flush=True)


def print_ratios(name: str, kit: Usage, stock: Usage) -> None:
    ratios = (stock.wall / kit.wall, stock.cpu / kit.cpu, stock.memory / kit.memory)
    print(f"{name:46}" + "".join(f"{ratio:10.1f}x" for ratio in ratios))


def growth(small: Usage, large: Usage, n: int) -> Usage:
    """Return the additional usage of each of n more learners."""
    pairs = ((getattr(large, key), getattr(small, key)) for key in ("wall", "cpu", "memory"))
    return Usage(*((more - less) / n for more, less in pairs))


def print_differences(kit: Course, stock: Course, learners: dict) -> None:
    """Print the verdicts that differ, with the honest points and the courses' explanations."""
    print(
        f"\n{'verdicts that differ':42}{'honest':>7}{'kit':>7}{'stock':>7}  what stock shows of why"
    )
    same = 0
    for exercise in kit.exercises:
        full = course.step(exercise).max_points
        for learner, way in learners.items():
            ours, theirs = kit.outcome(learner, exercise), stock.outcome(learner, exercise)
            if ours.points == theirs.points and not theirs.shown:
                same += 1
                continue
            honest = {untouched: "0", mistaken: "-", truncated: "-"}.get(way, f"{full:g}")
            points = [f"{o.points:g}" if o.points is not None else "none" for o in (ours, theirs)]
            row = f"{learner + ' ' + exercise:42}{honest:>7}{points[0]:>7}{points[1]:>7}"
            print(f"{row}  {theirs.shown or 'unexplained'}")
    print(f"the same: {same} of {len(learners) * len(kit.exercises)}")


def main() -> None:
    prefer(QUIET | HEADLESS)
    warnings.simplefilter("ignore")
    arguments = parsed()
    sizes = arguments.learners
    print_header(arguments.exercises)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        kit, stock = {}, {}
        for n, order in zip(sizes, ((kit, stock), (stock, kit)), strict=True):
            for runs in order:
                runs[n] = compared(Course if runs is kit else StockCourse, folder, arguments, n)
        print_again(kit[sizes[1]], sizes[1])
        print()
        for n in sizes:
            print_ratios(f"stock to kit, {n} learners", kit[n].usage, stock[n].usage)
        for label, runs in (("this kit", kit), ("stock nbgrader", stock)):
            grown = growth(*(runs[n].usage for n in sizes), sizes[1] - sizes[0])
            print_usage(f"{label}, +1 learner", 1, len(arguments.exercises), grown)
        print_differences(kit[sizes[1]].course, stock[sizes[1]].course, class_of(sizes[1]))


def compared(kind: type[Course], folder: Path, arguments, n: int) -> Run:
    """Grade a class in a course of its own and print the usage."""
    run = graded(kind, folder / f"{kind.__name__}_{n}", arguments, n)
    rest = f"{os.getloadavg()[0]:11.1f}"
    rest += f"  in {run.n_commands} commands" if run.n_commands > 1 else ""
    name = "stock nbgrader" if kind is StockCourse else "this kit"
    print_usage(name, n, n * len(arguments.exercises), run.usage, rest)
    return run


def print_again(run: Run, n: int) -> None:
    """Grade the class once more: with one notebook changed, and with every result cached.

    The first command leaves alone the grades that nbgrader knows. The second command enters all
    cached results again.
    """
    made, n_notebooks = run.course, n * len(run.course.exercises)
    made.change_one()
    for name, options in (("one changed", ()), ("nothing new, --force", ("--force",))):
        _log, usage = made.nbgrader("autograde", *options)
        print_usage(f"this kit, {name}", n, n_notebooks, usage, f"{os.getloadavg()[0]:11.1f}")


def parsed() -> argparse.Namespace:
    """Return the options, `exercises` as names."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--learners", default="4,8", help="two sizes of a class (default: 4,8)")
    parser.add_argument("--exercises", default="04,08", help='numbers, or "core" (default: 04,08)')
    parser.add_argument("--lean", action="store_true", help="hand in no demonstrations")
    parser.add_argument("--alike", action="store_true", help="give all learners the same answers")
    arguments = parser.parse_args()
    try:
        small, large = arguments.learners = tuple(map(int, arguments.learners.split(",")))
        if not 1 <= small < large:
            raise ValueError
    except ValueError:
        parser.error("--learners: a small and a larger number, such as 4,8")
    core = [step.name for step in course.steps() if step.core]
    numbers = core if arguments.exercises == "core" else arguments.exercises.split(",")
    try:
        steps = [course.step(number.strip()) for number in numbers]
    except LookupError as error:
        parser.error(error.args[0])
    arguments.exercises = tuple(step.name for step in steps)
    return arguments


if __name__ == "__main__":
    main()
