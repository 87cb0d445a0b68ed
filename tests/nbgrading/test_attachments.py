"""Pasted images in the text cells of submitted notebooks."""

import base64
import io
import json
import struct
import zlib

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook
from PIL import Image

pytest.importorskip("nbgrader")

from autograder.nbgrading.attachments import MAX_IMAGE_BYTES, accepted_attachments
from autograder.nbgrading.damaged_notebooks import readable_notebook
from autograder.nbgrading.exporter import FeedbackExporter
from autograder.nbgrading.safe_notebook import make_texts_harmless


def image_bytes(format_name, size=(4, 3)):
    """Return a small image of one colour as a file."""
    file = io.BytesIO()
    Image.new("RGB", size).save(file, format=format_name)
    return file.getvalue()


CONTENT = {f"image/{name}": image_bytes(name) for name in ("png", "jpeg", "gif")}
IMAGES = {mime: base64.b64encode(content).decode() for mime, content in CONTENT.items()}


@pytest.fixture
def submitted(tmp_path):
    """Write a notebook of one text cell, and read it as nbgrader gets it."""

    def read(source, attachments):
        cell = new_markdown_cell(source, attachments=attachments)
        path = tmp_path / "08_ranking.ipynb"
        path.write_text(json.dumps(new_notebook(cells=[cell])), encoding="utf-8")
        notebook = readable_notebook(path, new_notebook())
        make_texts_harmless(notebook, new_notebook())
        nbformat.validate(notebook)
        return notebook

    return read


def pages(notebook):
    """Yield a notebook as formgrader and as feedback show it."""
    for exporter in (HTMLExporter(template_name="classic"), FeedbackExporter()):
        yield exporter.from_notebook_node(notebook)[0]


@pytest.mark.parametrize("mime", IMAGES)
def test_a_pasted_image_is_shown(submitted, mime):
    notebook = submitted("![a](attachment:image.png)", {"image.png": {mime: IMAGES[mime]}})
    for page in pages(notebook):
        assert f"data:{mime};base64,{IMAGES[mime]}" in page


@pytest.mark.parametrize("address", ["attachment:my%20image.png", "<attachment:my image.png>"])
def test_a_name_may_hold_a_space(submitted, address):
    source = f"![a]({address})"
    notebook = submitted(source, {"my image.png": {"image/png": IMAGES["image/png"]}})
    for page in pages(notebook):
        assert f"data:image/png;base64,{IMAGES['image/png']}" in page


@pytest.mark.parametrize(
    "source", ["![a](attachment:gone.png)", "![a][b]\n\n[b]: attachment:g.png"]
)
def test_a_missing_image_is_a_note(submitted, source):
    for page in pages(submitted(f"before {source}", {})):
        assert "before" in page
        assert "<img" not in page


def test_a_missing_image_of_a_released_text_is_a_note():
    notebook = new_notebook(cells=[new_markdown_cell("![a](attachment:gone.png)")])
    make_texts_harmless(notebook, new_notebook(cells=notebook.cells))
    for page in pages(notebook):
        assert "the image gone.png is missing" in page


def test_a_notebook_graded_earlier_has_notes_in_its_feedback():
    notebook = new_notebook(cells=[new_markdown_cell("![a](attachment:gone.png)")])
    page, _resources = FeedbackExporter().from_notebook_node(notebook)
    assert "the image gone.png is missing" in page


@pytest.mark.parametrize(
    "attachments",
    [
        None,
        [],
        {"a.png": None},
        {"a.png": {}},
        {"a.png": {"image/png": 7}},
        {"a.png": {"image/png": "no base64!"}},
        {"a.png": {"image/png": IMAGES["image/gif"]}},
        {"a.svg": {"image/svg+xml": IMAGES["image/png"]}},
        {"a.html": {"text/html": IMAGES["image/png"]}},
        {'"><script>alert(1)</script>.png': {"image/png": IMAGES["image/png"]}},
        {"a.png": {"image/png": base64.b64encode(bytes(MAX_IMAGE_BYTES + 10)).decode()}},
    ],
)
def test_anything_but_an_image_is_left_out(attachments):
    assert accepted_attachments(attachments) == {}


def test_lines_of_base64_are_joined():
    lines = [f"{IMAGES['image/png'][:8]}\n", IMAGES["image/png"][8:]]
    assert accepted_attachments({"a.png": {"image/png": lines, "text/html": "x"}}) == {
        "a.png": {"image/png": IMAGES["image/png"]}
    }


def with_size(mime, content, side):
    """Return an image whose header says another size."""
    if mime == "image/png":
        header = content[12:16] + struct.pack(">II", side, side) + content[24:29]
        return content[:12] + header + struct.pack(">I", zlib.crc32(header)) + content[33:]
    if mime == "image/gif":
        return content[:6] + struct.pack("<HH", side, side) + content[10:]
    start = content.index(b"\xff\xc0") + 5
    return content[:start] + struct.pack(">HH", side, side) + content[start + 4 :]


@pytest.mark.parametrize("mime", CONTENT)
def test_an_image_of_too_many_pixels_is_left_out(mime):
    for side, kept in ((6_000, True), (7_000, False), (60_000, False)):
        text = base64.b64encode(with_size(mime, CONTENT[mime], side)).decode()
        assert bool(accepted_attachments({"a": {mime: text}})) is kept


@pytest.mark.parametrize("mime", CONTENT)
def test_a_file_that_only_begins_like_an_image_is_left_out(mime):
    text = base64.b64encode(CONTENT[mime][:8]).decode()
    assert accepted_attachments({"a": {mime: text}}) == {}
