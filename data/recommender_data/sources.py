"""Find a data set in MOVIELENS_DIR, in the cache, at GroupLens or at a path, or simulate a set."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import pandas as pd

from recommender_data.described import load_path
from recommender_data.download import Unreachable, fetch
from recommender_data.errors import DataError, UnknownSet
from recommender_data.files import Folder
from recommender_data.formats import RATINGS_CSV, read_1m, read_10m, read_100k, read_latest
from recommender_data.i18n import _
from recommender_data.places import from_environment, in_movielens_dir, opened
from recommender_data.simulated import simulate

DEFAULT = "ml-latest-small"
SIMULATED = "simulated"


class Reader(Protocol):
    """A function that reads the ratings and films in a set's folder (see `formats`)."""

    def __call__(self, folder: Folder, skip: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return ratings and films; with `skip`, leave out malformed lines of ratings."""
        ...


@dataclass(frozen=True)
class Published:
    """A set that GroupLens publishes.

    Attributes:
        read: The reader of its files.
        sha256: The checksum of its archive, in hexadecimal; None where it is unknown.
        folder: The name of the folder in its archive; "" for the set's own name.
    """

    read: Reader
    sha256: str | None
    folder: str = ""


PUBLISHED = {
    "ml-latest-small": Published(
        read_latest, "696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436"
    ),
    "ml-100k": Published(
        read_100k, "50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229"
    ),
    "ml-1m": Published(read_1m, "a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20"),
    "ml-10m": Published(read_10m, None, "ml-10M100K"),
    "ml-20m": Published(
        read_latest, "96f243c338a8665f6bcc89c53edf6ee39162a846940de6b7c8c48aeada765ff3"
    ),
    "ml-25m": Published(
        read_latest, "8b21cfb7eb1706b4ec0aac894368d90acf26ebdfb6aced3ebd4ad5bd1eb9c6aa"
    ),
    "ml-32m": Published(read_latest, None),
    "ml-latest": Published(read_latest, None),  # GroupLens replaces it from time to time
}
NAMES = (*PUBLISHED, SIMULATED)
_FOLDERS = {name: it.folder or name for name, it in PUBLISHED.items()}
_MARKERS: dict[object, tuple[str, ...]] = {
    read_1m: ("ratings.dat",),
    read_10m: ("ratings.dat",),
    read_100k: ("u.data",),
}


@dataclass(frozen=True, eq=False)
class Dataset:
    """Ratings and films in MovieLens' own columns; unpacks as `ratings, movies`.

    Attributes:
        name: The set's name, "simulated" where the set that was asked for is out of reach.
        ratings: Frame with userId and movieId (int64), rating (float64, stars) and timestamp
            (int64, seconds since 1970, UTC).
        movies: Frame with movieId (int64), title (text) and genres (text, "A|B|C").

    Ratings of one's own may lack times or genres. Then the column holds 0, or "(no genres
    listed)", and selecting it raises `MissingColumn`.
    """

    name: str
    ratings: pd.DataFrame
    movies: pd.DataFrame

    def __iter__(self) -> Iterator[pd.DataFrame]:
        """Yield the ratings, then the films."""
        return iter((self.ratings, self.movies))


def load(
    name: str | os.PathLike[str] | None = None, *, bad_rows: Literal["error", "skip"] = "error"
) -> Dataset:
    """Load a data set by name, or ratings of one's own by their path.

    For a name, the function searches MOVIELENS_DIR (for a folder or an archive of that name, or
    the set's own folder or archive), then the cache, then GroupLens. Where the network cannot be
    reached, it prints a notice and returns `simulated`.

    A path names a folder, an archive or a file of ratings. The file `dataset.toml` beside the
    ratings describes their form (docs/data.md); ratings in MovieLens' form need no description.

    Args:
        name: One of `NAMES`, or a path; without a name, the set or the path that COURSE_DATA
            names, else ml-latest-small.
        bad_rows: With "error", a malformed row of ratings raises. With "skip", the function
            leaves out and prints single malformed rows; too many of them raise all the same.

    Raises:
        UnknownSet: No set has that name.
        DataError: No file or folder has that path; or the data, the server or the disk is at fault.
    """
    by_variable = None if name else from_environment("COURSE_DATA")
    name = os.fspath(name or by_variable or DEFAULT)
    if name == SIMULATED:
        return _load_simulated()
    skip = bad_rows == "skip"
    if name not in PUBLISHED:
        return Dataset(*load_path(_path_of(name, bool(by_variable)), skip))
    published = PUBLISHED[name]
    markers = _MARKERS.get(published.read, RATINGS_CSV)
    place = in_movielens_dir(_FOLDERS, name, markers) or _at_grouplens(name)
    if place is None:
        return _load_simulated()
    with opened(place, _FOLDERS[name]) as folder:
        return Dataset(name, *published.read(folder.descend(*markers), skip))


def _path_of(name: str, by_variable: bool) -> Path:
    """Return the path that a name is.

    Args:
        name: A name that no set has.
        by_variable: Whether COURSE_DATA gives the name, so that the message must say so.

    Raises:
        UnknownSet: The name is neither that of a set nor a path.
        DataError: There is no such file or folder.
    """
    path = Path(name).expanduser()
    if path.exists():
        return path
    if path.name == name and not path.suffix:
        text = _("There is no data set {name}. Choose one of: {names}.")
        sentences = [text.format(name=repr(name), names=", ".join(NAMES))]
        kind: type[DataError] = UnknownSet
    else:
        text = _("There is no file or folder {path}. The data sets with a name are: {names}.")
        sentences = [text.format(path=Path.cwd() / path, names=", ".join(NAMES))]
        kind = DataError
    if by_variable:
        sentences.append(_("The environment variable COURSE_DATA names it: change or remove it."))
    raise kind(" ".join(sentences))


def _load_simulated() -> Dataset:
    simulation = simulate()
    return Dataset(SIMULATED, simulation.ratings, simulation.movies)


def _at_grouplens(name: str) -> Path | None:
    """Return the cached archive; print a notice and return None without a network."""
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


def _notice(name: str, error: Unreachable) -> str:
    """Return the sentences on a failed download and on the remedy."""
    if error.damaged is None:
        failure = _("{name} cannot be downloaded: {host} cannot be reached.")
    else:
        failure = _("{name} cannot be downloaded: {host} cannot be reached, and {path} is damaged.")
    folder = os.environ.get("MOVIELENS_DIR")
    if folder:
        remedy = _(
            "To use {name} without a network, unpack it in a folder and name that in MOVIELENS_DIR "
            "(now: {folder})."
        )
    else:
        remedy = _(
            "To use {name} without a network, unpack it in a folder and name that in MOVIELENS_DIR "
            "(now: not set)."
        )
    sentences = (
        failure.format(name=name, host=error.host, path=error.damaged),
        _("Using simulated ratings of invented films instead."),
        remedy.format(name=name, folder=folder),
        _("The next load tries the network again."),
    )
    return " ".join(sentences)
