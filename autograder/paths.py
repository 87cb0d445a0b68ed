"""Where the course's own files lie: in a checkout, or inside the installed package."""

from pathlib import Path

_PACKAGE = Path(__file__).parent

CHECKS = _PACKAGE / "checks"
MISCONCEPTIONS = _PACKAGE / "misconceptions"


def course_root() -> Path:
    """The folder that holds `solutions/` and `exercises/`."""
    installed = _PACKAGE / "_course"
    return installed if installed.is_dir() else _PACKAGE.parent


def solutions() -> Path:
    """The folder of the reference solutions."""
    return course_root() / "solutions"


def exercises(language: str = "en") -> Path:
    """The folder of the built exercises in one language."""
    return course_root() / "exercises" / language
