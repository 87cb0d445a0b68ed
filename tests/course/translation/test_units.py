"""Translators get the words of a cell in units, with their places."""

import re

import pytest

from autograder import course
from autograder.course.pages import page_names, page_text
from autograder.course.solution_cells import SolutionError
from autograder.course.solutions import solution_file
from autograder.course.translation import marks
from autograder.course.translation.code import Strings, code_units, string_template
from autograder.course.translation.markdown import markdown_units
from autograder.course.translation.sources import strings_of
from autograder.course.translation.units import notebook_units

MARKDOWN = """# Two · Rows

**Day 1-2 · 45 minutes · 6 points**

A paragraph with `code`, $x_i$ and a
second line.
- an item
  that goes on
- another: $a$
1. a step

| `userId` | who rated |
|---|---|
| 3 | 4.0 |

$$x = \\frac{1}{2} \\qquad \\text{(Koren 1)}$$

$$p = \\frac{\\text{hits}}{k}$$

```
user (b, 1) ── how many ── (b, 1)
```

```python
print("no prose")
```
"""


def texts(units):
    return [(unit.what, unit.text) for unit in units]


def test_markdown_is_cut_into_headings_paragraphs_items_rows_and_drawings():
    assert texts(markdown_units(MARKDOWN)) == [
        ("heading", "Two · Rows"),
        ("paragraph", "**Day {day} · {minutes} minutes · {points} points**"),
        ("paragraph", "A paragraph with `code`, $x_i$ and a second line."),
        ("list item", "an item that goes on"),
        ("list item", "another: $a$"),
        ("list item", "a step"),
        ("table row", "| `userId` | who rated |"),
        ("formula", "$$p = \\frac{\\text{hits}}{k}$$"),
        ("drawing", "user (b, 1) ── how many ── (b, 1)"),
    ]


def test_lines_below_an_item_are_indented_like_its_text():
    items = [unit for unit in markdown_units(MARKDOWN) if unit.what == "list item"]
    assert [unit.rest for unit in items] == ["  ", "  ", "   "]


CODE = '''
def top(scores, n=10):
    """The best items, é first.

    scores: array (I,), higher is better; any sign, of as many items as there are in the catalogue,
    each of them once.
    n: int. Returns a list.
    """
    # TODO: sort them,
    # best first.
    ### BEGIN SOLUTION
    order = scores.argsort()  # ascending
    return list(order[::-1][:n])
    ### END SOLUTION


print("the list:", f"{n:,} of {len(films)} films", films["title"], "{}")
axes.set(xlabel="stars", color="black", title=f"a" " {b}" if many else "One film")
axes.legend(loc="upper left")
style = {"label": "items", "color": "grey", "era": 3, "by chance": 4}
table["era"]
check("era")
'''


def test_code_offers_comments_docstrings_and_the_strings_that_a_learner_sees():
    assert texts(code_units(CODE, Strings())) == [
        ("docstring", "The best items, é first."),
        (
            "docstring",
            "scores: array (I,), higher is better; any sign, of as many items as there are in the "
            "catalogue, each of them once.",
        ),
        ("docstring", "n: int. Returns a list."),
        ("comment", "TODO: sort them, best first."),
        ("comment", "ascending"),
        ("string", "the list:"),
        ("f-string", "{n:,} of {len(films)} films"),
        ("string", "stars"),
        ("string", "One film"),
        ("string", "items"),
        ("string", "by chance"),
    ]


def test_an_author_names_strings_that_are_shown_or_hidden():
    strings = Strings(shown=frozenset({"era"}), hidden=frozenset({"by chance", "stars"}))
    found = [
        unit
        for unit in code_units(CODE, strings)
        if unit.what.endswith("string") and unit.what != "docstring"
    ]
    assert [unit.text for unit in found].count("era") == 2
    assert not {"by chance", "stars"} & {unit.text for unit in found}
    assert all(CODE[unit.start : unit.end][-1] == '"' for unit in found)


def test_a_program_inside_of_a_string_offers_its_own_strings():
    source = 'PROGRAM = """import sys\n\nprint("loaded in", 3)  # seconds\n"""\n'
    units = code_units(source, Strings())
    assert texts(units) == [("string", "loaded in"), ("comment", "seconds")]
    assert source[units[0].start : units[0].end] == '"loaded in"'


def test_words_inside_of_a_placeholder_are_refused():
    with pytest.raises(SolutionError, match="'above all'"):
        code_units("print(f\"first K: {k or 'above all'}\")", Strings())
    code_units("print(f\"first K: {table['era']}\")", Strings())


@pytest.mark.parametrize(
    ("source", "template"),
    [
        ('"a\\n" "b"', "a\nb"),
        ('f"{x:,} of"', "{x:,} of"),
        ('f"{a[\'k\']}" "{b}"', "{a['k']}{{b}}"),
        ('r"\\d"', "\\d"),
        ('"""one\ntwo"""', "one\ntwo"),
    ],
)
def test_a_template_is_the_text_with_its_placeholders(source, template):
    assert string_template(source) == template


# The course's own exercises and pages


def notebooks():
    import jupytext

    yield from ((step.name, solution_file(step.name).notebook.cells) for step in course.steps())
    for name in page_names():
        yield name, jupytext.reads(page_text(name), fmt="py:percent").cells


@pytest.fixture(scope="module")
def offered():
    """The units of every notebook, by cell."""
    found = {}
    for name, cells in notebooks():
        units = list(notebook_units(cells, strings_of(name)))
        found[name] = [
            (cell, [unit for n, unit in units if n == number]) for number, cell in enumerate(cells)
        ]
    return found


def test_units_stand_where_they_say_and_do_not_overlap(offered):
    for name, cells in offered.items():
        for cell, units in cells:
            end = 0
            for unit in units:
                assert unit.start >= end, (name, unit)
                end = unit.end
                source = cell.source[unit.start : unit.end]
                if unit.rest is not None and "{minutes}" not in unit.text:
                    words = re.sub(r"^ *#+ ?", "", source, flags=re.MULTILINE).split()
                    assert " ".join(words) == " ".join(unit.text.split()), name


def test_no_prose_of_a_notebook_is_left_out(offered):
    for name, cells in offered.items():
        for cell, units in cells:
            if cell.cell_type != "markdown":
                continue
            rest = cell.source
            for unit in reversed(units):
                rest = f"{rest[: unit.start]} {rest[unit.end :]}"
            rest = re.sub(r"```.*?```", "", rest, flags=re.DOTALL)
            rest = re.sub(r"^### \w+$", "", rest, flags=re.MULTILINE)  # the function of the hints
            assert not marks.has_words(rest), (name, rest)


def test_every_exercise_offers_three_hints_a_function(offered):
    for step in course.steps():
        units = [unit for _cell, found in offered[step.name] for unit in found]
        for function in step.functions:
            assert [unit.what for unit in units].count(f"hint of {function}") == 3, function


def test_names_of_functions_and_columns_are_never_offered(offered):
    for name, cells in offered.items():
        texts = {unit.text for _cell, units in cells for unit in units if "string" in unit.what}
        functions = {name for step in course.steps() for name in step.functions}
        columns = {"userId", "movieId", "timestamp", "title", "genres", "user", "item"}
        assert not texts & columns, name
        for cell, units in cells:
            code = cell.source
            for unit in units:
                if unit.text in functions:
                    assert not code[: unit.start].endswith("check("), name


def test_every_exception_in_strings_toml_is_a_string_of_its_exercise(offered):
    for name, cells in offered.items():
        code = "\n".join(cell.source for cell, _units in cells if cell.cell_type == "code")
        strings = strings_of(name)
        for text in strings.shown | strings.hidden:
            assert f'"{text}"' in code, (name, text)
