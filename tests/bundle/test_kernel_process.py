"""Real kernels: what runs, what is recorded, and how Ctrl-C and time-outs end it."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from autograder.bundle import run as module
from autograder.bundle.ran import raised_in
from autograder.bundle.run import KernelMissing, run
from autograder.workspace.documents import document_of
from tests.answers import filled_in, solution_text, without_demonstrations
from tests.submissions.whole import whole_notebook

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
]


def text_of(cell):
    return "".join(output.get("text", "") for output in cell.outputs)


def test_a_notebook_runs_from_the_top_in_its_folder_and_errors_are_recorded(tmp_path):
    (tmp_path / "here.txt").write_text("found", encoding="utf-8")
    done = []
    document = document_of(
        "# %%\nx = 1\nprint(open('here.txt').read())\n\n# %%\n1 / 0\n\n# %%\nprint(x + 1)\n\n"
        "# %%\nimport sys; print(sys.executable)\n\n# %%\n"
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);\n\n# %%\ninput()\n"
    )
    notebook = run(document, tmp_path, lambda: done.append(1))
    assert text_of(notebook.cells[0]) == "found\n"
    assert text_of(notebook.cells[2]) == "2\n"
    assert text_of(notebook.cells[3]).strip() == sys.executable
    assert any("image/png" in output.get("data", {}) for output in notebook.cells[4].outputs)
    assert [(error.number, error.kind) for error in raised_in(notebook)] == [
        (2, "ZeroDivisionError"),
        (6, "StdinNotImplementedError"),
    ]
    assert len(done) == 6
    assert "outputs" not in document.cells[0] or document.cells[0].outputs == []


def test_a_cell_that_takes_too_long_is_stopped_and_the_next_one_runs(tmp_path):
    document = document_of("# %%\nimport time\ntime.sleep(60)\n\n# %%\nprint('after')\n")
    notebook = run(document, tmp_path, cell_seconds=2)
    assert [(error.number, error.kind) for error in raised_in(notebook)] == [
        (1, "KeyboardInterrupt")
    ]
    assert text_of(notebook.cells[1]) == "after\n"


def test_a_cell_that_ends_the_kernel_is_recorded_and_what_ran_before_stays(tmp_path):
    document = document_of(
        "# %%\nprint('before')\n\n# %%\nimport os\nos._exit(1)\n\n# %%\nprint('after')\n"
    )
    notebook = run(document, tmp_path)
    assert text_of(notebook.cells[0]) == "before\n"
    assert [(error.number, error.kind) for error in raised_in(notebook)] == [(2, "KernelEnded")]
    assert notebook.cells[2].outputs == []


def test_endless_output_is_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_OUTPUT", 10_000)
    document = document_of("# %%\nfor n in range(20_000):\n    print('x' * 100, flush=True)\n")
    notebook = run(document, tmp_path)
    assert len(text_of(notebook.cells[0])) < 20_000
    assert "left out" in text_of(notebook.cells[0])


def test_a_kernel_that_does_not_start_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(module.sys, "executable", str(tmp_path / "no python"))
    with pytest.raises(KernelMissing, match="no kernel of Jupyter starts"):
        run(document_of("# %%\n1\n"), tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal of Unix")
def test_ctrl_c_ends_the_kernel(tmp_path):
    code = "import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(300)\n"
    place = tmp_path / "pid"

    def interrupt():
        end = time.monotonic() + 120
        while time.monotonic() < end and not (place.is_file() and place.read_text()):
            time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            run(document_of(f"# %%\n{code}"), tmp_path)
    finally:
        thread.join()
        signal.signal(signal.SIGINT, before)
    kernel = int(place.read_text())
    end = time.monotonic() + 20
    while time.monotonic() < end and _is_alive(kernel):
        time.sleep(0.1)
    assert not _is_alive(kernel)


def _is_alive(process):
    done = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True)
    return bool(done.stdout.strip()) and not done.stdout.startswith("Z")


def test_each_section_of_one_notebook_has_names_of_its_own(tmp_path, monkeypatch):
    """Sections carry the learner's functions over, each with the names that it was written with."""
    monkeypatch.setenv("COURSE_DATA", "simulated")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    first = without_demonstrations(solution_text("02_encode_split"))
    first += "\n\n# %%\nsecret_name = 1\n"
    wrong = "def rmse(y_true, y_pred):\n    return 7.0"
    second = without_demonstrations(filled_in("rmse", wrong))
    second += (
        "\n\n# %%\nprint('secret_name' in globals())\n"
        "old = carry_over('02_encode_split')\nprint(old.split_ratings.__globals__ is globals())\n"
    )
    third = without_demonstrations(solution_text("15_bug_hunt"))
    third += "\n\n# %%\nmore = carry_over('05_training')\n"
    texts = {"02_encode_split": first, "05_training": second, "15_bug_hunt": third}
    notebook = run(document_of(whole_notebook(texts), ".ipynb"), tmp_path)
    by_source = {cell.source: cell for cell in notebook.cells if cell.cell_type == "code"}
    printed = text_of(next(c for s, c in by_source.items() if "secret_name' in" in s))
    assert printed.startswith("False\n")
    assert "yours: fit_encoder, encode, split_ratings, make_xy\n" in printed
    assert printed.endswith("False\n")
    carried = text_of(by_source["more = carry_over('05_training')"])
    assert "until yours pass" in carried
    assert "no file of yours" not in carried
    hunted = [c for c in notebook.cells if c.source == 'check("top_n")']
    assert hunted
    values = [o.data["text/html"] for c in hunted for o in c.outputs if "data" in o]
    assert values
    assert all("passed" in value for value in values)
