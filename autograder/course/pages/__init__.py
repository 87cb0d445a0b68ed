"""The pages of a workspace beside its exercises: where to start, and the memo.

Each page is a percent script in the folder of its language.
"""

from pathlib import Path

_FOLDER = Path(__file__).parent


def page_names(language: str = "en") -> tuple[str, ...]:
    """Return the names of the pages in one language."""
    return tuple(sorted(path.stem for path in (_FOLDER / language).glob("*.py")))


def page_text(name: str, language: str = "en") -> str:
    """Return a page as a percent script."""
    return (_FOLDER / language / f"{name}.py").read_text(encoding="utf-8")
