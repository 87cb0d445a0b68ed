"""A learner's page."""

from dataclasses import replace

import pytest

from autograder import course
from autograder.grading.output.figures import MAX_FIGURE_BYTES
from autograder.grading.results import CellOutput
from autograder.reports.model import Message
from tests.grading.made_results import (
    BROKEN,
    EARLIER,
    LATER,
    STEP,
    failed,
    png,
    stub,
    submission,
    unreadable,
    verdict,
    words,
)


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


def test_a_check_that_passed_with_the_courses_own_function_says_so(page):
    text = "Passed with the course's own top_n in place of yours."
    check = replace(
        verdict("passed", 4.0), message=Message(got=text), answered_by_course=("top_n",)
    )
    step = course.step("07_recommend")
    shown = page(submission("ada", step, checks={"recommend": (check,)}), learner="ada")
    [article] = [each for each in shown.find_all("article") if text in each.text]
    assert article.code.text == "recommend"
    assert "passed" in article.h3.text


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
