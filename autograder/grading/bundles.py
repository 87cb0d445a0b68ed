"""Bundles among the files of a class: each is unpacked beside the results and graded there."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.bundle.manifest import NoBundle
from autograder.bundle.unpack import Bundle, is_bundle, read_bundle
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


@dataclass(frozen=True)
class Taken:
    """The bundles at some paths.

    Attributes:
        bundles: Those that count, by learner and time.
        archives: All files that were looked at as bundles.
        problems: A sentence on each bundle that cannot be graded.
    """

    bundles: tuple[TakenBundle, ...] = ()
    archives: frozenset[Path] = frozenset()
    problems: tuple[str, ...] = ()


def take_bundles(paths: Iterable[Path], place: Path) -> Taken:
    """Unpack the bundles at some paths, in their folders, and in learners' folders there.

    In a learner's folder, the newest of the bundles with the same name counts. Elsewhere the same
    name may be that of two learners, and `collect` numbers them.

    Args:
        paths: As `collect` receives them.
        place: The folder below which their notebooks are written.

    Raises:
        NotWritten: A notebook cannot be written.
    """
    archives: set[Path] = set()
    problems: list[str] = []
    taken: dict[str, TakenBundle] = {}
    for group, folder_of_learner in _groups(paths):
        bundles = []
        for path in group:
            if path.absolute() in archives or not is_bundle(path):
                continue
            archives.add(path.absolute())
            try:
                bundles.append(read_bundle(path))
            except NoBundle as error:
                text = _("{path} cannot be graded because {reason}.")
                problems.append(text.format(path=path, reason=error))
        for bundle, notes in _counting(bundles, folder_of_learner):
            key = digest(repr([bundle.manifest, sorted(bundle.notebooks.items())]).encode())
            if key in taken:
                text = _("{other} holds the same bundle as {best}")
                same = text.format(other=bundle.path.name, best=taken[key].bundle.path.name)
                taken[key] = replace(taken[key], notes=(*taken[key].notes, same))
            else:
                taken[key] = TakenBundle(bundle, _unpacked(bundle, place, key), notes)
    ordered = sorted(
        taken.values(),
        key=lambda t: (t.learner.casefold(), t.bundle.manifest.created, str(t.bundle.path)),
    )
    return Taken(tuple(ordered), frozenset(archives), tuple(problems))


def _groups(paths: Iterable[Path]) -> Iterator[tuple[list[Path], bool]]:
    """Yield the archives at each place, and whether the place is a learner's folder."""
    for path in paths:
        if not path.is_dir():
            yield [path], False
            continue
        parts = _parts(path)
        yield [part for part in parts if not part.is_dir()], False
        for part in parts:
            if part.is_dir() and not part.is_symlink():
                yield [inner for inner in _parts(part) if not inner.is_dir()], True


def _parts(folder: Path) -> list[Path]:
    try:
        return sorted(part for part in folder.iterdir() if not part.name.startswith("."))
    except OSError:
        return []  # `collect` names the reason


def _counting(bundles: list[Bundle], newest_only: bool) -> Iterator[tuple[Bundle, tuple[str, ...]]]:
    """Yield the bundles that count, with the notes on those that do not."""
    if not newest_only:
        yield from ((bundle, ()) for bundle in bundles)
        return
    by_learner: dict[str, list[Bundle]] = {}
    for bundle in bundles:
        by_learner.setdefault(bundle.manifest.learner.casefold(), []).append(bundle)
    for same in by_learner.values():
        *older, best = sorted(same, key=lambda b: (b.manifest.created, b.path.name))
        text = _("{best} was graded: it is newer than {other}")
        yield best, tuple(text.format(best=best.path.name, other=o.path.name) for o in older)


def _unpacked(bundle: Bundle, place: Path, key: str) -> Path:
    """Write the notebooks of a bundle into a folder of their own and return the folder."""
    folder = place / f"{slug(bundle.manifest.learner or NOBODY)[:60]}-{key[:12]}"
    for name, content in bundle.notebooks.items():
        path = folder / name
        if os.path.lexists(path) and not path.is_symlink() and path.read_bytes() == content:
            continue
        write_atomic(path, content)
    return folder
