"""This module collects the messages of every catalogue from the project's files."""

import ast
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import jupytext
from babel.messages.extract import extract

from autograder import course
from autograder.course.pages import page_names, page_text
from autograder.course.solutions import JUPYTEXT_FORMAT, solution_file
from autograder.course.translation.catalogues import Message, Text
from autograder.course.translation.markdown import markdown_units
from autograder.course.translation.marks import has_words
from autograder.course.translation.settings import comment_units
from autograder.course.translation.strings import strings_of
from autograder.course.translation.units import notebook_units
from autograder.util import paths
from autograder.util.compiled import DATA, MESSAGES, VERDICTS

PAGES = "pages"

_KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "ngettext": (1, 2)}
_NO_MESSAGES = {"skeleton", "pages"}


def messages() -> dict[str, list[Message]]:
    """Return the messages of every catalogue in source order, by the catalogue's name.

    A message of several exercises' verdicts belongs to the catalogue `autograder`.

    Raises:
        SolutionError: A solution file cannot be used.
    """
    general = [*_package_messages(paths.PACKAGE), *_course_table(), *_exception_causes()]
    verdicts = {step.name: list(_verdicts(step.name)) for step in course.steps()}
    uses = Counter(text for found in verdicts.values() for text in {m.text for m in found})
    uses.update({message.text: 2 for message in general})
    general += [m for found in verdicts.values() for m in found if uses[m.text] > 1]
    found = {
        MESSAGES: general,
        DATA: list(_package_messages(paths.PACKAGE.parent / "data" / "recommender_data")),
        PAGES: list(_pages()),
    }
    for step in course.steps():
        found[step.name] = list(_exercise(step.name))
        own = [message for message in verdicts[step.name] if uses[message.text] == 1]
        if own:
            found[step.name + VERDICTS] = own
    return found


def _exercise(name: str) -> Iterator[Message]:
    """Return the units of an exercise."""
    cells = solution_file(name).notebook.cells
    for _cell, unit in notebook_units(cells, strings_of(name)):
        yield Message(unit.text, f"solutions/{name}.py", unit.what)


def _pages() -> Iterator[Message]:
    """Return the units of a workspace's pages, and of the files of an nbgrader course."""
    for name in page_names():
        cells = jupytext.reads(page_text(name), fmt=JUPYTEXT_FORMAT).cells
        for _cell, unit in notebook_units(cells, strings_of(name)):
            yield Message(unit.text, f"autograder/course/pages/en/{name}.py", unit.what)
    readme = paths.PACKAGE / "nbgrading" / "templates" / "README.md"
    for unit in markdown_units(readme.read_text(encoding="utf-8")):
        yield Message(unit.text, _relative(readme), unit.what)
    settings = readme.with_name("nbgrader_config.py")
    for unit in comment_units(settings.read_text(encoding="utf-8")):
        yield Message(unit.text, _relative(settings), unit.what)


def _package_messages(package: Path) -> Iterator[Message]:
    """Return the messages in a package's code and templates; an exercise's checks are left out."""
    known = {step.name for step in course.steps()}
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.j2")]):
        folders = path.relative_to(package).parts
        if _NO_MESSAGES.isdisjoint(folders) and path.stem.removeprefix("test_") not in known:
            yield from _gettext_calls(path)


def _gettext_calls(path: Path) -> Iterator[Message]:
    """Return the messages that a file marks by `_` or `ngettext`."""
    if path.suffix == ".py":
        for text in _marked(ast.parse(path.read_text(encoding="utf-8"))):
            yield Message(text, _relative(path), "message")
        return
    options = {"encoding": "utf-8", "silent": "false"}
    with path.open("rb") as file:
        for _line, text, _comments, _context in extract(
            "jinja2.ext:babel_extract", file, _KEYWORDS, (), options
        ):
            yield Message(text, _relative(path), "message")


def _marked(node: ast.AST) -> Iterator[Text]:
    """Return the texts that code marks, in source order.

    Babel's own extractor misses a call inside of an f-string before Python 3.12.
    """
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        given = [argument for argument in node.args if isinstance(argument, ast.Constant)]
        texts = tuple(argument.value for argument in given if isinstance(argument.value, str))
        if node.func.id == "_" and texts:
            yield texts[0]
        elif node.func.id == "ngettext" and len(texts) == 2:
            yield texts
    for child in ast.iter_child_nodes(node):
        yield from _marked(child)


def _verdicts(exercise: str) -> Iterator[Message]:
    """Return what a learner reads about an exercise: checks and known mistakes."""
    path = paths.CHECKS / f"test_{exercise}.py"
    if path.is_file():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                text = " ".join((ast.get_docstring(node) or "").partition("\n\n")[0].split())
                if text:
                    yield Message(text, _relative(path), f"what must hold, {node.name}")
        yield from _gettext_calls(path)
    path = paths.MISCONCEPTIONS / f"{exercise}.toml"
    if path.is_file():
        for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            place = f"of {name}, a mistake in {entry['function']}"
            yield Message(entry["cause"], _relative(path), f"cause {place}")
            yield Message(entry["question"], _relative(path), f"question {place}")


def _course_table() -> Iterator[Message]:
    """Return titles, objectives and activities of the step table."""
    file = "autograder/course/course.toml"
    for step in course.steps():
        yield Message(step.title, file, f"title of {step.name}")
        yield Message(step.objective, file, f"objective of {step.name}")
    for session in course.timetable():
        if session.activity:
            yield Message(session.activity, file, f"activity of day {session.day}")


def _exception_causes() -> Iterator[Message]:
    """Return the sentences about exceptions, and the words that name today's way."""
    path = paths.PACKAGE / "checking" / "exception_causes.toml"
    for row in tomllib.loads(path.read_text(encoding="utf-8"))["cause"]:
        yield Message(row["text"], _relative(path), f"cause {row['name']} of an exception")
        for name, today in row.get("today", {}).items():
            if has_words(today):
                yield Message(today, _relative(path), f"today in place of {name}")


def _relative(path: Path) -> str:
    return path.relative_to(paths.PACKAGE.parent).as_posix()
