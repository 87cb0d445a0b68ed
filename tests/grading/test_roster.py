"""The roster: rows of people, and which of them a name means."""

import shutil
import zipfile

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.grading.collect import collect
from autograder.grading.people import read_people, write_people
from autograder.grading.roster import Person, Roster, RosterError, read_roster
from tests.grading.intake.test_shapes import lay

ZOE = Person("Zoé Dupont", "u1", "zoe.dupont@example.org", "zdupont", "1234501", "A")
JEAN = Person("Jean MARTIN", "u2", "jean@example.org", "jm", "1234502")
ANNE = Person("Anne-Laure D'Arc", "u3", "anne@example.org", "ald", "1234503")
PAUL = Person("Paul Martin", "u4")
CLASS = Roster([ZOE, JEAN, ANNE, PAUL])


@pytest.mark.parametrize(
    ("name", "number", "person"),
    [
        ("Zoé Dupont", "", ZOE),
        ("DUPONT Zoe", "", ZOE),
        ("dupont_zoé", "", ZOE),
        ("zoe.dupont", "", ZOE),
        ("zoe.dupont@example.org", "", ZOE),
        ("DUPONT", "", ZOE),
        ("Groupe A-Zoé Dupont", "", ZOE),
        ("u3", "", ANNE),
        ("U3", "", ANNE),
        ("Anne Laure d’Arc", "", ANNE),
        ("zdupont", "", ZOE),
        ("Participant", "1234502", JEAN),
        ("Jean Martin", "999", JEAN),
    ],
)
def test_a_name_means_one_person(name, number, person):
    assert CLASS.find(name, number) == [person]


@pytest.mark.parametrize("name", ["", "Nobody", "Z", "Dupond"])
def test_another_name_means_nobody(name):
    assert CLASS.find(name) == []


def test_a_name_that_two_people_share_means_both():
    assert CLASS.find("martin") == [JEAN, PAUL]


def test_a_number_of_another_assignment_does_not_decide_against_the_name():
    assert CLASS.find("Paul Martin", "1234501") == [PAUL]


def test_people_with_the_same_name_are_told_apart_by_their_ids():
    same = Roster([Person("Ada", "u1"), Person("Ada", "u2"), Person("Ada"), Person("", "u9")])
    assert [same.label(person) for person in same.people] == ["Ada", "Ada (u2)", "Ada (2)", "u9"]


TABLES = {
    "plain": "id,name,email,participant,group\nu1,Zoé Dupont,zoe@example.org,1234501,A\n",
    "semicolons": "ID;Name;E-mail;Moodle id;Group\nu1;Zoé Dupont;zoe@example.org;1234501;A\n",
    "first_and_last": "First name\tLast name\tID number\tEmail address\tParticipant\tGroups\n"
    "Zoé\tDupont\tu1\tzoe@example.org\t1234501\tA\n",
    "worksheet": "Identifier,Full name,ID number,Email address,Group,Grade\n"
    '"Participant 1234501","Zoé Dupont",u1,zoe@example.org,A,\n',
    "french": "Prénom;Nom;Numéro d'identification;Adresse de courriel;Participant;Groupe\n"
    "Zoé;Dupont;u1;zoe@example.org;1234501;A\n",
    "underscores": "student_id,full_name,email_address,moodle_id,group\n"
    "u1,Zoé Dupont,zoe@example.org,1234501,A\n\n",
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_tables_of_people_are_read(tmp_path, text, encoding):
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    [person] = read_roster(path).people
    known = (person.name, person.email, person.participant, person.group)
    assert known == ("Zoé Dupont", "zoe@example.org", "1234501", "A")
    assert person.id == "u1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "names no column"),
        ("colour,size\nred,4\n", "its first line reads colour, size"),
        ("id,name\n", "lists nobody"),
        ("id,name\nu1,Ada\nu1,Ben\n", "lists u1 twice in the column id"),
        ("name,email\nAda,a@x\nBen,A@X\n", "lists a@x twice in the column email"),
        ("name,group\nAda,A\n,B\n", "a row without a name or an id"),
        ('name\n"Ada\n', "is no table that can be read"),
        ("name\0", "is no CSV file"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(tmp_path, text, words):
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RosterError, match=words):
        read_roster(path)


def test_several_names_of_one_person_are_one_learner(tmp_path):
    pile = lay(tmp_path / "pile", "Zoé Dupont_1234501_assignsubmission_file_/01_explore.py")
    other = lay(tmp_path / "other", "zdupont/02_encode_split.py", "u2/01_explore.py")
    collected = collect([pile, other], tmp_path / "out", roster=CLASS)
    assert {s.learner for s in collected.submissions} == {"Zoé Dupont", "Jean MARTIN"}
    assert collected.problems == []
    assert collected.absent == ("Anne-Laure D'Arc", "Paul Martin")
    numbers = {each.learner: each.numbers for each in collected.people}
    assert numbers["Zoé Dupont"] == {"1234501"}


def test_who_is_not_on_the_roster_is_graded_and_asked_about(tmp_path):
    pile = lay(tmp_path / "pile", "Zoé Dupond/01_explore.py", "Martin/01_explore.py")
    collected = collect([pile], tmp_path / "out", roster=CLASS)
    assert {s.learner for s in collected.submissions} == {"Zoé Dupond", "Martin"}
    unknown, unclear = sorted(collected.problems, reverse=True)
    assert unknown.startswith("Zoé Dupond is not on the roster")
    assert "The nearest names: Zoé Dupont" in unknown
    assert unclear.startswith("Martin may be Jean MARTIN, Paul Martin of")


def test_a_stranger_with_the_name_of_a_person_is_not_taken_for_them(tmp_path):
    pile = lay(tmp_path / "pile", "martin/01_explore.py", "ben/01_explore.py")
    roster = Roster([Person("Martin", "u1"), Person("martin", "u2")])
    collected = collect([pile], tmp_path / "out", roster=roster)
    assert "martin (2)" in {s.learner for s in collected.submissions}
    assert len(collected.problems) == 2


def test_people_are_read_as_they_were_written(tmp_path):
    pile = lay(
        tmp_path / "pile",
        "Zoé Dupont_1234501_assignsubmission_file_/01_explore.py",
        "=SUM(1)_77_assignsubmission_file_/01_explore.py",
    )
    people = collect([pile], tmp_path / "out", roster=CLASS).people
    write_people(people, tmp_path)
    again = {each.learner: each for each in read_people(tmp_path)}
    assert again.keys() == {each.learner for each in people}
    for each in people:
        assert again[each.learner].numbers == each.numbers
        assert again[each.learner].handed_in == each.handed_in
        assert again[each.learner].person.email == each.person.email


def test_a_roster_that_cannot_be_read_ends_the_command_with_a_sentence(tmp_path):
    lay(tmp_path / "pile", "ada/01_explore.py")
    roster = tmp_path / "roster.csv"
    roster.write_text("colour\nred\n", encoding="utf-8")
    command = ["grade", str(tmp_path / "pile"), "--roster", str(roster), "--dry-run"]
    done = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert done.stderr.startswith(f"{roster} names no column for names, ids or addresses")


def test_a_dry_run_lists_who_handed_in_nothing(tmp_path):
    lay(tmp_path / "pile", "ada/01_explore.py", "ben/01_explore.py")
    roster = tmp_path / "roster.csv"
    roster.write_text("id,name\nada,Ada L\nben,Ben K\neve,Eve Z\n", encoding="utf-8")
    command = ["grade", str(tmp_path / "pile"), "--roster", str(roster), "--dry-run"]
    done = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert "Handed in nothing: Eve Z." in done.output


def test_a_dry_run_leaves_nothing_and_names_files_from_here(tmp_path, monkeypatch):
    lay(tmp_path / "pile", "ada/01_explore.py", "ben/01_explore.py")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["grade", "pile", "--dry-run"])
    assert done.exit_code == 0, done.output
    assert "pile/ada/01_explore.py" in done.output.replace("\\", "/")
    assert f"{tmp_path}/pile/ada/" not in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["pile"]


def test_a_dry_run_shows_whole_paths_and_names_the_archive_that_it_was_given(tmp_path, monkeypatch):
    homes = ["Jean-Baptiste Grenouille_1234501", "Zoé Dupont_1234502"]
    files = [f"{home}_assignsubmission_file/04_dot_product (1).py" for home in homes]
    lay(tmp_path / "pile", *files)
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        for name in files:
            archive.write(tmp_path / "pile" / name, name)
    shutil.rmtree(tmp_path / "pile")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["grade", "class.zip", "--dry-run"])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("class.zip was read as submissions as Moodle packs them")
    assert "…" not in done.output
    together = CliRunner().invoke(app, ["grade", "class.zip", "class.zip", "--dry-run"])
    assert ".archives" not in done.output + together.output
