"""The places that a worker may read: the interpreter, installed packages, shared libraries (Linux).

The places form an allow list. No place holds a secret folder, lies in a secret folder, or is
reached through a link. A folder with a secret below it is replaced by its other parts.
"""

import os
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

_SYSTEM_FILES = (
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/devices/system/cpu",
    "/dev/null",
    "/dev/random",
    "/dev/urandom",
)
_SYSTEM_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")
_LOADER_FOLDERS = ("/lib64", "/usr/lib64")
_SHARED_LIBRARY = re.compile(r"\.so(\.|$)")


@dataclass(frozen=True)
class Installation:
    """The files of a running interpreter.

    Attributes:
        standard: Folders of the standard library.
        path: Folders of `sys.path`.
        imported: Files and folders of the top-level modules that the interpreter has imported.
        mapped: Shared libraries in the interpreter's memory.
        system: Folders whose subfolders hold the system's shared libraries.
        loader: Folders of the system's dynamic loader.
    """

    standard: tuple[Path, ...]
    path: tuple[Path, ...]
    imported: tuple[Path, ...]
    mapped: tuple[Path, ...]
    system: tuple[Path, ...] = tuple(map(Path, _SYSTEM_LIBRARIES))
    loader: tuple[Path, ...] = tuple(map(Path, _LOADER_FOLDERS))

    @classmethod
    def running(cls) -> "Installation":
        """Return the installation of this process."""
        standard = {Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")}
        packages = {Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
        packages |= {Path(entry) for entry in sys.path if os.path.isabs(entry)}
        top_level = [module for name, module in sys.modules.items() if "." not in name]
        imported = {path for module in top_level for path in _files_of(module)}
        lines = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
        mapped = {Path(line.split(None, 5)[5]) for line in lines if ".so" in line and "/" in line}
        return cls(*(tuple(sorted(paths)) for paths in (standard, packages, imported, mapped)))


@dataclass(frozen=True)
class Places:
    """The places that a worker may read.

    Attributes:
        readable: Folders, with all that they hold, and files.
        listed: Folders whose names the worker may read, so that Python finds modules there; only
            the parts in `readable` have a content for the worker.
    """

    readable: tuple[str, ...]
    listed: tuple[str, ...] = ()


def places(installation: Installation, secret: Iterable[Path]) -> Places:
    """Return all that a worker may read.

    Args:
        installation: The interpreter and its packages.
        secret: Folders that no worker may read, wherever they lie.
    """
    hidden = tuple(Path(path).resolve() for path in secret)
    found = [part for folder in _library_folders(installation) for part in _parts(folder, hidden)]
    found += [path for path in installation.imported if not _is_below(path, found)]
    libraries = [path for path in installation.mapped if not _is_below(path, found)]
    found += _shared_libraries(libraries, installation, hidden)
    found += [Path(name) for name in _SYSTEM_FILES]
    forms = {form for path in found for form in (path, path.resolve())}
    kept = {path for path in forms if path.exists() and not _touches(path, hidden)}
    outer = {path for path in kept if not any(parent in kept for parent in path.parents)}
    split = {
        form
        for folder in _library_folders(installation)
        for form in (folder, folder.resolve())
        if form not in kept and form.is_dir() and not _is_in(form.resolve(), hidden)
    }
    return Places(tuple(sorted(map(str, outer))), tuple(sorted(map(str, split))))


def _files_of(module: ModuleType) -> list[Path]:
    """Return the folders of a package, or the file of a module, where they exist."""
    folders = list(getattr(module, "__path__", None) or ())
    file = getattr(module, "__file__", None)
    return [Path(path) for path in folders or ([file] if file else []) if os.path.isabs(path)]


def _library_folders(installation: Installation) -> list[Path]:
    """Return the folders of the standard library and of installed packages.

    Other folders of `sys.path`, such as checkouts, may hold anything beside their packages.
    """
    installed = [path for path in installation.path if _is_for_packages(path)]
    return [path for path in (*installation.standard, *installed) if path.is_dir()]


def _is_for_packages(path: Path) -> bool:
    return path.name.endswith("-packages")


def _parts(folder: Path, hidden: tuple[Path, ...]) -> Iterator[Path]:
    """Yield a folder, or its parts where it holds a secret or the packages of an interpreter."""
    if not _touches(folder, hidden) and not any(map(_is_for_packages, folder.iterdir())):
        yield folder
        return
    if _is_in(folder.resolve(), hidden):
        return
    for part in sorted(folder.iterdir()):
        if part.is_symlink() or _is_for_packages(part):
            continue
        if part.is_dir() and _touches(part, hidden):
            yield from _parts(part, hidden)
        elif not _touches(part, hidden):
            yield part


def _shared_libraries(
    mapped: list[Path], installation: Installation, hidden: tuple[Path, ...]
) -> Iterator[Path]:
    """Yield the system's folders of libraries; elsewhere, the libraries beside the mapped ones.

    A library may load another library of its folder later.
    """
    folders = {path.parent for path in mapped} | set(installation.loader)
    for folder in sorted(path for path in folders if path.is_dir()):
        if _is_in(folder, installation.system) and not _touches(folder, hidden):
            yield folder
        else:
            yield from (path for path in folder.iterdir() if _is_shared_library(path))


def _is_shared_library(path: Path) -> bool:
    return bool(_SHARED_LIBRARY.search(path.name)) and path.is_file()


def _touches(path: Path, hidden: tuple[Path, ...]) -> bool:
    """Return whether a place holds a secret folder or lies in a secret folder."""
    real = path.resolve()
    return any(secret.is_relative_to(real) or real.is_relative_to(secret) for secret in hidden)


def _is_in(path: Path, folders: Iterable[Path]) -> bool:
    """Return whether a path is one of these folders or lies in one of them."""
    return any(path.is_relative_to(folder) for folder in folders)


def _is_below(path: Path, found: Iterable[Path]) -> bool:
    parents = {path, *path.parents}
    return any(place in parents for place in found)
