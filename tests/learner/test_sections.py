"""Sections of a notebook that holds several exercises: their names, and what they carry over."""

import pandas as pd
import pytest

from autograder.engine.reentrancy import working
from autograder.engine.run_cells import load
from autograder.learner import sections
from autograder.learner.carry_over import carry_over
from autograder.submissions.parse import parse
from autograder.submissions.submission import Submission
from tests.answers import exercise_text, solution_text, write

NAME = "08_ranking"


@pytest.fixture(autouse=True)
def no_sections(monkeypatch):
    monkeypatch.setattr(sections, "_namespaces", {})
    monkeypatch.setattr(sections, "_passing", {})


def begin(namespace, exercise="4"):
    line = f"from autograder import begin_exercise; begin_exercise({exercise!r})"
    exec(compile(line, "a cell", "exec"), namespace)


@pytest.fixture
def section(tmp_path, monkeypatch):
    """Return a function that begins a section in which a file's cells have run."""

    def made(text):
        file = Submission(NAME, write(tmp_path, NAME, text))
        namespace = load(parse(file)).engine.namespace
        monkeypatch.setattr(sections, "_new_namespace", lambda: namespace)
        begin({}, NAME)
        (tmp_path / f"{NAME}.py").unlink()
        return namespace

    monkeypatch.chdir(tmp_path)
    return made


def test_a_script_loses_the_names_above(monkeypatch):
    monkeypatch.setattr(sections, "_new_namespace", lambda: None)
    namespace = {"__name__": "__main__", "rmse": len}
    begin(namespace)
    assert "rmse" not in namespace
    assert (namespace["EXERCISE"], namespace["__name__"]) == ("04_dot_product", "__main__")
    assert sections.section("04_dot_product") is None


def test_a_notebook_gets_another_namespace_and_the_old_one_stays(monkeypatch):
    new = {}
    monkeypatch.setattr(sections, "_new_namespace", lambda: new)
    old = {"rmse": len}
    begin(old)
    assert old["rmse"] is len
    assert new == {"EXERCISE": "04_dot_product"}
    assert sections.section("04_dot_product") is new


def test_while_checks_are_at_work_nothing_begins(monkeypatch):
    namespace = {"rmse": len}
    with working():
        begin(namespace)
    assert namespace["rmse"] is len
    assert sections.section("04_dot_product") is None


def test_an_unknown_exercise_is_named():
    with pytest.raises(LookupError, match="no exercise 'tensors'"):
        begin({}, "tensors")


def test_a_section_carries_the_learners_functions_over(section, capsys):
    namespace = section(solution_text(NAME))
    carried = carry_over(NAME)
    assert carried.ndcg_at_k is namespace["ndcg_at_k"]
    assert "yours: " in capsys.readouterr().out


def test_functions_that_an_exercise_gives_come_along():
    frame = pd.DataFrame({"userId": [7, 9], "movieId": [5, 5], "rating": [4.0, 3.0]})
    encoded = carry_over("02_encode_split").encoded(frame, {7: 0, 9: 1}, {5: 0})
    assert encoded["user"].tolist() == [0, 1]
    assert encoded["item"].tolist() == [0, 0]


def test_a_section_that_does_not_pass_carries_the_reference_over(section, capsys):
    namespace = section(exercise_text(NAME))
    carried = carry_over(NAME)
    assert carried.ndcg_at_k is not namespace["ndcg_at_k"]
    assert "(until yours pass)" in capsys.readouterr().out


def test_a_section_that_begins_anew_is_checked_anew(section, capsys):
    section(exercise_text(NAME))
    carry_over(NAME)
    section(solution_text(NAME))
    carry_over(NAME)
    assert "reference" not in capsys.readouterr().out.splitlines()[1]
