"""A hostile submission earns no undeserved point, does not escape, and ends with its grading."""

import os
import re
import tempfile
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from autograder import course
from autograder.grading.judge_pool import Grader
from autograder.reports import wording
from autograder.sandbox.isolation import LAYERS
from tests.hostile.cases import CASES, FOLDER, RULES, SECRET, hand_in, make_outside, result_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix" or not Path("/proc").is_dir(), reason="Linux only"),
]

DAEMON = "hostile-daemon"


@pytest.fixture(scope="module")
def grader():
    """Yield a grader with short limits; its `rules` name the layers of its workers."""
    with Grader(RULES) as running:
        yield running


@pytest.fixture
def graders(grader):
    """Return the grader, with workers that lack these layers."""

    def lacking(without=frozenset()):
        times = replace(RULES.times, cell=30) if without else RULES.times
        grader.rules = replace(RULES, layers=frozenset(LAYERS) - without, times=times)
        return grader

    return lacking


@pytest.fixture
def outside(tmp_path_factory):
    """Make a folder outside of the sandbox that holds a secret."""
    top = tmp_path_factory.mktemp("outside")
    for parent in (top, *top.parents):
        if parent == Path(tempfile.gettempdir()):
            break
        parent.chmod(0o755)
    return make_outside(top / "outside")


@pytest.fixture
def handed_in(tmp_path, outside):
    """Put the files of a case into a learner's folder; return the folder."""
    return lambda name: hand_in(name, tmp_path / name, outside)


def escaped(result, outside) -> list[str]:
    """Return the ways in which a submission has shown that nothing stopped its attack."""
    ways = []
    lines = chain.from_iterable(output.text.splitlines() for output in result.outputs)
    if any(line.startswith("escaped") for line in lines):
        ways.append("printed")
    secret = outside / "secret.txt"
    untouched = [path.name for path in outside.iterdir()] == [secret.name]
    if not untouched or secret.read_text(encoding="utf-8") != SECRET:
        ways.append("written")
    if DAEMON in names_of_processes():
        ways.append("running")
    return ways


def names_of_processes() -> set[str]:
    names = set()
    for path in Path("/proc").glob("[0-9]*/comm"):
        try:
            names.add(path.read_text(encoding="utf-8").strip())
        except OSError:
            continue
    return names


@pytest.mark.parametrize("name", CASES)
def test_it_earns_what_it_has_earned_and_nothing_more(name, graders, handed_in, outside):
    case = CASES[name]
    result = result_of(graders(), handed_in(name))
    assert escaped(result, outside) == []
    notes = "\n".join(result.report.notes)
    if not result.gradable:
        assert re.search(case.get("refusal", r"(?!)"), notes), notes
        return
    assert "refusal" not in case or case.get("either"), notes
    assert result.report.isolation == LAYERS, notes
    outcomes = {check.outcome for f in result.report.functions for check in f.checks}
    assert "error" not in outcomes, problems(result)
    points = {function.name: function.points for function in result.report.functions}
    if case.get("at_most"):
        assert all(points[f] <= most for f, most in case["points"].items()), (points, notes)
    else:
        assert points == case["points"], (notes, problems(result))
    for note in case.get("notes", ()):
        assert any(re.search(note, text) for text in result.report.notes), (note, notes)
    assert not (case.get("quiet") and notes), notes
    for function, message in case.get("message", {}).items():
        [of_function] = [f for f in result.report.functions if f.name == function]
        assert of_function.problem is not None
        assert of_function.problem.message is not None
        assert re.search(message, wording.text(of_function.problem.message))


def problems(result):
    return [wording.text(f.problem.message) for f in result.report.functions if f.problem]


STOPPED = [name for name, case in CASES.items() if "stopped_by" in case]


@pytest.mark.parametrize("name", STOPPED)
def test_without_the_layers_that_stop_it_the_attack_succeeds(name, graders, handed_in, outside):
    grader = graders(frozenset(CASES[name]["stopped_by"]))
    result = result_of(grader, handed_in(name))
    assert CASES[name]["escape"] in escaped(result, outside), result.outputs


def test_every_row_of_the_table_is_covered():
    table = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")}
    assert {case["row"] for case in CASES.values()} >= rows - {"a submission that", ""}


def test_the_course_has_the_functions_that_are_expected():
    for name, case in CASES.items():
        functions = set(case.get("points", ()))
        steps = [step for step in course.steps() if functions == set(step.functions)]
        assert steps or not functions, name
