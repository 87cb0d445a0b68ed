"""docs/truth.md quotes words that stand below its headings, and leaves no row without evidence."""

import re

import pytest

from autograder import course
from autograder.course.claims import account_of
from autograder.util import paths

DOCS = paths.course_root() / "docs"
VERDICTS = {
    "shown on both",
    "by arithmetic",
    "by a test of the library",
    "by a test of the kit",
    "from the paper",
}
PAGES = {
    "start": paths.course_root() / "autograder/course/pages/en/start.py",
    "memo": paths.course_root() / "autograder/course/pages/en/memo.py",
    "reading": DOCS / "reading.md",
}


def rows():
    """Return the rows of the table: exercise or page, heading, words, evidence, verdict."""
    table = (DOCS / "truth.md").read_text(encoding="utf-8").partition("|---|---|---|---|---|\n")[2]
    split = re.compile(r"(?<!\\)\|")
    lines = [split.split(line.strip()[1:-1]) for line in table.splitlines()]
    cells = [[cell.strip().replace(r"\|", "|") for cell in line] for line in lines]
    return [[page, heading, words[2:-2].strip(), *rest] for page, heading, words, *rest in cells]


def text_below(page, heading):
    """Return what stands below a heading of a page, on one line."""
    path = PAGES.get(page, paths.solutions() / f"{page}.py")
    lines = [re.sub(r"^# ?", "", line) for line in path.read_text(encoding="utf-8").splitlines()]
    if path.suffix == ".md":
        lines = path.read_text(encoding="utf-8").splitlines()
    start = [k for k, line in enumerate(lines) if re.fullmatch(rf"#+ {re.escape(heading)}", line)]
    assert len(start) >= 1, f"{page} has no heading {heading}"
    below = []
    for k in start:
        ends = [n for n in range(k + 1, len(lines)) if re.match(r"#+ \S", lines[n])]
        below += lines[k + 1 : min(ends, default=len(lines))]
    return re.sub(r"\s+", " ", " ".join(below))


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row[0]}-{row[2][:30]}")
def test_a_row_quotes_its_page_and_names_its_evidence(row):
    page, heading, words, evidence, verdict = row
    assert words in text_below(page, heading)
    assert verdict in VERDICTS
    assert evidence
    for test in re.findall(r"`(tests/\S+\.py)`", evidence):
        assert (paths.course_root() / test).is_file()


def test_every_exercise_has_rows_and_no_row_repeats_a_claim():
    named = {row[0] for row in rows()}
    assert named == {step.name for step in course.steps()} | set(PAGES)
    for page, _heading, words, *_rest in rows():
        says = [" ".join(claim.says.split()) for claim in account_of(page).claims]
        assert words not in says
