"""The pipeline: what is graded again, and what each submission goes through."""

import hashlib
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.grading import pipeline
from autograder.grading.collect import collect
from autograder.grading.pipeline import grade
from autograder.grading.result_cache import ResultCache
from autograder.grading.results import CACHED, DUPLICATE, JUDGED
from autograder.sandbox.isolation import LAYERS
from autograder.sandbox.limits import Limits
from autograder.submissions import discovery
from autograder.submissions import parse as parsing
from autograder.util.atomic import NotWritten
from tests.conftest import ROOT
from tests.grading.common import PATIENCE, RIGHT, RULES, WRONG, Judges, graded, hand_in


def test_unchanged_work_is_not_graded_again_and_its_result_is_the_same(done):
    folder, out = done
    first = graded(Judges(), folder, out, force=True)
    judges = Judges()
    second = graded(judges, folder, out)
    assert judges.learners == []
    assert all(result.origin == CACHED for result in second.values())
    assert second == {name: replace(result, origin=CACHED) for name, result in first.items()}


def test_changed_work_is_graded_again_and_nothing_else(done):
    folder, out = done
    hand_in(folder, "ada", WRONG)
    judges = Judges()
    graded(judges, folder, out)
    assert judges.learners == ["ada"]


@pytest.mark.parametrize(
    "change",
    [
        {"force": True},
        {"version": "another kit"},
        {"rules": replace(RULES, limits=Limits(cpu_seconds=1))},
        {"rules": replace(RULES, layers=frozenset())},
    ],
    ids=["force", "kit", "limits", "layers"],
)
def test_all_is_graded_again_where_the_verdict_may_be_another(done, change):
    folder, out = done
    judges = Judges()
    graded(judges, folder, out, **change)
    assert sorted(judges.learners) == ["ada", "ben"]


def test_another_seed_is_no_reason_to_grade_again(done):
    folder, out = done
    judges = Judges()
    graded(judges, folder, out, rules=replace(RULES, seed=2))
    assert judges.learners == []


def test_where_isolation_is_required_results_without_it_do_not_count(done):
    folder, out = done
    rules = replace(RULES, require_isolation=True)
    for judges in (Judges(), Judges(isolation=LAYERS)):
        graded(judges, folder, out, rules=rules)
        assert sorted(judges.learners) == ["ada", "ben"]
    judges = Judges()
    graded(judges, folder, out, rules=rules)
    assert judges.learners == []


def test_a_fault_of_the_kit_is_no_last_word(done):
    folder, out = done
    for _run in range(2):
        judges = Judges(outcome="error")
        graded(judges, folder, out, version="another kit")
        assert sorted(judges.learners) == ["ada", "ben"]


def test_what_could_not_be_graded_is_tried_again(done):
    folder, out = done
    path = hand_in(folder, "ada")
    path.unlink()
    path.symlink_to(ROOT / "pyproject.toml")
    results = graded(Judges(), folder, out)
    assert not results["ada"].gradable
    assert "a link to another place" in results["ada"].report.notes[0]
    assert results["ben"].origin == CACHED
    path.unlink()
    hand_in(folder, "ada")
    judges = Judges()
    graded(judges, folder, out)
    assert judges.learners == ["ada"]


def test_a_file_that_changes_meanwhile_is_stored_as_what_was_graded(tmp_path):
    path = hand_in(tmp_path / "class", "ada", WRONG)
    store = ResultCache(tmp_path / "out", "kit", RULES)
    submissions = collect([tmp_path / "class"], tmp_path / "out").submissions

    def opened_late():
        hand_in(tmp_path / "class", "ada", RIGHT)
        return Judges()

    with ThreadPoolExecutor(1) as executor:
        [result] = grade(submissions, parsing.parse, store, opened_late, executor)
    assert result.report.sha256 == hashlib.sha256(WRONG.encode()).hexdigest()
    path.write_text(WRONG, encoding="utf-8")
    judges = Judges()
    graded(judges, tmp_path / "class", tmp_path / "out")
    path.write_text(RIGHT, encoding="utf-8")
    graded(judges, tmp_path / "class", tmp_path / "out")
    assert judges.learners == ["ada"]


def test_each_file_is_read_once_and_parsed_once(done, monkeypatch):
    """Those that are cached are read, and not parsed."""
    folder, out = done
    for learner in ("cleo", "dan", "eve"):
        hand_in(folder, learner)
    hand_in(folder, "finn", WRONG)
    calls = Counter()

    def counted(function, name_of):
        def call(*arguments):
            calls[function.__name__, name_of(*arguments)] += 1
            return function(*arguments)

        return call

    for module in (discovery, parsing, pipeline):
        read = counted(module.read_content, lambda path: path.parent.name)
        monkeypatch.setattr(module, "read_content", read)
    parse = counted(parsing.parse, lambda submission, *_content: submission.learner)
    monkeypatch.setattr(parsing, "parse", parse)
    results = graded(Judges(), folder, out, parse=parse)
    origins = Counter(result.origin for result in results.values())
    assert origins == {CACHED: 2, JUDGED: 2, DUPLICATE: 2}
    assert calls == Counter(
        {
            **{("read_content", learner): 1 for learner in results},
            **{("parse", learner): 1 for learner in ("cleo", "dan", "eve", "finn")},
        }
    )


def test_a_fault_in_reading_costs_its_own_submission_only(done, monkeypatch):
    """A file that nobody foresaw must not stop a class."""
    folder, out = done

    def broken(submission, content):
        if submission.learner == "ada":
            raise RecursionError("too deep")
        return parsing.parse(submission, content)

    results = graded(Judges(), folder, out, force=True, parse=broken)
    assert not results["ada"].gradable
    [note] = results["ada"].report.notes
    assert note.startswith("cannot be graded because of a fault of the kit:")
    assert "RecursionError: too deep" in note
    assert results["ben"].sound
    judges = Judges()
    monkeypatch.undo()
    graded(judges, folder, out)
    assert judges.learners == ["ada"]


def test_an_interruption_while_files_are_read_ends_what_waits(done):
    folder, out = done
    submissions = collect([folder], folder.parent / "out").submissions
    begun, go_on = threading.Event(), threading.Event()

    class Waiting(Judges):
        def grade(self, parsed):
            begun.set()
            assert go_on.wait(PATIENCE)
            return super().grade(parsed)

    def interrupted():
        yield from submissions
        assert begun.wait(PATIENCE)
        raise KeyboardInterrupt

    judges = Waiting()
    with ThreadPoolExecutor(1) as executor:
        store = ResultCache(out, "another kit", RULES)
        with pytest.raises(KeyboardInterrupt):
            list(grade(interrupted(), parsing.parse, store, lambda: judges, executor))
        go_on.set()
    assert judges.learners == ["ada"]
    again = graded(Judges(), folder, out, version="another kit")
    assert {name: result.origin for name, result in again.items()} == {"ada": CACHED, "ben": JUDGED}


def test_a_result_that_cannot_be_written_ends_the_run(done, monkeypatch):
    folder, out = done

    def full(path, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(NotWritten, match="No space left on device"):
        graded(Judges(), folder, out, force=True)
