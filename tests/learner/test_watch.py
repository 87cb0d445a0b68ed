"""`autograder watch`: a warm process checks every save, and outlives whatever the code does."""

import os
import select
import signal
import subprocess
import sys
import time

import psutil
import pytest

from autograder.engine.deadline import deadline
from autograder.learner.check_process import CodeStopped, WarmChecker
from autograder.reports.wording import text
from autograder.submissions.cells import UnreadableSubmission
from tests.answers import exercise_text, solution_text, write
from tests.conftest import ROOT

STEP = "08_ranking"
EXITS = "def recall_at_k(recommended, relevant, k):\n    import os\n    os._exit(1)\n"
LOOPS = "def recall_at_k(recommended, relevant, k):\n    while True:\n        pass\n"


@pytest.fixture(scope="module")
def checker():
    """A warm process that gives a call two seconds."""
    warm = WarmChecker(call_seconds=2)
    warm.start()
    yield warm
    warm.stop()


def outcomes(report):
    return {function.name: function.outcome for function in report.functions}


@pytest.mark.slow
def test_every_version_of_a_file_gets_its_own_verdict(checker, tmp_path):
    path = write(tmp_path, STEP, exercise_text(STEP))
    assert set(outcomes(checker.check(path, STEP)).values()) == {"todo"}
    write(tmp_path, STEP, solution_text(STEP))
    assert set(outcomes(checker.check(path, STEP)).values()) == {"passed"}
    write(tmp_path, STEP, f"{solution_text(STEP)}\n# %%\nthis is no Python\n")
    report = checker.check(path, STEP)
    assert set(outcomes(report).values()) == {"passed"}
    assert "SyntaxError" in report.notes[0]


@pytest.mark.slow
def test_an_endless_loop_costs_its_function_only(checker, tmp_path):
    path = write(tmp_path, STEP, f"{solution_text(STEP)}\n# %%\n{LOOPS}")
    report = checker.check(path, STEP)
    assert outcomes(report)["recall_at_k"] == "timeout"
    assert outcomes(report)["precision_at_k"] == "passed"
    [message] = [text(f.problem.message) for f in report.functions if f.name == "recall_at_k"]
    assert "of recall_at_k" in message


def test_a_limit_holds_where_interrupts_are_ignored():
    """As in a process that was started in the background."""
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(TimeoutError), deadline(0.2):
            while True:
                pass
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, handler)


ABANDONED = """
import sys
from pathlib import Path
from autograder.learner.check_process import WarmChecker

if __name__ == "__main__":
    WarmChecker(call_seconds=1000).check(Path(sys.argv[1]), sys.argv[2])
"""
LOOPS_WITH_A_SIGN = """
# %%
import os
from pathlib import Path
Path({sign!r}).write_text(str(os.getpid()), encoding="utf-8")
while True:
    pass
"""


@pytest.mark.slow
def test_an_endless_loop_ends_with_the_process_that_asked(tmp_path):
    sign, script = tmp_path / "pid", tmp_path / "abandoned.py"
    script.write_text(ABANDONED, encoding="utf-8")
    loops = LOOPS_WITH_A_SIGN.format(sign=str(sign))
    path = write(tmp_path, STEP, f"{exercise_text(STEP)}\n{loops}")
    asking = subprocess.Popen([sys.executable, script, path, STEP], cwd=ROOT)
    wait_until(lambda: sign.exists() and sign.read_text(encoding="utf-8"))
    asking.kill()
    asking.wait()
    pid = int(sign.read_text(encoding="utf-8"))
    wait_until(lambda: not psutil.pid_exists(pid))


def wait_until(holds) -> None:
    until = time.monotonic() + 90
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.slow
def test_code_that_ends_the_program_is_told_and_the_next_save_is_checked(checker, tmp_path):
    path = write(tmp_path, STEP, f"{solution_text(STEP)}\n# %%\n{EXITS}")
    with pytest.raises(CodeStopped, match="ended the whole program"):
        checker.check(path, STEP)
    write(tmp_path, STEP, solution_text(STEP))
    assert set(outcomes(checker.check(path, STEP)).values()) == {"passed"}


@pytest.mark.slow
def test_a_file_that_cannot_be_read_is_told(checker, tmp_path):
    path = tmp_path / f"{STEP}.ipynb"
    path.write_text("{", encoding="utf-8")
    report = checker.check(path, STEP)
    assert set(outcomes(report).values()) == {"failed"}
    assert "cannot be graded because" in text(report.functions[0].problem.message)
    path.unlink()
    with pytest.raises(UnreadableSubmission):
        checker.check(path, STEP)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_save_and_keys_in_a_terminal(tmp_path):
    import pty

    write(tmp_path, STEP, exercise_text(STEP))
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "autograder", "watch", "8", "--submissions", str(tmp_path)]
    running = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, close_fds=True
    )
    os.close(theirs)
    try:
        read_until(ours, "precision_at_k is still to be written")
        os.write(ours, b"h")
        read_until(ours, "Hint 1")
        os.write(ours, b"n")
        read_until(ours, "recall_at_k is still to be written")
        write(tmp_path, STEP, exercise_text(STEP) + "\nx = 1\n")
        read_until(ours, "checking")
        read_until(ours, "checked in")
        os.write(ours, b"n")
        read_until(ours, "ndcg_at_k is still to be written")
        write(tmp_path, STEP, solution_text(STEP))
        read_until(ours, "Everything passes")
        os.write(ours, b"q")
        assert running.wait(30) == 0
    finally:
        running.kill()
        running.wait()
        os.close(ours)


def read_until(terminal: int, wanted: str) -> None:
    """Read from a terminal until it has shown a text."""
    shown, until = "", time.monotonic() + 90
    while wanted not in shown:
        ready, _writable, _failed = select.select([terminal], [], [], 1)
        if ready:
            shown += os.read(terminal, 65536).decode("utf-8", "replace")
        assert time.monotonic() < until, shown
