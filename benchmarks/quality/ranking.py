"""Top-10 lists, in which a fold's test rows of four stars and more count as hits.

A contender returns `fit`, and `fit()` returns the scores of all pairs, float array (U, I).
"""

import keras
import numpy as np

from autograder.learner.carry_over import reference
from quality.als import factorise_watched
from quality.folds import Fold
from quality.with_keras import biased_model_of, histories

K = 10
LIKED = 4
N_NEGATIVES = 4


def popularity(fold: Fold):
    def fit():
        counts = np.bincount(fold.train["item"], minlength=fold.n_items)
        return np.tile(counts.astype(float), (fold.n_users, 1))

    return fit


def rating_model(fold: Fold, n_factors: int, l2: float, **descent):
    """Score pairs by the ratings that exercise 6's model predicts."""

    def fit():
        return _scores(biased_model_of(fold, n_factors, l2, **descent))

    return fit


def watched_model(fold: Fold, n_factors: int, l2: float, **descent):
    """Score pairs by exercise 6's network, trained on "watched or not" with drawn negatives."""

    def fit():
        return _scores(watched_network(fold, n_factors, l2, **descent))

    return fit


def watched_network(fold: Fold, n_factors: int, l2: float, epochs: int, batch_size: int, rate):
    """Return the trained network, with four new negatives a row in every epoch."""
    keras.utils.set_random_seed(fold.number)
    rng = np.random.default_rng(fold.number)
    build = reference("06_biases")["build_biased_mf"]
    model = build(fold.n_users, fold.n_items, n_factors, mu=0.0, l2=l2)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss=loss, steps_per_execution=16)
    for _epoch in range(epochs):
        inputs, watched = _with_negatives(fold, rng)
        model.fit(inputs, watched, batch_size=batch_size, verbose=0)
    return model


def _with_negatives(fold: Fold, rng: np.random.Generator):
    n_rows = len(fold.train)
    users = np.tile(fold.train["user"], 1 + N_NEGATIVES)
    drawn = rng.integers(fold.n_items, size=N_NEGATIVES * n_rows, dtype="int32")
    items = np.concatenate([fold.train["item"], drawn])
    watched = np.repeat(np.float32([1, 0]), [n_rows, N_NEGATIVES * n_rows])
    return [users.reshape(-1, 1), items.reshape(-1, 1)], watched


def implicit_als(fold: Fold, n_factors: int, reg: float, alpha: float, sweeps: int):
    def fit():
        p, q = watched_factors(fold, n_factors, reg, alpha, sweeps)
        return p @ q.T

    return fit


def watched_factors(fold: Fold, n_factors: int, reg: float, alpha: float, sweeps: int):
    """Return tables (U, K) and (I, K) of implicit ALS."""
    return factorise_watched(histories(fold), n_factors, reg, alpha, sweeps, seed=fold.number)


def _scores(model) -> np.ndarray:
    """Return b_i + q_i · p_u; mu and b_u do not change the order of a user's list."""
    p, q, b_i = (
        model.get_layer(name).get_weights()[0]
        for name in ("user_embedding", "item_embedding", "item_bias")
    )
    return p @ q.T + b_i[:, 0]


def judge(fold: Fold, scores: np.ndarray) -> dict[str, float]:
    """Return precision, recall and nDCG at 10, over users who liked some of their test rows."""
    recommending, ranking = reference("07_recommend"), reference("08_ranking")
    seen = recommending["seen_items"](fold.train)
    relevant = recommending["seen_items"](fold.test[fold.test["rating"] >= LIKED])
    lists = {
        user: recommending["top_n"](scores[user], seen.get(user, set()), n=K) for user in relevant
    }
    return ranking["evaluate_ranking"](lists, relevant, k=K)
