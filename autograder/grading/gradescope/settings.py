"""The settings of a Gradescope assignment: a file in the zip, and what Gradescope says of it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder import course
from autograder.grading.output.visibility import VISIBILITIES, Visibility
from autograder.util.i18n import _

SETTINGS = "autograder.json"
METADATA = "submission_metadata.json"
NOBODY = "learner"


class BadSettings(RuntimeError):
    """Settings that cannot be used; the text says why."""


@dataclass(frozen=True)
class Settings:
    """The settings of an assignment.

    Attributes:
        exercises: The names of its exercises.
        visibility: When a learner sees the tests.
        require_isolation: Whether nothing runs unless every layer of isolation stands.
        jobs: How many exercises are judged at once.
        version: The version of the kit that made the zip.
    """

    exercises: tuple[str, ...]
    visibility: Visibility = "visible"
    require_isolation: bool = False
    jobs: int = 1
    version: str = ""

    def to_json(self) -> str:
        """Return the file's text."""
        return json.dumps(asdict(self), indent=1) + "\n"

    @property
    def steps(self) -> list[course.Step]:
        """The exercises in course order."""
        return [step for step in course.steps() if step.name in self.exercises]


def read_settings(path: Path) -> Settings:
    """Return the settings in a file.

    Raises:
        BadSettings: The file cannot be read, or names an unknown exercise or visibility.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        settings = Settings(**{**document, "exercises": tuple(document["exercises"])})
        known = {step.name for step in course.steps()}
        if not settings.exercises or not known.issuperset(settings.exercises):
            raise ValueError(", ".join(settings.exercises) or "no exercise")
        if settings.visibility not in VISIBILITIES:
            raise ValueError(settings.visibility)
    except (OSError, ValueError, KeyError, TypeError) as error:
        text = _("{path} does not hold the settings of this kit ({reason}): make the zip again.")
        raise BadSettings(text.format(path=path, reason=error)) from error
    return settings


@dataclass(frozen=True)
class Metadata:
    """The parts of Gradescope's metadata that the kit uses; each may be missing.

    Attributes:
        learners: The names of the learners, several for a group.
        title: The assignment's title.
        total_points: The assignment's points, None where Gradescope does not say.
    """

    learners: tuple[str, ...] = ()
    title: str = ""
    total_points: float | None = None

    @property
    def learner(self) -> str:
        """All learners in one name."""
        return ", ".join(self.learners) or NOBODY


def read_metadata(path: Path) -> Metadata:
    """Return what Gradescope says of a submission; whatever is missing or odd is left out."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Metadata()
    users = _field(document, "users")
    names = [_text(user, "name") for user in users] if isinstance(users, list) else []
    assignment = _field(document, "assignment")
    try:
        total = float(_field(assignment, "total_points"))
    except (TypeError, ValueError):
        total = None
    learners = tuple(name for name in names if name)
    return Metadata(learners, _text(assignment, "title"), total)


def _field(document: Any, name: str) -> Any:
    return document.get(name) if isinstance(document, dict) else None


def _text(document: Any, name: str) -> str:
    value = _field(document, name)
    return value.strip() if isinstance(value, str) else ""
