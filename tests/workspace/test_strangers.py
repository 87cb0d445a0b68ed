"""A stranger's workspace: what README.md and docs/learners.md promise, tried from outside.

Each case was written from the docs alone: the workspace, its pairs, and where people work.
"""

import json
import os
import shutil
import subprocess
import sys
import warnings
import zipfile

import jupytext
import nbclient
import nbformat
import pytest
from typer.testing import CliRunner

from autograder.bundle.pages import page
from autograder.cli.app import app
from autograder.workspace import contents, update
from autograder.workspace.documents import document_of
from autograder.workspace.place import found_from
from autograder.workspace.start import start
from tests.answers import solution_text
from tests.workspace.making import EXERCISE, NAME, deliver

ANSWER = "    return n + 41\n"
STUB = '    # TODO\n    raise NotImplementedError("build_mf")\n'
FRENCH = "# Réponse : « ça dépend », 5 € ♥\n"


def run(*words, code=0, stdin=None):
    """Call a command as in a terminal; return all that it prints."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = CliRunner().invoke(app, list(words), input=stdin)
    text = result.stdout + result.stderr
    assert not isinstance(result.exception, Exception), (text, result.exception)
    assert result.exit_code == code, text
    assert "Traceback" not in text
    return text


def files(folder):
    """Return every file of a folder but backups, with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "backups" not in path.parts
    }


def everything(folder):
    """Return all text of a folder, notebooks as their sources, backups too."""
    texts = []
    for path in folder.rglob("*"):
        if path.suffix == ".ipynb":
            try:
                cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            except (ValueError, KeyError):
                continue
            texts += ["".join(cell["source"]) for cell in cells]
        elif path.suffix == ".py":
            texts.append(path.read_text(encoding="utf-8"))
    return "\n".join(texts)


def write_script(workspace, old=STUB, new=ANSWER, seconds=10):
    path = workspace.script(NAME)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    later = path.stat().st_mtime + seconds
    os.utime(path, (later, later))


def write_notebook(workspace, old=STUB, new=ANSWER, seconds=10, **metadata):
    path = workspace.notebook(NAME)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        cell["source"] = (source + "\n").replace(old, new).removesuffix("\n").splitlines(True)
    notebook["metadata"] |= metadata
    path.write_text(json.dumps(notebook), encoding="utf-8")
    later = path.stat().st_mtime + seconds
    os.utime(path, (later, later))


def source_of(path):
    if path.suffix == ".py":
        return path.read_text(encoding="utf-8")
    return "\n".join(cell.source for cell in nbformat.read(path, 4).cells)


@pytest.fixture
def inside(workspace, monkeypatch):
    monkeypatch.chdir(workspace.root)
    return workspace


def newer_kit(monkeypatch, text=None, version="9.9", **texts):
    deliver(monkeypatch, **({f"_{NAME}": text} if text else {}), **texts)
    monkeypatch.setattr("autograder.workspace.place.__version__", version)


# Start, and finding the workspace


def test_a_path_with_a_space_can_be_pasted_from_what_start_prints(tmp_path, monkeypatch):
    deliver(monkeypatch, _04_dot_product=EXERCISE)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "Ada's cours d'été"
    text = run("start", str(folder))
    assert found_from(folder).root == folder
    [line] = [line for line in text.splitlines() if "cd " in line]
    if os.name == "nt":
        return
    command = line[line.index("cd ") :]
    done = subprocess.run(["sh", "-c", f"{command} && pwd"], capture_output=True, text=True)
    assert done.stdout.strip() == str(folder), (command, done.stderr)


def test_start_twice_changes_nothing_and_names_update(inside):
    before = files(inside.root)
    text = run("start", str(inside.root), code=2)
    assert "autograder update" in text
    assert files(inside.root) == before


def test_a_workspace_in_a_workspace_is_refused_and_names_the_outer_one(inside):
    text = run("start", "inner", code=2)
    assert str(inside.root) in text
    assert not (inside.root / "inner" / ".autograder.toml").exists()


def test_two_nested_workspaces_each_serve_their_own_files(tmp_path, monkeypatch):
    """Someone moved one workspace into another: the nearest above counts."""
    deliver(monkeypatch, _04_dot_product=EXERCISE)
    outer, inner = (start(tmp_path / name).workspace for name in ("outer", "inner"))
    moved = outer.root / "old"
    shutil.move(inner.root, moved)
    assert found_from(moved).root == moved
    write_script(found_from(moved))
    monkeypatch.chdir(moved)
    run("reset", "build_mf", "--yes")
    assert "n + 41" not in (moved / f"{NAME}.py").read_text(encoding="utf-8")
    assert not list(outer.root.glob(".autograder/backups/*"))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    assert str(closed) in run("start", str(closed / "course"), code=2)


def test_every_command_from_a_subfolder(inside, monkeypatch):
    deep = inside.root / "figures" / "old"
    deep.mkdir(parents=True)
    write_script(inside)
    monkeypatch.chdir(deep)
    assert "already" in run("update")
    run("reset", "build_mf", "--yes")
    assert "n + 41" not in source_of(inside.script(NAME))
    assert "n + 41" in everything(inside.root)
    assert not list(deep.iterdir())


def test_the_marker_saved_by_notepad_is_still_a_marker(workspace):
    marker = workspace.root / ".autograder.toml"
    text = marker.read_bytes().replace(b"\n", b"\r\n")
    marker.write_bytes(b"\xef\xbb\xbf" + text)
    assert found_from(workspace.root).root == workspace.root


# Update


def test_update_leaves_an_up_to_date_workspace_byte_for_byte(inside):
    write_script(inside)
    run("update")
    before = files(inside.root)
    run("update")
    assert files(inside.root) == before


@pytest.mark.parametrize("how", ["renamed", "split", "deleted"])
def test_the_answer_of_a_function_that_is_gone_stays(inside, monkeypatch, how):
    write_script(inside)
    text = {
        "renamed": EXERCISE.replace("build_mf", "build_model"),
        "split": EXERCISE.replace("def build_mf", "def tables(n):\n    pass\n\n\ndef dot"),
        "deleted": EXERCISE.replace(
            EXERCISE[EXERCISE.index("# %%\ndef build_mf") : EXERCISE.index("# %% tags")], ""
        ),
    }[how]
    newer_kit(monkeypatch, text)
    run("update")
    for path in (inside.script(NAME), inside.notebook(NAME)):
        assert "n + 41" in source_of(path)
    again = files(inside.root)
    run("update")
    assert files(inside.root) == again


@pytest.mark.parametrize("file", ["script", "notebook"])
def test_own_cells_and_notes_stay_in_their_place(inside, monkeypatch, file):
    """An own cell below the check, a note below the prose, in either file of the pair."""
    if file == "script":
        text = 'check("build_mf")\n\n# %%\nmine = 1\n\n# %% [markdown]\n# My note.\n'
        write_script(inside, 'check("build_mf")\n', text)
    else:
        path = inside.notebook(NAME)
        notebook = nbformat.read(path, 4)
        place = [cell.source for cell in notebook.cells].index('check("build_mf")')
        new = [nbformat.v4.new_code_cell("mine = 1"), nbformat.v4.new_markdown_cell("My note.")]
        notebook.cells[place + 1 : place + 1] = new
        nbformat.write(notebook, path)
        os.utime(path, (4e9, 4e9))
    newer_kit(monkeypatch, EXERCISE.replace("Some words", "Better words"))
    run("update")
    for path in (inside.script(NAME), inside.notebook(NAME)):
        text = source_of(path)
        assert "Better words" in text
        assert text.index('check("build_mf")') < text.index("mine = 1") < text.index("My note.")
        assert text.index("My note.") < text.index("a demonstration")


@pytest.mark.parametrize(
    ("old", "mine", "theirs"),
    [
        ("import numpy as np", "import numpy as np\nimport math", "import numpy as numpy"),
        ("Some words about", "My words about", "Better words about"),
        ('print("a demonstration")', "print('mine')", "print('theirs')"),
        ("# Why?", "# Because.", "# Why not?"),
    ],
)
def test_both_changed_both_stay_and_a_note_marks_the_place(inside, monkeypatch, old, mine, theirs):
    write_script(inside, old, mine)
    newer_kit(monkeypatch, EXERCISE.replace(old, theirs))
    printed = run("update")
    text = source_of(inside.script(NAME))
    assert mine.splitlines()[-1].strip("# ") in text
    assert theirs.splitlines()[-1].strip("# ") in text
    assert "kept by the update to" in text
    assert "both stay" in printed


def test_a_written_answer_and_a_new_wording_of_its_cell(inside, monkeypatch):
    """The learner replaced the whole text of an answer cell, as the cell asks; the kit changed it.

    docs/learners.md: both versions stay, and a note marks the place.
    """
    cell = '# %% [markdown] tags=["answer"]\n# *Write your answers here, and replace this text.*\n'
    newer_kit(monkeypatch, EXERCISE + "\n" + cell, "9.8")
    run("update")
    old = "*Write your answers here, and replace this text.*"
    write_script(found_from(inside.root), old, "One five-star rating says little.")
    newer_kit(monkeypatch, EXERCISE + "\n" + cell.replace("here, and", "below, then"), "9.9")
    run("update")
    text = source_of(inside.script(NAME))
    assert "One five-star rating says little." in text
    assert text.count('tags=["answer"]') == 1 or "by the update to" in text


def test_update_of_the_real_course_prints_no_warnings_of_libraries(tmp_path, monkeypatch):
    """Both changed the cell of imports: in the whole course, cells have ids of the kit's."""
    made = start(tmp_path / "course").workspace
    monkeypatch.chdir(made.root)
    path = made.script("03_embeddings")
    old = "import numpy as np\n"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, "import numpy as np  # mine\n", 1), encoding="utf-8")
    os.utime(path, (4e9, 4e9))
    deliver(monkeypatch, _03_embeddings=text.replace(old, "import numpy as np  # new\n", 1))
    changed = documents_with_ids(contents.delivered_documents("en"), "03")
    for module in (contents, update):
        monkeypatch.setattr(module, "delivered_documents", lambda _language: changed)
    run("update")
    ids = [cell["id"] for cell in nbformat.read(made.notebook("03_embeddings"), 4).cells]
    assert len(ids) == len(set(ids))


def documents_with_ids(documents, number):
    """Give cells the ids that the kit's own documents have: 03-000, 03-001, …"""
    for document in documents.values():
        for place, cell in enumerate(document.cells):
            cell["id"] = f"{number}-{place:03}"
    return documents


def test_an_update_keeps_what_only_the_older_file_of_the_pair_held(inside, monkeypatch):
    write_notebook(inside, new="    return n - 7\n", seconds=0)
    write_script(inside, seconds=100)
    newer_kit(monkeypatch, EXERCISE.replace("Some words", "Better words"))
    run("update")
    text = everything(inside.root)
    assert "n + 41" in source_of(inside.script(NAME))
    assert "n - 7" in text


def test_windows_line_ends_are_no_change(inside, monkeypatch):
    write_script(inside)
    path = inside.script(NAME)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    newer_kit(monkeypatch, EXERCISE.replace("Some words", "Better words"))
    printed = run("update")
    text = source_of(path)
    assert "Better words" in text
    assert "Some words" not in text
    assert "both stay" not in printed
    assert "n + 41" in text


# Reset


def test_reset_asks_and_no_means_no(inside):
    write_script(inside)
    before = files(inside.root)
    run("reset", "build_mf", code=1, stdin="n\n")
    assert files(inside.root) == before


def test_reset_of_one_function_keeps_the_other_and_every_note(inside):
    other = '    # TODO\n    raise NotImplementedError("score_matrix")\n'
    write_script(inside)
    write_script(inside, other, "    return p @ q.T\n")
    write_script(inside, "# Why?\n", "# Why?\n" + FRENCH)
    run("reset", "build_mf", "--yes")
    for path in (inside.script(NAME), inside.notebook(NAME)):
        text = source_of(path)
        assert 'NotImplementedError("build_mf")' in text
        assert "p @ q.T" in text
        assert "« ça dépend », 5 € ♥" in text
    assert "n + 41" in everything(inside.root / ".autograder")


def test_reset_of_a_name_that_is_none_lists_names(inside):
    assert "score_matrix" in run("reset", "score_matrx", "--yes", code=2)


def test_reset_of_both_files_where_each_holds_other_work(inside):
    write_notebook(inside, new="    return n - 7\n", seconds=0)
    write_script(inside, seconds=0)
    run("reset", "4", "--yes")
    kept = everything(inside.root / ".autograder")
    assert "n + 41" in kept
    assert "n - 7" in kept


# The pair: which file counts


def counted(workspace):
    """Return which file's work an update keeps for both: 'script' or 'notebook'."""
    run("update")
    return "script" if "n + 41" in source_of(workspace.script(NAME)) else "notebook"


@pytest.mark.parametrize(
    ("script", "notebook", "counts"),
    [
        (100, 0, "script"),
        (0, 100, "notebook"),
        (0, 1, "last by name"),  # the same two seconds
        (1, 0, "last by name"),
    ],
)
def test_the_newer_by_more_than_two_seconds_else_the_last_by_name(
    inside, monkeypatch, script, notebook, counts
):
    write_script(inside)
    write_notebook(inside, new="    return n - 7\n")
    for path, seconds in ((inside.script(NAME), script), (inside.notebook(NAME), notebook)):
        os.utime(path, (1_700_000_000 + seconds,) * 2)
    newer_kit(monkeypatch, EXERCISE.replace("Some words", "Better words"))
    expected = "script" if counts == "last by name" else counts  # .py stands after .ipynb
    assert counted(inside) == expected
    assert "n + 41" in everything(inside.root)
    assert "n - 7" in everything(inside.root)


def test_zipped_and_unzipped_without_times_the_work_counts(inside, tmp_path, monkeypatch):
    write_notebook(inside)
    archive = tmp_path / "course.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for path in inside.root.rglob("*"):
            target.write(path, path.relative_to(inside.root))
    place = tmp_path / "unzipped"
    zipfile.ZipFile(archive).extractall(place)  # extractall gives every file the time of now
    monkeypatch.chdir(place)
    newer_kit(monkeypatch, EXERCISE.replace("Some words", "Better words"))
    run("update")
    for path in (place / f"{NAME}.py", place / f"{NAME}.ipynb"):
        assert "n + 41" in source_of(path)


def test_a_deleted_script_comes_back_from_the_notebook(inside, monkeypatch):
    write_notebook(inside)
    inside.script(NAME).unlink()
    newer_kit(monkeypatch, EXERCISE.replace("Some words", "Better words"))
    run("update")
    assert "n + 41" in source_of(inside.script(NAME))


def test_a_renamed_notebook_is_left_alone(inside, monkeypatch):
    write_notebook(inside)
    renamed = inside.root / "my dot product.ipynb"
    inside.notebook(NAME).rename(renamed)
    before = renamed.read_bytes()
    newer_kit(monkeypatch, EXERCISE.replace("Some words", "Better words"))
    run("update")
    assert renamed.read_bytes() == before


VS_CODE = {
    "kernelspec": {"display_name": ".venv", "language": "python", "name": "python3"},
    "language_info": {"name": "python", "version": "3.12.1", "nbconvert_exporter": "python"},
}
COLAB = {
    "colab": {"provenance": [], "toc_visible": True},
    "kernelspec": {"display_name": "Python 3", "name": "python3"},
    "accelerator": "GPU",
}


@pytest.mark.parametrize("metadata", [VS_CODE, COLAB])
def test_another_editors_metadata_neither_hide_nor_duplicate_work(inside, monkeypatch, metadata):
    write_notebook(inside, **metadata)
    path = inside.notebook(NAME)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"] |= {"id": f"x{number}", "vscode": {"languageId": "python"}}
        del cell["id"]
    notebook["nbformat_minor"] = 0
    path.write_text(json.dumps(notebook), encoding="utf-8")
    os.utime(path, (4e9, 4e9))
    newer_kit(monkeypatch, EXERCISE.replace("Some words", "Better words"))
    run("update")
    script = source_of(inside.script(NAME))
    assert script.count("n + 41") == 1
    assert script.count("def build_mf") == 1
    assert "colab" not in script
    assert "vscode" not in script
    assert script.startswith("# %% [markdown]")


def test_all_metadata_removed_is_still_the_exercise(inside, monkeypatch):
    write_notebook(inside)
    path = inside.notebook(NAME)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["metadata"] = {}
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    path.write_text(json.dumps(notebook), encoding="utf-8")
    os.utime(path, (4e9, 4e9))
    newer_kit(monkeypatch, EXERCISE.replace("Some words", "Better words"))
    run("update")
    script = source_of(inside.script(NAME))
    assert script.count("n + 41") == 1
    assert script.count('check("build_mf")') == 1


def test_merge_markers_in_a_notebook_lose_nothing(inside, monkeypatch):
    write_script(inside)
    path = inside.notebook(NAME)
    text = path.read_text(encoding="utf-8")
    broken = f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> other\n"
    path.write_text(broken, encoding="utf-8")
    os.utime(path, (4e9, 4e9))
    newer_kit(monkeypatch, EXERCISE.replace("Some words", "Better words"))
    run("update")
    assert "n + 41" in source_of(inside.script(NAME))
    assert "n + 41" in source_of(inside.notebook(NAME))
    kept = [each.read_text(encoding="utf-8") for each in inside.backups.iterdir()]
    assert broken in kept


# Headers stay byte for byte


def test_an_own_header_of_a_script_stays_byte_for_byte(inside, monkeypatch):
    """Jupytext's own header, a shebang and a coding line: people's editors write such lines."""
    header = "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n# Ada Lovelace, 3rd group\n\n"
    path = inside.script(NAME)
    path.write_text(header + source_of(path).replace(STUB, ANSWER), encoding="utf-8")
    os.utime(path, (4e9, 4e9))
    newer_kit(monkeypatch, EXERCISE.replace("Some words", "Better words"))
    run("update")
    assert source_of(path).startswith(header), source_of(path)[:300]


def test_jupytexts_own_header_stays_byte_for_byte(inside, monkeypatch):
    """VS Code's extension of Jupytext, and `jupytext --set-formats`, write such a header."""
    header = (
        "# ---\n# jupyter:\n#   jupytext:\n#     formats: ipynb,py:percent\n"
        "#     text_representation:\n#       extension: .py\n#       format_name: percent\n"
        "#   kernelspec:\n#     display_name: GPU box\n#     language: python\n"
        "#     name: gpu\n# ---\n\n"
    )
    path = inside.script(NAME)
    path.write_text(header + source_of(path).replace(STUB, ANSWER), encoding="utf-8")
    os.utime(path, (4e9, 4e9))
    newer_kit(monkeypatch, EXERCISE.replace("Some words", "Better words"))
    run("update")
    assert "Better words" in source_of(path)
    assert source_of(path).startswith(header), source_of(path)[:500]


def test_the_notebooks_own_kernel_stays(inside, monkeypatch):
    spec = {"display_name": "GPU box", "language": "python", "name": "gpu"}
    write_notebook(inside, kernelspec=spec)
    newer_kit(monkeypatch, EXERCISE.replace("Some words", "Better words"))
    run("update")
    assert nbformat.read(inside.notebook(NAME), 4).metadata["kernelspec"] == spec


def test_outputs_of_a_notebook_stay_where_cells_did_not_change(inside, monkeypatch):
    path = inside.notebook(NAME)
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        if "a demonstration" in cell.source and cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="shown!\n")]
    nbformat.write(notebook, path)
    newer_kit(monkeypatch, EXERCISE.replace("Some words", "Better words"))
    run("update")
    assert "shown!" in path.read_text(encoding="utf-8")


# Where people work


@pytest.mark.process
def test_pytest_in_a_workspace_with_a_foreign_conftest_and_accents(tmp_path):
    """A learner's own tests lie beside; the workspace lies below a folder with a space."""
    made = start(tmp_path / "mes études" / "cours").workspace
    made.script("01_explore").write_text(solution_text("01_explore"), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "explore"]
    result = subprocess.run(command, cwd=made.root, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "arning" not in result.stdout + result.stderr


@pytest.mark.process
def test_checking_an_untouched_exercise_writes_no_figure(tmp_path, monkeypatch):
    made = start(tmp_path / "course").workspace
    monkeypatch.chdir(made.root)
    before = set(files(made.root))
    script = shutil.which("autograder", path=os.path.dirname(sys.executable))
    subprocess.run([script, "check", "12"], capture_output=True, timeout=300)
    new = {name for name in set(files(made.root)) - before if not name.startswith(".")}
    assert new == set()


def kernel(path, folder):
    """Run a notebook in a kernel whose working folder is another one; return the notebook."""
    notebook = nbformat.read(path, 4)
    nbclient.NotebookClient(
        notebook, timeout=300, allow_errors=True, resources={"metadata": {"path": str(folder)}}
    ).execute()
    return notebook


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def short(text):
    """Return a notebook of a script's text without its demonstrations."""
    notebook = jupytext.reads(text, fmt="py:percent")
    notebook.cells = [c for c in notebook.cells if "demo" not in c.metadata.get("tags", [])]
    return notebook


@pytest.mark.slow
@pytest.mark.parametrize("workspace_there", [True, False])
def test_one_notebook_in_another_folder_says_nothing_in_red(tmp_path, workspace_there):
    """With a workspace around the notebook, or one notebook alone; the kernel works elsewhere."""
    folder = tmp_path / "course"
    if workspace_there:
        start(folder)
    else:
        folder.mkdir()
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    path = folder / "03_embeddings.ipynb"
    nbformat.write(short(solution_text("03_embeddings")), path)
    notebook = kernel(path, elsewhere)
    assert [o for o in outputs(notebook) if o.output_type == "error"] == []
    assert [o.text for o in outputs(notebook) if o.get("name") == "stderr"] == []
    assert "Warning" not in json.dumps(outputs(notebook))
    assert [path.name for path in elsewhere.iterdir()] == []


@pytest.mark.slow
def test_a_kernel_without_settings_shows_verdicts(tmp_path, monkeypatch):
    """HOME, TERM, LANG and the caches of libraries are missing, as in some hosted kernels."""
    for name in ("TERM", "LANG", "LC_ALL", "MPLBACKEND", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "nobody").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    path = tmp_path / "01_explore.ipynb"
    nbformat.write(short(solution_text("01_explore")), path)
    notebook = kernel(path, tmp_path)
    verdicts = [o.data["text/plain"] for o in outputs(notebook) if "text/html" in o.get("data", {})]
    assert [o for o in outputs(notebook) if o.output_type == "error"] == []
    assert [o.text for o in outputs(notebook) if o.get("name") == "stderr"] == []
    assert {"1", "3", "2"} <= set(verdicts)


@pytest.mark.slow
def test_a_stub_notebook_runs_to_its_end_without_red(tmp_path):
    """Nobody has written anything: check cells say todo, demonstrations do not end in red."""
    made = start(tmp_path / "course").workspace
    notebook = kernel(made.notebook("03_embeddings"), made.root)
    bad = [o for o in outputs(notebook) if o.get("name") == "stderr"]
    assert [o.text for o in bad] == []


# The bundle and the hand-in


@pytest.mark.parametrize(
    ("formula", "element"),
    [("$q_i$", "msub"), ("$$\\frac{1}{m}$$", "mfrac"), ("$\\sqrt{2}$", "msqrt")],
)
def test_a_formula_on_a_page_of_the_bundle_stays_whole(tmp_path, formula, element):
    """docs/learners.md: the notebooks as pages that need no network; formulas are part of them."""
    html = page(
        "04", document_of(f"# %% [markdown]\n# The score is {formula}, no more.\n"), tmp_path
    )
    math = html[html.index("<math") : html.index("</math>")]
    assert "<m" in math[5:], html[html.index("<math") :][:300]
    assert f"<{element}></{element}>" not in html


def test_merge_markers_are_explained_with_a_remedy_that_works(inside):
    """JupyterLab cannot open such a file: "Unreadable Notebook … not valid JSON"."""
    path = inside.notebook(NAME)
    text = path.read_text(encoding="utf-8")
    path.write_text(f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> other\n", encoding="utf-8")
    inside.script(NAME).unlink()
    printed = " ".join(run("check", "4", code=1).replace("│", " ").split())
    assert "conflict" in printed, printed
    assert "Open it in Jupyter" not in printed
