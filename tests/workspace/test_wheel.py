"""A learner with the wheel alone: start, work in several places, update, hand in, be graded."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import nbclient
import nbformat
import pytest

from autograder import course
from autograder.course.solutions import answer_of
from tests.wheels import build_wheel

EDITOR, NOTEBOOK, LAB = "01_explore", "03_embeddings", "04_dot_product"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")

pytestmark = [pytest.mark.slow, pytest.mark.process]


class Machine:
    """A virtual environment with the wheel, and an empty folder."""

    def __init__(self, folder: Path) -> None:
        """Install the wheel; the libraries come from this environment."""
        self.home = folder / "home"
        self.home.mkdir()
        environment = self.home / ".venv"
        venv.create(environment, with_pip=False, symlinks=True)
        [packages] = environment.glob("lib/python*/site-packages")
        install = [sys.executable, "-m", "pip", "install", "--no-deps", "--target", packages]
        wheel = build_wheel(folder / "wheels")
        subprocess.run([*install, wheel], check=True, capture_output=True, timeout=600)
        (packages / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
        self.kit = packages / "autograder"
        self.python = environment / "bin" / "python"
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "COURSE_DATA": "simulated",
            "JUPYTER_PATH": str(Path(sys.prefix) / "share" / "jupyter"),
        }

    def run(self, *options, folder=None, code=0):
        """Run a command of the kit and return what it printed."""
        program = "from autograder.cli.app import main; main()"
        done = subprocess.run(
            [self.python, "-P", "-c", program, *map(str, options)],
            cwd=folder or self.home,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=900,
        )
        assert done.returncode == code, (options, done.stdout, done.stderr)
        return done.stdout

    def points(self, exercise):
        """Return the points of an exercise in the workspace."""
        self.run("check", exercise, "--json", "report.json")
        return json.loads((self.home / "report.json").read_text(encoding="utf-8"))["points"]


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    machine = Machine(tmp_path_factory.mktemp("machine"))
    machine.run("start")
    for step in course.steps():
        if step.name not in {EDITOR, NOTEBOOK, LAB}:
            (machine.home / f"{step.name}.ipynb").unlink()
            (machine.home / f"{step.name}.py").unlink()
    return machine


def test_three_places_an_update_a_bundle_and_the_same_points(machine, tmp_path):
    home = machine.home
    assert machine.kit.is_dir()
    before = {path: path.stat().st_mtime_ns for path in machine.kit.rglob("*.py")}

    # In an editor, as a script.
    script = home / f"{EDITOR}.py"
    text = script.read_text(encoding="utf-8")
    for function in course.step(EDITOR).functions:
        text = text.replace(stub_of(function), body_of(EDITOR, function))
    script.write_text(text, encoding="utf-8")

    # As a notebook, by another program.
    path = home / f"{NOTEBOOK}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        for function in course.step(NOTEBOOK).functions:
            cell.source = cell.source.replace(stub_of(function), body_of(NOTEBOOK, function))
    nbformat.write(notebook, path)

    solved = [EDITOR, NOTEBOOK]
    if CHROMIUM is not None:
        solve_in_jupyterlab(machine, tmp_path)
        solved.append(LAB)

    wanted = {name: course.step(name).max_points for name in solved}
    assert {name: machine.points(name) for name in wanted} == wanted

    # A newer kit.
    solution = machine.kit / "_course" / "solutions" / f"{NOTEBOOK}.py"
    text = solution.read_text(encoding="utf-8")
    solution.write_text(text.replace("# # 3 ·", "# # 3 · (revised)", 1), encoding="utf-8")
    assert NOTEBOOK in machine.run("update")
    assert "(revised)" in (home / f"{NOTEBOOK}.py").read_text(encoding="utf-8")
    assert {name: machine.points(name) for name in wanted} == wanted

    # Hand in, and be graded.
    printed = machine.run("submit", "--name", "Ada Lovelace", "--yes")
    [bundle] = home.glob("*.zip")
    assert bundle.name in printed
    machine.run("grade", bundle, "--out", tmp_path / "out", folder=tmp_path)
    reports = [json.loads(p.read_text(encoding="utf-8")) for p in tmp_path.glob("out/*/*.json")]
    graded = {report["exercise"]: report["points"] for report in reports}
    assert {name: graded.get(name) for name in wanted} == wanted
    after = {path: path.stat().st_mtime_ns for path in machine.kit.rglob("*.py")}
    assert {path for path in before if after.get(path) != before[path]} == {solution}


def solve_in_jupyterlab(machine, tmp_path):
    """Type each answer into its cell in a browser, run the notebook, and save it."""
    playwright = pytest.importorskip("playwright.sync_api")
    pytest.importorskip("jupyterlab")
    kernel = {"argv": [str(machine.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]}
    kernel |= {"display_name": "Python 3", "language": "python"}
    spec = tmp_path / "jupyter" / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(json.dumps(kernel), encoding="utf-8")
    paths = os.pathsep.join([str(tmp_path / "jupyter"), machine.environment["JUPYTER_PATH"]])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [f"--port={port}", "--no-browser", "--IdentityProvider.token=", "--allow-root"]
    process = subprocess.Popen(
        [
            machine.python,
            "-P",
            "-c",
            "from autograder.cli.app import main; main()",
            "lab",
            *options,
        ],
        cwd=machine.home,
        env={**machine.environment, "JUPYTER_PATH": paths},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with playwright.sync_playwright() as browsers:
            browser = browsers.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1400, "height": 1000})
            type_answers(page, f"http://127.0.0.1:{port}/lab/tree/{LAB}.ipynb", tmp_path)
            browser.close()
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)


def type_answers(page, address, tmp_path):
    """Fill in the stubs of a notebook in JupyterLab; all its panels must say that they passed."""
    for _attempt in range(240):
        try:
            page.goto(address)
            break
        except Exception:
            page.wait_for_timeout(500)
    page.wait_for_selector(".jp-Notebook", timeout=120_000)
    page.wait_for_selector("text=| Idle", timeout=120_000)
    for function in course.step(LAB).functions:
        stub = page.locator(".jp-CodeCell .cm-content", has_text=f'NotImplementedError("{function}')
        stub.scroll_into_view_if_needed()
        stub.click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(answer_of(course.address(LAB, function)))
    page.click("text=Run >> visible=true")
    page.click("text=Run All Cells")
    for function in course.step(LAB).functions:
        panel = page.locator(f"[role=status]:has-text('{function}:')")
        panel.wait_for(state="attached", timeout=180_000)
        panel.scroll_into_view_if_needed()
        page.screenshot(path=tmp_path / f"lab-{function}.png")
        assert "passed" in panel.inner_text()
    page.wait_for_selector("text=| Idle", timeout=180_000)
    page.keyboard.press("Control+s")
    page.wait_for_timeout(3000)


def stub_of(function):
    """Return the line of a stub that an answer replaces."""
    return f'    raise NotImplementedError("{function}")'


def body_of(exercise, function):
    """Return the reference answer below its docstring."""
    answer = answer_of(course.address(exercise, function))
    return answer[answer.index('"""', answer.index('"""') + 3) + 3 :].strip("\n")


def test_a_kernel_in_another_folder_checks_and_carries_over(machine, tmp_path, monkeypatch):
    """A notebook of the workspace runs in a kernel that was started elsewhere."""
    for name, value in machine.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("JPY_SESSION_NAME", str(machine.home / "mine.ipynb"))
    cells = [
        "import sys; print(sys.executable)",
        f'from autograder import carry_over, check\nfirst = carry_over("{EDITOR}")',
        "import recommender_data as data\nprint(data.load().name)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    kinds = {"kernel_manager_class": kernels_of(machine), "kernel_name": "python3"}
    client = nbclient.NotebookClient(notebook, timeout=300, **kinds)
    client.execute(cwd=str(tmp_path))
    printed = [
        "".join(out.text for out in c.outputs if out.name == "stdout") for c in notebook.cells
    ]
    red = [out for c in notebook.cells for out in c.outputs if out.get("name") == "stderr"]
    assert str(machine.python) in printed[0]
    assert f"From {EDITOR} — yours: load_ratings" in printed[1]
    assert printed[2].strip() == "simulated"
    assert red == []


def kernels_of(machine):
    """Return a class of managers that start kernels in the machine's environment."""
    from jupyter_client.manager import AsyncKernelManager

    class Manager(AsyncKernelManager):
        def format_kernel_cmd(self, extra_arguments=None):
            command = super().format_kernel_cmd(extra_arguments)
            return [str(machine.python), *command[1:]]

    return Manager
