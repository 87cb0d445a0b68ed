"""Links beside a notebook lead nbgrader nowhere."""

import sys

import pytest

pytest.importorskip("nbgrader")

from autograder.nbgrading import links
from autograder.nbgrading.links import replace_links

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "submitted" / "ada" / "08_ranking"
    folder.mkdir(parents=True)
    (folder / "08_ranking.ipynb").write_text("{}", encoding="utf-8")
    (folder / "own.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return folder


def replaced(place):
    replace_links(assignment="*", student="*", notebooks=[str(place / "08_ranking.ipynb")])
    return {
        str(path.relative_to(place)): path.read_text(encoding="utf-8")
        for path in place.rglob("*")
        if path.is_file()
    }


def test_links_out_of_the_folder_become_notes(place, tmp_path):
    (place / "part").mkdir()
    (place / "notes.txt").symlink_to(tmp_path / "secret.txt")
    (place / "part" / "up").symlink_to("../../../..")
    (place / "gone.txt").symlink_to(tmp_path / "nothing")
    found = replaced(place)
    assert sorted(found) == [
        "08_ranking.ipynb",
        "gone.txt.link.txt",
        "notes.txt.link.txt",
        "own.txt",
        "part/up.link.txt",
    ]
    assert "secret.txt" in found["notes.txt.link.txt"]
    assert "secret" not in [text.strip() for text in found.values()]
    assert not any(path.is_symlink() for path in place.rglob("*"))
    assert (tmp_path / "secret.txt").read_text(encoding="utf-8") == "secret"


def test_links_within_the_folder_stay(place):
    (place / "same.txt").symlink_to("own.txt")
    found = replaced(place)
    assert found["same.txt"] == "mine"
    assert (place / "same.txt").is_symlink()


def test_notebooks_that_are_links_stay(place, tmp_path):
    """The kit refuses them with a reason."""
    (place / "04_dot_product.ipynb").symlink_to(tmp_path / "secret.txt")
    replaced(place)
    assert (place / "04_dot_product.ipynb").is_symlink()


def test_nbgrader_stops_where_a_link_cannot_be_replaced(place, tmp_path, monkeypatch):
    (place / "notes.txt").symlink_to(tmp_path / "secret.txt")

    def refused(link):
        raise PermissionError("no")

    monkeypatch.setattr(links, "_replace", refused)
    with pytest.raises(SystemExit, match="cannot be removed"):
        replaced(place)
