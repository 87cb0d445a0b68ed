"""`autograder lab` as a server: settled pairs, unchanged headers, no tool for graders."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from autograder.workspace.start import start

pytestmark = [pytest.mark.slow]
TOKEN = "secret"
AUTHORIZATION = {"Authorization": f"token {TOKEN}"}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A running `autograder lab` in a workspace: (workspace, address, process)."""
    pytest.importorskip("jupyterlab")
    home = tmp_path_factory.mktemp("home")
    workspace = start(home / "course").workspace
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [
        f"--port={port}",
        "--no-browser",
        f"--IdentityProvider.token={TOKEN}",
        "--allow-root",
    ]
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "COURSE_DATA": "simulated",
    }
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "autograder", "lab", *options],
            cwd=workspace.root,
            env=environment,
            start_new_session=True,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _attempt in range(240):
            try:
                _get(f"{address}/api/status")
                break
            except OSError:
                time.sleep(0.5)
        yield workspace, address, process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=30)


def _get(url):
    request = urllib.request.Request(url, headers=AUTHORIZATION)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


def _save(address, model):
    body = json.dumps({key: model[key] for key in ("type", "format", "content")}).encode()
    url = f"{address}/api/contents/{model['path']}"
    request = urllib.request.Request(url, body, AUTHORIZATION, method="PUT")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def _open(address, name):
    return json.loads(_get(f"{address}/api/contents/{name}?content=1"))


def _edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    later = time.time() + 60
    os.utime(path, (later, later))


def test_saving_an_unchanged_notebook_leaves_its_script_byte_for_byte(lab):
    workspace, address, _process = lab
    script = workspace.script("05_training")
    before = script.read_bytes()
    model = _open(address, "05_training.ipynb")
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    model["content"]["metadata"]["kernelspec"] = kernel
    model["content"]["metadata"]["language_info"] = {"name": "python", "version": "3.99"}
    _save(address, model)
    assert script.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "function", "edited", "opened"),
    [
        ("04_dot_product", "build_mf", ".py", ".py"),
        ("06_biases", "compare", ".py", ".ipynb"),
        ("08_ranking", "recall_at_k", ".ipynb", ".py"),
        ("09_tsne", "nearest", ".ipynb", ".ipynb"),
    ],
)
def test_the_file_that_was_edited_last_opens_under_either_name(lab, name, function, edited, opened):
    workspace, address, _process = lab
    stub = f'raise NotImplementedError("{function}")'
    old = json.dumps(stub)[1:-1] if edited == ".ipynb" else stub
    _edit(workspace.root / f"{name}{edited}", old, "return 42")
    cells = _open(address, f"{name}{opened}")["content"]["cells"]
    assert any("return 42" in cell["source"] for cell in cells)
    assert list(workspace.backups.glob(f"{name}*"))


def test_no_tool_for_graders_is_offered(lab):
    _workspace, address, _process = lab
    with pytest.raises(urllib.error.HTTPError, match="404"):
        _get(f"{address}/formgrader")
    page = _get(f"{address}/lab")
    config = json.loads(page.split('id="jupyter-config-data"')[1].split(">", 1)[1].split("<")[0])
    assert "@jupyter/nbgrader" in config["disabledExtensions"]


def test_the_first_page_is_the_start_page(lab):
    _workspace, address, _process = lab
    request = urllib.request.Request(address, headers=AUTHORIZATION)
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.url.endswith("/lab/tree/start.ipynb")


def test_a_termination_ends_the_server_cleanly(lab):
    """Keep this test the last one: it ends the server."""
    _workspace, address, process = lab
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    with pytest.raises(OSError):
        _get(f"{address}/api/status")
