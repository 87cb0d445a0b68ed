"""Piles as people have them: every file finds its learner, or is named."""

import os
import shutil

import pytest

from autograder.grading.collect import GRADED, LEFT_OUT, NO_EXERCISE, NOT_COUNTED, collect
from tests.answers import exercise_text, solution_text

STEP, OTHER = "01_explore", "02_encode_split"


def lay(root, *names, text=None):
    """Write a solved exercise, or a text, to each name below a folder."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(solution_text(STEP) if text is None else text, encoding="utf-8")
    return root


def read(tmp_path, *paths):
    return collect(list(paths), tmp_path / "out")


def learners(collected):
    return sorted((s.learner, s.exercise) for s in collected.submissions)


def both(*names):
    return [(name, STEP) for name in sorted(names)]


SHAPES = {
    "moodle_folders": (
        [
            "Zoé Dupont_1234501_assignsubmission_file_/01_explore.py",
            "Jean MARTIN_1234502_assignsubmission_file_/TP/01_explore.py",
        ],
        ["Zoé Dupont", "Jean MARTIN"],
    ),
    "moodle_flat": (
        [
            "Anne-Laure D'Arc_1234503_assignsubmission_file_01_explore.py",
            "Zoé Dupont_1234501_assignsubmission_file_01_explore.py",
            "Zoé Dupont_1234501_assignsubmission_onlinetext_onlinetext.html",
        ],
        ["Anne-Laure D'Arc", "Zoé Dupont"],
    ),
    "moodle_blind": (
        [
            "Participant_77_assignsubmission_file_/01_explore.py",
            "Participant_78_assignsubmission_file_/01_explore.py",
        ],
        ["Participant", "Participant (2)"],
    ),
    "submitted": (
        ["submitted/ada/01_explore/01_explore.py", "submitted/ben/01_explore/01_explore.py"],
        ["ada", "ben"],
    ),
    "a_course_of_nbgraders": (
        [
            "nbgrader_config.py",
            "source/01_explore/01_explore.py",
            "release/01_explore/01_explore.py",
            "submitted/ada/01_explore/01_explore.py",
        ],
        ["ada"],
    ),
    "homes": (
        ["alice/recommender/01_explore.py", "bob/recommender/01_explore.py"],
        ["alice", "bob"],
    ),
    "names_in_names": (
        ["01_explore_DUPONT.py", "MARTIN_01_explore.py", "Zoé Durand - 01_explore (2).py"],
        ["DUPONT", "MARTIN", "Zoé Durand"],
    ),
    "student_numbers": (
        ["01_explore_21104567.py", "01_explore_21104568.py", "01_explore_21104569.py"],
        ["21104567", "21104568", "21104569"],
    ),
    "folders_like_files": (["eve.py/01_explore.py", "bob/01_explore.py"], ["eve.py", "bob"]),
    "numbered_folders": (["u1/01_explore.py", "u2/01_explore.py"], ["u1", "u2"]),
    "one_folder_too_deep": (
        ["TP1/ada/01_explore.py", "TP1/ben/01_explore.py"],
        ["ada", "ben"],
    ),
    "assignment_first": (
        ["01_explore/ada/01_explore.py", "01_explore/ben/work.py"],
        ["ada", "ben"],
    ),
    "assignment_first_flat": (["01_explore/ada.py", "01_explore/ben.py"], ["ada", "ben"]),
    "exercise_folders_of_learners": (
        ["ada/01_explore/01_explore.py", "ben/exercises/en/01_explore.py"],
        ["ada", "ben"],
    ),
    "accents_and_apostrophes": (
        ["L'Haÿ-les-Roses, Noé/01_explore.py", "de l’Étang/01_explore.py"],
        ["L'Haÿ-les-Roses, Noé", "de l’Étang"],
    ),
    "a_class_of_one": (["ada/01_explore.py"], ["ada"]),
}


@pytest.mark.parametrize("files, names", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("packed", [False, True])
def test_a_shape_is_recognised_in_a_folder_and_in_a_zip(tmp_path, files, names, packed):
    pile = lay(tmp_path / "pile", *files)
    if packed:
        pile = shutil.make_archive(tmp_path / "pile", "zip", pile)
        pile = type(tmp_path)(pile)
    collected = read(tmp_path, pile)
    assert learners(collected) == both(*names)
    assert collected.problems == []


def test_clones_of_github_classroom_are_named_by_login(tmp_path):
    pile = lay(tmp_path / "pile", "mf-course-ada/01_explore.py", "mf-course-ben/01_explore.py")
    for clone in pile.iterdir():
        (clone / ".git").mkdir()
    assert learners(read(tmp_path, pile)) == both("ada", "ben")


def test_folders_that_begin_alike_are_no_clones(tmp_path):
    pile = lay(tmp_path / "pile", "anna-maria/01_explore.py", "anna-paula/01_explore.py")
    assert learners(read(tmp_path, pile)) == both("anna-maria", "anna-paula")


def test_homes_written_out_by_a_shell_are_named_by_their_owners(tmp_path):
    pile = lay(
        tmp_path / "homes", "alice/recommender/01_explore.py", "bob/recommender/01_explore.py"
    )
    collected = read(tmp_path, *sorted(pile.glob("*/recommender")))
    assert learners(collected) == both("alice", "bob")


def test_archives_of_learners_and_archives_in_folders(tmp_path):
    one = lay(tmp_path / "one", "01_explore.py")
    pile = lay(tmp_path / "pile", "cleo/readme.txt")
    for name in ("DUPONT", "MARTIN", "cleo/my work"):
        shutil.make_archive(pile / name, "zip", one)
    assert learners(read(tmp_path, pile)) == both("DUPONT", "MARTIN", "cleo")


def test_two_downloads_of_moodle_are_one_class(tmp_path):
    first = lay(tmp_path / "day 1", "Zoé Dupont_11_assignsubmission_file_01_explore.py")
    second = tmp_path / "day 2"
    lay(
        second,
        "Zoé Dupont_95_assignsubmission_file_02_encode_split.py",
        text=solution_text(OTHER),
    )
    collected = read(tmp_path, first, second)
    assert learners(collected) == [("Zoé Dupont", STEP), ("Zoé Dupont", OTHER)]


def test_a_stray_file_does_not_make_the_class_one_learner(tmp_path):
    pile = lay(tmp_path / "pile", "ada/01_explore.py", "ben/01_explore.py", "01_explore.py")
    collected = read(tmp_path, pile)
    assert learners(collected) == both("ada", "ben")
    [problem] = collected.problems
    assert problem.startswith(f"{pile / '01_explore.py'}: it lies beside the learners' folders")


def test_a_file_beside_the_folders_that_names_somebody_is_theirs(tmp_path):
    pile = lay(tmp_path / "pile", "ada/01_explore.py", "ben/01_explore.py", "01_explore_CLEO.py")
    collected = read(tmp_path, pile)
    assert learners(collected) == both("CLEO", "ada", "ben")
    assert collected.problems == []


@pytest.mark.parametrize(
    "names",
    [
        ["01_explore.py", "Copie de 01_explore.py", "old/01_explore.py"],
        ["01_explore.py", "01_explore (1).py", "01_explore_v2.py"],
        ["brouillon.py", "rendu final.py"],
        ["01_explore/01_explore.py", "01_explore/figures/helper.txt"],
    ],
)
def test_versions_of_one_learner_are_no_class(tmp_path, names):
    pile = lay(tmp_path / "ada", *names)
    collected = read(tmp_path, pile)
    assert learners(collected) == both("ada")
    assert collected.problems == []


def test_two_names_in_one_folder_are_read_as_two_learners_with_a_doubt(tmp_path):
    pile = lay(tmp_path / "pile", "01_explore_DUPONT.py", "01_explore_MARTIN.py")
    collected = read(tmp_path, pile)
    assert learners(collected) == both("DUPONT", "MARTIN")
    [problem] = collected.problems
    assert "was read as files of 2 learners" in problem


@pytest.mark.parametrize(
    "files, chosen",
    [
        (
            {"01_explore.ipynb.py": "stub", "Copie de 01_explore.py": "work"},
            "Copie de 01_explore.py",
        ),
        ({"01_explore.py": "stub", "rendu final.py": "work"}, "rendu final.py"),
        ({"TP_v1.py": "work", "TP_v2.py": "more"}, "TP_v2.py"),
        ({"TP_v2.py": "work", "TP_v10.py": "more"}, "TP_v10.py"),
        ({"01_explore.py": "work", "helpers.py": "more"}, "01_explore.py"),
    ],
)
def test_work_counts_before_stubs_and_later_versions_before_earlier(tmp_path, files, chosen):
    texts = {
        "stub": exercise_text(STEP),
        "work": solution_text(STEP),
        "more": solution_text(STEP) + "\n# %%\nmore = 1\n",
    }
    for name, kind in files.items():
        lay(tmp_path / "pile" / "ada", name, text=texts[kind])
        os.utime(tmp_path / "pile" / "ada" / name, (1_700_000_000, 1_700_000_000))
    [submission] = read(tmp_path, tmp_path / "pile").submissions
    assert submission.path.name == chosen
    assert any("was checked" in note for note in submission.notes) or chosen == "01_explore.py"


def test_every_file_is_accounted_for(tmp_path):
    pile = lay(tmp_path / "pile", "ada/01_explore.py", "ada/old/01_explore.py", "ben/01_explore.py")
    lay(pile, "ada/notes.md", "ben/photo.png", text="no code")
    lay(pile, "ben/02_encode_split.docx", text="no code")
    collected = read(tmp_path, pile)
    fates = {str(a.path.relative_to(pile)): (a.learner, a.fate) for a in collected.accounts}
    assert fates.pop("ada/01_explore.py")[1] != fates.pop("ada/old/01_explore.py")[1]
    assert fates == {
        "ben/01_explore.py": ("ben", GRADED),
        "ada/notes.md": ("ada", NO_EXERCISE),
        "ben/photo.png": ("ben", NO_EXERCISE),
        "ben/02_encode_split.docx": ("ben", LEFT_OUT),
    }
    assert {a.fate for a in collected.accounts} >= {GRADED, NOT_COUNTED}


def test_results_of_an_earlier_run_are_no_part_of_the_pile(tmp_path):
    pile = lay(tmp_path / "pile", "ada/01_explore.py", "ben/01_explore.py")
    lay(pile, "results/ada/01_explore.json", "results/index.html", text="{}")
    collected = collect([pile], pile / "results")
    assert learners(collected) == both("ada", "ben")
    assert collected.problems == []
    assert len(collected.accounts) == 2


@pytest.mark.parametrize("spelled", ["aside/../pile/results", "link/results"])
def test_results_are_no_part_of_the_pile_however_they_are_named(tmp_path, spelled):
    pile = lay(tmp_path / "pile", "ada/01_explore.py", "ben/01_explore.py")
    lay(pile, "results/ada/01_explore.json", "results/index.html", text="{}")
    (tmp_path / "aside").mkdir()
    try:
        (tmp_path / "link").symlink_to(pile, target_is_directory=True)
    except OSError:
        pytest.skip("this system lets nobody make links")
    collected = collect([pile], tmp_path / spelled)
    assert learners(collected) == both("ada", "ben")
    assert collected.problems == []
    assert len(collected.accounts) == 2


@pytest.mark.parametrize(
    "helpers",
    [
        ["keras/__init__.py", "tensorflow/__init__.py"],
        ["sitecustomize.py", "usercustomize.py"],
        ["utils.py", "src/helper.py", "src/plots.py", "tests/test_mine.py"],
    ],
)
def test_helpers_beside_the_exercises_of_one_learner_are_no_learners(tmp_path, helpers):
    pile = lay(tmp_path / "ada", "01_explore.py")
    lay(pile, *helpers, text="VALUE = 1\n")
    collected = read(tmp_path, pile)
    assert learners(collected) == [("ada", STEP)]
    assert collected.problems == []
    assert {a.path.name for a in collected.accounts if a.fate == NO_EXERCISE} == {
        name.rpartition("/")[2] for name in helpers
    }
