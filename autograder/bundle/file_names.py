"""The name of a bundle: a learner's name and the time, in letters that every system accepts."""

import re
import unicodedata
from datetime import datetime
from itertools import count
from pathlib import Path

from autograder.util.fingerprint import digest

MAX_LENGTH = 40

_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def safe_name(learner: str) -> str:
    """Return a learner's name as a part of a file name, also on Windows.

    Accents go. Where letters cannot be written in ASCII, digits of the name's SHA-256 tell names
    apart.
    """
    plain = unicodedata.normalize("NFKD", learner)
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    ascii_only = letters.encode("ascii", "ignore").decode("ascii")
    name = re.sub(r"[^A-Za-z0-9]+", "-", ascii_only)[:MAX_LENGTH].strip("-")
    lost = any(c.isalpha() and not c.isascii() for c in letters)
    if lost or not name or _DEVICE.fullmatch(name):
        name = f"{name or 'learner'}-{digest(learner.encode('utf-8', 'replace'))[:8]}"
    return name


def free_path(folder: Path, learner: str, now: datetime) -> Path:
    """Return a path for a bundle that no file has."""
    stem = f"{safe_name(learner)}_course_{now:%Y-%m-%d_%H%M%S}"
    for number in count(1):
        path = folder / (f"{stem}.zip" if number == 1 else f"{stem}-{number}.zip")
        if not path.exists():
            return path
    raise AssertionError("count() does not end")
