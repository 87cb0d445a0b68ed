"""Contenders that Keras trains, in the form of `with_numpy.py`: exercises 6, 11 and 12."""

import keras
import numpy as np
import tensorflow as tf
from scipy.sparse import csr_matrix

from autograder.learner.carry_over import reference
from quality.folds import Fold

PREDICT_ROWS = 8192

tf.get_logger().setLevel("ERROR")  # many small models in one process cause its warnings


def biased(fold: Fold, n_factors: int, l2: float, **descent):
    """Fit exercise 6's model, Koren (4), by `descend`."""

    def fit():
        model = biased_model_of(fold, n_factors, l2, **descent)
        return lambda: _predict(model, _columns(fold.test, "user", "item"))

    return fit


def biased_model_of(fold: Fold, n_factors: int, l2: float, **descent) -> keras.Model:
    """Return the trained model."""
    keras.utils.set_random_seed(fold.number)
    build_biased_mf = reference("06_biases")["build_biased_mf"]
    model = build_biased_mf(fold.n_users, fold.n_items, n_factors, fold.mu, l2=l2)
    descend(model, _columns(fold.train, "user", "item"), _stars(fold.train), **descent)
    return model


def biased_early_stopping(fold: Fold, n_factors: int):
    """Fit exercise 6's model by exercise 5's `compile_and_fit` with all defaults.

    A tenth of the training rows serves for validation.
    """
    part = np.random.default_rng(fold.number).random(len(fold.train)) < 0.1

    def fit():
        keras.utils.set_random_seed(fold.number)
        model = reference("06_biases")["build_biased_mf"](
            fold.n_users, fold.n_items, n_factors, fold.mu
        )
        train, val = (
            (_columns(rows, "user", "item"), _stars(rows))
            for rows in (fold.train[~part], fold.train[part])
        )
        reference("05_training")["compile_and_fit"](model, train, val, seed=fold.number)
        return lambda: _predict(model, _columns(fold.test, "user", "item"))

    return fit


def svdpp(fold: Fold, n_factors: int, **descent):
    """Fit exercise 11's model, Koren (6), with the sums of `build_shared_svdpp`."""

    def build():
        return build_shared_svdpp(histories(fold), n_factors, fold.mu)

    return _fitting(fold, build, lambda frame: _columns(frame, "user", "item"), descent)


class ImplicitSums(keras.layers.Layer):
    """A layer of |N(u)|^-1/2 times the sum of x_i over N(u), for the users of a batch.

    The input has shape (b, 1), the output (b, 1, K). The sums of all users are one product of a
    sparse matrix, from `histories` (U, I), with the table of an embedding layer.
    """

    def __init__(self, histories: csr_matrix, table: keras.layers.Embedding):
        super().__init__()
        users, items = histories.nonzero()
        lengths = np.diff(histories.indptr)
        self.shares = tf.sparse.SparseTensor(
            np.column_stack([users, items]), (lengths[users] ** -0.5).astype("f4"), histories.shape
        )
        self.table = table

    def call(self, users):
        table = tf.convert_to_tensor(self.table.embeddings)
        return tf.gather(tf.sparse.sparse_dense_matmul(self.shares, table), users)


def build_shared_svdpp(histories: csr_matrix, n_factors: int, mu: float) -> keras.Model:
    """Return exercise 11's model with inputs [user, item]; `histories` (U, I) marks rated items.

    Layers and predictions equal those of `build_svdpp`. This model sums a user's items once a step;
    `build_svdpp` sums them anew for every row of the batch.
    """
    build_svdpp = reference("11_implicit_feedback")["build_svdpp"]
    layer = build_svdpp(*histories.shape, n_factors, mu).get_layer
    user = keras.Input((1,), dtype="int32", name="user")
    item = keras.Input((1,), dtype="int32", name="item")
    implicit = ImplicitSums(histories, layer("implicit_embedding"))(user)
    p_u = keras.layers.Add()([layer("user_embedding")(user), implicit])
    interaction = keras.layers.Dot(axes=2)([layer("item_embedding")(item), p_u])
    biases = layer("user_bias")(user), layer("item_bias")(item)
    score = keras.layers.Flatten()(keras.layers.Add()([interaction, *biases]))
    return keras.Model([user, item], score + mu)


def histories(fold: Fold) -> csr_matrix:
    """Return a matrix (U, I) with a 1 for each training row."""
    pairs = fold.train["user"], fold.train["item"]
    return csr_matrix((np.ones(len(fold.train)), pairs), shape=(fold.n_users, fold.n_items))


def temporal(fold: Fold, n_factors: int, n_bins: int, **descent):
    """Fit exercise 12's model, Koren (7), with bins of equal numbers of ratings."""
    step = reference("12_temporal")
    times = fold.train["timestamp"].to_numpy()
    edges = np.quantile(times, np.linspace(0, 1, n_bins + 1))
    means = fold.train.groupby("user")["timestamp"].mean()

    def inputs(frame):
        t = frame["timestamp"].to_numpy()
        t_mean = frame["user"].map(means).fillna(times.mean()).to_numpy()
        bins = step["time_bins"](t, edges).astype("int32").reshape(-1, 1)
        years = 365.25 * 86400
        deviation = step["time_deviation"](t / years, t_mean / years)
        return [*_columns(frame, "user", "item"), bins, deviation.astype("f4").reshape(-1, 1)]

    def build():
        return step["build_temporal_mf"](fold.n_users, fold.n_items, n_factors, n_bins, fold.mu)

    return _fitting(fold, build, inputs, descent)


def _fitting(fold: Fold, build, inputs, descent: dict):
    """Return `fit` for a model that `build()` makes and `inputs(frame)` feeds."""

    def fit():
        keras.utils.set_random_seed(fold.number)
        model = build()
        descend(model, inputs(fold.train), _stars(fold.train), **descent)
        return lambda: _predict(model, inputs(fold.test))

    return fit


def descend(model, inputs, y, epochs: int, batch_size: int, rate: float) -> None:
    """Train by Adam for a fixed number of epochs; the rate falls to zero along a cosine."""
    n_steps = epochs * -(-len(y) // batch_size)
    schedule = keras.optimizers.schedules.CosineDecay(rate, n_steps)
    model.compile(keras.optimizers.Adam(schedule), loss="mse", steps_per_execution=16)
    model.fit(inputs, y, epochs=epochs, batch_size=batch_size, verbose=0)


def _columns(frame, *keys: str) -> list[np.ndarray]:
    return [frame[[key]].to_numpy("int32") for key in keys]


def _stars(frame) -> np.ndarray:
    return frame["rating"].to_numpy("float32")


def _predict(model, inputs) -> np.ndarray:
    return model.predict(inputs, batch_size=PREDICT_ROWS, verbose=0).ravel()
