"""The proof that a worker opens no secret file, before the first submission runs.

The judge lists the secret files. A worker with all layers, in which no learner's code runs, tries
to open each file by every path that leads to the file or might lead there, and by its hard links.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_CLIMB = "../" * 40
_MAX_DESCRIPTOR = 256
_NOT_WALKED = ("/proc", "/sys", "/dev")


@dataclass(frozen=True)
class Secrets:
    """Secret files, as a judge names them to a worker.

    Attributes:
        paths: Their absolute paths, also the real ones where links lead to them.
        linked: Device and inode of each file that has several names (hard links).
    """

    paths: list[str]
    linked: list[list[int]]

    @classmethod
    def of(cls, files: Iterable[Path]) -> "Secrets":
        """Return the secrets of these files; the judge reads no content."""
        paths: set[str] = set()
        linked: set[tuple[int, int]] = set()
        real_folder = cache(os.path.realpath)
        for file in files:
            paths |= {os.path.abspath(file), os.path.join(real_folder(file.parent), file.name)}
            if file.is_symlink():
                paths.add(os.path.realpath(file))
            with suppress(OSError):
                status = os.stat(file)
                if status.st_nlink > 1:
                    linked.add((status.st_dev, status.st_ino))
        return cls(sorted(paths), [list(identity) for identity in sorted(linked)])


def opened_secrets(readable: Iterable[str], paths: list[str], linked: list[list[int]]) -> list[str]:
    """Return the paths by which this process can open a secret file.

    Args:
        readable: The places that the process may read, which may hold further hard links.
        paths: See `Secrets`.
        linked: See `Secrets`.
    """
    starts = ["", *_other_roots()]
    opened = [start + path for path in paths for start in starts if _opens(start + path)]
    for folder in _open_folders():
        opened += [f"<{folder}>{path}" for path in paths if _opens(_CLIMB + path[1:], folder)]
    identities = {(device, inode) for device, inode in linked}
    return opened + [path for path in _names_of(identities, readable) if _opens(path)]


def _opens(path: str, folder: int | None = None) -> bool:
    """Return whether this process can open a file for reading; an empty file counts."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK, dir_fd=folder)
    except OSError:
        return False
    with suppress(OSError):
        os.read(descriptor, 1)
    os.close(descriptor)
    return True


def _other_roots() -> list[str]:
    """Return the paths, to be put before an absolute path, that lead to some root folder."""
    processes = ["self", "thread-self", "1"]
    with suppress(OSError):
        processes += [name for name in os.listdir("/proc") if name.isdigit()]
    candidates = [f"{os.getcwd()}/{_CLIMB}"]
    for process in dict.fromkeys(processes):
        folder = f"/proc/{process}"
        candidates += [f"{folder}/root", f"{folder}/cwd/{_CLIMB}"]
        with suppress(OSError):
            candidates += [f"{folder}/fd/{name}/{_CLIMB}" for name in os.listdir(f"{folder}/fd")]
    return [start for start in candidates if os.path.exists(start)]


def _open_folders() -> Iterator[int]:
    """Yield the descriptors of folders that this process has inherited."""
    for descriptor in range(_MAX_DESCRIPTOR):
        with suppress(OSError):
            os.stat(".", dir_fd=descriptor)
            yield descriptor


def _names_of(identities: set[tuple[int, int]], readable: Iterable[str]) -> Iterator[str]:
    """Yield the readable paths of files by device and inode."""
    if not identities:
        return
    inodes = {inode for _device, inode in identities}
    for place in readable:
        if place.startswith(_NOT_WALKED):
            continue
        # The entry of a mounted file bears the inode of the file below it, so that `stat` decides.
        candidates = [place] if os.path.isfile(place) else _with_inode(place, inodes)
        for path in candidates:
            with suppress(OSError):
                status = os.stat(path)
                if (status.st_dev, status.st_ino) in identities:
                    yield path


def _with_inode(folder: str, inodes: set[int]) -> Iterator[str]:
    """Yield the files below a folder that bear one of the inodes, on whatever device."""
    waiting = [folder]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif entry.inode() in inodes:
                    yield entry.path
