"""Checks of `03_embeddings`: a table of vectors, read by lookup and by a one-hot product."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from autograder.checking import value_causes
from autograder.checking.asserts import (
    alike,
    array,
    checks,
    close,
    crash_means,
    fail,
    require,
    shape_of,
    whole,
)
from autograder.checking.proxies import Proxy
from autograder.checking.value_causes import Cause
from autograder.checks.support.models import table_cause
from autograder.checks.support.ratings import require_unchanged
from autograder.engine.exceptions import of_learner
from autograder.util.i18n import _

EMBEDDING = _("a layer of kind Embedding")
_MUST_BE_LAYER = _("the answer is a `keras.layers.Embedding`, a layer and not its weights")


@checks("make_embedding", share=2)
def test_one_row_an_id_one_column_a_factor(submission, rng):
    """The table has a row for every id and a column for every factor."""
    for n_ids, n_factors in (7, 3), (4, 10):
        with crash_means(weights_before_build="list index out of range"):
            answer = submission.make_embedding(n_ids=n_ids, n_factors=n_factors)
        _start_of(submission, answer, n_ids, n_factors)


@checks("make_embedding", share=1)
def test_an_id_reads_its_row(submission, rng):
    """The layer turns ids into the rows of those ids, in the order of the ids."""
    n_ids, n_factors = 9, 4
    layer = submission.make_embedding(n_ids, n_factors)
    planted = rng.normal(size=_start_of(submission, layer, n_ids, n_factors).shape)
    layer.set_weights([planted])
    ids = _draw_ids(rng, n_ids, 12)
    close(array(layer(ids), (len(ids), n_factors)), planted[ids])


@checks("make_embedding", share=2)
def test_the_table_can_learn(submission, rng):
    """The table is trainable and starts at random: rows differ, and so do factors."""
    n_ids, n_factors = 8, 5
    layer = submission.make_embedding(n_ids, n_factors)
    start = _start_of(submission, layer, n_ids, n_factors)
    rows, columns = len(np.unique(start, axis=0)), len(np.unique(start, axis=1).T)
    require(
        rows >= n_ids and columns >= n_factors,
        _("a table that starts with equal rows or equal columns"),
        mistakes={"embedding-starts-equal": True},
    )
    require(
        np.linalg.matrix_rank(start, tol=1e-5 * np.abs(start).max()) == min(start.shape),
        _("a table that starts with a pattern: some rows are weighted sums of others"),
        mistakes={"start-not-drawn": True},
    )
    require(
        len(layer.trainable_variables) > 0,
        _("a layer without trainable weights"),
        mistakes={"embedding-frozen": True},
    )
    require(
        submission.given.keras_learns(layer, _draw_ids(rng, n_ids, 12)) is True,
        _("a step of gradient descent does not bring the vectors nearer to their targets"),
        cause=Cause("gradient-does-not-arrive", _NO_GRADIENT),
    )


_NO_GRADIENT = _(
    "The table has weights to train, and Keras' training does not reach them. "
    "Which method of the layer is not the one of `keras.layers.Embedding`?"
)


@checks("make_embedding", share=1)
def test_the_layer_bears_its_name(submission, rng):
    """The layer has the name that it is given; without one, Keras chooses."""
    for name in "user_embedding", "films":
        layer = submission.make_embedding(3, 2, name=name)
        _start_of(submission, layer, 3, 2)
        require(
            layer.name == name,
            _("a layer named {name}").format(name=repr(layer.name)),
            _("the layer is named {name}").format(name=repr(name)),
            {"name-ignored": True},
        )
    unnamed = [submission.make_embedding(3, 2) for _round in range(2)]
    for layer in unnamed:
        _start_of(submission, layer, 3, 2)
    require(
        unnamed[0].name != unnamed[1].name,
        _("two layers without a name of their own, both named {name}").format(
            name=repr(unnamed[0].name)
        ),
        _("without a name, Keras chooses one for each layer"),
        {"name-repeated": True},
    )


@checks("lookup_numpy", share=1)
def test_lookup_takes_rows_in_order(submission, rng):
    """Row k of the answer is the row of the table that belongs to ids[k]."""
    for n_ids, n_factors in (9, 4), (5, 2), (700, 2), (70_000, 1):
        weights, ids = _draw_table(rng, n_ids, n_factors), _draw_ids(rng, n_ids, 7)
        _takes_rows(submission, submission.lookup_numpy, weights, ids, LOOKUPS)


@checks("lookup_numpy", share=1)
def test_lookup_takes_any_number_of_ids(submission, rng):
    """m ids give m rows: one id, the same id again and again, ids in falling order."""
    weights = _draw_table(rng, 4, 4)
    for ids in [3], [2, 2, 2, 2, 2], [3, 2, 1, 0], [1, 3]:
        _takes_rows(submission, submission.lookup_numpy, weights, np.array(ids), LOOKUPS)


@checks("onehot_matmul", share=3)
def test_product_equals_lookup(submission, rng):
    """Row k is the one-hot vector of ids[k], as long as the table has rows, times the table."""
    for n_ids, ids in (
        (9, _draw_ids(rng, 9, 9)),
        (7, [5]),
        (6, [2, 4, 2, 0]),
        (5, [1, 0, 3] * 4),
        (400, [399, 0, 256, 127, 300]),
    ):
        weights = _draw_table(rng, n_ids, 3)
        _takes_rows(submission, submission.onehot_matmul, weights, np.array(ids), PRODUCTS)


@checks("onehot_matmul", share=1)
def test_product_reads_the_whole_table(submission, rng):
    """A matrix product: every row of the table takes part, multiplied by 1 or by 0."""
    weights, ids = _draw_table(rng, 6, 3), np.array([4, 0, 3, 3, 1])
    _takes_rows(submission, submission.onehot_matmul, weights, ids, PRODUCTS)
    for row, value in (2, np.nan), (2, np.inf), (5, np.nan):
        spoiled = weights.copy()
        spoiled[row, :2] = value
        answer = submission.onehot_matmul(spoiled, ids)
        with np.errstate(invalid="ignore"):
            want = np.eye(6, dtype="float32")[ids] @ spoiled
        got = array(answer, want.shape)
        traceless = alike(got, spoiled[ids])
        # A sparse product skips zeros, but its result seldom has the table's own type float32.
        picked = traceless and np.asarray(answer).dtype == spoiled.dtype
        require(
            not (picked and np.isnan(want[:, :2]).all()),
            _("row {row}, which no id asks for, is {value}, and the answer shows no trace").format(
                row=row, value=value
            ),
            mistakes={"table-cut": row == 5, "row-picked": row != 5},
        )


@checks("count_parameters", share=1)
def test_both_tables_count(submission, rng):
    """Every user and every item has n_factors parameters."""
    sizes = [(*rng.integers(20, 400, size=2), rng.integers(3, 9)) for _round in range(3)]
    large = (*rng.integers(120_000, 150_000, size=2), 101)
    for drawn in (*sizes, large):
        n_users, n_items, n_factors = map(int, drawn)
        answer = submission.count_parameters(n_users, n_items, n_factors)
        got = whole(answer)
        require(
            np.asarray(answer).dtype.kind in "iu",
            _("a number of type {kind}").format(kind=type(answer).__name__),
            _("a count is an int"),
            cause=value_causes.of_type(type(answer).__name__, _("an int")),
        )
        require(
            got in _counts(n_users, n_items, n_factors),
            str(got),
            mistakes={
                "tables-multiplied": got == n_users * n_factors * n_items * n_factors,
                "cells-counted": got in {n_users * n_items, n_users * n_items * n_factors},
                "one-table-counted": got in {n_users * n_factors, n_items * n_factors},
                "biases-counted": got == (n_users + n_items) * (n_factors + 1),
                "rows-counted": got == n_users + n_items,
                "product-before-sum": got
                in {n_users + n_items * n_factors, n_users * n_factors + n_items},
                "count-in-a-narrow-type": any(
                    got == n % 2**32 - 2**32 * (n % 2**32 >= 2**31) or got == int(np.float32(n))
                    for n in _counts(n_users, n_items, n_factors)
                ),
                "bytes-counted": got in {4 * n for n in _counts(n_users, n_items, n_factors)},
            },
            cause=Cause("parameters-counted-otherwise", _COUNT),
        )


_COUNT = _(
    "The sum holds terms that are no entries of the two tables, or misses some. For 2 users, "
    "3 items and 4 factors, draw both tables: how many numbers do you write down?"
)


@checks("count_parameters", share=1)
def test_growth_of_the_tables(submission, rng):
    """One more user, or one more item, costs n_factors parameters; one more factor a column."""
    n_users, n_items = (int(n) for n in rng.integers(20, 90, size=2))
    n_factors = int(rng.integers(3, 9))
    sizes = {"n_users": n_users, "n_items": n_items, "n_factors": n_factors}
    before = whole(submission.count_parameters(**sizes))
    for name in sizes:
        grown = {**sizes, name: sizes[name] + 1}
        got = whole(submission.count_parameters(**grown))
        wanted = {a - b for a, b in zip(_counts(**grown), _counts(**sizes), strict=True)}
        require(
            got - before in wanted,
            _("{more} parameters more for one more in `{name}`").format(
                more=got - before, name=name
            ),
            cause=Cause("parameters-counted-otherwise", _COUNT),
        )


def _start_of(submission, layer, n_ids: int, n_factors: int) -> np.ndarray:
    """Return the table of a new layer; reject all layers but an embedding of these sizes."""
    _require_embedding(layer)
    ids = np.arange(2, dtype="int32")
    layer(ids)
    require(
        submission.given.keras_fault(layer, ids, "Embedding", []) == "",
        layer,
        _MUST_BE_LAYER,
        cause=value_causes.of_kind(layer, EMBEDDING),
    )
    weights = layer.get_weights()
    shapes = [shape_of(part) for part in weights] if isinstance(weights, list) else []
    require(
        shapes in ([(n_ids, n_factors)], [(n_ids + 1, n_factors)]),
        _("a layer with weights of shapes {shapes}").format(shapes=shapes),
        _("the table has shape ({rows}, {columns}), or one row more for unknown ids").format(
            rows=n_ids, columns=n_factors
        ),
        {
            "embedding-transposed": shapes in ([(n_factors, n_ids)], [(n_factors, n_ids + 1)]),
            "largest-id-for-rows": shapes == [(n_ids - 1, n_factors)],
            "two-spare-rows": shapes == [(n_ids + 2, n_factors)],
            "factors-hard-coded": [s[:1] for s in shapes if s] in ([(n_ids,)], [(n_ids + 1,)]),
        },
        table_cause(shapes, n_ids, n_factors),
    )
    return array(weights[0])


def _require_embedding(layer) -> None:
    """Reject an answer that is neither a `keras.layers.Embedding` nor a kind of it."""
    must = _MUST_BE_LAYER
    if not isinstance(layer, Proxy):
        empty = isinstance(layer, list) and not layer
        fail(layer, must, {"weights-before-build": empty}, value_causes.of_kind(layer, EMBEDDING))
    try:
        found: tuple[type, ...] = type(layer.input_dim), type(layer.output_dim)
    except AttributeError as error:
        if of_learner(error) is None:
            raise
        found = ()
    require(found == (int, int), layer, must, cause=value_causes.of_kind(layer, EMBEDDING))


def _draw_table(rng, n_ids: int, n_factors: int) -> np.ndarray:
    """Return a table (n_ids, n_factors) in float32, Keras' own type."""
    return rng.normal(size=(n_ids, n_factors)).astype("float32")


def _draw_ids(rng, n_ids: int, m: int) -> np.ndarray:
    """Return ids in any order, int array (m,): the first at least twice, the last at least once."""
    return rng.permutation(np.concatenate([[0, 0, n_ids - 1], rng.integers(n_ids, size=m - 3)]))


def _takes_rows(submission, function, weights, ids, known: "KnownMistakes") -> None:
    """Reject a function that does not answer `weights[ids]`, or changes its arguments."""
    kept_weights, kept_ids = submission.keep(weights), submission.keep(ids)
    with crash_means(**known.crashes):
        answer = function(kept_weights, kept_ids)
    mistakes = known.shown(answer, weights, ids)
    got = array(answer, (len(ids), weights.shape[1]), mistakes=mistakes)
    close(got, weights[ids], mistakes=mistakes)
    require_unchanged(submission, kept_weights, weights)
    require_unchanged(submission, kept_ids, ids)


@dataclass(frozen=True)
class KnownMistakes:
    """The signs of the known mistakes of a function.

    Attributes:
        crashes: Words of an exception's text, by the name of the mistake (see `crash_means`).
        shown: Returns the mistakes that an answer shows, given the answer, the table and the ids.
    """

    crashes: dict[str, str | tuple[str, ...]]
    shown: Callable


def _lookup_mistakes(answer, weights, ids) -> dict[str, bool]:
    return {
        "lookup-in-one-byte": len(weights) > 256
        and any(alike(answer, weights[ids.astype(kind)]) for kind in ("uint8", "int8")),
        "lookup-in-two-bytes": len(weights) > 2**16
        and any(alike(answer, weights[ids.astype(kind)]) for kind in ("int16", "uint16")),
        "columns-for-rows": alike(answer, np.take(weights, ids, axis=1, mode="clip")),
        "ids-scaled": len(ids) > 1 and alike(answer, weights[np.zeros_like(ids)]),
        "ids-from-one": alike(answer, weights[ids - 1]),
        "take-flattened": alike(answer, weights.ravel()[ids]),
        "ids-as-set": alike(answer, weights[np.unique(ids)]),
        "ids-put-in-order": alike(answer, weights[np.sort(ids)]),
        "first-rows-taken": len(ids) > 1 and alike(answer, weights[: len(ids)]),
    }


def _product_mistakes(answer, weights, ids) -> dict[str, bool]:
    onehot = np.eye(len(weights))[ids]
    return {
        "onehot-in-one-byte": len(weights) > 256
        and any(alike(answer, weights[ids.astype(kind)]) for kind in ("int8", "uint8")),
        "onehot-transposed": onehot.shape[0] == onehot.shape[1]
        and alike(answer, onehot.T @ weights),
        "onehot-not-multiplied": alike(answer, onehot),
        "product-entrywise": alike(answer, onehot[:, :, None] * weights),
        "onehots-merged": alike(answer, weights[np.unique(ids)].sum(axis=0)),
        "one-in-every-row": len(ids) > 1
        and alike(answer, np.tile(weights[np.unique(ids)].sum(axis=0), (len(ids), 1))),
        "batch-for-table": len(ids) > 1 and alike(answer, weights[: len(ids)]),
        "one-placed-before": alike(answer, weights[ids - 1]),
    }


LOOKUPS = KnownMistakes(
    {
        "columns_for_rows": "for axis 1",
        "ids_scaled": "used as indices must be of integer",
        "ids_from_one": "for axis 0",
    },
    _lookup_mistakes,
)
PRODUCTS = KnownMistakes(
    {"onehot_too_narrow": ("core dimension", "not aligned", "out of bounds", "incompatible")},
    _product_mistakes,
)


def _counts(n_users: int, n_items: int, n_factors: int) -> tuple[int, int]:
    """Return the numbers of parameters of both tables, without spare rows and with one in each."""
    return (n_users + n_items) * n_factors, (n_users + n_items + 2) * n_factors
