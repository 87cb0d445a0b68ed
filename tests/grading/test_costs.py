"""A right answer costs no more than it did, in numbers that are the same on every machine.

A test fails where an exercise needs more than it did. If the reason is good, write the new number
down; `python benchmarks/submissions.py` shows what it costs in seconds.
"""

import sys
from collections import Counter
from pathlib import Path

import pytest

from autograder import course
from autograder.grading import judge as judging
from autograder.grading.rules import Rules
from autograder.sandbox import worker_connection
from autograder.submissions.parse import parse
from autograder.submissions.safe_read import read_content
from autograder.submissions.submission import Submission
from autograder.util import paths

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux"),
]

# The questions that a judge asks a worker about a right answer, the cells included.
QUESTIONS = {
    "01_explore": 89,
    "02_encode_split": 229,
    "03_embeddings": 206,
    "04_dot_product": 301,
    "05_training": 166,
    "06_biases": 751,
    "07_recommend": 182,
    "08_ranking": 277,
    "09_tsne": 391,
    "10_genres": 256,
    "11_implicit_feedback": 445,
    "12_temporal": 425,
    "13_confidence": 159,
    "14_als": 131,
    "15_bug_hunt": 1149,
}


@pytest.fixture
def counted(monkeypatch) -> Counter:
    """Count the workers that start and the questions that judges ask."""
    counts: Counter = Counter()

    class Connection(worker_connection.WorkerConnection):
        def __init__(self, *arguments, **keywords):
            counts["workers"] += 1
            super().__init__(*arguments, **keywords)

        def ask(self, *arguments, **keywords):
            counts["questions"] += 1
            return super().ask(*arguments, **keywords)

    monkeypatch.setattr("autograder.sandbox.client.WorkerConnection", Connection)
    return counts


@pytest.mark.parametrize("exercise", QUESTIONS)
def test_a_right_answer_needs_one_worker_and_few_questions(exercise, counted, zygote):
    result = judged(paths.solutions() / f"{exercise}.py", zygote)
    assert result.report.points == result.report.max_points
    assert counted["workers"] == 1
    assert counted["questions"] <= QUESTIONS[exercise]


def test_every_exercise_is_guarded():
    assert list(QUESTIONS) == [step.name for step in course.steps()]


def judged(path: Path, zygote):
    submission = Submission(path.stem, path, "learner")
    return judging.judge(parse(submission, read_content(path)), zygote.socket, Rules(1))
