"""The kit as a wheel, made of the kit that runs: of a checkout or of an installed wheel.

No build backend and no network is needed. The same kit gives the same bytes.
"""

import base64
import hashlib
import io
import os
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import recommender_data
from autograder import __version__
from autograder.util import paths
from autograder.util.i18n import _
from autograder.util.languages import compile_all
from autograder.util.zips import zipped

DISTRIBUTION = "recommender-course"
_STEM = DISTRIBUTION.replace("-", "_")
_WHEEL = "Wheel-Version: 1.0\nGenerator: autograder\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


class NoWheel(RuntimeError):
    """A wheel that cannot be made or is not the kit's; the text says why and what to do."""


def kit_wheel(given: Path | None = None) -> tuple[str, bytes]:
    """Return the name and the bytes of the kit's wheel.

    Args:
        given: A wheel to take as it is, None to make one of the kit that runs.

    Raises:
        NoWheel: The given file is no wheel of the kit, or the metadata of the kit that runs are
            missing or of another version.
    """
    if given is not None:
        return given.name, _checked(given)
    try:
        installed = distribution(DISTRIBUTION)
    except PackageNotFoundError as error:
        text = _("The kit is not installed here. Install it, or name its wheel: --wheel FILE")
        raise NoWheel(text) from error
    if installed.version != __version__:
        text = _(
            "This is version {ours} of the kit, and version {other} is installed. Install the kit "
            "again, or name its wheel: --wheel FILE"
        )
        raise NoWheel(text.format(ours=__version__, other=installed.version))
    return f"{_STEM}-{__version__}-py3-none-any.whl", _packed(_contents(installed))


def _checked(wheel: Path) -> bytes:
    """Return the bytes of a wheel that an instructor names."""
    try:
        content = wheel.read_bytes()
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile) as error:
        text = _("{path} cannot be read as a wheel: {reason}.")
        raise NoWheel(text.format(path=wheel, reason=error)) from error
    if not wheel.name.startswith(f"{_STEM}-") or "autograder/__init__.py" not in names:
        text = _("{path} is no wheel of this kit: its name begins with {stem}.")
        raise NoWheel(text.format(path=wheel, stem=_STEM))
    return content


def _contents(installed: Distribution) -> dict[str, bytes]:
    """Return all files of the wheel but the list of files, by name."""
    package = Path(recommender_data.__file__).parent
    compile_all()
    files = dict(_below(paths.PACKAGE, "autograder"))
    files |= dict(_below(package, package.name))
    files["data.py"] = package.with_name("data.py").read_bytes()
    root = paths.course_root()
    if root == paths.PACKAGE.parent:
        for folder in (paths.solutions(), paths.exercises().parent):
            files |= dict(_below(folder, f"autograder/_course/{folder.name}"))
        files["autograder/_course/constraints.txt"] = paths.constraints().read_bytes()
    information = f"{_STEM}-{__version__}.dist-info"
    for name in ("METADATA", "entry_points.txt"):
        files[f"{information}/{name}"] = _text_of(installed, name).encode()
    for licence in (file for file in installed.files or () if "licenses" in file.parts):
        name = "/".join(licence.parts[licence.parts.index("licenses") :])
        files[f"{information}/{name}"] = Path(str(licence.locate())).read_bytes()
    files[f"{information}/WHEEL"] = _WHEEL.encode()
    return files


def _text_of(installed: Distribution, name: str) -> str:
    text = installed.read_text(name)
    if text is None:
        raise NoWheel(
            _(
                "The installed kit lacks {name}. Install it again, or name its wheel: --wheel FILE"
            ).format(name=name)
        )
    return text


def _below(folder: Path, prefix: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files below a folder that belong to the kit, by their names in the wheel."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if f != "__pycache__" and not f.startswith("."))
        inner = Path(place).relative_to(folder).parts
        for name in sorted(names):
            if not name.startswith(".") and not name.endswith((".pyc", ".pyo", ".po")):
                yield "/".join((prefix, *inner, name)), Path(place, name).read_bytes()


def _packed(files: dict[str, bytes]) -> bytes:
    """Return a wheel with these files and their list of digests."""
    record = f"{_STEM}-{__version__}.dist-info/RECORD"
    lines = [f"{name},sha256={_digest(data)},{len(data)}" for name, data in sorted(files.items())]
    files = {**files, record: "".join(f"{line}\n" for line in [*lines, f"{record},,"]).encode()}
    return zipped(dict(sorted(files.items())))


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
