"""Answers that were opened before their functions passed: the record of a workspace.

The record is a file of lines in JSON, one for each opened answer: time, function, and a hash over
both and over the hash of the line before. The file beside it holds the last hash. So a line that
was changed or removed is noticed. Whoever knows how can write the whole record anew, and whoever
deletes both files leaves no trace; docs/instructors.md says so.

Outside of a workspace the record is the user's (`util.user_state`), which is read everywhere.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder import course
from autograder.util.atomic import write_atomic
from autograder.util.fingerprint import digest
from autograder.util.i18n import _
from autograder.util.user_state import opened_answers, remember_opened_answer
from autograder.workspace.place import Workspace, usable_from


@dataclass(frozen=True)
class Record:
    """The record of opened answers, checked.

    Attributes:
        functions: The addresses of the functions (see `course.address`).
        problems: A sentence for each place that shows a change from outside.
    """

    functions: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()


def remember_opened(place: Path, function: str) -> None:
    """Record that an answer was opened before its function passed.

    Args:
        place: A file or folder; its workspace holds the record, or the user's own state does.
        function: The function's address.

    Raises:
        NotWritten: The record cannot be written.
    """
    workspace = _workspace_of(place)
    if workspace is None:
        remember_opened_answer(function)
        return
    text = read_text(workspace.opened_record)
    if text and not text.endswith("\n"):
        text += "\n"
    last = _line(text.splitlines()[-1]) if text else {}
    time = datetime.now().astimezone().isoformat(timespec="seconds")
    line = {"time": time, "function": function}
    line["hash"] = _hash(str(last.get("hash", "")), line)
    write_atomic(workspace.opened_record, f"{text}{json.dumps(line)}\n")
    write_atomic(_last_hash(workspace), line["hash"] + "\n")


def record_of(workspace: Workspace) -> Record:
    """Return the record of a workspace, checked against the last hash."""
    return checked(read_text(workspace.opened_record), read_text(_last_hash(workspace)).strip())


def last_hash_of(workspace: Workspace) -> str:
    """Return the last hash of a workspace's record, "" where no answer was opened."""
    return read_text(_last_hash(workspace)).strip()


def checked(text: str, last_hash: str) -> Record:
    """Check a record.

    Args:
        text: The lines of the record.
        last_hash: The hash that its last line has to have.
    """
    functions, problems = set(), []
    previous = ""
    for number, raw in enumerate(text.splitlines(), start=1):
        line = _line(raw)
        own = str(line.get("hash", ""))
        if not line or _hash(previous, line) != own:
            problem = _("line {n} was changed, or a line before it was removed")
            problems.append(problem.format(n=number))
        function = line.get("function")
        if isinstance(function, str):
            functions.add(function)
        previous = own
    if not problems and previous != last_hash:
        problems.append(_("lines at its end are missing"))
    return Record(frozenset(functions), tuple(problems))


def remarks_on(exercise: str, place: Path) -> tuple[str, ...]:
    """Return a remark for each function of an exercise whose answer was opened too early.

    Args:
        exercise: The exercise's full name.
        place: A file or folder, whose workspace's record counts beside the user's.
    """
    workspace = _workspace_of(place)
    own = record_of(workspace).functions if workspace is not None else frozenset[str]()
    return remarks(exercise, opened_answers() | own)


def remarks(exercise: str, opened: frozenset[str]) -> tuple[str, ...]:
    """Return a remark for each function of an exercise that is among some addresses."""
    functions = course.step(exercise).functions
    names = [name for name in functions if course.address(exercise, name) in opened]
    return tuple(_remark(name) for name in names)


def all_remarks(exercise: str) -> frozenset[str]:
    """Return every remark that `remarks` can make on an exercise."""
    return frozenset(_remark(name) for name in course.step(exercise).functions)


def _remark(name: str) -> str:
    return _("the answer of {name} was opened before it passed").format(name=name)


def _workspace_of(place: Path) -> Workspace | None:
    return usable_from(place if place.is_dir() else place.parent)


def _last_hash(workspace: Workspace) -> Path:
    return workspace.opened_record.with_name("opened.hash")


def read_text(path: Path) -> str:
    """Return the text of a record, "" where there is none."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _line(text: str) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return line if isinstance(line, dict) else {}


def _hash(previous: str, line: dict[str, Any]) -> str:
    content = json.dumps([previous, line.get("time"), line.get("function")])
    return digest(content.encode("utf-8", "surrogatepass"))
