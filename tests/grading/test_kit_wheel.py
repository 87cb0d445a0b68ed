"""The wheel that the kit makes of itself."""

import os
import subprocess
import sys
import zipfile

import pytest

from autograder import __version__
from autograder.grading import kit_wheel as module
from autograder.grading.kit_wheel import NoWheel, kit_wheel
from tests.wheels import build_wheel

NAME = f"recommender_course-{__version__}-py3-none-any.whl"
REBUILD = """
import sys
from pathlib import Path
from autograder.grading.kit_wheel import kit_wheel
import autograder
print(autograder.__file__)
name, content = kit_wheel()
Path(sys.argv[1]).write_bytes(content)
"""


def files_of(wheel):
    """The files of a wheel by name, without what names its builder.

    An environment keeps the README of the day on which the kit was installed, so that of the
    metadata only the fields count.
    """
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None
        names = [name for name in archive.namelist() if not name.endswith(("/RECORD", "/WHEEL"))]
        files = {name: archive.read(name) for name in names}
    [metadata] = [name for name in files if name.endswith("/METADATA")]
    return {**files, metadata: files[metadata].partition(b"\n\n")[0]}


@pytest.mark.slow
@pytest.mark.process
def test_it_holds_the_files_that_the_build_backend_packs(tmp_path):
    name, content = kit_wheel()
    own = tmp_path / name
    own.write_bytes(content)
    built = build_wheel(tmp_path / "built")
    assert name == built.name
    assert files_of(own) == files_of(built)


@pytest.mark.slow
@pytest.mark.process
def test_an_installed_wheel_makes_the_same_wheel_again(tmp_path):
    name, content = kit_wheel()
    wheel, place = tmp_path / name, tmp_path / "installed"
    wheel.write_bytes(content)
    install = ["-m", "pip", "install", "--no-deps", "--no-index", "--target", place, wheel]
    subprocess.run([sys.executable, *map(str, install)], check=True, capture_output=True)
    again = tmp_path / "again.whl"
    done = subprocess.run(
        [sys.executable, "-c", REBUILD, str(again)],
        env={**os.environ, "PYTHONPATH": str(place)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(place))
    assert again.read_bytes() == content


def test_the_same_kit_gives_the_same_bytes_and_no_compiled_files():
    name, content = kit_wheel()
    assert (name, content) == kit_wheel()
    assert b"__pycache__" not in content


def test_a_given_wheel_is_taken_as_it_is(tmp_path):
    _name, content = kit_wheel()
    wheel = tmp_path / NAME
    wheel.write_bytes(content)
    assert kit_wheel(wheel) == (NAME, content)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("missing.whl", None, "cannot be read as a wheel"),
        (NAME, b"no archive", "cannot be read as a wheel"),
        ("other-1.0-py3-none-any.whl", "kit", "is no wheel of this kit"),
    ],
)
def test_another_file_is_refused(tmp_path, name, content, reason):
    wheel = tmp_path / name
    if content is not None:
        wheel.write_bytes(kit_wheel()[1] if content == "kit" else content)
    with pytest.raises(NoWheel, match=reason):
        kit_wheel(wheel)


def test_metadata_of_another_version_are_refused(monkeypatch):
    monkeypatch.setattr(module, "__version__", "99.0")
    with pytest.raises(NoWheel, match="This is version 99.0 of the kit"):
        kit_wheel()


def test_a_kit_that_is_not_installed_asks_for_a_wheel(monkeypatch):
    monkeypatch.setattr(module, "DISTRIBUTION", "no-such-distribution")
    with pytest.raises(NoWheel, match="--wheel FILE"):
        kit_wheel()
