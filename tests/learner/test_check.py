"""Self-check inside a notebook and a script: `check`, `hint` and `carry_over`."""

import re

import numpy as np
import pytest

from autograder import course
from autograder.course.solutions import HINT_LEVELS, hints_of
from autograder.learner.check import check, hint
from autograder.reports.model import OUTCOMES
from autograder.reports.notebook import COLOURS
from tests.answers import filled_in, panel_of, run_notebook, without_demonstrations, write

STEP = "04_dot_product"
SIGNATURE = "def score_matrix(user_factors, item_factors):\n"
RIGHT = SIGNATURE + "    return user_factors @ item_factors.T\n"
WRONG = SIGNATURE + "    return item_factors @ user_factors.T\n"
FUNCTIONS = [course.address(s.name, name) for s in course.steps() for name in s.functions]
# The pages of JupyterLab's themes: where outputs are drawn, in the light and in the dark one.
PAGES = {"light": "#ffffff", "dark": "#111111"}


@pytest.mark.slow
def test_a_check_cell_shows_a_panel_and_a_number(tmp_path):
    shown = {}
    for name, code in ("right", RIGHT), ("wrong", WRONG):
        text = without_demonstrations(filled_in("score_matrix", code))
        cells = run_notebook(text, tmp_path)
        shown[name] = panel_of(cells, "score_matrix")
        shown["stub"] = panel_of(cells, "build_mf")
    assert float(shown["right"][0]) == 2
    assert float(shown["wrong"][0]) == 0
    assert float(shown["stub"][0]) == 0
    assert "passed" in shown["right"][1]
    assert "Must hold" in shown["wrong"][1]
    assert "todo" in shown["stub"][1]
    assert "Must hold" not in shown["stub"][1]


def script_check(function, code):
    """`check(function)` as a script that defines `code` calls it."""
    namespace = {"check": check, "__name__": "__main__"}
    exec(f"{code}\npanel = check({function!r})", namespace)
    return namespace["panel"]


def test_in_a_script_the_verdict_is_printed(capsys):
    panel = script_check("score_matrix", WRONG)
    text = capsys.readouterr().out
    assert text.startswith("✗ score_matrix: failed, 0 of 2 points")
    assert "Called: score_matrix(" in text
    assert float(repr(panel)) == 0
    assert float(repr(script_check("score_matrix", RIGHT))) == 2


def test_partial_points_are_a_plain_number():
    code = "def predict_pairs(model, users, items):\n    return model.predict([users, items])\n"
    points = repr(script_check("predict_pairs", code))
    assert 0 <= float(points) < 2


def test_the_panel_escapes_what_a_learner_wrote():
    code = SIGNATURE + "    raise ValueError('<script>alert(1)</script>')\n"
    html = script_check("score_matrix", code)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def luminance(colour):
    """The relative luminance of a colour such as #0072B2 (WCAG 2)."""
    parts = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    """The contrast of two colours, from 1 to 21 (WCAG 2)."""
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_sign_is_readable_and_stands_out_from_any_theme(outcome):
    colour = COLOURS[outcome]
    assert contrast("#ffffff", colour) >= 4.5
    assert all(contrast(page, colour) >= 3 for page in PAGES.values())


def test_a_screen_reader_is_told_the_outcome(capsys):
    for code, outcome in (RIGHT, "passed"), (WRONG, "failed"):
        html = script_check("score_matrix", code)._repr_html_()
        assert html.startswith('<div role="status"')
        assert f'role="img" aria-label="{outcome}"' in html


def test_texts_of_a_panel_have_the_colour_of_the_theme():
    html = script_check("score_matrix", WRONG)._repr_html_() + hint("build_mf")._repr_html_()
    colours = set(re.findall(r"[\"; ]color:([^;\"]+)", html))
    assert colours == {"var(--jp-content-font-color1,inherit)", "#fff"}
    assert "opacity" not in html


def test_hints_open_below_the_message_one_inside_the_other():
    html = script_check("score_matrix", WRONG)._repr_html_()
    assert "autograder hint" not in html
    places = [html.index(f"Hint {n}</summary>") for n in (1, 2, 3)]
    assert places == sorted(places)
    assert html.count("<details") == 3
    assert "</details></details></details>" in html


def test_an_unknown_function_is_named_with_the_known_ones():
    with pytest.raises(LookupError, match="build_mf"):
        check("bild_mf")
    with pytest.raises(LookupError, match="build_mf"):
        hint("bild_mf")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_has_three_hints(function):
    levels = hints_of(function)
    assert len(levels) == HINT_LEVELS
    assert all(len(hint.split()) >= 4 for hint in levels)
    assert len(set(levels)) == HINT_LEVELS


def test_hints_open_rung_by_rung(capsys):
    for level in (1, 2, 3):
        hint("build_mf", level)
        text = capsys.readouterr().out
        assert [f"\n{n}. " in text for n in (1, 2, 3)] == [n <= level for n in (1, 2, 3)]


CARRYING = """
from autograder import carry_over
step = carry_over("04_dot_product")
print(step.score_matrix.__globals__["__name__"], step.build_mf.__globals__["__name__"])
"""


def carried(run_python, folder):
    (folder / "07_later.py").write_text(CARRYING, encoding="utf-8")
    result = run_python("07_later.py", folder=folder)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_carry_over_takes_own_functions_that_pass_and_says_so(run_python, tmp_path):
    write(tmp_path, STEP, filled_in("score_matrix", RIGHT))
    text = carried(run_python, tmp_path)
    assert "yours: score_matrix" in text
    assert "reference: build_mf, predict_pairs" in text


def test_carry_over_replaces_what_fails_and_what_is_missing(run_python, tmp_path):
    text = carried(run_python, tmp_path)
    assert "reference: build_mf, predict_pairs, score_matrix (no file of yours was found)" in text
    write(tmp_path, STEP, filled_in("score_matrix", WRONG))
    text = carried(run_python, tmp_path)
    assert "reference: build_mf, predict_pairs, score_matrix (until yours pass)" in text
    assert "yours:" not in text


def test_carry_over_notices_an_edit(run_python, tmp_path):
    write(tmp_path, STEP, filled_in("score_matrix", WRONG))
    assert "yours:" not in carried(run_python, tmp_path)
    write(tmp_path, STEP, filled_in("score_matrix", RIGHT))
    assert "yours: score_matrix" in carried(run_python, tmp_path)


def test_carry_over_gives_no_points(tmp_path):
    from tests.running.test_self_check import report_on

    code = 'from autograder import carry_over\nscore_matrix = carry_over("4").score_matrix\n'
    report = report_on(write(tmp_path, STEP, filled_in("score_matrix", code)))
    assert report.points == 0
    assert any("carry_over" in note for note in report.notes)
