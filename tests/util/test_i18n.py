"""A translated sentence remembers its message id and its parameters."""

import ast
import json
import pickle
from string import Formatter

import numpy as np
import pytest

from autograder.util import i18n, paths
from autograder.util.i18n import Translatable, _

FRENCH = {
    "{n} rows in {file}": "{n} lignes dans {file}",
    "a file": "un fichier",
}


def in_french(message):
    return FRENCH[message]


def test_a_sentence_can_be_rendered_in_another_language_from_its_parts_alone():
    sentence = _("{n} rows in {file}").format(n=3, file=_("a file"))
    assert sentence == "3 rows in a file"
    document = json.loads(json.dumps(i18n.to_json(sentence)))
    assert document["text"] == "3 rows in a file"
    again = i18n.from_json(document)
    assert again == sentence
    assert again.translated(in_french) == "3 lignes dans un fichier"


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
