"""Pages stand alone, whatever a submission holds."""

import unicodedata

import pytest

from autograder.grading.output.grades_csv import write_grades
from autograder.grading.output.pages import write_pages
from autograder.grading.results import CellOutput
from autograder.grading.slugs import slug
from autograder.reports.model import Message
from tests.grading.made_results import (
    AWFUL_NAMES,
    EARLIER,
    LATER,
    POLICY,
    STEP,
    failed,
    parse,
    submission,
    unreadable,
    words,
)


def class_of(text):
    """Two learners whose names, messages, notes, layers and outputs are all this text."""
    message = Message(text, text, text, text, (text,), text)
    return [
        submission(
            text,
            step,
            {"build_mf": failed(message, misconception=text)},
            notes=[text],
            isolation=(text,),
            outputs=[CellOutput(1, text)],
        )
        for step in (STEP, LATER)
    ] + [unreadable(text, EARLIER, text)]


def structure(path):
    """The tags of a page with the names of their attributes."""
    return [(tag.name, sorted(tag.attrs)) for tag in parse(path).find_all(True)]


@pytest.mark.parametrize(
    "text",
    [*AWFUL_NAMES[:3], "</pre></details><h1>full points</h1>", "' onmouseover='alert(1)' x='",
     "&lt;b&gt;<!--", "]]><style>*{display:none}</style>", "javascript:alert(1)"],
)  # fmt: skip
def test_a_submission_cannot_add_anything_to_a_page(tmp_path, text):
    harmless, hostile = tmp_path / "harmless", tmp_path / "hostile"
    write_pages(class_of("ada"), harmless)
    write_pages(class_of(text), hostile)
    assert structure(hostile / "index.html") == structure(harmless / "index.html")
    page = hostile / slug(text) / "index.html"
    assert structure(page) == structure(harmless / "ada" / "index.html")
    assert text in parse(page).pre.get_text()


def test_hidden_characters_are_spelt_out_on_every_page(page, tmp_path):
    page(*class_of("ev\u202etxt.exe \x00\x07\u2066\ud800\ufeff"))
    for path in tmp_path.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "ev⟨U+202E⟩txt.exe" in text
        hidden = {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs"}}
        assert hidden <= {"\n"}


def test_letters_of_every_script_stay(page):
    for name in ("محمد الأحمد", "👩\u200d🎓", "می\u200cخواهم", "张伟", "Zoë"):
        shown = page(submission(name), learner=name)
        assert words(shown.h1.bdi) == name


@pytest.mark.parametrize("learner", [None, "ada"], ids=["class", "learner"])
def test_a_page_stands_alone_and_is_accessible(page, learner):
    results = [submission("ada", checks={"build_mf": failed()}, notes=["x"]), submission("eve")]
    shown = page(*results, learner=learner)
    policy = shown.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    assert policy["content"] == POLICY
    assert shown.html["lang"] == "en"
    assert shown.title.get_text()
    assert not shown.find_all(["script", "link", "iframe", "object", "form", "base"])
    assert "url(" not in shown.style.get_text()
    assert "@import" not in shown.style.get_text()
    assert all(header.has_attr("scope") for header in shown.find_all("th"))
    drawings = shown.find_all("svg")
    assert drawings
    assert all(d.get("aria-label") or d.get("aria-hidden") == "true" for d in drawings)


def test_writing_again_leaves_only_the_new_pages(tmp_path):
    for notes in (["before"], ["after"]):
        write_pages([submission("ada", notes=notes)], tmp_path)
        write_grades([submission("ada")], tmp_path / "grades.csv")
    files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    assert files == {"index.html", "grades.csv", "ada/index.html"}
    assert "after" in (tmp_path / "ada" / "index.html").read_text(encoding="utf-8")


def test_results_in_another_order_give_the_same_files(tmp_path):
    results = [submission(name, step) for name in ("zoe", "ada", "Ada") for step in (STEP, LATER)]
    written = []
    for number, order in enumerate((results, results[::-1])):
        folder = tmp_path / str(number)
        write_pages(order, folder)
        write_grades(order, folder / "grades.csv")
        written.append({p.relative_to(folder): p.read_bytes() for p in folder.rglob("*.*")})
    assert written[0] == written[1]
