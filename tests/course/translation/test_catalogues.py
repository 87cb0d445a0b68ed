"""Catalogues keep translations, mark doubtful ones, and change only when a text does."""

import pytest
from babel.messages.catalog import Catalog
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.course.translation import catalogues, upkeep
from autograder.course.translation.catalogues import CatalogueError, Message
from autograder.util import paths

LONG = "The dot product of two vectors is one number, and no vector."


@pytest.fixture
def locale(tmp_path, monkeypatch):
    """An empty folder of catalogues."""
    monkeypatch.setattr(paths, "LOCALE", tmp_path / "locale")
    return tmp_path / "locale"


@pytest.fixture
def offered(monkeypatch, locale):
    """The messages of the project: two catalogues, to be changed by a test."""
    messages = {
        "first": [Message("One", "a.py", "heading"), Message(LONG, "a.py", "paragraph")],
        "second": [Message(("{n} film", "{n} films"), "b.py", "message")],
    }
    monkeypatch.setattr(upkeep, "messages", lambda: messages)
    return messages


def translate(name, text, translation):
    path = catalogues.folder("fr") / f"{name}.po"
    catalogue = catalogues.read(path, "fr")
    catalogue[text].string = translation
    catalogues.write(path, catalogue)


def translation(name, text):
    return catalogues.read_all("fr")[name][text].string


def test_a_new_language_gets_catalogues_with_comments_and_without_dates(offered, locale):
    states = upkeep.update("fr")
    assert [(s.name, s.units, len(s.missing)) for s in states] == [
        ("first", 2, 2),
        ("second", 1, 1),
    ]
    text = (locale / "fr" / "LC_MESSAGES" / "first.po").read_text(encoding="utf-8")
    assert "#. heading\n#: a.py\nmsgid " in text
    assert "Date" not in text
    assert text.index("One") < text.index("dot product")
    assert catalogues.languages() == ("fr",)


def test_a_second_run_changes_nothing(offered, locale):
    upkeep.update("fr")
    translate("first", "One", "Un")
    before = {path: path.read_bytes() for path in locale.rglob("*.po")}
    assert not any(state.changed for state in upkeep.update("fr"))
    assert {path: path.read_bytes() for path in locale.rglob("*.po")} == before


def test_a_changed_text_keeps_its_translation_as_fuzzy_and_a_lost_one_is_dropped(offered):
    upkeep.update("fr")
    translate("first", "One", "Un")
    translate("first", LONG, "Le produit scalaire est un nombre.")
    offered["first"] = [Message(LONG.replace("no vector", "not a vector"), "a.py", "paragraph")]
    (first, _second) = upkeep.update("fr")
    assert (len(first.fuzzy), len(first.missing), first.obsolete) == (1, 0, 1)
    assert upkeep.update("fr")[0].obsolete == 0
    assert not first.complete


def test_a_text_that_moves_to_another_catalogue_takes_its_translation_along(offered, locale):
    upkeep.update("fr")
    translate("first", LONG, "Le produit scalaire est un nombre.")
    translate("second", ("{n} film", "{n} films"), ("{n} film", "{n} films"))
    offered["third"] = [*offered.pop("second"), offered["first"].pop()]
    states = {state.name: state for state in upkeep.update("fr")}
    assert not states["third"].missing
    assert not states["third"].fuzzy
    assert translation("third", LONG) == "Le produit scalaire est un nombre."
    assert not (locale / "fr" / "LC_MESSAGES" / "second.po").exists()


def test_a_file_that_is_no_catalogue_and_an_unknown_language_are_named(offered, locale):
    upkeep.update("fr")
    (locale / "fr" / "LC_MESSAGES" / "first.po").write_text('msgid "One', encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"first\.po"):
        upkeep.update("fr")
    with pytest.raises(CatalogueError, match="qq"):
        upkeep.update("qq")


def test_the_command_writes_counts_and_fails_a_check_until_all_is_translated(offered):
    def run(*options):
        return CliRunner().invoke(app, ["dev", "messages", "--language", "fr", *options])

    checked = run("--check")
    assert checked.exit_code == 1
    assert "first: not up to date" in checked.output
    assert not catalogues.languages()
    made = run()
    assert made.exit_code == 0
    assert made.output.splitlines()[1].split() == ["first", "2", "13", "2", "0", "0", "0"]
    translate("first", "One", "Un")
    translate("first", LONG, "Le produit scalaire est un nombre: rien de plus.")
    translate("second", ("{n} film", "{n} films"), ("{n} film", "{n} bobines"))
    checked = run("--check")
    assert checked.exit_code == 1
    assert "first: fault: The dot product" in checked.output
    translate("first", LONG, "Le produit scalaire est un nombre.")
    assert run("--check").exit_code == 0


def test_a_text_may_read_the_same_if_the_list_names_it(offered, locale):
    upkeep.update("fr")
    translate("first", "One", "One")
    assert upkeep.update("fr")[0].faults
    (locale / "fr" / "same.toml").write_text('"One" = "a name"\n', encoding="utf-8")
    assert not upkeep.update("fr")[0].faults
    (locale / "fr" / "same.toml").write_text('"One" = \n', encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"same\.toml"):
        upkeep.update("fr")


def test_a_missing_catalogue_is_empty(tmp_path):
    assert isinstance(catalogues.read(tmp_path / "none.po", "fr"), Catalog)
