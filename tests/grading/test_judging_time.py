"""The limit on what a judge computes over one answer: the other functions keep their points."""

import threading
import time
from functools import partial

import pytest

from autograder.checking.failure import AnswerTooLarge
from autograder.grading import judge as judging
from autograder.grading.judge import judge, solution
from autograder.grading.judging_time import judging_limit
from autograder.grading.rules import Rules

STEP = "08_ranking"
HUGE = {
    "list": "list(range(1_000_000))",
    "dict": "{k: k for k in range(400_000)}",
    "nested lists": "[[k] for k in range(300_000)]",
    "text": "'x' * 50_000_000",
    "object array": "np.array([*range(1_000_000), None], dtype=object)",
    "long array": "np.arange(60_000_000, dtype='int8')",
    "wide frame": "__import__('pandas').DataFrame(np.zeros((1, 5_000)))",
}


def compute(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_computing_too_long_ends():
    with pytest.raises(AnswerTooLarge, match="more than"), judging_limit(0.05):
        compute(20)


def test_the_limit_comes_again_where_code_catches_it(monkeypatch):
    monkeypatch.setattr("autograder.grading.judging_time.REPEAT_SECONDS", 0.05)
    caught = 0
    with pytest.raises(AnswerTooLarge), judging_limit(0.05):
        while True:
            try:
                compute(20)
            except AnswerTooLarge:
                caught += 1
                if caught > 1:
                    raise


def test_waiting_costs_nothing():
    with judging_limit(0.2):
        time.sleep(0.5)


def test_nothing_comes_later():
    with judging_limit(0.2):
        pass
    compute(0.5)


def test_another_thread_has_no_limit():
    done = []

    def act():
        with judging_limit(0.05):
            compute(0.2)
        done.append(True)

    thread = threading.Thread(target=act)
    thread.start()
    thread.join()
    assert done


@pytest.fixture
def outcomes(zygote):
    """Return the reports on the functions of an exercise in which one gives back an answer."""

    def judged(function, answer):
        code = f"import numpy as np\nHUGE = {answer}\ndef {function}(*a, **k):\n    return HUGE"
        result = judge(solution(STEP, code), zygote.socket, Rules(seed=1))
        return {report.name: report for report in result.report.functions}

    return judged


@pytest.mark.process
@pytest.mark.parametrize("answer", HUGE.values(), ids=HUGE)
@pytest.mark.parametrize("function", ["popularity_recommendations", "evaluate_ranking"])
def test_a_huge_answer_costs_its_function_alone(outcomes, function, answer):
    reports = outcomes(function, answer)
    assert reports.pop(function).points == 0
    assert all(report.points == report.max_points for report in reports.values())


@pytest.mark.process
def test_an_answer_beyond_the_limit_costs_its_function_alone(outcomes, monkeypatch):
    """The function's checks share one time, since none follows the first that is too long."""
    monkeypatch.setattr(judging, "judging_limit", partial(judging_limit, 1))
    monkeypatch.setattr(
        "autograder.checking.value_causes.of_kind", lambda value, wanted: compute(30)
    )
    start = time.process_time()
    reports = outcomes("popularity_recommendations", "[1]")
    assert time.process_time() - start < 15
    failed = reports.pop("popularity_recommendations")
    assert {check.misconception for check in failed.checks} == {"answer-too-large"}
    assert all(report.points == report.max_points for report in reports.values())
