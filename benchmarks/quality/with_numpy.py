"""Contenders that need NumPy alone: means, damped biases, alternating least squares.

A contender takes a fold and its settings and returns `fit`, which the benchmark times. `fit()`
returns `predict`, and `predict()` returns the test rows' predictions, float (m,), not clipped.
"""

import numpy as np

from autograder.learner.carry_over import reference
from quality.folds import Fold

BIASES = reference("06_biases")


def global_mean(fold: Fold):
    def fit():
        predictions = BIASES["mean_baselines"](fold.train, fold.test)["global"]
        return lambda: predictions

    return fit


def bias_baseline(fold: Fold, reg_user: float, reg_item: float):
    """Fit the damped biases of Koren (3), by exercise 6's function."""

    def fit():
        biases = _biases(fold, reg_user, reg_item)
        return lambda: _base(fold.test, biases)

    return fit


def als(fold: Fold, n_factors: int, reg: float, sweeps: int, reg_user: float, reg_item: float):
    """Fit Koren (2) by exercise 14's sweeps, on the residuals of the damped biases."""

    def fit():
        biases = _biases(fold, reg_user, reg_item)
        rest = fold.train.assign(rating=fold.train["rating"] - _base(fold.train, biases))
        rng = np.random.default_rng(fold.number)
        p, q = (
            0.1 * rng.standard_normal((n_ids, n_factors)) for n_ids in (fold.n_users, fold.n_items)
        )
        for _sweep in range(sweeps):
            p, q = reference("14_als")["als_sweep"](rest, p, q, reg)

        def predict():
            return _base(fold.test, biases) + np.sum(
                p[fold.test["user"]] * q[fold.test["item"]], axis=1
            )

        return predict

    return fit


def _biases(fold: Fold, reg_user: float, reg_item: float):
    return BIASES["bias_baseline"](fold.train, fold.n_users, fold.n_items, reg_user, reg_item)


def _base(frame, biases) -> np.ndarray:
    mu, b_user, b_item = biases
    return mu + b_user[frame["user"]] + b_item[frame["item"]]
