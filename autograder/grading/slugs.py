"""Slugs: the names of the learners' folders, which differ on every file system."""

import hashlib
import re
import unicodedata

_MAX_LENGTH = 60
_READABLE_LENGTH = 40
_PLAIN = re.compile(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?", re.IGNORECASE | re.ASCII)
_HASHED = re.compile(r".*-[0-9a-f]{16}", re.IGNORECASE)
_WINDOWS_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LIKE_A_FILE = re.compile(r".*\.(csv|html|json|py|ipynb)", re.IGNORECASE)


def slug(learner: str) -> str:
    """Return the name of a learner's folder; no two learners have the same.

    A plain name such as `marie.durand` stays as it is; `collect` numbers names that differ in
    capitals only. Any other name is reduced to lower-case ASCII and gets 16 hexadecimal digits of
    its SHA-256: `Zoë Müller` becomes `zoe-muller-…`. A plain name that already ends in such digits
    gets further digits.
    """
    if _is_plain(learner):
        return learner
    digits = hashlib.sha256(learner.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{_readable(learner) or 'learner'}-{digits}"


def _is_plain(name: str) -> bool:
    return (
        len(name) <= _MAX_LENGTH
        and _PLAIN.fullmatch(name) is not None
        and not any(form.fullmatch(name) for form in (_HASHED, _WINDOWS_DEVICE, _LIKE_A_FILE))
    )


def _readable(name: str) -> str:
    """Return the ASCII part of a name without dots, before which Windows looks for devices."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9_]+", "-", letters.lower())[:_READABLE_LENGTH].strip("-")
