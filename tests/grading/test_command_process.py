"""`autograder grade` as a command of its own: what it leaves, also when it is interrupted."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup

from autograder.grading.slugs import slug
from autograder.reports.model import from_json
from autograder.sandbox.isolation import LAYERS
from tests.conftest import ROOT
from tests.grading.common import (
    MISTAKE,
    RIGHT,
    SLEEPS,
    STEP,
    WRONG,
    hand_in,
    linux_only,
    rows_of,
    wait_until,
    with_cell,
)

pytestmark = pytest.mark.process

TALKS = """
print("seen by nobody but me", "x" * 30_000)
for k in range(6):
    plt.figure()
    plt.plot([0, k])
"""


class Command:
    """`autograder grade` in a session of its own, whose temporary files lie in one folder."""

    def __init__(self, *arguments):
        self.temporary = Path(tempfile.mkdtemp(prefix="grade-"))
        environment = {"TMPDIR": str(self.temporary), "COLUMNS": "200", "PYTHONUTF8": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "autograder", "grade", *map(str, arguments)],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )

    def end(self):
        """Wait for the end: the exit code and the output."""
        output, errors = self.process.communicate(timeout=300)
        return self.process.returncode, output + errors

    def processes(self):
        """The processes of the run: all that inherited where temporary files belong."""
        mark = os.fsencode(self.temporary)
        return [
            path.parent.name for path in Path("/proc").glob("[0-9]*/environ") if mark in read(path)
        ]

    def leftovers(self):
        """Temporary files that are left."""
        return sorted(path.name for path in self.temporary.iterdir())


def read(path):
    try:
        return path.read_bytes()
    except OSError:
        return b""


@pytest.fixture
def start():
    """Starts a `Command`; in the end nothing of it is left, whatever happened."""
    commands = []

    def start(*arguments):
        commands.append(Command(*arguments))
        return commands[-1]

    yield start
    for command in commands:
        command.process.kill()
        command.end()
        shutil.rmtree(command.temporary)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A class that was graded by one command: its folder, the results, exit code and output."""
    if sys.platform != "linux":
        pytest.skip("the sandbox needs Linux")
    base = tmp_path_factory.mktemp("run")
    folder, out = base / "class", base / "out"
    hand_in(folder, "ada")
    hand_in(folder, "ben", WRONG, ".ipynb")
    hand_in(folder, "cleo", with_cell(TALKS))
    notebook = hand_in(folder, "dan", RIGHT, ".ipynb")
    notebook.write_bytes(notebook.read_bytes()[:2000])
    hand_in(base / "late", "Ada", WRONG, ".ipynb")
    single = hand_in(base / "later", "ada", with_cell("raise ValueError('not yet')"))
    command = Command(folder, base / "late" / "Ada", single, "--out", out)
    code, output = command.end()
    wait_until(lambda: not command.processes())
    yield SimpleNamespace(
        folder=folder, out=out, code=code, output=output, leftovers=command.leftovers()
    )
    shutil.rmtree(command.temporary)


LEARNERS = ("ada", "Ada (2)", "ada (3)", "ben", "cleo", "dan")


def report_of(run, learner):
    path = run.out / slug(learner) / "08_ranking.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_everybody_has_a_report_in_a_folder_of_their_own(run):
    points = {learner: report_of(run, learner)["points"] for learner in LEARNERS}
    assert points == {"ada": 10, "Ada (2)": 9, "ada (3)": 10, "ben": 9, "cleo": 10, "dan": 0}


def test_a_report_is_as_documented_and_names_the_layers_of_isolation(run):
    report = report_of(run, "ben")
    content = (run.folder / "ben" / "08_ranking.ipynb").read_bytes()
    assert set(report) == {
        "schema", "exercise", "submission", "sha256", "points", "max_points", "isolation",
        "functions", "notes",
    }  # fmt: skip
    assert report["schema"] == 2
    assert report["exercise"] == "08_ranking"
    assert report["submission"] == (run.folder / "ben" / "08_ranking.ipynb").as_posix()
    assert report["sha256"] == hashlib.sha256(content).hexdigest()
    assert report["max_points"] == 10
    assert tuple(report["isolation"]) == LAYERS
    assert [function["name"] for function in report["functions"]] == list(STEP.functions)
    for function in report["functions"]:
        assert set(function) == {"name", "points", "max_points", "checks"}
        for check in function["checks"]:
            assert set(check) == {
                "id", "outcome", "points", "max_points", "message", "misconception", "seconds",
                "answered_by_course",
            }  # fmt: skip
    failed = [c for f in report["functions"] for c in f["checks"] if c["outcome"] != "passed"]
    assert {check["outcome"] for check in failed} == {"failed"}
    assert MISTAKE in {check["misconception"] for check in failed}
    assert json.loads(json.dumps(from_json(report).to_json())) == report


def test_what_cannot_be_graded_is_one_line_and_the_exit_code_is_1(run):
    assert run.code == 1
    [line] = [line for line in run.output.splitlines() if "cannot be graded" in line]
    assert line.startswith("dan · 08_ranking: 08_ranking.ipynb cannot be graded because")
    assert "6 submissions, 1 of them with the same code as one before.\n" in run.output
    assert report_of(run, "dan")["functions"] == []
    assert "Traceback" not in run.output


def test_what_a_cell_raised_is_a_note(run):
    notes = from_json(report_of(run, "ada (3)")).notes
    assert any("ValueError: not yet" in note for note in notes)


def test_the_table_holds_everybody(run):
    rows = rows_of(run.out / "grades.csv")
    assert {name: (row["08_ranking"], row["total"], row["max"]) for name, row in rows.items()} == {
        learner: (f"{report_of(run, learner)['points']:g}",) * 2 + ("10",) for learner in LEARNERS
    }


def test_pages_link_to_each_other_and_to_nothing_else(run):
    index = run.out / "index.html"
    pages = [index, *(run.out / slug(learner) / "index.html" for learner in LEARNERS)]
    for page in pages:
        html = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        for tag in html.select("[href], [src]"):
            address = (tag.get("href") or tag.get("src")).partition("#")[0]
            assert address.startswith("data:") or (page.parent / address).exists(), address
    html = BeautifulSoup(index.read_text(encoding="utf-8"), "html.parser")
    linked = {(index.parent / tag["href"].partition("#")[0]).resolve() for tag in html.select("a")}
    assert linked >= {page.resolve() for page in pages[1:]}


def test_a_learners_page_shows_what_cells_printed_and_drew_cut(run):
    page = (run.out / "cleo" / "index.html").read_text(encoding="utf-8")
    assert "seen by nobody but me" in page
    assert "the rest was cut" in page
    assert 10_000 < page.count("x") < 30_000
    html = BeautifulSoup(page, "html.parser")
    assert 0 < len(html.select('img[src^="data:image/png;base64,"]')) < 6
    for other in set(LEARNERS) - {"cleo"}:
        text = (run.out / slug(other) / "index.html").read_text(encoding="utf-8")
        assert "seen by nobody but me" not in text


def test_nothing_else_is_left(run):
    assert run.leftovers == []
    names = {path.name for path in run.out.iterdir()}
    tables = {"files.csv", "grades.csv", "index.html", "people.csv"}
    assert names == {".kept", *tables, *map(slug, LEARNERS)}
    assert not [path for path in run.out.rglob("*") if path.suffix == ".partial"]


def test_a_second_run_grades_nothing_again_and_tells_the_same(run, start, tmp_path):
    shutil.copytree(run.folder, tmp_path / "class", ignore=shutil.ignore_patterns("dan"))
    shutil.copytree(run.out, tmp_path / "out")
    path = tmp_path / "out" / "ben" / "08_ranking.json"
    before = path.stat().st_mtime_ns
    command = start(tmp_path / "class", "--out", tmp_path / "out")
    code, output = command.end()
    assert code == 0, output
    assert "3 submissions, 3 of them unchanged since an earlier run." in output
    assert path.stat().st_mtime_ns == before
    first, second = (rows_of(out / "grades.csv") for out in (run.out, tmp_path / "out"))
    assert second == {learner: first[learner] for learner in ("ada", "ben", "cleo")}
    page = Path("cleo") / "index.html"
    assert (tmp_path / "out" / page).read_bytes() == (run.out / page).read_bytes()


@linux_only
@pytest.mark.slow
@pytest.mark.parametrize("number", ["SIGINT", "SIGKILL"])
def test_a_run_that_ends_before_it_has_begun_leaves_nothing(start, tmp_path, number):
    hand_in(tmp_path / "class", "ada")
    command = start(tmp_path / "class", "--out", tmp_path / "out")
    wait_until(lambda: command.leftovers() and len(command.processes()) > 1)
    os.kill(command.process.pid, signal.Signals[number])
    _code, output = command.end()
    wait_until(lambda: not command.processes())
    assert "Traceback" not in output
    assert command.leftovers() == []


def interrupted(start, folder, out, end):
    """Grade until the first result is there and the next is being made; then send the signal."""
    command = start(folder, "--out", out, "--jobs", 1)
    wait_until(lambda: list(out.glob(".kept/*/*.json")))
    wait_until(lambda: list(command.temporary.glob("zygote-*/worker-*")))
    end(command.process.pid)
    code, output = command.end()
    wait_until(lambda: not command.processes())
    for path in out.rglob("*.json"):
        json.loads(path.read_text(encoding="utf-8"))
    return command, code, output


@linux_only
@pytest.mark.slow
def test_an_interrupted_run_leaves_nothing_half_done_and_the_next_goes_on_there(start, tmp_path):
    folder, out = tmp_path / "class", tmp_path / "out"
    for learner, seconds in (("ada", 0), ("ben", 3), ("cleo", 4)):
        hand_in(folder, learner, with_cell(SLEEPS.format(seconds=seconds)))
    command, code, output = interrupted(
        start, folder, out, lambda pid: os.killpg(pid, signal.SIGINT)
    )
    assert code == 130
    assert "Interrupted: 1 of 3 are graded. The same command goes on there." in output
    assert "Traceback" not in output
    assert command.leftovers() == []
    assert [path.parent.name for path in out.glob("*/08_ranking.json")] == ["ada"]
    before = (out / "ada" / "08_ranking.json").stat().st_mtime_ns
    code, output = start(folder, "--out", out).end()
    assert code == 0
    assert "3 submissions, 1 of them unchanged since an earlier run." in output
    assert (out / "ada" / "08_ranking.json").stat().st_mtime_ns == before
    assert [row["total"] for row in rows_of(out / "grades.csv").values()] == ["10"] * 3


@linux_only
@pytest.mark.slow
def test_a_run_that_is_killed_leaves_no_process_and_only_whole_files(start, tmp_path):
    folder, out = tmp_path / "class", tmp_path / "out"
    hand_in(folder, "ada")
    hand_in(folder, "ben", with_cell("\n# %%\n".join([SLEEPS.format(seconds=100)] * 10)))
    command, code, _output = interrupted(
        start, folder, out, lambda pid: os.kill(pid, signal.SIGKILL)
    )
    assert code == -signal.SIGKILL
    assert not list(command.temporary.glob("zygote-*"))
