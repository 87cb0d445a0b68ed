"""The language of the command line: an option, a variable, the workspace, the locale."""

import os

import pytest
import typer
from typer.testing import CliRunner

from autograder.cli import app as module
from autograder.cli.language import localise, settled
from autograder.util import languages, paths
from autograder.workspace.place import mark

CATALOGUE = """
msgid ""
msgstr ""
"Language: fr\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgid "Check again at every save; one problem at a time, hints at a key."
msgstr "Vérifier à chaque enregistrement."

msgid "The function, for example build_mf."
msgstr "La fonction, par exemple build_mf."
"""


@pytest.fixture
def french(tmp_path, monkeypatch):
    """Give the kit a small French catalogue; afterwards commands speak as before."""
    folder = tmp_path / "locale" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "autograder.po").write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.setattr(paths, "LOCALE", tmp_path / "locale")
    monkeypatch.setenv("AUTOGRADER_LANGUAGE", "en")
    languages.forget()
    yield
    monkeypatch.undo()
    languages.forget()
    languages.use("en")
    localise(module.app)


def test_the_option_counts_most_and_stands_anywhere(french, tmp_path, monkeypatch):
    assert settled(["hint", "build_mf", "--language", "fr"]) == [
        *("--language", "fr", "hint", "build_mf")
    ]
    assert languages.current() == "fr"
    assert os.environ["AUTOGRADER_LANGUAGE"] == "fr", "for the processes that a command starts"
    assert settled(["--language=en", "hint", "x"]) == ["--language", "en", "hint", "x"]
    assert languages.current() == "en"
    assert settled(["lab", "--", "--language", "fr"]) == ["lab", "--", "--language", "fr"]
    authors = ["dev", "build", "--language", "fr"]
    assert settled(authors) == authors
    assert languages.current() == "en"


def test_a_workspace_counts_where_neither_option_nor_variable_names_a_language(
    french, tmp_path, monkeypatch
):
    (tmp_path / "work").mkdir()
    mark(tmp_path / "work", "fr")
    monkeypatch.chdir(tmp_path / "work")
    settled(["hint", "x"])
    assert languages.current() == "en", "the variable names English"
    monkeypatch.setenv("AUTOGRADER_LANGUAGE", "")
    settled(["hint", "x"])
    assert languages.current() == "fr"


def test_an_unknown_language_ends_the_command_with_the_known_ones(french, capsys):
    for wrong in (["hint", "x", "--language", "xx"], ["--language", "xx"]):
        with pytest.raises(typer.Exit):
            settled(wrong)
        assert "The languages are: en, fr." in capsys.readouterr().err


def test_help_follows_the_language_and_comes_back(french):
    def help_of(*words):
        return CliRunner().invoke(module.app, [*words, "--help"]).output

    languages.use("fr")
    localise(module.app)
    assert "Vérifier à chaque enregistrement." in help_of("watch")
    assert "La fonction, par exemple build_mf." in help_of("hint")
    languages.use("en")
    localise(module.app)
    assert "Check again at every save" in help_of("watch")
    assert "The function, for example build_mf." in help_of("hint")
