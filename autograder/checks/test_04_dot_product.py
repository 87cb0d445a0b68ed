"""Checks of `04_dot_product`: the model of Koren (1), its predictions, all scores at once."""

import numpy as np

from autograder.checking import alike, array, checks, close, crash_means, require, shape_of
from autograder.checks.models import draw_pairs, keras_model, layer, plant, score_pairs, table
from autograder.i18n import _

SIZES = {"n_users": 6, "n_items": 9, "n_factors": 4}


def draw_model(submission, rng, n_users, n_items, n_factors):
    """A model of the learner's with planted tables: (model, p, q)."""
    model = keras_model(
        submission.build_mf(n_users=n_users, n_items=n_items, n_factors=n_factors)
    )
    p = plant(model, "user_embedding", n_users, n_factors, rng)
    q = plant(model, "item_embedding", n_items, n_factors, rng)
    return model, p, q


@checks("build_mf", share=1)
def test_every_pair_has_one_score(submission, rng):
    """A batch of b pairs gives b scores: the output has shape (b, 1)."""
    model, _p, _q = draw_model(submission, rng, **SIZES)
    users, items = draw_pairs(rng, SIZES["n_users"], SIZES["n_items"])
    shape = shape_of(score_pairs(model, users, items))
    m, n_factors = len(users), SIZES["n_factors"]
    require(
        shape in {(m, 1), (m,)},
        _("an output of shape {shape} for {m} pairs").format(shape=shape, m=m),
        mistakes={
            "dot-not-flattened": shape == (m, 1, 1),
            "dot-over-wrong-axis": shape in {(m, n_factors, n_factors), (m, n_factors**2)},
            "product-not-summed": shape in {(m, n_factors), (m, 1, n_factors)},
        },
    )


@checks("build_mf", share=3)
def test_scores_are_dot_products(submission, rng):
    """With planted tables p and q, the score of (u, i) is exactly q_i · p_u."""
    for sizes in (SIZES, {"n_users": 11, "n_items": 5, "n_factors": 3}):
        model, p, q = draw_model(submission, rng, **sizes)
        users, items = draw_pairs(rng, sizes["n_users"], sizes["n_items"])
        scores = array(score_pairs(model, users, items))
        require(
            scores.size == len(users),
            _("an output of shape {shape} for {m} pairs").format(shape=scores.shape, m=len(users)),
        )
        want = np.sum(p[users] * q[items], axis=1)
        lengths = np.linalg.norm(p[users], axis=1) * np.linalg.norm(q[items], axis=1)
        scores = scores.reshape(-1)
        close(
            scores,
            want,
            mistakes={
                "dot-normalised": alike(scores, want / lengths),
                "score-squashed": alike(scores, 1 / (1 + np.exp(-want)))
                or alike(scores, np.maximum(want, 0)),
            },
        )


@checks("build_mf", share=2)
def test_both_tables_learn(submission, rng):
    """Both tables start at random and are trainable."""
    model = keras_model(submission.build_mf(**SIZES))
    for name, n_rows in ("user_embedding", SIZES["n_users"]), ("item_embedding", SIZES["n_items"]):
        start = table(model, name, n_rows, SIZES["n_factors"])
        require(
            np.ptp(start, axis=0).min() > 0 and np.ptp(start, axis=1).min() > 0,
            _("`{name}` starts with equal rows or equal columns").format(name=name),
            mistakes={"tables-start-equal": True},
        )
        require(
            len(layer(model, name).trainable_variables) > 0,
            _("`{name}` has no trainable weights").format(name=name),
            mistakes={"tables-frozen": True},
        )


@checks("predict_pairs", share=1)
def test_scores_follow_the_pairs(submission, rng):
    """Entry k is the model's score of (users[k], items[k]), for pairs in any order."""
    scores = rng.normal(size=(7, 5))
    model = submission.given.table_model(scores)
    users, items = draw_pairs(rng, *scores.shape)
    with crash_means(
        one_array_two_inputs=("expects 2 input", "not the same as that of"),
        pairs_exchanged=("out of bounds", "indices[", "not in [0"),
    ):
        got = submission.predict_pairs(model, users, items)
    got = array(got, (len(users),), mistakes={"column-returned": shape_of(got) == (len(users), 1)})
    close(got, scores[users, items])


@checks("predict_pairs", share=1)
def test_any_number_of_pairs(submission, rng):
    """m pairs give an array of shape (m,): one pair, many, or one user's pairs with many items."""
    scores = 10 * np.arange(6)[:, None] + np.arange(6)
    model = submission.given.table_model(scores)
    for users, items in ([4], [2]), ([3] * 6, list(range(6))), ([0, 5, 5, 1], [5, 0, 5, 1]):
        users, items = np.array(users), np.array(items)
        got = submission.predict_pairs(model, users, items)
        got = array(got, (len(users),), mistakes={"column-returned": shape_of(got) == (len(users), 1)})
        close(got, scores[users, items])


@checks("score_matrix", share=1)
def test_entries_are_dot_products(submission, rng):
    """Entry [u, i] is q_i · p_u."""
    p, q = rng.normal(size=(5, 3)), rng.normal(size=(8, 3))
    got = submission.score_matrix(p, q)
    got = array(got, (5, 8), mistakes={"scores-transposed": shape_of(got) == (8, 5)})
    close(got, np.einsum("uk,ik->ui", p, q))


@checks("score_matrix", share=1)
def test_square_tables_keep_users_in_rows(submission, rng):
    """Users are rows and items are columns, also when there are as many of both."""
    p, q = rng.normal(size=(4, 4)), rng.normal(size=(4, 4))
    got = array(submission.score_matrix(p, q), (4, 4))
    want = p @ q.T
    close(
        got,
        want,
        mistakes={
            "scores-transposed": alike(got, want.T),
            "table-not-transposed": alike(got, p @ q),
            "product-entrywise": alike(got, p * q),
        },
    )
