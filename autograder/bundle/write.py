"""Write a bundle: one zip with notebooks, pages, reports, the record, manifest and receipts."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import __version__
from autograder.bundle.file_names import free_path
from autograder.bundle.manifest import NAME, RECEIPTS, RECORD, REPORTS, Manifest
from autograder.bundle.pages import page
from autograder.bundle.receipt import receipt_of
from autograder.reports.model import Report
from autograder.submissions.safe_read import MAX_BYTES
from autograder.util.atomic import NotWritten
from autograder.util.fingerprint import digest, kit_fingerprint
from autograder.util.i18n import _
from autograder.util.user_state import opened_answers
from autograder.util.zips import zipped
from autograder.workspace.opened_answers import last_hash_of, read_text, record_of
from autograder.workspace.place import Workspace

if TYPE_CHECKING:
    from nbformat import NotebookNode

MAX_NOTEBOOK = MAX_BYTES * 9 // 10
"""Bytes of a notebook in a bundle; the grader reads no larger file than `MAX_BYTES`."""


@dataclass(frozen=True)
class HandedIn:
    """A bundle that was written.

    Attributes:
        path: The file.
        checksum: The checksum of its manifest.
        notes: Sentences on what was left out.
    """

    path: Path
    checksum: str
    notes: tuple[str, ...] = ()


def write_bundle(
    workspace: Workspace,
    learner: str,
    executed: "Mapping[str, NotebookNode]",
    reports: list[Report],
    now: datetime | None = None,
) -> HandedIn:
    """Write a bundle into a workspace; no file is replaced.

    Args:
        workspace: The workspace.
        learner: The learner's name.
        executed: The notebooks that ran, by name.
        reports: The reports on the exercises.
        now: The time; None for the present.

    Raises:
        NotWritten: The file cannot be written.
    """
    now = now or datetime.now().astimezone()
    notes: list[str] = []
    files: dict[str, bytes] = {}
    for name, notebook in executed.items():
        fitting, content = _fitting(notebook)
        if fitting is not notebook:
            text = _("{name}: the largest outputs were left out, so that it can be graded.")
            notes.append(text.format(name=name))
        files[f"{name}.ipynb"] = content
        files[f"pages/{name}.html"] = page(name, fitting, workspace.root).encode(*_UTF8)
    named = [replace(r, submission=Path(r.submission).name) for r in reports]
    files[REPORTS] = _json([report.to_json() for report in named])
    files[RECORD] = read_text(workspace.opened_record).encode(*_UTF8)
    manifest = _manifest(workspace, learner, files, now)
    document = manifest.document()
    receipt = receipt_of(manifest, named)
    files[NAME] = _json(document)
    files |= dict(zip(RECEIPTS, (receipt.html().encode(), receipt.text().encode()), strict=True))
    path = free_path(workspace.root, learner, now)
    names = sorted(files, key=lambda name: (name != NAME, name))  # the manifest first
    _write_new(path, zipped({name: files[name] for name in names}, written=now.timetuple()[:6]))
    return HandedIn(path, document["checksum"], tuple(notes))


_UTF8 = ("utf-8", "replace")


def _manifest(
    workspace: Workspace, learner: str, files: Mapping[str, bytes], now: datetime
) -> Manifest:
    record = record_of(workspace)
    return Manifest(
        learner,
        now.isoformat(timespec="seconds"),
        __version__,
        kit_fingerprint(),
        {name: digest(content) for name, content in files.items()},
        tuple(sorted(record.functions | opened_answers())),
        tuple(str(problem) for problem in record.problems),
        last_hash_of(workspace),
    )


def _fitting(notebook: "NotebookNode") -> "tuple[NotebookNode, bytes]":
    """Return a notebook that is small enough to be graded, and its bytes."""
    import nbformat
    from nbformat.v4 import new_output

    content = nbformat.writes(notebook).encode(*_UTF8)
    if len(content) <= MAX_NOTEBOOK:
        return notebook, content
    notebook = nbformat.reads(content.decode(), as_version=4)
    text = str(_("The output of this cell was left out, since the notebook was too large.")) + "\n"
    by_size = sorted(
        (cell for cell in notebook.cells if cell.cell_type == "code"),
        key=lambda cell: -len(json.dumps(cell.outputs)),
    )
    for cell in by_size:
        cell.outputs = [new_output("stream", name="stderr", text=text)]
        content = nbformat.writes(notebook).encode(*_UTF8)
        if len(content) <= MAX_NOTEBOOK:
            break
    return notebook, content


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that does not exist yet; an interruption leaves nothing under its name."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        try:
            partial.write_bytes(content)
            if path.exists():
                raise FileExistsError(0, _("there is a file already"))
            partial.rename(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        text = _("{path} cannot be written: {reason}.")
        raise NotWritten(text.format(path=path, reason=error.strerror)) from error


def _json(document: object) -> bytes:
    text = json.dumps(document, indent=1, ensure_ascii=False)
    return f"{text}\n".encode(*_UTF8)
