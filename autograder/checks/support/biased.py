"""What checks ask of models with biases: planted tables, and what a penalty adds to the loss."""

import numpy as np

from autograder.checking.asserts import array, mapping, number
from autograder.checks.support.models import column, layer, score_pairs, table, weights_of
from autograder.util.i18n import _

FACTORS = {"user_embedding": "n_users", "item_embedding": "n_items"}
BIASES = {"user_bias": "n_users", "item_bias": "n_items"}

# Learning rate of the step that shows a penalty: large, since a penalty is small.
RATE = 100.0


def bias_table(model, name: str, sizes: dict[str, int]) -> np.ndarray:
    """The weights of a bias: one number an id, (n,) or (n, 1), with or without a spare row."""
    n_rows, width = sizes[BIASES[name]], sizes["n_factors"]
    must = _("`{name}` holds one number an id: ({rows}, 1)").format(name=name, rows=n_rows)
    known = {"bias-as-wide-as-factors": [(n_rows, width), (n_rows + 1, width)]}
    return weights_of(model, name, (n_rows, 1), must=must, mistakes=known)


def plant_biases(model, sizes: dict[str, int], rng) -> list[np.ndarray]:
    """Put drawn numbers into both biases; returns them flat, the users' first."""
    planted = []
    for name in BIASES:
        drawn = rng.normal(size=bias_table(model, name, sizes).shape)
        layer(model, name).set_weights([drawn])
        planted.append(drawn.reshape(-1))
    return planted


def plant_factors(model, sizes: dict[str, int], rng) -> list[np.ndarray]:
    """Put drawn numbers into both factor tables; returns them, the users' first."""
    tables = [rng.normal(size=(sizes[size], sizes["n_factors"])) for size in FACTORS.values()]
    set_factors(model, sizes, tables)
    return tables


def zero_tables(model, sizes: dict[str, int]) -> None:
    """Put zeros into both biases and both factor tables."""
    for name in BIASES:
        layer(model, name).set_weights([np.zeros_like(bias_table(model, name, sizes))])
    set_factors(model, sizes, [0.0, 0.0])


def set_factors(model, sizes: dict[str, int], tables) -> None:
    """Put tables, or one number for all entries, into the embeddings; a spare row becomes zero."""
    for (name, size), rows in zip(FACTORS.items(), tables, strict=True):
        weights = np.zeros_like(table(model, name, sizes[size], sizes["n_factors"]))
        weights[: sizes[size]] = rows
        layer(model, name).set_weights([weights])


def factor_penalties(model, sizes, tables, users, items):
    """What the user and the item table add to the loss; yields it of evaluation, then of training.

    Ratings are the model's own predictions, so that only penalties count; what does not come from
    the factors cancels. A model may punish by a regulariser, by `add_loss`, or in a loss or a
    training step of its own: each shows in one of the two.
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


def _loss(model, sizes, planted, columns) -> float:
    """The loss of evaluation, with planted tables."""
    y = _planted_predictions(model, sizes, planted, columns)
    model.reset_metrics()
    logs = mapping(model.test_on_batch(columns, y, return_dict=True), ["loss"])
    return number(logs["loss"])


def _step(model, sizes, planted, columns) -> list[np.ndarray]:
    """Both tables after one step of gradient descent; a penalty l2 |w|² takes 2 RATE l2 w off w."""
    y = _planted_predictions(model, sizes, planted, columns)
    model.fit(columns, y, verbose=0)
    return [
        table(model, name, sizes[size], sizes["n_factors"])[: sizes[size]]
        for name, size in FACTORS.items()
    ]


def _planted_predictions(model, sizes, planted, columns) -> np.ndarray:
    set_factors(model, sizes, planted)
    return array(score_pairs(model, *columns))
