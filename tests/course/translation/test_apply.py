"""Exercises in another language: the same code, other words."""

import ast
import re
from itertools import zip_longest

import jupytext
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder import course
from autograder.course.build import render
from autograder.course.solution_cells import HINT, has_tag
from autograder.course.solutions import solution_file
from autograder.course.translation.apply import translate, translated_markdown
from autograder.course.translation.code import Strings, code_units
from autograder.course.translation.strings import strings_of
from autograder.util import languages, paths
from tests.languages.made_up import LEFT, MadeUp

NAMES = [step.name for step in course.steps()]
BUILT = sorted(
    path for language in languages.known()[1:] for path in paths.exercises(language).glob("*.py")
)


def translated(*cells, **translations):
    class Catalogue(MadeUp):
        def gettext(self, message):
            return translations.get("texts", {}).get(message) or super().gettext(message)

    missing = translate(list(cells), Strings(), Catalogue())
    assert missing == []
    return [cell.source for cell in cells]


def code(name, cells):
    """Return the code cells of an exercise as syntax trees, with the strings that may differ."""
    strings = strings_of(name)
    for cell in cells:
        if cell.cell_type == "code":
            yield ast.parse(cell.source), {u.text for u in code_units(cell.source, strings)}


def differences(one, other, offered):
    """Yield the nodes that differ but for docstrings and for strings that were offered."""
    if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
        if not isinstance(one.value.value, str):
            yield from compared(one, other, offered)
    elif isinstance(one, ast.Constant) and isinstance(one.value, str):
        may_differ = one.value in offered or "\n" in one.value
        if not isinstance(other, ast.Constant) or not (may_differ or other.value == one.value):
            yield one
    elif isinstance(one, ast.JoinedStr):
        holes = [
            sorted(ast.dump(p) for p in node.values if isinstance(p, ast.FormattedValue))
            for node in (one, other)
        ]
        if holes[0] != holes[1]:
            yield one
    else:
        yield from compared(one, other, offered)


def compared(one, other, offered):
    if type(one) is not type(other):
        yield one
        return
    for field in one._fields:
        mine, theirs = getattr(one, field), getattr(other, field)
        for a, b in zip_longest(*(v if isinstance(v, list) else [v] for v in (mine, theirs))):
            if isinstance(a, ast.AST) and isinstance(b, ast.AST):
                yield from differences(a, b, offered)
            elif a != b:
                yield one


def assert_same_code(name, english, other):
    pairs = zip_longest(code(name, english), code(name, other))
    for (tree, offered), (changed_tree, _offered) in pairs:
        found = [ast.unparse(node) for node in compared(tree, changed_tree, offered)]
        assert found == []


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_in_a_made_up_language_has_the_same_code(name):
    english = solution_file(name)
    cells = [cell.copy() for cell in english.notebook.cells]
    assert translate(cells, strings_of(name), MadeUp()) == []
    assert_same_code(name, english.notebook.cells, cells)
    prose = [c.source for c in cells if c.cell_type == "markdown" and not has_tag(c, HINT)]
    without = [text for text in prose if LEFT not in text]
    assert all(re.fullmatch(r"(\$\$.*\$\$|\s)*", text, re.DOTALL) for text in without)
    assert [has_tag(c, HINT) for c in cells] == [has_tag(c, HINT) for c in english.notebook.cells]


@pytest.mark.parametrize("path", BUILT, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_built_exercise_has_the_code_of_the_english_one(path):
    english, other = (
        jupytext.read(paths.exercises(language) / path.name, fmt="py:percent")
        for language in ("en", path.parent.name)
    )
    assert_same_code(path.stem, english.cells, other.cells)
    assert [c.metadata for c in english.cells] == [c.metadata for c in other.cells]
    long = [line for line in path.read_text(encoding="utf-8").splitlines() if len(line) > 100]
    # Rows of tables, drawings and addresses have no place at which a line may end.
    whole = re.compile(r"# \||.*(?:http|──)")
    assert [line for line in long if not whole.match(line)] == []


def test_the_metadata_name_the_language_in_both_forms():
    step = course.steps()[3]
    script, notebook = render(step), render(step, ".ipynb")
    for text, form in ((script, "py:percent"), (notebook, "ipynb")):
        assert jupytext.reads(text, fmt=form).metadata["autograder"] == {"language": "en"}


def test_prose_is_reflowed_and_its_marks_stay():
    source = "# Head\n\nOne line\nand another.\n\n- an item\n  of two lines\n\n| a cell | `x` |"
    words = " ".join(["mot"] * 40)
    [made] = translated(new_markdown_cell(source), texts={"an item of two lines": words})
    lines = made.split("\n")
    assert lines[0] == "# ⟦Head⟧"
    assert "⟦One line and another.⟧" in lines
    at = next(n for n, line in enumerate(lines) if line.startswith("- mot"))
    assert lines[at + 1].startswith("  mot")
    assert max(map(len, lines)) <= 98


def test_a_line_never_begins_like_another_block():
    text = "mot " * 23 + "- 3 + 4 puis " + "mot " * 20 + "2. fin"
    [made] = translated(new_markdown_cell("A text."), texts={"A text.": text})
    assert not [line for line in made.split("\n") if re.match(r"[-+*#>]|\d+\.", line)]
    assert " ".join(made.split()) == " ".join(text.split())


def test_a_heading_and_a_row_of_a_table_stay_in_one_line():
    words = "mot " * 40 + "fin"
    [made] = translated(
        new_markdown_cell("# A head\n\n| a | cell |\n|---|---|"),
        texts={"A head": words, "| a | cell |": f"| {words} | b |"},
    )
    assert made == f"# {words}\n\n| {words} | b |\n|---|---|"


def test_the_numbers_of_the_day_line_stay():
    texts = {
        "**Day {day} · {minutes} minutes · {points} points**": (
            "**Jour {day} · {minutes} minutes · {points} points**"
        )
    }
    [made] = translated(new_markdown_cell("**Day 2 · 45 minutes · 6 points**"), texts=texts)
    assert made == "**Jour 2 · 45 minutes · 6 points**"


def test_strings_comments_and_docstrings_are_replaced_in_their_places():
    source = '''def f(x):
    """Return a thing.

    x: an array.
    """
    # one line
    # and more
    print("The mean:", x, f"and {x['a']:.2f} of \\"{x}\\"")  # the end
    return "key"'''
    texts = {"The mean:": 'la "moyenne" \\ :', "and {x['a']:.2f} of \"{x}\"": "{x} : {x['a']:.2f}"}
    [made] = translated(new_code_cell(source), texts=texts)
    tree = ast.parse(made)
    assert ast.get_docstring(tree.body[0]) == "⟦Return a thing.⟧\n\n⟦x: an array.⟧"
    assert "    # ⟦one line and more⟧\n" in made
    assert '"la \\"moyenne\\" \\\\ :"' in made
    assert "f\"{x} : {x['a']:.2f}\"" in made
    assert made.endswith('# ⟦the end⟧\n    return "key"')


def test_a_long_string_is_broken_where_the_code_allows_it():
    words = "mot " * 40
    one, other = translated(
        new_code_cell('print("Some words.", 1)'),
        new_code_cell('x = "Some words."'),
        texts={"Some words.": words},
    )
    for made in (one, other):
        assert max(map(len, made.split("\n"))) <= 100
    assert ast.unparse(ast.parse(one)) == f"print('{words}', 1)"
    assert ast.unparse(ast.parse(other)) == f"x = '{words}'"


def test_a_document_keeps_its_blocks():
    made = translated_markdown("# Title\n\nWords here.\n\n```\ncode\n```\n", MadeUp())
    assert made == "# ⟦Title⟧\n\n⟦Words here.⟧\n\n```\ncode\n```\n"


def test_every_hint_is_a_unit_of_its_exercise():
    from autograder.course.translation.units import notebook_units

    for name in NAMES:
        solution = solution_file(name)
        units = notebook_units(solution.notebook.cells, strings_of(name))
        offered = {unit.text for _cell, unit in units if unit.what.startswith("hint of ")}
        hints = {hint.msgid for hints in solution.hints.values() for hint in hints}
        assert hints <= offered, name
