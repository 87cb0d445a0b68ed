"""Every entry of the table of exception causes names the cause of a real exception."""

import io
import tomllib
from pathlib import Path

import pytest

from autograder.checking.exception_causes import Entry, entries, of_exception
from autograder.engine.exceptions import Raised, record


@pytest.fixture
def no_input(monkeypatch):
    """Replace standard input by an empty stream."""
    monkeypatch.setattr("sys.stdin", io.StringIO())


def raised_by(code: str) -> Raised:
    """Return the record of the exception that some code raises."""
    filename = "<example>"
    try:
        exec(compile(code, filename, "exec", dont_inherit=True), {"__name__": "example"})
    except (Exception, SystemExit) as error:
        return record(error, lambda name: name == filename)
    raise AssertionError("the example raises nothing")


def label(entry: Entry) -> str:
    return f"{entries().index(entry)}-{entry.name}"


@pytest.mark.usefixtures("no_input")
@pytest.mark.parametrize("entry", entries(), ids=label)
def test_an_example_leads_to_its_entry(entry):
    raised = raised_by(entry.example)
    cause = of_exception(raised, entry.function)
    assert (cause.name, cause.text.msgid) == (entry.name, entry.text), raised
    words = {name: word for name, word in cause.text.params.items() if name != "function"}
    assert any(words.values()) or not words, words


@pytest.mark.parametrize("entry", entries(), ids=label)
def test_every_entry_has_an_example_and_asks_a_question(entry):
    assert entry.example.strip()
    assert bool(entry.function) == ("(?P<of>" in entry.pattern)
    assert entry.text.endswith(("?", "."))


def test_texts_differ_so_that_each_belongs_to_one_entry():
    texts = [entry.text for entry in entries()]
    assert len(set(texts)) == len(texts)


def test_a_message_names_what_the_exception_names():
    cause = of_exception(Raised("NameError", "NameError", "name 'npp' is not defined"), "rmse")
    assert "the name npp before" in cause.text
    unbound = "cannot access local variable 'total' where it is not associated with a value"
    cause = of_exception(Raised("UnboundLocalError", "UnboundLocalError", unbound), "rmse")
    assert cause.text.startswith("total is read before")
    unknown = "Unrecognized keyword arguments passed to Dense: {'unit': 4}"
    assert (
        "no argument unit:" in of_exception(Raised("ValueError", "ValueError", unknown), "f").text
    )


def test_an_entry_about_the_checked_function_is_for_no_other():
    raised = Raised(
        "TypeError", "TypeError", "helper() takes 1 positional argument but 2 were given"
    )
    assert of_exception(raised, "helper").name == "parameter-missing"
    assert of_exception(raised, "rmse").name == "arguments-too-many"


def test_any_other_exception_has_a_cause_too():
    assert (
        of_exception(Raised("OddError", "RuntimeError", "odd"), "rmse").name == "exception-raised"
    )


IDIOMS = tomllib.loads(Path(__file__).with_name("idioms.toml").read_text(encoding="utf-8"))["idiom"]


@pytest.mark.usefixtures("no_input")
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("idiom", IDIOMS, ids=lambda idiom: idiom["code"].splitlines()[-1])
def test_an_old_idiom_has_a_cause_that_names_the_right_word(idiom, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    raised = raised_by(idiom["code"])
    cause = of_exception(raised, "rmse")
    assert cause.name == idiom["cause"], raised
    words = {name: cause.text.params.get(name) for name in idiom.get("words", {})}
    assert words == idiom.get("words", {}), cause.text
    assert "{" not in str(cause.text).replace('{"projection": "3d"}', "")


def test_entries_about_old_names_say_what_to_write_today():
    for entry in entries():
        assert bool(entry.today) == ("{today}" in entry.text), entry.name
        assert not entry.today or "(?P<name>" in entry.pattern, entry.name


def test_a_key_that_is_missing_from_a_dict_is_no_column():
    code = """
import pandas as pd
ratings = pd.DataFrame({"userId": [1], "movieId": [2]})
ratings.apply(lambda row: {1: 0}[row["movieId"]], axis=1)
"""
    assert "columns" not in raised_by(code).message


@pytest.mark.parametrize(
    ("source", "own"),
    [
        ('raise KeyError("user 7")', True),
        ('if user not in seen: raise KeyError("user 7")', True),
        ('raise ValueError("no user") from None', True),
        ("raise", False),
        ("row = user_map[raw_user_id]", False),
    ],
)
def test_an_exception_that_the_learner_raises_is_called_their_own(source, own):
    raised = Raised("KeyError", "KeyError", "'user 7'", 4, "recommend", source)
    assert (of_exception(raised, "recommend").name == "raised-on-purpose") is own
