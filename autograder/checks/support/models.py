"""Helpers for checks of Keras models: layers, planted tables, scores of pairs."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from autograder.checking import value_causes
from autograder.checking.asserts import (
    alike,
    array,
    crash_means,
    fail,
    require,
    shape_cause,
    shape_of,
)
from autograder.checking.proxies import Proxy, SubmissionProxy
from autograder.checking.value_causes import Cause, Shape
from autograder.engine.exceptions import of_learner
from autograder.util.i18n import _


def model_of(value: Any) -> Proxy:
    """Return the answer as a model; reject plain data."""
    if not isinstance(value, Proxy):
        fail(
            value,
            _("the answer is a Keras model"),
            cause=value_causes.of_kind(value, _("a Keras model")),
        )
    return value


def column(ids: Any) -> np.ndarray:
    """Return ids (m,) as an input of a model: int32 (m, 1)."""
    return np.reshape(ids, (-1, 1)).astype("int32")


def keras_model(submission: SubmissionProxy, value: Any, names: Iterable[str]) -> Proxy:
    """Return the answer as a built Keras model of two inputs; reject any other object.

    This function calls the model once, because a subclassed model has no weights before.

    Args:
        submission: The proxy of the learner's work.
        value: The answer.
        names: The names of the layers that hold the model's tables.
    """
    model = model_of(value)
    ids = np.arange(2)
    score_pairs(model, ids, ids)
    require_keras(submission, model, [column(ids), column(ids)], names)
    return model


def require_keras(
    submission: SubmissionProxy, model: Proxy, inputs: list[Any], names: Iterable[str]
) -> None:
    """Reject an object that answers as a model does, and is no Keras model.

    Args:
        submission: The proxy of the learner's work.
        model: The object, called once before.
        inputs: The arrays that go into the model.
        names: The names of the layers that hold the model's tables.
    """
    fault = submission.given.keras_fault(model, inputs, "Model", list(names))
    require(
        fault == "",
        _KERAS_FAULTS.get(str(fault), model),
        _("the answer is a Keras model"),
        cause=Cause("no-keras-model", _NO_KERAS),
    )


def require_learns(submission: SubmissionProxy, model: Proxy, inputs: list[Any]) -> None:
    """Reject a model whose scores a step of gradient descent, taken by Keras, does not improve."""
    require(
        submission.given.keras_learns(model, inputs) is True,
        _("a step of gradient descent brings no score nearer to its rating"),
        cause=Cause("no-step-forward", _NO_STEP),
    )


_KERAS_FAULTS = {
    "kind": _("an object of a class that is no `keras.Model`"),
    "call": _("a model whose own call gives other scores than Keras does"),
    "table": _("a model with a table that is no Keras layer of that model"),
    "weights": _("a model whose scores do not depend on its Keras weights"),
}
_NO_KERAS = _(
    "The scores do not come from the weights of a `keras.Model`, so that Keras can neither train "
    "nor save them. Which layers hold the tables, and through which do the ids pass?"
)
_NO_STEP = _(
    "Weights move, and the scores do not come nearer to the ratings: the gradient is cut off, or "
    "something else than the gradient moves them. What lies between the tables and the score?"
)


def require_single_ids(model: Any, sizes: tuple[int, ...]) -> None:
    """Reject a Functional model that declares an input of more than one id a row.

    Scores alone do not show the mistake, because Keras accepts inputs of other shapes than a model
    declares.

    Args:
        model: The model.
        sizes: The numbers of ids, which a learner may mistake for the length of an input.
    """
    try:
        declared = model.input_shape
    except AttributeError:
        return
    shapes = declared if isinstance(declared, list) else [declared]
    shapes = [shape for shape in shapes if isinstance(shape, tuple)]
    wide = [shape for shape in shapes if any(isinstance(n, int) and n > 1 for n in shape[1:])]
    require(
        not wide,
        _("an input of shape {shape}").format(shape=wide[:1] and wide[0]),
        _("each input holds one id a row: its shape is (None, 1)"),
        {"input-as-wide-as-the-table": any(shape[1:] == (n,) for shape in wide for n in sizes)},
        Cause("input-of-several-ids", _WIDE),
    )


_WIDE = _(
    "An input declares several numbers a row, and a row of the batch holds one id. "
    "What does the shape of an Input count?"
)


def score_pairs(model: Any, users: Any, items: Any, **keywords: Any) -> Any:
    """Return a model's answer for pairs, unchanged; hand over ids as int32 columns (m, 1).

    A call of the model, unlike `predict`, compiles nothing and keeps errors readable.

    Args:
        model: The model.
        users: The users of the pairs, shape (m,).
        items: The items of the pairs, shape (m,).
        **keywords: Arguments of the model's call, such as `training`.
    """
    columns = [column(users), column(items)]
    with crash_means(
        inputs_exchanged=("out of bounds", "indices[", "not in [0"),
        tensor_for_model="'KerasTensor' object is not callable",
        pairs_in_one_input=("expects 1 named input", "expects 1 input"),
        both_inputs_to_one_layer=("'list' object has no attribute 'dtype'", "sequential.call()"),
    ):
        return model(columns, **keywords)


def scores_of(model: Any, users: Any, items: Any) -> np.ndarray:
    """Return a model's scores of pairs as floats (m,); reject all shapes but (m, 1) and (m,)."""
    answer = score_pairs(model, users, items)
    shape = shape_of(answer)
    require(
        shape in {(len(users), 1), (len(users),)},
        _("an output of shape {shape} for {m} pairs").format(shape=shape, m=len(users)),
        _("a batch of b pairs gives b scores, in an output of shape (b, 1)"),
        cause=shape_cause(answer, (len(users), 1)),
    )
    return array(answer).reshape(-1)


def layer(model: Any, name: str) -> Any:
    """Return a model's layer by its name; reject a model without such a layer."""
    try:
        return model.get_layer(name)
    except ValueError as error:
        if of_learner(error) is None:
            raise
        fail(
            _("the model has no layer named `{name}`").format(name=name),
            _("the layer is named `{name}`, so that others can find it").format(name=name),
            {"table-unnamed": True},
        )


def weights_of(
    model: Any,
    name: str,
    size: tuple[int, int],
    spare: int = 1,
    must: str | None = None,
    mistakes: dict[str, list[tuple]] | None = None,
) -> np.ndarray:
    """Return the weights of a table, (n, width), or (n,) for a width of 1.

    Args:
        model: The model.
        name: The name of the table's layer.
        size: The number of ids n and the width of the table.
        spare: The number of rows that the table may have beside the rows of the ids.
        must: The sentence that must hold.
        mistakes: The shapes that show a known mistake, by its name.
    """
    weights = layer(model, name).get_weights()
    shapes = [np.shape(part) for part in weights] if isinstance(weights, list) else []
    n, width = size
    rows = range(n, n + spare + 1)
    right = {(k, width) for k in rows} | ({(k,) for k in rows} if width == 1 else set())
    turned = {(width, k) for k in rows} | {(width + k, n) for k in range(spare + 1)}
    [shape] = shapes if len(shapes) == 1 else [None]
    require(
        shape in right,
        _("`{name}` holds weights of shapes {shapes}").format(name=name, shapes=shapes),
        must or _("`{name}` has one row an id: ({n}, {width})").format(name=name, n=n, width=width),
        {
            "table-transposed": shape in turned,
            **{mistake: shape in wrong for mistake, wrong in (mistakes or {}).items()},
        },
        table_cause(shapes, n, width),
    )
    return array(weights[0])


def table_cause(shapes: Sequence[Shape | None], n: int, width: int) -> Cause | None:
    """Return the likely cause where a layer's weights have these shapes instead of (n, width)."""
    if not shapes:
        return Cause(
            "no-table-under-that-name",
            _(
                "The layer of that name holds no weights: the name was given to a layer that only "
                "reshapes or adds. Which layer is the table itself?"
            ),
        )
    if len(shapes) > 1:
        return Cause(
            "several-tables-in-a-layer",
            _(
                "The layer of that name holds several arrays, not one table: it is a Dense layer, "
                "or a model of its own. Which layer has a row for every id and nothing else?"
            ),
        )
    [shape] = shapes
    if shape is None or len(shape) != 2:
        return None
    if shape[0] not in (n, n + 1):
        return Cause(
            "table-of-another-size",
            _(
                "The table has {rows} rows for {n} ids: another number went in first, such as the "
                "size of the other side. What tells how many rows it needs?"
            ).format(rows=shape[0], n=n),
        )
    return Cause(
        "table-of-another-width",
        _(
            "A row holds {got} numbers, and {width} are asked for: another number went in "
            "second. What does the second argument of an embedding say?"
        ).format(got=shape[1], width=width),
    )


def table(model: Any, name: str, n_rows: int, n_columns: int) -> np.ndarray:
    """Return the weights of an embedding, (n_rows, n_columns) or one more row for unknown ids."""
    must = _("`{name}` has one row an id and one column a factor: ({rows}, {columns})")
    must = must.format(name=name, rows=n_rows, columns=n_columns)
    return weights_of(model, name, (n_rows, n_columns), must=must)


def plant(
    model: Any, name: str, n_rows: int, n_columns: int, rng: np.random.Generator
) -> np.ndarray:
    """Put drawn numbers into an embedding's table; return the table."""
    shape = table(model, name, n_rows, n_columns).shape
    drawn = rng.normal(size=shape)
    layer(model, name).set_weights([drawn])
    return drawn


def plant_everything(model: Any, rng: np.random.Generator, scale: float = 1) -> None:
    """Put drawn numbers into every weight, also into weights that start at zero and so hide."""
    weights = model.get_weights()
    model.set_weights(
        [
            rng.normal(scale=scale, size=np.shape(w)) if np.asarray(w).dtype.kind == "f" else w
            for w in weights
        ]
    )


def weights_in(values: Any, columns: Any, atol: float = 1e-4) -> np.ndarray | None:
    """Return the weights (n,) that make values (m,) a sum of columns (m, n), up to rounding.

    Returns:
        The weights by least squares; None where their sum differs from the values.
    """
    if not np.all(np.isfinite(values)):
        return None
    weights = np.linalg.lstsq(columns, values, rcond=None)[0]
    return weights if alike(columns @ weights, values, rtol=1e-3, atol=atol) else None


def rows_by_id(table: np.ndarray, n_rows: int) -> list[np.ndarray]:
    """Return the rows (n_rows, K) that ids 0, 1, … may read from a table.

    A spare row for unknown ids may come last or, as with `IntegerLookup`, first.
    """
    return [table[start : start + n_rows] for start in range(len(table) - n_rows + 1)]


def draw_pairs(
    rng: np.random.Generator, n_users: int, n_items: int, n_pairs: int = 40
) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs in which every id, also the last, occurs: int arrays (users, items)."""
    m = n_users + n_items + n_pairs
    users = np.concatenate([np.arange(n_users), rng.integers(n_users, size=m - n_users)])
    items = np.concatenate([rng.integers(n_items, size=m - n_items), np.arange(n_items)])
    return users, items
