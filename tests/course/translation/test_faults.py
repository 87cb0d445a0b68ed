"""Faults of a translation: parts that it lost, and its typography."""

import pytest
from babel.messages.catalog import Message as Entry

from autograder.course.translation.faults import faults

N = "\u00a0"


def faults_of(original, text, kind="paragraph", language="fr", same=()):
    return faults(Entry(original, text, auto_comments=[kind]), language, same)


@pytest.mark.parametrize(
    ("original", "text"),
    [
        ("Call `top_n` on $x_i$.", "Appelez `top_n` sur $x_i$."),
        ("the [guide](https://keras.io)", "le [guide](https://keras.io)"),
        ("{n} rows in {file}", "{file} a {n} lignes"),
        ("from 0.5 to 70,000 stars", f"de 0,5 à 70{N}000 étoiles"),
        ("What is it? See: here", f"Qu'est-ce{N}? Voir{N}: ici"),
        ('it says "yes"', f"il dit «{N}oui{N}»"),
        ("under 25 %", f"moins de 25{N}%"),
        ("the 2nd axis", "le 2e axe"),
        ("$$p = \\frac{\\text{hits}}{k}$$", "$$p = \\frac{\\text{succès}}{k}$$"),
        ("Python 3.11 is needed", "il faut Python 3.11"),
        ("lr = 0.02, started near {x:.1f}", "lr = 0.02, départ près de {x:.1f}"),
    ],
)
def test_a_faithful_translation_has_no_faults(original, text):
    kind = "string" if original.startswith("lr") else "paragraph"
    assert not faults_of(original, text, kind)


@pytest.mark.parametrize(
    ("original", "text", "fault"),
    [
        ("Call `top_n`.", "Appelez `haut_n`.", "code"),
        ("on $x_i$.", "sur $x_j$.", "formulas"),
        ("the [guide](https://keras.io)", "le [guide](https://keras.fr)", "links"),
        ("{n} rows", "des lignes", "placeholders"),
        ("{n:,} rows", "{n} lignes", "placeholders"),
        ("a <b>b</b>", "un <b>b", "HTML"),
        ("in 3 rows", "en 4 lignes", "digits"),
        ("**all** of it", "*tout*", "bold"),
        ("one line", "une\nligne", "line break"),
        ("first\n", "premier", "line break"),
        ("Really?", "Vraiment?", "no-break"),
        ("See: here", "Voir : ici", "no-break"),
        ('says "yes"', "dit « oui »", "no-break"),
        ('says "yes"', 'dit "oui"', "«"),
        ("it is", "c\u2019est", "apostrophe"),
        ("0.5 stars", "0.5 étoile", "decimal comma"),
        ("70,000 rows", "70,000 lignes", "decimal comma"),
        ("25 %", "25 %", "%"),
        ("One film", "One film", "same.toml"),
    ],
)
def test_each_fault_is_named(original, text, fault):
    assert any(fault in found for found in faults_of(original, text))


def test_a_row_of_a_table_keeps_its_cells():
    assert faults_of("| a film | rows |", "| un film |", "table row in: x")
    assert not faults_of("| a film | rows |", "| un film | lignes |", "table row in: x")


def test_each_form_of_a_plural_keeps_the_parts_of_one_original():
    original = ("one film", "{n} films")
    assert not faults_of(original, ("un film", "{n} bobines"))
    assert not faults_of(original, ("{n} bobine", "{n} bobines"))
    assert faults_of(original, ("un film", "{m} bobines"))


def test_names_may_read_the_same_and_other_languages_have_their_own_typography():
    assert not faults_of("Ada", "Ada", same={"Ada": "a name"})
    assert not faults_of("Really?", "¿De verdad?", language="es")
