"""A function that fails since it calls another one that fails is told so, by name."""

from pathlib import Path

from autograder.running.runner import run
from autograder.running.targets import FileTarget
from autograder.submissions.ast_tools import callees
from autograder.submissions.parse import parse
from autograder.submissions.submission import Submission
from tests.answers import solution_text

AT_FAULT = "other-function-at-fault"
WORST_FIRST = """
def top_n(scores, seen, n=10):
    allowed = [item for item in range(len(scores)) if item not in seen]
    return sorted(allowed, key=lambda item: scores[item])[:n]
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
    found = functions_of(tmp_path, "07_recommend", WORST_FIRST)
    assert found["top_n"].outcome == found["recommend"].outcome == "failed"
    assert AT_FAULT not in causes(found["top_n"])
    told = causes(found["recommend"])
    assert told
    for text in told.values():
        assert text == "recommend calls your top_n, which fails its own checks: mend top_n first."
    assert found["seen_items"].outcome == "passed"


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
    assert callees(["def a(:"]) == {}
    assert callees(["def a():\n    return b()", "def b():\n    return a()"]) == {
        "a": {"a", "b"},
        "b": {"a", "b"},
    }
