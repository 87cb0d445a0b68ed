"""Piles that a stranger to the kit laid down.

Each pile says who the learners are, which file counts for which exercise, and which words must name
a problem. Over all stands one rule: every file that somebody handed in is accounted for by name,
and the exit code is 1 exactly if something needs a person.
"""

import unicodedata

import pytest

from autograder.grading.collect import GRADED, collect
from autograder.grading.pipeline import refusals
from autograder.submissions.parse import parse
from tests.grading.common import autograder
from tests.grading.intake import strangers_downloads, strangers_folders, strangers_mixtures
from tests.grading.intake.strangers_words import handed_in, laid, relative

PILES = strangers_downloads.PILES | strangers_folders.PILES | strangers_mixtures.PILES


@pytest.mark.parametrize("pile", PILES.values(), ids=PILES)
def test_learners_are_found_and_every_file_is_accounted_for(tmp_path, pile):
    root = laid(tmp_path / "pile", pile.files)
    collected = collect([root / path for path in pile.paths], tmp_path / "out")
    found = sorted((s.learner, s.exercise) for s in collected.submissions)
    assert found == sorted((who, name) for who, files in pile.learners.items() for name in files)
    counted = {(a.learner, relative(a.path, root)) for a in collected.accounts if a.fate == GRADED}
    assert counted == {
        (who, unicodedata.normalize("NFC", path))
        for who, files in pile.learners.items()
        for path in files.values()
    }
    rows = [(relative(a.path, root), a.exercise) for a in collected.accounts]
    assert len(rows) == len(set(rows))
    named = {name for name, _exercise in rows}
    for name in handed_in(pile.files, pile.unlisted):
        # An archive stands for what is in it, and what is in it for an archive.
        below = [f"{each}/" for each in named if f"{each}/".startswith(f"{name}/")]
        above = [each for each in named if f"{name}/".startswith(f"{each}/")]
        assert below or above, name

    problems = collected.problems
    for words in pile.problems:
        assert any(words in problem for problem in problems), (words, problems)
    assert len(problems) == len(pile.problems), problems
    unreadable = [
        f"{r.learner} · {r.report.exercise}: {r.report.notes[0]}"
        for r in refusals(collected.submissions, parse)
    ]
    assert len(unreadable) == len(pile.unreadable), unreadable
    for words in pile.unreadable:
        assert any(words in sentence for sentence in unreadable), (words, unreadable)


@pytest.mark.process
@pytest.mark.parametrize("name", ["helpers_beside_the_exercise", "links_of_learners"])
def test_the_exit_code_says_if_something_needs_a_person(tmp_path, monkeypatch, name):
    monkeypatch.setenv("COLUMNS", "400")
    pile = PILES[name]
    root = laid(tmp_path / "pile", pile.files)
    done = autograder("grade", root, "--dry-run", "--out", tmp_path / "results")
    expected = (*pile.problems, *pile.unreadable)
    assert done.exit_code == (1 if expected else 0), done.output
    for words in expected:
        assert words in done.output
