"""Stand-ins of a worker ask over its connection, and the judge replies to questions only."""

import os
import signal
import socket
import sys
import threading
import time

import numpy as np
import pytest

from autograder.engine.plain_data import Handle
from autograder.engine.stand_ins import Answerer
from autograder.sandbox import wire_format
from autograder.sandbox.limits import ANSWER_MEMORY
from autograder.sandbox.stand_ins import StandIns, reply
from autograder.sandbox.wire_format import ProtocolError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux")


def look_up(ids, table):
    return [table[each] for each in ids]


def zeros(n):
    return np.zeros(n)


def wait(seconds):
    time.sleep(seconds)


ANSWERER = Answerer({"look_up": look_up, "zeros": zeros, "wait": wait})


def test_a_question_gets_a_value_or_an_exception():
    assert reply(ANSWERER, ["look_up", ([2],), {"table": {2: "b"}}]) == ["value", ["b"]]
    raised = reply(ANSWERER, ["look_up", ([5], {}), {}])
    assert raised == ["raised", "KeyError", "KeyError", "5", 0, "", ""]


def test_an_answer_that_does_not_fit_into_a_message_is_an_exception():
    kind, name, *_fields = reply(ANSWERER, ["zeros", (wire_format.MAX_BYTES // 8 + 1,), {}])
    assert (kind, name) == ("raised", "ProtocolError")
    assert reply(ANSWERER, ["look_up", ([Handle(0, "list")], {}), {}])[:2] == [
        "raised",
        "TypeError",
    ]


def test_an_answer_has_a_limit_of_memory_of_its_own():
    """Small arguments can ask for a large answer, and the judge stays within its limit."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    n_numbers = 2 * ANSWER_MEMORY // 8
    assert reply(ANSWERER, ["zeros", (n_numbers,), {}])[:2] == ["raised", "MemoryError"]
    assert resource.getrlimit(resource.RLIMIT_DATA) == before
    assert np.zeros(n_numbers).shape == (n_numbers,)


@pytest.mark.parametrize(
    "asked",
    [
        [],
        ["look_up"],
        ["look_up", ([], {})],
        ["look_up", [[], {}], {}],
        ["look_up", ([], {}), []],
        ["look_up", ([], {}), {}, None],
        ["open", ("/etc/passwd",), {}],
        ["__class__", (), {}],
        [["look_up"], ([], {}), {}],
        [None, (), {}],
        [Handle(0, "str"), (), {}],
    ],
)
def test_anything_else_breaks_the_protocol(asked):
    before = ANSWERER.n_answers
    with pytest.raises(ProtocolError, match="it asked what is no question"):
        reply(ANSWERER, asked)
    assert ANSWERER.n_answers == before


@pytest.fixture
def namespace():
    """Yield the namespace of a worker whose judge answers."""
    ours, theirs = socket.socketpair()
    names: dict[str, object] = {}
    stand_ins = StandIns(theirs, names)
    stand_ins.mark = "0123"
    stand_ins.install(ANSWERER.names)

    def judge():
        while True:
            try:
                mark, word, *asked = wire_format.receive(ours)
            except EOFError:
                return
            assert (mark, word) == ("0123", "asks")
            wire_format.send(ours, [mark, *reply(ANSWERER, asked)])

    thread = threading.Thread(target=judge)
    thread.start()
    yield names
    theirs.close()
    thread.join()
    ours.close()


def test_a_stand_in_returns_and_raises_what_the_judge_answers(namespace):
    assert namespace["look_up"]([1], table={1: (2, {3})}) == [(2, {3})]
    assert namespace["zeros"](3).tolist() == [0, 0, 0]
    with pytest.raises(KeyError, match="7"):
        namespace["look_up"]([7], {})
    with pytest.raises(TypeError, match="cannot be passed by value"):
        namespace["look_up"]([object()], {})


def test_threads_ask_one_after_the_other(namespace):
    got = {}

    def ask(k):
        got[k] = [namespace["look_up"]([k], {k: j}) for j in range(40)]

    threads = [threading.Thread(target=ask, args=(k,)) for k in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {k: [[j] for j in range(40)] for k in range(5)}


def test_an_alarm_leaves_no_half_message_behind(namespace):
    def interrupt(_number, _frame):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(TimeoutError):
            namespace["wait"](0.4)
        assert namespace["look_up"]([1], {1: 2}) == [2]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_another_process_may_not_ask(namespace, monkeypatch):
    stand_in = namespace["look_up"]
    own = os.getpid()
    holder = stand_in.__closure__[0].cell_contents.__self__
    monkeypatch.setattr(holder, "_process", lambda: own + 1)
    with pytest.raises(RuntimeError, match="look_up answers in one process only"):
        stand_in([1], {1: 2})
