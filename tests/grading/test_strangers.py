"""Rosters, the way back to Moodle, `forget` and `--only`, as a stranger to the kit uses them.

Every case goes through the command's own files. Nobody vanishes, no grade goes to somebody else,
and the exit code is 1 exactly if something needs a person.
"""

import csv
import io
import unicodedata
import zipfile

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.grading.collect import collect
from autograder.grading.executors.threads import DaemonThreads
from autograder.grading.output.files_csv import write_files
from autograder.grading.output.grades_csv import write_grades
from autograder.grading.output.pages import write_pages
from autograder.grading.people import write_people
from autograder.grading.pipeline import grade
from autograder.grading.result_cache import ResultCache
from autograder.grading.roster import read_roster
from autograder.submissions.parse import parse
from tests.grading.common import RIGHT, RULES, STEP, Judges, autograder, hand_in, rows_of, with_cell
from tests.grading.test_changes import run

MOODLE = "_assignsubmission_file"


def nfd(text):
    return unicodedata.normalize("NFD", text)


def table(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


# name: (roster's text, its encoding, learners' folders, learners, words of problems, the absent)
ROSTERS = {
    "names_in_other_orders": (
        "id,name\nu1,Zoé Dupont\nu2,Jean-Luc de la Tour\nu3,Ana Díaz Ruiz\n",
        "utf-8",
        ["DUPONT Zoé", "de la Tour Jean-Luc", "DIAZ RUIZ Ana"],
        ["Zoé Dupont", "Jean-Luc de la Tour", "Ana Díaz Ruiz"],
        [],
        [],
    ),
    "names_of_a_mac_and_mails": (
        "Prénom;Nom de famille;Adresse de courriel\nZoé;Dupont;zoe.dupont@uni.fr\n"
        "Hélène;Müller;helene.muller@uni.fr\n",
        "utf-8-sig",
        [nfd("Zoé Dupont"), "helene.muller@uni.fr"],
        ["Zoé Dupont", "Hélène Müller"],
        [],
        [],
    ),
    "somebody_is_missing": (
        "name,group\nZoé Dupont,A\nJean Martin,A\nAna Díaz,B\n",
        "utf-8",
        ["Zoé Dupont", "Ana Díaz"],
        ["Zoé Dupont", "Ana Díaz"],
        [],
        ["Jean Martin"],
    ),
    "an_empty_folder_is_no_work": (
        "name\nZoé Dupont\nJean Martin\n",
        "utf-8",
        ["Zoé Dupont", "Jean Martin/"],
        ["Zoé Dupont"],
        ["Jean Martin: "],
        ["Jean Martin"],
    ),
    "a_stranger": (
        "name\nZoé Dupont\nJean Martin\n",
        "utf-8",
        ["Zoé Dupont", "Jean Martin", "Eve Inconnue"],
        ["Zoé Dupont", "Jean Martin", "Eve Inconnue"],
        ["Eve Inconnue is not on the roster"],
        [],
    ),
    "a_slip_of_the_pen": (
        "name\nZoé Dupont\nJean Martin\n",
        "utf-8",
        ["Zoé Dupon", "Jean Martin"],
        ["Zoé Dupon", "Jean Martin"],
        ["Zoé Dupont"],
        ["Zoé Dupont"],
    ),
    "two_of_one_name_by_moodles_numbers": (
        "Identifier,Full name,Email address\nParticipant 111,Marie Martin,m1@x\n"
        "Participant 222,Marie Martin,m2@x\n",
        "utf-8",
        [f"Marie Martin_111{MOODLE}_", f"Marie Martin_222{MOODLE}_"],
        ["Marie Martin", "Marie Martin (2)"],
        [],
        [],
    ),
    "two_of_one_name_without_a_number": (
        "id,name\nu1,Marie Martin\nu2,Marie Martin\nu3,Ana Díaz\n",
        "utf-8",
        ["Marie Martin", "Ana Díaz"],
        ["Marie Martin (2)", "Ana Díaz"],
        ["Marie Martin may be Marie Martin, Marie Martin (u2)"],
        ["Marie Martin", "Marie Martin (u2)"],
    ),
    "blind_marking": (
        "Identifier,Status,Grade,Maximum grade,Last modified (grade)\n"
        "Participant 77,Submitted for grading,,20,-\nParticipant 78,No submission,,20,-\n",
        "utf-8",
        [f"Participant_77{MOODLE}_"],
        ["Participant 77"],
        [],
        ["Participant 78"],
    ),
    "saved_by_a_french_excel": (
        "Numéro;Nom complet;Groupe\n21104567;Zoé Dupont;TD 1\n21104568;Hélène Œuvrard;TD 2\n",
        "cp1252",
        ["21104567", "OEUVRARD Hélène"],
        ["Zoé Dupont", "Hélène Œuvrard"],
        [],
        [],
    ),
    "saved_by_excel_with_a_line_for_the_separator": (
        "sep=;\nid;name\nu1;Zoé Dupont\nu2;Jean Martin\n",
        "utf-8-sig",
        ["u1", "u2"],
        ["Zoé Dupont", "Jean Martin"],
        [],
        [],
    ),
    "saved_by_excel_as_unicode_text": (
        "id\tname\r\nu1\tZoé Dupont\r\nu2\tJean Martin\r\n",
        "utf-16",
        ["u1", "u2"],
        ["Zoé Dupont", "Jean Martin"],
        [],
        [],
    ),
    "groups_in_moodles_names": (
        "name,participant,group\nZoé Dupont,111,Groupe A\nAnne-Laure Arc,222,Groupe B\n",
        "utf-8",
        [f"Groupe A-Zoé Dupont_911{MOODLE}_", f"Groupe B-Anne-Laure Arc_922{MOODLE}_"],
        ["Zoé Dupont", "Anne-Laure Arc"],
        [],
        [],
    ),
    "students_of_a_hub": (
        "login,name,email\nzdupont,Zoé Dupont,z@x\njmartin,Jean Martin,j@x\n",
        "utf-8",
        ["jupyter-zdupont", "jmartin"],
        ["jupyter-zdupont", "Jean Martin"],
        ["jupyter-zdupont is not on the roster"],
        ["Zoé Dupont"],
    ),
    "rows_of_a_sheet_that_are_empty": (
        "id,name,note\nu1,Zoé Dupont,\n,,\nu2,Jean Martin,new\n,,\n",
        "utf-8",
        ["Zoé Dupont", "Jean Martin"],
        ["Zoé Dupont", "Jean Martin"],
        [],
        [],
    ),
}


@pytest.mark.parametrize("case", ROSTERS.values(), ids=ROSTERS)
def test_a_roster_says_who_is_who(tmp_path, case):
    text, encoding, folders, names, problems, absent = case
    for folder in folders:
        if folder.endswith("/"):
            (tmp_path / "pile" / folder).mkdir(parents=True)
        else:
            hand_in(tmp_path / "pile", folder)
    path = table(tmp_path / "roster.csv", text, encoding)
    found = collect([tmp_path / "pile"], tmp_path / "out", roster=read_roster(path))
    assert sorted(s.learner for s in found.submissions) == sorted(names)
    assert sorted(found.absent) == sorted(absent)
    for words in problems:
        assert any(words in problem for problem in found.problems), (words, found.problems)
    assert len(found.problems) == len(problems), found.problems


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04\x14\x00xl/workbook.xml", "roster.csv"),
        (b"just one column\nof words\n", "just one column"),
    ],
)
def test_a_roster_that_is_none_stops_the_command(tmp_path, monkeypatch, content, words):
    monkeypatch.setenv("COLUMNS", "400")
    hand_in(tmp_path / "pile", "ada")
    (tmp_path / "roster.csv").write_bytes(content)
    arguments = ["--roster", tmp_path / "roster.csv", "--dry-run", "--out", tmp_path / "out"]
    done = autograder("grade", tmp_path / "pile", *arguments)
    assert done.exit_code == 2
    assert words in done.output


def result(tmp_path, folders, roster=None, by_mail=()):
    """Grade a pile of learners' folders by judges that need no sandbox; return the results."""
    pile, out = tmp_path / "pile", tmp_path / "results"
    for number, folder in enumerate(folders):
        hand_in(pile, folder, with_cell(f"number = {number}"))
    people = None if roster is None else read_roster(roster)
    for name in by_mail:
        hand_in(tmp_path / "mails", name, with_cell(f"name = {name!r}"))
    found = collect([pile, *tmp_path.glob("mails")], out, roster=people)
    store = ResultCache(out, "kit", RULES)
    with DaemonThreads(1) as executor:
        results = list(grade(found.submissions, parse, store, Judges, executor))
    write_grades(results, out / "grades.csv", found.people)
    write_files(found.accounts, out / "files.csv")
    write_people(found.people, out)
    write_pages(results, out)
    return out


HEAD = "Identifier,Full name,Email address,Status,Grade,Maximum grade,Last modified (grade)"
ZOE, JEAN = f"Zoé Dupont_501{MOODLE}", f"O'Brien Jean_502{MOODLE}"


def sheet(*rows, head=HEAD):
    return "\n".join([head, *rows]) + "\n"


def read(path, separator=",", encoding="utf-8-sig"):
    text = path.read_bytes().decode(encoding)
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))


def export(*arguments):
    return autograder("export", *arguments)


def row(number, name, most="10", grade="", state="Submitted for grading"):
    return f'"Participant {number}","{name}",{number}@x,"{state}",{grade},{most},-'


def test_worksheet_without_a_roster(tmp_path):
    """The names of the learners' folders say whose grade goes where; the rest stays."""
    out = result(tmp_path, [ZOE, JEAN])
    rows = [row(501, "Zoé Dupont"), row(502, "O'Brien Jean"), row(503, "Eve Absente", grade="3")]
    path = table(tmp_path / "Grades.csv", sheet(*rows), "utf-8-sig")
    before = path.read_bytes()
    done = export("worksheet", path, out, "--out", tmp_path / "w.csv")
    assert done.exit_code == 0, done.output
    assert [each["Grade"] for each in read(tmp_path / "w.csv")] == ["10", "10", "3"]
    assert path.read_bytes() == before


def test_worksheet_of_two_people_with_one_name(tmp_path):
    """Moodle's numbers, not the order of rows, say whose grade is whose."""
    out = result(tmp_path, [f"Marie Martin_222{MOODLE}", f"Ana_300{MOODLE}"])
    rows = [row(111, "Marie Martin"), row(222, "Marie Martin"), row(300, "Ana")]
    path = table(tmp_path / "Grades.csv", sheet(*rows))
    done = export("worksheet", path, out, "--out", tmp_path / "w.csv")
    assert done.exit_code == 0, done.output
    assert [each["Grade"] for each in read(tmp_path / "w.csv")] == ["", "10", "10"]


def test_worksheet_of_two_people_with_one_name_and_no_number(tmp_path):
    """Nobody knows which of the two it is: no grade is written, and the learner is named."""
    out = result(tmp_path, ["Marie Martin", "Ana"])
    rows = [row(111, "Marie Martin"), row(222, "Marie Martin"), row(300, "Ana")]
    path = table(tmp_path / "Grades.csv", sheet(*rows))
    done = export("worksheet", path, out, "--out", tmp_path / "w.csv")
    assert done.exit_code == 1
    assert "Marie Martin" in done.output
    assert [each["Grade"] for each in read(tmp_path / "w.csv")] == ["", "", "10"]


def test_worksheet_of_blind_marking(tmp_path):
    out = result(tmp_path, [f"Participant_77{MOODLE}", f"Participant_78{MOODLE}"])
    head = "Identifier,Status,Grade,Maximum grade,Last modified (grade)"
    rows = [f'"Participant {n}",Submitted for grading,,10.00,-' for n in (78, 79, 77)]
    path = table(tmp_path / "Grades.csv", sheet(*rows, head=head))
    done = export("worksheet", path, out, "--out", tmp_path / "w.csv")
    assert done.exit_code == 0, done.output
    grades = {each["Identifier"]: each["Grade"] for each in read(tmp_path / "w.csv")}
    assert [bool(grades[f"Participant {n}"]) for n in (77, 78, 79)] == [True, True, False]


def test_worksheet_of_a_french_moodle(tmp_path):
    """Semicolons and decimal commas stay, columns in French are known, the most is scaled."""
    out = result(tmp_path, [ZOE, JEAN])
    head = "Identifiant;Nom complet;Adresse de courriel;Statut;Note;Note maximale;"
    head += "Dernière modification (note);Feedback par commentaires"
    rows = [
        '"Participant 501";"Zoé Dupont";z@x;"Remis pour évaluation";;20,00;-;"<p>Un\nmot;</p>"',
        '"Participant 502";"O\'Brien Jean";j@x;"Remis pour évaluation";;20,00;-;',
    ]
    path = table(tmp_path / "Notes.csv", sheet(*rows, head=head), "utf-8-sig")
    done = export("worksheet", path, out, "--out", tmp_path / "w.csv")
    assert done.exit_code == 0, done.output
    assert "20" in done.output
    written = read(tmp_path / "w.csv", ";")
    assert [each["Note"] for each in written] in (["20", "20"], ["20,00", "20,00"])
    assert written[0]["Feedback par commentaires"] == "<p>Un\nmot;</p>"
    assert written[0]["Note maximale"] == "20,00"


def test_worksheet_without_somebody_who_was_graded(tmp_path):
    out = result(tmp_path, [ZOE, JEAN], by_mail=["Eve Inconnue"])
    path = table(tmp_path / "G.csv", sheet(row(501, "Zoé Dupont"), row(502, "O'Brien Jean")))
    done = export("worksheet", path, out, "--out", tmp_path / "w.csv")
    assert done.exit_code == 1
    assert "Eve Inconnue" in done.output


@pytest.mark.parametrize("text", ["id,name\nu1,Zoé\n", "", "PK\x03\x04\0\0"])
def test_a_table_that_is_no_worksheet_is_refused(tmp_path, text):
    out = result(tmp_path, [ZOE])
    path = table(tmp_path / "Grades.csv", text)
    done = export("worksheet", path, out, "--out", tmp_path / "w.csv")
    assert done.exit_code == 2, done.output
    assert "Grades.csv" in done.output.replace("\n", "")
    assert not (tmp_path / "w.csv").exists()


def test_feedback_goes_to_the_folders_that_moodle_made(tmp_path):
    out = result(tmp_path, [ZOE, f"Groupe A-Ana Díaz_503{MOODLE}_"])
    done = export("feedback", out, "--out", tmp_path / "f.zip")
    assert done.exit_code == 0, done.output
    folders = {name.split("/")[0] for name in zipfile.ZipFile(tmp_path / "f.zip").namelist()}
    assert {each.split("_")[1] for each in folders} == {"501", "503"}
    assert all("_assignsubmission_file" in each for each in folders)


def test_feedback_for_somebody_who_did_not_come_from_moodle(tmp_path):
    out = result(tmp_path, [ZOE], by_mail=["Eve par mail"])
    done = export("feedback", out, "--out", tmp_path / "f.zip")
    assert done.exit_code == 1
    assert "Eve par mail" in done.output
    names = zipfile.ZipFile(tmp_path / "f.zip").namelist()
    assert names
    assert not [name for name in names if "Eve" in name]


def test_feedback_with_a_worksheet_for_folders_without_numbers(tmp_path):
    out = result(tmp_path, ["DUPONT Zoé", "Jean O'Brien"])
    path = table(tmp_path / "G.csv", sheet(row(501, "Zoé Dupont"), row(502, "Jean O'Brien")))
    done = export("feedback", out, "--worksheet", path, "--out", tmp_path / "f.zip")
    assert done.exit_code == 0, done.output
    names = zipfile.ZipFile(tmp_path / "f.zip").namelist()
    assert {name.split("_")[1] for name in names} == {"501", "502"}


def test_moodles_gradebook_by_mail_with_commas(tmp_path):
    roster = table(tmp_path / "r.csv", "name,email\nZoé Dupont,z@x\nJean O'Brien,j@x\nEve,e@x\n")
    out = result(tmp_path, [ZOE, JEAN], roster)
    options = ["--identifier", "Email address", "--decimal-comma", "--out", tmp_path / "m.csv"]
    done = export("moodle", out, *options)
    assert done.exit_code == 0, done.output
    text = (tmp_path / "m.csv").read_text("utf-8-sig")
    assert "z@x" in text
    assert "j@x" in text
    assert "." not in text.replace("z@x", "").replace("j@x", "").splitlines()[1]


def test_moodles_gradebook_without_the_identifier(tmp_path):
    roster = table(tmp_path / "r.csv", "name,login\nZoé Dupont,zd\nJean O'Brien,\n")
    out = result(tmp_path, [ZOE, JEAN], roster)
    done = export("moodle", out, "--out", tmp_path / "m.csv")
    assert done.exit_code == 1
    assert "Jean" in done.output
    assert "zd" in (tmp_path / "m.csv").read_text("utf-8-sig")


def test_an_export_replaces_no_file_of_somebody_else(tmp_path):
    """The worksheet itself named as the file to write stays, or is kept beside."""
    out = result(tmp_path, [ZOE])
    path = table(tmp_path / "Grades.csv", sheet(row(501, "Zoé Dupont")))
    before = path.read_bytes()
    export("worksheet", path, out, "--out", path)
    assert before in [each.read_bytes() for each in tmp_path.glob("Grades*")]


def test_a_worksheet_that_excel_saved_comes_back_as_it_was(tmp_path):
    """The line for the separator and the encoding stay."""
    out = result(tmp_path, [ZOE])
    text = "sep=;\r\n" + HEAD.replace(",", ";") + "\r\n"
    text += "Participant 501;Zoé Dupont;z@x;Submitted for grading;;10,00;-\r\n"
    path = table(tmp_path / "Grades.csv", text, "utf-16")
    done = export("worksheet", path, out, "--out", tmp_path / "w.csv")
    assert done.exit_code == 0, done.output
    filled = text.replace("grading;;10", "grading;10;10")
    assert (tmp_path / "w.csv").read_bytes().decode("utf-16") == filled


def test_somebody_without_anything_to_grade_has_a_row(tmp_path):
    """Nobody vanishes from the grades, also without a roster."""
    (tmp_path / "pile" / "fay").mkdir(parents=True)
    (tmp_path / "pile" / "fay" / "notes.txt").write_text("Some words.", encoding="utf-8")
    (tmp_path / "pile" / "gil").mkdir()
    out = result(tmp_path, ["ada"])
    assert {"ada", "fay", "gil"} == rows_of(out / "grades.csv").keys()
    assert rows_of(out / "grades.csv")["fay"][STEP.name] == ""


def forget(*arguments, answer=""):
    return CliRunner().invoke(app, ["forget", *map(str, arguments)], input=answer)


def files(*folders):
    return {p: p.read_bytes() for folder in folders for p in folder.rglob("*") if p.is_file()}


def test_forget_one_of_two_with_the_same_name(tmp_path):
    out = result(tmp_path, [f"Marie Martin_111{MOODLE}", f"Marie Martin_222{MOODLE}"])
    done = forget("Marie Martin (2)", out, "--yes")
    assert done.exit_code == 0, done.output
    left = files(tmp_path / "pile")
    assert ["111" in str(path) for path in left] == [True]
    assert "Marie Martin (2)" not in (out / "grades.csv").read_text("utf-8")
    assert "Marie Martin" in (out / "grades.csv").read_text("utf-8")


def test_forget_by_an_id_and_by_a_name_in_another_form(tmp_path):
    roster = table(tmp_path / "r.csv", "id,name\nu1,Zoé Dupont\nu2,Jean O'Brien\n")
    out = result(tmp_path, [ZOE, JEAN], roster)
    assert forget("u1", out, "--yes").exit_code == 0
    assert not [path for path in files(tmp_path / "pile") if "501" in str(path)]
    done = forget(nfd("Jean O'Brien"), out, "--yes")
    assert done.exit_code == 0, done.output
    assert files(tmp_path / "pile") == {}


def test_forget_leaves_no_folder_with_the_name(tmp_path):
    out = result(tmp_path, [ZOE, JEAN, "Ana Díaz"])
    done = forget(nfd("Zoé Dupont"), out, "--yes")
    assert done.exit_code == 0, done.output
    assert {path.name for path in (tmp_path / "pile").iterdir()} == {JEAN, "Ana Díaz"}


def test_forget_names_a_folder_with_hidden_copies(tmp_path, monkeypatch):
    """The grader does not read hidden files, and whoever forgets must know of them."""
    monkeypatch.setenv("COLUMNS", "400")
    out = result(tmp_path, ["Ana Díaz", "ben"])
    copy = tmp_path / "pile" / "Ana Díaz" / ".ipynb_checkpoints" / "08_ranking-checkpoint.ipynb"
    copy.parent.mkdir()
    copy.write_text("{}", encoding="utf-8")
    done = forget("Ana Díaz", out, "--yes")
    assert copy.exists()
    assert f"{tmp_path / 'pile' / 'Ana Díaz'} holds files that the grader did not read" in (
        done.output.replace("\n", "")
    )


def test_forget_nobody(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    out = result(tmp_path, [ZOE, JEAN])
    before = files(tmp_path)
    done = forget("Zoé Dupond", out, "--yes")
    assert done.exit_code == 2, done.output
    assert "Zoé Dupont" in done.output
    assert files(tmp_path) == before


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_forget_asks_and_leaves_all_without_a_yes(tmp_path, answer):
    out = result(tmp_path, [ZOE, JEAN])
    before = files(tmp_path)
    done = forget("Zoé Dupont", out, answer=answer)
    assert done.exit_code != 0
    assert files(tmp_path) == before


def test_only_judges_whole_what_was_never_judged_or_has_changed(tmp_path):
    folder, out = tmp_path / "pile", tmp_path / "results"
    hand_in(folder, "ada")
    hand_in(folder, "ben")
    run(Judges("failed"), folder, out)
    hand_in(folder, "ben", with_cell("new = 1"))
    hand_in(folder, "cleo", with_cell("late = 1"))
    _store, results = run(Judges(), folder, out, "new kit", ["recall_at_k"])
    points = {learner: each.report.points for (learner, _), each in results.items()}
    assert points == {
        "ada": STEP.points["recall_at_k"],
        "ben": STEP.max_points,
        "cleo": STEP.max_points,
    }


def test_only_with_a_name_that_is_none_stops_the_command(tmp_path):
    hand_in(tmp_path / "pile", "ada", RIGHT)
    arguments = ["grade", tmp_path / "pile", "--out", tmp_path / "o", "--only", "recal_at_k"]
    done = autograder(*arguments)
    assert done.exit_code == 2
    assert "recall_at_k" in done.output
    assert not (tmp_path / "o" / "grades.csv").exists()
