"""From `solutions/*.py` to exercises: answers out, stubs in, everything else untouched.

Answers are cleared by nbgrader's own `ClearSolutions`, whose markers the solutions use. Where a
cell tagged `bug` stands before an answer, the exercise shows that cell and no stub.
"""

import difflib
import re
from pathlib import Path

import jupytext
import nbformat

from autograder import course, paths
from autograder.i18n import _

JUPYTEXT_FORMAT = "py:percent"
BUG = "bug"


class BuildError(Exception):
    """A solution file that cannot be turned into an exercise."""


def exercise_notebook(solution: Path):
    """The exercise of a solution as a notebook: no answers, no hints, no outputs.

    Raises `BuildError` for a missing file, for a missing or unbalanced solution region, and for a
    cell tagged `bug` that the answer to the same function does not follow.
    """
    if not solution.is_file():
        raise BuildError(_("there is no {file}, which the course lists").format(file=solution))
    notebook = jupytext.read(solution, fmt=JUPYTEXT_FORMAT)
    notebook.cells = [c for c in notebook.cells if "hint" not in c.metadata.get("tags", ())]
    wanted = list(course.step(solution.stem).functions)
    cleared = [name for cell in notebook.cells if (name := _clear(cell, solution))]
    if cleared != wanted:
        raise BuildError(
            _("{file}: solution regions stand in {found}, the course wants {wanted}").format(
                file=solution.name, found=cleared, wanted=wanted
            )
        )
    notebook.cells = with_bugs(notebook.cells, solution)
    return notebook


def with_bugs(cells: list, solution: Path) -> list:
    """The cells, with those tagged `bug` in the place of the answers that follow them.

    Raises `BuildError` where the next cell does not define the same function.
    """
    kept = []
    for before, cell in zip([None, *cells], cells, strict=False):
        if before is None or not _is_bug(before):
            kept.append(cell)
        elif _defined(before) is None or _defined(before) != _defined(cell):
            raise BuildError(
                _("{file}: the cell after the bug in {function} is not its answer").format(
                    file=solution.name, function=_defined(before)
                )
            )
    for cell in kept:
        if _is_bug(cell):
            del cell.metadata["tags"]
    return kept


def _is_bug(cell) -> bool:
    return BUG in cell.metadata.get("tags", ())


def _defined(cell) -> str | None:
    """The first function that a cell defines."""
    found = re.search(r"^def (\w+)", cell.source, re.MULTILINE)
    return found[1] if found else None


def _clear(cell, solution: Path) -> str | None:
    """Replace the answer in a cell by a stub that names its function; returns that name."""
    from nbgrader.preprocessors import ClearSolutions

    if cell.cell_type != "code" or "SOLUTION" not in cell.source:
        return None
    name = _defined(cell)
    if name is None:
        raise BuildError(
            _("{file}: a solution region outside of a function").format(file=solution.name)
        )
    stub = f'raise NotImplementedError("{name}")'
    clear = ClearSolutions(code_stub={"python": stub}, enforce_metadata=False)
    try:
        clear.preprocess_cell(cell, {"language": "python"}, 0)
    except RuntimeError as error:
        raise BuildError(f"{solution.name}: {error}") from error
    return name


def render(solution: Path, suffix: str = ".py") -> str:
    """The text of an exercise: a percent script, or a notebook (`.ipynb`)."""
    notebook = exercise_notebook(solution)
    if suffix == ".py":
        return _without_version(jupytext.writes(notebook, fmt=JUPYTEXT_FORMAT))
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"{solution.stem[:2]}-{number:03d}"
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return nbformat.writes(notebook) + "\n"


def _without_version(text: str) -> str:
    """The script without Jupytext's own version, which would differ from machine to machine."""
    return re.sub(r"^# +jupytext_version: .*\n", "", text, count=1, flags=re.MULTILINE)


def build(target: Path, suffix: str = ".py") -> list[Path]:
    """Write all exercises to a folder; files that are up to date keep their time stamp.

    Scripts bring the documents that show tables of the course up to date too. Returns what changed.
    """
    target.mkdir(parents=True, exist_ok=True)
    wanted = {target / f"{s.stem}{suffix}": render(s, suffix) for s in _solutions()}
    if suffix == ".py":
        wanted |= documents()
    written = []
    for path, text in wanted.items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            written.append(path)
    return written


def differences(target: Path) -> str:
    """What `build` would change, as a unified diff; empty: nothing."""
    wanted = {target / f"{s.stem}.py": render(s) for s in _solutions()} | documents()
    present = {
        path: path.read_text(encoding="utf-8")
        for path in {*wanted, *target.glob("*.py")}
        if path.is_file()
    }
    return "".join(
        line
        for path in sorted(wanted | present)
        for line in difflib.unified_diff(
            present.get(path, "").splitlines(keepends=True),
            wanted.get(path, "").splitlines(keepends=True),
            f"{path.name} (as it is)",
            f"{path.name} (as built)",
        )
    )


def documents() -> dict[Path, str]:
    """The documents that hold tables of the course, as they should read, by path."""
    tables = {"steps": _steps_table(), "timetable": _timetable()}
    texts = {}
    for path in (paths.course_root() / "README.md", paths.course_root() / "docs" / "timetable.md"):
        if path.is_file():
            texts[path] = _with_tables(path.read_text(encoding="utf-8"), tables)
    return texts


def _with_tables(text: str, tables: dict[str, str]) -> str:
    for name, table in tables.items():
        region = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        text = region.sub(lambda match, table=table: f"{match[1]}{table}{match[2]}", text)
    return text


def _steps_table() -> str:
    lines = ["| exercise | day | minutes | points | objective |", "|---|---|---|---|---|"]
    for step in course.steps():
        link = f"[{step.name}](exercises/en/{step.name}.py)"
        lines.append(
            f"| {link} | {step.day} | {step.minutes} | {step.max_points} | {step.objective} |"
        )
    whole = course.total(course.steps(), {})
    extra = sum(step.max_points for step in course.steps() if step.bonus)
    lines.append(f"\nTogether {whole.max_points:g} points")
    if extra:
        lines[-1] += f"; the bonus exercises add up to {extra:g} on top of them"
    lines[-1] += "."
    return "\n".join(lines) + "\n"


def _timetable() -> str:
    lines = []
    for day in dict.fromkeys(session.day for session in course.timetable()):
        lines += [f"\n## Day {day}\n", "| from | to | minutes | what |", "|---|---|---|---|"]
        start = 0
        for session in (s for s in course.timetable() if s.day == day):
            end = start + session.minutes
            what = f"**{session.step}**" if session.step else session.activity
            lines.append(f"| {_clock(start)} | {_clock(end)} | {session.minutes} | {what} |")
            start = end
    total = sum(session.minutes for session in course.timetable())
    lines.append(f"\nTogether {total / 60:g} hours.")
    bonus = [step for step in course.steps() if step.bonus]
    if bonus:
        lines += ["\n## Bonus, outside of these hours\n", "| minutes | what |", "|---|---|"]
        lines += [f"| {step.minutes} | **{step.name}** |" for step in bonus]
    return "\n".join(lines) + "\n"


def _clock(minutes: int) -> str:
    """Time since the morning's start."""
    return f"{minutes // 60} h {minutes % 60:02d}"


def _solutions() -> list[Path]:
    return [paths.solutions() / f"{step.name}.py" for step in course.steps()]
