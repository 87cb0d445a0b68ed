"""Verdicts in the language of each submission, also where one run has two."""

import json

import pytest

from autograder.reports.model import Report, from_json, language_of
from autograder.reports.notebook import VerdictPanel
from autograder.reports.wording import text
from autograder.running.runner import run
from autograder.running.targets import FileTarget
from autograder.util import languages, paths
from autograder.util.i18n import speaking
from tests.answers import exercise_text

CATALOGUE = """
msgid ""
msgstr ""
"Language: fr\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgid "{must}. Expected: {want}"
msgstr "{must}. Valeur attendue : {want}"

msgid "Must hold"
msgstr "Attendu"

msgid "{label}: {text}"
msgstr "{label} : {text}"

msgid "{function} is still to be written."
msgstr "{function} reste à écrire."

msgid "The value is the number of ratings."
msgstr "La valeur est le nombre de notes."

msgid "{function}: {outcome}, {points} of {max_points} points"
msgstr "{function} : {outcome}, {points} points sur {max_points}"
"""
STEPS = ("01_explore", "04_dot_product")


@pytest.fixture
def french(tmp_path, monkeypatch):
    """Give the kit a small French catalogue."""
    folder = tmp_path / "locale" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "autograder.po").write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.setattr(paths, "LOCALE", tmp_path / "locale")
    languages.catalogue.cache_clear()
    yield
    languages.catalogue.cache_clear()


def in_language(name, language):
    return exercise_text(name).replace("language: en", f"language: {language}", 1)


def test_a_run_over_two_languages_writes_each_verdict_in_its_own(french, tmp_path):
    for name, language in zip(STEPS, ("fr", "en"), strict=True):
        (tmp_path / f"{name}.py").write_text(in_language(name, language), encoding="utf-8")
    reports = run(FileTarget.at(tmp_path, frozenset(STEPS)))
    assert [report.language for report in reports] == ["fr", "en"]
    first, other = (report.to_json() for report in reports)
    assert first["language"] == "fr"
    assert "language" not in other, "English is what a report without the word is in"
    got = first["functions"][0]["checks"][0]["message"]["got"]
    assert got["text"] == "load_ratings reste à écrire."
    assert got["id"] == "{function} is still to be written."
    assert "to be written" in other["functions"][0]["checks"][0]["message"]["got"]["text"]
    assert language_of(reports) == "en"
    assert language_of(reports[:1]) == "fr"


def test_a_report_is_shown_in_another_language_without_a_second_run(french, tmp_path):
    path = tmp_path / "01_explore.py"
    path.write_text(in_language("01_explore", "fr"), encoding="utf-8")
    [report] = run(FileTarget.at(path, frozenset(["01_explore"])))
    again = from_json(json.loads(json.dumps(report.to_json())))
    assert isinstance(again, Report)
    assert again == report
    message = again.functions[0].checks[0].message
    assert text(message) == "load_ratings is still to be written."
    with speaking("fr"):
        assert text(message) == "load_ratings reste à écrire."
        panel = VerdictPanel(again.functions[0], "01_explore")
    assert panel.text().startswith("· load_ratings : todo, 0 points sur 1")
    assert repr(panel) == "0"


def test_a_sentence_inside_of_a_sentence_follows_the_language_too(french):
    from autograder.checking.failure import CheckFailure
    from autograder.running.verdict import Subject, judge

    subject = Subject("f", "f", "f(1)", "The value is the number of ratings.", ())
    verdict = judge(CheckFailure("1", want="2"), subject)
    document = json.loads(json.dumps(verdict.message.to_json()))
    assert document["must"]["text"] == "The value is the number of ratings. Expected: 2"
    from autograder.reports.model import Message

    with speaking("fr"):
        assert "Attendu : La valeur est le nombre de notes. Valeur attendue : 2" in text(
            Message.from_json(document)
        )
