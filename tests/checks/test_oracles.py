"""The right answers of the checks, compared with other libraries and with known properties.

A mistake in a right answer would reject right work, or accept wrong work, on some seed.
"""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, f1_score, ndcg_score

from autograder.checking.asserts import alike
from autograder.checking.failure import CheckFailure
from autograder.checks import test_05_training as training
from autograder.checks import test_06_biases as biases
from autograder.checks import test_08_ranking as ranking
from autograder.checks import test_09_tsne as tsne
from autograder.checks import test_10_genres as genres
from autograder.checks import test_14_als as als
from autograder.checks.support import lists

unhurried = settings(deadline=None, max_examples=60)

SEEDS = st.integers(0, 2**32 - 1).map(np.random.default_rng)


@st.composite
def lists_and_relevant(draw):
    """Draw (recommended, relevant, k) with a relevant item; k may exceed the list."""
    items = draw(st.permutations(range(12)))
    recommended = items[: draw(st.integers(1, 12))]
    relevant = draw(st.sets(st.integers(0, 11), min_size=1))
    return recommended, relevant, draw(st.integers(1, 14))


@unhurried
@given(lists_and_relevant())
def test_ndcg_is_scikit_learns(case):
    recommended, relevant, k = case
    rest = [item for item in range(12) if item not in recommended]
    assume(len(recommended) >= k or not relevant & set(rest))
    ranked = [*recommended, *rest]
    has = [[float(item in relevant) for item in ranked]]
    want = ndcg_score(has, [np.arange(len(ranked), 0, -1)], k=k)
    assert ranking.ndcg(recommended, relevant, k) == pytest.approx(want)


@unhurried
@given(lists_and_relevant())
def test_precision_and_recall_count_the_same_hits(case):
    recommended, relevant, k = case
    hits = len(set(recommended[:k]) & relevant)
    assert ranking.precision(recommended, relevant, k) * k == pytest.approx(hits)
    assert ranking.recall(recommended, relevant, k) * len(relevant) == pytest.approx(hits)


@unhurried
@given(SEEDS, st.integers(2, 60))
def test_average_precision_is_scikit_learns(rng, n):
    has = rng.integers(2, size=n)
    assume(has.any())
    scores = rng.permutation(n) / n
    want = average_precision_score(has, scores)
    assert genres.average_precision(has, scores) == pytest.approx(want)


@unhurried
@given(SEEDS, st.integers(2, 60))
def test_average_precision_of_decisions_is_scikit_learns(rng, n):
    has, yes = rng.integers(2, size=(2, n))
    assume(has.any())
    want = average_precision_score(has, yes)
    assert genres.tied_precision(has[:, None], yes[:, None] == 1) == pytest.approx(want)


@unhurried
@given(SEEDS, st.integers(1, 60))
def test_f1_is_scikit_learns(rng, n):
    has, yes = rng.integers(2, size=(2, n))
    want = f1_score(has, yes, zero_division=0)
    assert genres.f1(has, yes == 1) == pytest.approx(want)


@unhurried
@given(st.lists(st.floats(0.125, 2, width=32), min_size=1, max_size=12), st.integers(1, 6))
def test_epochs_due_are_those_of_keras(val_loss, patience):
    """Losses are of single precision, as Keras compares them."""
    keras = pytest.importorskip("keras")
    model = SimpleNamespace(stop_training=False, stop_evaluating=False)
    stopping = keras.callbacks.EarlyStopping(monitor="val_loss", mode="min", patience=patience)
    stopping.set_model(model)
    stopping.on_train_begin()
    trained = 0
    for epoch, value in enumerate(val_loss):
        stopping.on_epoch_end(epoch, {"val_loss": value})
        trained += 1
        if model.stop_training:
            break
    due = training.epochs_due(val_loss[:trained], patience, n_epochs=len(val_loss))
    assert due == trained


@unhurried
@given(SEEDS, st.floats(0, 20))
def test_damped_sums_are_those_of_a_group(rng, reg):
    ids, values = rng.integers(6, size=30), rng.normal(size=30)
    groups = pd.Series(values).groupby(ids)
    want = (groups.sum() / (reg + groups.count())).reindex(range(8)).fillna(0)
    assert alike(biases.damped(values, ids, 8, reg), want)


@unhurried
@given(SEEDS)
def test_biases_without_damping_leave_no_mean_of_a_user(rng):
    train = pd.DataFrame({"user": rng.integers(5, size=40), "item": rng.integers(7, size=40)})
    train["rating"] = rng.uniform(0.5, 5, size=40)
    mu, b_user, b_item = biases.biases_of(train, 5, 7, reg_user=0, reg_item=0)
    rest = train["rating"] - mu - b_item[train["item"]] - b_user[train["user"]]
    assert np.allclose(rest.groupby(train["user"]).mean(), 0)


@unhurried
@given(SEEDS, st.integers(1, 12))
def test_a_best_list_is_a_best_list_in_any_order_of_ties(rng, n):
    scores = rng.integers(4, size=12).astype(float)
    candidates = rng.choice(12, size=9, replace=False)
    best = lists.best_of(candidates, scores, n)
    assert lists.is_best(best, candidates, scores, n)
    shuffled = rng.permutation(candidates)
    other = shuffled[np.argsort(-scores[shuffled], kind="stable")][:n]
    assert lists.is_best(other, candidates, scores, n)


@unhurried
@given(SEEDS, st.integers(2, 12))
def test_no_other_list_is_a_best_list(rng, n):
    scores = rng.permutation(12).astype(float)
    best = lists.best_of(range(12), scores, n)
    one, other = rng.choice(n, size=2, replace=False)
    swapped = best.copy()
    swapped[[one, other]] = best[[other, one]]
    repeated = best.copy()
    repeated[one] = best[other]
    for wrong in (swapped, repeated, best[:-1], [*best, best[0]]):
        assert not lists.is_best(wrong, range(12), scores, n)


@unhurried
@given(SEEDS)
def test_unit_vectors_keep_their_directions(rng):
    vectors = tsne.draw_vectors(rng)
    units = tsne.unit(vectors)
    assert np.allclose(np.linalg.norm(units, axis=1), 1)
    assert alike(units, tsne.unit(3 * vectors))
    assert (np.sum(units * vectors, axis=1) > 0).all()


@unhurried
@given(SEEDS, st.floats(0, 0.8))
def test_a_step_of_each_known_mistake_is_refused(rng, reg):
    """Each known mistake changes at least one of two steps, one of them after a large error."""
    steps = [training.draw_step(rng, *drawn) for drawn in ((4, reg), (3, reg, 12.0))]
    for name in training.wrong_steps(*steps[0]):
        if reg < 0.05 and "penalty" in name:
            continue
        wrong = [training.wrong_steps(*step)[name] for step in steps]
        assert any(map(is_refused, wrong, steps)), name


def is_refused(answer, step) -> bool:
    try:
        training.check_step(SimpleNamespace(sgd_step=lambda **_step: answer), step)
    except CheckFailure:
        return True
    return False


@unhurried
@given(SEEDS, st.floats(0, 20), st.floats(0.1, 20))
def test_an_implicit_sweep_leaves_no_slope(rng, alpha, reg):
    """The derivative of the sum over all pairs by every solved table is zero."""
    watched = als.draw_watched(rng, 7, 9, 3, unseen=(1, 2))
    p, q = als.implicit_sweep_of(watched, alpha, reg)
    confidence, preference = 1 + alpha * watched.counts, watched.counts > 0
    by_user = (confidence * (preference - p @ watched.q.T)) @ watched.q - reg * p
    by_item = (confidence * (preference - p @ q.T)).T @ p - reg * q
    assert np.abs(by_user).max() < 1e-7
    assert np.abs(by_item).max() < 1e-7


@unhurried
@given(SEEDS, st.sampled_from([0.1, 0.2, 0.5]))
def test_a_history_split_in_the_order_of_time_is_right(rng, fraction):
    history = ranking.draw_history(rng, rng.integers(1, 30, size=5), n_ties=3)
    parts = [
        (rows, len(rows) - int(np.floor(fraction * len(rows) + rng.random())))
        for _user, rows in history.sort_values("timestamp").groupby("user")
    ]
    train, test = (
        pd.concat([rows.iloc[part(n)] for rows, n in parts])
        for part in (lambda n: slice(n), lambda n: slice(n, None))
    )
    ranking.split_is_right((train, test), history, fraction)
    with pytest.raises(CheckFailure):
        ranking.split_is_right((train.iloc[1:], test), history, fraction)
