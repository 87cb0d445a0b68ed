"""The words of the command line itself: help and wrong arguments in the reader's language."""

import re

import pytest
import typer

from autograder.cli import app as module
from autograder.cli import words
from autograder.cli.language import localise
from autograder.cli.words import run, translated
from autograder.util import languages
from autograder.util.i18n import speaking

ENGLISH = re.compile(
    r"\b(the|an|and|or|is|of|for|with|this|show|usage|error|missing|such|try|input|should"
    r"|invalid|unexpected|requires|exist|default|required|commands)\b",
    re.IGNORECASE,
)


@pytest.fixture
def french(monkeypatch):
    """Speak French; afterwards commands speak as before."""
    monkeypatch.setenv(languages.VARIABLE, "en")
    languages.use("fr")
    localise(module.app)
    yield
    languages.use("en")
    localise(module.app)


def said(arguments, capsys):
    """Run a command line and return its exit code and all that it prints."""
    with pytest.raises(SystemExit) as end:
        run(module.app, arguments)
    out, err = capsys.readouterr()
    return end.value.code, out + err


def commands(command, *names):
    """Yield the names of every command that a reader sees."""
    yield list(names)
    for name, below in getattr(command, "commands", {}).items():
        if not below.hidden:
            yield from commands(below, *names, name)


def test_every_help_is_in_french(french, capsys):
    found = [
        names for names in commands(typer.main.get_command(module.app)) if names[:1] != ["dev"]
    ]
    assert len(found) > 20
    for names in found:
        code, text = said([*names, "--help"], capsys)
        assert code == 0
        assert text.startswith("Utilisation\u00a0: ")
        prose = re.sub(r"<[^>]*>|`[^`]*`|\b[A-Z]+\b|--\S+|\S+\.\w+", "", text)
        assert not ENGLISH.search(prose), text


WRONG = {
    "chek": "Erreur\u00a0: Il n'y a pas de commande 'chek'. Vouliez-vous dire 'check'\u202f?",
    "check --wat": "Erreur\u00a0: Il n'y a pas d'option --wat",
    "check --su": "options possibles\u00a0: --json, --seed",
    "grade": "Erreur\u00a0: Il manque l'argument 'PATH'.",
    "start x y z": "en trop\u00a0: ",
    "hint x --level 9": "Valeur incorrecte pour '--level'\u00a0: il faut une valeur d'au plus 3",
    "hint x --level z": "Valeur incorrecte pour '--level'\u00a0: il faut un nombre entier",
    "grade nowhere": "le chemin 'nowhere' n'existe pas.",
    "check --seed": "L'option '--seed' demande une valeur.",
}


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_argument_is_explained_in_french(line, french, capsys):
    code, text = said(line.split(), capsys)
    assert code == 2
    assert WRONG[line] in text
    assert not ENGLISH.search(text), text


def test_english_is_left_to_the_library(capsys):
    code, text = said(["grade"], capsys)
    assert code == 2
    assert "Error: Missing argument 'PATH'." in text
    assert "--help' for help." in text


def test_what_an_argument_holds_is_neither_translated_nor_filled_in(french):
    assert translated("No such option: {name}") == "Il n'y a pas d'option {name}"
    assert translated("No such command 'Usage:'.") == "Il n'y a pas de commande 'Usage:'."
    assert translated("Something of another version.") == "Something of another version."


def test_every_sentence_is_found_by_its_own_pattern():
    for sentence in words._SENTENCES:
        with speaking("fr"):
            assert translated(sentence.msgid) == sentence.in_language("fr")
