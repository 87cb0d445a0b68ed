"""Everything that decides a verdict changes the fingerprint; nothing else changes it."""

import shutil

import pytest

from autograder.util import fingerprint, paths
from autograder.util.fingerprint import fingerprint_of, kit_fingerprint


@pytest.fixture
def kit(tmp_path):
    """Make a copy of the kit's code and tables."""
    folder = tmp_path / "autograder"
    ignored = shutil.ignore_patterns("__pycache__", "_course")
    shutil.copytree(paths.PACKAGE, folder, ignore=ignored)
    return folder


@pytest.mark.parametrize(
    "changed",
    [
        "course/course.toml",
        "course/misconceptions/04_dot_product.toml",
        "checks/test_04_dot_product.py",
        "checks/support/models.py",
        "checking/asserts.py",
        "engine/local.py",
        "submissions/repairs.py",
        "sandbox/worker.py",
    ],
)
def test_a_changed_file_changes_it(kit, changed):
    before = fingerprint_of({"autograder": kit})
    (kit / changed).write_bytes((kit / changed).read_bytes() + b"\n# changed\n")
    assert fingerprint_of({"autograder": kit}) != before


def test_another_file_and_another_name_change_it(kit):
    before = fingerprint_of({"autograder": kit})
    (kit / "checks" / "test_99_more.py").write_text("", encoding="utf-8")
    more = fingerprint_of({"autograder": kit})
    (kit / "checks" / "test_99_more.py").rename(kit / "checks" / "test_98_more.py")
    renamed = fingerprint_of({"autograder": kit})
    assert len({before, more, renamed}) == 3


def test_another_version_of_a_library_changes_it(kit, monkeypatch):
    before = fingerprint_of({"autograder": kit})
    real = fingerprint.version
    monkeypatch.setattr(
        fingerprint, "version", lambda name: "0.0" if name == "keras" else real(name)
    )
    assert fingerprint_of({"autograder": kit}) != before


def test_its_place_and_its_caches_do_not_change_it(kit, tmp_path):
    before = fingerprint_of({"autograder": kit})
    moved = kit.rename(tmp_path / "elsewhere")
    (moved / "__pycache__").mkdir()
    (moved / "__pycache__" / "x.pyc").write_bytes(b"x")
    assert fingerprint_of({"autograder": moved}) == before


def test_solutions_and_exercises_count_too():
    assert kit_fingerprint() != fingerprint_of({"autograder": paths.PACKAGE})


def test_what_a_solution_leaves_in_its_folder_does_not_count(tmp_path, monkeypatch):
    for name in ("solutions", "exercises/en"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "01_explore.py").write_text("x = 1", encoding="utf-8")
    monkeypatch.setattr(paths, "course_root", lambda: tmp_path)
    before = kit_fingerprint.__wrapped__()
    (tmp_path / "solutions" / "served").mkdir()
    (tmp_path / "solutions" / "served" / "serve.py").write_text("x = 2", encoding="utf-8")
    assert kit_fingerprint.__wrapped__() == before
    (tmp_path / "solutions" / "01_explore.py").write_text("x = 2", encoding="utf-8")
    assert kit_fingerprint.__wrapped__() != before
