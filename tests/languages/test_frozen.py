"""No sentence keeps the language of its import: constants and verdicts follow the language."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import autograder
from autograder import course
from autograder.course.misconceptions import catalogue
from autograder.running.known_answers import verdict_on
from autograder.util import i18n
from autograder.util.i18n import Translatable, speaking
from tests.languages.made_up import LEFT

# A worker's and a process's own modules, and those that only one system has.
NOT_IMPORTED = ("autograder._course", "autograder.course.pages.", "__main__", "nbgrading.templates")


def constants(value: object, depth: int = 0) -> Iterator[Translatable]:
    """Yield the sentences in a constant, also those inside of containers."""
    if isinstance(value, Translatable):
        yield value
    elif depth < 4 and isinstance(value, dict):
        for part in (*value.keys(), *value.values()):
            yield from constants(part, depth + 1)
    elif depth < 4 and isinstance(value, (list, tuple, set, frozenset)):
        for part in value:
            yield from constants(part, depth + 1)


def test_every_constant_of_every_module_follows_the_language(made_up):
    found = 0
    for module in pkgutil.walk_packages(autograder.__path__, "autograder."):
        if any(part in module.name for part in NOT_IMPORTED) or ".test_" in module.name:
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            for sentence in constants(value):
                found += 1
                with speaking(made_up):
                    assert LEFT in str(sentence), f"{module.name}.{name}"
                    assert f"{sentence}" == str(sentence)
                    assert i18n.to_json(sentence)["text"] == str(sentence)
    assert found > 50


def parts(message):
    return [message.got, message.must, *message.causes]


def first_mistakes():
    """Return the first known mistake of each function in the exercises that train no model."""
    found = {}
    for name, mistake in catalogue().items():
        exercise = course.step_of_function(mistake.function).name
        if exercise[:2] in {"01", "02", "04", "08"}:
            found.setdefault(mistake.function, name)
    return sorted(found.values())


@pytest.mark.parametrize("name", first_mistakes())
def test_a_verdict_in_another_language_holds_no_english_sentence(made_up, name):
    known = catalogue()[name]
    with speaking(made_up):
        report = verdict_on(known.function, known.code)
    failed = [check for check in report.checks if check.message is not None]
    assert failed
    for check in failed:
        for part in parts(check.message):
            if isinstance(part, Translatable):
                assert part.language == made_up
                assert str.__str__(part).startswith(LEFT), check.id
            else:
                assert not any(word.isalpha() and len(word) > 5 for word in part.split()), part
