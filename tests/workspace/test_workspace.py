"""A learner's own folder: found from below, made, updated and reset; nothing in it is lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder import course
from autograder.cli.app import app
from autograder.util import atomic
from autograder.workspace import backups, documents, place
from autograder.workspace.documents import read_document, script_text
from autograder.workspace.pairs import settle
from autograder.workspace.place import DamagedWorkspace, NoWorkspace, current, found_from
from autograder.workspace.reset import NotReset, reset
from autograder.workspace.start import NotStarted, start
from autograder.workspace.update import update
from tests.workspace.making import EXERCISE, NAME, cells, deliver, sources

ANSWER = "    return n + 1\n"
STUB = '    # TODO\n    raise NotImplementedError("build_mf")\n'
NEW = EXERCISE.replace("Some words", "Better words")


def answer(workspace, suffix=".py", code=ANSWER, seconds=10):
    """Fill a stub in, in one file of the pair, some seconds after the other was written."""
    path = workspace.root / f"{NAME}{suffix}"
    text = path.read_text(encoding="utf-8")
    old, new = STUB, code
    if suffix == ".ipynb":
        old, new = (t.replace('"', '\\"').replace("\n", "\\n") for t in (old, new))
        text = text.replace('\\n",\n    "', "\\n")
        old = old.rstrip("\\n")
        new = new.rstrip("\\n")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    later = path.stat().st_mtime + seconds
    os.utime(path, (later, later))
    return path


def copies(workspace):
    return sorted(path.name for path in workspace.backups.glob("*") if path.is_file())


# Where it is


def test_a_workspace_is_found_from_any_folder_below(workspace, monkeypatch):
    deep = workspace.root / "figures" / "old"
    deep.mkdir(parents=True)
    assert found_from(deep) == workspace
    monkeypatch.chdir(deep)
    assert current() == workspace


def test_outside_of_a_workspace_the_message_says_how_to_make_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoWorkspace, match="autograder start"):
        current()
    for command in ("check", "progress", "watch", "update", "lab"):
        result = CliRunner().invoke(app, [command])
        assert result.exit_code == 2
        assert "autograder start" in result.stderr


@pytest.mark.parametrize(
    ("text", "words"), [("version = ", "cannot be read"), ("format = 99", "newer version")]
)
def test_a_marker_that_cannot_be_used_says_why(workspace, text, words):
    (workspace.root / place.MARKER).write_text(text, encoding="utf-8")
    with pytest.raises(DamagedWorkspace, match=words):
        found_from(workspace.root)


# Start


def test_the_course_becomes_pairs_without_answers(tmp_path):
    made = start(tmp_path / "course").workspace
    for step in course.steps():
        document = read_document(made.notebook(step.name))
        assert script_text(document) == made.script(step.name).read_text(encoding="utf-8")
        assert "SOLUTION" not in made.script(step.name).read_text(encoding="utf-8")
    assert {"start.ipynb", "start.py", "jupytext.toml", "pytest.ini"} <= {
        path.name for path in made.root.iterdir()
    }
    settled = [settle(made, step.name) for step in course.steps()]
    assert not any(each.note for each in settled)


def test_files_that_lie_there_already_stay_byte_for_byte(tmp_path, monkeypatch):
    deliver(monkeypatch, _04_dot_product=EXERCISE)
    folder = tmp_path / "own"
    folder.mkdir()
    own = folder / f"{NAME}.py"
    own.write_bytes(EXERCISE.replace(STUB, ANSWER).encode())
    before = own.read_bytes()
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    started = start(folder)
    assert started.kept == (NAME,)
    assert own.read_bytes() == before
    assert "n + 1" in (folder / f"{NAME}.ipynb").read_text(encoding="utf-8")


def test_a_folder_with_other_files_needs_to_be_named(tmp_path, monkeypatch):
    deliver(monkeypatch, _04_dot_product=EXERCISE)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / "env2").mkdir()
    (tmp_path / "env2" / "pyvenv.cfg").touch()
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(NotStarted, match="other files"):
        start(None)
    (tmp_path / "thesis.txt").unlink()
    assert start(None).workspace.root == tmp_path


def test_a_workspace_is_not_started_twice_nor_in_the_kit(workspace, tmp_path):
    for folder in (workspace.root, workspace.root / "sub", place.Path(course.__file__).parent):
        with pytest.raises(NotStarted):
            start(folder)
    (tmp_path / "file").touch()
    with pytest.raises(NotStarted, match="is a file"):
        start(tmp_path / "file")


# Pairs


@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
def test_the_file_that_was_edited_last_replaces_the_other_which_is_backed_up(workspace, suffix):
    other = workspace.root / f"{NAME}{'.py' if suffix == '.ipynb' else '.ipynb'}"
    before = other.read_bytes()
    answer(workspace, suffix)
    settled = settle(workspace, NAME)
    assert other.name in settled.note
    assert "n + 1" in workspace.script(NAME).read_text(encoding="utf-8")
    assert "n + 1" in workspace.notebook(NAME).read_text(encoding="utf-8")
    [copy] = workspace.backups.iterdir()
    assert copy.read_bytes() == before
    assert settle(workspace, NAME).note == ""
    assert len(copies(workspace)) == 1


def test_a_newer_untouched_file_does_not_replace_work(workspace):
    answer(workspace, ".ipynb", seconds=0)
    script = workspace.script(NAME)
    os.utime(script, (4e9, 4e9))
    settle(workspace, NAME)
    assert "n + 1" in script.read_text(encoding="utf-8")


def test_a_damaged_notebook_is_written_anew_from_its_script(workspace):
    answer(workspace)
    notebook = workspace.notebook(NAME)
    notebook.write_text('{"cells": [', encoding="utf-8")
    os.utime(notebook, (4e9, 4e9))
    settle(workspace, NAME)
    assert "n + 1" in notebook.read_text(encoding="utf-8")
    assert (workspace.backups / copies(workspace)[0]).read_text(encoding="utf-8") == '{"cells": ['


def test_written_prose_alone_is_work_too(workspace):
    script, notebook = workspace.script(NAME), workspace.notebook(NAME)
    text = script.read_text(encoding="utf-8").replace("# Why?", "# Because.")
    script.write_text(text, encoding="utf-8")
    os.utime(notebook, (4e9, 4e9))
    settle(workspace, NAME)
    assert "Because." in notebook.read_text(encoding="utf-8")


# Update


def test_an_update_brings_prose_and_keeps_answers_with_a_backup(workspace, monkeypatch):
    answer(workspace)
    before = workspace.script(NAME).read_bytes()
    deliver(monkeypatch, _04_dot_product=NEW, _05_new=EXERCISE)
    monkeypatch.setattr("autograder.workspace.place.__version__", "9.9")
    changed = {each.name: each for each in update(workspace)}
    text = workspace.script(NAME).read_text(encoding="utf-8")
    assert "Better words" in text
    assert "n + 1" in text
    assert changed["05_new"].changes
    assert changed[NAME].changes
    assert before in [path.read_bytes() for path in workspace.backups.glob("*.py")]
    assert found_from(workspace.root).version == "9.9"
    assert update(found_from(workspace.root)) == []


def test_an_exercise_that_is_gone_keeps_its_files(workspace, monkeypatch):
    answer(workspace)
    before = workspace.script(NAME).read_bytes()
    deliver(monkeypatch, _05_new=EXERCISE)
    changed = {each.name: each for each in update(workspace)}
    assert "stay" in changed[NAME].changes[0]
    assert workspace.script(NAME).read_bytes() == before


class Killed(BaseException):
    """The end of the process, in the middle of a file operation."""


def test_killed_at_any_file_operation_nothing_is_lost(tmp_path, monkeypatch):
    """Count the operations of an update, then end it before each of them and begin anew."""
    expected = None
    for kill_at in range(100):
        root = tmp_path / str(kill_at)
        with monkeypatch.context() as patch:
            deliver(patch, _04_dot_product=EXERCISE)
            made = start(root).workspace
            answer(made)
            own = made.script(NAME).read_text(encoding="utf-8")
            deliver(patch, _04_dot_product=NEW)
            with patch.context() as deadly:
                ended = not _killed_in(deadly, made, kill_at)
            everything = [p.read_text(encoding="utf-8") for p in root.rglob("*.py")]
            assert any("n + 1" in text for text in everything)
            assert own in everything or "n + 1" in made.script(NAME).read_text(encoding="utf-8")
            update(made)
            text = made.script(NAME).read_text(encoding="utf-8")
            notebook = script_text(read_document(made.notebook(NAME)))
        assert text == notebook
        expected = expected or text
        assert text == expected
        assert "n + 1" in text
        assert "Better words" in text
        if ended:
            break
    assert ended
    assert kill_at > 10


def _killed_in(patch, made, kill_at):
    """Run an update that ends before its n-th file operation; return whether it ended early."""
    count = 0

    def counting(operation):
        def counted(*args, **kwargs):
            nonlocal count
            count += 1
            if count > kill_at:
                raise Killed
            return operation(*args, **kwargs)

        return counted

    for owner, name in (
        (Path, "write_bytes"),
        (Path, "replace"),
        (Path, "unlink"),
        (Path, "mkdir"),
        (backups.shutil, "copy2"),
        (documents.os, "utime"),
    ):
        patch.setattr(owner, name, counting(getattr(owner, name)))
    assert atomic.os is documents.os
    try:
        update(made)
    except Killed:
        return True
    return False


# Reset


def test_a_function_gets_its_stub_back_and_the_text_is_kept(workspace):
    answer(workspace)
    done = reset(workspace, NAME, "build_mf")
    assert STUB in workspace.script(NAME).read_text(encoding="utf-8")
    assert any("n + 1" in path.read_text(encoding="utf-8") for path in done.backups)
    assert reset(workspace, NAME, "build_mf").backups == ()


def test_an_exercise_comes_back_as_delivered(workspace):
    before = workspace.script(NAME).read_bytes()
    answer(workspace)
    reset(workspace, NAME)
    assert workspace.script(NAME).read_bytes() == before


def test_a_stub_comes_back_where_its_cell_was_deleted(workspace):
    script = workspace.script(NAME)
    text = script.read_text(encoding="utf-8")
    start_of_cell = text.index("# %%\ndef build_mf")
    end = text.index("# %%", start_of_cell + 4)
    script.write_text(text[:start_of_cell] + text[end:], encoding="utf-8")
    os.utime(script, (4e9, 4e9))
    reset(workspace, NAME, "build_mf")
    assert sources(cells(script.read_text(encoding="utf-8"))) == sources(cells(text))


def test_a_cell_with_two_functions_is_not_replaced(workspace):
    answer(workspace, code=f"{ANSWER}\n\ndef mine():\n    return 1\n")
    with pytest.raises(NotReset, match="mine"):
        reset(workspace, NAME, "build_mf")


# pytest


@pytest.mark.process
def test_pytest_checks_the_workspace_from_any_folder_in_it(tmp_path):
    made = start(tmp_path / "course").workspace
    below = made.root / "figures"
    below.mkdir()
    for folder, options in ((made.root, ["-k", "dot_product"]), (below, ["-k", "explore"])):
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
        assert "todo" in result.stdout
        assert result.returncode == 1


def test_elsewhere_the_plugin_of_pytest_does_nothing(tmp_path):
    from autograder.pytest_plugin import _is_workspace

    assert not _is_workspace(tmp_path)


def test_the_commands_speak_of_the_workspace(workspace, monkeypatch):
    monkeypatch.chdir(workspace.root)
    result = CliRunner().invoke(app, ["update"])
    assert result.exit_code == 0
    assert "already" in result.stdout
    result = CliRunner().invoke(app, ["reset", "build_mf", "--yes"])
    assert "is a stub already" in result.stdout
    result = CliRunner().invoke(app, ["start"])
    assert result.exit_code == 2
    assert "autograder update" in result.stderr
