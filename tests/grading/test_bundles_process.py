"""A class of bundles through `autograder grade`: the same points as for separate files."""

import csv
import io

import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from tests.answers import exercise_text, solution_text, write
from tests.bundle.making import bundle, contents, repacked
from tests.submissions.whole import whole_notebook

pytestmark = pytest.mark.process

NAMES = ("04_dot_product", "07_recommend", "15_bug_hunt")


def test_one_notebook_separate_notebooks_and_bundles_earn_the_same(tmp_path):
    texts = {
        "04_dot_product": solution_text("04_dot_product"),
        "07_recommend": exercise_text("07_recommend"),
        "15_bug_hunt": solution_text("15_bug_hunt"),
    }
    place = tmp_path / "class"
    (place / "separate").mkdir(parents=True)
    files = {}
    for name, text in texts.items():
        path = write(place / "separate", name, text, ".ipynb")
        files[path.name] = path.read_bytes()
    (place / "whole").mkdir()
    whole = whole_notebook(texts)
    (place / "whole" / "course.ipynb").write_text(whole, encoding="utf-8")
    bundle(place / "a.zip", files, "bundled")
    changed = bundle(place / "b.zip", {"course.ipynb": whole.encode()}, "changed")
    repacked({**contents(changed), "course.ipynb": f"{whole}\n".encode()}, changed)
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["grade", str(place), "--out", str(out), "--seed", "5"])
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(io.StringIO((out / "grades.csv").read_text("utf-8-sig"))))
    points = {row.pop("learner"): row for row in rows}
    assert set(points) == {"separate", "whole", "bundled", "changed"}
    assert points["whole"] == points["bundled"] == points["changed"] == points["separate"]
    assert "10" in points["whole"].values()
    report = (out / "changed" / "04_dot_product.json").read_text(encoding="utf-8")
    assert "was changed after it was made" in report
    hunt = (out / "whole" / "15_bug_hunt.json").read_text(encoding="utf-8")
    assert '"failed"' not in hunt
