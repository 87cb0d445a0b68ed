"""Archives in a pile: read within limits, and never a reason to lose the rest."""

import tarfile
import time
import zipfile

import pytest

from autograder.grading.collect import collect
from autograder.grading.intake import archives
from autograder.grading.intake.tree import tree_at
from tests.answers import solution_text
from tests.grading.intake.test_shapes import lay, learners

STEP = "01_explore"
TEXT = solution_text(STEP)


def zipped(path, entries):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def names_in(path, tmp_path):
    return sorted(
        str(file.shown.relative_to(path)) for file in tree_at(path, tmp_path / "u").files()
    )


def test_archives_in_archives_are_folders(tmp_path):
    inner = zipped(tmp_path / "inner.zip", {"01_explore.py": TEXT}).read_bytes()
    outer = zipped(tmp_path / "outer.zip", {"ada/work.zip": inner, "ben/01_explore.py": TEXT})
    found = collect([outer], tmp_path / "out")
    assert learners(found) == [("ada", STEP), ("ben", STEP)]
    assert not list(tmp_path.glob("ada*"))


def test_an_archive_writes_nowhere_else(tmp_path):
    path = zipped(
        tmp_path / "pile" / "evil.zip",
        {"../../01_explore.py": TEXT, "/abs/02.py": "1", "C:\\x\\03.py": "1", "a/\x01b?.py": "1"},
    )
    assert len(names_in(path, tmp_path)) == 4
    assert {p.name for p in tmp_path.iterdir()} == {"pile", "u"}


def test_names_without_the_flag_for_utf8_are_read(tmp_path):
    path = zipped(tmp_path / "a.zip", {"Zoé/01_explore.py": TEXT})
    raw = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert archive.infolist()[0].flag_bits & 0x800
    cleared = raw.replace(b"\x14\x00\x00\x08\x08\x00", b"\x14\x00\x00\x00\x08\x00")
    path.write_bytes(cleared)
    assert names_in(path, tmp_path) == ["Zoé/01_explore.py"]


def test_links_in_a_tar_archive_lead_nowhere(tmp_path):
    path = tmp_path / "pile" / "ada.tar.gz"
    path.parent.mkdir()
    with tarfile.open(path, "w:gz") as archive:
        for name, kind in (("01_explore.py", tarfile.SYMTYPE), ("pipe.py", tarfile.FIFOTYPE)):
            entry = tarfile.TarInfo(f"../{name}")
            entry.type, entry.linkname = kind, "/etc/hostname"
            archive.addfile(entry)
    [file] = tree_at(path, tmp_path / "u").files()
    assert file.shown == path / "01_explore.py"
    assert file.path.read_text("utf-8") == "/etc/hostname"
    assert not file.path.is_symlink()


def test_times_of_files_are_kept(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("01_explore.py", (2026, 3, 1, 10, 0, 0)), TEXT)
    [file] = tree_at(path, tmp_path / "u").files()
    assert time.localtime(file.path.stat().st_mtime)[:4] == (2026, 3, 1, 10)


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive", b"PK\5\6" + 40 * b"\xff"])
def test_a_damaged_archive_is_named_and_hides_no_other(tmp_path, content):
    pile = lay(tmp_path / "pile", "ada/01_explore.py", "ben/01_explore.py")
    (pile / "cleo.zip").write_bytes(content)
    found = collect([pile], tmp_path / "out")
    assert learners(found) == [("ada", STEP), ("ben", STEP)]
    [problem] = found.problems
    assert "cleo.zip" in problem


def test_an_archive_with_too_much_in_it_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_UNPACKED", 10_000)
    pile = lay(tmp_path / "pile", "ada/01_explore.py", "ben/01_explore.py")
    zipped(pile / "cleo.zip", {f"{n}.py": 5_000 * "x" for n in range(4)})
    found = collect([pile], tmp_path / "out")
    assert learners(found) == [("ada", STEP), ("ben", STEP)]
    assert any("cleo.zip" in problem and "GB" in problem for problem in found.problems)
    assert not list((tmp_path / "out" / ".archives").iterdir())


def test_an_encrypted_archive_is_named(tmp_path):
    path = zipped(tmp_path / "pile" / "cleo.zip", {"01_explore.py": TEXT})
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.rindex(b"PK\1\2") + 8] |= 1
    path.write_bytes(raw)
    lay(tmp_path / "pile", "ada/01_explore.py")
    found = collect([tmp_path / "pile"], tmp_path / "out")
    assert learners(found) == [("ada", STEP)]
    assert any("encrypted" in problem for problem in found.problems)


def test_too_deep_archives_are_named(tmp_path):
    content = zipped(tmp_path / "0.zip", {"01_explore.py": TEXT}).read_bytes()
    for n in range(1, 9):
        content = zipped(tmp_path / f"{n}.zip", {"x.zip": content}).read_bytes()
    found = collect([tmp_path / "8.zip"], tmp_path / "out")
    assert found.submissions == []
    assert any("too deep" in problem for problem in found.problems)


def test_folders_in_folders_without_end_are_named(tmp_path):
    pile = lay(tmp_path / "pile", "ada/01_explore.py", "ben/01_explore.py")
    zipped(pile / "ben" / "more.zip", {f"{700 * 'a/'}b.py": TEXT})
    found = collect([pile], tmp_path / "out")
    assert learners(found) == [("ada", STEP), ("ben", STEP)]
    [problem] = found.problems
    assert "more.zip" in problem
    assert problem.endswith("it lies in more than 64 folders: move its files up.")
