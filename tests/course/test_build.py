"""The builder: exercises are solutions without their answers, byte for byte."""

import jupytext
import nbformat
import pytest

from autograder import course
from autograder.course import build
from autograder.course.documents import documents
from autograder.course.solution_cells import SolutionError
from autograder.course.solutions import solution_file
from autograder.util import paths
from tests.answers import exercise_text, solution_text

EXERCISES = [step.name for step in course.steps()]
WITH_STUBS = [step.name for step in course.steps() if not step.hunt]


HINTS = """
# %% [markdown] tags=["hint"]
# ### double
# 1. How often?
# 2. Twice.
# 3. Add it to itself.
"""


@pytest.fixture
def one_solution(tmp_path, monkeypatch):
    """Make a course of one short solution, written by the test."""
    monkeypatch.setattr(paths, "solutions", lambda: tmp_path)
    step = course.Step("09_short", "Short", "1", 1, "be short", {"double": 1})
    monkeypatch.setattr(course, "steps", lambda: (step,))
    monkeypatch.setattr(course, "step", lambda name: step)

    def write(text):
        path = tmp_path / "09_short.py"
        path.write_text(text + HINTS, encoding="utf-8")
        return solution_file("09_short")

    return write


def test_the_committed_exercises_are_up_to_date():
    assert build.differences(paths.exercises()) == ""


def test_building_twice_gives_the_same_bytes(tmp_path):
    build.build(tmp_path / "one")
    build.build(tmp_path / "two")
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
    assert len(list((tmp_path / "one").iterdir())) == len(EXERCISES)


@pytest.mark.parametrize("exercise", WITH_STUBS)
def test_an_exercise_has_stubs_in_place_of_answers(exercise):
    text = exercise_text(exercise)
    assert "SOLUTION" not in text
    for function in course.step(exercise).functions:
        assert f'raise NotImplementedError("{function}")' in text
        assert f'check("{function}")' in text


@pytest.mark.parametrize("exercise", WITH_STUBS)
def test_todo_comments_and_prose_stay_and_hints_do_not(exercise):
    kept, source = exercise_text(exercise), solution_text(exercise)
    assert kept.count("# TODO") == source.count("# TODO") >= len(course.step(exercise).functions)
    assert 'tags=["hint"]' in source
    assert 'tags=["hint"]' not in kept


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_headline_agrees_with_the_step_table(exercise):
    step = course.step(exercise)
    when = "Bonus" if step.bonus else f"Day {step.day}"
    headline = f"**{when} · {step.minutes} minutes · {step.max_points} points**"
    assert headline in solution_text(exercise).replace("–", "-")


def test_the_documents_name_the_bonus_outside_of_the_total_and_the_hours():
    texts = {path.name: text for path, text in documents().items()}
    core, bonus = texts["timetable.md"].split("Together 21 hours.")
    for step in course.steps():
        part = bonus if step.bonus else core
        assert f"**{step.name}**" in part
        assert not step.bonus or f"| {step.minutes} | **{step.name}** |" in bonus
    core_points = sum(step.max_points for step in course.steps() if step.core)
    bonus_points = sum(step.max_points for step in course.steps() if step.bonus)
    sentence = f"Together {core_points} points; the bonus exercises add up to {bonus_points}"
    assert sentence in texts["README.md"]


def test_a_stub_stands_exactly_where_the_answer_stood(one_solution):
    solution = one_solution(
        "# %%\n"
        "def double(x):\n"
        "    # TODO: twice\n"
        "    ### BEGIN SOLUTION\n"
        "    return 2 * x\n"
        "    ### END SOLUTION\n"
    )
    code = solution.exercise().cells[0].source
    assert code == 'def double(x):\n    # TODO: twice\n    raise NotImplementedError("double")'


WITH_A_BUG = (
    '# %% tags=["bug"]\n'
    "def double(x):\n"
    "    return x + x + x\n"
    "\n"
    "# %%\n"
    "def double(x):\n"
    "    ### BEGIN SOLUTION\n"
    "    return x + x\n"
    "    ### END SOLUTION\n"
)


def test_a_cell_tagged_bug_stands_where_the_answer_stood(one_solution):
    [cell] = one_solution(WITH_A_BUG).exercise().cells
    assert cell.source == "def double(x):\n    return x + x + x"
    assert "tags" not in cell.metadata


@pytest.mark.parametrize(
    "text",
    [
        WITH_A_BUG.replace("def double", "def treble", 1),
        WITH_A_BUG.replace("# %%\n", "# %% [markdown]\n# text\n\n# %%\n"),
    ],
)
def test_a_bug_whose_answer_does_not_follow_is_named(one_solution, text):
    with pytest.raises(SolutionError, match="the bug in (double|treble)") as failure:
        one_solution(text).exercise()
    assert "09_short.py" in str(failure.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("# %%\ndef double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n", "end"),
        ("# %%\ndef double(x):\n    return 2 * x\n", "double"),
        ("# %%\n### BEGIN SOLUTION\ny = 1\n### END SOLUTION\n", "outside of a function"),
    ],
)
def test_a_broken_solution_is_named(one_solution, text, told):
    with pytest.raises(SolutionError, match=told) as failure:
        one_solution(text).exercise()
    assert "09_short.py" in str(failure.value)


def test_an_edited_exercise_shows_as_a_diff(tmp_path):
    build.build(tmp_path)
    path = tmp_path / f"{EXERCISES[0]}.py"
    path.write_text(path.read_text(encoding="utf-8") + "print('edited')\n", encoding="utf-8")
    (tmp_path / f"{EXERCISES[1]}.py").unlink()
    (tmp_path / "99_extra.py").write_text("x = 1\n", encoding="utf-8")
    diff = build.differences(tmp_path)
    assert "-print('edited')" in diff
    assert f"{EXERCISES[1]}.py" in diff
    assert "-x = 1" in diff


def test_notebooks_hold_the_same_cells_and_are_valid(tmp_path):
    build.build(tmp_path, suffix=".ipynb")
    for exercise in EXERCISES:
        notebook = nbformat.read(tmp_path / f"{exercise}.ipynb", as_version=4)
        nbformat.validate(notebook)
        script = jupytext.reads(exercise_text(exercise), fmt="py:percent")
        assert [c.source for c in notebook.cells] == [c.source for c in script.cells]
        assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
