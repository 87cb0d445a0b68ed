"""Every entry of the table of exception causes names the cause of a real exception."""

import io

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
