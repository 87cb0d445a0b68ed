"""`beside`: a learner's figure beside the reference's, in a script and in a notebook."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from autograder.engine.reentrancy import working
from autograder.learner import compare_figures
from autograder.learner.carry_over import reference
from autograder.learner.compare_figures import beside
from tests.answers import exercise_text, run_notebook

RATINGS = pd.DataFrame(
    {"userId": [1, 1, 2, 3], "movieId": [10, 20, 10, 10], "rating": 3.0, "timestamp": 0}
)
RIGHT = (
    "def item_counts(ratings):\n    return ratings.groupby('movieId').size().sort_values()[::-1]"
)
WRONG = "def item_counts(ratings):\n    return ratings['userId'].value_counts()"
CRASHES = "def item_counts(ratings):\n    return ratings['film'].value_counts()"
STUB = "def item_counts(ratings):\n    raise NotImplementedError('item_counts')"
NOTHING = "def item_counts(ratings):\n    return None"


@pytest.fixture
def panels(monkeypatch):
    """The panels of the figures that are shown, by the figure's name."""
    shown = {}
    monkeypatch.setattr(
        compare_figures,
        "show",
        lambda figure, name: (shown.update({name: figure.axes}), plt.close()),
    )
    return shown


def work(step):
    return step.item_counts(RATINGS)


def draw(axes, counts):
    axes.bar(range(len(counts)), counts)
    axes.set_title("counts")


def compared(code):
    """What `beside` returns to a script that defines `code`."""
    names = {"beside": beside, "work": work, "draw": draw}
    exec(f"{code}\nresult = beside('01_explore', work, draw, 'counts')", names)
    return names["result"]


def titles(panels):
    return [axes.get_title() for axes in panels["counts"]]


def told(panels):
    """The text in place of the left panel, on one line."""
    left, _right = panels["counts"]
    return " ".join(text.get_text() for text in left.texts).replace("\n", " ")


def test_right_code_agrees_however_it_is_written(panels, capsys):
    result = compared(RIGHT)
    assert result.tolist() == [3, 1]
    assert titles(panels) == ["yours: counts", "expected: counts"]
    assert "Yours and expected agree." in capsys.readouterr().out


def test_other_numbers_are_drawn_and_said_to_differ(panels, capsys):
    compared(WRONG)
    left, right = panels["counts"]
    assert [bar.get_height() for bar in left.patches] == [2, 1, 1]
    assert [bar.get_height() for bar in right.patches] == [3, 1]
    assert left.get_xlim() == right.get_xlim()
    assert left.get_ylim() == right.get_ylim()
    assert "Yours and expected differ" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (STUB, "item_counts is still to be written."),
        ("", "item_counts is still to be written."),
        (CRASHES, "Your code raised KeyError: 'film'"),
        (NOTHING, "Your code raised "),
    ],
)
def test_code_that_fails_is_said_in_place_of_its_figure(panels, capsys, code, text):
    result = compared(code)
    assert result.tolist() == [3, 1]
    assert titles(panels) == ["yours", "expected: counts"]
    assert told(panels).startswith(text[:30])
    assert text in capsys.readouterr().out


def test_it_is_not_for_checks():
    with working(), pytest.raises(RuntimeError, match="demo"):
        beside("01_explore", work, draw, "counts")


def test_an_unknown_exercise_is_named():
    with pytest.raises(LookupError, match="01_explore"):
        beside("nothing", work, draw, "counts")


def test_the_reference_is_not_the_learners_code(panels):
    handed = []
    names = {"beside": beside, "draw": draw}
    names["work"] = lambda step: (handed.append(step), step.item_counts(RATINGS))[1]
    exec(f"{WRONG}\nbeside('01_explore', work, draw, 'counts')", names)
    yours, expected = handed
    assert yours.item_counts is names["item_counts"]
    assert expected.item_counts is reference("01_explore")["item_counts"]


@pytest.mark.slow
def test_an_untouched_exercise_shows_the_expected_figure(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA", "simulated")
    cells = run_notebook(exercise_text("01_explore"), tmp_path)
    [cell] = [c for c in cells if c.cell_type == "code" and "= beside(" in c.source]
    printed = "".join(o.text for o in cell.outputs if o.output_type == "stream")
    kinds = [output.output_type for output in cell.outputs]
    assert "display_data" in kinds
    assert "error" not in kinds
    assert "item_counts is still to be written." in printed
    assert "Most rated:" in printed
