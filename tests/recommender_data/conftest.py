"""Folders of made-up sets, of which no network and no set on this computer knows."""

import pytest

CLOSED_PORT = "http://127.0.0.1:9"


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """Return a function that writes files, as text or bytes, into a folder, and its path."""
    for variable in ("COURSE_DATA", "MOVIELENS_DIR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("MOVIELENS_URL", CLOSED_PORT)
    monkeypatch.setenv("NO_PROXY", "*")

    def write(name="shelf", **files):
        place = tmp_path / name
        place.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            path = place / file.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return place

    return write
