"""Bundles from outside: no tricks with paths, links and sizes; changes are noticed."""

import json
import stat
import struct
import zipfile

import pytest

from autograder.bundle import unpack
from autograder.bundle.manifest import NoBundle
from autograder.bundle.unpack import is_bundle, read_bundle
from autograder.submissions.safe_read import MAX_BYTES
from tests.bundle.making import bundle, contents, repacked

NOTEBOOK = "04_dot_product.ipynb"


@pytest.fixture
def honest(tmp_path):
    return bundle(tmp_path / "ada.zip", {NOTEBOOK: b"{}", "memo.ipynb": b"{}"})


def changed(honest, **files):
    """Write a bundle again with other files: name -> bytes, None to remove a file."""
    everything = {**contents(honest), **{n.replace("__", "."): c for n, c in files.items()}}
    kept = {name: content for name, content in everything.items() if content is not None}
    return repacked(kept, honest.with_name("changed.zip"))


def test_an_honest_bundle_has_no_notes(honest):
    assert is_bundle(honest)
    read = read_bundle(honest)
    assert read.manifest.learner == "Ada Lovelace"
    assert read.notebooks == {NOTEBOOK: b"{}"}
    assert read.memo == b"{}"
    assert read.notes == ()
    assert read.notes_on("04_dot_product") == ()


def test_a_changed_notebook_is_read_with_a_note(honest):
    read = read_bundle(changed(honest, **{NOTEBOOK: b"[]"}))
    assert read.notebooks == {NOTEBOOK: b"[]"}
    assert read.notes == (f"the bundle was changed after it was made: {NOTEBOOK}",)


def test_a_changed_manifest_is_noticed(honest):
    document = json.loads(contents(honest)["bundle.json"])
    text = json.dumps({**document, "learner": "Ben"}).encode()
    read = read_bundle(changed(honest, bundle__json=text))
    assert read.manifest.learner == "Ben"
    assert read.notes == ("the checksum of the bundle does not match its manifest",)


def test_a_notebook_that_was_removed_is_noticed(tmp_path):
    both = bundle(tmp_path / "both.zip", {NOTEBOOK: b"{}", "08_ranking.ipynb": b"{}"})
    read = read_bundle(changed(both, **{"08_ranking.ipynb": None}))
    assert read.notes == ("the bundle was changed after it was made: 08_ranking.ipynb",)


def test_opened_answers_are_named_and_a_broken_record_is_noticed(tmp_path):
    opened = {"functions": ["build_mf"], "problems": [], "last_hash": "0"}
    read = read_bundle(bundle(tmp_path / "a.zip", {NOTEBOOK: b"{}"}, opened=opened))
    assert read.notes == ("the record of opened answers was changed: lines at its end are missing",)
    assert "the answer of build_mf was opened before it passed" in read.notes_on("04_dot_product")
    assert len(read.notes_on("08_ranking")) == 1


@pytest.mark.parametrize(
    "name",
    [
        "../04_dot_product.ipynb",
        "/tmp/04_dot_product.ipynb",
        "C:\\04_dot_product.ipynb",
        "sub/04_dot_product.ipynb",
        "evil.ipynb",
        "04_dot_product.py",
        "04_dot_product.ipynb/",
    ],
)
def test_files_of_other_names_are_left_alone(honest, name):
    path = repacked({**contents(honest), name: b"evil"}, honest.with_name("evil.zip"))
    assert read_bundle(path).notebooks == {NOTEBOOK: b"{}"}


def test_a_link_in_an_archive_is_no_notebook(honest):
    entry = zipfile.ZipInfo("08_ranking.ipynb")
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = repacked(contents(honest), honest.with_name("l.zip"), [(entry, b"/etc/passwd")])
    assert read_bundle(path).notebooks == {NOTEBOOK: b"{}"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(honest):
    entry = zipfile.ZipInfo(NOTEBOOK)
    path = repacked(contents(honest), honest.with_name("two.zip"), [(entry, b"[]")])
    with pytest.raises(NoBundle, match="two files of the same name"):
        read_bundle(path)


def test_a_file_that_unpacks_to_gigabytes_is_refused(tmp_path):
    path = bundle(tmp_path / "bomb.zip", {NOTEBOOK: b"0" * (MAX_BYTES + 1)})
    assert path.stat().st_size < 100_000
    with pytest.raises(NoBundle, match="too large"):
        read_bundle(path)


def test_the_stated_size_is_not_believed(tmp_path):
    path = bundle(tmp_path / "bomb.zip", {NOTEBOOK: b"0" * (MAX_BYTES + 1)})
    data = path.read_bytes()
    large = struct.pack("<L", MAX_BYTES + 1)
    assert data.count(large) == 2
    path.write_bytes(data.replace(large, struct.pack("<L", 10)))
    with pytest.raises(NoBundle):
        read_bundle(path)


def test_all_notebooks_together_are_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "MAX_UNPACKED", 150)
    files = {NOTEBOOK: b"0" * 100, "08_ranking.ipynb": b"0" * 100}
    with pytest.raises(NoBundle, match="too large"):
        read_bundle(bundle(tmp_path / "a.zip", files))


def test_a_large_directory_is_refused_before_it_is_read(honest):
    files = {**contents(honest), **{f"{n}.txt": b"" for n in range(300)}}
    path = repacked(files, honest.with_name("many.zip"))
    assert not is_bundle(path)
    with pytest.raises(NoBundle, match="too many files"):
        read_bundle(path)


def test_a_large_file_is_refused_before_it_is_read(honest, monkeypatch):
    monkeypatch.setattr(unpack, "MAX_BUNDLE", 100)
    with pytest.raises(NoBundle, match="larger than"):
        read_bundle(honest)


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"PK\3\4" + b"\0" * 100, b"\0" * 1000, b"PK\5\6" + b"\xff" * 18]
)
def test_what_is_no_archive_is_no_bundle(tmp_path, content):
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    assert not is_bundle(path)
    with pytest.raises(NoBundle):
        read_bundle(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_bundle_is_refused(honest, share):
    data = honest.read_bytes()
    honest.write_bytes(data[: int(len(data) * share)])
    assert not is_bundle(honest)


def test_bytes_changed_anywhere_never_break_the_reader(honest):
    data = honest.read_bytes()
    for place in range(0, len(data), 7):
        honest.write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        try:
            assert is_bundle(honest) in {True, False}
            read_bundle(honest)
        except NoBundle:
            continue


def test_an_archive_of_another_kind_is_no_bundle(tmp_path):
    path = repacked({"04_dot_product.ipynb": b"{}"}, tmp_path / "moodle.zip")
    assert not is_bundle(path)
    other = repacked({"bundle.json": b"{}", NOTEBOOK: b"{}"}, tmp_path / "other.zip")
    assert is_bundle(other)
    with pytest.raises(NoBundle, match="another kind"):
        read_bundle(other)


def test_a_bundle_without_exercises_and_a_folder_are_refused(tmp_path):
    with pytest.raises(NoBundle, match="no exercise"):
        read_bundle(bundle(tmp_path / "a.zip", {"memo.ipynb": b"{}"}))
    folder = tmp_path / "folder.zip"
    folder.mkdir()
    assert not is_bundle(folder)


def test_a_link_out_of_a_folder_is_refused(honest, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    link = folder / "ada.zip"
    try:
        link.symlink_to(honest)
    except OSError:
        pytest.skip("this system makes no links")
    assert not is_bundle(link)
