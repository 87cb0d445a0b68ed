"""The course in nbgrader: its own commands and gradebook, on a class of eight."""

import ast
import contextlib
import csv
import gc
import getpass
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook
from typer.testing import CliRunner

from autograder import course
from autograder.cli.app import app
from autograder.grading.judge_pool import Grader, GraderEnded
from autograder.grading.results import refused as refused_result
from autograder.util import paths
from tests import classes
from tests.classes import DOT_PRODUCT, LEARNERS, RANKING, hand_in, released

pytest.importorskip("nbgrader")

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
NAME = "recommender"
STEPS = [course.step(DOT_PRODUCT), course.step(RANKING)]
PATIENCE = 120

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="grading behind the wall needs Linux"),
]

# What the class has earned; a notebook that nobody handed in earns nothing.
SCORES = {
    "right": {DOT_PRODUCT: 10, RANKING: 10},
    "mistaken": {DOT_PRODUCT: 0, RANKING: 9.5},
    "beginner": {DOT_PRODUCT: 0, RANKING: 1},
    "untouched": {DOT_PRODUCT: 0, RANKING: 0},
    "warns": {DOT_PRODUCT: 10, RANKING: 10},
    "truncated": {DOT_PRODUCT: 0, RANKING: 0},
    "damaged": {DOT_PRODUCT: 0, RANKING: 10},
    "bare": {DOT_PRODUCT: 10, RANKING: 10},
}


# The course and its commands


def make(folder, *options):
    """Run `autograder course`; returns what it has printed."""
    arguments = ["course", str(folder), "--exercises", "04,08", *options]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def command(*arguments):
    return [sys.executable, "-m", "nbgrader", *map(str, arguments)]


def environment():
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": programs, "COURSE_DATA": "simulated"}


def nbgrader(folder, *arguments):
    """Run a command of nbgrader in a folder; returns its log."""
    done = subprocess.run(
        command(*arguments),
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=600,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def files_in(folder):
    """The content and the time of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def reports(folder):
    """When each report of an assignment was written, by learner and exercise."""
    top = folder / ".autograder" / NAME
    return {(p.parent.name, p.stem): p.stat().st_mtime_ns for p in top.glob("[!.]*/*.json")}


def newer(before, after):
    """The reports that are not the same as before."""
    return {key for key, when in after.items() if before.get(key) != when}


def counted(path):
    """What nbgrader counts in a notebook: by grade_id the points, None for answers."""
    metadata = [cell.metadata.get("nbgrader") for cell in nbformat.read(path, as_version=4).cells]
    assert all(each["schema_version"] == 3 for each in metadata if each)
    return {each["grade_id"]: each.get("points") for each in metadata if each}


@dataclass(frozen=True)
class Graded:
    """A course whose class was graded, interrupted once, and the logs of its commands.

    It has moved since, so that no path that it may remember leads anywhere.
    """

    folder: Path
    at_interruption: dict
    logs: dict[str, str]

    def page(self, learner, exercise):
        path = self.folder / "feedback" / learner / NAME / f"{exercise}.html"
        return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")

    def autograded(self, learner, exercise):
        path = self.folder / "autograded" / learner / NAME / f"{exercise}.ipynb"
        return nbformat.read(path, as_version=4)


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """A course whose notebooks are ready to be handed out."""
    folder = tmp_path_factory.mktemp("ready") / "course"
    make(folder, "--one-assignment")
    nbgrader(folder, "generate_assignment", NAME)
    return folder


@pytest.fixture(scope="module")
def graded(ready, tmp_path_factory):
    folder = tmp_path_factory.mktemp("graded") / "course"
    shutil.copytree(ready, folder)
    given = released(folder, NAME)
    for name, learner in LEARNERS.items():
        hand_in(folder, name, NAME, learner(given))
    elsewhere = folder.parent / "elsewhere.txt"
    elsewhere.write_text("the secret of the grader", encoding="utf-8")
    link = folder / "submitted" / "beginner" / NAME / f"{DOT_PRODUCT}.ipynb"
    link.symlink_to(elsewhere)
    interrupt_grading(folder)
    at_interruption = reports(folder)
    logs = {"autograde": nbgrader(folder, "autograde", NAME)}
    logs["feedback"] = nbgrader(folder, "generate_feedback", NAME)
    logs["export"] = nbgrader(folder, "export")
    return Graded(folder.rename(folder.parent / "moved"), at_interruption, logs)


def heed_interrupts() -> None:
    """Let Ctrl-C end this process, also where the tests themselves run in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def interrupt_grading(folder):
    """Type Ctrl-C as soon as the first submission is graded."""
    process = subprocess.Popen(
        command("autograde", NAME, "--GradeInSandbox.jobs=1"),
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=heed_interrupts,
    )
    end = time.monotonic() + PATIENCE
    while (
        not reports(folder).keys() - refused(folder)
        and process.poll() is None
        and time.monotonic() < end
    ):
        time.sleep(0.05)
    assert process.poll() is None, "it ended before it could be interrupted"
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(PATIENCE) != 0


@pytest.fixture
def mine(graded, tmp_path):
    """A copy of the graded course that a test may change."""
    shutil.copytree(graded.folder, tmp_path / "course", symlinks=True)
    return tmp_path / "course"


def gradebook(folder):
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{folder}/gradebook.db", NAME)


def scores(folder):
    """Points by learner, exercise and function, as the gradebook has them."""
    with gradebook(folder) as book:
        return {
            submission.student.id: {
                notebook.name: {grade.name: grade.score for grade in notebook.grades}
                for notebook in submission.notebooks
            }
            for submission in book.assignment_submissions(NAME)
        }


# Making it


def test_sources_have_the_points_of_the_step_table(ready):
    for step in STEPS:
        found = counted(ready / "source" / NAME / f"{step.name}.ipynb")
        checks = {f"check_{function}": points for function, points in step.points.items()}
        assert found == {**dict.fromkeys(step.functions), **checks}


def test_every_cell_that_counts_is_the_same_in_every_build(ready, tmp_path):
    make(tmp_path / "again", "--one-assignment")
    for step in STEPS:
        first, second = (
            folder / "source" / NAME / f"{step.name}.ipynb"
            for folder in (ready, tmp_path / "again")
        )
        assert first.read_bytes() == second.read_bytes()


def test_released_notebooks_hold_no_answer(ready):
    given = released(ready, NAME)
    assert set(given.answers) == {f for step in STEPS for f in step.functions}
    for exercise, notebook in given.notebooks.items():
        text = nbformat.writes(notebook)
        assert "SOLUTION" not in text
        functions = course.step(exercise).functions
        cells = {classes.grade_id(cell): cell.source for cell in notebook.cells}
        for function in functions:
            assert "raise NotImplementedError" in cells[function]
            assert not lines_of(given.answers[function]) & lines_of(cells[function])


def lines_of(code):
    """The lines of a function's body that are no documentation."""
    tree = ast.parse(code)
    [function] = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    body = [statement for statement in function.body if not is_text(statement)]
    lines = code.split("\n")
    return {
        line.strip()
        for statement in body
        for line in lines[statement.lineno - 1 : statement.end_lineno]
    } - {"raise NotImplementedError()"}


def is_text(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


@pytest.mark.parametrize(
    "options, assignments",
    [
        ([], [DOT_PRODUCT, RANKING]),
        (["--assignment-per-day"], ["day_1", "day_2"]),
        (["--one-assignment"], [NAME]),
    ],
)
def test_assignments_are_exercises_or_days_or_the_whole(tmp_path, options, assignments):
    make(tmp_path / "course", *options)
    assert sorted(p.name for p in (tmp_path / "course" / "source").iterdir()) == assignments
    with gradebook(tmp_path / "course") as book:
        assert sorted(assignment.name for assignment in book.assignments) == assignments


def test_made_again_it_changes_nothing(mine):
    config = mine / "nbgrader_config.py"
    config.write_text(config.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    grades = scores(mine)
    before = files_in(mine)
    assert "written:" not in make(mine, "--one-assignment")
    after = files_in(mine)
    assert {name for name in before | after if before.get(name) != after.get(name)} <= {
        "gradebook.db"
    }
    assert scores(mine) == grades


def test_made_again_it_brings_sources_up_to_date_and_nothing_else(mine):
    source = mine / "source" / NAME / f"{RANKING}.ipynb"
    right = source.read_bytes()
    source.write_text("{}", encoding="utf-8")
    before = files_in(mine)
    assert f"written: {source}" in make(mine, "--one-assignment")
    assert source.read_bytes() == right
    after = files_in(mine)
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    assert changed <= {source.relative_to(mine).as_posix(), "gradebook.db"}


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    result = CliRunner().invoke(app, ["course", str(tmp_path)])
    assert result.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_nbgrader_finds_the_answers_right(ready):
    path = ready / "source" / NAME / f"{DOT_PRODUCT}.ipynb"
    assert "Your notebook passes all the tests" in nbgrader(ready, "validate", path)


# Handing out, handing in


def test_the_exchange_hands_out_and_collects(ready, tmp_path):
    folder, desk = tmp_path / "course", tmp_path / "desk"
    shutil.copytree(ready, folder)
    place = tmp_path / "exchange"
    place.mkdir()
    place.chmod(0o777)
    exchange = [f"--Exchange.root={place}", f"--Exchange.cache={tmp_path / 'cache'}"]
    nbgrader(folder, "release_assignment", NAME, *exchange)
    shutil.copytree(place / NAME / "outbound" / NAME, desk / NAME)
    nbgrader(desk, "submit", NAME, "--course", NAME, *exchange)
    nbgrader(folder, "collect", NAME, *exchange)
    collected = folder / "submitted" / getpass.getuser() / NAME
    assert (collected / "timestamp.txt").is_file()
    for step in STEPS:
        handed_out = (folder / "release" / NAME / f"{step.name}.ipynb").read_bytes()
        assert (collected / f"{step.name}.ipynb").read_bytes() == handed_out


def test_an_archive_is_collected(ready, tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(ready, folder)
    given = released(folder, NAME)
    archive = folder / "downloaded" / NAME / "archive"
    archive.mkdir(parents=True)
    texts = {name: classes.bare(given)[RANKING] for name in ("ada", "ben")}
    with zipfile.ZipFile(archive / "class.zip", "w") as packed:
        for learner, text in texts.items():
            packed.writestr(f"{learner}-{RANKING}.ipynb", text)
    names = r"--FileNameCollectorPlugin.named_regexp=.*/(?P<student_id>\w+)-(?P<file_id>\w+)"
    nbgrader(folder, "zip_collect", NAME, names)
    for learner, text in texts.items():
        path = folder / "submitted" / learner / NAME / f"{RANKING}.ipynb"
        assert path.read_text(encoding="utf-8") == text


# Grades


def test_everybody_has_what_they_have_earned(graded):
    totals = {
        learner: {name: sum(points.values()) for name, points in notebooks.items()}
        for learner, notebooks in scores(graded.folder).items()
    }
    assert totals == SCORES


def test_the_gradebook_agrees_with_autograder_grade(graded, tmp_path):
    for path in (graded.folder / "submitted").glob(f"*/{NAME}/*.ipynb"):
        if not path.is_symlink():
            (tmp_path / "class" / path.parts[-3]).mkdir(parents=True, exist_ok=True)
            shutil.copy(path, tmp_path / "class" / path.parts[-3])
    arguments = ["grade", str(tmp_path / "class"), "--out", str(tmp_path / "results")]
    assert CliRunner().invoke(app, arguments).exit_code == 1, "two files are truncated"
    found = scores(graded.folder)
    compared = 0
    for path in (tmp_path / "results").glob("[!.]*/*.json"):
        report = json.loads(path.read_text(encoding="utf-8"))
        for function in report["functions"]:
            grade = found[path.parent.name][path.stem][f"check_{function['name']}"]
            assert grade == pytest.approx(function["points"], abs=0.005), (path, function["name"])
            compared += 1
    assert compared == 4 * len(STEPS[0].functions) + 7 * len(STEPS[1].functions)


def test_nothing_waits_for_a_human(graded):
    with gradebook(graded.folder) as book:
        for submission in book.assignment_submissions(NAME):
            assert not submission.needs_manual_grade
            for notebook in submission.notebooks:
                assert all(grade.auto_score is not None for grade in notebook.grades)
                assert not any(grade.needs_manual_grade for grade in notebook.grades)


def test_the_table_of_grades_holds_plain_numbers(graded):
    with (graded.folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["student_id"] for row in rows} == set(LEARNERS)
    for row in rows:
        assert float(row["score"]) == sum(SCORES[row["student_id"]].values())
        for column in ("raw_score", "score", "max_score"):
            assert re.fullmatch(r"\d+(\.\d{1,2})?", row[column]), row


def test_damage_is_told_in_the_log_and_on_the_page(graded):
    told = {
        ("damaged", RANKING): [
            "check_precision_at_k was missing and is put back",
            "is a second check_recall_at_k",
            "(check_ndcg_at_k) is code again",
            "(check_evaluate_ranking) has its own text again",
        ],
        ("bare", RANKING): ["cell 7 was recognised as precision_at_k"],
        ("bare", DOT_PRODUCT): ["old format 3"],
        ("truncated", RANKING): ["it breaks off in line", "hand in that file"],
        ("beginner", DOT_PRODUCT): ["it is a link to another place"],
    }
    log = graded.logs["autograde"]
    for (learner, exercise), texts in told.items():
        page = re.sub(r"\s+", " ", graded.page(learner, exercise).get_text())
        for text in texts:
            assert text in log
            assert text in page, (learner, exercise)


def test_a_sound_notebook_is_not_mended(graded):
    for learner in ("right", "mistaken", "untouched"):
        assert f"{learner} · " not in graded.logs["autograde"]
        assert "noticed while grading" not in graded.page(learner, RANKING).get_text()


def test_damaged_notebooks_are_whole_again(graded):
    for learner in ("damaged", "bare", "truncated"):
        notebook = graded.autograded(learner, RANKING)
        nbformat.validate(notebook)
        assert [name for name in map(classes.grade_id, notebook.cells) if name] == [
            name for function in STEPS[1].functions for name in (function, f"check_{function}")
        ]


def test_what_a_link_leads_to_is_shown_to_nobody(graded):
    for folder in ("autograded", "feedback", ".autograder"):
        for path in (graded.folder / folder).rglob("*"):
            if path.is_file():
                assert b"the secret of the grader" not in path.read_bytes(), path


# Feedback


def test_feedback_shows_verdicts_messages_and_hints(graded):
    page = graded.page("mistaken", RANKING)
    panels = {panel.get_text(" ", strip=True) for panel in page.select("[role=status]")}
    [wrong] = [panel for panel in panels if "failed" in panel]
    assert "evaluate_ranking" in wrong
    assert "Must hold" in wrong
    assert "Hint 1" in wrong
    assert len([panel for panel in panels if "passed, " in panel]) == len(panels) - 1 == 4


def test_feedback_holds_no_source_of_a_check(graded):
    secrets = {line for step in STEPS for line in distinctive_lines(step.name)}
    assert len(secrets) > 100
    for learner in LEARNERS:
        for path in (graded.folder / "feedback" / learner / NAME).glob("*.html"):
            shown = squeezed(graded.page(learner, path.stem).get_text())
            assert not [line for line in secrets if line in shown], path


def test_feedback_holds_no_answer_that_the_learner_has_not_written(graded):
    answers = released(graded.folder, NAME).answers
    for learner in ("untouched", "truncated", "beginner"):
        shown = squeezed(graded.page(learner, RANKING).get_text())
        hidden = set(STEPS[1].functions) - ({"recall_at_k"} if learner == "beginner" else set())
        for function in hidden:
            lines = {squeezed(line) for line in lines_of(answers[function]) if len(line) > 15}
            assert lines
            assert not [line for line in lines if line in shown], (learner, function)


def distinctive_lines(exercise):
    """The longer lines of an exercise's checks that are code: messages may well be shown."""
    source = (paths.CHECKS / f"test_{exercise}.py").read_text(encoding="utf-8")
    texts = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Expr, ast.Import, ast.ImportFrom)) or is_string(node):
            texts.update(range(node.lineno, node.end_lineno + 1))
    lines = enumerate(source.split("\n"), start=1)
    return {squeezed(line) for n, line in lines if n not in texts and len(line.strip()) > 25}


def is_string(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def squeezed(text):
    return re.sub(r"\s+", "", text)


def test_feedback_needs_no_network(graded):
    loading = ("src", "srcset", "data", "poster", "background", "action")
    for learner in LEARNERS:
        for path in (graded.folder / "feedback" / learner / NAME).glob("*.html"):
            page = graded.page(learner, path.stem)
            assert not page.find_all(["script", "iframe", "object", "embed"])
            assert not [link for link in page.find_all("link") if "//" in link.get("href", "")]
            for tag in page.find_all(True):
                addresses = [tag[name] for name in loading if name in tag.attrs]
                assert all(address.startswith("data:") for address in addresses), tag
                assert not re.search(r"url\(\s*['\"]?(https?:)?//", tag.get("style", ""))
            for style in page.find_all("style"):
                assert not re.search(r"(url\(|@import)\s*['\"]?(https?:)?//", style.get_text())


def test_feedback_shows_formulas_and_figures(graded):
    page = graded.page("right", RANKING)
    assert len(page.find_all("math")) >= 4
    assert "\\log" not in page.get_text()
    figures = [image["src"] for image in page.find_all("img")]
    assert [source.partition(",")[0] for source in figures] == ["data:image/png;base64"]
    assert "drawn by myself" in page.get_text()


def test_a_script_in_a_text_cell_is_text(graded):
    [text] = [
        cell.source
        for cell in graded.autograded("right", RANKING).cells
        if cell.source.startswith("My notes")
    ]
    assert "<script" not in text
    assert "<img" not in text
    assert "document.title" in graded.page("right", RANKING).get_text()


def test_a_text_cell_without_html_stays_as_it_is(graded):
    sources = [cell.source for cell in graded.autograded("right", RANKING).cells]
    assert classes.PLAIN_TEXT in sources


def test_the_logs_hold_no_errors(graded):
    for log in graded.logs.values():
        assert not re.search(r"\| (ERROR|CRITICAL)\]|Traceback|not recognized", log), log


# Grading again


def test_an_interrupted_run_goes_on_where_it_was(graded):
    after = reports(graded.folder)
    handed_in = {
        (path.parts[-3], path.stem) for path in graded.folder.glob(f"submitted/*/{NAME}/*.ipynb")
    }
    assert set(after) == handed_in
    kept = set(graded.at_interruption) - refused(graded.folder)
    assert kept
    assert len(kept) < len(handed_in)
    assert not newer(graded.at_interruption, after) & kept


def refused(folder):
    """The submissions that cannot be graded: each run tries them again."""
    top = folder / ".autograder" / NAME
    documents = {path: json.loads(path.read_text("utf-8")) for path in top.glob("[!.]*/*.json")}
    return {(p.parent.name, p.stem) for p, report in documents.items() if not report["functions"]}


def test_only_what_has_changed_is_graded_again(mine):
    given = released(mine, NAME)
    files = {RANKING: classes.right(given)[RANKING]}
    hand_in(mine, "mistaken", NAME, files, "2026-03-03 10:00:00 UTC")
    shutil.copy(
        mine / "submitted" / "mistaken" / NAME / f"{RANKING}.ipynb",
        mine / "submitted" / "mistaken" / NAME / f"{RANKING}-Copy1.ipynb",
    )
    before = reports(mine)
    nbgrader(mine, "autograde", NAME)
    changed = newer(before, reports(mine)) - refused(mine)
    assert changed == {("mistaken", RANKING)}
    assert sum(scores(mine)["mistaken"][RANKING].values()) == 10


def test_when_asked_for_one_learner_nobody_else_is_graded(mine, monkeypatch):
    """Through the interface that formgrader's buttons use."""
    given = released(mine, NAME)
    for learner in ("ada", "ben"):
        hand_in(mine, learner, NAME, {RANKING: classes.mistaken(given)[RANKING]})
    before = reports(mine)
    success, log = autograde_one(mine, "ada", monkeypatch)
    assert success, log
    assert newer(before, reports(mine)) == {("ada", RANKING)}
    found = scores(mine)
    assert sum(found["ada"][RANKING].values()) == 9.5
    assert "ben" not in found


def test_what_could_not_be_graded_is_tried_again_at_the_next_press_of_a_button(mine, monkeypatch):
    def unlucky(_grader, submitted, content):
        path = submitted.file.path.as_posix()
        sha256 = hashlib.sha256(content).hexdigest()
        return refused_result(submitted.learner, submitted.exercise, path, sha256, "bad luck")

    files = {RANKING: classes.mistaken(released(mine, NAME))[RANKING]}
    hand_in(mine, "ada", NAME, files)
    with monkeypatch.context() as patch:
        patch.setattr(Grader, "grade", unlucky)
        autograde_one(mine, "ada", monkeypatch)
    assert sum(scores(mine)["ada"][RANKING].values()) == 0
    autograde_one(mine, "ada", monkeypatch)
    assert sum(scores(mine)["ada"][RANKING].values()) == 9.5


def autograde_one(folder, learner, monkeypatch):
    from nbgrader.apps import NbGrader
    from nbgrader.apps.api import NbGraderAPI

    monkeypatch.chdir(folder)
    application = NbGrader()
    application.initialize([], root=str(folder))
    answer = NbGraderAPI(application.coursedir, parent=application).autograde(NAME, learner)
    return answer["success"], answer.get("error", "") + answer.get("log", "")


def test_the_workers_of_a_cluster_grade_in_a_course_too(mine):
    distributed = pytest.importorskip("distributed", reason="Dask distributed is not installed")
    files = {RANKING: classes.right(released(mine, NAME))[RANKING]}
    hand_in(mine, "mistaken", NAME, files, "2026-03-03 10:00:00 UTC")
    before = reports(mine)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as workers:
        option = f"--GradeInSandbox.scheduler={workers.scheduler_address}"
        nbgrader(mine, "autograde", NAME, option)
    assert ("mistaken", RANKING) in newer(before, reports(mine))
    assert sum(scores(mine)["mistaken"][RANKING].values()) == 10


def own_notebook():
    """A notebook that an instructor has written: one answer, one test for two points."""

    def cell(source, **metadata):
        given = {"schema_version": 3, "task": False, **metadata}
        return new_code_cell(source, metadata={"nbgrader": given})

    answer = "### BEGIN SOLUTION\nanswer = 42\n### END SOLUTION"
    cells = [
        cell(answer, grade_id="answer", solution=True, grade=False, locked=False),
        cell("assert answer == 42", grade_id="test", solution=False, grade=True, locked=True),
    ]
    cells[1].metadata["nbgrader"]["points"] = 2
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


class SlowGrader:
    """Stands for a grader: all but the first learner's submission wait until it is left."""

    def __init__(self, rules):
        self.left = threading.Event()
        SlowGrader.latest = self

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.left.set()

    def grade(self, submitted, content):
        if submitted.learner != "ada":
            assert self.left.wait(PATIENCE)
            raise GraderEnded
        path = submitted.file.path.as_posix()
        sha256 = hashlib.sha256(content).hexdigest()
        return refused_result(submitted.learner, submitted.exercise, path, sha256, "slow")


class Converter:
    """What a pool asks of nbgrader's converter."""

    def __init__(self, folder):
        from nbgrader.coursedir import CourseDirectory

        self.coursedir = CourseDirectory(root=str(folder), assignment_id=NAME)


@pytest.fixture
def waiting(tmp_path, monkeypatch):
    """The only reference to a converter whose pool has given one result and has another judged."""
    from autograder.nbgrading import pool

    monkeypatch.setattr(pool, "Grader", SlowGrader)
    for learner in ("ada", "ben"):
        place = tmp_path / "submitted" / learner / NAME / f"{RANKING}.ipynb"
        place.parent.mkdir(parents=True)
        cell = new_code_cell(f"learner = {learner!r}")
        nbformat.write(new_notebook(cells=[cell]), place)
    converter = Converter(tmp_path)
    result = pool.Pool(converter, NAME, 2, False).result("ada", RANKING)
    assert result.report.notes == ("slow",)
    assert not SlowGrader.latest.left.is_set()
    return [converter]


def test_a_result_is_there_before_the_others_are(waiting):
    from autograder.nbgrading.pool import Pool

    [converter] = waiting
    assert Pool(converter, NAME, 2, False).result("ada", RANKING).report.notes == ("slow",)
    assert not SlowGrader.latest.left.is_set()


@pytest.mark.parametrize("ending", ["the program ends", "the converter is gone"])
def test_what_is_still_judged_ends_with_its_command(waiting, ending):
    from autograder.nbgrading import pool

    if ending == "the program ends":
        pool._close_all()
    else:
        waiting.clear()
        gc.collect()
    assert SlowGrader.latest.left.is_set()


def test_an_instructors_own_notebook_runs_in_a_kernel(ready, tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(ready, folder)
    source = folder / "source" / "own" / "04_dot_product_bonus.ipynb"
    source.parent.mkdir()
    nbformat.write(own_notebook(), source)
    nbgrader(folder, "generate_assignment", "own")
    for learner, answer in (("ada", "answer = 6 * 7"), ("ben", "answer = 6 * 9")):
        notebook = nbformat.read(folder / "release" / "own" / source.name, as_version=4)
        notebook.cells[0].source = answer
        hand_in(folder, learner, "own", {source.stem: nbformat.writes(notebook)})
    assert "runs in a kernel" in nbgrader(folder, "autograde", "own")
    with gradebook(folder) as book:
        found = {s.student.id: s.score for s in book.assignment_submissions("own")}
    assert found == {"ada": 2, "ben": 0}


# Formgrader


@pytest.fixture
def formgrader(mine, tmp_path):
    """JupyterLab in a course whose last submission is not yet graded; gives its address."""
    pytest.importorskip("jupyterlab")
    hand_in(mine, "newcomer", NAME, classes.mistaken(released(mine, NAME)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [f"--port={port}", "--no-browser", "--IdentityProvider.token=", "--allow-root"]
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        cwd=mine,
        env={**environment(), "JUPYTER_CONFIG_DIR": str(tmp_path / "config")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/api/status")
        yield address
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def wait_for(url):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(url, timeout=5)
        time.sleep(0.5)
    raise TimeoutError(url)


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_formgrader_shows_grades_and_grades_a_submission(formgrader, mine, tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    before = reports(mine)
    with playwright.sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.goto(f"{formgrader}/lab")
        page.wait_for_selector(".jp-Launcher", timeout=PATIENCE * 1000)

        def rows(place, name):
            """The rows of one of formgrader's tables, cell by cell; kept as a picture."""
            page.goto(f"{formgrader}/formgrader/{place}")
            page.wait_for_selector("#main-table tr:not(:has-text('Loading'))")
            page.wait_for_load_state("networkidle")
            page.screenshot(path=screenshots(tmp_path) / f"formgrader_{name}.png")
            lines = page.locator("#main-table").inner_text().split("\n")
            return [[cell.strip() for cell in line.split("\t")] for line in lines if line.strip()]

        [assignment] = rows("manage_assignments", "assignments")
        submissions = {row[1]: row for row in rows(f"manage_submissions/{NAME}", "submissions")}
        row = page.locator("tr", has_text="newcomer")
        row.locator(".autograde a").click()
        page.wait_for_selector("#success-modal, #error-modal", timeout=PATIENCE * 1000)
        answer = page.locator("#success-modal, #error-modal").inner_text()
        page.screenshot(path=screenshots(tmp_path) / "formgrader_autograded.png")
        students = {row[1]: row for row in rows("manage_students", "students")}
        notebooks = {row[0]: row for row in rows(f"gradebook/{NAME}", "gradebook")}
        browser.close()
    assert assignment[0] == NAME
    assert str(len(LEARNERS) + 1) in assignment
    assert submissions["newcomer"][3] == "needs autograding"
    for learner, points in SCORES.items():
        assert submissions[learner][3:5] == ["graded", f"{sum(points.values()):g} / 20"]
    assert "Successfully autograded" in answer
    assert students["newcomer"][3] == "9.5 / 20"
    assert newer(before, reports(mine)) == {("newcomer", RANKING)}
    for step in STEPS:
        points = [earned[step.name] for earned in SCORES.values()]
        points.append(9.5 if step.name == RANKING else 0)
        mean = sum(points) / len(points)
        assert notebooks[step.name][1] == f"{mean:.2f} / {step.max_points}"


def screenshots(tmp_path):
    """Where screenshots go: `SCREENSHOTS` when somebody wants to look at them."""
    folder = Path(os.environ.get("SCREENSHOTS", tmp_path))
    folder.mkdir(exist_ok=True)
    return folder
