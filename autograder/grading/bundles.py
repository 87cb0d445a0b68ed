"""Bundles among the files of a class: each is unpacked beside the results and graded there."""

import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from autograder.bundle.manifest import NoBundle
from autograder.bundle.unpack import Bundle, read_bundle
from autograder.grading.slugs import slug
from autograder.util.atomic import write_atomic
from autograder.util.fingerprint import digest
from autograder.util.i18n import _

FOLDER = ".bundles"
NOBODY = "learner"


@dataclass(frozen=True)
class TakenBundle:
    """A bundle whose notebooks were unpacked.

    Attributes:
        bundle: The bundle.
        folder: The folder of its notebooks.
        notes: What every report on it says of its choice.
    """

    bundle: Bundle
    folder: Path
    notes: tuple[str, ...] = ()

    @property
    def learner(self) -> str:
        """The learner's name as the bundle states it."""
        return self.bundle.manifest.learner or NOBODY

    def notes_on(self, exercise: str) -> tuple[str, ...]:
        """Return what the report on an exercise says of the bundle."""
        return (*self.notes, *self.bundle.notes_on(exercise))


@dataclass
class Unpacking:
    """The bundles of a class, each unpacked once.

    Attributes:
        place: The folder below which their notebooks are written.
    """

    place: Path
    _folders: dict[str, Path] = field(default_factory=dict)

    def newest(self, paths: list[Path]) -> tuple[TakenBundle | None, list[str]]:
        """Unpack the newest of one learner's bundles.

        Args:
            paths: The bundles.

        Returns:
            The bundle, None where none can be read, and a sentence on each that cannot.

        Raises:
            NotWritten: A notebook cannot be written.
        """
        bundles: list[Bundle] = []
        problems: list[str] = []
        for path in paths:
            try:
                bundles.append(read_bundle(path))
            except NoBundle as error:
                text = _("{path} cannot be graded because {reason}.")
                problems.append(text.format(path=path, reason=error))
        if not bundles:
            return None, problems
        *older, best = sorted(bundles, key=lambda b: (b.manifest.created, b.path.name))
        notes = tuple(_note_on_older(best, other) for other in older)
        return TakenBundle(best, self._folder_of(best), notes), problems

    def _folder_of(self, bundle: Bundle) -> Path:
        key = key_of(bundle)
        if key not in self._folders:
            self._folders[key] = _unpacked(bundle, self.place, key)
        return self._folders[key]


def key_of(bundle: Bundle) -> str:
    """Return a digest that two bundles share if they are the same."""
    return digest(repr([bundle.manifest, sorted(bundle.notebooks.items())]).encode())


def _note_on_older(best: Bundle, other: Bundle) -> str:
    if key_of(best) == key_of(other):
        text = _("{other} holds the same bundle as {best}")
    else:
        text = _("{best} was graded: it is newer than {other}")
    return text.format(best=best.path.name, other=other.path.name)


def _unpacked(bundle: Bundle, place: Path, key: str) -> Path:
    """Write the notebooks of a bundle into a folder of their own and return the folder."""
    folder = place / f"{slug(bundle.manifest.learner or NOBODY)[:60]}-{key[:12]}"
    for name, content in bundle.notebooks.items():
        path = folder / name
        if os.path.lexists(path) and not path.is_symlink() and path.read_bytes() == content:
            continue
        write_atomic(path, content)
        _set_time(path, bundle.manifest.created)
    return folder


def _set_time(path: Path, created: str) -> None:
    """Let a notebook be as old as its bundle, so that it compares with files beside the bundle."""
    try:
        written = datetime.fromisoformat(created).timestamp()
        os.utime(path, (written, written))
    except (ValueError, OverflowError, OSError):
        return
