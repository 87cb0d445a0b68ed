"""Every message of the project belongs to a catalogue, and to one only."""

import ast
import re
from collections import Counter

import pytest

from autograder import course
from autograder.checking import exception_causes
from autograder.course import misconceptions
from autograder.course.translation import sources
from autograder.reports import wording
from autograder.util import paths


@pytest.fixture(scope="module")
def messages():
    return sources.messages()


@pytest.fixture(scope="module")
def spoken(messages):
    """The texts of the catalogues that verdicts, pages and commands use."""
    names = [n for n in messages if n == sources.MESSAGES or n.endswith(sources.VERDICTS)]
    return Counter(text for name in names for text in {m.text for m in messages[name]})


def marked(folder):
    """Return the constants that code marks for translation, each with its place."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"_", "ngettext"}:
                given = [a.value for a in node.args if isinstance(a, ast.Constant)]
                if given and node.func.id == "_":
                    yield path, given[0]
                elif given:
                    yield path, tuple(given[:2])


def test_every_marked_text_of_the_package_is_in_exactly_one_catalogue(spoken):
    for path, text in marked(paths.PACKAGE):
        assert spoken[text] == 1, (path.name, text)


def test_every_marked_text_of_a_template_is_in_a_catalogue(spoken):
    for path in paths.PACKAGE.rglob("*.html.j2"):
        for text in re.findall(r"""\b_\((["'])(.+?)\1\)""", path.read_text(encoding="utf-8")):
            assert spoken[text[1]] == 1, (path.name, text)


def test_the_package_of_the_ratings_has_a_catalogue_of_its_own(messages):
    found = {message.text for message in messages[sources.DATA]}
    texts = {text for _path, text in marked(paths.PACKAGE.parent / "data" / "recommender_data")}
    assert texts
    assert texts <= found


def test_known_mistakes_checks_and_causes_of_exceptions_are_in_a_catalogue(spoken):
    for mistake in misconceptions.catalogue().values():
        assert spoken[mistake.cause] == spoken[mistake.question] == 1, mistake.name
    for entry in exception_causes.entries():
        assert spoken[entry.text] == 1, entry.name
    for step in course.steps():
        assert spoken[step.title] == spoken[step.objective] == 1, step.name
    assert spoken["Whatever the weights are, the score of (u, i) is exactly q_i · p_u."] == 1


def test_the_words_for_outcomes_are_in_a_catalogue(spoken):
    for outcome in wording.SIGNS:
        assert spoken[wording.outcome_word(outcome)] == 1


def test_each_exercise_and_the_pages_have_catalogues(messages):
    assert {step.name for step in course.steps()} <= set(messages)
    assert {sources.MESSAGES, sources.DATA, sources.PAGES} <= set(messages)
    files = {message.file for message in messages[sources.PAGES]}
    assert "autograder/nbgrading/templates/README.md" in files
    assert "autograder/course/pages/en/memo.py" in files
