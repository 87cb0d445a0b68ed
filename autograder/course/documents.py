"""The tables of the course in the README and in the docs, made from step table and claims."""

import re
from pathlib import Path

from autograder import course
from autograder.course.claims import DATA_SETS, account_of
from autograder.util import paths
from autograder.util.i18n import _


def documents() -> dict[Path, str]:
    """Return the documents that hold tables of the course, as they should read, by path."""
    tables = {"steps": _steps_table(), "timetable": _timetable(), "claims": _claims_table()}
    texts = {}
    for name in ("README.md", "docs/timetable.md", "docs/claims.md"):
        path = paths.course_root() / name
        if path.is_file():
            texts[path] = _with_tables(path.read_text(encoding="utf-8"), tables)
    return texts


def _with_tables(text: str, tables: dict[str, str]) -> str:
    for name, table in tables.items():
        region = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        text = region.sub(rf"\g<1>{_escaped(table)}\g<2>", text)
    return text


def _escaped(text: str) -> str:
    """Return a text as a replacement pattern that stands for itself."""
    return text.replace("\\", r"\\")


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


def _claims_table() -> str:
    lines = ["| exercise | the text says | it holds if | on |", "|---|---|---|---|"]
    for step in course.steps():
        for claim in account_of(step.name).claims:
            on = ", ".join(claim.on) if claim.on != DATA_SETS else _("both")
            cells = (step.name, claim.says, f"`` {claim.holds} ``", on)
            lines.append(f"| {' | '.join(map(_cell, cells))} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """Return a text as one cell of a table in Markdown."""
    return " ".join(text.split()).replace("|", "\\|")


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
    """Return the time since the morning's start."""
    return f"{minutes // 60} h {minutes % 60:02d}"
