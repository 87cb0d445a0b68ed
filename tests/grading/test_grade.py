"""`autograder grade`: what is graded and left, what is graded again, what may go wrong."""

import csv
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import active_children
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from typer.testing import CliRunner

from autograder import course
from autograder.cli.app import app
from autograder.course.misconceptions import catalogue
from autograder.grading.collect import collect
from autograder.grading.duplicates import work_of
from autograder.grading.executors.threads import DaemonThreads
from autograder.grading.judge import Rules
from autograder.grading.judge_pool import Grader, GraderEnded
from autograder.grading.pipeline import grade
from autograder.grading.results import CellOutput, Result, refused
from autograder.grading.slugs import slug
from autograder.grading.store import Store
from autograder.reports.model import CheckResult, Report, from_json, of_function, with_function
from autograder.sandbox.client import Times
from autograder.sandbox.isolation import LAYERS, TMPFS, Limits
from tests.answers import solution_text, write
from tests.conftest import ROOT

STEP = course.step("08_ranking")
RIGHT = solution_text(STEP.name)
MISTAKE = "precision-over-relevant"
PATIENCE = 200
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the wall needs Linux")


def with_cell(code):
    """The right answers and one cell more."""
    return f"{RIGHT}\n# %%\n{code}\n"


WRONG = with_cell(catalogue()[MISTAKE].code)
SLEEPS = "import time; time.sleep({seconds})"
TALKS = """
print("seen by nobody but me", "x" * 30_000)
for k in range(6):
    plt.figure()
    plt.plot([0, k])
"""


def hand_in(folder, learner, text=RIGHT, suffix=".py"):
    """Write a learner's file below a folder of learners' folders; returns its path."""
    (folder / learner).mkdir(parents=True, exist_ok=True)
    return write(folder / learner, STEP.name, text, suffix)


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return {row["learner"]: row for row in csv.DictReader(file)}


# Which files are graded


def found(*paths):
    """The learners and files at the paths, and what was told besides."""
    submitted, problems = collect(list(paths))
    return {each.learner: each.file.path.name for each in submitted}, problems


@pytest.mark.parametrize("pattern", [".", "class", "class/*", "class/*/*"])
def test_a_path_is_a_file_or_a_learners_folder_or_a_folder_of_those(tmp_path, pattern):
    for learner in ("ada", "ben"):
        hand_in(tmp_path / "class", learner)
    base = tmp_path / "class" if pattern == "." else tmp_path
    paths = [base] if pattern == "." else sorted(base.glob(pattern))
    assert found(*paths) == ({"ada": "08_ranking.py", "ben": "08_ranking.py"}, [])


def test_a_learner_may_hand_in_several_exercises(tmp_path):
    hand_in(tmp_path, "ada")
    write(tmp_path / "ada", "01_explore", solution_text("01_explore"), ".ipynb")
    submitted, problems = collect([tmp_path])
    assert [(each.learner, each.exercise) for each in submitted] == [
        ("ada", "01_explore"),
        ("ada", "08_ranking"),
    ]
    assert problems == []


def test_folders_of_the_same_name_are_two_learners(tmp_path):
    for place, learner in (("monday", "ada"), ("tuesday", "ada"), ("wednesday", "Ada")):
        hand_in(tmp_path / place, learner)
    learners, _problems = found(*(tmp_path / day for day in ("monday", "tuesday", "wednesday")))
    assert list(learners) == ["Ada (3)", "ada", "ada (2)"]
    assert len({slug(learner).casefold() for learner in learners}) == 3


def test_names_that_differ_in_capitals_are_two_learners(tmp_path):
    for learner in ("Ada", "ada"):
        hand_in(tmp_path, learner)
    if len(list(tmp_path.iterdir())) < 2:
        pytest.skip("this file system does not tell capitals")
    learners, _problems = found(tmp_path)
    assert len({slug(learner).casefold() for learner in learners}) == 2


def test_a_file_that_is_named_twice_counts_once(tmp_path, monkeypatch):
    path = hand_in(tmp_path, "ada")
    monkeypatch.chdir(tmp_path)
    submitted, _problems = collect([path, Path("ada"), Path("ada/08_ranking.py"), tmp_path])
    assert [(each.learner, each.file.notes) for each in submitted] == [("ada", ())]


@pytest.mark.parametrize("newer, older", [(".py", ".ipynb"), (".ipynb", ".py")])
@pytest.mark.parametrize("one_by_one", [False, True])
def test_of_a_script_and_a_notebook_the_newer_counts_with_a_note(
    tmp_path, newer, older, one_by_one
):
    paths = {suffix: hand_in(tmp_path, "ada", suffix=suffix) for suffix in (newer, older)}
    os.utime(paths[older], (1_000_000_000, 1_000_000_000))
    submitted, problems = collect(list(paths.values()) if one_by_one else [tmp_path])
    [each] = submitted
    assert each.file.path == paths[newer]
    assert each.file.notes == (
        f"08_ranking{newer} was checked: it is newer than 08_ranking{older}",
    )
    assert problems == []


def test_what_holds_no_exercise_is_told_and_hides_no_other(tmp_path):
    hand_in(tmp_path, "ada")
    (tmp_path / "ben").mkdir()
    (tmp_path / "cleo").mkdir()
    (tmp_path / "cleo" / "08_ranking.docx").write_bytes(b"PK")
    (tmp_path / ".git").mkdir()
    learners, problems = found(tmp_path)
    assert list(learners) == ["ada"]
    assert len(problems) == 2
    assert "ben holds no exercise" in problems[0]
    assert "cleo: 08_ranking.docx cannot be graded because" in problems[1]


def test_what_lies_beside_learners_folders_is_told(tmp_path):
    hand_in(tmp_path / "class", "ada")
    hand_in(tmp_path / "elsewhere", "ben")
    (tmp_path / "class" / "ben").symlink_to(tmp_path / "elsewhere" / "ben")
    (tmp_path / "class" / "cleo.zip").write_bytes(b"PK")
    submitted, problems = collect([tmp_path / "class"])
    assert [each.learner for each in submitted] == ["ada"]
    told = "\n".join(problems)
    assert "ben is a link to a folder" in told
    assert "cleo.zip" in told
    assert len(problems) == 2


def test_a_folder_that_may_not_be_opened_is_told_and_hides_no_other(tmp_path, monkeypatch):
    hand_in(tmp_path / "class", "ada")
    hand_in(tmp_path / "locked", "ben")
    allowed = Path.iterdir

    def iterdir(folder):
        if folder.name == "locked":
            raise PermissionError(13, "Permission denied", str(folder))
        return allowed(folder)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    learners, problems = found(tmp_path / "class", tmp_path / "locked")
    assert list(learners) == ["ada"]
    assert ["locked cannot be opened: Permission denied" in text for text in problems] == [True]


# What is graded again


class Judges:
    """Stands for a grader: gives everybody full points, and remembers whom it judged."""

    def __init__(self, outcome="passed", isolation=()):
        self.learners = []
        self.outcome = outcome
        self.isolation = isolation

    def grade(self, submitted, content):
        self.learners.append(submitted.learner)
        sha256 = hashlib.sha256(content).hexdigest()
        path = submitted.file.path.as_posix()
        report = Report(STEP.name, path, sha256, 0.0, 0.0, tuple(self.isolation), ())
        for function, points in STEP.points.items():
            earned = points if self.outcome == "passed" else 0.0
            check = CheckResult("a check", self.outcome, earned, points)
            report = with_function(report, of_function(function, points, (check,)))
        return Result(submitted.learner, report, (CellOutput(1, "printed", (b"drawn",)),))


RULES = Rules(seed=1, times=Times(cell=200))


def graded(grader, folder, out, version="kit", rules=RULES, force=False, jobs=2):
    """Grade a folder of learners' folders: what comes, by learner."""
    submitted, _problems = collect([folder])
    with DaemonThreads(jobs) as executor:
        store = Store(out, version, rules)
        each = list(grade(submitted, store, lambda: grader, executor, force))
    return {one.result.learner: one for one in each}


@pytest.fixture
def done(tmp_path):
    """A class of two that was graded: its folder, and the folder of results."""
    folder, out = tmp_path / "class", tmp_path / "out"
    for learner in ("ada", "ben"):
        hand_in(folder, learner, with_cell(f"learner = {learner!r}"))
    graded(Judges(), folder, out)
    return folder, out


def test_unchanged_work_is_not_graded_again_and_its_result_is_the_same(done):
    folder, out = done
    first = graded(Judges(), folder, out, force=True)
    judges = Judges()
    second = graded(judges, folder, out)
    assert judges.learners == []
    assert all(each.kept for each in second.values())
    assert {name: each.result for name, each in second.items()} == {
        name: each.result for name, each in first.items()
    }


def test_changed_work_is_graded_again_and_nothing_else(done):
    folder, out = done
    hand_in(folder, "ada", WRONG)
    judges = Judges()
    graded(judges, folder, out)
    assert judges.learners == ["ada"]


@pytest.mark.parametrize(
    "change",
    [
        {"force": True},
        {"version": "another kit"},
        {"rules": replace(RULES, limits=Limits(cpu_seconds=1))},
        {"rules": replace(RULES, layers=frozenset())},
    ],
    ids=["force", "kit", "limits", "layers"],
)
def test_all_is_graded_again_where_the_verdict_may_be_another(done, change):
    folder, out = done
    judges = Judges()
    graded(judges, folder, out, **change)
    assert sorted(judges.learners) == ["ada", "ben"]


def test_another_seed_is_no_reason_to_grade_again(done):
    folder, out = done
    judges = Judges()
    graded(judges, folder, out, rules=replace(RULES, seed=2))
    assert judges.learners == []


def test_where_isolation_is_required_results_without_it_do_not_count(done):
    folder, out = done
    rules = replace(RULES, require_isolation=True)
    for judges in (Judges(), Judges(isolation=LAYERS)):
        graded(judges, folder, out, rules=rules)
        assert sorted(judges.learners) == ["ada", "ben"]
    judges = Judges()
    graded(judges, folder, out, rules=rules)
    assert judges.learners == []


@pytest.mark.parametrize("damage", [b"", b"[]", b"null", b'{"schema": 1', b"\xff\x00", None])
@pytest.mark.parametrize("file", ["ada/08_ranking.json", ".kept/ada/08_ranking.json"])
def test_what_was_damaged_or_lost_is_graded_again(done, file, damage):
    folder, out = done
    (out / file).unlink()
    if damage is not None:
        (out / file).write_bytes(damage)
    judges = Judges()
    graded(judges, folder, out)
    assert judges.learners == ["ada"]
    assert from_json(json.loads((out / "ada/08_ranking.json").read_text("utf-8"))).points == 10


def test_a_report_that_was_edited_is_graded_again(done):
    folder, out = done
    path = out / "ben" / "08_ranking.json"
    path.write_text(path.read_text("utf-8").replace('"passed"', '"failed"', 1), "utf-8")
    judges = Judges()
    graded(judges, folder, out)
    assert judges.learners == ["ben"]


def test_a_fault_of_the_kit_is_no_last_word(done):
    folder, out = done
    for _run in range(2):
        judges = Judges(outcome="error")
        graded(judges, folder, out, version="another kit")
        assert sorted(judges.learners) == ["ada", "ben"]


def test_what_could_not_be_graded_is_tried_again(done):
    folder, out = done
    path = hand_in(folder, "ada")
    path.unlink()
    path.symlink_to(ROOT / "pyproject.toml")
    results = graded(Judges(), folder, out)
    assert not results["ada"].result.gradable
    assert "a link to another place" in results["ada"].result.report.notes[0]
    assert results["ben"].kept
    path.unlink()
    hand_in(folder, "ada")
    judges = Judges()
    graded(judges, folder, out)
    assert judges.learners == ["ada"]


def test_a_file_that_changes_meanwhile_is_kept_as_what_was_graded(tmp_path):
    path = hand_in(tmp_path / "class", "ada", WRONG)
    store = Store(tmp_path / "out", "kit", RULES)
    submitted, _problems = collect([tmp_path / "class"])

    def opened_late():
        hand_in(tmp_path / "class", "ada", RIGHT)
        return Judges()

    with ThreadPoolExecutor(1) as executor:
        [each] = grade(submitted, store, opened_late, executor)
    assert each.result.report.sha256 == hashlib.sha256(RIGHT.encode()).hexdigest()
    judges = Judges()
    graded(judges, tmp_path / "class", tmp_path / "out")
    path.write_text(WRONG, encoding="utf-8")
    graded(judges, tmp_path / "class", tmp_path / "out")
    assert judges.learners == ["ada"]


# The same code


def test_of_the_same_code_one_is_judged_and_everybody_has_the_verdict(tmp_path):
    folder, out = tmp_path / "class", tmp_path / "out"
    paths = {learner: hand_in(folder, learner) for learner in ("ada", "ben", "cleo")}
    hand_in(folder, "dan", WRONG)
    judges = Judges()
    results = graded(judges, folder, out)
    assert sorted(judges.learners) == ["ada", "dan"]
    assert {learner for learner, each in results.items() if each.twin} == {"ben", "cleo"}
    for learner, path in paths.items():
        report = results[learner].result.report
        assert (report.submission, report.points) == (path.as_posix(), 10)
        assert results[learner].result.outputs == results["ada"].result.outputs
        assert from_json(json.loads((out / learner / f"{STEP.name}.json").read_text())) == report
    assert all(each.kept for each in graded(Judges(), folder, out).values())


@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
def test_prose_and_demonstrations_make_no_other_code(tmp_path, suffix):
    folder = tmp_path / "class"
    contents = [
        hand_in(folder, "ada", suffix=suffix),
        hand_in(folder, "cleo", f'{RIGHT}\n# %% tags=["demo"]\nprint("mine")\n', suffix),
        hand_in(folder, "dan", f"{RIGHT}\n# %% [markdown]\n# I am Dan.\n", suffix),
    ]
    judges = Judges()
    results = graded(judges, folder, tmp_path / "out")
    assert len(judges.learners) == 1
    assert {each.result.report.sha256 for each in results.values()} == {
        hashlib.sha256(path.read_bytes()).hexdigest() for path in contents
    }


def test_lines_of_comments_make_no_other_code(tmp_path):
    folder = tmp_path / "class"
    code = RIGHT.replace("# TODO", "# Mine: TODO").replace("### BEGIN", "# BEGIN")
    assert code != RIGHT
    hand_in(folder, "ada")
    hand_in(folder, "ben", f"{code}\n# Ben\n")
    judges = Judges()
    graded(judges, folder, tmp_path / "out")
    assert len(judges.learners) == 1


@pytest.mark.parametrize(
    "one, other",
    [
        ("x = 1  # ada", "x = 1  # ben"),
        ("text = '''\n# ada\n'''", "text = '''\n# ben\n'''"),
        ("x = 1\n# ada\ny = 2", "x = 1\ny = 2"),
        ("x = 1\n  # ada\n y = (", "x = 1\n  # ben\n y = ("),
        ("%%writefile notes.txt\n# ada", "%%writefile notes.txt\n# ben"),
    ],
)
def test_comments_beside_code_and_in_texts_make_other_code(tmp_path, one, other):
    """Also where a line has another number, and where the code is no Python."""
    folder = tmp_path / "class"
    hand_in(folder, "ada", with_cell(one))
    hand_in(folder, "ben", with_cell(other))
    judges = Judges()
    graded(judges, folder, tmp_path / "out")
    assert sorted(judges.learners) == ["ada", "ben"]


def test_a_script_whose_lines_have_other_numbers_is_judged_by_itself(tmp_path):
    folder = tmp_path / "class"
    hand_in(folder, "ada")
    hand_in(folder, "ben", RIGHT.replace("# %% [markdown]\n", "# %% [markdown]\n# Mine.\n", 1))
    judges = Judges()
    graded(judges, folder, tmp_path / "out")
    assert sorted(judges.learners) == ["ada", "ben"]


@pytest.mark.parametrize("other", ["# mine", "pass", "learner = 1"])
def test_a_cell_more_is_other_code(tmp_path, other):
    folder = tmp_path / "class"
    hand_in(folder, "ada")
    hand_in(folder, "ben", with_cell(other))
    judges = Judges()
    graded(judges, folder, tmp_path / "out")
    assert sorted(judges.learners) == ["ada", "ben"]


@pytest.mark.parametrize("judged_first", ["ada", "ben"])
def test_how_a_file_was_read_is_told_of_that_file_alone(tmp_path, judged_first):
    class Notes(Judges):
        def grade(self, submitted, content):
            result = super().grade(submitted, content)
            read = work_of(submitted, content, "").notes
            notes = (*read, "cell 7 was skipped")
            return replace(result, report=replace(result.report, notes=notes))

    folder = tmp_path / "class"
    other = {"ada": "ben", "ben": "ada"}[judged_first]
    hand_in(folder, "ada")
    path = hand_in(folder, "ben")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n").decode().encode("utf-16"))
    submitted, _problems = collect([folder])
    submitted.sort(key=lambda each: each.learner != judged_first)
    with ThreadPoolExecutor(1) as executor:
        store = Store(tmp_path / "out", "kit", RULES)
        each = {e.result.learner: e for e in grade(submitted, store, Notes, executor)}
    assert (each[judged_first].twin, each[other].twin) == (False, True)
    assert each["ada"].result.report.notes == ("cell 7 was skipped",)
    assert len(each["ben"].result.report.notes) > 1
    assert each["ben"].result.report.notes[-1] == "cell 7 was skipped"


def test_a_fault_of_the_kit_is_nobodys_but_whose_it_was(tmp_path):
    folder = tmp_path / "class"
    for learner in ("ada", "ben"):
        hand_in(folder, learner)
    judges = Judges(outcome="error")
    results = graded(judges, folder, tmp_path / "out")
    assert sorted(judges.learners) == ["ada", "ben"]
    assert not any(each.twin for each in results.values())


def test_a_file_that_changes_meanwhile_gives_no_verdict_to_others(tmp_path):
    folder = tmp_path / "class"
    for learner in ("ada", "ben"):
        hand_in(folder, learner)
    submitted, _problems = collect([folder])
    judges = Judges()

    def opened_late():
        hand_in(folder, "ada", WRONG)
        return judges

    with ThreadPoolExecutor(1) as executor:
        list(grade(submitted, Store(tmp_path / "out", "kit", RULES), opened_late, executor))
    assert sorted(judges.learners) == ["ada", "ben"]


class Death(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("operation", ["write_bytes", "replace", "unlink"])
@pytest.mark.parametrize("n", [1, 2])
def test_whenever_it_dies_a_result_is_the_old_one_or_the_new_one_or_none(
    done, monkeypatch, operation, n
):
    folder, out = done
    old = graded(Judges(), folder, out)["ada"].result
    new = replace(old, report=replace(old.report, notes=("new",)))
    store = Store(out, "kit", RULES)
    key = store.key("08_ranking.py", (folder / "ada" / "08_ranking.py").read_bytes())
    calls, really = [], getattr(Path, operation)

    def dies(path, *arguments, **keywords):
        calls.append(path)
        if len(calls) == n:
            if operation == "write_bytes":
                really(path, arguments[0][:50])
            raise Death
        return really(path, *arguments, **keywords)

    with monkeypatch.context() as patch, pytest.raises(Death):
        patch.setattr(Path, operation, dies)
        store.keep(new, key)
    report = from_json(json.loads((out / "ada/08_ranking.json").read_text("utf-8")))
    assert report in (old.report, new.report)
    assert store.kept("ada", STEP.name, key) in (old, new, None)


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no UTF-8 are Linux's own")
def test_a_learners_name_may_be_anything(tmp_path):
    learner = os.fsdecode(b"Zo\xeb M\xfcller")
    hand_in(tmp_path / "class", learner)
    submitted, _problems = collect([tmp_path / "class"])
    result = refused(learner, STEP.name, submitted[0].file.path.as_posix(), "", "no reason")
    store = Store(tmp_path / "out", "kit", RULES)
    store.keep(result)
    text = store.report_path(learner, STEP.name).read_text(encoding="utf-8")
    assert from_json(json.loads(text)) == result.report


# Behind the wall


class Lent:
    """A zygote for several graders, of whom none ends it."""

    def __init__(self, zygote):
        self.socket = zygote.socket

    def close(self):
        pass


@pytest.fixture(scope="module")
def zygote():
    """One zygote for all graders of this process, since starting one takes seconds."""
    if sys.platform != "linux":
        pytest.skip("the wall needs Linux")
    from autograder.sandbox.zygote import Zygote

    with Zygote() as zygote, pytest.MonkeyPatch.context() as patch:
        patch.setattr("autograder.sandbox.zygote.Zygote", lambda: Lent(zygote))
        yield Zygote


@pytest.fixture(scope="module")
def grader(zygote):
    with Grader(RULES) as grader:
        yield grader


def autograder(*arguments):
    """Run the command in this process: the result, with its exit code and output."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def wait_until(condition):
    """What the condition gives when it first gives something true."""
    until = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.05)
    return value


def in_background(act, *arguments):
    """Start in a thread; returns the future result."""
    executor = ThreadPoolExecutor(1)
    future = executor.submit(act, *arguments)
    executor.shutdown(wait=False)
    return future


def test_a_judge_that_is_ended_costs_its_submission_a_line_and_the_others_nothing(grader, tmp_path):
    folder = tmp_path / "class"
    hand_in(folder, "ada", with_cell(SLEEPS.format(seconds=150)))
    grading = in_background(graded, grader, folder, tmp_path / "out")
    [judge] = wait_until(active_children)
    hand_in(folder, "ben")
    ben = graded(grader, folder / "ben", tmp_path / "out")["ben"].result
    judge.kill()
    ada = grading.result()["ada"].result
    assert ada.report.notes == ("cannot be graded because its judge ended unexpectedly",)
    assert (ada.gradable, ada.report.points, ada.report.max_points) == (False, 0, 10)
    assert (ben.report.points, ben.report.isolation) == (10, LAYERS)


def test_threads_give_what_their_calls_give():
    with DaemonThreads(2) as threads:
        assert list(threads.map(divmod, (7, 9), (2, 4))) == [(3, 1), (2, 1)]
        assert isinstance(threads.submit(divmod, 1, 0).exception(), ZeroDivisionError)


def test_what_waits_for_a_thread_can_be_dropped():
    begun, go_on = threading.Event(), threading.Event()

    def wait():
        begun.set()
        assert go_on.wait(PATIENCE)

    threads = DaemonThreads(1)
    runs, waits, cancelled = (threads.submit(wait) for _number in range(3))
    assert begun.wait(PATIENCE)
    assert cancelled.cancel()
    threads.shutdown(wait=False, cancel_futures=True)
    go_on.set()
    assert runs.result(PATIENCE) is None
    assert waits.cancelled()
    threads.shutdown()


def test_a_program_that_ends_waits_for_none_of_its_threads():
    lines = (
        "import time",
        "from autograder.grading.executors.threads import DaemonThreads",
        "threads = DaemonThreads(1)",
        "for _ in range(2): threads.submit(time.sleep, 10_000)",
        "raise SystemExit(3)",
    )
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], timeout=PATIENCE)
    assert done.returncode == 3


def test_there_may_be_more_jobs_than_submissions(grader, tmp_path):
    for learner, text in (("ada", RIGHT), ("ben", WRONG)):
        hand_in(tmp_path / "class", learner, text)
    results = graded(grader, tmp_path / "class", tmp_path / "out", jobs=8)
    assert {name: each.result.report.points for name, each in results.items()} == {
        "ada": 10,
        "ben": 7,
    }


def test_when_the_zygote_dies_its_submissions_are_graded_behind_another(
    zygote, tmp_path, monkeypatch
):
    started = []

    def start():
        started.append(zygote())
        return started[-1]

    monkeypatch.setattr("autograder.sandbox.zygote.Zygote", start)
    for learner in ("ada", "ben", "cleo"):
        hand_in(tmp_path / "class", learner, with_cell(SLEEPS.format(seconds=1)))
    with Grader(RULES) as grader:
        grading = in_background(graded, grader, tmp_path / "class", tmp_path / "out")
        wait_until(lambda: children_of(started[0].pid))
        os.kill(started[0].pid, signal.SIGKILL)
        results = grading.result()
    assert len(started) == 2
    for each in results.values():
        report = each.result.report
        assert (report.points, report.notes, report.isolation) == (10, (), LAYERS)


def children_of(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()


PROGRAM = """
import sys
from pathlib import Path

from autograder.files import SubmissionFile
from autograder.grading.grader import Grader, Submitted
from autograder.grading.judge import Rules

Path(__file__).with_name(f"imported as {__name__}").touch()
if __name__ == "__main__":
    path = Path(sys.argv[1])
    with Grader(Rules(seed=1)) as grader:
        report = grader.grade(Submitted("ada", SubmissionFile(path.stem, path)), path.read_bytes())
    print(report.report.points, "of", report.report.max_points)
"""


def test_no_judge_imports_the_program_that_grades(tmp_path):
    """It may be large, as nbgrader is, and every submission would pay for it."""
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    path = hand_in(tmp_path, "ada")
    done = subprocess.run(
        [sys.executable, program, path], capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE
    )
    assert done.stdout.strip() == "10.0 of 10.0", done.stderr
    assert [found.name for found in tmp_path.glob("imported as *")] == ["imported as __main__"]


def test_a_grader_that_is_left_at_work_gives_no_verdict_and_keeps_none(zygote, tmp_path):
    hand_in(tmp_path / "class", "ada", with_cell(SLEEPS.format(seconds=150)))
    with Grader(RULES) as grader:
        grading = in_background(graded, grader, tmp_path / "class", tmp_path / "out")
        wait_until(active_children)
    with pytest.raises(GraderEnded):
        grading.result()
    assert not list((tmp_path / "out").rglob("*.json"))


def test_a_grader_that_was_not_entered_runs_nothing(tmp_path):
    hand_in(tmp_path, "ada")
    [submitted], _problems = collect([tmp_path])
    with pytest.raises(GraderEnded):
        Grader(RULES).grade(submitted, submitted.file.path.read_bytes())


def verdicts(out, learner="ada"):
    """What a report says about each check, without how long it took."""
    report = json.loads((out / learner / "08_ranking.json").read_text(encoding="utf-8"))
    checks = [check for function in report["functions"] for check in function["checks"]]
    return [{**check, "seconds": None} for check in checks]


def test_seeds_are_fresh_unless_one_is_given(zygote, tmp_path):
    hand_in(tmp_path / "class", "ada", WRONG)
    runs = {"a": ["--seed", 7], "b": ["--seed", 7], "c": ["--seed", 8], "d": [], "e": []}
    for name, seed in runs.items():
        result = autograder("grade", tmp_path / "class", "--out", tmp_path / name, *seed)
        assert result.exit_code == 0, result.output
    a, b, c, d, e = (verdicts(tmp_path / name) for name in runs)
    assert a == b
    assert all(one != other for one, other in ((a, c), (a, d), (d, e)))


def test_an_incomplete_isolation_is_told_and_where_it_is_required_nothing_is_graded(
    zygote, tmp_path, monkeypatch
):
    no_scratch_folder = partial(Rules, limits=Limits(disk=-1))
    monkeypatch.setattr("autograder.grading.command.Rules", no_scratch_folder)
    hand_in(tmp_path / "class", "ada")
    command = ("grade", tmp_path / "class", "--out", tmp_path / "out")
    result = autograder(*command)
    assert result.exit_code == 0
    assert "Isolation is incomplete: tmpfs (" in result.output
    path = tmp_path / "out" / "ada" / "08_ranking.json"
    report = from_json(json.loads(path.read_text(encoding="utf-8")))
    assert set(report.isolation) == set(LAYERS) - {TMPFS}
    assert any("isolation layer tmpfs is missing: " in note for note in report.notes)
    shutil.rmtree(tmp_path / "out")
    result = autograder(*command, "--require-isolation")
    assert result.exit_code == 2
    assert "Isolation is required, and missing: tmpfs (" in result.stderr
    assert not list((tmp_path / "out").rglob("*.json"))


@pytest.mark.slow
def test_without_a_wall_the_verdicts_are_the_same_and_the_reports_say_so(tmp_path, monkeypatch):
    unprotected = partial(Grader, sandboxed=False)
    monkeypatch.setattr("autograder.grading.command.Grader", unprotected)
    for learner, text in (("ada", RIGHT), ("ben", WRONG)):
        hand_in(tmp_path / "class", learner, text)
    out = tmp_path / "out"
    command = ("grade", tmp_path / "class", "--out", out, "--jobs", 2)
    required = autograder(*command, "--require-isolation")
    assert required.exit_code == 2
    assert "there is no wall" in required.stderr
    assert not list(out.rglob("*.json"))
    assert autograder(*command).exit_code == 0
    assert {name: row["total"] for name, row in rows_of(out / "grades.csv").items()} == {
        "ada": "10",
        "ben": "7",
    }
    for learner in ("ada", "ben"):
        report = json.loads((out / learner / "08_ranking.json").read_text(encoding="utf-8"))
        assert report["isolation"] == []
        assert "not isolated: the submission ran with all the rights" in report["notes"][-1]
    assert MISTAKE in {check["misconception"] for check in verdicts(out, "ben")}
    assert autograder(*command, "--require-isolation").exit_code == 2


def test_a_path_that_is_not_there_is_a_usage_problem(tmp_path):
    hand_in(tmp_path / "class", "ada")
    result = autograder("grade", tmp_path / "class", "nowhere", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "nowhere" in result.stderr
    assert not (tmp_path / "out").exists()


def test_results_that_cannot_be_written_are_one_sentence(tmp_path):
    path = hand_in(tmp_path / "class", "ada")
    result = autograder("grade", tmp_path / "class", "--out", path)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{path} cannot be written: ")


def test_a_disk_that_is_full_is_one_sentence(zygote, tmp_path, monkeypatch):
    def full(path, data):
        raise OSError(28, "No space left on device")

    hand_in(tmp_path / "class", "ada")
    monkeypatch.setattr(Path, "write_bytes", full)
    result = autograder("grade", tmp_path / "class", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert result.stderr.endswith("08_ranking.json cannot be written: No space left on device.\n")
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]


def test_a_folder_without_exercises_is_not_all_graded(tmp_path):
    (tmp_path / "class").mkdir()
    result = autograder("grade", tmp_path / "class", "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "holds no exercise" in result.output
    assert rows_of(tmp_path / "out" / "grades.csv") == {}


# The whole command, in a process of its own


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
        pytest.skip("the wall needs Linux")
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
    assert points == {"ada": 10, "Ada (2)": 7, "ada (3)": 10, "ben": 7, "cleo": 10, "dan": 0}


def test_a_report_is_as_documented_and_names_the_layers_of_isolation(run):
    report = report_of(run, "ben")
    content = (run.folder / "ben" / "08_ranking.ipynb").read_bytes()
    assert set(report) == {
        "schema", "exercise", "submission", "sha256", "points", "max_points", "isolation",
        "functions", "notes",
    }  # fmt: skip
    assert report["schema"] == 1
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
    assert any("ValueError: not yet" in note for note in report_of(run, "ada (3)")["notes"])


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
    assert names == {".kept", "grades.csv", "index.html", *map(slug, LEARNERS)}
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
