"""The benchmarks of models: each script runs, and its tables have all their rows."""

import importlib
import importlib.util

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from autograder.learner.carry_over import reference
from tests.conftest import ROOT

QUALITY = ROOT / "benchmarks" / "model_quality.py"
SCALING = ROOT / "benchmarks" / "scaling.py"

pytestmark = pytest.mark.slow


def rows(output: str) -> dict[str, list[str]]:
    """Return the cells of Markdown tables, by their first cell."""
    lines = [line.strip("| ").split(" | ") for line in output.splitlines() if line[:1] == "|"]
    return {first: rest for first, *rest in lines}


def run_quality(run_python, *options):
    done = run_python(QUALITY, "--sets", "simulated", "--folds", "1", "--markdown", *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_shared_sums_predict_what_step_11_predicts(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    shared = importlib.import_module("quality.with_keras").build_shared_svdpp
    items_of = [[0, 2, 3], [1], []]
    rated = np.array([[item in items for item in range(4)] for items in items_of], dtype=float)
    one = shared(csr_matrix(rated), 5, 3.5)
    other = reference("11_implicit_feedback")["build_svdpp"](3, 4, 5, 3.5)
    rng = np.random.default_rng(0)
    for layer in other.layers:
        if layer.name.endswith(("_embedding", "_bias")):
            planted = [rng.normal(size=weight.shape) for weight in layer.get_weights()]
            layer.set_weights(planted)
            table(one, layer.name).set_weights(planted)
    users, items = (ids.reshape(-1, 1) for ids in np.divmod(np.arange(12), 4))
    padded = np.array([[0, 2, 3], [1, -1, -1], [-1, -1, -1]])[users[:, 0]]
    expected = other.predict([users, items, padded], verbose=0)
    assert one.predict([users, items], verbose=0) == pytest.approx(expected, abs=1e-5)


def table(model, name):
    """Return the embedding layer of a name, also from inside the layer that sums its rows."""
    layers = [getattr(layer, "table", layer) for layer in model.layers]
    return next(layer for layer in layers if layer.name == name)


def test_every_rating_model_beats_the_mean(run_python):
    names = [
        "global mean",
        "bias baseline, Koren (3)",
        "step 6, early stopping",
        "step 6, biased model",
        "SVD++, Koren (6)",
        "ALS, Koren (2) after biases",
    ]
    table = rows(run_quality(run_python, "--questions", "ratings", "--only", *names))
    means = {name: float(table[name][0]) for name in names}
    assert max(means, key=means.get) == "global mean"


def test_scikit_surprise_joins_in_or_is_named_as_missing(run_python):
    name = "Surprise SVD, defaults"
    output = run_quality(run_python, "--questions", "ratings", "--only", "global mean", name)
    if importlib.util.find_spec("surprise"):
        assert float(rows(output)[name][0]) > 0
    else:
        assert f"Left out: {name}, which needs surprise." in output


def test_lists_and_genres_have_a_score_for_everybody(run_python):
    output = run_quality(run_python, "--questions", "lists", "genres")
    table = rows(output)
    names = [
        "popularity",
        "step 6, biased model",
        "the same network, watched or not",
        "implicit ALS",
        "guessing (share of films)",
        "mean rating, log popularity",
        "rating factors",
        "rating factors, shuffled",
        "watched factors",
        "implicit ALS factors",
        "TruncatedSVD of watched",
    ]
    assert all(0 < float(table[name][0]) < 1 for name in names)


def test_a_set_out_of_reach_is_left_out(run_python, tmp_path):
    unreachable = {"MOVIELENS_DIR": str(tmp_path), "MOVIELENS_URL": "http://127.0.0.1:9/"}
    done = run_python(QUALITY, "--sets", "ml-100k", **unreachable)
    assert done.returncode == 0, done.stderr
    assert "ml-100k is not here: left out" in done.stdout


def test_scaling_has_a_row_for_each_way_and_refreshes_a_document(run_python, tmp_path):
    document = tmp_path / "measured.md"
    document.write_text("before\n<!-- scaling -->\nold\n<!-- end of scaling -->\nafter\n", "utf-8")
    short = "--rows", "0.005", "0.01", "--batch", "512", "--seconds", "0.1"
    done = run_python(SCALING, *short, "--write", document)
    assert done.returncode == 0, done.stderr
    text = document.read_text(encoding="utf-8")
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text
    epochs, memory, _steps = text.split("\n**")[1:]
    for way in "step 4, Adam", "step 6, Adam", "step 4, SGD", "rows only, Adam":
        for table in epochs, memory:
            assert table.count(f" {way} ") == 2
