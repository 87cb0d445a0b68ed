"""A sandboxed worker answers like an engine in this process, and the engine names its layers."""

import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from autograder.checking.proxies import SubmissionProxy
from autograder.engine.exceptions import Raised, of_learner
from autograder.sandbox.client import SandboxEngine, Task, Times, WorkerFailed
from autograder.sandbox.isolation import LAYERS
from autograder.util.i18n import speaking

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux")

CODE = """
import numpy as np

class Table:
    rows = 3
    def __getitem__(self, key):
        return {"key": key}

def double(x):
    return 2 * x

def table():
    return Table()

def fails():
    raise FileNotFoundError("no such thing")

def change(values):
    values[0] = 7

def draw():
    return np.random.randint(10**9)

def state():
    return np.random.get_state()[1][0]
"""


def record_of(error: BaseException) -> Raised:
    """Return the record behind an exception of the learner's code."""
    record = of_learner(error)
    assert record is not None
    return record


def test_calls_attributes_items_and_exceptions_cross(engine_of):
    submission = SubmissionProxy(engine_of(CODE))
    np.testing.assert_array_equal(submission.double(np.arange(3)), [0, 2, 4])
    table = submission.table()
    assert table.rows == 3
    assert table["a", 1] == {"key": ("a", 1)}
    with pytest.raises(FileNotFoundError, match="no such thing") as raised:
        submission.fails()
    assert "of fails: raise FileNotFoundError" in record_of(raised.value).where


def test_lines_have_the_numbers_that_they_have_in_the_script(zygote):
    engine = SandboxEngine(zygote.socket, Task("work", {1: CODE, 2: "1 / 0"}, {1: 40, 2: 99}))
    try:
        engine.start()
        [note] = engine.notes
        assert note.endswith("in line 99 of <module>: 1 / 0")
        with pytest.raises(FileNotFoundError) as raised:
            SubmissionProxy(engine).fails()
        line = 40 + CODE.split("\n").index("def fails():") + 1
        assert record_of(raised.value).where.startswith(f"line {line} of fails: ")
    finally:
        engine.close()


def test_a_changed_argument_can_be_watched(engine_of):
    submission = SubmissionProxy(engine_of(CODE))
    kept = submission.keep([1, 2])
    submission.change(kept)
    assert submission.read(kept) == [7, 2]


def test_every_layer_stands_and_is_named(engine_of):
    engine = engine_of(CODE)
    assert engine.layers == LAYERS
    assert engine.missing == {}


def test_a_missing_layer_is_named_with_its_reason(engine_of):
    engine = engine_of(CODE, layers=frozenset(LAYERS) - {"no_new_privs"})
    assert "landlock" not in engine.layers
    assert "no_new_privs" in engine.missing["landlock"]


def test_a_required_layer_that_is_missing_stops_everything(engine_of):
    layers = frozenset(LAYERS) - {"no_new_privs"}
    with pytest.raises(WorkerFailed, match="landlock"):
        engine_of(CODE, layers=layers, require_isolation=True)


def test_the_random_state_can_be_set(engine_of):
    engine = engine_of(CODE)
    submission = SubmissionProxy(engine)
    drawn = []
    for seed in (5, 5, 6):
        engine.seed(seed)
        drawn.append(submission.draw())
    assert drawn[0] == drawn[1] != drawn[2]


EXCHANGES = """
import sys

def exchange(name):
    sys.modules[name] = None

def plot():
    import matplotlib.pyplot as plt
    return plt.figure().add_subplot()

def is_there(name):
    return sys.modules.get(name) is not None
"""


@pytest.mark.parametrize("name", ["matplotlib.colors", "autograder.engine.axes", "keras"])
def test_modules_that_operations_import_are_restored_after_a_call(engine_of, name):
    submission = SubmissionProxy(engine_of(EXCHANGES))
    submission.exchange(name)
    assert submission.given.drawing(submission.plot()) is not None
    assert submission.given.table_model(np.eye(2)) is not None


def test_all_modules_are_restored_after_a_cell(engine_of):
    cell = "\nfor name in list(sys.modules):\n    sys.modules[name] = None\n"
    submission = SubmissionProxy(engine_of(EXCHANGES + cell))
    assert all(submission.is_there(name) for name in ("http", "keras", "sklearn.manifold", "scipy"))


def test_a_worker_that_ended_is_started_again_for_the_next_check(engine_of):
    engine = engine_of(CODE, "import os\ndef quit():\n    os._exit(3)\n")
    submission = SubmissionProxy(engine)
    for seed in range(12):
        with pytest.raises(RuntimeError, match="exit code 3"):
            submission.quit()
        engine.seed(seed)
    assert submission.double(4) == 8


def test_no_worker_starts_after_the_submissions_time(engine_of):
    engine = engine_of(CODE, "import os\ndef quit():\n    os._exit(3)\n", times=Times(submission=3))
    submission = SubmissionProxy(engine)
    with pytest.raises(RuntimeError, match="exit code 3"):
        submission.quit()
    time.sleep(3)
    with pytest.raises(RuntimeError, match="used all its time"):
        engine.seed(1)


def test_a_call_past_its_time_ends_and_says_where(engine_of):
    engine = engine_of("def wait():\n    while True: pass\n", times=Times(call=1))
    with pytest.raises(TimeoutError) as raised:
        SubmissionProxy(engine).wait()
    assert "of wait: while True: pass" in record_of(raised.value).where


@pytest.mark.slow
def test_no_worker_outlives_its_supervisor(engine_of):
    name = f"worker-{os.getpid()}"
    engine_of(f"import ctypes\nctypes.CDLL(None).prctl(15, b'{name}', 0, 0, 0)\n")
    workers = {pid for pid, called in processes().items() if called == name}
    assert workers
    for pid in workers:
        os.kill(parent_of(pid), signal.SIGKILL)
    until = time.monotonic() + 10
    while workers & set(processes()) and time.monotonic() < until:
        time.sleep(0.05)
    assert not workers & set(processes())


def processes() -> dict[int, str]:
    """Return the names of living processes, by id."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
            if state != "Z":
                found[int(folder.name)] = (folder / "comm").read_text(encoding="utf-8").strip()
        except OSError:
            continue
    return found


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])


def test_without_namespaces_it_still_cannot_touch_what_it_sees(engine_of, tmp_path):
    for parent in [*tmp_path.parents][:-2]:
        parent.chmod(0o755)
    file = tmp_path / "file.txt"
    file.write_text("mine", encoding="utf-8")
    file.chmod(0o666)
    code = f"""
import os
def attempt(number):
    acts = [
        lambda: open({str(file)!r}, "w"),
        lambda: os.chmod({str(file)!r}, 0o600),
        lambda: os.utime({str(file)!r}, (0, 0)),
        lambda: os.kill({os.getpid()}, 0),
        lambda: os.sched_setaffinity({os.getpid()}, {{0}}),
    ]
    try:
        acts[number]()
    except OSError as error:
        return type(error).__name__
    return "done"
"""
    missing = {"namespaces", "network", "tmpfs"}
    submission = SubmissionProxy(engine_of(code, layers=frozenset(LAYERS) - missing))
    assert [submission.attempt(number) for number in range(5)] == ["PermissionError"] * 5
    assert file.read_text(encoding="utf-8") == "mine"


def test_what_a_worker_says_is_shown_in_the_reader_s_language(engine_of):
    engine = engine_of("def ask():\n    return input()\n", "open('/etc/passwd').read()")
    with speaking("fr"), pytest.raises(RuntimeError) as raised:
        SubmissionProxy(engine).ask()
    said = record_of(raised.value)
    assert said.message.startswith("input() cannot be answered")
    assert "cannot be answered" in str(said.in_words)
    attempts = tuple(engine.audit_log)
    assert any("/etc/passwd" in attempt for attempt in attempts)
    with speaking("fr"):
        assert "cannot be answered" not in str(said.in_words)
        assert not any("tried" in str(attempt) for attempt in attempts)
