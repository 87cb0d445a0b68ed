"""Which files are graded."""

import os
import zipfile
from pathlib import Path

import pytest

from autograder.grading.collect import collect, collect_one
from autograder.grading.slugs import slug
from tests.answers import solution_text, write
from tests.grading.common import hand_in


def collected(*paths):
    """Return the submissions at the paths, and the problems."""
    found = collect(list(paths), Path("no results"))
    return found.submissions, found.problems


def found(*paths):
    """Return the learners and files at the paths, and the problems."""
    submitted, problems = collected(*paths)
    return {each.learner: each.path.name for each in submitted}, problems


@pytest.mark.parametrize("pattern", [".", "class", "class/*", "class/*/*"])
def test_a_path_is_a_file_or_a_learners_folder_or_a_folder_of_those(tmp_path, pattern):
    for learner in ("ada", "ben"):
        hand_in(tmp_path / "class", learner)
    base = tmp_path / "class" if pattern == "." else tmp_path
    paths = [base] if pattern == "." else sorted(base.glob(pattern))
    assert found(*paths) == ({"ada": "08_ranking.py", "ben": "08_ranking.py"}, [])


def test_a_learner_may_hand_in_several_exercises(tmp_path):
    hand_in(tmp_path, "ada")
    write(tmp_path / "ada", "01_explore", solution_text("01_explore"), ".ipynb")
    submitted, problems = collected(tmp_path)
    assert [(each.learner, each.exercise) for each in submitted] == [
        ("ada", "01_explore"),
        ("ada", "08_ranking"),
    ]
    assert problems == []


def test_folders_of_the_same_name_are_two_learners(tmp_path):
    for place, learner in (("monday", "ada"), ("tuesday", "ada"), ("wednesday", "Ada")):
        hand_in(tmp_path / place, learner)
        hand_in(tmp_path / place, f"another of {place}")
    learners, _problems = found(*(tmp_path / day for day in ("monday", "tuesday", "wednesday")))
    learners = [name for name in learners if "another" not in name]
    assert list(learners) == ["Ada (3)", "ada", "ada (2)"]
    assert len({slug(learner).casefold() for learner in learners}) == 3


def test_names_that_differ_in_capitals_are_two_learners(tmp_path):
    for learner in ("Ada", "ada"):
        hand_in(tmp_path, learner)
    if len(list(tmp_path.iterdir())) < 2:
        pytest.skip("this file system does not tell capitals")
    learners, _problems = found(tmp_path)
    assert len({slug(learner).casefold() for learner in learners}) == 2


def test_a_file_that_is_named_twice_counts_once(tmp_path, monkeypatch):
    path = hand_in(tmp_path, "ada")
    monkeypatch.chdir(tmp_path)
    submitted, _problems = collected(path, Path("ada"), Path("ada/08_ranking.py"), tmp_path)
    assert [(each.learner, each.notes) for each in submitted] == [("ada", ())]


@pytest.mark.parametrize("newer, older", [(".py", ".ipynb"), (".ipynb", ".py")])
@pytest.mark.parametrize("one_by_one", [False, True])
def test_of_a_script_and_a_notebook_the_newer_counts_with_a_note(
    tmp_path, newer, older, one_by_one
):
    paths = {suffix: hand_in(tmp_path, "ada", suffix=suffix) for suffix in (newer, older)}
    content = paths[older].read_text(encoding="utf-8").replace("k", "n")
    paths[older].write_text(content, encoding="utf-8")
    os.utime(paths[older], (1_000_000_000, 1_000_000_000))
    submitted, problems = collected(*(paths.values() if one_by_one else [tmp_path]))
    [each] = submitted
    assert each.path == paths[newer]
    assert each.notes == (f"08_ranking{newer} was checked: it is newer than 08_ranking{older}",)
    assert problems == []


def test_what_holds_no_exercise_is_told_and_hides_no_other(tmp_path):
    hand_in(tmp_path, "ada")
    (tmp_path / "ben").mkdir()
    (tmp_path / "cleo").mkdir()
    (tmp_path / "cleo" / "08_ranking.docx").write_bytes(b"PK")
    (tmp_path / ".git").mkdir()
    learners, problems = found(tmp_path)
    assert list(learners) == ["ada"]
    assert len(problems) == 2
    assert "ben: there is no exercise among the files" in problems[0]
    assert "cleo: 08_ranking.docx cannot be graded because" in problems[1]


def test_what_lies_beside_learners_folders_is_told(tmp_path):
    hand_in(tmp_path / "class", "ada")
    hand_in(tmp_path / "elsewhere", "ben")
    (tmp_path / "class" / "ben").symlink_to(tmp_path / "elsewhere" / "ben")
    (tmp_path / "class" / "cleo.zip").write_bytes(b"PK")
    submitted, problems = collected(tmp_path / "class")
    assert [each.learner for each in submitted] == ["ada"]
    text = "\n".join(problems)
    assert "ben cannot be graded because it is a link to a folder" in text
    assert "cleo.zip" in text
    assert len(problems) == 2


def test_a_folder_that_may_not_be_opened_is_told_and_hides_no_other(tmp_path, monkeypatch):
    hand_in(tmp_path / "class", "ada")
    hand_in(tmp_path / "locked", "ben")
    allowed = Path.iterdir

    def iterdir(folder):
        if folder.name == "locked":
            raise PermissionError(13, "Permission denied", str(folder))
        return allowed(folder)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    learners, problems = found(tmp_path / "class", tmp_path / "locked")
    assert list(learners) == ["ada"]
    assert ["locked cannot be graded because it cannot be opened" in text for text in problems] == [
        True
    ]


def test_all_files_of_one_learner_are_hers_whatever_the_folders_are_called(tmp_path):
    for folder, exercise in (("ben", "01_explore"), ("carol", "08_ranking")):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, exercise, solution_text(exercise))
    with zipfile.ZipFile(tmp_path / "dan.zip", "w") as archive:
        archive.writestr("dan/04_dot_product.py", solution_text("04_dot_product"))
    found = collect_one([tmp_path], " Ada  Lovelace", tmp_path / "results")
    assert {each.learner for each in found.submissions} == {"Ada Lovelace"}
    exercises = [each.exercise for each in found.submissions]
    assert (exercises, found.problems) == (["01_explore", "04_dot_product", "08_ranking"], [])


def test_one_learner_without_a_file_is_a_problem(tmp_path):
    found = collect_one([tmp_path], "ada", tmp_path / "results")
    assert found.problems == ["ada: there is no exercise among the files."]
