"""A file that holds several exercises is one for each of them."""

import json

import pytest

from autograder.submissions.cells import UnreadableSubmission, Written
from autograder.submissions.discovery import find, survey
from autograder.submissions.limited_parser import LimitedParser
from autograder.submissions.parse import parse
from autograder.submissions.reader import work_in
from autograder.submissions.sections import beginning, exercises_begun, section_of
from autograder.submissions.submission import Submission
from tests.answers import exercise_text, solution_text, write
from tests.submissions.whole import whole_notebook

NAMES = ("04_dot_product", "08_ranking", "15_bug_hunt")


@pytest.fixture
def whole(tmp_path):
    texts = [solution_text(NAMES[0]), exercise_text(NAMES[1]), solution_text(NAMES[2])]
    path = tmp_path / "course.ipynb"
    text = whole_notebook(dict(zip(NAMES, texts, strict=True)))
    path.write_text(text, encoding="utf-8")
    return path


def test_every_exercise_is_found_in_it(whole):
    assert exercises_begun(whole.read_bytes()) == NAMES
    for target in (whole, whole.parent):
        found = find(target)
        assert tuple(found) == NAMES
        assert {file.path for file in found.values()} == {whole}
    assert tuple(find(whole, frozenset({"08_ranking"}))) == ("08_ranking",)


@pytest.mark.parametrize("name", NAMES)
def test_a_section_has_the_code_of_the_separate_file(whole, tmp_path, name):
    text = exercise_text(name) if name == "08_ranking" else solution_text(name)
    (tmp_path / "alone").mkdir()
    alone = write(tmp_path / "alone", name, text, ".ipynb")
    section = parse(Submission(name, whole))
    separate = parse(Submission(name, alone))
    assert [c.source for c in section.cells] == [c.source for c in separate.cells]
    assert [c.tags for c in section.cells] == [c.tags for c in separate.cells]
    assert any("holds several exercises" in note for note in section.notes)
    assert work_in(whole.read_bytes(), whole.name, name) == work_in(
        alone.read_bytes(), alone.name, name
    )


def test_the_cells_of_sections_keep_their_numbers():
    def code(number, source):
        return Written(number, "code", source)

    cells = [
        code(1, "above = 1"),
        code(2, beginning("04_dot_product")),
        code(3, "a = 1"),
        code(4, "from autograder import begin_exercise\n\nbegin_exercise('08_ranking')"),
        code(5, "b = 1"),
        Written(6, "markdown", beginning("15_bug_hunt")),
        code(7, beginning("04_dot_product")),
        code(8, "c = 1"),
    ]
    assert [c.number for c in section_of(cells, "04_dot_product")] == [3, 8]
    assert [c.number for c in section_of(cells, "08_ranking")] == [5, 6]
    assert section_of(cells, "15_bug_hunt") == []
    assert section_of(cells[2:3], "04_dot_product") is None


def test_an_exercise_that_is_not_in_it_is_refused(whole):
    with pytest.raises(UnreadableSubmission, match="other exercises, and not 05_training"):
        parse(Submission("05_training", whole))


def test_a_separate_file_with_work_counts_before_an_untouched_section(whole):
    write(whole.parent, "08_ranking", solution_text("08_ranking"))
    found = survey(whole.parent).files
    assert found["08_ranking"].path.name == "08_ranking.py"
    assert found["04_dot_product"].path == whole


def test_the_limited_parser_reads_sections_too(whole):
    with LimitedParser() as parser:
        files = survey(whole.parent, reader=parser).files
        assert tuple(files) == NAMES
        parsed = parser.parse(files["04_dot_product"], whole.read_bytes())
        assert any("def build_mf" in cell.source for cell in parsed.cells)
        assert not any("def ndcg_at_k" in cell.source for cell in parsed.cells)


def test_a_script_may_hold_several_exercises(tmp_path):
    path = tmp_path / "all.py"
    path.write_text(
        f"# %%\n{beginning('04_dot_product')}\n\n# %%\ndef build_mf(a, b, c):\n    return 1\n",
        encoding="utf-8",
    )
    assert tuple(find(path)) == ("04_dot_product",)
    [cell] = parse(Submission("04_dot_product", path)).cells
    assert "def build_mf" in cell.source


def test_names_that_are_no_exercises_begin_nothing():
    assert exercises_begun(b'begin_exercise("rm -rf")') == ()
    assert exercises_begun(json.dumps('begin_exercise("4")').encode()) == ()
