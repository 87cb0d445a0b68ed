"""Find a data set: in MOVIELENS_DIR, in the cache, at GroupLens, or made up."""

import os
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from autograder.util.i18n import _
from data.download import Unreachable, fetch
from data.errors import DataError
from data.formats import read_1m, read_100k, read_latest
from data.simulated import simulate

DEFAULT = "ml-latest-small"
SIMULATED = "simulated"


@dataclass(frozen=True)
class Published:
    """A set that GroupLens publishes: its reader, and its archive's SHA-256 where it is known."""

    read: Callable
    sha256: str | None


PUBLISHED = {
    "ml-latest-small": Published(
        read_latest, "696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436"
    ),
    "ml-100k": Published(
        read_100k, "50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229"
    ),
    "ml-1m": Published(read_1m, "a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20"),
    "ml-20m": Published(
        read_latest, "96f243c338a8665f6bcc89c53edf6ee39162a846940de6b7c8c48aeada765ff3"
    ),
    "ml-25m": Published(
        read_latest, "8b21cfb7eb1706b4ec0aac894368d90acf26ebdfb6aced3ebd4ad5bd1eb9c6aa"
    ),
    "ml-32m": Published(read_latest, None),
}
NAMES = (*PUBLISHED, SIMULATED)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Ratings and films in MovieLens' own columns; unpacks as `ratings, movies`.

    name: what was loaded, which is "simulated" where the set asked for was out of reach.
    ratings: frame with userId, movieId int64, rating float64 (stars), timestamp int64 (seconds
    since 1970, UTC). movies: frame with movieId int64, title and genres ("A|B|C") as text.
    """

    name: str
    ratings: pd.DataFrame
    movies: pd.DataFrame

    def __iter__(self) -> Iterator[pd.DataFrame]:
        return iter((self.ratings, self.movies))


def load(name: str | None = None, *, bad_rows: Literal["error", "skip"] = "error") -> Dataset:
    """Load a data set by name; without a name, that of COURSE_DATA, else ml-latest-small.

    Sought in MOVIELENS_DIR (a folder or an archive of that name, or the set's own folder), then in
    the cache, then at GroupLens. Where the network cannot be reached, says so and returns
    `simulated`. bad_rows: a malformed row of ratings is an error, or, with "skip", is left out and
    named on standard output (a few rows only: a file full of them is an error all the same).
    Raises ValueError for an unknown name and DataError for anything that is wrong with the data,
    the server or the disk.
    """
    name = name or os.environ.get("COURSE_DATA") or DEFAULT
    if name not in NAMES:
        raise ValueError(
            _("There is no data set {name!r}. Choose one of: {names}.").format(
                name=name, names=", ".join(NAMES)
            )
        )
    if name == SIMULATED:
        return _load_simulated()
    place = _in_movielens_dir(name) or _at_grouplens(name)
    return _read(name, place, bad_rows == "skip") if place else _load_simulated()


def _load_simulated() -> Dataset:
    simulation = simulate()
    return Dataset(SIMULATED, simulation.ratings, simulation.movies)


def _in_movielens_dir(name: str) -> Path | None:
    root = os.environ.get("MOVIELENS_DIR")
    if not root:
        return None
    root = Path(root).expanduser()
    if (root / name).is_dir():
        return root / name
    if root.name == name and root.is_dir():
        return root
    archive = root / f"{name}.zip"
    return archive if archive.is_file() else None


def _at_grouplens(name: str) -> Path | None:
    """The cached archive, or None, with a notice, where the network cannot be reached."""
    sha256 = PUBLISHED[name].sha256
    if sha256 is None:
        raise DataError(
            _(
                "{name} is not downloaded, because its checksum is not known. Fetch {name}.zip "
                "from https://grouplens.org/datasets/movielens/ by hand and name the folder that "
                "holds it in MOVIELENS_DIR."
            ).format(name=name)
        )
    try:
        return fetch(f"{name}.zip", sha256)
    except Unreachable as error:
        print(_notice(name, error), flush=True)
        return None


def _notice(name: str, reason: Unreachable) -> str:
    return _(
        "{name} cannot be downloaded: {reason}. Using simulated ratings of invented films instead. "
        "To use {name} without a network, unpack it in a folder and name that in MOVIELENS_DIR "
        "(now: {folder}). The next load tries the network again."
    ).format(name=name, reason=reason, folder=os.environ.get("MOVIELENS_DIR") or _("not set"))


def _read(name: str, place: Path, skip: bool) -> Dataset:
    read = PUBLISHED[name].read
    if place.is_dir():
        return Dataset(name, *read(place, skip))
    try:
        with zipfile.ZipFile(place) as archive:
            return Dataset(name, *read(zipfile.Path(archive, f"{name}/"), skip))
    except (OSError, zipfile.BadZipFile) as error:
        raise DataError(
            _("{archive} cannot be read: {reason}. Fetch it again.").format(
                archive=place, reason=error
            )
        ) from error
