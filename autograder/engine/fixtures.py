"""Objects of the kit's own that checks place on the learner's side and hand to their functions.

None of them is an answer to any step: a model given to `predict_pairs` must not be one that
`build_mf` could return. They are made where the learner's code runs, and hold no secret.
"""

import inspect
import tempfile
from functools import cache
from pathlib import Path

import numpy as np


def table_model(scores):
    """A Keras model whose score of (user, item) is the entry `scores[user, item]`.

    scores: array (U, I). Inputs [user, item], each (b, 1) or (b,); output (b, 1). Ids outside the
    table raise as they do in an embedding.
    """
    import keras

    scores = np.asarray(scores, dtype="float32")
    n_users, n_items = scores.shape
    user = keras.Input((1,), dtype="int32", name="user")
    item = keras.Input((1,), dtype="int32", name="item")
    rows = keras.layers.Embedding(n_users, n_items, name="rows")(user)
    columns = keras.layers.Embedding(n_items, n_items, name="columns")(item)
    score = keras.layers.Dot(axes=2)([rows, columns])
    model = keras.Model([user, item], keras.layers.Flatten(name="score")(score))
    model.get_layer("rows").set_weights([scores])
    model.get_layer("columns").set_weights([np.eye(n_items, dtype="float32")])
    return model


def ratings_file(text):
    """Write a text to a `ratings.csv` of its own in a temporary folder; returns the path, a str."""
    path = Path(tempfile.mkdtemp(dir=_scratch().name)) / "ratings.csv"
    path.write_text(text, encoding="utf-8", newline="\n")
    return str(path)


@cache
def _scratch() -> tempfile.TemporaryDirectory:
    """A folder that is removed when the process ends."""
    return tempfile.TemporaryDirectory(prefix="ratings-", ignore_cleanup_errors=True)


def length_model(tables):
    """A Keras model whose score is the squared length of the sum of a pair's vectors.

    tables: dict layer name -> array (n, K), looked up by item where the name starts with "item",
    else by user; the layers stand in this order. Inputs [user, item], each (b, 1); output (b, 1).
    """
    import keras

    user = keras.Input((1,), dtype="int32", name="user")
    item = keras.Input((1,), dtype="int32", name="item")
    rows = []
    for name, vectors in tables.items():
        layer = keras.layers.Embedding(*np.shape(vectors), name=name)
        rows.append(layer(item if name.startswith("item") else user))
        layer.set_weights([np.asarray(vectors, dtype="float32")])
    total = keras.layers.Add()(rows)
    score = keras.layers.Dot(axes=2)([total, total])
    return keras.Model([user, item], keras.layers.Flatten(name="score")(score))


def drawing(axes):
    """What a matplotlib Axes shows, as `drawing.read_axes` tells it; None for anything else."""
    from autograder.engine.axes import read_axes

    return read_axes(axes)


def open_figures():
    """The numbers of the figures that pyplot holds open."""
    import matplotlib.pyplot as plt

    return plt.get_fignums()


def close_figures(keep):
    """Close all of pyplot's figures but those of the numbers in `keep`."""
    import matplotlib.pyplot as plt

    for number in plt.get_fignums():
        if number not in keep:
            plt.close(number)


def sum_model(user_terms, item_terms, offsets=None):
    """An uncompiled Keras model whose score is `user_terms[user] + item_terms[item]`.

    user_terms: array (U,), item_terms: array (I,): the start weights, all trainable. Inputs
    [user, item], each (b, 1); output (b, 1). `get_weights()` gives one table, (U + I, 1), with the
    users' terms first.
    offsets: after k training steps, `offsets[k]` is added to every score outside of training; the
    last one stays. Then `get_weights()` gives the number of steps too.
    """
    import keras

    terms = np.concatenate([user_terms, item_terms]).reshape(-1, 1).astype("float32")
    pair = [keras.Input((1,), dtype="int32", name=name) for name in ("user", "item")]
    layer = _sum_layer()(len(user_terms), len(item_terms), offsets, name="score")
    model = keras.Model(pair, layer(pair))
    model.set_weights([terms] if offsets is None else [terms, np.zeros((), dtype="int32")])
    _build_optimizer_early(model)
    return model


@cache
def _sum_layer():
    """The layer of a `sum_model`: one with one table, since all that is traced costs time.

    A model with it can be saved and loaded.
    """
    import keras

    @keras.saving.register_keras_serializable()
    class SumOfTerms(keras.layers.Layer):
        def __init__(self, n_users, n_items, offsets=None, **keywords):
            super().__init__(**keywords)
            self.n_users, self.n_items = n_users, n_items
            self.offsets = None if offsets is None else list(offsets)

        def build(self, _shapes):
            shape = self.n_users + self.n_items, 1
            self.terms = self.add_weight(shape=shape, initializer="zeros", name="terms")
            if self.offsets is not None:
                self.steps = self.add_weight(
                    shape=(), dtype="int32", initializer="zeros", trainable=False, name="steps"
                )

        def call(self, pair, training=False):
            user, item = pair
            rows = keras.ops.concatenate([user, item + self.n_users], axis=1)
            score = keras.ops.sum(keras.ops.take(self.terms, rows, axis=0), axis=1)
            if self.offsets is None:
                return score
            if training:
                self.steps.assign_add(1)
                return score
            step = keras.ops.minimum(self.steps, len(self.offsets) - 1)
            return score + keras.ops.take(
                keras.ops.convert_to_tensor(self.offsets, "float32"), step
            )

        def get_config(self):
            own = {"n_users": self.n_users, "n_items": self.n_items, "offsets": self.offsets}
            return {**super().get_config(), **own}

    return SumOfTerms


def _build_optimizer_early(model) -> None:
    """Have the optimizer's variables made when a model is compiled.

    Keras makes them in its first step, and then has to trace that step once more.
    """
    compile_model = model.compile

    def compile_and_build(*arguments, **keywords):
        compile_model(*arguments, **keywords)
        optimizer = model.optimizer
        if optimizer is not None and not optimizer.built:
            optimizer.build(model.trainable_variables)

    model.compile = compile_and_build


def defaults(function):
    """What the signature of a function gives where an argument is left out: dict name -> value.

    Numbers and texts only; empty for anything without a signature.
    """
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return {}
    plain = int, float, str, np.integer, np.floating
    return {p.name: p.default for p in parameters if isinstance(p.default, plain)}


def disturb_random(seed):
    """Set the global random generators, as other code between two calls might have left them."""
    import random

    import tensorflow as tf

    random.seed(seed)
    np.random.seed(seed)
    tf.random.set_seed(seed)
