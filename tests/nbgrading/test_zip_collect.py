"""`nbgrader zip_collect` on Moodle's downloads."""

import csv
import io
import shutil
import sys
import unicodedata
import zipfile

import nbformat
import pytest
from typer.testing import CliRunner

pytest.importorskip("nbgrader")

from autograder.cli.app import app
from autograder.nbgrading.zip_collect import student_id
from tests.bundle.making import bundle
from tests.classes import DOT_PRODUCT, released
from tests.nbgrading.commands import gradebook, nbgrader

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nbgrader's commands are for Unix")

linux = pytest.mark.skipif(sys.platform != "linux", reason="grading in the sandbox needs Linux")
FILE = "_assignsubmission_file_"


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Zoé d'Arc-Müller", "Zoé d'Arc-Müller"),
        ("A/B: C*?", "A B C"),
        ("..", "learner"),
        ("Ada [2] ", "Ada 2"),
        ("x" * 300, "x" * 100),
    ],
)
def test_an_id_can_be_the_name_of_a_folder(name, folder):
    assert student_id(name) == folder


def packed(files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("zips") / "course"
    arguments = ["course", str(folder), "--exercises", "04", "--no-memo"]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    nbgrader(folder, "generate_assignment", DOT_PRODUCT)
    return folder


@linux
@pytest.mark.slow
@pytest.mark.parametrize("form", ["folders", "flat"])
def test_moodles_downloads_are_collected_and_graded(made, form, tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(made, folder)
    given = released(folder, DOT_PRODUCT)
    right = nbformat.writes(given.answered(DOT_PRODUCT))
    untouched = nbformat.writes(given.untouched(DOT_PRODUCT))
    between = "/" if form == "folders" else ""
    decomposed = unicodedata.normalize("NFD", "Zoé d'Arc")
    own = bundle(tmp_path / "own.zip", {f"{DOT_PRODUCT}.ipynb": right.encode()}, "Bo")
    moodle = {
        f"Ada Lovelace_101{FILE}{between}{DOT_PRODUCT}.ipynb": right,
        f"{decomposed}_102{FILE}{between}Copie de {DOT_PRODUCT}.ipynb": right,
        f"Sean O'Neil_103{FILE}{between}devoir.zip": packed(
            {"devoir/mon rendu.ipynb": right, "__MACOSX/devoir/._mon rendu.ipynb": "x"}
        ),
        f"Li Wei_104{FILE}{between}{DOT_PRODUCT}.ipynb": right,
        f"Li Wei_105{FILE}{between}{DOT_PRODUCT}.ipynb": untouched,
        f"Bo Bundle_106{FILE}{between}bundle.zip": own.read_bytes(),
        f"Cy Broken_107{FILE}{between}devoir.zip": b"PK no archive",
        f"Di Twice_108{FILE}{between}a.zip": packed(
            {f"v1/{DOT_PRODUCT}.ipynb": untouched, f"v2/{DOT_PRODUCT}.ipynb": right}
        ),
        f"Ed Text_109_assignsubmission_onlinetext{'_/' if between else '_'}onlinetext.html": "hi",
    }
    archive = folder / "downloaded" / DOT_PRODUCT / "archive"
    archive.mkdir(parents=True)
    (archive / "TP 4-download.zip").write_bytes(packed(moodle))
    log = nbgrader(folder, "zip_collect", DOT_PRODUCT)
    assert "Cy Broken" in log and "damaged archive" in log
    assert "2 participants have the name Li Wei" in log
    done = CliRunner().invoke(app, ["notebooks", str(folder)])
    assert done.exit_code == 0, done.output
    nbgrader(folder, "autograde", DOT_PRODUCT)
    expected = {
        "Ada Lovelace": 10,
        "Zoé d'Arc": 10,
        "Sean O'Neil": 10,
        "Li Wei (104)": 10,
        "Li Wei (105)": 0,
        "Bo Bundle": 10,
        "Di Twice": 10,
    }
    with gradebook(folder) as book:
        submissions = book.assignment_submissions(DOT_PRODUCT)
        assert {each.student.id: each.score for each in submissions} == expected
    register = folder / ".autograder" / "moodle.csv"
    with register.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    numbers = {row["student_id"]: (row["participant"], row["name"]) for row in rows}
    assert numbers["Li Wei (105)"] == ("105", "Li Wei")
    assert numbers["Zoé d'Arc"] == ("102", "Zoé d'Arc")
    assert {row["assignment"] for row in rows} == {DOT_PRODUCT}


@pytest.mark.process
def test_collected_files_have_the_times_of_the_download(made, tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(made, folder)
    text = nbformat.writes(released(folder, DOT_PRODUCT).untouched(DOT_PRODUCT))
    archive = folder / "downloaded" / DOT_PRODUCT / "archive"
    archive.mkdir(parents=True)
    hours = {f"{DOT_PRODUCT} (1).ipynb": 10, f"{DOT_PRODUCT}.ipynb": 12}
    with zipfile.ZipFile(archive / "TP 4.zip", "w") as file:
        for name, hour in hours.items():
            entry = zipfile.ZipInfo(f"Zoé Dupont_101{FILE}/{name}", (2026, 11, 20, hour, 0, 0))
            file.writestr(entry, text)
    nbgrader(folder, "zip_collect", DOT_PRODUCT)
    home = folder / "submitted" / "Zoé Dupont" / DOT_PRODUCT
    times = {path.name: path.stat().st_mtime for path in home.glob("*.ipynb")}
    first, second = (times[name] for name in hours)
    assert second - first == 2 * 60 * 60
