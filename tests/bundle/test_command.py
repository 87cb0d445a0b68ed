"""`autograder submit` on the command line: the name, the question, the exit codes."""

import zipfile

import pytest
from typer.testing import CliRunner

from autograder.cli import submit as command
from autograder.cli.app import app
from autograder.workspace.place import found_from, name_learner
from autograder.workspace.update import update
from tests.bundle.making import FakeRun
from tests.workspace.making import NAME


@pytest.fixture
def submit(workspace, monkeypatch):
    """Return a function that types the command in the workspace."""
    monkeypatch.chdir(workspace.root)
    FakeRun(monkeypatch)

    def typed(*options, answers=None):
        monkeypatch.setattr(command, "_can_ask", lambda: answers is not None)
        return CliRunner().invoke(app, ["submit", *options], input=answers)

    return typed


def bundles(workspace):
    return sorted(workspace.root.glob("*.zip"))


def test_the_name_is_asked_once_and_kept_by_updates(workspace, submit):
    done = submit(answers="Ada Lovelace\ny\n")
    assert done.exit_code == 0, done.output
    assert "Your name" in done.output
    assert found_from(workspace.root).learner == "Ada Lovelace"
    update(found_from(workspace.root))
    assert found_from(workspace.root).learner == "Ada Lovelace"
    again = submit(answers="y\n")
    assert "Your name" not in again.output
    names = [path.name for path in bundles(workspace)]
    assert len(names) == 2
    assert all(name.startswith("Ada-Lovelace_course_20") for name in names)


@pytest.mark.parametrize("name", ["Ada 😀", "李明", 'A "B" \\ C', "a\x7fb", "Zoë"])
def test_any_name_can_be_kept(workspace, name):
    name_learner(workspace, name)
    assert found_from(workspace.root).learner == name


def test_what_is_missing_is_said_before_the_question(workspace, submit):
    done = submit("--name", "Ada", answers="n\n")
    assert done.exit_code == 1
    assert done.output.index("still to write") < done.output.index("Hand in all the same?")
    assert "Nothing was handed in." in done.output
    assert bundles(workspace) == []


def test_the_checksum_and_the_file_are_printed(workspace, submit):
    done = submit("--name", "Ada", "--yes")
    assert done.exit_code == 0, done.output
    [path] = bundles(workspace)
    assert str(path) in done.output
    with zipfile.ZipFile(path) as archive:
        checksum = archive.read("receipt.txt").decode().split()[-1]
    assert checksum in done.output
    assert "14_als (bonus)" in done.output
    assert "Points: 0 / 10" in done.output


def test_without_a_terminal_unfinished_work_is_not_handed_in_and_that_is_said(workspace, submit):
    done = submit("--name", "Ada")
    assert done.exit_code == 1
    assert "nobody can be asked" in done.stderr
    assert "--yes" in done.stderr
    assert bundles(workspace) == []


@pytest.mark.parametrize("options", [(), ("--yes",), ("--name", " . ")])
def test_without_a_name_and_a_terminal_the_message_says_what_to_type(workspace, submit, options):
    done = submit(*options)
    assert done.exit_code == 2
    assert "--name" in done.stderr
    assert bundles(workspace) == []


def test_a_finished_work_needs_no_question(workspace, submit, monkeypatch):
    from autograder.bundle import submit as module

    monkeypatch.setattr(module, "missing", lambda *_arguments: [])
    done = submit("--name", "Ada")
    assert done.exit_code == 0, done.output
    assert "Nothing is missing." in done.output
    assert len(bundles(workspace)) == 1


def test_ctrl_c_says_that_the_same_command_goes_on(workspace, submit, monkeypatch):
    FakeRun(monkeypatch, interrupt_at=1)
    done = submit("--name", "Ada", "--yes")
    assert done.exit_code == 130
    assert "1 of 2 notebooks have run" in done.output


def test_single_puts_all_exercises_into_one_notebook(workspace, submit):
    done = submit("--name", "Ada", "--yes", "--single")
    assert done.exit_code == 0, done.output
    [path] = bundles(workspace)
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        assert b"begin_exercise(" in archive.read("course.ipynb")
    assert [name for name in names if name.endswith(".ipynb")] == ["course.ipynb", "memo.ipynb"]
    assert not any(NAME in name for name in names)


def test_outside_of_a_workspace_the_message_says_how_to_make_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["submit", "--yes"])
    assert done.exit_code == 2
    assert "autograder start" in done.stderr
