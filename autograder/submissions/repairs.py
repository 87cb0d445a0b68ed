"""Repairs of the cells of a file: lost tags, lost kinds and misplaced answers.

- A cell that holds only calls of `check` and `hint` is a check cell, whatever its tags.
- In other cells `repaired` removes such calls at top level, so that no cell checks itself.
- A cell much like a demonstration of the exercise counts as a demonstration, even without its tag.
- Checks never run a check cell or a demonstration as a whole. The functions in a check cell count
  always, the functions in a demonstration where the exercise requires at least one of them.
- Code that became text (markdown or raw) counts as code again where it is the only place that
  defines a function of the exercise, or where it is code of the exercise itself.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher
from functools import cache

from autograder import course
from autograder.submissions import ast_tools
from autograder.submissions.cells import CHECK, DEMO, Cell, UnreadableSubmission, Written
from autograder.submissions.scripts import cells_of_script
from autograder.util import paths
from autograder.util.i18n import _, ngettext
from autograder.util.languages import ENGLISH

LIKENESS = 0.8
MAX_COMPARED = 10_000

_TOKEN = re.compile(r"\w+|[^\w\s]")
_DEF = re.compile(r"^def (\w+)", re.MULTILINE)


def repaired(
    written: list[Written], step: course.Step, language: str = ENGLISH
) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    """Return the code cells of a submission after repairs, and notes on the repairs.

    Args:
        written: The cells as the file holds them.
        step: The exercise.
        language: The language of the file.
    """
    exercise = _cells_of_exercise(step.name, language)
    restored = _restored(written, step, exercise)
    demos = _lost_demos(restored, exercise)
    cells = [_tagged(cell, cell in demos) for cell in restored if cell.kind == "code"]
    counted = [_counted(cell, step) for cell in cells]
    notes = [*_notes_on(written, restored, demos)]
    for before, after in zip(cells, counted, strict=True):
        if before.tags != after.tags:
            notes.append(_note_on_definitions(before, after))
    notes += _notes_on_stubs_below_answers(counted, step)
    return tuple(counted), tuple(notes)


def _restored(
    written: list[Written], step: course.Step, exercise: tuple[Written, ...]
) -> list[Written]:
    """Return the cells, where code that became text is code again."""
    in_code = {name for c in written if c.kind == "code" for name in ast_tools.defined_in(c.source)}
    missing = set(step.functions) - in_code
    own = {tuple(_TOKEN.findall(cell.source)) for cell in exercise if not cell.tags & {CHECK, DEMO}}
    restored = []
    for cell in written:
        is_text = cell.kind in {"markdown", "raw"}
        source = _code_in(cell.source, missing, own) if is_text else None
        restored.append(cell if source is None else replace(cell, kind="code", source=source))
    return restored


def _code_in(text: str, missing: set[str], own: set[tuple[str, ...]]) -> str | None:
    """Return the code that a text is, or its end from a missing function on if that is code."""
    if tuple(_TOKEN.findall(text)) in own:
        return text
    if ast_tools.parsed(text) is not None:
        return text if ast_tools.defined_in(text) & missing else None
    start = next((m.start() for m in _DEF.finditer(text) if m[1] in missing), len(text))
    end = "\n" * text.count("\n", 0, start) + text[start:]
    return end if end.strip() and ast_tools.parsed(end) is not None else None


def _lost_demos(cells: list[Written], exercise: tuple[Written, ...]) -> list[Written]:
    """Return the untagged cells that are demonstrations of the exercise, hardly changed."""
    demos = [_TOKEN.findall(cell.source) for cell in exercise if DEMO in cell.tags]
    untouched = {cell.source for cell in exercise if DEMO not in cell.tags}
    return [
        cell
        for cell in cells
        if cell.kind == "code"
        and not cell.tags & {DEMO, CHECK}
        and cell.source not in untouched
        and not ast_tools.only_calls_the_kit(cell.source)
        and any(_alike(_TOKEN.findall(cell.source[:MAX_COMPARED]), demo) for demo in demos)
    ]


def _alike(one: list[str], other: list[str]) -> bool:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    bounds = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    return all(bound() >= LIKENESS for bound in bounds)


@cache
def _cells_of_exercise(exercise: str, language: str) -> tuple[Written, ...]:
    """Return the code cells of the exercise as learners receive it; () where it is not built."""
    path = paths.exercises(language) / f"{exercise}.py"
    if not path.is_file():
        path = paths.exercises() / path.name
    try:
        cells, _notes = cells_of_script(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnreadableSubmission):
        return ()
    return tuple(cell for cell in cells if cell.kind == "code")


def _tagged(cell: Written, is_demo: bool) -> Cell:
    tags = set(cell.tags)
    if is_demo:
        tags.add(DEMO)
    if ast_tools.only_calls_the_kit(cell.source):
        tags.add(CHECK)
    source = ast_tools.without_calls_of_the_kit(cell.source)
    return Cell(cell.number, source, frozenset(tags), cell.line)


def _counted(cell: Cell, step: course.Step) -> Cell:
    """Return the cell, or the definitions alone of a check cell or demonstration with answers."""
    if cell.runs_in_checks:
        return cell
    answers = bool(ast_tools.defined_in(cell.source) & set(step.functions))
    if not (answers or (CHECK in cell.tags and ast_tools.holds_functions(cell.source))):
        return cell
    definitions = ast_tools.only_definitions(cell.source)
    if not definitions:
        return cell
    return replace(cell, source=definitions, tags=cell.tags - {DEMO, CHECK})


def _notes_on(
    written: list[Written], restored: list[Written], demos: list[Written]
) -> Iterator[str]:
    again = [new.number for old, new in zip(written, restored, strict=True) if old != new]
    if again:
        yield ngettext(
            "cell {cells} had become text; it was run as the code that it is",
            "cells {cells} had become text; they were run as the code that they are",
            len(again),
        ).format(cells=", ".join(map(str, again)))
    if demos:
        yield ngettext(
            "cell {cells} is like a demonstration of the exercise, without its tag; it was not run",
            "cells {cells} are like demonstrations of the exercise, without their tags; "
            "they were not run",
            len(demos),
        ).format(cells=", ".join(str(cell.number) for cell in demos))


def _notes_on_stubs_below_answers(cells: list[Cell], step: course.Step) -> Iterator[str]:
    """Yield a note on each function whose answer a stub further down replaces."""
    last: dict[str, tuple[int, bool]] = {}
    answered: dict[str, int] = {}
    for cell in cells:
        if not cell.runs_in_checks:
            continue
        for name, is_stub in ast_tools.functions_in(cell.source):
            last[name] = (cell.number, is_stub)
            if not is_stub:
                answered[name] = cell.number
    text = _(
        "an answer of {function} stands in cell {answer}, and a stub that still says "
        "NotImplementedError in cell {stub} replaces it: delete the stub"
    )
    for name in step.functions:
        number, is_stub = last.get(name, (0, False))
        if is_stub and name in answered:
            yield text.format(function=name, answer=answered[name], stub=number)


def _note_on_definitions(before: Cell, after: Cell) -> str:
    tag = CHECK if CHECK in before.tags else DEMO
    names = ", ".join(sorted(ast_tools.defined_in(after.source)))
    text = _("cell {n} is tagged {tag}, but defines {names}; its definitions alone were run")
    return text.format(n=before.number, tag=tag, names=names)
