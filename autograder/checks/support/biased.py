"""Helpers for checks of models with biases: planted tables and penalties in the loss."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.checking.asserts import array, mapping, number
from autograder.checks.support.models import column, layer, score_pairs, table, weights_of
from autograder.util.i18n import _

FACTORS = {"user_embedding": "n_users", "item_embedding": "n_items"}
BIASES = {"user_bias": "n_users", "item_bias": "n_items"}

# The learning rate of the step that shows a penalty. It is large, because a penalty is small.
RATE = 100.0


def bias_table(model: Any, name: str, sizes: dict[str, int]) -> np.ndarray:
    """Return the weights of a bias, (n,) or (n, 1) for n ids, with or without a spare row."""
    n_rows, width = sizes[BIASES[name]], sizes["n_factors"]
    must = _("`{name}` holds one number an id: ({rows}, 1)").format(name=name, rows=n_rows)
    known = {"bias-as-wide-as-factors": [(n_rows, width), (n_rows + 1, width)]}
    return weights_of(model, name, (n_rows, 1), must=must, mistakes=known)


def plant_biases(model: Any, sizes: dict[str, int], rng: np.random.Generator) -> list[np.ndarray]:
    """Put drawn numbers into both biases; return the numbers, flat, the users' first."""
    planted = []
    for name in BIASES:
        drawn = rng.normal(size=bias_table(model, name, sizes).shape)
        layer(model, name).set_weights([drawn])
        planted.append(drawn.reshape(-1))
    return planted


def plant_factors(
    model: Any, sizes: dict[str, int], rng: np.random.Generator, scale: float = 1
) -> list[np.ndarray]:
    """Put drawn numbers into both factor tables; return the tables, the users' first."""
    tables = [
        rng.normal(scale=scale, size=(sizes[size], sizes["n_factors"])) for size in FACTORS.values()
    ]
    set_factors(model, sizes, tables)
    return tables


def zero_tables(model: Any, sizes: dict[str, int]) -> None:
    """Put zeros into both biases and both factor tables."""
    for name in BIASES:
        layer(model, name).set_weights([np.zeros_like(bias_table(model, name, sizes))])
    set_factors(model, sizes, [0.0, 0.0])


def set_factors(model: Any, sizes: dict[str, int], tables: Any) -> None:
    """Put tables, or one number for all entries, into the embeddings; a spare row becomes zero."""
    for (name, size), rows in zip(FACTORS.items(), tables, strict=True):
        weights = np.zeros_like(table(model, name, sizes[size], sizes["n_factors"]))
        weights[: sizes[size]] = rows
        layer(model, name).set_weights([weights])


def factor_penalties(
    model: Any, sizes: dict[str, int], tables: list[np.ndarray], users: Any, items: Any
) -> Iterator[list[float]]:
    """Yield the penalties of the user and the item table, first in evaluation, then in training.

    The ratings are the model's own predictions, so that only penalties count; a term without
    factors cancels. A regulariser and `add_loss` show in evaluation, a loss or a training step of
    the model's own in training.

    Args:
        model: The model.
        sizes: The numbers of users, items and factors by the names of `build_mf`'s arguments.
        tables: The factors to plant, (n_users, K) and (n_items, K).
        users: The users of the pairs, shape (m,).
        items: The items of the pairs, shape (m,).
    """
    zero_tables(model, sizes)
    optimizer = {"class_name": "SGD", "config": {"learning_rate": RATE}}
    model.compile(optimizer=optimizer, loss="mse", run_eagerly=True)
    columns = [column(users), column(items)]
    alone = (tables[0], 0.0), (0.0, tables[1])
    empty = _loss(model, sizes, (0.0, 0.0), columns)
    yield [_loss(model, sizes, planted, columns) - empty for planted in alone]
    after = [_step(model, sizes, planted, columns) for planted in alone]
    yield [np.sum(tables[k] * (tables[k] - after[k][k])) / (2 * RATE) for k in (0, 1)]


def penalty_of_biases(
    model: Any, sizes: dict[str, int], users: Any, items: Any, rng: np.random.Generator
) -> float:
    """Return how much drawn biases raise the loss of a model that `factor_penalties` compiled.

    The arguments are those of `factor_penalties`. The factors are zero.
    """
    columns = [column(users), column(items)]
    zero_tables(model, sizes)
    empty = _loss(model, sizes, (0.0, 0.0), columns)
    plant_biases(model, sizes, rng)
    return _loss(model, sizes, (0.0, 0.0), columns) - empty


def _loss(model: Any, sizes: dict[str, int], planted: Any, columns: list[np.ndarray]) -> float:
    """Return the loss of evaluation, with planted tables."""
    y = _planted_predictions(model, sizes, planted, columns)
    model.reset_metrics()
    logs = mapping(model.test_on_batch(columns, y, return_dict=True), ["loss"])
    return number(logs["loss"])


def _step(
    model: Any, sizes: dict[str, int], planted: Any, columns: list[np.ndarray]
) -> list[np.ndarray]:
    """Return both tables after one SGD step; a penalty l2 |w|² takes 2 RATE l2 w off w."""
    y = _planted_predictions(model, sizes, planted, columns)
    model.fit(columns, y, verbose=0)
    return [
        table(model, name, sizes[size], sizes["n_factors"])[: sizes[size]]
        for name, size in FACTORS.items()
    ]


def _planted_predictions(
    model: Any, sizes: dict[str, int], planted: Any, columns: list[np.ndarray]
) -> np.ndarray:
    set_factors(model, sizes, planted)
    return array(score_pairs(model, *columns))
