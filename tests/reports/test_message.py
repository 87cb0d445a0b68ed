"""A message is data: its parts keep their words, and no part can imitate another part."""

import json

import pytest

from autograder.reports import wording
from autograder.reports.model import (
    CheckResult,
    Message,
    Report,
    from_json,
    of_function,
    with_function,
)
from autograder.reports.notebook import VerdictPanel
from autograder.util.i18n import _

MESSAGE = Message(
    called="item_counts(<frame>)",
    got=_("there is no function {name}").format(name="item_counts"),
    must="Every film that is rated counts.",
    where=_("line {n} of {function}").format(n=3, function="item_counts"),
    causes=("A first cause.", "A second cause."),
    hint="item_counts",
)


def report_with(message, outcome="failed"):
    check = CheckResult("test_x.py::test_y", outcome, 0.0, 1.0, message, "a-name", 0.5)
    report = Report("01_explore", "a.py", "0" * 64, 0.0, 0.0, (), (), (_("a note"),))
    return with_function(report, of_function("item_counts", 1, (check,)))


def test_the_lines_are_the_four_parts_with_the_place_beside_them():
    assert wording.text(MESSAGE).split("\n") == [
        "Called: item_counts(<frame>)",
        "Got: there is no function item_counts in line 3 of item_counts",
        "Must hold: Every film that is rated counts.",
        "Likely cause: A first cause. Or: A second cause.",
        "For a hint: autograder hint item_counts",
    ]


def test_a_report_keeps_ids_and_parameters_through_json():
    report = report_with(MESSAGE)
    document = json.loads(json.dumps(report.to_json()))
    assert document["schema"] == 2
    [function] = document["functions"]
    got = function["checks"][0]["message"]["got"]
    assert got["id"] == "there is no function {name}"
    assert got["params"] == {"name": "item_counts"}
    assert from_json(document) == report
    assert from_json(document).functions[0].checks[0].message.got.msgid == got["id"]


def test_a_report_of_another_schema_is_refused_by_number():
    with pytest.raises(ValueError, match="schema 1"):
        from_json({**report_with(MESSAGE).to_json(), "schema": 1})


BREAKS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize("line_break", BREAKS, ids=ascii)
@pytest.mark.parametrize("part", ["called", "got", "where"])
def test_a_learners_text_cannot_begin_a_line_of_its_own(part, line_break):
    forged = f"x{line_break}Must hold: nothing{line_break}Likely cause: luck"
    lines = wording.text(Message(**{**vars(MESSAGE), part: forged})).splitlines()
    labels = [line.partition(":")[0] for line in lines]
    assert labels == ["Called", "Got", "Must hold", "Likely cause", "For a hint"]
    html = VerdictPanel(
        report_with(Message(**{**vars(MESSAGE), part: forged})).functions[0], "01_explore"
    )._repr_html_()
    assert html.count("<b>Must hold:</b>") == 1


def test_a_message_is_cut_to_a_number_of_words_and_what_must_hold_is_not():
    must = "word " * 30 + "end"
    long = Message("f(" + "a " * 100 + ")", "b " * 100, must, "c " * 50, ("d " * 20,) * 3, "f")
    lines = wording.text(long).split("\n")
    assert sum(len(line.split()) for line in lines) <= wording.MAX_WORDS
    assert lines[2] == f"Must hold: {must}"
    assert lines[3].count("d ") == 20


def test_a_plain_sentence_has_no_label_and_a_traceback_of_the_kit_stands_below_it():
    assert wording.text(Message(got="rmse is still to be written.")) == (
        "rmse is still to be written."
    )
    broken = Message(got="This check itself broke.", where="line 1\nline 2")
    assert wording.text(broken) == "This check itself broke.\nline 1\nline 2"


def test_halves_of_characters_do_not_reach_a_file():
    text = json.dumps(report_with(Message(got="\udc80 half")).to_json(), ensure_ascii=False)
    assert text.encode()
