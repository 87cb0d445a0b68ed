"""Feedback pages: what they show, and what they hide."""

import ast
import re
import sys

import pytest

from autograder import course
from autograder.util import paths
from tests import classes
from tests.classes import LEARNERS, RANKING, released
from tests.nbgrading.commands import NAME, STEPS, lines_of

pytest.importorskip("nbgrader")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="grading in the sandbox needs Linux"),
]


def test_feedback_shows_verdicts_messages_and_hints(graded):
    page = graded.page("mistaken", RANKING)
    panels = {panel.get_text(" ", strip=True) for panel in page.select("[role=status]")}
    [wrong] = [panel for panel in panels if "failed" in panel]
    assert "evaluate_ranking" in wrong
    assert "Must hold" in wrong
    assert "Hint 1" in wrong
    n_functions = len(course.step(RANKING).functions)
    assert len(panels) == n_functions
    assert len([panel for panel in panels if "passed, " in panel]) == n_functions - 1


def test_feedback_holds_no_source_of_a_check(graded):
    secrets = {line for step in STEPS for line in distinctive_lines(step.name)}
    assert len(secrets) > 100
    for learner in LEARNERS:
        for path in (graded.folder / "feedback" / learner / NAME).glob("*.html"):
            shown = squeezed(graded.page(learner, path.stem).get_text())
            assert not [line for line in secrets if line in shown], path


def test_feedback_holds_no_answer_that_the_learner_has_not_written(graded):
    answers = released(graded.folder, NAME).answers
    for learner in ("untouched", "truncated", "beginner"):
        shown = squeezed(graded.page(learner, RANKING).get_text())
        hidden = set(STEPS[1].functions) - ({"recall_at_k"} if learner == "beginner" else set())
        for function in hidden:
            lines = {squeezed(line) for line in lines_of(answers[function]) if len(line) > 15}
            assert lines
            assert not [line for line in lines if line in shown], (learner, function)


def distinctive_lines(exercise):
    """The longer lines of an exercise's checks that are code: messages may well be shown."""
    source = (paths.CHECKS / f"test_{exercise}.py").read_text(encoding="utf-8")
    texts = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Expr, ast.Import, ast.ImportFrom)) or is_string(node):
            texts.update(range(node.lineno, node.end_lineno + 1))
    lines = enumerate(source.split("\n"), start=1)
    return {squeezed(line) for n, line in lines if n not in texts and len(line.strip()) > 25}


def is_string(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def squeezed(text):
    return re.sub(r"\s+", "", text)


def test_feedback_needs_no_network(graded):
    loading = ("src", "srcset", "data", "poster", "background", "action")
    for learner in LEARNERS:
        for path in (graded.folder / "feedback" / learner / NAME).glob("*.html"):
            page = graded.page(learner, path.stem)
            assert not page.find_all(["script", "iframe", "object", "embed"])
            assert not [link for link in page.find_all("link") if "//" in link.get("href", "")]
            for tag in page.find_all(True):
                addresses = [tag[name] for name in loading if name in tag.attrs]
                assert all(address.startswith("data:") for address in addresses), tag
                assert not re.search(r"url\(\s*['\"]?(https?:)?//", tag.get("style", ""))
            for style in page.find_all("style"):
                assert not re.search(r"(url\(|@import)\s*['\"]?(https?:)?//", style.get_text())


def test_feedback_shows_formulas_and_figures(graded):
    page = graded.page("right", RANKING)
    assert len(page.find_all("math")) >= 4
    assert "\\log" not in page.get_text()
    figures = [image["src"] for image in page.find_all("img")]
    assert [source.partition(",")[0] for source in figures] == ["data:image/png;base64"]
    assert "drawn by myself" in page.get_text()


def test_a_script_in_a_text_cell_is_text(graded):
    [text] = [
        cell.source
        for cell in graded.autograded("right", RANKING).cells
        if cell.source.startswith("My notes")
    ]
    assert "<script" not in text
    assert "<img" not in text
    assert "document.title" in graded.page("right", RANKING).get_text()


def test_a_text_cell_without_html_stays_as_it_is(graded):
    sources = [cell.source for cell in graded.autograded("right", RANKING).cells]
    assert classes.PLAIN_TEXT in sources
