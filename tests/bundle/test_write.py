"""The bundle: its files, its receipt, its checksum; never overwritten, never half written."""

import json
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_output
from rich.console import Console

from autograder.bundle import write
from autograder.bundle.file_names import safe_name
from autograder.bundle.manifest import NoBundle, checksum_of, read_manifest, safe_learner
from autograder.bundle.pages import page
from autograder.bundle.submit import prepare
from autograder.bundle.write import write_bundle
from autograder.util.atomic import NotWritten
from autograder.util.fingerprint import digest
from autograder.workspace.documents import document_of
from autograder.workspace.opened_answers import remember_opened
from tests.bundle.making import FakeRun, contents
from tests.workspace.making import NAME

NOW = datetime(2026, 3, 1, 10, 30, tzinfo=UTC)


@pytest.fixture
def ready(workspace, monkeypatch):
    FakeRun(monkeypatch)
    return prepare(workspace, Console(quiet=True), say=lambda _text: None)


def written(workspace, ready, learner="Zoë Müller"):
    return write_bundle(workspace, learner, ready.executed, ready.reports, NOW)


def test_a_bundle_holds_notebooks_pages_reports_and_receipts(workspace, ready):
    remember_opened(workspace.root, "build_mf")
    done = written(workspace, ready)
    assert done.path == workspace.root / "Zoe-Muller_course_2026-03-01_103000.zip"
    files = contents(done.path)
    assert list(files) == [
        "bundle.json",
        f"{NAME}.ipynb",
        "memo.ipynb",
        "opened.jsonl",
        f"pages/{NAME}.html",
        "pages/memo.html",
        "receipt.html",
        "receipt.txt",
        "report.json",
    ]
    notebook = nbformat.reads(files[f"{NAME}.ipynb"].decode(), as_version=4)
    nbformat.validate(notebook)
    assert notebook.cells[1].outputs[0].text == "cell 2\n"
    assert notebook.metadata["autograder"] == {"language": "en"}
    [report] = json.loads(files["report.json"])
    assert (report["exercise"], report["submission"]) == (NAME, f"{NAME}.py")
    assert b"build_mf" in files["opened.jsonl"]


def test_the_manifest_names_every_file_and_the_checksum_covers_it(workspace, ready):
    remember_opened(workspace.root, "build_mf")
    done = written(workspace, ready)
    files = contents(done.path)
    document = json.loads(files["bundle.json"])
    named = {file["name"]: file["sha256"] for file in document["files"]}
    own = {"bundle.json", "receipt.html", "receipt.txt"}
    assert named == {name: digest(content) for name, content in files.items() if name not in own}
    assert document["checksum"] == checksum_of(document) == done.checksum
    assert document["opened"]["functions"] == ["build_mf"]
    assert document["opened"]["problems"] == []
    for part in ("learner", "created"):
        assert checksum_of({**document, part: "x"}) != done.checksum
    manifest, right = read_manifest(files["bundle.json"].decode())
    assert right
    assert manifest.learner == "Zoë Müller"


def test_the_receipt_says_who_when_what_and_how_much(workspace, ready):
    remember_opened(workspace.root, "build_mf")
    done = written(workspace, ready, "Ada <b> & Co")
    files = contents(done.path)
    text, html = files["receipt.txt"].decode(), files["receipt.html"].decode()
    for words in ("Ada <b> & Co", "2026-03-01", "0 / 10", done.checksum, "build_mf"):
        assert words in text
    assert f"{digest(files['report.json'])}  report.json" in text
    assert "Ada &lt;b&gt; &amp; Co" in html
    assert done.checksum in html
    assert "<script" not in html


def test_a_changed_record_travels_with_its_check(workspace, ready):
    for function in ("build_mf", "score_matrix"):
        remember_opened(workspace.root, function)
    lines = workspace.opened_record.read_text(encoding="utf-8").splitlines(keepends=True)
    workspace.opened_record.write_text(lines[1], encoding="utf-8")
    files = contents(written(workspace, ready).path)
    assert json.loads(files["bundle.json"])["opened"]["problems"]
    assert b"The record of opened answers was changed" in files["receipt.txt"]


def test_the_same_work_makes_the_same_bytes_and_replaces_nothing(workspace, ready):
    first, second = written(workspace, ready), written(workspace, ready)
    assert second.path.name == "Zoe-Muller_course_2026-03-01_103000-2.zip"
    assert first.path.read_bytes() == second.path.read_bytes()
    assert first.checksum == second.checksum


def test_an_interrupted_write_leaves_no_file(workspace, ready, monkeypatch):
    def broken(_self, _content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", broken)
    with pytest.raises(NotWritten, match="No space left"):
        written(workspace, ready)
    assert list(workspace.root.glob("*.zip*")) == []
    assert list(workspace.root.glob(".*.partial")) == []


def test_a_notebook_too_large_to_be_graded_loses_its_largest_outputs(workspace, ready, monkeypatch):
    monkeypatch.setattr(write, "MAX_NOTEBOOK", 20_000)
    cells = [c for c in ready.executed[NAME].cells if c.cell_type == "code"]
    cells[1].outputs = [new_output("stream", text="x" * 50_000)]
    done = written(workspace, ready)
    assert len(done.notes) == 1
    content = contents(done.path)[f"{NAME}.ipynb"]
    assert len(content) < 20_000
    assert b"cell 2" in content
    assert len(cells[1].outputs[0].text) == 50_000


def test_a_page_needs_no_network_and_runs_no_script(tmp_path):
    (tmp_path / "mine.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    text = (
        "# %% [markdown]\n# The score is $q_i^\\top p_u$ ![mine](mine.png)\n#\n"
        "# <script>alert(1)</script>\n\n# %%\n1 + 1\n"
    )
    notebook = document_of(text)
    notebook.cells[1].outputs = [
        new_output("display_data", {"image/png": "iVBORw0KGgo=", "text/plain": "figure"})
    ]
    html = page("04", notebook, tmp_path)
    assert "<math" in html
    assert "<script" not in html
    assert html.count('src="data:image/png;base64') == 2
    assert "Content-Security-Policy" in html
    assert not re.search(r"(?:src|href)=[\"']https?:", html)


@pytest.mark.parametrize(
    ("learner", "name"),
    [
        ("Ada Lovelace", "Ada-Lovelace"),
        ("Zoë Müller", "Zoe-Muller"),
        ("../../etc/passwd", "etc-passwd"),
        ("con", None),
        ("李明", None),
        ("Łukasz", None),
        ("...", None),
        ("a" * 300, "a" * 40),
    ],
)
def test_a_file_name_is_safe_everywhere(learner, name):
    made = safe_name(learner)
    assert re.fullmatch(r"[A-Za-z0-9-]{1,60}", made)
    assert made.lower() not in {"con", "nul", "aux", "prn"}
    assert name is None or made == name
    assert safe_name("李明") != safe_name("李红")


def test_a_learners_name_holds_nothing_that_a_page_or_path_could_not():
    assert safe_learner("  Ada \n Lovelace ") == "Ada Lovelace"
    assert "/" not in safe_learner("a/b\\c")
    assert "\u202e" not in safe_learner("a\u202eb")
    assert safe_learner("..") == ""
    assert len(safe_learner("x" * 500)) < 100


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"kind": "another"}', "[" * 100_000],
)
def test_a_text_that_is_no_manifest_is_refused(text):
    with pytest.raises(NoBundle):
        read_manifest(text)


def test_a_newer_format_and_missing_parts_are_refused(workspace, ready):
    document = json.loads(contents(written(workspace, ready).path)["bundle.json"])
    with pytest.raises(NoBundle, match="newer version"):
        read_manifest(json.dumps({**document, "format": 2}))
    for part in ("learner", "files", "opened", "checksum", "kit"):
        rest = {key: value for key, value in document.items() if key != part}
        with pytest.raises(NoBundle, match="lacks a part"):
            read_manifest(json.dumps(rest))
    assert zipfile.is_zipfile(written(workspace, ready).path)
