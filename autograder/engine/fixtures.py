"""The kit's own objects, which checks place beside the learner's code and hand to its functions.

No fixture is an answer to an exercise. For example, `build_mf` cannot return the model that a check
hands to `predict_pairs`. Fixtures hold no secret, because the learner's process makes them. A check
calls a function of this module as `submission.given.NAME`.
"""

import atexit
import inspect
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from autograder.engine import keras_facts


def table_model(scores: Any, flat: bool = False) -> Any:
    """Return a Keras model whose score of (user, item) is the entry `scores[user, item]`.

    Ids outside the table raise as they do in an embedding.

    Args:
        scores: A table of scores, shape (U, I).
        flat: Whether the output has shape (b,) in place of (b, 1).

    Returns:
        A model with inputs [user, item], each (b, 1) or (b,).
    """
    import keras

    scores = np.asarray(scores, dtype="float32")
    n_users, n_items = scores.shape
    user = keras.Input((1,), dtype="int32", name="user")
    item = keras.Input((1,), dtype="int32", name="item")
    rows = keras.layers.Embedding(n_users, n_items, name="rows")(user)
    columns = keras.layers.Embedding(n_items, n_items, name="columns")(item)
    score = keras.layers.Dot(axes=2)([rows, columns])
    shape = () if flat else (1,)
    model = keras.Model([user, item], keras.layers.Reshape(shape, name="score")(score))
    model.get_layer("rows").set_weights([scores])
    model.get_layer("columns").set_weights([np.eye(n_items, dtype="float32")])
    return model


def ratings_file(text: str) -> str:
    """Write a text to a new `ratings.csv` in a temporary folder; return the file's path."""
    path = Path(tempfile.mkdtemp(dir=_scratch())) / "ratings.csv"
    path.write_text(text, encoding="utf-8", newline="\n")
    return str(path)


def as_path(path: str) -> Path:
    """Return a path as a `pathlib.Path`."""
    return Path(path)


def sparse_array(rows: Any, columns: Any, values: Any, shape: tuple[int, int]) -> Any:
    """Return a SciPy sparse array in CSR format that holds values at some places.

    Args:
        rows: The rows of the values, shape (m,).
        columns: The columns of the values, shape (m,).
        values: The values, shape (m,).
        shape: The numbers of rows and columns.
    """
    from scipy.sparse import csr_array

    return csr_array((values, (rows, columns)), shape=tuple(shape))


@cache
def _scratch() -> str:
    """Return a folder that Python removes when the process ends."""
    folder = tempfile.mkdtemp(prefix="ratings-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def length_model(tables: dict[str, Any]) -> Any:
    """Return a Keras model whose score is the squared length of the sum of a pair's vectors.

    Args:
        tables: Arrays (n, K) by the name of their layer, in the order of the layers. The model
            looks up an item in a table whose name starts with "item", else a user.

    Returns:
        A model with inputs [user, item], each (b, 1), and an output (b, 1).
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


def drawing(axes: Any) -> dict[str, Any] | None:
    """Return the content of a matplotlib Axes (see `axes.read_axes`); None for any other object."""
    from autograder.engine.axes import read_axes

    return read_axes(axes)


def open_figures() -> list[int]:
    """Return the numbers of the figures that pyplot holds open."""
    import matplotlib.pyplot as plt

    return list(plt.get_fignums())


def close_figures(keep: list[int]) -> None:
    """Close pyplot's figures, except the figures whose numbers are in `keep`."""
    import matplotlib.pyplot as plt

    for number in plt.get_fignums():
        if number not in keep:
            plt.close(number)


def sum_model(user_terms: Any, item_terms: Any, offsets: Any = None, penalties: Any = None) -> Any:
    """Return an uncompiled Keras model whose score is `user_terms[user] + item_terms[item]`.

    Args:
        user_terms: The start weights of the users, shape (U,), trainable.
        item_terms: The start weights of the items, shape (I,), trainable.
        offsets: Numbers that the model adds to every score outside of training: `offsets[k]` after
            k training steps, the last number after all further steps.
        penalties: Numbers that the model adds to its loss outside of training, as it adds the
            offsets to its scores; only together with offsets, and as many.

    Returns:
        A model with inputs [user, item], each (b, 1), and an output (b, 1). Its `get_weights()`
        returns one table (U + I, 1), the users' terms first; with offsets also the number of steps.
    """
    import keras

    terms = np.concatenate([user_terms, item_terms]).reshape(-1, 1).astype("float32")
    pair = [keras.Input((1,), dtype="int32", name=name) for name in ("user", "item")]
    layer = _sum_layer()(len(user_terms), len(item_terms), offsets, penalties, name="score")
    model = keras.Model(pair, layer(pair))
    model.set_weights([terms] if offsets is None else [terms, np.zeros((), dtype="int32")])
    _build_optimizer_early(model)
    return model


@cache
def _sum_layer() -> Any:
    """Return the class of a `sum_model`'s layer, with which Keras can save and load the model.

    The layer has a single table, because tracing each table costs time.
    """
    import keras

    @keras.saving.register_keras_serializable()
    class SumOfTerms(keras.layers.Layer):  # type: ignore[misc]
        def __init__(
            self,
            n_users: int,
            n_items: int,
            offsets: Any = None,
            penalties: Any = None,
            **keywords: Any,
        ) -> None:
            super().__init__(**keywords)
            self.n_users, self.n_items = n_users, n_items
            self.offsets = None if offsets is None else list(offsets)
            self.penalties = None if penalties is None else list(penalties)

        def build(self, _shapes: Any) -> None:
            shape = self.n_users + self.n_items, 1
            self.terms = self.add_weight(shape=shape, initializer="zeros", name="terms")
            if self.offsets is not None:
                self.steps = self.add_weight(
                    shape=(), dtype="int32", initializer="zeros", trainable=False, name="steps"
                )

        def call(self, pair: Any, training: bool = False) -> Any:
            user, item = pair
            rows = keras.ops.concatenate([user, item + self.n_users], axis=1)
            score = keras.ops.sum(keras.ops.take(self.terms, rows, axis=0), axis=1)
            if self.offsets is None:
                return score
            if training:
                self.steps.assign_add(1)
                return score
            if self.penalties is not None:
                self.add_loss(self._after_steps(self.penalties))
            return score + self._after_steps(self.offsets)

        def _after_steps(self, numbers: list[float]) -> Any:
            step = keras.ops.minimum(self.steps, len(numbers) - 1)
            return keras.ops.take(keras.ops.convert_to_tensor(numbers, "float32"), step)

        def get_config(self) -> dict[str, Any]:
            names = "n_users", "n_items", "offsets", "penalties"
            return {**super().get_config(), **{name: getattr(self, name) for name in names}}

    return SumOfTerms


def _build_optimizer_early(model: Any) -> None:
    """Let `compile` make the optimizer's variables.

    Keras by itself makes the variables in the first step, and traces that step once more.
    """
    compile_model = model.compile

    def compile_and_build(*arguments: Any, **keywords: Any) -> None:
        compile_model(*arguments, **keywords)
        optimizer = model.optimizer
        if optimizer is not None and not optimizer.built:
            optimizer.build(model.trainable_variables)

    model.compile = compile_and_build


def defaults(function: Any) -> dict[str, Any]:
    """Return the defaults in a function's signature by the names of the arguments.

    Returns:
        Numbers and texts only; an empty dict for an object without a signature.
    """
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return {}
    plain = int, float, str, np.integer, np.floating
    return {p.name: p.default for p in parameters if isinstance(p.default, plain)}


def keras_fault(thing: Any, inputs: Any, kind: str, names: list[str]) -> str:
    """Return why an object is no working Keras object (see `keras_facts.fault`); "" if it is."""
    return keras_facts.fault(thing, inputs, kind, names)


def keras_learns(thing: Any, inputs: Any) -> bool:
    """Return whether a training step brings an object's answer nearer (`keras_facts.learns`)."""
    return keras_facts.learns(thing, inputs)


def disturb_random(seed: int) -> None:
    """Set the global random generators, as other code between two calls might leave them."""
    import random

    import tensorflow as tf

    random.seed(seed)
    np.random.seed(seed)
    tf.random.set_seed(seed)
