"""Links beside a submitted notebook; nbgrader would copy the content of their targets."""

import os
from collections.abc import Iterator
from pathlib import Path

from traitlets.log import get_logger

from autograder.util.i18n import _
from autograder.util.text import visible

NOTE = ".link.txt"


def replace_links(assignment: str, student: str, notebooks: list[str]) -> None:
    """Replace links that lead out of a submission by notes on their targets.

    nbgrader calls this hook before it copies the files beside the notebooks. It copies no notebook;
    the kit reads notebooks, and refuses those that are links.

    Args:
        assignment: The assignment, or nbgrader's pattern.
        student: The learner, or nbgrader's pattern.
        notebooks: The paths of the submission's notebooks.

    Raises:
        SystemExit: A link cannot be replaced; nbgrader must not copy it.
    """
    for folder in sorted({Path(notebook).parent for notebook in notebooks}):
        for link in list(_links_out_of(folder)):
            text = _("{path} was a link to another place. A note took its place.")
            get_logger().warning(text.format(path=visible(str(link))))
            try:
                _replace(link)
            except OSError as error:
                reason = _("{path} is a link to another place and cannot be removed: {error}")
                raise SystemExit(reason.format(path=visible(str(link)), error=error)) from error


def _links_out_of(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(place, name)
            is_notebook = path.suffix == ".ipynb"
            if path.is_symlink() and not is_notebook and _leads_out_of(path, folder):
                yield path


def _leads_out_of(path: Path, folder: Path) -> bool:
    try:
        return not path.resolve(strict=True).is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return True


def _replace(link: Path) -> None:
    target = os.readlink(link)
    link.unlink()
    text = _("Here was a link to {target}. Only files themselves are graded.")
    note = link.with_name(link.name + NOTE)
    if not os.path.lexists(note):
        note.write_text(text.format(target=visible(target)) + "\n", encoding="utf-8")
