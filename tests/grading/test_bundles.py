"""Bundles in a class: found, unpacked beside the results, never merged silently."""

import json

import pytest

from autograder.grading.bundles import Unpacking
from autograder.grading.collect import collect
from tests.answers import exercise_text, solution_text, write
from tests.bundle.making import bundle, contents, repacked
from tests.grading.common import hand_in
from tests.submissions.whole import whole_notebook

NAME = "08_ranking"


@pytest.fixture
def notebook(tmp_path):
    """Return the bytes of a solved notebook."""
    folder = tmp_path / "made"
    folder.mkdir()
    return write(folder, NAME, solution_text(NAME), ".ipynb").read_bytes()


def make(folder, name, notebook, learner="Ada Lovelace", **options):
    folder.mkdir(parents=True, exist_ok=True)
    return bundle(folder / name, {f"{NAME}.ipynb": notebook}, learner, **options)


def collected(tmp_path, *paths):
    found = collect(list(paths), tmp_path / "out")
    return found.submissions, found.problems


def by_learner(submissions):
    return [(each.learner, each.exercise) for each in submissions]


@pytest.mark.parametrize("pattern", [".", "class/*"])
def test_a_path_is_a_bundle_or_a_folder_of_bundles(tmp_path, notebook, pattern):
    make(tmp_path / "class", "a.zip", notebook)
    make(tmp_path / "class", "b.zip", notebook, "Ben")
    paths = [tmp_path / "class"] if pattern == "." else sorted(tmp_path.glob(pattern))
    submissions, problems = collected(tmp_path, *paths)
    assert by_learner(submissions) == [("Ada Lovelace", NAME), ("Ben", NAME)]
    assert problems == []
    assert submissions[0].path.read_bytes() == notebook
    assert submissions[0].notes == ()


def test_bundles_and_folders_stand_side_by_side(tmp_path, notebook):
    hand_in(tmp_path / "class", "ben")
    make(tmp_path / "class", "a.zip", notebook)
    make(tmp_path / "class" / "cleo", "c.zip", notebook, "Cleo")
    submissions, problems = collected(tmp_path, tmp_path / "class")
    assert by_learner(submissions) == [("Ada Lovelace", NAME), ("ben", NAME), ("cleo", NAME)]
    assert problems == []


def test_a_stray_file_beside_bundles_makes_nobody_vanish(tmp_path, notebook):
    make(tmp_path / "class", "a.zip", notebook)
    make(tmp_path / "class", "b.zip", notebook, "Ben")
    (tmp_path / "class" / f"{NAME}.py").write_text(solution_text(NAME), encoding="utf-8")
    submissions, problems = collected(tmp_path, tmp_path / "class")
    assert by_learner(submissions) == [("Ada Lovelace", NAME), ("Ben", NAME)]
    [problem] = problems
    assert f"{NAME}.py: it lies beside the learners' folders" in problem


def test_a_folder_names_its_learner_whatever_the_bundle_says(tmp_path, notebook):
    hand_in(tmp_path / "class", "ben")
    make(tmp_path / "class" / "ada", "b.zip", notebook, "Benny")
    submissions, problems = collected(tmp_path, tmp_path / "class")
    assert by_learner(submissions) == [("ada", NAME), ("ben", NAME)]
    assert submissions[0].notes == ("the bundle b.zip names Benny",)
    assert problems == []


def test_two_learners_of_one_name_are_never_merged(tmp_path, notebook):
    make(tmp_path / "class", "a.zip", notebook)
    make(tmp_path / "class", "b.zip", notebook + b"\n", "ada lovelace")
    hand_in(tmp_path / "class", "Ada Lovelace")
    submissions, problems = collected(tmp_path, tmp_path / "class")
    assert {each.learner.casefold() for each in submissions} == {
        "ada lovelace",
        "ada lovelace (2)",
        "ada lovelace (3)",
    }
    assert len(problems) == 2
    assert all("is it the same person?" in problem for problem in problems)


def test_in_a_learners_folder_the_newest_bundle_counts_and_that_is_said(tmp_path, notebook):
    folder = tmp_path / "class" / "ada"
    make(folder, "z.zip", notebook, "ada", created="2026-03-01T10:00:00+00:00")
    make(folder, "a.zip", notebook + b"\n", "Ada", created="2026-03-02T10:00:00+00:00")
    submissions, problems = collected(tmp_path, tmp_path / "class")
    [submission] = submissions
    assert submission.path.read_bytes() == notebook + b"\n"
    assert submission.notes == ("a.zip was graded: it is newer than z.zip",)
    assert problems == []


def test_the_same_bundle_twice_counts_once(tmp_path, notebook):
    first = make(tmp_path / "class", "a.zip", notebook)
    (tmp_path / "class" / "b.zip").write_bytes(first.read_bytes())
    submissions, problems = collected(tmp_path, tmp_path / "class", first)
    [submission] = submissions
    assert submission.notes == ("b.zip holds the same bundle as a.zip",)
    assert problems == []


def test_a_changed_bundle_is_graded_with_a_note(tmp_path, notebook):
    path = make(tmp_path / "class", "a.zip", notebook)
    repacked({**contents(path), f"{NAME}.ipynb": notebook + b"\n"}, path)
    [submission], problems = collected(tmp_path, path)
    assert submission.notes == (f"the bundle was changed after it was made: {NAME}.ipynb",)
    assert problems == []


def test_what_cannot_be_read_is_a_problem_and_hides_no_other(tmp_path, notebook):
    make(tmp_path / "class", "a.zip", notebook)
    make(tmp_path / "class", "newer.zip", notebook, "Ben", format=99)
    repacked({"x.txt": b""}, tmp_path / "class" / "moodle.zip")
    submissions, problems = collected(tmp_path, tmp_path / "class")
    assert by_learner(submissions) == [("Ada Lovelace", NAME)]
    assert len(problems) == 2
    assert any("newer.zip" in p and "newer version" in p for p in problems)
    assert any("moodle.zip" in p and "no exercise in it" in p for p in problems)


@pytest.mark.parametrize("learner", ["../../evil", "", "..", "CON", "a/b", "x" * 300, "\u202eA"])
def test_a_name_writes_nowhere_else(tmp_path, notebook, learner):
    path = make(tmp_path / "class", "a.zip", notebook, learner)
    [submission], _problems = collected(tmp_path, path)
    place = tmp_path / "out" / ".bundles"
    assert submission.path.parent.parent == place
    assert submission.path.resolve().is_relative_to(place.resolve())
    assert submission.learner
    assert not {"/", "\\", "\u202e"} & set(submission.learner)
    assert {p.name for p in tmp_path.iterdir()} == {"class", "made", "out"}


def test_a_bundle_with_one_notebook_is_one_submission_for_each_exercise(tmp_path):
    texts = {NAME: solution_text(NAME), "04_dot_product": exercise_text("04_dot_product")}
    whole = whole_notebook(texts).encode()
    path = bundle(tmp_path / "a.zip", {"course.ipynb": whole})
    submissions, problems = collected(tmp_path, path)
    assert by_learner(submissions) == [
        ("Ada Lovelace", "04_dot_product"),
        ("Ada Lovelace", NAME),
    ]
    assert problems == []


def test_points_in_a_bundle_count_for_nothing(tmp_path, notebook):
    path = make(tmp_path / "class", "a.zip", notebook)
    forged = json.dumps([{"exercise": NAME, "points": 1000}]).encode()
    repacked({**contents(path), "report.json": forged}, path)
    bundle, problems = Unpacking(tmp_path / "out").newest([path])
    assert problems == []
    assert [p.name for p in bundle.folder.iterdir()] == [f"{NAME}.ipynb"]
