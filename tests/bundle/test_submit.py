"""`submit` runs each changed notebook once, and names the missing parts."""

import json
import os

import nbformat
import pytest
from rich.console import Console

from autograder import course
from autograder.bundle import ran
from autograder.bundle.ran import carried_over, digest_of, raised_in
from autograder.bundle.submit import Interrupted, prepare
from autograder.bundle.work import gather, sentence_on_untouched
from autograder.workspace.documents import document_of
from tests.bundle.making import BONUS, EXERCISE, STUB, FakeRun, edit
from tests.submissions.whole import whole_notebook
from tests.workspace.making import NAME


def prepared(workspace, **options):
    said = []
    return prepare(workspace, Console(quiet=True), say=said.append, **options), said


def cell_of(workspace, number):
    notebook = nbformat.read(workspace.notebook(NAME), as_version=4)
    return notebook.cells[number]


def test_pairs_are_settled_first_and_that_is_said(workspace, monkeypatch):
    run = FakeRun(monkeypatch)
    edit(workspace, NAME, STUB, "    return n + 1\n")
    done, said = prepared(workspace)
    said = [sentence for sentence in said if not sentence.startswith("running ")]
    assert len(said) == 1
    assert f"{NAME}.py counts" in said[0]
    assert any("return n + 1" in cell.source for cell in done.executed[NAME].cells)
    assert run.ran == ["# 4 · A title", "# Memo"]


def test_the_learners_own_notebook_is_not_rewritten(workspace, monkeypatch):
    FakeRun(monkeypatch)
    before = workspace.notebook(NAME).read_bytes()
    done, _said = prepared(workspace)
    assert workspace.notebook(NAME).read_bytes() == before
    assert done.executed[NAME].cells[1].outputs[0].text == "cell 2\n"


def test_an_untouched_bonus_exercise_is_neither_run_nor_handed_in(workspace, monkeypatch):
    run = FakeRun(monkeypatch)
    done, _said = prepared(workspace)
    assert list(done.executed) == [NAME, "memo"]
    assert "14_als (bonus)" in sentence_on_untouched(done.gathered)
    edit(workspace, "14_als", '    raise NotImplementedError("solve_users")', "    return n")
    done, _said = prepared(workspace)
    assert list(done.executed) == [NAME, "14_als", "memo"]
    assert sentence_on_untouched(done.gathered) == ""
    assert run.ran == ["# 4 · A title", "# Memo", "# 14 · A bonus"]


def test_nothing_runs_twice_that_has_not_changed(workspace, monkeypatch):
    run = FakeRun(monkeypatch)
    first, _said = prepared(workspace)
    again, _said = prepared(workspace)
    assert (first.n_kept, again.n_kept) == (0, 2)
    assert again.executed == first.executed
    assert len(run.ran) == 2
    edit(workspace, NAME, "a demonstration", "another demonstration")
    prepared(workspace)
    assert run.ran[2:] == ["# 4 · A title"]


def test_ctrl_c_loses_only_the_notebook_at_work(workspace, monkeypatch):
    FakeRun(monkeypatch, interrupt_at=1)
    with pytest.raises(Interrupted) as interrupted:
        prepared(workspace)
    assert (interrupted.value.n_ran, interrupted.value.n_total) == (1, 2)
    run = FakeRun(monkeypatch)
    done, _said = prepared(workspace)
    assert run.ran == ["# Memo"]
    assert list(done.executed) == [NAME, "memo"]


def test_a_damaged_copy_is_made_again(workspace, monkeypatch):
    run = FakeRun(monkeypatch)
    prepared(workspace)
    (workspace.state / "ran" / "memo.ipynb").write_text("{", encoding="utf-8")
    prepared(workspace)
    assert run.ran[2:] == ["# Memo"]


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ("nothing", True),
        ("outputs", True),
        ("prose", False),
        ("carried", False),
        ("another", True),
        ("module", False),
        ("kit", False),
        ("COURSE_DATA", False),
        ("MOVIELENS_DIR", False),
    ],
)
def test_a_digest_holds_for_all_that_decides_the_outputs(
    workspace, monkeypatch, tmp_path, change, same
):
    code = 'import helpers\nold = carry_over("14_als")'
    text = f"# %% [markdown]\n# Words\n\n# %%\n{code}\n"
    [own, bonus, other] = gather_three(workspace, text)
    before = digest_of(own, [own, bonus, other], tmp_path)
    if change == "outputs":
        own.document.cells[1].outputs = [{"output_type": "stream", "name": "stdout", "text": "1"}]
    elif change == "prose":
        own.document.cells[0].source += "!"
    elif change == "carried":
        bonus.document.cells[1].source += "\n# changed"
    elif change == "another":
        other.document.cells[0].source += "\n# changed"
    elif change == "module":
        (tmp_path / "helpers.py").write_text("x = 1\n", encoding="utf-8")
    elif change == "kit":
        monkeypatch.setattr(ran, "kit_fingerprint", lambda: "another")
    elif change != "nothing":
        monkeypatch.setenv(change, "elsewhere")
    assert (digest_of(own, [own, bonus, other], tmp_path) == before) is same


def gather_three(workspace, text):
    from autograder.bundle.work import Work

    return [
        Work("05_training", document_of(text)),
        Work("14_als", document_of(BONUS)),
        Work("03_embeddings", document_of("# %%\nx = 1\n")),
    ]


def test_carried_exercises_are_found_and_an_unknown_one_means_all():
    assert carried_over("a = carry_over(\"4\")\nb = carry_over( '05_training' )") == {
        "04_dot_product",
        "05_training",
    }
    assert carried_over('carry_over("no such exercise")') == set()
    assert carried_over("carry_over(name)") == {step.name for step in course.steps()}


def test_all_that_is_missing_is_said(workspace, monkeypatch):
    FakeRun(monkeypatch)
    edit(workspace, NAME, 'print("a demonstration")', 'raise ValueError("no")')
    done, _said = prepared(workspace)
    text = "\n".join(done.missing)
    assert f"{NAME}: still to write: build_mf, score_matrix." in text
    assert f"{NAME}: 2 written answers of 2 are empty." in text
    assert "memo: it is as it was delivered." in text
    assert f"{NAME}: cell 6 raised ValueError: no" in text
    assert "14_als" not in text


def test_what_is_done_is_not_missing(workspace, monkeypatch):
    FakeRun(monkeypatch)
    edit(workspace, NAME, STUB, "    return n + 1\n")
    edit(workspace, NAME, "*Your answer*", "Because of the dot product.")
    edit(workspace, NAME, "*Your second answer*", "")
    edit(workspace, "memo", "Write here.", "The biased model ships.")
    done, _said = prepared(workspace)
    text = "\n".join(done.missing)
    assert f"{NAME}: 1 written answer of 2 is empty." in text
    assert "still to write: score_matrix" in text
    assert f"{NAME}: build_mf, predict_pairs do not pass." in text
    assert "memo" not in text


def test_answers_without_tags_count_as_written_where_their_text_is_gone(workspace, monkeypatch):
    FakeRun(monkeypatch)
    edit(workspace, NAME, ' tags=["answer"]\n# *Your answer*', "\n# Mine.")
    edit(workspace, NAME, ' tags=["answer"]', "")
    done, _said = prepared(workspace)
    assert f"{NAME}: 1 written answer of 2 is empty." in done.missing


def test_a_course_without_a_memo_asks_for_none_and_a_deleted_memo_is_missing(
    workspace, monkeypatch
):
    FakeRun(monkeypatch)
    workspace.notebook("memo").unlink()
    workspace.script("memo").unlink()
    assert "memo: there is no file of yours." in prepared(workspace)[0].missing
    (workspace.delivered / "memo.py").unlink()
    assert not [line for line in prepared(workspace)[0].missing if "memo" in line]


def test_a_missing_and_an_unreadable_exercise_are_said_and_the_others_handed_in(
    workspace, monkeypatch
):
    FakeRun(monkeypatch)
    workspace.script(NAME).unlink()
    workspace.notebook(NAME).write_text("{", encoding="utf-8")
    done, _said = prepared(workspace)
    assert list(done.executed) == ["memo"]
    text = "\n".join(done.missing)
    assert f"{NAME}.ipynb cannot be read" in text
    assert f"{NAME}: there is no file of yours that can be read." in text


def test_another_file_that_counts_is_handed_in_and_that_is_said(workspace, monkeypatch):
    FakeRun(monkeypatch)
    copy = workspace.root / f"{NAME} (copy).py"
    copy.write_text(
        workspace.script(NAME).read_text(encoding="utf-8").replace(STUB, "    return 7\n"),
        encoding="utf-8",
    )
    done, said = prepared(workspace)
    assert any("return 7" in cell.source for cell in done.executed[NAME].cells)
    assert any("(copy).py was checked" in sentence for sentence in said)


def test_a_notebook_of_all_exercises_in_a_workspace_gives_each_its_section(workspace, monkeypatch):
    FakeRun(monkeypatch)
    texts = {
        NAME: EXERCISE.replace(STUB, "    return 7\n"),
        "14_als": BONUS.replace('raise NotImplementedError("solve_users")', "return 8"),
    }
    whole = workspace.root / "course.ipynb"
    whole.write_text(whole_notebook(texts), encoding="utf-8")
    later = whole.stat().st_mtime + 60
    os.utime(whole, (later, later))
    done, _said = prepared(workspace)
    code = {
        name: "\n".join(cell.source for cell in notebook.cells)
        for name, notebook in done.executed.items()
    }
    assert "return 7" in code[NAME]
    assert "return 8" not in code[NAME]
    assert "return 8" in code["14_als"]
    assert "begin_exercise" not in code[NAME] + code["14_als"]


def test_a_notebook_that_was_stopped_runs_again(workspace, monkeypatch):
    run = FakeRun(monkeypatch)
    edit(workspace, NAME, 'print("a demonstration")', "raise KeyboardInterrupt")
    prepared(workspace)
    prepared(workspace)
    assert run.ran == ["# 4 · A title", "# Memo", "# 4 · A title"]


def test_cells_that_may_raise_are_no_errors():
    notebook = document_of('# %% tags=["raises-exception"]\n1 / 0\n\n# %%\n1 / 0\n')
    error = {"output_type": "error", "ename": "E", "evalue": "v", "traceback": []}
    for cell in notebook.cells:
        cell.outputs = [nbformat.from_dict(error)]
    assert [raised.number for raised in raised_in(notebook)] == [2]


def test_gathering_an_empty_workspace_finds_nothing(workspace):
    for path in [*workspace.root.glob("*.py"), *workspace.root.glob("*.ipynb")]:
        path.unlink()
    assert gather(workspace).works == []
    assert json.dumps(gather(workspace).untouched) == "[]"
