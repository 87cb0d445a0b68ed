"""Small workspaces, notebooks that ran without a kernel, and bundles that nobody honest made."""

import io
import json
import os
import zipfile

from nbformat.v4 import new_output

from autograder.bundle import submit
from autograder.bundle.manifest import NAME, checksum_of
from autograder.bundle.run import without_outputs
from autograder.util.fingerprint import digest
from tests.workspace.making import EXERCISE as OTHER_ARGUMENTS

EXERCISE = OTHER_ARGUMENTS.replace("build_mf(n)", "build_mf(n_users, n_items, n_factors)").replace(
    "score_matrix(p, q)", "score_matrix(user_factors, item_factors)"
)

STUB = '    # TODO\n    raise NotImplementedError("build_mf")\n'

BONUS = """\
# %% [markdown]
# # 14 · A bonus

# %%
def solve_users(n):
    # TODO
    raise NotImplementedError("solve_users")

# %% tags=["check"]
check("solve_users")
"""

ANSWERS = """\
# %% [markdown] tags=["answer"]
# *Your answer*

# %% [markdown] tags=["answer"]
# *Your second answer*
"""

MEMO = """\
# %% [markdown]
# # Memo

# %% [markdown]
# Write here.
"""


def edit(workspace, name, old, new, suffix=".py"):
    """Change a text in one file of a pair, some seconds after the other was written."""
    path = workspace.root / f"{name}{suffix}"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    later = path.stat().st_mtime + 10
    os.utime(path, (later, later))


class FakeRun:
    """Stands in for a kernel: each code cell prints its number; a stub's demonstration raises."""

    def __init__(self, patch, interrupt_at=None):
        """Replace `run`; stop with Ctrl-C at the notebook of this number, from 0."""
        self.ran = []
        self._interrupt_at = interrupt_at
        patch.setattr(submit, "run", self)

    def __call__(self, document, folder, on_cell=lambda: None, cell_seconds=600):
        """Return the document with outputs."""
        if len(self.ran) == self._interrupt_at:
            raise KeyboardInterrupt
        notebook = without_outputs(document)
        self.ran.append(notebook.cells[0].source.partition("\n")[0])
        for number, cell in enumerate(notebook.cells, start=1):
            if cell.cell_type == "code":
                cell.outputs = [new_output("stream", text=f"cell {number}\n")]
                if cell.source.startswith("raise "):
                    kind = cell.source.removeprefix("raise ").partition("(")[0]
                    error = {"ename": kind, "evalue": "no", "traceback": []}
                    cell.outputs.append(new_output("error", **error))
                on_cell()
        return notebook


def contents(path):
    """Return the bytes of every file in an archive by name, in order."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repacked(files, path, entries=()):
    """Write an archive of files by name, and of odd entries (ZipInfo, bytes)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        for entry, content in entries:
            archive.writestr(entry, content)
    path.write_bytes(buffer.getvalue())
    return path


def bundle(path, notebooks, learner="Ada Lovelace", created="2026-03-01T10:00:00+00:00", **more):
    """Write a bundle of notebooks' bytes by file name; `more` changes parts of its manifest."""
    record = b""
    files = {**notebooks, "opened.jsonl": record}
    document = {
        "kind": "recommender-course bundle",
        "format": 1,
        "learner": learner,
        "created": created,
        "kit": {"version": "0.2.0", "fingerprint": "0"},
        "files": [{"name": name, "sha256": digest(files[name])} for name in sorted(files)],
        "opened": {"functions": [], "problems": [], "last_hash": ""},
        **more,
    }
    document = {**document, "checksum": checksum_of(document)}
    return repacked({NAME: json.dumps(document).encode(), **files}, path)
