"""The kit's memory for one user of this machine: opened answers, cached reports."""

import json
from pathlib import Path

from platformdirs import user_cache_dir

from autograder.util.atomic import write_atomic

APPLICATION = "recommender-course"


def folder() -> Path:
    """Return the folder of the user's state, which may not exist yet."""
    return Path(user_cache_dir(APPLICATION))


def reports_folder() -> Path:
    """Return the folder of the cached reports, which may not exist yet."""
    return folder() / "reports"


def opened_answers() -> frozenset[str]:
    """Return the addresses of the functions whose answers were opened outside of a workspace.

    `workspace.opened_answers` holds the record of a workspace.
    """
    try:
        names = json.loads(_record().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return frozenset()
    return frozenset(name for name in names if isinstance(name, str))


def remember_opened_answer(function: str) -> None:
    """Record that an answer was opened outside of a workspace, before its function passed.

    Args:
        function: Its address (see `course.address`).

    Raises:
        NotWritten: The record cannot be written.
    """
    write_atomic(_record(), json.dumps(sorted({*opened_answers(), function})))


def _record() -> Path:
    return folder() / "answers-seen.json"
