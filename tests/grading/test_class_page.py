"""The page of a class."""

from dataclasses import replace

import pytest

from autograder.course.misconceptions import catalogue
from autograder.grading.output.pages import write_pages
from autograder.util.i18n import _
from tests.grading.made_results import (
    AWFUL_NAMES,
    BONUS,
    BROKEN,
    EARLIER,
    FAILED,
    LATER,
    MISTAKE,
    STEP,
    failed,
    parse,
    rows,
    stub,
    submission,
    unreadable,
    verdict,
    words,
)


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
    assert titles == [
        "learner",
        "04 A rating is a dot product",
        "14 Alternating least squares bonus",
        "total",
        "bonus",
    ]
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


def test_a_cause_of_any_function_shows_what_the_learners_sentences_have_in_common(page):
    factor = _("The answer is {ratio:.4g} times {what}.")

    def wrong(learner, ratio):
        message = replace(FAILED, causes=(factor.format(ratio=ratio, what="the mean"),))
        return submission(learner, checks={"build_mf": failed(message, "constant-factor")})

    section = page(wrong("ada", 2.0), wrong("eve", 0.5)).find(id="mistakes")
    assert "The answer is … times the mean." in words(section)
    assert "The answer is 2 times the mean." in words(page(wrong("ada", 2.0)).find(id="mistakes"))


def test_a_cause_without_a_sentence_has_a_word_on_the_page_too(page):
    message = replace(FAILED, causes=())
    section = page(submission("ada", checks={"build_mf": failed(message, "brand-new")}))
    assert "No check of this version" in words(section.find(id="mistakes"))


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


def test_who_handed_in_no_exercise_has_a_row_and_a_remark(tmp_path):
    write_pages([submission("ada")], tmp_path, ["eve"], ["ada", "Björn"])
    shown = parse(tmp_path / "index.html")
    numbers = {words(part.dt): words(part.dd) for part in shown.header.dl.find_all("div")}
    assert (numbers["learners"], numbers["without an exercise"]) == ("1", "1")
    table = shown.find("table", class_="heat")
    assert [words(row.th) for row in table.tbody("tr")] == ["ada", "Björn", "eve"]
    (remark,) = shown.find(id="remarks").find_all("li")
    assert words(remark.find(class_="who")) == "Björn"
