"""Results on disk: what was damaged, what dies half-way, and whose they are."""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.grading.collect import collect
from autograder.grading.result_cache import ResultCache
from autograder.grading.results import JUDGED, refused
from autograder.reports.model import from_json
from autograder.util.fingerprint import digest
from tests.grading.common import RULES, STEP, Judges, graded, hand_in


@pytest.mark.parametrize("damage", [b"", b"[]", b"null", b'{"schema": 1', b"\xff\x00", None])
@pytest.mark.parametrize("file", ["ada/08_ranking.json", ".kept/ada/08_ranking.json"])
def test_what_was_damaged_or_lost_is_graded_again(done, file, damage):
    folder, out = done
    (out / file).unlink()
    if damage is not None:
        (out / file).write_bytes(damage)
    judges = Judges()
    graded(judges, folder, out)
    assert judges.learners == ["ada"]
    assert from_json(json.loads((out / "ada/08_ranking.json").read_text("utf-8"))).points == 10


def test_a_report_that_was_edited_is_graded_again(done):
    folder, out = done
    path = out / "ben" / "08_ranking.json"
    path.write_text(path.read_text("utf-8").replace('"passed"', '"failed"', 1), "utf-8")
    judges = Judges()
    graded(judges, folder, out)
    assert judges.learners == ["ben"]


class Death(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("operation", ["write_bytes", "replace", "unlink"])
@pytest.mark.parametrize("n", [1, 2])
def test_whenever_it_dies_a_result_is_the_old_one_or_the_new_one_or_none(
    done, monkeypatch, operation, n
):
    folder, out = done
    old = replace(graded(Judges(), folder, out)["ada"], origin=JUDGED)
    new = replace(old, report=replace(old.report, notes=("new",)))
    store = ResultCache(out, "kit", RULES)
    key = store.key("08_ranking.py", digest((folder / "ada" / "08_ranking.py").read_bytes()))
    calls, really = [], getattr(Path, operation)

    def dies(path, *arguments, **keywords):
        calls.append(path)
        if len(calls) == n:
            if operation == "write_bytes":
                really(path, arguments[0][:50])
            raise Death
        return really(path, *arguments, **keywords)

    with monkeypatch.context() as patch, pytest.raises(Death):
        patch.setattr(Path, operation, dies)
        store.store(new, key)
    report = from_json(json.loads((out / "ada/08_ranking.json").read_text("utf-8")))
    assert report in (old.report, new.report)
    assert store.cached("ada", STEP.name, key) in (old, new, None)


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no UTF-8 are Linux's own")
def test_a_learners_name_may_be_anything(tmp_path):
    learner = os.fsdecode(b"Zo\xeb M\xfcller")
    hand_in(tmp_path / "class", learner)
    [submission] = collect([tmp_path / "class"], tmp_path / "out").submissions
    assert submission.learner == "Zo⟨U+DCEB⟩ M⟨U+DCFC⟩ller"
    result = refused(submission, "no reason")
    store = ResultCache(tmp_path / "out", "kit", RULES)
    store.store(result)
    text = store.report_path(submission.learner, STEP.name).read_text(encoding="utf-8")
    assert from_json(json.loads(text)) == result.report
