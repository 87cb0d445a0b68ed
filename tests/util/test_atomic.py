"""A file is the old file or the new file, and a failure names the file and the reason."""

import pytest

from autograder.util.atomic import NotWritten, make_folder, write_atomic


def test_a_text_is_written_with_its_folders(tmp_path):
    path = tmp_path / "a" / "b" / "text.txt"
    write_atomic(path, "größe \udcff")
    assert path.read_bytes() == "größe \\udcff".encode()
    assert [each.name for each in path.parent.iterdir()] == ["text.txt"]


def test_a_failure_leaves_the_old_file_and_nothing_beside_it(tmp_path, monkeypatch):
    path = tmp_path / "text.txt"
    write_atomic(path, "old")

    def fail(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(NotWritten, match="text.txt cannot be written: No space left on device"):
        write_atomic(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["text.txt"]


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(NotWritten, match="file"):
        make_folder(tmp_path / "file" / "folder")
