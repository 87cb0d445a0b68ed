"""Reading a file safely: plain files only, no links out of a folder, a limited size."""

import json
import os

import pytest

from autograder.submissions.cells import UnreadableSubmission
from autograder.submissions.discovery import find
from autograder.submissions.safe_read import MAX_BYTES
from tests.answers import exercise_text, write
from tests.submissions.reading import OTHER, SCRIPT, STEP, UNDAMAGED, notebook, read_cells, running


def make_folder(path, elsewhere):
    path.mkdir()


def make_link_out(path, elsewhere):
    path.symlink_to(elsewhere / f"{STEP}.py")


def make_dangling_link(path, elsewhere):
    path.symlink_to("nowhere.py")


def make_circle(path, elsewhere):
    path.symlink_to(path)


def make_link_to_device(path, elsewhere):
    path.symlink_to("/dev/zero")


def make_pipe(path, elsewhere):
    os.mkfifo(path)


def make_huge(path, elsewhere):
    with path.open("wb") as file:
        file.truncate(500 * 10**6)


@pytest.mark.skipif(os.name == "nt", reason="links and pipes of POSIX")
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (make_folder, "it is a folder"),
        (make_link_out, "it is a link to another place"),
        (make_dangling_link, "it is a link to another place"),
        (make_circle, "it is a link to another place"),
        (make_link_to_device, "it is a link to another place"),
        (make_pipe, "it is no plain file"),
        (make_huge, "it is larger than 20 MB"),
    ],
)
def test_what_is_no_plain_file_is_refused_and_hides_no_other(tmp_path, make, reason):
    for name in ("here", "elsewhere"):
        (tmp_path / name).mkdir()
    folder = tmp_path / "here"
    write(tmp_path / "elsewhere", STEP, SCRIPT)
    bad = folder / f"{STEP}.ipynb"
    make(bad, tmp_path / "elsewhere")
    good = write(folder, OTHER, exercise_text(OTHER))
    files = find(folder)
    assert {name: file.path for name, file in files.items()} == {STEP: bad, OTHER: good}
    with pytest.raises(UnreadableSubmission) as caught:
        read_cells(bad)
    assert str(caught.value).startswith(f"{STEP}.ipynb cannot be graded because {reason}.")

    beside = write(folder, STEP, SCRIPT)
    os.utime(beside, (1_000_000_000, 1_000_000_000))
    if make is not make_huge:
        assert find(folder)[STEP].path == beside


@pytest.mark.skipif(os.name == "nt", reason="links of POSIX")
def test_links_within_a_folder_are_followed_and_no_other(tmp_path):
    (tmp_path / "here").mkdir()
    real = tmp_path / "here" / "work.py"
    real.write_text(SCRIPT, encoding="utf-8")
    link = tmp_path / "here" / f"{STEP}.py"
    link.symlink_to("work.py")
    assert running(read_cells(link)) == UNDAMAGED
    (tmp_path / "class").symlink_to("here")
    assert find(tmp_path / "class")[STEP].path.name == link.name
    assert running(read_cells(tmp_path / "class" / link.name)) == UNDAMAGED


def test_a_notebook_up_to_the_limit_is_read(tmp_path):
    document = notebook()
    document["metadata"]["filler"] = ""
    rest = MAX_BYTES - len(json.dumps(document))
    document["metadata"]["filler"] = "x" * rest
    path = tmp_path / f"{STEP}.ipynb"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert running(read_cells(path)) == UNDAMAGED
    path.write_text(json.dumps(document) + " ", encoding="utf-8")
    with pytest.raises(UnreadableSubmission, match="20 MB"):
        read_cells(path)


def test_a_file_that_may_not_be_read_hides_no_other(tmp_path, monkeypatch):
    bad = write(tmp_path, STEP, SCRIPT)
    good = write(tmp_path, OTHER, exercise_text(OTHER))
    bad.chmod(0)
    real_open = os.open

    def refuse(path, *rest, **named):
        if os.path.basename(path) == bad.name:
            raise PermissionError(13, "Permission denied", path)
        return real_open(path, *rest, **named)

    monkeypatch.setattr(os, "open", refuse)
    assert set(find(tmp_path)) == {STEP, OTHER}
    with pytest.raises(UnreadableSubmission, match=r"cannot be opened \(Permission denied\)"):
        read_cells(bad)
    assert read_cells(good).cells
