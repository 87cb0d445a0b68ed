"""`autograder forget` in a folder of results: one person goes, the others stay byte for byte."""

import csv
import io
import shutil
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.grading.changes import Change
from autograder.grading.collect import collect
from autograder.grading.output.changes_page import write_changes
from autograder.grading.output.files_csv import write_files
from autograder.grading.output.grades_csv import write_grades
from autograder.grading.output.pages import write_pages
from autograder.grading.people import write_people
from autograder.grading.result_cache import ResultCache
from autograder.grading.slugs import slug
from tests.grading.common import RULES, STEP, Judges, hand_in
from tests.grading.test_changes import run

ZOE, ADA = "Zoé Dupont", "ada"


@pytest.fixture
def results(tmp_path):
    """A class of three, one of them in an archive, graded into a folder."""
    pile, out = tmp_path / "class", tmp_path / "results"
    for learner in (ZOE, ADA):
        hand_in(pile, learner)
    hand_in(tmp_path / "packed", "ben")
    shutil.make_archive(str(pile / "ben"), "zip", tmp_path / "packed" / "ben")
    _store, graded = run(Judges(), pile, out)
    collected = collect([pile], out)
    write_grades(list(graded.values()), out / "grades.csv", collected.people)
    write_files(collected.accounts, out / "files.csv")
    write_people(collected.people, out)
    write_pages(list(graded.values()), out)
    changes = [Change(who, STEP.name, "recall_at_k", 0.0, 1.0, 1.0, True) for who in (ZOE, ADA)]
    write_changes(changes, out, datetime(2026, 1, 2, tzinfo=UTC))
    return pile, out


def forget(*arguments, answer=""):
    return CliRunner().invoke(app, ["forget", *map(str, arguments)], input=answer)


def everything(*folders):
    return {p: p.read_bytes() for folder in folders for p in folder.rglob("*") if p.is_file()}


def test_nothing_of_the_person_is_left_and_all_of_the_others(results):
    pile, out = results
    before = everything(pile, out)
    done = forget(ZOE, out, "--yes")
    assert done.exit_code == 0, done.output
    after = everything(pile, out)
    assert not [path for path in after if slug(ZOE) in str(path) or ZOE in str(path)]
    assert not [path for path, content in after.items() if ZOE.encode() in content]
    rewritten = {"grades.csv", "files.csv", "people.csv", "changes.csv", "changes.html"}
    for path, content in before.items():
        own = ZOE in str(path) or slug(ZOE) in str(path) or ".archives" in str(path)
        if own or path.name in rewritten or path == out / "index.html":
            continue
        assert after[path] == content, path
    for name in rewritten:
        old = before[out / name].decode().splitlines()
        new = (out / name).read_text("utf-8").splitlines()
        assert [line for line in old if line in new] == new or name.endswith(".html")
        assert ADA in (out / name).read_text("utf-8")
    assert f"removed: {pile / ZOE / STEP.name}.py" in done.output


def test_a_second_run_continues_and_then_nobody_is_called_so(results):
    _pile, out = results
    forget(ZOE, out, "--yes")
    done = forget(ZOE, out, "--yes")
    assert done.exit_code == 2
    assert done.stderr.startswith(f"Nobody here is called {ZOE}. The learners are: ada, ben.")


def test_what_lies_in_an_archive_stays_and_is_named(results):
    pile, out = results
    done = forget("ben", out, "--yes")
    assert done.exit_code == 1, done.output
    assert (pile / "ben.zip").is_file()
    assert "lies in an archive, or is gone: delete the archive yourself." in done.output


def test_without_an_answer_nothing_is_removed(results):
    pile, out = results
    before = everything(pile, out)
    done = forget(ADA, out, answer="n\n")
    assert done.exit_code == 2
    assert done.stderr.endswith("Nothing was removed.\n")
    assert str(out / ADA) in done.output
    assert everything(pile, out) == before


def test_with_an_answer_it_is_removed(results):
    _pile, out = results
    assert forget(ADA, out, answer="y\n").exit_code == 0
    assert not (out / ADA).exists()


def test_a_part_of_a_name_is_not_enough(results):
    _pile, out = results
    assert forget("Zoé", out, "--yes").exit_code == 2
    assert ResultCache(out, "kit", RULES).report_path(ZOE, STEP.name).is_file()


def test_a_class_that_a_spreadsheet_saved_loses_one_person_all_the_same(results):
    _pile, out = results
    for table in out.glob("*.csv"):
        rows = list(csv.reader(io.StringIO(table.read_text("utf-8"), newline="")))
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=";").writerows(rows)
        table.write_bytes(text.getvalue().encode("cp1252"))
    tables = {path: path.read_bytes() for path in out.glob("*.csv")}
    assert forget(ZOE, out, "--yes").exit_code == 0
    for path, content in tables.items():
        lines = content.splitlines()
        kept = [line for line in lines if ZOE.encode("cp1252") not in line]
        assert len(kept) < len(lines)
        assert path.read_bytes().splitlines() == kept


def test_a_cell_with_a_line_break_that_somebody_wrote_stays(results):
    _pile, out = results
    table = out / "people.csv"
    text = table.read_text("utf-8").replace(f'"{ADA}",""', f'"{ADA}","two\nlines"', 1)
    table.write_text(text, "utf-8")
    assert forget(ZOE, out, "--yes").exit_code == 0
    rows = list(csv.reader(io.StringIO(table.read_text("utf-8"), newline="")))
    assert [row[:2] for row in rows if row[0] == ADA] == [[ADA, "two\nlines"]]
    assert ZOE not in table.read_text("utf-8")


def test_a_stopped_command_goes_on(results, monkeypatch):
    pile, out = results
    for broken in ("_remove_results", "_write_pages", "write_atomic"):
        with monkeypatch.context() as patch:
            patch.setattr(f"autograder.grading.forget.{broken}", _stop)
            assert isinstance(forget(ZOE, out, "--yes").exception, KeyboardInterrupt | SystemExit)
    assert forget(ZOE, out, "--yes").exit_code in (0, 1)
    assert not [p for p, text in everything(pile, out).items() if ZOE.encode() in text]


def _stop(*_arguments):
    raise KeyboardInterrupt


def test_who_is_in_no_table_any_more_is_known_by_the_reports(results):
    pile, out = results
    for table in out.glob("*.csv"):
        table.unlink()
    done = forget(ZOE, out, "--yes")
    assert done.exit_code == 1
    assert not (out / slug(ZOE)).exists()
    sentence = f"lists no file of {ZOE}: look for what {ZOE} handed in yourself."
    assert f"{out / 'files.csv'} {sentence}" in done.output
    assert (pile / ZOE).is_dir()


def test_files_of_an_instructor_among_the_results_stay_and_are_named(results):
    _pile, out = results
    notes = out / ADA / "notes.txt"
    notes.write_text("to discuss", "utf-8")
    done = forget(ADA, out, "--yes")
    assert done.exit_code == 1
    assert f"{notes.parent} holds files that no run of the grader wrote" in done.output
    assert list(notes.parent.iterdir()) == [notes]


def test_a_report_that_cannot_be_read_does_not_empty_the_page_of_the_class(results):
    _pile, out = results
    (out / "ben" / f"{STEP.name}.json").write_text("{", "utf-8")
    done = forget(ADA, out, "--yes")
    assert done.exit_code == 1
    assert "The page of the class cannot be written anew." in done.output
    assert not (out / "index.html").exists()


def test_a_page_of_changes_without_its_table_goes(results):
    _pile, out = results
    (out / "changes.csv").unlink()
    assert forget(ADA, out, "--yes").exit_code == 0
    assert not (out / "changes.html").exists()


@pytest.mark.parametrize("cell", ["aside/notes.py", "{}/ada⟨U+202E⟩.py"])
def test_a_cell_that_is_not_the_name_of_a_file_removes_nothing(results, monkeypatch, cell):
    pile, out = results
    monkeypatch.chdir(pile)
    other = pile / cell.format(pile)
    other.parent.mkdir(exist_ok=True)
    other.write_text("not ada's", "utf-8")
    table = out / "files.csv"
    own = str(pile / ADA / f"{STEP.name}.py")
    table.write_text(table.read_text("utf-8").replace(own, cell.format(pile)), "utf-8")
    done = forget(ADA, out, "--yes")
    assert done.exit_code == 1
    assert "is not a file's own name: look for the file, and delete it yourself." in done.output
    assert other.is_file()
