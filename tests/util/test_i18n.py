"""A translated sentence remembers its message id and its parameters."""

import ast
import json
import os
import pickle
from string import Formatter

import numpy as np
import pytest

from autograder.util import i18n, languages, paths
from autograder.util.compiled import compiled
from autograder.util.i18n import Translatable, _, speaking

FRENCH = """
msgid ""
msgstr ""
"Language: fr\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgid "{n} rows in {file}"
msgstr "{n} lignes dans {file}"

msgid "a file"
msgstr "un fichier"

msgid "{n} point of {share:.0%}"
msgid_plural "{n} points of {share:.0%}"
msgstr[0] "{n:,.1f} point sur {share:.0%}"
msgstr[1] "{n:,.1f} points sur {share:.0%}"

msgid "`f({x})` is {x}"
msgstr "`f({x})` vaut {x}"

#, fuzzy
msgid "in doubt"
msgstr "peut-être"
"""


@pytest.fixture
def french(tmp_path, monkeypatch):
    """Give the kit a small French catalogue of its own."""
    folder = tmp_path / "locale" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "autograder.po").write_text(FRENCH, encoding="utf-8")
    monkeypatch.setattr(paths, "LOCALE", tmp_path / "locale")
    languages.forget()
    yield folder
    monkeypatch.undo()
    languages.forget()


def test_a_sentence_can_be_rendered_in_another_language_from_its_parts_alone(french):
    sentence = _("{n} rows in {file}").format(n=3, file=_("a file"))
    assert sentence == "3 rows in a file"
    document = json.loads(json.dumps(i18n.to_json(sentence)))
    assert document["text"] == "3 rows in a file"
    again = i18n.from_json(document)
    assert again == sentence
    assert again.in_language("fr") == "3 lignes dans un fichier"
    with speaking("fr"):
        assert (str(again), f"{again}") == ("3 lignes dans un fichier",) * 2
        in_french = json.loads(json.dumps(i18n.to_json(again)))
    assert in_french["text"] == "3 lignes dans un fichier"
    assert in_french["language"] == "fr"
    assert str(i18n.from_json(in_french)) == "3 rows in a file"


FROZEN = _("{n} rows in {file}")
FROZEN_NAME = _("a file")


def test_a_constant_follows_the_language_of_its_use(french):
    with speaking("fr"):
        assert FROZEN.format(n=1, file=FROZEN_NAME) == "1 lignes dans un fichier"
        assert f"{FROZEN_NAME}!" == "un fichier!"
        assert i18n.joined("; ", [FROZEN_NAME, "x"]) == "un fichier; x"
        both = i18n.joined("; ", [FROZEN_NAME, FROZEN_NAME])
    assert str(i18n.from_json(i18n.to_json(both))) == "a file; a file"
    assert i18n.joined(", ", ["a", "b"]) == "a, b"


def test_a_counted_sentence_follows_the_language_also_after_json(french):
    def counted(n):
        return i18n.ngettext("{n} point of {share:.0%}", "{n} points of {share:.0%}", n).format(
            n=n, share=0.5
        )

    assert [counted(1), counted(2)] == ["1 point of 50%", "2 points of 50%"]
    for n, wording in ((1, "1,0 point sur 50\xa0%"), (2000, "2\u202f000,0 points sur 50\xa0%")):
        again = i18n.from_json(json.loads(json.dumps(i18n.to_json(counted(n)))))
        assert again.in_language("fr") == wording
        with speaking("fr"):
            assert str(counted(n)) == wording


def test_numbers_of_prose_follow_the_language_and_those_of_code_do_not(french):
    with speaking("fr"):
        assert _("`f({x})` is {x}").format(x=0.5) == "`f(0.5)` vaut 0,5"
        assert i18n.with_signs("1,234.5") == "1\u202f234,5"


def test_a_doubtful_translation_is_not_shown(french):
    with speaking("fr"):
        assert _("in doubt") == "in doubt"


def test_the_language_of_the_process_is_named_or_that_of_a_complete_locale(french, monkeypatch):
    def language(**environment):
        for name in ("AUTOGRADER_LANGUAGE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        languages.forget()
        return languages.current()

    assert language(LANG="fr_FR.UTF-8") == "en"  # the catalogue has a doubtful entry
    assert language(LANG="C.UTF-8", AUTOGRADER_LANGUAGE="fr") == "fr"
    assert language(AUTOGRADER_LANGUAGE="xx") == "en"
    path = french / "autograder.po"
    path.write_text(FRENCH.replace("#, fuzzy\n", ""), encoding="utf-8")
    os.utime(path, ns=(2**62, 2**62))
    assert language(LANG="fr_FR.UTF-8") == "fr"
    assert language(LANG="fr_FR.UTF-8", LANGUAGE="en") == "en"


def test_a_compiled_catalogue_has_the_plurals_of_its_source_and_no_date(french):
    path = french / "autograder.po"
    odd = "nplurals=3; plural=(n == 1 ? 0 : n == 2 ? 1 : 2);"
    text = FRENCH.replace("nplurals=2; plural=(n > 1);", odd)
    text = text.replace('\nmsgid "`f', 'msgstr[2] "{n} et plus"\n\nmsgid "`f')
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(2**62, 2**62))
    languages.forget()
    with speaking("fr"):
        three = i18n.ngettext("{n} point of {share:.0%}", "{n} points of {share:.0%}", 3)
    assert three == "{n} et plus"
    headers = languages.catalogue("fr").info()
    assert headers.keys() == {"language", "content-type", "plural-forms"}


def test_a_compiled_catalogue_is_made_anew_only_after_a_change(french):
    path = compiled(paths.LOCALE, "fr", "autograder")
    made = path.stat().st_mtime_ns
    assert compiled(paths.LOCALE, "fr", "autograder").stat().st_mtime_ns == made
    assert compiled(paths.LOCALE, "fr", "nothing") is None
    os.utime(french / "autograder.po", ns=(made + 10**9, made + 10**9))
    assert compiled(paths.LOCALE, "fr", "autograder").stat().st_mtime_ns > made


def test_numbers_of_numpy_become_pythons_and_other_values_become_text():
    sentence = _("{a:.2f} {b} {shape}").format(a=np.float32(0.5), b=np.int64(7), shape=(2, 3))
    assert sentence == "0.50 7 (2, 3)"
    assert sentence.params == {"a": 0.5, "b": 7, "shape": "(2, 3)"}


def test_a_sentence_survives_a_pickle_and_is_a_plain_text_elsewhere():
    sentence = _("{n} rows in {file}").format(n=3, file="x")
    again = pickle.loads(pickle.dumps(sentence))
    assert (again, again.msgid, again.params) == (sentence, sentence.msgid, sentence.params)
    assert type(str(sentence)) is str
    assert type(sentence.upper()) is str


@pytest.mark.parametrize("document", [3, None, ["x"], {"text": "x"}])
def test_what_is_no_text_is_refused(document):
    with pytest.raises((TypeError, KeyError)):
        i18n.from_json(document)


def message_ids():
    """Return all message ids of the package, with the place of each."""
    for path in sorted(paths.PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"_", "ngettext"}:
                for argument in node.args[:2]:
                    yield f"{path.name}:{node.lineno}", argument


def test_message_ids_are_plain_texts_with_named_placeholders_and_no_conversions():
    for place, argument in message_ids():
        assert not isinstance(argument, ast.JoinedStr), place
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            for _text, field, _spec, conversion in Formatter().parse(argument.value):
                assert conversion is None, place
                assert field is None or field.isidentifier(), place


def test_a_missing_catalogue_leaves_english():
    assert isinstance(_("no such message"), Translatable)
    assert _("no such message") == "no such message"


def test_a_label_and_a_series_have_the_signs_of_the_language():
    text = i18n.labelled("04_dot_product", i18n.series(["one", "two", "three"]))
    assert text == "04_dot_product: one; two; three"
    with i18n.speaking("fr"):
        assert str(text) == "04_dot_product\u00a0: one\u202f; two\u202f; three"
    assert i18n.series([]) == ""
    assert i18n.series(["one"]) == "one"
