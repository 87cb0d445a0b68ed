"""A question is answered by yes or no, in English or in the reader's language."""

import pytest
import typer

from autograder.cli.questions import confirmed
from autograder.util.i18n import speaking


@pytest.fixture
def answers(monkeypatch):
    """Return a function that says what the person types next, and the list of prompts."""
    given: list[str] = []
    prompts: list[str] = []

    def prompt(text: str, **_options: object) -> str:
        prompts.append(text)
        return given.pop(0)

    def say(*texts: str) -> list[str]:
        given.extend(texts)
        return prompts

    monkeypatch.setattr(typer, "prompt", prompt)
    return say


@pytest.mark.parametrize(
    ("language", "typed", "expected"),
    [
        ("en", "y", True),
        ("en", " YES ", True),
        ("en", "", False),
        ("en", "no", False),
        ("fr", "o", True),
        ("fr", "Oui", True),
        ("fr", "y", True),
        ("fr", "non", False),
        ("fr", "", False),
    ],
)
def test_answers_of_both_languages_count(answers, language, typed, expected):
    answers(typed)
    with speaking(language):
        assert confirmed("?") is expected


def test_another_answer_is_asked_again(answers, capsys):
    prompts = answers("o", "perhaps", "y")
    assert confirmed("Go on?")
    assert prompts == ["Go on? [y/N]"] * 3
    assert capsys.readouterr().out.count("Answer with y (yes) or n (no).") == 2


def test_hidden_characters_of_a_question_are_spelled_out(answers):
    prompts = answers("n")
    assert not confirmed("Remove a\u202eb?")
    assert "\u202e" not in prompts[0]
