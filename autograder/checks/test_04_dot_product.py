"""Checks of `04_dot_product`: the model of Koren (1), its predictions, all scores at once."""

from functools import partial

import numpy as np

from autograder.checking import value_causes
from autograder.checking.asserts import (
    alike,
    array,
    checks,
    close,
    crash_means,
    is_multiple,
    require,
    shape_cause,
    shape_of,
)
from autograder.checking.value_causes import Cause
from autograder.checks.support.models import (
    column,
    draw_pairs,
    keras_model,
    layer,
    plant_everything,
    require_learns,
    require_single_ids,
    rows_by_id,
    score_pairs,
    table,
    table_cause,
    weights_in,
)
from autograder.checks.support.ratings import require_unchanged
from autograder.util.i18n import _

SIZES = {"n_users": 6, "n_items": 9, "n_factors": 4}
OTHER_SIZES = {"n_users": 11, "n_items": 5, "n_factors": 3}
MANY_IDS = {"n_users": 270, "n_items": 40_000, "n_factors": 2}  # beyond one byte, and two
TABLES = {"user_embedding": "n_users", "item_embedding": "n_items"}


@checks("build_mf", share=1)
def test_every_pair_has_one_score(submission, rng):
    """A batch of b pairs gives b scores: the output has shape (b, 1)."""
    n_users, n_items, n_factors = SIZES.values()
    model = keras_model(submission, submission.build_mf(n_users, n_items, n_factors), TABLES)
    _tables(model, **SIZES)
    users, items = draw_pairs(rng, n_users, n_items, n_pairs=10)
    m = len(users)
    answer = score_pairs(model, users, items)
    shape = shape_of(answer)
    require(
        shape in {(m, 1), (m,)},
        _("an output of shape {shape} for {m} pairs").format(shape=shape, m=m),
        mistakes={
            "dot-not-flattened": shape == (m, 1, 1),
            "dot-over-wrong-axis": shape in {(m, n_factors, n_factors), (m, n_factors**2)},
            "product-not-summed": shape in {(m, n_factors), (m, 1, n_factors)},
            "pairs-mixed": shape
            in {(m, m), (m, m, 1), (m, 1, m), (1,), (1, 1), (), (n_factors,), (1, n_factors)},
        },
        cause=shape_cause(answer, (m, 1)),
    )
    require_single_ids(model, (n_users, n_items))


@checks("build_mf", share=3)
def test_scores_are_dot_products(submission, rng):
    """Whatever the weights are, the score of (u, i) is exactly q_i · p_u."""
    for sizes in (SIZES, OTHER_SIZES, MANY_IDS):
        model = keras_model(submission, submission.build_mf(**sizes), TABLES)
        _tables(model, **sizes)
        plant_everything(model, rng, scale=4 if sizes is MANY_IDS else 1)
        p_table, q_table = _tables(model, **sizes)
        users, items = draw_pairs(rng, sizes["n_users"], min(sizes["n_items"], 500))
        items[1::2] += sizes["n_items"] - items.max() - 1
        scores = array(score_pairs(model, users, items))
        require(
            scores.size == len(users),
            _("an output of shape {shape} for {m} pairs").format(shape=scores.shape, m=len(users)),
            cause=shape_cause(scores, (len(users), 1)),
        )
        scores = scores.reshape(-1)
        readings = [
            (p[users], q[items])
            for p in rows_by_id(p_table, sizes["n_users"])
            for q in rows_by_id(q_table, sizes["n_items"])
        ]
        p_u, q_i = next((r for r in readings if alike(scores, _dot(*r))), readings[0])
        close(
            scores,
            _dot(p_u, q_i),
            mistakes=partial(
                _mistakes_of_scores, model, scores, (p_table, q_table), (p_u, q_i), (users, items)
            ),
            otherwise=partial(_cause_of_scores, model, p_table, (users, items)),
        )
        close(
            array(score_pairs(model, users, items, training=True)).reshape(-1),
            scores,
            _("while it trains, too, the score of (u, i) is exactly q_i · p_u"),
            {"score-disturbed-in-training": True},
        )


@checks("build_mf", share=2)
def test_both_tables_learn(submission, rng):
    """Both tables start at random, rows and factors differing, and training moves both."""
    model = keras_model(submission, submission.build_mf(**SIZES), TABLES)
    before = dict(zip(TABLES, _tables(model, **SIZES), strict=True))
    for name, start in before.items():
        require(
            _all_differ(start, SIZES[TABLES[name]]) and _all_differ(start.T, SIZES["n_factors"]),
            _("`{name}` starts with equal rows or equal columns").format(name=name),
            mistakes={"tables-start-equal": True},
        )
    users, items = draw_pairs(rng, SIZES["n_users"], SIZES["n_items"], n_pairs=10)
    model.compile(optimizer="sgd", loss="mse", run_eagerly=True)
    ratings = rng.uniform(1, 5, size=(len(users), 1)).astype("float32")
    model.train_on_batch([users[:, None], items[:, None]], ratings)
    for name, after in zip(TABLES, _tables(model, **SIZES), strict=True):
        require(
            np.any(after != before[name]),
            _("a step of gradient descent leaves `{name}` as it was").format(name=name),
            mistakes={"tables-frozen": len(layer(model, name).trainable_variables) == 0},
            cause=Cause("no-gradient-arrives", _NO_GRADIENT),
        )
    require_learns(submission, model, [column(users), column(items)])


def _cause_of_scores(model, p_table, pair) -> Cause:
    """Find the cause of wrong scores by a zero users' table and by a doubled users' table."""

    def ask(factor):
        layer(model, "user_embedding").set_weights([factor * p_table])
        return array(score_pairs(model, *pair)).reshape(-1)

    nothing, once, twice = ask(0), ask(1), ask(2)
    if not alike(nothing, np.zeros(len(nothing))):
        return Cause("something-beside-the-product", _BESIDE)
    if not alike(twice, 2 * once):
        return Cause("factors-bent", _BENT)
    return Cause("other-rows-or-weights", _OTHER_ROWS)


_NO_GRADIENT = _(
    "The table has weights to train, and no gradient comes to them: what is put between it and "
    "the score cuts it off, or the score does not use it. Which layers lie between?"
)
_BESIDE = _(
    "With all of the users' factors at zero, scores stay that are not zero: something else than "
    "the product goes into them. Which of your layers adds a number of its own?"
)
_BENT = _(
    "Twice the user's factors do not give twice the score: an activation, a norm or another "
    "function bends it. Which layer of yours is more than a lookup, a product or a sum?"
)
_OTHER_ROWS = _(
    "The score grows with the user's factors as a product does, but it is not q_i · p_u: other "
    "rows are looked up, or factors are weighed or left out. Which rows meet for the first pair?"
)


@checks("predict_pairs", share=1)
def test_scores_follow_the_pairs(submission, rng):
    """Entry k is the model's score of (users[k], items[k]), for pairs in any order."""
    scores = rng.normal(scale=4, size=(7, 7))
    users, items = draw_pairs(rng, *scores.shape)
    got = _predictions(submission, scores, users, items)
    want = scores[users, items]
    close(
        got,
        want,
        mistakes={
            "pairs-exchanged": alike(got, scores[items, users]),
            "scores-kept-in-range": _kept_in_range(got, want),
        },
        otherwise=lambda: _cause_of_predictions(submission, got, users, items, scores.shape, rng),
    )
    scores = rng.normal(scale=4, size=(400, 40))
    users, items = rng.integers(400, size=150), rng.integers(40, size=150)
    users[:2], items[:2] = [0, 399], [39, 0]
    got = _predictions(submission, scores, users, items)
    small = [users.astype(kind).astype(int) for kind in ("int8", "uint8")]
    close(
        got,
        scores[users, items],
        mistakes={
            "scores-kept-in-range": _kept_in_range(got, scores[users, items]),
            "pair-ids-in-one-byte": any(
                alike(got[part >= 0], scores[part, items][part >= 0]) for part in small
            ),
        },
    )


def _cause_of_predictions(submission, got, users, items, shape, rng) -> Cause | None:
    """Tell whether the answer depends on the model, by asking a model with other scores."""
    other = rng.normal(scale=4, size=shape)
    answer = submission.aside(lambda: _predictions(submission, other, users, items))
    if answer is None:
        return None
    if alike(answer, got):
        return Cause("model-not-asked", _NOT_ASKED)
    return Cause("scores-of-other-pairs", _OTHER_PAIRS)


_NOT_ASKED = _(
    "A model with other weights gets the same answer: the ids themselves were computed with, or "
    "another model was asked. Which line of yours hands the ids to `model`?"
)
_OTHER_PAIRS = _(
    "The model is asked, and other pairs than users[k] with items[k] come back, or their scores "
    "are changed. What goes into the model for the first pair?"
)


def _kept_in_range(got, want) -> bool:
    """Return whether scores were clipped, or rounded, as if they were ratings."""
    cut = not alike(got, want) and alike(got, np.clip(want, got.min(), got.max()))
    return cut or any(alike(got, np.round(want * n) / n) for n in (1, 2))


@checks("predict_pairs", share=1)
def test_any_number_of_pairs(submission, rng):
    """m pairs give an array of shape (m,): one pair, many, or one user's pairs with many items."""
    scores = 10 * np.arange(6)[:, None] + np.arange(6)
    model = submission.given.table_model(scores)
    many = rng.integers(6, size=(2, 2_500)).tolist()
    some = ([4], [2]), ([3] * 6, list(range(6))), ([0, 5, 5, 1], [5, 0, 5, 1])
    for users, items in (*some, many):
        got = _predictions(
            submission, scores, np.array(users), np.array(items), model=model, by_name=True
        )
        want = scores[users, items]
        close(got, want, mistakes={"pairs-exchanged": alike(got, scores[items, users])})


@checks("score_matrix", share=1)
def test_entries_are_dot_products(submission, rng):
    """Entry [u, i] is q_i · p_u, for any numbers of users, items and factors."""
    for n_users, n_items, n_factors in (5, 8, 3), (7, 2, 4), (1, 6, 1), (320, 270, 70):
        scale = 3 if n_users > 300 else 1
        p, q = (rng.normal(scale=scale, size=(n, n_factors)) for n in (n_users, n_items))
        kept_p, kept_q = submission.keep(p), submission.keep(q)
        with crash_means(
            tables_not_transposed=(
                f"size {n_items} is different from {n_factors})",
                f"{n_factors} (dim 1) != {n_items} (dim 0)",
            ),
            factors_not_summed="broadcast",
        ):
            got = submission.score_matrix(kept_p, kept_q)
        got = array(got, (n_users, n_items), mistakes=_wrong_shape(got, p, q))
        close(got, p @ q.T, mistakes=partial(_mistakes_of_matrix, got, p, q))
        require_unchanged(submission, kept_p, p)
        require_unchanged(submission, kept_q, q)


def _mistakes_of_matrix(got, p, q) -> dict[str, bool]:
    """Return the known mistakes behind a wrong matrix of scores of the right shape."""
    want = p @ q.T
    lengths = np.outer(np.linalg.norm(p, axis=1), np.linalg.norm(q, axis=1))
    return {
        "scores-normalised": alike(got, want / lengths),
        "reshaped-for-transposed": alike(got, p @ q.reshape(q.shape[::-1])),
        "scores-cut-off": any(alike(got, np.clip(want, *ends)) for ends in SCALES),
        "factors-cut-short": any(
            alike(got, p[:, :k] @ q[:, :k].T) for k in (8, 10, 16, 20, 32, 50, 64)
        ),
    }


@checks("score_matrix", share=1)
def test_square_tables_keep_users_in_rows(submission, rng):
    """Users are rows and items are columns, also when there are as many of both."""
    p, q = rng.normal(size=(4, 4)), rng.normal(size=(4, 4))
    got = submission.score_matrix(user_factors=p, item_factors=q)
    got = array(got, (4, 4), mistakes=_wrong_shape(got, p, q))
    want = p @ q.T
    close(
        got,
        want,
        mistakes={
            "scores-transposed": alike(got, want.T),
            "tables-not-transposed": alike(got, p @ q),
            "reshaped-for-transposed": alike(got, p @ q.reshape(4, 4)),
            "factors-not-summed": alike(got, p * q),
        },
    )


SCALES = (0.5, 5), (1, 5), (0, 5), (0, 1), (-1, 1), (-5, 5)


def _tables(model, **sizes):
    """Return a model's tables (p_table, q_table), each with n or n + 1 rows for n ids."""
    n_factors = sizes["n_factors"]
    rows = {name: sizes[size] for name, size in TABLES.items()}
    shapes = {name: _table_shape(model, name) for name in rows}
    exchanged = all(
        shapes[name] in {(n, n_factors), (n + 1, n_factors)}
        for name, n in zip(rows, reversed(rows.values()), strict=True)
    )
    for name, n in rows.items():
        shape = shapes[name]
        require(
            shape in {(n, n_factors), (n + 1, n_factors)} or len(shape) == 1,
            _("`{name}` has shape {shape}").format(name=name, shape=shape),
            _("`{name}` has one row an id and one column a factor: ({n}, {k})").format(
                name=name, n=n, k=n_factors
            ),
            {
                "tables-exchanged": exchanged,
                "name-on-another-layer": shape == () and not layer(model, name).get_weights(),
                "table-transposed": shape in {(n_factors, n), (n_factors, n + 1)},
                "last-id-without-row": shape == (n - 1, n_factors),
                "factors-fixed": shape[:1] in {(n,), (n + 1,)},
                "table-sized-by-the-other": not exchanged
                and shape in {(m + k, n_factors) for m in rows.values() if m != n for k in (0, 1)},
            },
            table_cause([shape] if shape else [], n, n_factors),
        )
    return tuple(table(model, name, n, n_factors) for name, n in rows.items())


def _table_shape(model, name) -> tuple[int, ...]:
    """Return the shape of a layer's weights; () unless the layer has exactly one array."""
    weights = layer(model, name).get_weights()
    return np.shape(weights[0]) if isinstance(weights, list) and len(weights) == 1 else ()


def _all_differ(rows, at_least: int) -> bool:
    return len(np.unique(rows, axis=0)) >= at_least


def _dot(p_u, q_i):
    return np.sum(p_u * q_i, axis=1)


def _mistakes_of_scores(model, scores, tables, factors, pair) -> dict[str, bool]:
    """Return the known mistakes behind the scores of a model with planted weights.

    `factors` holds the vectors of the pairs, (p_u, q_i).
    """
    return _rows_of_other_ids(scores, *tables, *pair) | _wrong_scores(
        model, scores, *factors, *pair
    )


def _wrong_scores(model, scores, p_u, q_i, users, items) -> dict[str, bool]:
    """Return the known mistake, if any, behind the scores of a model with planted weights."""
    want = _dot(p_u, q_i)
    lengths = np.linalg.norm(p_u, axis=1) * np.linalg.norm(q_i, axis=1)
    who, what = (np.eye(ids.max() + 1)[ids] if ids.max() < 50 else want for ids in (users, items))
    has_other_weights = len(model.trainable_variables) > len(TABLES)
    causes = {
        "dot-normalised": alike(scores, want / lengths),
        "activation-on-vectors": any(
            alike(scores, _dot(bend(p_u), bend(q_i))) or alike(scores, _dot(bend(p_u), q_i))
            for bend in (_relu, np.tanh, _sigmoid, _softmax)
        ),
        "product-averaged": alike(scores, want / p_u.shape[1]),
        "vectors-side-by-side": who.ndim == 2 and _spanned(scores, np.hstack([who, what])),
        "terms-added": who.ndim == 2 and _spanned(scores - want, np.hstack([who, what])),
        "product-cut-off": _cut_off(scores, want),
        "product-scaled": not has_other_weights and is_multiple(scores, want),
        "dense-on-top": has_other_weights
        and _spanned(scores, np.column_stack([p_u * q_i, np.ones(len(want))])),
        "score-squashed": bool(np.diff(scores[np.argsort(want)]).min() >= -1e-6),
    }
    first = next((name for name, shown in causes.items() if shown), None)
    return {first: np.ptp(scores) > 1e-3} if first else {}


def _rows_of_other_ids(scores, p_table, q_table, users, items) -> dict[str, bool]:
    """Return the known mistakes by which pairs read other rows than their own."""
    cuts = [lambda ids, n=n: ids % n for n in (256, 2**16)]
    cuts += [lambda ids, n=n: np.minimum(ids, n) for n in (99, 127, 255, 999, 9_999)]
    cuts += [lambda ids, kind=kind: ids.astype(kind).astype(int) for kind in ("int8", "int16")]

    def read(us, its) -> np.ndarray:
        return _dot(p_table[us % len(p_table)], q_table[its % len(q_table)])

    def is_cut(cut) -> bool:
        us, its = cut(users), cut(items)
        whole = (us >= 0) & (its >= 0)
        return alike(scores[whole], read(us, its)[whole]) and not alike(scores, read(users, items))

    one_input = users.max() < len(q_table) and items.max() < 10 * len(p_table)
    return {
        "one-input-for-both-tables": one_input
        and not alike(scores, read(users, items))
        and (alike(scores, read(users, users)) or alike(scores, read(items, items))),
        "ids-in-one-byte": items.max() > 255 and any(map(is_cut, cuts[:1] + cuts[-2:-1])),
        "ids-cut": items.max() > 255 and any(map(is_cut, cuts[1:-2] + cuts[-1:])),
    }


def _cut_off(scores, want) -> bool:
    """Return whether scores are the right ones, cut off at the same distance on both sides."""
    limit = float(np.abs(scores).max())
    cut = alike(scores, np.clip(want, -limit, limit)) and not alike(scores, want)
    return cut and np.isclose(np.abs(scores), limit).sum() > 1


def _relu(x):
    return np.maximum(x, 0)


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _softmax(x):
    return np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)


def _spanned(values, columns) -> bool:
    """Return whether `values` are a weighted sum of `columns`, up to rounding."""
    return weights_in(values, columns) is not None


def _predictions(submission, scores, users, items, model=None, by_name=False):
    """Return `predict_pairs`' answer for a model that scores (u, i) by `scores[u, i]`: array (m,).

    A given `model` is such a model, made before.
    """
    if model is None:
        model = submission.given.table_model(scores)
    kept_users, kept_items = submission.keep(users), submission.keep(items)
    with crash_means(
        one_array_two_inputs=("expects 2", "not the same as that of"),
        pairs_exchanged=("out of bounds", "indices[", "not in [0"),
        model_taken_apart="no such layer",
    ):
        if by_name:
            got = submission.predict_pairs(model=model, users=kept_users, items=kept_items)
        else:
            got = submission.predict_pairs(model, kept_users, kept_items)
    m, shape = len(users), shape_of(got)
    got = array(
        got,
        (m,),
        mistakes={
            "column-returned": shape == (m, 1),
            "single-pair-squeezed": m == 1 and shape == (),
            "batches-left-out": m > 1_000 and shape is not None and (0,) < shape < (m,),
            "all-pairs-crossed": m > 1 and shape in {(m, m), (m * m,), (m * m, 1)},
        },
    )
    unchanged = (
        np.array_equal(submission.read(kept_users), users)
        and np.array_equal(submission.read(kept_items), items)
        and alike(model.get_layer("rows").get_weights()[0], scores)
    )
    require(
        unchanged,
        _("`users`, `items` or the model was changed"),
        _("the function leaves its arguments as they are"),
        cause=value_causes.argument_changed(),
    )
    return got


def _wrong_shape(got, p, q) -> dict[str, bool]:
    """Return the known mistakes behind the shape of a score matrix."""
    shape, wanted = shape_of(got), (len(p), len(q))
    return {
        "scores-transposed": shape == wanted[::-1],
        "factors-not-summed": shape in {(*wanted, p.shape[1]), p.shape},
    }
