"""From what a check raised to the parts of its message."""

import pytest

from autograder.checking.proxies import MissingFunction
from autograder.engine.exceptions import Raised, note_on_cell
from autograder.running.verdict import Subject, judge


def causes(raised: Raised) -> str:
    """Return the causes of a missing function after a cell that stopped."""
    note = note_on_cell(3, raised)
    verdict = judge(MissingFunction("rmse"), Subject("rmse", "05.rmse", "rmse()", "", (note,)))
    assert str(note) in verdict.message.got
    return " ".join(verdict.message.causes)


@pytest.mark.parametrize("kind", ["SyntaxError", "IndentationError", "TabError"])
def test_a_cell_that_is_no_python_is_asked_for_a_bracket_or_a_colon(kind):
    assert "A bracket, a colon, the indent?" in causes(Raised(kind, "SyntaxError", "invalid"))


def test_a_cell_that_misses_a_module_is_not_asked_for_a_bracket_or_a_colon():
    missing = Raised("ModuleNotFoundError", "ImportError", "No module named 'lightfm'", 2)
    assert "bracket" not in causes(missing) and "names the error" in causes(missing)
