"""Repeated checks in the sandbox: the same points as here, another worker, and no open door."""

import time
from functools import partial

import pytest

from autograder.grading import judge as judge_module
from autograder.grading.judge import judge, solution
from autograder.grading.judging_time import judging_limit
from autograder.grading.rules import Rules
from autograder.reports.model import Report
from autograder.running.runner import run
from autograder.running.targets import FileTarget
from autograder.sandbox import worker_connection
from autograder.sandbox.client import Times
from tests.grading.common import linux_only
from tests.running.pairs import PAIRS, SHORTCUTS, WRONG_CALLEES, WRONG_CALLERS, all_but

pytestmark = linux_only

RULES = Rules(seed=20_261, times=Times(cell=20, call=5, check=12, submission=90))
WORST_FIRST = WRONG_CALLEES["top_n"]

FORGERY = """
import json, os, stat, struct, sys, time

def sockets():
    for descriptor in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                yield descriptor
        except OSError:
            pass

def say(message, blobs=b""):
    text = json.dumps(message).encode()
    for descriptor in sockets():
        os.write(descriptor, struct.pack(">QQ", len(text), len(blobs)) + text + blobs)

def find_mark():
    frame = sys._getframe()
    while frame is not None and "mark" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["mark"]

def asks(*parts):
    say({"list": [find_mark(), "asks", *parts]})

def is_repeated():
    return ", cell " not in top_n.__code__.co_filename

def parts_of():
    return {"tuple": [{"list": [0.5, 0.25]}, {"set": []}, 1]}, {"dict": []}
"""
RECOMMEND = """
def recommend(model, raw_user_id, user_map, item_classes, seen, movies, n=10):
    user = user_map[raw_user_id]
    items = np.arange(len(item_classes)).reshape(-1, 1)
    scores = model.predict([np.full_like(items, user), items], verbose=0).reshape(-1)
    {line}
    best = top_n(scores, seen.get(user, set()), n)
    films = np.asarray(item_classes)[best]
    titles = movies.set_index("movieId")["title"].loc[films].to_numpy()
    return pd.DataFrame({{"movieId": films, "title": titles, "score": scores[best]}})
"""


def points_of(report: Report) -> dict[str, float]:
    outcomes = {check.outcome for function in report.functions for check in function.checks}
    assert "error" not in outcomes
    return {function.name: function.points for function in report.functions}


@pytest.fixture
def judged(zygote):
    """Return a function that judges a solution with other answers in place of its own."""

    def report_on(exercise: str, *answers: str, rules: Rules = RULES) -> Report:
        return judge(solution(exercise, *answers), zygote.socket, rules).report

    return report_on


@pytest.fixture(scope="module")
def with_keras():
    """Import Keras without the limit on a cell's time, which a busy machine may exceed."""
    pytest.importorskip("keras")


@pytest.fixture
def n_workers(monkeypatch):
    """Return a list that grows by one entry with every worker."""
    forked: list[int] = []
    original = worker_connection.ask

    def counted(*arguments):
        forked.append(1)
        return original(*arguments)

    monkeypatch.setattr(worker_connection, "ask", counted)
    return forked


def case_of(pair, *answers):
    return pytest.param(pair.exercise, answers, id="-".join(pair[1:]))


@pytest.mark.parametrize(
    ("exercise", "answers"),
    [
        *(case_of(pair, WRONG_CALLEES[pair.callee]) for pair in PAIRS),
        *(
            case_of(pair, WRONG_CALLEES[pair.callee], other[pair.caller])
            for pair in PAIRS
            for other in (WRONG_CALLERS, SHORTCUTS)
        ),
    ],
)
@pytest.mark.usefixtures("with_keras")
def test_both_engines_give_the_same_verdicts(exercise, answers, judged):
    def verdicts_of(report):
        return [
            (check.id, check.outcome, check.points, check.answered_by_course)
            for function in report.functions
            for check in function.checks
        ]

    sandboxed = judged(exercise, *answers)
    [here] = run(FileTarget({exercise: solution(exercise, *answers)}), RULES.seed)
    assert verdicts_of(sandboxed) == verdicts_of(here)


def test_a_repeat_costs_one_worker_and_nothing_else_does(judged, n_workers):
    judged("07_recommend")
    assert len(n_workers) == 1
    judged("07_recommend", WRONG_CALLERS["recommend"])
    assert len(n_workers) == 2
    report = judged("07_recommend", WORST_FIRST)
    assert len(n_workers) == 4
    assert points_of(report) == all_but("07_recommend", "top_n")


def test_a_function_that_hangs_or_ends_its_process_costs_its_own_points_only(judged):
    for line in ("while True: pass", "import os; os._exit(1)"):
        report = judged("07_recommend", f"def top_n(scores, seen, n=10):\n    {line}")
        assert points_of(report) == all_but("07_recommend", "top_n")


def test_several_threads_may_ask_and_another_process_may_not(judged):
    line = """
    from {module} import {pool}
    with {pool}(3) as pool:
        lists = list(pool.map(best_of, [(scores, seen.get(user, set()), n)] * 9))
    assert all(np.array_equal(lists[0], other) for other in lists)
"""
    helper = "def best_of(arguments):\n    return top_n(*arguments)"
    threads = line.format(module="multiprocessing.pool", pool="ThreadPool")
    report = judged("07_recommend", helper, WORST_FIRST, RECOMMEND.format(line=threads))
    assert points_of(report)["recommend"] == all_but("07_recommend")["recommend"]
    processes = line.format(module="multiprocessing", pool="Pool")
    report = judged("07_recommend", helper, WORST_FIRST, RECOMMEND.format(line=processes))
    assert points_of(report)["recommend"] == 0


FORGED = {
    "another function": 'asks("seen_items", *parts_of())',
    "the function itself": 'asks("recommend", *parts_of())',
    "no function": "asks(17, *parts_of())",
    "no name": "asks(None, *parts_of())",
    "a list of names": 'asks({"list": ["top_n"]}, *parts_of())',
    "no arguments": 'asks("top_n")',
    "arguments in a list": 'asks("top_n", {"list": []}, {"dict": []})',
    "keywords in a list": 'asks("top_n", {"tuple": []}, {"list": []})',
    "arguments too many": 'asks("top_n", *parts_of(), 1)',
    "unknown nodes": 'asks("top_n", {"tuple": [{"eval": "1 + 1"}]}, {"dict": []})',
    "deep nodes": 'asks("top_n", {"tuple": [json.loads(\'{"list": [\' * 99 + "]}" * 99)]}, 1)',
    "an array without bytes": (
        'asks("top_n", {"tuple": [{"array": ["<f8", [9]]}, {"set": []}]}, {"dict": []})'
    ),
    "another mark": 'say({"list": ["0" * 16, "asks", "top_n", *parts_of()]})',
    "half a message": "os.write(next(sockets()), b'half'); time.sleep(60)",
    "a huge message": "os.write(next(sockets()), struct.pack('>QQ', 2**40, 2**40))",
    "the end": "os._exit(0)",
}


@pytest.mark.parametrize("line", FORGED.values(), ids=FORGED)
def test_a_repeat_that_breaks_the_protocol_changes_nothing(line, judged):
    line = f"if is_repeated(): {line}"
    report = judged("07_recommend", FORGERY, WORST_FIRST, RECOMMEND.format(line=line))
    assert points_of(report) == all_but("07_recommend", "top_n", "recommend")


REFUSED = {
    "handles": 'asks("top_n", {"tuple": [{"handle": [0, "list"]}]}, {"dict": []})',
    "keys that are no names": 'asks("top_n", {"tuple": []}, {"dict": [[1, 2]]})',
    "too few arguments": "top_n()",
    "another type": "top_n('abc', {}, {})",
    "code": "top_n(lambda: 1, open)",
    "a huge argument": "top_n(np.zeros(9_000_000), set())",
    "many questions": "[top_n([1.0], set(), 1) for _k in range(10_001)]",
}


@pytest.mark.parametrize("line", REFUSED.values(), ids=REFUSED)
def test_the_judge_refuses_what_is_no_plain_question(line, judged):
    line = f"if is_repeated(): {line}"
    report = judged("07_recommend", FORGERY, WORST_FIRST, RECOMMEND.format(line=line))
    assert points_of(report) == all_but("07_recommend", "top_n", "recommend")


@pytest.mark.parametrize("name", ["top_n", "recommend"])
def test_a_worker_that_asks_in_the_first_run_is_stopped(name, judged, n_workers):
    code = {
        "top_n": 'def top_n(scores, seen, n=10):\n    asks("top_n", *parts_of())',
        "recommend": RECOMMEND.format(line='asks("top_n", *parts_of())'),
    }
    report = judged("07_recommend", FORGERY, code[name])
    assert points_of(report) == all_but("07_recommend", name)


def test_an_attempt_during_a_repeat_is_logged(judged):
    line = "if is_repeated(): open('/etc/shadow')"
    report = judged("07_recommend", FORGERY, WORST_FIRST, RECOMMEND.format(line=line))
    assert any("/etc/shadow" in note for note in report.notes)
    assert not judged("07_recommend", FORGERY, RECOMMEND.format(line=line)).notes


def test_no_worker_has_the_code_of_an_answer(judged):
    line = """
    import gc, types
    known = [f for f in gc.get_objects() if type(f) is types.FunctionType]
    known = [f.__code__ for f in known if f.__name__ in ("top_n", "answer")]
    assert len(known) == len([c for c in known if "stand_ins" in c.co_filename])
    assert not [c for c in known if "argsort" in c.co_names]
"""
    report = judged("07_recommend", "del top_n", RECOMMEND.format(line=line))
    assert points_of(report)["recommend"] == all_but("07_recommend")["recommend"]


def test_the_judges_own_work_on_an_answer_is_limited(judged, monkeypatch):
    monkeypatch.setattr(judge_module, "judging_limit", partial(judging_limit, 0.5))
    line = "if is_repeated(): top_n(list(range(3_000_000)), list(range(3_000_000)))"
    report = judged("07_recommend", FORGERY, WORST_FIRST, RECOMMEND.format(line=line))
    assert points_of(report) == all_but("07_recommend", "top_n", "recommend")


def test_a_repeat_has_the_rest_of_the_submissions_time(judged, n_workers):
    code = "def top_n(scores, seen, n=10):\n    while True: pass"
    rules = Rules(seed=1, times=Times(cell=20, call=5, check=12, submission=5))
    start = time.monotonic()
    report = judged("07_recommend", code, rules=rules)
    assert points_of(report)["recommend"] == 0
    assert time.monotonic() - start < 30
