"""Reading a submitted file safely: plain files only, no links out of a folder, a limited size.

Anybody may submit a file. Opening it must neither follow a link out of its folder nor wait for a
pipe.
"""

import os
import stat
from pathlib import Path

from autograder.submissions.cells import UnreadableSubmission, refusal
from autograder.util.i18n import _

MAX_BYTES = 20 * 2**20

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
)


def read_content(path: Path) -> bytes:
    """Read a submitted file.

    Args:
        path: The file.

    Returns:
        Its bytes, at most `MAX_BYTES`.

    Raises:
        UnreadableSubmission: The path is no plain file of its own folder, or the file is too large.
    """
    own_file = _("Hand in the file itself.")
    if leads_out(path):
        raise refusal(path.name, _("it is a link to another place"), own_file)
    try:
        real = path.resolve(strict=True)
        _refuse_unless_plain(path.name, real.stat())
        descriptor = os.open(real, _FLAGS)
        with open(descriptor, "rb") as file:
            _refuse_unless_plain(path.name, os.fstat(descriptor))
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = _("it cannot be opened ({reason})").format(reason=error.strerror)
        raise refusal(path.name, reason, _("Hand it in again.")) from error
    if len(data) > MAX_BYTES:
        raise _too_large(path.name)
    return data


def leads_out(path: Path) -> bool:
    """Return whether a path is a link out of its own folder, or a dangling link."""
    if not os.path.islink(path):
        return False
    try:
        return path.resolve(strict=True).parent != path.parent.resolve()
    except (OSError, RuntimeError):
        return True


def _refuse_unless_plain(name: str, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise refusal(name, _("it is a folder"), _("Hand in the file itself."))
    if not stat.S_ISREG(status.st_mode):
        raise refusal(name, _("it is no plain file"), _("Hand in the file itself."))
    if status.st_size > MAX_BYTES:
        raise _too_large(name)


def _too_large(name: str) -> UnreadableSubmission:
    return refusal(
        name,
        _("it is larger than {limit} MB").format(limit=MAX_BYTES // 2**20),
        _("Clear its outputs, save it, and hand it in again."),
    )
