"""Every solution runs as a script and as a notebook, and shows what its prose claims."""

import pytest

from autograder import course
from autograder.util import paths
from tests.answers import panel_of, run_notebook, solution_text
from tests.conftest import MOVIELENS

EXERCISES = [step.name for step in course.steps()]
NOTEBOOK_DATA = "ml-latest-small" if MOVIELENS else "simulated"

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("exercise", EXERCISES)]


RUN_AND_COMPARE = """
import runpy, sys
from pathlib import Path
from autograder.course import claims
names = runpy.run_path(sys.argv[1], run_name="__main__")
for fault in claims.broken(Path(sys.argv[1]).stem, "simulated", names):
    print("BROKEN:", fault)
"""
COMPARE = """

# %% tags=["claims"]
from autograder.course import claims as claims_of_prose
claims_of_prose.broken({exercise!r}, {data_set!r}, globals())
"""


def test_a_solution_runs_as_a_script_and_saves_its_figures(run_python, tmp_path, exercise):
    folder = tmp_path / "work"
    folder.mkdir()
    script = paths.solutions() / f"{exercise}.py"
    result = run_python("-c", RUN_AND_COMPARE, script, folder=folder, COURSE_DATA="simulated")
    assert result.returncode == 0, result.stderr[-2000:]
    assert [line for line in result.stdout.splitlines() if line.startswith("BROKEN:")] == []
    for function in course.step(exercise).functions:
        assert f"✓ {function}: passed" in result.stdout
    figures = [
        folder / line.removeprefix("Figure: ")
        for line in result.stdout.splitlines()
        if line.startswith("Figure: ")
    ]
    assert len(figures) >= solution_text(exercise).count("\nshow(") > 0
    assert all(figure.stat().st_size > 5_000 for figure in figures)


def test_a_solution_runs_as_a_notebook(monkeypatch, exercise):
    monkeypatch.setenv("COURSE_DATA", NOTEBOOK_DATA)
    monkeypatch.delenv("MPLBACKEND", raising=False)
    compare = COMPARE.format(exercise=exercise, data_set=NOTEBOOK_DATA)
    cells = run_notebook(solution_text(exercise) + compare, paths.solutions())
    outputs = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error"] == []
    red = [output.text for output in outputs if output.get("name") == "stderr"]
    assert red == []
    [broken] = [output.data["text/plain"] for output in cells[-1].outputs]
    assert broken == "[]"
    for function, points in course.step(exercise).points.items():
        assert float(panel_of(cells, function)[0]) == points
