"""Names and paths with characters that no screen shows: the same in folders, tables and reports."""

import csv
import os
import sys
from pathlib import Path

import pytest

from autograder.grading.collect import GRADED, Account, collect
from autograder.grading.intake.names import clean, moodle_name
from autograder.grading.output.csv_cells import as_written, path_cell, path_in, plain_text
from autograder.grading.output.files_csv import write_files
from autograder.grading.people import Identity, read_people, write_people
from autograder.grading.roster import Person
from autograder.util.text import is_hidden
from tests.grading.common import autograder, hand_in

OVERRIDE, MARK, NARROW = "\u202e", "\u200e", "\u202f"
unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows lets no file be called so")


@pytest.mark.parametrize(
    ("name", "same"),
    [
        (f"Zoé{MARK} Dupont", "Zoé Dupont"),
        (f"{OVERRIDE}ada", "ada"),
        (f"Zoé{NARROW}Dupont\n", "Zoé Dupont"),
        ("a\x00b\x1b[1m", "ab[1m"),
        (os.fsdecode(b"Zo\xeb") if sys.platform != "win32" else "Zo\udceb", "Zo⟨U+DCEB⟩"),
        ("نمی\u200cدانم", "نمی\u200cدانم"),
    ],
)
def test_a_name_has_no_hidden_characters(name, same):
    assert clean(name) == same
    assert as_written(plain_text(same)) == same
    assert not any(map(is_hidden, clean(name)))


def test_a_name_of_moodles_without_letters_is_the_participants_number():
    named = moodle_name(f"{MARK}_12_assignsubmission_file_")
    assert (named.learner, named.number) == ("Participant 12", "12")


@unix
@pytest.mark.parametrize("home", [f"TP 1/{MARK}", f"TP 2/{MARK}"])
def test_a_folder_without_a_visible_name_is_a_learners(tmp_path, home):
    hand_in(tmp_path / "class", home)
    hand_in(tmp_path / "class", f"{Path(home).parent}/ada")
    collected = collect([tmp_path / "class"], tmp_path / "out")
    assert [each.learner for each in collected.submissions] == ["ada", "learner"]
    assert collected.problems == []


@unix
def test_a_home_without_a_visible_name_is_a_learners(tmp_path):
    for home in ("ada", MARK):
        hand_in(tmp_path / home, "recommender")
    homes = [tmp_path / home / "recommender" for home in ("ada", MARK)]
    collected = collect(homes, tmp_path / "out")
    assert [each.learner for each in collected.submissions] == ["ada", "learner"]


@unix
def test_two_folders_that_look_alike_are_two_learners(tmp_path):
    for name in ("ada", f"ada{MARK}"):
        hand_in(tmp_path / "class", name)
    collected = collect([tmp_path / "class"], tmp_path / "out")
    assert [each.learner for each in collected.submissions] == ["ada", "ada (2)"]


@pytest.mark.parametrize("text", ["=1", "'=1", "''=1", " =1", "' =1", "'a", "a", "@a", "", "'"])
def test_a_cell_is_read_as_the_text_that_it_was(text, tmp_path):
    assert as_written(plain_text(text)) == text
    assert not plain_text(text).lstrip().startswith(("=", "+", "-", "@"))
    if text:
        who = Identity(text, Person(text))
        write_people([who], tmp_path)
        assert read_people(tmp_path) == [who]


def test_a_path_in_a_table_is_the_files_own_or_none(tmp_path):
    plain = tmp_path / f"capture{NARROW}d’écran 100%\u00a0.py"
    assert path_in(path_cell(plain)) == plain
    for name in (f"a{OVERRIDE}.py", "a\n.py", "a\t.py", "a⟨U+000A⟩.py", "a\udceb.py"):
        cell = path_cell(tmp_path / name)
        assert len(cell.splitlines()) == 1
        assert path_in(cell) is None
    assert path_in("relative.py") is None
    assert path_cell(Path("=a\u00a0b")) == "'=a\u00a0b"


def test_the_table_of_files_spells_out_hidden_characters(tmp_path):
    path = tmp_path / f"08_ranking{OVERRIDE}.py"
    write_files([Account(path, "ada", "08_ranking", GRADED)], tmp_path / "files.csv")
    with (tmp_path / "files.csv").open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    assert row["file"] == str(tmp_path / "08_ranking⟨U+202E⟩.py")


@unix
def test_forget_removes_no_file_of_a_folder_that_looks_alike(tmp_path):
    pile, out = tmp_path / "class", tmp_path / "out"
    for name in ("ada", f"ada{MARK}"):
        hand_in(pile, name)
    collected = collect([pile], out)
    write_people(collected.people, out)
    write_files(collected.accounts, out / "files.csv")
    done = autograder("forget", "ada (2)", out, "--yes")
    assert done.exit_code == 1
    assert "ada⟨U+200E⟩" in done.output
    assert "look for the file, and delete it yourself." in done.output
    assert [path.name for path in (pile / "ada").iterdir()] == ["08_ranking.py"]
