"""Submissions with the same code: one is judged for all."""

import hashlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from autograder.grading.collect import collect
from autograder.grading.pipeline import grade
from autograder.grading.result_cache import ResultCache
from autograder.grading.results import CACHED, DUPLICATE, JUDGED, refused
from autograder.reports.model import from_json
from autograder.submissions.parse import parse
from autograder.submissions.submission import Submission
from autograder.util import paths
from tests.grading.common import (
    PATIENCE,
    RIGHT,
    RULES,
    STEP,
    WRONG,
    Judges,
    graded,
    hand_in,
    with_cell,
)


def test_of_the_same_code_one_is_judged_and_everybody_has_the_verdict(tmp_path):
    folder, out = tmp_path / "class", tmp_path / "out"
    paths = {learner: hand_in(folder, learner) for learner in ("ada", "ben", "cleo")}
    hand_in(folder, "dan", WRONG)
    judges = Judges()
    results = graded(judges, folder, out)
    assert sorted(judges.learners) == ["ada", "dan"]
    assert {learner for learner, each in results.items() if each.origin == DUPLICATE} == {
        "ben",
        "cleo",
    }
    for learner, path in paths.items():
        report = results[learner].report
        assert (report.submission, report.points) == (path.as_posix(), 10)
        assert results[learner].outputs == results["ada"].outputs
        assert from_json(json.loads((out / learner / f"{STEP.name}.json").read_text())) == report
    assert all(each.origin == CACHED for each in graded(Judges(), folder, out).values())


@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
def test_prose_and_demonstrations_make_no_other_code(tmp_path, suffix):
    folder = tmp_path / "class"
    contents = [
        hand_in(folder, "ada", suffix=suffix),
        hand_in(folder, "cleo", f'{RIGHT}\n# %% tags=["demo"]\nprint("mine")\n', suffix),
        hand_in(folder, "dan", f"{RIGHT}\n# %% [markdown]\n# I am Dan.\n", suffix),
    ]
    judges = Judges()
    results = graded(judges, folder, tmp_path / "out")
    assert len(judges.learners) == 1
    assert {each.report.sha256 for each in results.values()} == {
        hashlib.sha256(path.read_bytes()).hexdigest() for path in contents
    }


READS_ITS_COMMENT = """def precision_at_k(recommended, relevant, k):
    # {mark}
    import inspect
    if "# " + "right" not in inspect.getsource(precision_at_k):
        return -1.0
    return len(set(list(recommended)[:k]) & set(relevant)) / k"""


def test_untouched_exercises_are_one_group(tmp_path):
    folder = tmp_path / "class"
    exercise = (paths.exercises() / f"{STEP.name}.py").read_text(encoding="utf-8")
    for learner in ("ada", "ben", "cleo"):
        hand_in(folder, learner, exercise)
    hand_in(folder, "dan", exercise.replace("# %% [markdown]\n#", "# %% [markdown]\n# I,", 1))
    judges = Judges()
    results = graded(judges, folder, tmp_path / "out")
    assert len(judges.learners) == 1
    assert sum(each.origin == DUPLICATE for each in results.values()) == 3


@pytest.mark.parametrize(
    "one, other",
    [
        (READS_ITS_COMMENT.format(mark="right"), READS_ITS_COMMENT.format(mark="wrong")),
        ("# ada\nx = 1", "# ben\nx = 1"),
        ("x = 1", "x = 1\n# ben"),
        ("x = 1  # ada", "x = 1  # ben"),
        ("text = '''\n# ada\n'''", "text = '''\n# ben\n'''"),
        ("x = 1\n# ada\ny = 2", "x = 1\ny = 2"),
        ("x = 1\n  # ada\n y = (", "x = 1\n  # ben\n y = ("),
        ("%%writefile notes.txt\n# ada", "%%writefile notes.txt\n# ben"),
    ],
)
def test_comments_make_other_code(tmp_path, one, other):
    """Code can read its comments.

    Also where a line has another number, and where the code is no Python.
    """
    folder = tmp_path / "class"
    hand_in(folder, "ada", with_cell(one))
    hand_in(folder, "ben", with_cell(other))
    judges = Judges()
    graded(judges, folder, tmp_path / "out")
    assert sorted(judges.learners) == ["ada", "ben"]


def test_a_script_whose_lines_have_other_numbers_is_judged_by_itself(tmp_path):
    folder = tmp_path / "class"
    hand_in(folder, "ada")
    hand_in(folder, "ben", RIGHT.replace("# %% [markdown]\n", "# %% [markdown]\n# Mine.\n", 1))
    judges = Judges()
    graded(judges, folder, tmp_path / "out")
    assert sorted(judges.learners) == ["ada", "ben"]


@pytest.mark.parametrize("other", ["# mine", "pass", "learner = 1"])
def test_a_cell_more_is_other_code(tmp_path, other):
    folder = tmp_path / "class"
    hand_in(folder, "ada")
    hand_in(folder, "ben", with_cell(other))
    judges = Judges()
    graded(judges, folder, tmp_path / "out")
    assert sorted(judges.learners) == ["ada", "ben"]


@pytest.mark.parametrize("judged_first", ["ada", "ben"])
def test_how_a_file_was_read_is_told_of_that_file_alone(tmp_path, judged_first):
    class Notes(Judges):
        def grade(self, parsed):
            result = super().grade(parsed)
            notes = (*parsed.notes, "cell 7 was skipped")
            return replace(result, report=replace(result.report, notes=notes))

    folder = tmp_path / "class"
    other = {"ada": "ben", "ben": "ada"}[judged_first]
    hand_in(folder, "ada")
    path = hand_in(folder, "ben")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n").decode().encode("utf-16"))
    submissions = collect([folder], folder.parent / "results").submissions
    submissions.sort(key=lambda each: each.learner != judged_first)
    with ThreadPoolExecutor(1) as executor:
        store = ResultCache(tmp_path / "out", "kit", RULES)
        each = {e.learner: e for e in grade(submissions, parse, store, Notes, executor)}
    assert (each[judged_first].origin, each[other].origin) == (JUDGED, DUPLICATE)
    assert each["ada"].report.notes == ("cell 7 was skipped",)
    assert len(each["ben"].report.notes) > 1
    assert each["ben"].report.notes[-1] == "cell 7 was skipped"


def test_a_fault_of_the_kit_is_nobodys_but_whose_it_was(tmp_path):
    folder = tmp_path / "class"
    for learner in ("ada", "ben"):
        hand_in(folder, learner)
    judges = Judges(outcome="error")
    results = graded(judges, folder, tmp_path / "out")
    assert sorted(judges.learners) == ["ada", "ben"]
    assert not any(each.origin == DUPLICATE for each in results.values())


def test_a_file_that_changes_meanwhile_gives_no_verdict_to_others(tmp_path):
    """A verdict is on the code that was read: others get it who handed that code in."""
    folder = tmp_path / "class"
    for learner in ("ada", "ben"):
        hand_in(folder, learner)
    submissions = collect([folder], folder.parent / "results").submissions
    cells = []

    class Cells(Judges):
        def grade(self, parsed):
            cells.append([cell.source for cell in parsed.cells_to_run])
            return super().grade(parsed)

    def opened_late():
        hand_in(folder, "ada", WRONG)
        return Cells()

    with ThreadPoolExecutor(1) as executor:
        store = ResultCache(tmp_path / "out", "kit", RULES)
        results = list(grade(submissions, parse, store, opened_late, executor))
    right = parse(Submission(STEP.name, folder / "ben" / "08_ranking.py"))
    assert cells == [[cell.source for cell in right.cells_to_run]]
    assert {result.report.sha256 for result in results} == {right.sha256}
    judges = Judges()
    graded(judges, folder, tmp_path / "out")
    assert judges.learners == ["ada"]


class OneByOne:
    """Reads a submission only after the one before has been judged and stored."""

    def __init__(self, store, submissions):
        self.submissions = submissions
        self.stored = threading.Semaphore(0)
        really = store.store

        def store_and_tell(*arguments):
            stored = really(*arguments)
            self.stored.release()
            return stored

        store.store = store_and_tell

    def __iter__(self):
        for submission in self.submissions:
            yield submission
            assert self.stored.acquire(timeout=PATIENCE)


def late_duplicates(judges, folder, out, force=False):
    """Grade with duplicates that arrive after their original was judged."""
    submissions = collect([folder], folder.parent / "results").submissions
    store = ResultCache(out, "kit", RULES)
    with ThreadPoolExecutor(1) as executor:
        late = OneByOne(store, submissions)
        results = list(grade(late, parse, store, lambda: judges, executor, force))
    return {result.learner: result for result in results}


def test_a_duplicate_that_comes_after_the_verdict_gets_it(tmp_path):
    folder, out = tmp_path / "class", tmp_path / "out"
    for learner in ("ada", "ben", "cleo"):
        hand_in(folder, learner)
    judges = Judges()
    results = late_duplicates(judges, folder, out)
    assert judges.learners == ["ada"]
    assert [results[name].origin for name in ("ada", "ben", "cleo")] == [
        JUDGED,
        DUPLICATE,
        DUPLICATE,
    ]
    assert results["ben"].outputs == results["ada"].outputs
    assert all(each.origin == CACHED for each in graded(Judges(), folder, out).values())


@pytest.mark.parametrize("late", [False, True])
def test_where_all_is_judged_again_a_duplicate_gets_no_older_verdict(tmp_path, late):
    folder, out = tmp_path / "class", tmp_path / "out"
    for learner in ("ada", "ben"):
        hand_in(folder, learner)
    graded(Judges(outcome="failed"), folder, out)
    judges = Judges()
    again = late_duplicates if late else graded
    results = again(judges, folder, out, force=True)
    assert judges.learners == ["ada"]
    assert [results[learner].report.points for learner in ("ada", "ben")] == [10, 10]


@pytest.mark.parametrize("late", [False, True])
def test_where_all_is_judged_again_a_fault_of_the_kit_brings_no_older_verdict(tmp_path, late):
    folder, out = tmp_path / "class", tmp_path / "out"
    for learner in ("ada", "ben"):
        hand_in(folder, learner)
    graded(Judges(), folder, out)
    judges = Judges(outcome="error")
    again = late_duplicates if late else graded
    results = again(judges, folder, out, force=True)
    assert sorted(judges.learners) == ["ada", "ben"]
    assert not any(result.sound for result in results.values())


def test_duplicates_that_wait_for_a_judge_that_fails_are_all_judged_with_their_own_notes(tmp_path):
    class FailsForAda(Judges):
        def grade(self, parsed):
            assert go_on.wait(PATIENCE)
            judged = super().grade(parsed)
            assert parsed.cells_to_run
            if parsed.submission.learner == "ada":
                return refused(parsed.submission, "its judge ended", parsed.sha256)
            return replace(judged, report=replace(judged.report, notes=parsed.notes))

    folder, out = tmp_path / "class", tmp_path / "out"
    for learner in ("ada", "ben", "cleo"):
        hand_in(folder, learner)
    path = hand_in(folder, "dan")
    path.write_bytes(path.read_bytes().decode().encode("utf-16"))
    submissions = collect([folder], folder.parent / "results").submissions
    go_on = threading.Event()

    def all_at_once():
        yield from submissions
        go_on.set()

    judges = FailsForAda()
    with ThreadPoolExecutor(1) as executor:
        store = ResultCache(out, "kit", RULES)
        grading = grade(all_at_once(), parse, store, lambda: judges, executor)
        results = {result.learner: result for result in grading}
    assert sorted(judges.learners) == ["ada", "ben", "cleo", "dan"]
    assert [name for name, result in results.items() if not result.gradable] == ["ada"]
    for learner in ("ben", "cleo", "dan"):
        content = (folder / learner / "08_ranking.py").read_bytes()
        assert results[learner].report.sha256 == hashlib.sha256(content).hexdigest()
    assert results["ben"].report.notes == ()
    assert results["dan"].report.notes
    again = graded(Judges(), folder, out)
    assert {name for name, each in again.items() if each.origin == CACHED} == {"ben", "cleo", "dan"}
