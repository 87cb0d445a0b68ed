"""A function that fails since it calls another one that fails is told so, by name."""

from pathlib import Path

from autograder.running.runner import run
from autograder.running.targets import FileTarget
from autograder.submissions.ast_tools import callees
from autograder.submissions.parse import parse
from autograder.submissions.submission import Submission
from tests.answers import solution_text

AT_FAULT = "other-function-at-fault"
HALF = """
def precision_at_k(recommended, relevant, k):
    return len(set(recommended[:k]) & set(relevant)) / k / 2
"""
# The course answers for no function of this pair: a share of k makes most of a share of all.
RECALL_BY_PRECISION = """
def recall_at_k(recommended, relevant, k):
    return precision_at_k(recommended, relevant, k) * k / len(relevant)
"""


def functions_of(tmp_path: Path, exercise: str, *answers: str):
    path = tmp_path / f"{exercise}.py"
    text = solution_text(exercise) + "".join(f"\n# %%\n{answer}\n" for answer in answers)
    path.write_text(text, encoding="utf-8")
    parsed = parse(Submission(exercise, path))
    [report] = run(FileTarget({exercise: parsed}))
    return {function.name: function for function in report.functions}


def causes(function):
    return {
        check.misconception: check.message.causes[0]
        for check in function.checks
        if check.outcome == "failed"
    }


def test_a_function_that_calls_a_wrong_one_names_it(tmp_path):
    found = functions_of(tmp_path, "08_ranking", HALF, RECALL_BY_PRECISION)
    assert found["precision_at_k"].outcome == found["recall_at_k"].outcome == "failed"
    told = causes(found["recall_at_k"])
    assert told
    for text in told.values():
        assert text == (
            "recall_at_k calls your precision_at_k, which fails its own checks: "
            "mend precision_at_k first."
        )
    assert found["ndcg_at_k"].outcome == "passed"


def test_a_function_that_is_wrong_by_itself_is_not_excused(tmp_path):
    answer = "def recommend(model, user, n_items, seen, n=10):\n    return {}"
    found = functions_of(tmp_path, "07_recommend", answer)
    assert found["top_n"].outcome == "passed"
    assert found["recommend"].outcome != "passed"
    assert AT_FAULT not in causes(found["recommend"])


def test_callees_are_found_through_helpers_and_arguments():
    cells = [
        "def a():\n    return b()",
        "def b():\n    return list(map(c, []))",
        "def c():\n    return 1",
        "def a():\n    return b() + d.e()",
    ]
    assert callees(cells) == {
        "a": {"b", "c", "list", "map"},
        "b": {"c", "list", "map"},
        "c": frozenset(),
    }
    assert callees(["def a():\n    for f in (b, c):\n        f(d[0])"]) == {"a": {"b", "c"}}
    assert callees(["def a(b):\n    c = 1\n    def d(): pass\n    return b, c, d"]) == {
        "a": frozenset()
    }
    assert callees(["def a(:"]) == {}
    assert callees(["def a():\n    return b()", "def b():\n    return a()"]) == {
        "a": {"a", "b"},
        "b": {"a", "b"},
    }
