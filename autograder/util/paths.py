"""The places of the course's own files: in a checkout, or inside the installed package."""

from pathlib import Path

PACKAGE = Path(__file__).parents[1]
CHECKS = PACKAGE / "checks"
MISCONCEPTIONS = PACKAGE / "course" / "misconceptions"


def course_root() -> Path:
    """Return the folder that holds `solutions/` and `exercises/`."""
    installed = PACKAGE / "_course"
    return installed if installed.is_dir() else PACKAGE.parent


def solutions() -> Path:
    """Return the folder of the reference solutions."""
    return course_root() / "solutions"


def exercises(language: str = "en") -> Path:
    """Return the folder of the built exercises in one language."""
    return course_root() / "exercises" / language
