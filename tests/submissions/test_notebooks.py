"""Notebooks: read as other programs leave them."""

import json

import pytest

from tests.submissions.reading import (
    STEP,
    UNDAMAGED,
    notebook,
    read_bytes,
    read_json,
    running,
    source,
)


def test_a_notebook_is_read_like_its_script():
    reading = read_json(notebook())
    assert running(reading) == UNDAMAGED
    assert reading.notes == ()


@pytest.mark.parametrize("code", ["(" * 9_000, "-" * 9_000 + "1", "x" + ".y" * 50_000, "\0"])
def test_code_that_no_parser_takes_is_left_to_fail_when_it_runs(code):
    document = notebook()
    document["cells"].append({"cell_type": "code", "metadata": {}, "outputs": [], "source": code})
    assert running(read_json(document)) == [*UNDAMAGED, code]


def test_a_byte_order_mark_before_a_notebook_does_not_count():
    data = b"\xef\xbb\xbf" + json.dumps(notebook()).encode()
    assert running(read_bytes(data, f"{STEP}.ipynb")) == UNDAMAGED


def old_notebook(version):
    """The solution in the format of IPython 2 and before."""
    cells = []
    for cell in notebook()["cells"]:
        key = "input" if cell["cell_type"] == "code" else "source"
        tags = {"tags": cell["metadata"].get("tags", [])}
        cells.append({"cell_type": cell["cell_type"], key: source(cell), "metadata": tags})
        if key == "input":
            cells[-1] |= {"language": "python", "outputs": [], "collapsed": False}
    return {"nbformat": version, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}


@pytest.mark.parametrize("version", [2, 3])
def test_an_old_notebook_is_upgraded_with_a_note(version, capfd):
    reading = read_json(old_notebook(version))
    assert running(reading) == UNDAMAGED
    assert len(reading.notes) == 1
    assert f"old format {version}" in reading.notes[0]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("version", [None, 3, 5, "4", [], True, 10**4000, float("nan")])
def test_a_wrong_version_is_guessed_from_what_is_there(version):
    document = notebook()
    document["nbformat"] = version
    reading = read_json(document)
    assert running(reading) == UNDAMAGED
    assert "version" in reading.notes[0]


def with_wrong_types(document):
    document["metadata"] = [1, 2]
    document["surprise"] = {"a": [None]}
    for cell in document["cells"]:
        cell |= {"id": None, "attachments": None, "outputs": {}, "extra": 1, "execution_count": "x"}
        if not cell["metadata"].get("tags"):
            cell["metadata"] = None


def with_one_id(document):
    for cell in document["cells"]:
        cell["id"] = "same"


def with_attachments(document):
    for cell in document["cells"]:
        if cell["cell_type"] == "markdown":
            cell["attachments"] = {"image.png": {"image/png": "iVBORw0KGgo="}}


def with_sources_as_lists(document):
    for cell in document["cells"]:
        cell["source"] = source(cell).splitlines(keepends=True)


def with_another_kernel(document):
    document["metadata"]["kernelspec"] = {"name": "conda-env-x", "language": "Python"}


def with_numeric_tags(document):
    for cell in document["cells"]:
        if cell["metadata"].get("tags"):
            cell["metadata"]["tags"] += [7, None]


def with_large_outputs(document):
    for cell in document["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * 600_000}]


@pytest.mark.parametrize(
    "damage",
    [
        with_wrong_types,
        with_one_id,
        with_attachments,
        with_sources_as_lists,
        with_another_kernel,
        with_numeric_tags,
        with_large_outputs,
    ],
)
def test_what_does_not_matter_in_a_notebook_changes_nothing(damage):
    document = notebook()
    damage(document)
    reading = read_json(document)
    assert running(reading) == UNDAMAGED
    assert reading.notes == ()


def test_cells_that_are_none_are_left_out_with_a_note():
    document = notebook()
    document["cells"][3:3] = [None, 5, "text", [], {}, {"cell_type": 3}]
    document["cells"].append({"cell_type": "code"})
    reading = read_json(document)
    assert [code for code in running(reading) if code] == UNDAMAGED
    assert "left out" in reading.notes[0]


def test_half_a_character_does_not_stop_a_notebook():
    document = notebook()
    document["cells"].append({"cell_type": "code", "source": "X = '\ud800'", "metadata": {}})
    assert running(read_json(document))[-1].encode() == "X = '\ufffd'".encode()
