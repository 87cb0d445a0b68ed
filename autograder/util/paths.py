"""The places of the course's own files: in a checkout, or inside the installed package."""

import os
from collections.abc import Iterator
from importlib.util import cache_from_source
from itertools import chain, count
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
CHECKS = PACKAGE / "checks"
MISCONCEPTIONS = PACKAGE / "course" / "misconceptions"
LOCALE = PACKAGE / "locale"


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


def constraints() -> Path:
    """Return the file with the versions of the libraries that the kit was tested with."""
    return course_root() / "constraints.txt"


def free_path(path: Path, pattern: str = "{stem} ({n}){suffix}") -> Path:
    """Return a path at which nothing lies: the path itself, else one with a number in its name.

    Args:
        path: The wanted path.
        pattern: The name with a number, of `{stem}`, `{suffix}`, `{name}` and `{n}` from 2 on.
    """
    names = {"stem": path.stem, "suffix": path.suffix, "name": path.name}
    numbered = (path.with_name(pattern.format(n=n, **names)) for n in count(2))
    return next(free for free in chain([path], numbered) if not free.exists())


def secret_folders() -> tuple[Path, ...]:
    """Return the folders that a learner's code must not read, in a checkout or a wheel.

    The package holds the checks and the known mistakes.
    """
    root = course_root()
    names = ["solutions", "exercises"]
    if root == PACKAGE.parent:
        names += ["tests", "benchmarks", "docs", ".git"]
    folders = [PACKAGE, *(root / name for name in names)]
    return tuple(folder for folder in folders if folder.is_dir())


def secret_files() -> list[Path]:
    """Return the files of the secret folders, and the places of their compiled code.

    The list holds only the upper files of a `.git` folder, which may hold many thousands.
    """
    found: set[Path] = set()
    for folder in secret_folders():
        files = folder.glob("*") if folder.name == ".git" else _files_below(folder)
        found |= {path for path in files if path.is_file()}
    compiled = {Path(cache_from_source(path)) for path in found if path.suffix == ".py"}
    return sorted(found | {path for path in compiled if path.is_file()})


def _files_below(folder: Path) -> Iterator[Path]:
    for place, _folders, names in os.walk(folder):
        yield from (Path(place, name) for name in names)
