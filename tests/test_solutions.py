"""Every solution runs as a plain script and as a notebook, on every set of ratings at hand."""

import pytest

from autograder import course, paths
from tests.answers import panel_of, run_notebook, solution_text

EXERCISES = [step.name for step in course.steps()]


@pytest.mark.slow
@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_solution_runs_as_a_script_and_saves_its_figures(
    run_python, tmp_path, dataset, exercise
):
    script = paths.solutions() / f"{exercise}.py"
    folder = tmp_path / "work"
    folder.mkdir()
    result = run_python(
        "runpy", script, folder=folder, COURSE_DATA=dataset, MPLBACKEND="agg"
    )
    assert result.returncode == 0, result.stderr[-2000:]
    for function in course.step(exercise).functions:
        assert f"✓ {function}: passed" in result.stdout
    for line in result.stdout.splitlines():
        if line.startswith("Figure: "):
            assert (folder / line.removeprefix("Figure: ")).stat().st_size > 5_000


@pytest.mark.slow
@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_solution_runs_as_a_notebook(tmp_path, monkeypatch, dataset, exercise):
    monkeypatch.setenv("COURSE_DATA", dataset)
    monkeypatch.delenv("MPLBACKEND", raising=False)
    cells = run_notebook(solution_text(exercise), paths.solutions(), tags=())
    errors = [o for c in cells if c.cell_type == "code" for o in c.outputs if o.output_type == "error"]
    assert errors == []
    for function, points in course.step(exercise).points.items():
        assert float(panel_of(cells, function)[0]) == points
