"""Every cause and known mistake that code or a table can name has a sentence."""

import ast
import importlib
import re
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

import autograder
from autograder.checking.exception_causes import entries
from autograder.course.misconceptions import catalogue
from autograder.grading.output.class_statistics import class_results, mistake_counts
from autograder.reports.model import Message
from autograder.util.i18n import Translatable
from tests.grading.made_results import failed, submission

PACKAGE = Path(autograder.__file__).parent
FILES = [
    path
    for folder in ("checking", "checks", "running")
    for path in sorted((PACKAGE / folder).rglob("*.py"))
]
A_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


class Place(NamedTuple):
    """A function of a module of the package."""

    module: ModuleType
    function: ast.AST


def sentences(node: ast.expr, place: Place) -> list[str]:
    """Return the message ids that an expression may have."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr="format")):
            return sentences(inner, place)
        case ast.Call(func=ast.Name(id="_"), args=[ast.Constant(value=str(text))]):
            return [text]
        case ast.IfExp(body=one, orelse=other):
            return sentences(one, place) + sentences(other, place)
        case ast.Name(id=name) if isinstance(getattr(place.module, name, None), Translatable):
            return [getattr(place.module, name).msgid]
        case ast.Name(id=name):
            values = [
                statement.value
                for statement in ast.walk(place.function)
                if isinstance(statement, ast.Assign)
                and any(getattr(target, "id", "") == name for target in statement.targets)
            ]
            return [text for value in values for text in sentences(value, place)]
    return []


def names(node: ast.expr) -> list[str]:
    match node:
        case ast.Constant(value=str(name)):
            return [name]
        case ast.IfExp(body=one, orelse=other):
            return names(one) + names(other)
    return []


def causes_in(path: Path) -> dict[str, list[str]]:
    """Return the sentences of every cause that the code of a module names."""
    dotted = ".".join(("autograder", *path.relative_to(PACKAGE).with_suffix("").parts))
    module = importlib.import_module(dotted.removesuffix(".__init__"))
    found: dict[str, list[str]] = {}
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]
    for function in functions:
        for node in ast.walk(function):
            match node:
                case ast.Call(func=ast.Name(id="Cause"), args=[name, text]):
                    pass
                case ast.Return(
                    value=ast.Tuple(elts=[ast.Constant(value=str(word)) as name, text])
                ):
                    if not A_NAME.fullmatch(word):
                        continue
                case _:
                    continue
            for word in names(name):
                found.setdefault(word, []).extend(sentences(text, Place(module, function)))
    return found


def mistakes_in(path: Path) -> set[str]:
    """Return the names of the known mistakes that a check may recognise."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Dict(keys=keys):
                found |= {key.value for key in keys if isinstance(key, ast.Constant)}
            case ast.Call(func=ast.Name(id="crash_means"), keywords=keywords):
                found |= {str(keyword.arg).replace("_", "-") for keyword in keywords}
    return {name for name in found if isinstance(name, str) and A_NAME.fullmatch(name)}


@cache
def causes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in FILES:
        for name, texts in causes_in(path).items():
            found.setdefault(name, []).extend(texts)
    for entry in entries():
        found.setdefault(entry.name, []).append(entry.text)
    return found


def test_the_causes_of_all_modules_are_found():
    known = causes()
    assert {"answer-of-another-kind", "program-ended", "another-thing-counted"} <= set(known)
    assert {"shape-differs", "parts-missing", "function-misnamed", "exception-raised"} <= set(known)
    assert len(known) > 150


@pytest.mark.parametrize("name", sorted(causes()))
def test_a_cause_has_a_sentence_that_the_page_of_a_class_shows(name):
    texts = causes()[name]
    assert texts and all(re.search(r"[a-z].*[.?]$", text, re.DOTALL) for text in texts)
    for text in texts:
        sentence = Translatable(text, text, dict.fromkeys(re.findall(r"\{(\w+)", text), 1))
        message = Message(called="f()", got="1", must="It holds.", causes=(sentence,))
        made = [submission("ada", checks={"build_mf": failed(message, name)})]
        (row,) = mistake_counts(class_results(made))
        assert row.name == name and row.cause.strip()


def test_a_mistake_that_a_check_recognises_is_in_the_catalogue():
    named = {name for path in FILES for name in mistakes_in(path)}
    assert len(named) > 150
    assert named <= set(catalogue()) | set(causes())


def test_a_known_mistake_has_a_cause_and_a_question():
    for name, mistake in catalogue().items():
        assert mistake.cause.endswith(".") and mistake.question.endswith("?"), name
