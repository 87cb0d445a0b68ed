"""One fingerprint of everything that decides a verdict; another fingerprint makes results stale."""

import hashlib
import platform
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from autograder.util import paths

LIBRARIES = (
    "tensorflow",
    "keras",
    "numpy",
    "pandas",
    "scikit-learn",
    "scipy",
    "matplotlib",
    "jupytext",
    "ipython",
)


def digest(data: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


# A solution that runs in its own folder leaves files there.
_COURSE_FILES: dict[str, tuple[str, ...]] = {"solutions": ("*.py",), "exercises": ("*/*.py",)}


@cache
def kit_fingerprint() -> str:
    """Return a digest of the kit's code, tables and course files, and of the libraries' versions.

    Returns:
        16 hexadecimal digits, equal for two kits that give the same verdicts.
    """
    return fingerprint_of(_roots(), _COURSE_FILES)


def fingerprint_of(
    roots: dict[str, Path], patterns: dict[str, tuple[str, ...]] | None = None
) -> str:
    """Return a digest of the files below some folders, and of the libraries.

    Args:
        roots: Folders by the name under which their files count.
        patterns: Which files count, by the same names; elsewhere all `.py` and `.toml` files.
    """
    whole = hashlib.sha256()
    for name, root in roots.items():
        wanted = (patterns or {}).get(name, ("**/*.py", "**/*.toml"))
        for source in sorted(path for pattern in wanted for path in root.glob(pattern)):
            place = f"{name}/{source.relative_to(root).as_posix()}"
            whole.update(f"{place}\0{digest(source.read_bytes())}\0".encode())
    whole.update(f"python {platform.python_version()}\0".encode())
    for library in LIBRARIES:
        with suppress(PackageNotFoundError):
            whole.update(f"{library} {version(library)}\0".encode())
    return whole.hexdigest()[:16]


def _roots() -> dict[str, Path]:
    """Return the packages, and the course's files where they lie outside of them."""
    roots = {"autograder": paths.PACKAGE}
    data = find_spec("recommender_data")
    if data is not None and data.origin is not None:
        roots["recommender_data"] = Path(data.origin).parent
    if not paths.course_root().is_relative_to(paths.PACKAGE):
        roots["solutions"] = paths.solutions()
        roots["exercises"] = paths.exercises().parent
    return roots
