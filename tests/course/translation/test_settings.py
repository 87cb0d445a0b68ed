"""A file of settings in another language: comments are translated, code stays."""

import ast
import gettext
from pathlib import Path

from autograder.course.translation.settings import comment_units, translated_comments
from autograder.nbgrading import course
from autograder.util.languages import catalogue
from tests.languages.made_up import LEFT, MadeUp

SETTINGS = (Path(course.__file__).parent / "templates" / "nbgrader_config.py").read_text("utf-8")


def test_without_translations_the_settings_stay_to_the_letter():
    assert translated_comments(SETTINGS, gettext.NullTranslations()) == SETTINGS


def test_comments_change_and_settings_do_not():
    made = translated_comments(SETTINGS, MadeUp())
    assert made.count(LEFT) == len(comment_units(SETTINGS)) > 10
    assert ast.dump(ast.parse(made)) == ast.dump(ast.parse(SETTINGS))
    off = [line for line in SETTINGS.splitlines() if line.startswith("# c.")]
    assert len(off) == 5
    assert [line for line in made.splitlines() if line.startswith("# c.")] == off
    assert max(map(len, made.splitlines())) <= 100


def test_the_settings_of_a_french_course_are_in_french():
    made = translated_comments(SETTINGS, catalogue("fr", course.DOMAIN))
    assert made.startswith("# Les réglages de ce cours")
    assert "The kit" not in made
