"""`autograder demo`: the course's main path from an untouched exercise to maps and genres."""

import re

import pandas as pd
import pytest


@pytest.mark.slow
def test_the_demo_takes_the_main_path(autograder, tmp_path, dataset):
    folder = tmp_path / "out"
    result = autograder("demo", "--out", folder, env={"COURSE_DATA": dataset})
    assert result.exit_code == 0, result.stderr[-2000:]
    text = result.stdout
    untouched, half_right, whole = (part.start() for part in re.finditer("exercise  ", text))
    assert "todo" in text[untouched:half_right]
    assert "0 / 10" in text[untouched:half_right]
    assert "Must hold" in text[half_right:whole]
    assert re.search(r"[1-9]\d* / 10", text[half_right:whole])
    assert "100 / 100 + 20" in text[whole:]
    assert f"{dataset}: " in text
    model, mean = map(float, re.search(r"RMSE .* ([\d.]+), mean ([\d.]+)", text).groups())
    assert model < mean
    assert len(re.findall(r"\d\.\d\d\s*$", text, re.MULTILINE)) >= 10
    assert (folder / "map.png").stat().st_size > 20_000
    scores = pd.read_csv(folder / "genres.csv", index_col=0)["macro_ap"]
    assert scores["embeddings"] > scores["shuffled embeddings"]
    for name in ("map.png", "genres.csv"):
        assert f"written: {folder / name}" in text
    shown = re.search(r"ada_strong .* (\d+) / \1\n", text)
    assert shown, text[-3000:]
    assert re.search(r"david_untouched .* 0 / ", text)
    page = (folder / "results" / "index.html").read_text(encoding="utf-8")
    assert "mallory_hostile" in page
    assert "denied" in page
