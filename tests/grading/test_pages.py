"""What grading a class leaves: the table, the class page, and a page and a folder each learner."""

import csv
import io
import re
import struct
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from autograder import course
from autograder.course.misconceptions import catalogue
from autograder.grading.output.pages import MAX_FIGURE_BYTES, write_pages
from autograder.grading.output.table import write_grades
from autograder.grading.results import CellOutput, Result
from autograder.grading.slugs import slug
from autograder.reports.model import CheckResult, Message, Report, of_function, with_function

STEP = course.step("04_dot_product")
EARLIER, LATER = course.step("01_explore"), course.step("08_ranking")
BONUS = course.step("14_als")
LAYERS = ("landlock", "network", "rlimits")
MISTAKE = "dot-normalised"
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
FAILED = Message(
    called="build_mf(n_users=5, n_items=7, n_factors=3)",
    got="array of shape (4, 1, 1)",
    must="`predict` returns one number a pair.",
    causes=("One axis is left over.",),
    hint="build_mf",
)
BROKEN = Message(got="This check itself broke (KeyError: 3): a fault.")
AWFUL_NAMES = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "=cmd|' /C calc'!A0",
    "محمد الأحمد", "👩\u200d🎓 🎬", "x" * 300, "ev\u202etxt.exe", "b\udc80roken", "{{ 7 * 7 }}",
    "../../etc/passwd", "a/b", "Zoë Müller", "Marie", "marie", "MARIE", "con", "nul.txt", "com1",
    ".", "..", "", " ", ".hidden", "-rf", "trailing.", "index.html", "grades.csv", "tab\tand\nline",
    "张伟", "张", slug("Zoë Müller"),
)  # fmt: skip


def verdict(outcome, points, number=0, message=None, misconception=None):
    earned = points if outcome == "passed" else 0.0
    return CheckResult(f"check_{number}", outcome, earned, points, message, misconception)


def submission(learner, step=STEP, checks=None, *, notes=(), isolation=LAYERS, outputs=()):
    """A graded submission; functions that `checks` does not name have passed."""
    report = Report(step.name, f"{step.name}.py", "0" * 64, 0.0, 0.0, isolation, (), tuple(notes))
    for function, points in step.points.items():
        passed = (verdict("passed", points),)
        results = (checks or {}).get(function, passed)
        report = with_function(report, of_function(function, points, results))
    return Result(learner, report, tuple(outputs))


def unreadable(learner, step=STEP, note="it is no valid notebook"):
    return Result(learner, Report(step.name, "file.ipynb", "", 0.0, 0.0, (), (), (note,)))


def stub(function):
    """The message on a function that nobody has written."""
    return Message(got=f"{function} is still to be written.", hint=function)


def failed(message=FAILED, misconception=None):
    """Two checks of `build_mf` (6 points), of which the second failed."""
    return (verdict("passed", 2.0), verdict("failed", 4.0, 1, message, misconception))


def png(width=4, height=4, size=100):
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height)
    return head.ljust(size, b"\0")


@pytest.fixture
def page(tmp_path):
    """Write the pages of these results and read one: the class's, or a learner's."""

    def write_and_read(*results, learner=None):
        write_pages(list(results), tmp_path)
        folder = tmp_path / slug(learner) if learner is not None else tmp_path
        return parse(folder / "index.html")

    return write_and_read


@pytest.fixture
def grades(tmp_path):
    """Write the table of these results and read its text."""

    def write_and_read(*results):
        path = tmp_path / "grades.csv"
        write_grades(list(results), path)
        return path.read_bytes().decode("utf-8")

    return write_and_read


def parse(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def words(element) -> str:
    """The text of an element with single spaces, as a reader meets it."""
    return " ".join(element.get_text(" ").split())


def rows(text, delimiter=","):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


# Folders


@pytest.mark.parametrize("name", ["marie.durand", "E12345", "Anne-Sophie", "ada_lovelace", "7"])
def test_an_ordinary_name_is_its_own_folder(name):
    assert slug(name) == name


def test_a_changed_name_can_still_be_read():
    assert re.fullmatch(r"zoe-muller-[0-9a-f]{16}", slug("Zoë Müller"))


@given(st.sampled_from(AWFUL_NAMES) | st.text(st.characters(exclude_categories=[])))
def test_a_folder_is_safe_on_every_file_system(name):
    folder = slug(name)
    assert re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?", folder)
    assert len(folder) <= 60
    assert not re.fullmatch(r"con|prn|aux|nul|com\d|lpt\d", folder.lower().partition(".")[0])
    assert Path(folder).suffix not in {".html", ".csv", ".json"}


def test_no_two_learners_share_a_folder():
    folders = {slug(name) for name in AWFUL_NAMES}
    assert len(folders) == len(AWFUL_NAMES)


@given(st.text(max_size=4), st.text(max_size=4))
def test_folders_differ_where_names_differ(one, other):
    assert (slug(one) == slug(other)) == (one == other)
    assert slug(slug(one)) != slug(one) or slug(one) == one


# The table


def test_the_table_has_a_row_a_learner_and_a_column_an_exercise_handed_in(grades):
    text = grades(
        submission("zoe", LATER),
        submission("ada", STEP, {"build_mf": failed()}),
        submission("ada", EARLIER),
    )
    assert rows(text) == [
        ["learner", "01_explore", "04_dot_product", "08_ranking", "total", "max"],
        ["ada", "6", "6", "", "12", "26"],
        ["zoe", "", "", "10", "10", "26"],
    ]


def test_points_are_plain_numbers(grades):
    result = submission("ada")
    noisy = replace(result, report=replace(result.report, points=9.800799999999999))
    assert rows(grades(noisy))[1] == ["ada", "9.8", "9.8", "10"]


def test_bonus_points_are_in_a_column_of_their_own_and_who_leaves_them_out_loses_nothing(grades):
    text = grades(submission("ada", STEP), submission("ada", BONUS), submission("zoe", STEP))
    assert rows(text) == [
        ["learner", "04_dot_product", "14_als", "total", "max", "bonus"],
        ["ada", "10", "5", "10", "10", "5"],
        ["zoe", "10", "", "10", "10", "0"],
    ]


def test_what_cannot_be_graded_earns_nothing(grades):
    assert rows(grades(unreadable("ada")))[1] == ["ada", "0", "0", "10"]


def test_the_table_is_utf_8_without_a_mark(grades, tmp_path):
    grades(submission("张伟"))
    data = (tmp_path / "grades.csv").read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert "张伟".encode() in data


@pytest.mark.parametrize(
    "name",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\u200b=1", "\x00=1", "＝1",
     "﹣1", "＋1", "＠a"],
)  # fmt: skip
def test_no_name_becomes_a_formula(grades, name):
    cell = rows(grades(submission(name)))[1][0]
    assert cell.startswith("'")
    assert cell.endswith(name[-1])


@pytest.mark.parametrize("name", ["anne-marie", "a=b", "o'brien", 'the "ace"', "a,b", "a b"])
def test_other_names_stay_as_they_are(grades, name):
    assert rows(grades(submission(name)))[1][0] == name


def test_a_name_makes_no_cell_of_its_own_where_semicolons_separate(grades):
    text = grades(submission('x;=1+1;"'), submission("y\n=1"))
    cells = [cell for row in rows(text, ";") for cell in row]
    assert not any(cell.lstrip().startswith("=") for cell in cells)
    assert len(text.splitlines()) == 3


def test_no_control_character_reaches_the_table(grades):
    text = grades(submission("a\x00b\x1b[31m\u202ec\ud800d\x7f"))
    assert rows(text)[1][0] == "ab[31mcd"


# The class page


def test_the_headline_tells_the_size_of_the_class_and_the_mean(page):
    header = page(
        submission("ada"), submission("zoe", STEP, {"build_mf": failed()}), unreadable("eve")
    ).header
    numbers = {words(part.dt): words(part.dd) for part in header.dl.find_all("div")}
    assert numbers == {
        "learners": "3",
        "submissions graded": "2",
        "cannot be graded": "1",
        "mean of the totals": "5.33 / 10",
    }


def test_the_heat_table_shows_the_points_of_every_learner_and_exercise(page):
    table = page(
        submission("zoe", STEP, {"build_mf": failed()}),
        submission("ada", EARLIER),
        unreadable("ada", LATER),
    ).find("table", class_="heat")
    shown = {words(row.th): [words(c) for c in row.find_all("td")] for row in table.tbody("tr")}
    absent = "– not handed in"
    assert shown == {
        "ada": ["6 /6", absent, "! cannot be graded", "6 /26"],
        "zoe": [absent, "6 /10", absent, "6 /26"],
    }


def test_bonus_points_stand_beside_the_total_and_are_never_out_of_anything(page):
    shown = page(submission("ada", STEP), submission("ada", BONUS), submission("zoe", STEP))
    table = shown.find("table", class_="heat")
    titles = [words(cell) for cell in table.thead("th")]
    assert titles == ["learner", "04 dot product", "14 als bonus", "total", "bonus"]
    cells = {words(row.th): [words(c) for c in row.find_all("td")] for row in table.tbody("tr")}
    assert cells == {
        "ada": ["10 /10", "5 /5", "10 /10", "+5"],
        "zoe": ["10 /10", "– not handed in", "10 /10", "+0"],
    }
    numbers = {words(part.dt): words(part.dd) for part in shown.header.dl.find_all("div")}
    assert numbers["mean of the totals"] == "10 / 10"
    assert numbers["mean of the bonus"] == "2.5"


@pytest.mark.parametrize(("learner", "bonus"), [("ada", "5"), ("zoe", "0")])
def test_a_learner_reads_the_bonus_on_top_of_the_total(page, learner, bonus):
    results = submission("ada", STEP), submission("ada", BONUS), submission("zoe", STEP)
    shown = page(*results, learner=learner)
    total = words(shown.find(class_="total"))
    assert total == f"10 of 10 points, and {bonus} bonus points"
    assert shown.header.find("rect", class_="fill")["width"] == "100%"
    assert "bonus" in words(shown.find(id=BONUS.name).h2)


def test_a_class_that_handed_in_nothing_but_a_bonus_has_pages(page, grades):
    assert words(page(submission("ada", BONUS), learner="ada").find(class_="total")) == (
        "0 of 0 points, and 5 bonus points"
    )
    assert rows(grades(submission("ada", BONUS)))[1] == ["ada", "5", "0", "0", "5"]


def test_shades_run_from_no_points_to_all(page):
    points = {"none": 0, "few": 2.4, "some": 2.5, "half": 5, "most": 9.9, "all": 10}
    results = []
    for name, earned in points.items():
        result = submission(name)
        results.append(replace(result, report=replace(result.report, points=earned)))
    table = page(*results).find("table", class_="heat")
    levels = {words(row.th): row.td["class"] for row in table.tbody("tr")}
    assert levels == {name: [f"level-{number}"] for number, name in enumerate(points)}


def test_every_link_leads_somewhere(page, tmp_path):
    results = [
        submission(name, step, {"build_mf": failed(misconception=MISTAKE)}, notes=["repaired"])
        for name in AWFUL_NAMES
        for step in (STEP, LATER)
    ]
    page(*results)
    for path in tmp_path.rglob("*.html"):
        for link in parse(path).find_all("a"):
            file, _hash, anchor = link["href"].partition("#")
            target = (path.parent / file).resolve() if file else path
            assert target.is_relative_to(tmp_path)
            assert not anchor or parse(target).find(id=anchor)


def test_frequent_mistakes_are_named_counted_and_explained(page):
    other = "product-not-summed"
    section = page(
        submission("ada", checks={"build_mf": failed(misconception=other)}),
        submission("eve", checks={"build_mf": failed(misconception=MISTAKE) * 2}),
        submission("zoe", checks={"build_mf": failed(misconception=MISTAKE)}),
    ).find(id="mistakes")
    first, second = section.ol.find_all("li", recursive=False)
    assert words(first).startswith("2 learners build_mf 04_dot_product " + MISTAKE)
    assert catalogue()[MISTAKE].cause in words(first)
    assert [words(link) for link in first.find_all("a")] == ["eve", "zoe"]
    assert words(second).startswith("1 learner build_mf 04_dot_product " + other)


def test_a_mistake_that_the_catalogue_does_not_know_is_still_counted(page):
    section = page(submission("ada", checks={"build_mf": failed(misconception="brand-new")}))
    assert "brand-new" in words(section.find(id="mistakes"))


def test_functions_show_who_passes_them_and_the_hardest_come_first(page):
    todo = (verdict("todo", 2.0, message=stub("predict_pairs")),)
    section = page(
        submission("ada", checks={"build_mf": failed(), "predict_pairs": todo}),
        submission("eve", checks={"build_mf": failed()}),
        submission("zoe"),
        unreadable("uma"),
    ).find(id="functions")
    shown = {words(row.th): [words(c) for c in row.find_all("td")] for row in section("tr")[2:]}
    assert shown == {
        "build_mf": ["", "1 / 3", "2", ""],
        "predict_pairs": ["", "2 / 3", "", "1"],
        "score_matrix": ["", "3 / 3", "", ""],
    }
    assert "Passed least often: build_mf 1 of 3, predict_pairs 2 of 3" in words(section)
    drawing = section.find("svg")
    assert drawing["aria-label"] == "1 passed, 2 failed, 0 todo"
    assert [part["width"] for part in drawing("rect")] == ["33.33%", "66.67%"]


def test_a_histogram_counts_the_learners_of_each_exercise_by_their_points(page):
    none = {name: (verdict("failed", p, 0, FAILED),) for name, p in STEP.points.items()}
    drawing = (
        page(
            submission("ada"), submission("eve", checks=none), submission("zoe"), unreadable("uma")
        )
        .find(id="exercises")
        .find("svg")
    )
    assert drawing["aria-label"].endswith("1, 0, 0, 0, 0, 2")
    assert [words(text) for text in drawing.find_all(class_="count")] == ["1", "2"]


def test_what_an_instructor_should_see_is_listed_the_ungradable_first(page):
    broken = (verdict("error", 6.0, message=BROKEN),)
    section = page(
        submission("ada", notes=["cell 7 was skipped"]),
        submission("bob"),
        submission("eve", checks={"build_mf": broken}),
        unreadable("zoe", note="it is empty"),
    ).find(id="remarks")
    assert [words(item) for item in section.ul.find_all("li", recursive=False)] == [
        "zoe 04_dot_product Cannot be graded. it is empty",
        "ada 04_dot_product cell 7 was skipped",
        "eve 04_dot_product A check of build_mf broke: a fault of the kit, not the learner's.",
    ]


def test_isolation_is_named_when_all_runs_shared_it(page):
    section = page(submission("ada"), submission("eve"), unreadable("zoe")).find(id="isolation")
    assert words(section) == "Isolation Every submission ran behind: landlock, network, rlimits."


def test_differing_isolation_and_none_are_said(page):
    section = page(submission("ada"), submission("eve"), submission("zoe", isolation=())).find(
        id="isolation"
    )
    shared, none = section.find_all("li")
    assert "Not all submissions were protected by the same layers." in words(section)
    assert words(shared) == "2 submissions: landlock, network, rlimits"
    assert words(none).startswith("1 submission: no isolation")


def test_a_class_without_isolation_is_told_so(page):
    assert "no isolation" in words(page(submission("ada", isolation=())).find(id="isolation"))


def test_a_class_that_handed_in_nothing_has_a_page_and_a_table(page, grades):
    assert "No submission was found." in words(page())
    assert rows(grades()) == [["learner", "total", "max"]]


# A learner's page


def test_a_learner_finds_the_total_and_a_section_for_every_exercise(page):
    shown = page(
        submission("ada", EARLIER),
        submission("ada", STEP, {"build_mf": failed()}),
        submission("eve", LATER),
        learner="ada",
    )
    assert words(shown.h1) == "ada"
    assert words(shown.find(class_="total")) == "12 of 26 points"
    assert [section["id"] for section in shown.main("section")] == [
        EARLIER.name,
        STEP.name,
        LATER.name,
    ]
    assert words(shown.find(id=STEP.name).h2) == "04 A rating is a dot product 6 / 10"
    assert "Not handed in." in words(shown.find(id=LATER.name))


def test_every_function_has_a_sign_an_outcome_and_points(page):
    todo = (verdict("todo", 2.0, message=stub("predict_pairs")),)
    shown = page(
        submission("ada", checks={"build_mf": failed(), "predict_pairs": todo}), learner="ada"
    )
    assert [words(function.h3) for function in shown.find_all("article")] == [
        "✗ build_mf failed 2 / 6",
        "· predict_pairs todo 0 / 2",
        "✓ score_matrix passed 2 / 2",
    ]


def test_a_problem_is_told_in_four_parts_and_a_command(page):
    article = page(submission("ada", checks={"build_mf": failed()}), learner="ada").article
    labels = [words(label) for label in article.find_all("b")]
    assert labels == ["Called:", "Got:", "Must hold:", "Likely cause:", "For a hint:"]
    assert [words(code) for code in article.find_all("code")] == [
        "build_mf",
        "predict",
        "autograder hint build_mf",
    ]


def test_an_untouched_function_gets_its_hint_and_its_message_once(page):
    todo = (verdict("todo", 3.0, message=stub("build_mf")),) * 3
    article = page(submission("ada", checks={"build_mf": todo}), learner="ada").article
    assert words(article).count("still to be written") == 1
    assert "autograder hint build_mf" in words(article)


def test_the_first_problem_is_open_and_the_others_are_folded(page):
    checks = failed() + (verdict("failed", 1.0, 2, Message("build_mf(1, 1, 1)", "None")),)
    article = page(submission("ada", checks={"build_mf": checks}), learner="ada").article
    assert words(article.details.summary) == "1 more problem"
    assert "build_mf(1, 1, 1)" in words(article.details)
    assert "n_users=5" not in words(article.details)


def test_a_fault_of_the_kit_comes_without_a_hint(page):
    broken = (verdict("error", 6.0, message=BROKEN),)
    article = page(submission("ada", checks={"build_mf": broken}), learner="ada").article
    assert "a fault." in words(article)
    assert "autograder hint" not in words(article)


def test_notes_and_the_reason_against_grading_are_told(page):
    shown = page(
        submission("ada", notes=["cell 7 was skipped"]), unreadable("ada", LATER), learner="ada"
    )
    assert words(shown.find(id=STEP.name).find(role="note")) == "Notes cell 7 was skipped"
    note = words(shown.find(id=LATER.name).find(role="note"))
    assert note == "This file cannot be graded. it is no valid notebook"


def test_the_learners_own_output_is_folded_and_called_no_verdict(page):
    outputs = [CellOutput(3, "users 610"), CellOutput(7, "", (png(),)), CellOutput(9, "")]
    details = page(submission("ada", outputs=outputs), learner="ada").find("details")
    assert not details.has_attr("open")
    assert "The learner's own output" in words(details)
    assert "no verdict" in words(details)
    assert [words(title) for title in details("h4")] == ["Cell 3", "Cell 7"]
    assert details.pre.get_text() == "users 610"
    assert details.img["src"].startswith("data:image/png;base64,iVBORw0KGgo")
    assert details.img["alt"] == "Figure 1 of cell 7"


@pytest.mark.parametrize(
    "figure",
    [b"GIF89a", b"<svg onload='alert(1)'>", b"", png()[:8], png(size=MAX_FIGURE_BYTES),
     png(60_000, 60_000)],
    ids=["gif", "svg", "empty", "signature only", "too many bytes", "too many pixels"],
)  # fmt: skip
def test_only_real_and_small_pngs_are_shown(page, figure):
    outputs = [CellOutput(2, "", (figure, png()))]
    details = page(submission("ada", outputs=outputs), learner="ada").find("details")
    assert len(details("img")) == 1
    assert "1 figure is left out" in words(details)


def test_output_reads_as_in_a_terminal(page):
    text = "\x1b[1m1/2\x1b[0m ━━\r\x1b[1m2/2\x1b[0m ━━\b\b loss 0.8\nWindows\r\nends\n"
    shown = page(submission("ada", outputs=[CellOutput(1, text)]), learner="ada")
    assert shown.pre.get_text() == "2/2 ━━ loss 0.8\nWindows\nends"


# Whatever a submission holds


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
