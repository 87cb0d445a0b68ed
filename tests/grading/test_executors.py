"""The executors of the judging: threads, other processes, a cluster."""

import json
import multiprocessing
import subprocess
import sys
import threading
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor

import pytest

from autograder.course.misconceptions import catalogue
from autograder.grading import pipeline
from autograder.grading.collect import collect
from autograder.grading.executors.dask import cluster
from autograder.grading.executors.process import WorkersMissing, grade_parsed
from autograder.grading.executors.threads import DaemonThreads
from autograder.grading.judge_pool import IsolationMissing, SecretsReadable
from autograder.grading.pipeline import grade
from autograder.grading.result_cache import ResultCache
from autograder.grading.results import CACHED, Result, result_to_json
from autograder.grading.rules import Rules
from autograder.reports.model import CheckResult, Report, of_function, with_function
from autograder.submissions.parse import parse
from autograder.util.fingerprint import kit_fingerprint
from tests.answers import exercise_text, solution_text, write
from tests.grading.common import MISTAKE, PATIENCE, STEP, autograder

# Threads


pytestmark = pytest.mark.process


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


# Other executors


@pytest.fixture
def submissions(tmp_path):
    """A class of three: right, wrong, untouched."""
    wrong = f"{solution_text(STEP.name)}\n# %%\n{catalogue()[MISTAKE].code}\n"
    texts = {"ada": solution_text(STEP.name), "ben": wrong, "eve": exercise_text(STEP.name)}
    for learner, text in texts.items():
        (tmp_path / "class" / learner).mkdir(parents=True)
        write(tmp_path / "class" / learner, STEP.name, text)
    return collect([tmp_path / "class"], tmp_path / "out").submissions


POINTS = {"ada": 10.0, "ben": 9.0, "eve": 0.0}


class AtOnce(Executor):
    """Calls `act` in place of what is submissions, when `finish` is called or `room` is used up."""

    def __init__(self, act, room=1):
        self.act, self.room, self.waiting, self.most = act, room, [], 0

    def submit(self, function, *arguments):
        future = Future()
        self.waiting.append((future, arguments))
        self.most = max(self.most, len(self.waiting))
        if len(self.waiting) == self.room:
            self.finish()
        return future

    def finish(self):
        for future, arguments in self.waiting:
            future.set_running_or_notify_cancel()
            try:
                future.set_result(self.act(*arguments))
            except Exception as error:
                future.set_exception(error)
        self.waiting = []


OF_ONE = float(STEP.points[STEP.functions[0]])


def full_points(version, rules, parsed):
    """Return what a process sends for a submission: full points in one function."""
    check = CheckResult(f"test_{STEP.name}.py::test_it_holds", "passed", OF_ONE, OF_ONE)
    report = Report(STEP.name, f"{STEP.name}.py", parsed.sha256, 0.0, 0.0, (), ())
    function = of_function(STEP.functions[0], OF_ONE, (check,))
    return result_to_json(Result(parsed.submission.learner, with_function(report, function)))


def failing_for_ben(error):
    def act(version, rules, parsed):
        if parsed.submission.learner == "ben":
            raise error
        return full_points(version, rules, parsed)

    return act


def no_grader():
    pytest.fail("threads alone share a grader")


def graded_by(executor, submissions, out):
    store = ResultCache(out, kit_fingerprint(), Rules(1))
    results = grade(submissions, parse, store, no_grader, executor)
    return {result.learner: result for result in results}


def test_any_executor_grades_and_results_are_stored_here(submissions, tmp_path):
    first = graded_by(AtOnce(full_points), submissions, tmp_path / "out")
    assert {learner: each.report.points for learner, each in first.items()} == dict.fromkeys(
        POINTS, OF_ONE
    )
    again = graded_by(AtOnce(no_grader), submissions, tmp_path / "out")
    assert all(each.origin == CACHED for each in again.values())


def test_only_so_many_files_are_sent_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "MAX_PENDING", 2)
    executor = AtOnce(full_points, room=2)
    for n in range(8):
        (tmp_path / "many" / f"learner {n}").mkdir(parents=True)
        write(tmp_path / "many" / f"learner {n}", STEP.name, f"own = {n}")
    submissions = collect([tmp_path / "many"], tmp_path / "out").submissions
    assert len(graded_by(executor, submissions, tmp_path / "out")) == 8
    assert executor.most == 2


def test_a_result_comes_while_files_are_read(submissions, tmp_path):
    came = []

    def read():
        for n, submission in enumerate(submissions):
            assert len(came) == n
            yield submission

    store = ResultCache(tmp_path / "out", kit_fingerprint(), Rules(1))
    for result in grade(read(), parse, store, no_grader, AtOnce(full_points)):
        came.append(result.learner)
    assert came == ["ada", "ben", "eve"]


def test_a_result_is_stored_before_it_is_asked_for(submissions, tmp_path):
    """So is the result of a duplicate, which is read before its original is judged."""
    executor = AtOnce(full_points, room=len(submissions))
    (tmp_path / "class" / "zoe").mkdir()
    write(tmp_path / "class" / "zoe", STEP.name, exercise_text(STEP.name))
    submissions = collect([tmp_path / "class"], tmp_path / "out").submissions[::-1]
    store = ResultCache(tmp_path / "out", kit_fingerprint(), Rules(1))
    grading = grade(submissions, parse, store, no_grader, executor)
    next(grading)
    grading.close()
    again = graded_by(AtOnce(no_grader), submissions, tmp_path / "out")
    assert len(again) == 4
    assert all(each.origin == CACHED for each in again.values())


def test_a_process_that_fails_costs_its_own_submission_only(submissions, tmp_path):
    results = graded_by(AtOnce(failing_for_ben(MemoryError("no"))), submissions, tmp_path / "out")
    assert [learner for learner, each in results.items() if each.gradable] == ["ada", "eve"]
    [note] = results["ben"].report.notes
    assert note == "cannot be graded because its process failed: MemoryError: no"
    later = graded_by(AtOnce(full_points), submissions, tmp_path / "out")
    assert [learner for learner, each in later.items() if each.origin != CACHED] == ["ben"]


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (BrokenExecutor("gone"), WorkersMissing),
        (WorkersMissing("another kit"), WorkersMissing),
        (IsolationMissing("no sandbox"), IsolationMissing),
        (SecretsReadable("a check"), SecretsReadable),
    ],
)
def test_what_no_process_can_repair_ends_the_run_and_what_was_graded_stays(
    submissions, tmp_path, error, raised
):
    with pytest.raises(raised):
        graded_by(AtOnce(failing_for_ben(error)), submissions, tmp_path / "out")
    again = graded_by(AtOnce(full_points), submissions, tmp_path / "out")
    assert again["ada"].origin == CACHED != again["ben"].origin


def test_processes_that_are_gone_before_a_submission_is_sent_end_the_run(submissions, tmp_path):
    class Gone(Executor):
        def submit(self, function, *arguments):
            raise BrokenExecutor("gone")

    with pytest.raises(WorkersMissing, match="The same command goes on"):
        graded_by(Gone(), submissions, tmp_path / "out")


def test_another_version_of_the_kit_grades_nothing(submissions):
    with pytest.raises(WorkersMissing, match="Another version of the kit"):
        grade_parsed("another", Rules(1), parse(submissions[0]))


@pytest.mark.slow
def test_a_pool_of_processes_grades_as_threads_do(submissions, tmp_path):
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawning) as executor:
        results = graded_by(executor, submissions, tmp_path / "out")
        points = {learner: each.report.points for learner, each in results.items()}
    assert points == POINTS
    if sys.platform == "linux":
        assert all(each.report.isolation for each in results.values())


# A cluster


def test_a_scheduler_needs_dask(submissions, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    out = ("--out", tmp_path / "out")
    done = autograder("grade", tmp_path / "class", *out, "--scheduler", "tcp://127.0.0.1:1")
    assert done.exit_code == 2
    assert done.stderr.startswith("A cluster needs Dask distributed: pip install ")


def test_jobs_are_for_this_machine_only(tmp_path):
    done = autograder("grade", tmp_path, "--jobs", 2, "--scheduler", "tcp://127.0.0.1:1")
    assert done.exit_code == 2
    assert done.stderr.startswith("Choose one of --jobs and --scheduler")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense://x", "no port"])
def test_a_scheduler_that_does_not_answer_is_one_sentence(address):
    pytest.importorskip("distributed", reason="Dask distributed is not installed")
    with pytest.raises(WorkersMissing, match="No Dask scheduler answers"), cluster(address, 1):
        pass


@pytest.fixture
def workers():
    """Dask's workers as they are by default: each under a nanny, which marks it as a daemon."""
    distributed = pytest.importorskip("distributed", reason="Dask distributed is not installed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as running:
        yield running


@pytest.mark.slow
def test_a_cluster_of_two_workers_grades_a_class(submissions, tmp_path, workers):
    command = ("grade", tmp_path / "class", "--out", tmp_path / "out", "--seed", "1")
    done = autograder(*command, "--scheduler", workers.scheduler_address)
    assert done.exit_code == 0, done.output
    reports = {
        learner: json.loads((tmp_path / "out" / learner / "08_ranking.json").read_text("utf-8"))
        for learner in POINTS
    }
    assert {learner: report["points"] for learner, report in reports.items()} == POINTS
    done = autograder(*command)
    assert "3 of them unchanged" in done.output


@pytest.mark.slow
def test_a_cluster_without_workers_is_one_sentence():
    distributed = pytest.importorskip("distributed", reason="Dask distributed is not installed")
    with distributed.LocalCluster(n_workers=0, dashboard_address=None) as empty:  # noqa: SIM117
        with pytest.raises(WorkersMissing, match="has no workers"):
            with cluster(empty.scheduler_address, 1):
                pass
