"""Answers by somebody who had not read the checks: wrong ones lose points, right ones none."""

import pytest

from autograder import course
from autograder.running.known_answers import message_of
from tests.bank import strangers, verdict_in_sandbox

SEED = 1
ENTRIES = [
    pytest.param(name, id=f"{step.name}-{name}")
    for step in course.steps()
    for name in strangers(step.name)
]


@pytest.mark.parametrize("name", ENTRIES)
def test_a_strangers_answer_gets_what_it_deserves(name, zygote, seeds):
    answer = strangers()[name]
    for seed in seeds or [SEED]:
        report = verdict_in_sandbox(answer.function, answer.code, zygote, seed)
        outcomes = {check.outcome for check in report.checks}
        assert outcomes <= {"passed", "failed"}, message_of(report.problem)
        if answer.right:
            assert report.problem is None, message_of(report.problem)
        else:
            assert report.points < report.max_points, answer.kind


def test_every_answer_belongs_to_the_exercise_of_its_file():
    for step in course.steps():
        functions = {answer.function for answer in strangers(step.name).values()}
        assert functions <= set(step.functions)


def test_names_are_unique():
    assert len(strangers()) == len(ENTRIES)
