"""Zip archives that do not depend on the system or the day: the same files give the same bytes."""

import io
import zipfile
from collections.abc import Collection, Mapping

_FIRST_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX, _PLAIN_FILE = 3, 0o100000


def zipped(
    files: Mapping[str, bytes],
    executables: Collection[str] = (),
    written: tuple[int, int, int, int, int, int] = _FIRST_DATE,
) -> bytes:
    """Return an archive of files, in their order.

    Args:
        files: The files' contents by name.
        executables: The names of files that a system may run.
        written: The date and the time of all files: year, month, day, hours, minutes, seconds.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, written)
            mode = 0o755 if name in executables else 0o644
            entry.external_attr = (_PLAIN_FILE | mode) << 16
            entry.create_system = _UNIX
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()
