"""The kit's own sentences in what a worker raises: known by their words, shown in any language."""

import ast
from pathlib import Path

import pandas as pd
import pytest

import autograder
from autograder.engine import kit_sentences
from autograder.engine.exceptions import Raised, note_on_cell, record
from autograder.engine.kit_sentences import of_attempt, of_raised
from autograder.util.i18n import Translatable, _, from_json, speaking, to_json

PACKAGE = Path(autograder.__file__).parent
KNOWN = {sentence.msgid for sentence in (*kit_sentences.RAISED, *kit_sentences.ATTEMPTS)}
WORKERS = ("engine/deadline.py", "engine/local.py", "engine/plain_data.py", "engine/stand_ins.py")
WORKERS += ("sandbox/audit.py", "sandbox/worker.py", "sandbox/stand_ins.py")
WORKERS += ("sandbox/worker_connection.py", "sandbox/wire_format.py")


@pytest.mark.parametrize("file", WORKERS)
def test_every_sentence_of_a_worker_is_known(file):
    tree = ast.parse((PACKAGE / file).read_text(encoding="utf-8"))
    said = [
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"
    ]
    assert said
    assert set(said) <= KNOWN


def test_a_sentence_from_a_worker_follows_the_language():
    raised = Raised("TimeoutError", "TimeoutError", "ran longer than 2.5 s", 3, "f")
    assert str(raised.in_words) == "TimeoutError: ran longer than 2.5 s"
    note = note_on_cell(4, raised)
    stored = from_json(to_json(note))
    with speaking("fr"):
        assert "2,5 s" in str(raised.in_words)
        for text in (note, stored):
            assert "ran longer" not in str(text)
            assert "cell" not in str(text).split()


def test_a_text_from_a_worker_is_never_a_pattern():
    for text in ("{name}", "ran longer than {n:g} s", "nobody answers for {x.__class__} here"):
        raised = Raised("E", "RuntimeError", text)
        assert str(raised.in_words) == f"E: {text}"
        with speaking("fr"):
            assert "{" in str(raised.in_words)
    assert of_raised("Something else.") is None


def test_what_the_kit_raises_in_french_is_recorded_in_english():
    with speaking("fr"):
        text = _("the answer holds more than {n} objects").format(n=7)
        assert str(text) != "the answer holds more than 7 objects"
        raised = record(ValueError(text), lambda _name: False)
        assert raised.message == "the answer holds more than 7 objects"
        assert str(raised.in_words) == f"ValueError: {text}"
        assert Raised("E", "RuntimeError", text).message == raised.message


def test_the_columns_that_there_are_stand_in_the_reader_s_language():
    frame = pd.DataFrame({"userId": [1], "movieId": [2]})
    try:
        frame["userid"]
    except KeyError as error:
        raised = record(error, lambda _name: False)
    assert raised.message == "'userid'; its columns: userId, movieId; nearest: userId"
    with speaking("fr"):
        assert str(raised.in_words) == (
            "KeyError: 'userid'\u202f; ses colonnes\u00a0: userId, movieId\u202f; "
            "la plus proche\u00a0: userId"
        )
    single = Raised("KeyError", "KeyError", "'x'; its only column: a;b")
    with speaking("fr"):
        assert "sa seule colonne" in str(single.in_words)


def test_an_attempt_in_an_attempt_is_known_too():
    attempt = of_attempt("tried to open /etc/passwd: denied")
    assert isinstance(attempt, Translatable)
    assert attempt == "tried to open /etc/passwd: denied"
    with speaking("fr"):
        assert "tried" not in str(attempt)
        assert "denied" not in str(attempt)
    assert of_attempt("anything else") == "anything else"
