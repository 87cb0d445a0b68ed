"""Checks of `11_implicit_feedback`: pooled item vectors, and SVD++ with padded histories."""

import numpy as np

from autograder.checking.asserts import alike, array, checks, close, crash_means, require, shape_of
from autograder.checks.support.models import (
    column,
    draw_pairs,
    layer,
    model_of,
    require_keras,
    require_learns,
    weights_of,
)
from autograder.checks.support.planted import (
    fits,
    nan_in_training,
    plant_tables,
    readings,
    require_learning,
    require_same_in_training,
    scores_for,
    term_at_fault,
    train_briefly,
)
from autograder.checks.support.ratings import require_unchanged
from autograder.util.i18n import _

# One user's factors


def draw_user(rng, n_items: int, n_factors: int, n: int):
    """Return (p_u, item_vectors, items): drawn numbers, and n different items in no order."""
    items = rng.permutation(n_items)[:n]
    return rng.normal(size=n_factors), rng.normal(size=(n_items, n_factors)), items


def require_factors(answer, p_u, item_vectors, items, must=None) -> None:
    """Reject an answer of `implicit_factors` that is not the bracket of Koren (6)."""
    n, shape = len(items), shape_of(answer)
    total = item_vectors[items].sum(axis=0)
    of_first = item_vectors[:n].sum(axis=0)
    root = np.sqrt(max(n, 1))
    factors = array(
        answer,
        p_u.shape,
        mistakes={
            "implicit-sum-over-factors": n > 1 and shape == (n,),
            "implicit-not-summed": shape == (n, len(p_u)),
        },
    )
    close(
        factors,
        p_u + total / root,
        must,
        mistakes={
            "implicit-empty-is-nan": n == 0 and np.isnan(factors).any(),
            "implicit-empty-is-zero": n == 0 and not factors.any(),
            "implicit-sum-undivided": n > 1 and alike(factors, p_u + total),
            "implicit-mean": n > 1 and alike(factors, p_u + total / n),
            "implicit-whole-divided": n > 1 and alike(factors, (p_u + total) / root),
            "implicit-root-upside-down": n > 1 and alike(factors, p_u + total * root),
            "implicit-power-misread": n > 1 and alike(factors, p_u + total / n / 2),
            "implicit-first-rows": alike(factors, p_u + of_first / root),
            "implicit-items-cut-short": any(
                alike(factors, p_u + item_vectors[part].sum(axis=0) / np.sqrt(size))
                for most in (10, 20, 50, 100, 128, 200, 256)
                if most < n
                for part in (items[:most], items[-most:])
                for size in (most, n)
            ),
            "implicit-items-in-one-byte": n > 0
            and len(item_vectors) > 256
            and any(
                alike(factors, p_u + item_vectors[items.astype(kind)].sum(axis=0) / root)
                for kind in ("int8", "uint8")
            ),
            "implicit-items-ignored": n > 0 and alike(factors, p_u),
            "implicit-made-unit-length": n > 0
            and alike(factors, p_u + total / np.linalg.norm(total)),
            "implicit-item-zero-left-out": n > 0
            and 0 in items
            and any(
                alike(
                    factors, p_u + item_vectors[items[items != 0]].sum(axis=0) / np.sqrt(max(k, 1))
                )
                for k in (n, n - 1)
            ),
            "implicit-user-left-out": n > 0 and alike(factors, total / root),
            "implicit-root-of-another-number": n > 1
            and any(
                alike(factors, p_u + total / np.sqrt(k))
                for k in (n + 1, n - 1, len(item_vectors), len(p_u), np.linalg.norm(items))
            ),
        },
    )


@checks("implicit_factors", share=2)
def test_item_vectors_are_summed_and_divided_by_the_root(submission, rng):
    """The answer is p_u plus the sum of the vectors of `items`, divided by the root of n."""
    for n_items, n_factors, n in (9, 4, 5), (7, 3, 2), (20, 6, 16), (400, 3, 350):
        user = draw_user(rng, n_items, n_factors, n)
        require_factors(submission.implicit_factors(*user), *user)


@checks("implicit_factors", share=1)
def test_no_items_leave_the_user_alone(submission, rng):
    """An empty N(u) gives p_u; one item adds its own vector whole."""
    p_u, vectors, one = draw_user(rng, 6, 4, 1)
    for items in one, np.array([0]):
        require_factors(submission.implicit_factors(p_u, vectors, items), p_u, vectors, items)
    none = np.array([], dtype="int64")
    require_factors(submission.implicit_factors(p_u, vectors, none), p_u, vectors, none)


@checks("implicit_factors", share=1)
def test_equal_vectors_add_up_to_root_n_of_them(submission, rng):
    """n equal vectors x add root n times x, and neither p_u nor the table is changed."""
    p_u, vectors, items = draw_user(rng, 12, 5, 9)
    vectors[items] = vectors[items[0]]
    kept_user, kept_vectors, kept_items = map(submission.keep, (p_u, vectors, items))
    answer = submission.implicit_factors(p_u=kept_user, item_vectors=kept_vectors, items=kept_items)
    require_factors(answer, p_u, vectors, items)
    for kept, original in (kept_user, p_u), (kept_vectors, vectors), (kept_items, items):
        require_unchanged(submission, kept, original, {"user-vector-changed": True})


# The model

SIZES = {"n_users": 6, "n_items": 9, "n_factors": 4}
SQUARE_SIZES = {"n_users": 8, "n_items": 8, "n_factors": 3}
LARGE_SIZES = {"n_users": 290, "n_items": 170, "n_factors": 3}
FIXED = ("expected shape", "incompatible", "inconsistent")
NO_ROW = ("out of bounds", "indices[", "not in [0")

Pairs = tuple[np.ndarray, np.ndarray]


def table_sizes(sizes) -> dict[str, tuple[int, int]]:
    users, items, width = sizes["n_users"], sizes["n_items"], sizes["n_factors"]
    return {
        "user_embedding": (users, width),
        "item_embedding": (items, width),
        "implicit_embedding": (items, width),
        "user_bias": (users, 1),
        "item_bias": (items, 1),
    }


def build(submission, sizes, mu, history):
    """Return a model of the learner's, called once, so that a subclassed model has its weights."""
    model = model_of(submission.build_svdpp(**sizes, mu=mu))
    ids = np.zeros(len(history), dtype="int32")
    scores(model, ids, ids, history)
    inputs = [column(ids), column(ids), history]
    require_keras(submission, model, inputs, table_sizes(sizes))
    return model


def scores(model, users, items, history):
    """Return the model's scores (m,) of pairs with the histories of their users."""
    with crash_means(
        padding_looked_up="= -1 is not", row_out_of_its_table=NO_ROW, history_of_fixed_length=FIXED
    ):
        return scores_for(
            model,
            [column(users), column(items), history],
            lambda shape, m: {"history-not-summed": shape == (m, history.shape[1])},
        )


def draw_histories(rng, n_rows: int, n_items: int, longest: int, fewest: int = 0, ends=False):
    """Return padded histories, int32 (n_rows, longest), of all lengths from `fewest`.

    No history holds an item twice. With `ends` all padding stands at the end, otherwise anywhere.
    """
    histories = np.full((n_rows, longest), -1, dtype="int32")
    for k, row in enumerate(histories):
        n = fewest + k % (longest - fewest + 1)
        places = np.arange(n) if ends else np.sort(rng.permutation(longest)[:n])
        row[places] = rng.permutation(n_items)[:n]
    return histories


def pooled(x, history, root=np.sqrt, counted=None) -> np.ndarray:
    """Return |N|^(-1/2) times the sum of x_j, (m, K), from Koren (6).

    Another `root`, or other counts in `counted`, give the sums of known mistakes.
    """
    heard = history >= 0
    total = (x[np.maximum(history, 0)] * heard[:, :, None]).sum(axis=1)
    n = heard.sum(axis=1, keepdims=True) if counted is None else counted
    return total / root(np.maximum(n, 1))


def formula(users, items, history, mu, bracket=None):
    """Return Koren (6) as a function of the tables; `bracket` replaces the user's factors."""

    def result(rows):
        p, q = rows["user_embedding"][users], rows["item_embedding"][items]
        x = rows["implicit_embedding"]
        factors = p + pooled(x, history) if bracket is None else bracket(p, x, rows)
        biases = rows["user_bias"][users, 0] + rows["item_bias"][items, 0]
        return mu + biases + np.sum(q * factors, axis=1)

    return result


def require_scores(model, sizes, mu, pairs: Pairs, history, rng) -> None:
    """Reject a model whose scores, with drawn tables, differ from Koren (6)."""
    tables = table_sizes(sizes)
    planted = plant_tables(model, tables, rng)
    got = scores(model, *pairs, history)
    right = formula(*pairs, history, mu)
    if fits(got, right, planted, tables) or padding_row_stays_zero(
        model, sizes, mu, pairs, history, rng
    ):
        return
    want = right(next(readings(planted, tables)))
    mistakes = wrong_scores(got, planted, sizes, mu, pairs, history)
    if weights_of(model, "implicit_embedding", tables["implicit_embedding"]).shape[0] == (
        sizes["n_items"] + 1
    ):
        mistakes["padding-row-learns"] = reads_spare_row(got, planted, sizes, mu, pairs, history)
    terms = [
        ("user_bias",),
        ("item_bias",),
        ("user_embedding", "item_embedding"),
        ("item_embedding", "implicit_embedding"),
    ]
    close(
        got,
        want,
        mistakes=mistakes,
        otherwise=lambda: term_at_fault(
            model, tables, lambda: scores(model, *pairs, history), right, terms, rng
        ),
    )


def wrong_scores(got, planted, sizes, mu, pairs: Pairs, history) -> dict[str, bool]:
    """Return the known mistakes that explain scores which differ from Koren (6)."""
    tables = table_sizes(sizes)
    users, items = pairs
    padded = history < 0
    n_padded = padded.sum(axis=1, keepdims=True)
    length = np.full_like(n_padded, history.shape[1])
    n = length - n_padded

    def shows(bracket) -> bool:
        return fits(got, formula(*pairs, history, mu, bracket), planted, tables)

    def with_padding(x, row, counted):
        extra = n_padded * x[row] / np.sqrt(np.maximum(counted, 1))
        return pooled(x, history, counted=counted) + extra

    def without_item_zero(x):
        return pooled(x, np.where(history == 0, -1, history))

    def zero_muted(x):
        return pooled(np.concatenate([0 * x[:1], x[1:]]), history)

    def differs_by(part) -> bool:
        def result(rows):
            return formula(*pairs, history, mu)(rows) - part(rows)

        return fits(got, result, planted, tables)

    def item_side(rows):
        without = formula(*pairs, history, mu, lambda p, x, rows: p)(rows)
        p, x = rows["user_embedding"][users], rows["implicit_embedding"]
        return without + np.sum(p * pooled(x, history), axis=1)

    def tables_exchanged(rows):
        names = {"item_embedding": "implicit_embedding", "implicit_embedding": "item_embedding"}
        exchanged = {name: rows[names.get(name, name)] for name in rows}
        return formula(*pairs, history, mu)(exchanged)

    def b_u(rows):
        return rows["user_bias"][users, 0]

    def b_i(rows):
        return rows["item_bias"][items, 0]

    finite = np.isfinite(got)
    several, some_padding = (n > 1).any(), padded.any()
    gaps = padded[:, :-1] & ~padded[:, 1:]
    at_end, empty = ~gaps.any(axis=1), n[:, 0] == 0
    right = [formula(*pairs, history, mu)(rows) for rows in readings(planted, tables)]
    right_at_end = any(alike(got[at_end], want[at_end]) for want in right)
    return {
        "implicit-tables-exchanged": fits(got, tables_exchanged, planted, tables),
        "empty-history-is-nan": empty.any()
        and not finite[empty].any()
        and any(alike(got[~empty], want[~empty]) for want in right),
        "implicit-left-out": shows(lambda p, x, rows: p),
        "history-summed": several and shows(lambda p, x, rows: p + pooled(x, history, lambda n: 1)),
        "history-averaged": several
        and shows(lambda p, x, rows: p + pooled(x, history, lambda n: n)),
        "history-count-off-by-one": any(
            shows(lambda p, x, rows, k=k: p + pooled(x, history, counted=k)) for k in (n + 1, n - 1)
        ),
        "padding-counted": some_padding
        and shows(lambda p, x, rows: p + pooled(x, history, counted=length)),
        "padding-looked-up": some_padding
        and any(
            shows(lambda p, x, rows, row=row, k=k: p + with_padding(x, row, k))
            for row in (-1, 0)
            for k in (n, length)
        ),
        "item-zero-is-padding": (history == 0).any()
        and any(
            shows(lambda p, x, rows, pool=pool: p + pool(x))
            for pool in (without_item_zero, zero_muted)
        ),
        "implicit-shares-item-table": shows(
            lambda p, x, rows: p + pooled(rows["item_embedding"], history)
        ),
        "implicit-replaces-the-user": shows(lambda p, x, rows: pooled(x, history)),
        "bracket-divided": several
        and shows(lambda p, x, rows: pooled(x, history) + p / np.sqrt(np.maximum(n, 1))),
        "history-added-to-the-item": fits(got, item_side, planted, tables),
        "empty-history-loses-the-user": empty.any()
        and shows(lambda p, x, rows: np.where(empty[:, None], 0, p + pooled(x, history))),
        "padding-only-at-the-end": bool(gaps.any()) and right_at_end,
        "mu-left-out": differs_by(lambda rows: mu),
        "bias-left-out": any(
            differs_by(part) for part in (b_u, b_i, lambda rows: b_u(rows) + b_i(rows))
        ),
    }


def reads_spare_row(got, planted, sizes, mu, pairs: Pairs, history) -> bool:
    """Return whether padding reads a spare row of the implicit table as if it were an item's."""
    tables = table_sizes(sizes)
    padding = (history < 0).sum(axis=1, keepdims=True)
    n = history.shape[1] - padding
    for rows in readings(planted, tables):
        for spare in (0, -1):
            extra = padding * planted["implicit_embedding"][spare]
            for counted in (n, n + padding):

                def bracket(p, x, _rows, extra=extra, counted=counted):
                    scale = np.sqrt(np.maximum(counted, 1))
                    return p + pooled(x, history, counted=counted) + extra / scale

                if alike(got, formula(*pairs, history, mu, bracket)(rows)):
                    return True
    return False


def padding_row_stays_zero(model, sizes, mu, pairs: Pairs, history, rng) -> bool:
    """Return whether padding has a zero row of its own that training leaves at zero."""
    tables = table_sizes(sizes)
    name = "implicit_embedding"
    n_rows = len(weights_of(model, name, tables[name]))
    for spare in (0, -1) if n_rows > sizes["n_items"] else ():
        planted = plant_tables(model, tables, rng)
        planted[name][spare] = 0
        layer(model, name).set_weights([planted[name]])
        got = scores(model, *pairs, history)
        if fits(got, formula(*pairs, history, mu), planted, tables):
            train_briefly(model, [*map(column, pairs), history], rng, rate=0.01)
            return not weights_of(model, name, tables[name])[spare].any()
    return False


@checks("build_svdpp", share=2)
def test_scores_are_those_of_koren_6(submission, rng):
    """The score is mu + b_i + b_u + q_i · (p_u + |N|^(-1/2) sum of x_j over the history)."""
    for sizes, mu, longest in (SIZES, 3.4, 4), (LARGE_SIZES, 0.0, 60), (SQUARE_SIZES, -1.6, 7):
        pairs = draw_pairs(rng, sizes["n_users"], sizes["n_items"], n_pairs=10)
        full = draw_histories(rng, len(pairs[0]), sizes["n_items"], longest, fewest=longest)
        model = build(submission, sizes, mu, full)
        require_scores(model, sizes, mu, pairs, full, rng)
    require_scores(model, sizes, mu, pairs, full[:, :1], rng)
    require_same_in_training(model, [*map(column, pairs), full])


@checks("build_svdpp", share=2)
def test_padding_adds_nothing_and_is_not_counted(submission, rng):
    """Padding of -1, at the end or anywhere, adds nothing; |N| is the number of items."""
    pairs = draw_pairs(rng, SIZES["n_users"], SIZES["n_items"], n_pairs=10)
    for longest, ends in (5, True), (8, False):
        history = draw_histories(rng, len(pairs[0]), SIZES["n_items"], longest, 1, ends)
        model = build(submission, SIZES, 2.9, history)
        require_scores(model, SIZES, 2.9, pairs, history, rng)


@checks("build_svdpp", share=1)
def test_an_empty_history_leaves_the_user(submission, rng):
    """A row of padding alone gives step 6's score, mu + b_i + b_u + q_i · p_u."""
    pairs = draw_pairs(rng, SIZES["n_users"], SIZES["n_items"], n_pairs=5)
    history = draw_histories(rng, len(pairs[0]), SIZES["n_items"], 3)
    model = build(submission, SIZES, 3.1, history)
    require_scores(model, SIZES, 3.1, pairs, history, rng)
    nothing = np.full((len(pairs[0]), 2), -1, dtype="int32")
    require_scores(model, SIZES, 3.1, pairs, nothing, rng)


@checks("build_svdpp", share=1)
def test_every_table_learns(submission, rng):
    """All five tables change in training, and nothing becomes NaN, whatever the padding."""
    pairs = draw_pairs(rng, SIZES["n_users"], SIZES["n_items"], n_pairs=5)
    history = draw_histories(rng, len(pairs[0]), SIZES["n_items"], 4)
    model = build(submission, SIZES, 3.1, history)
    tables = table_sizes(SIZES)
    inputs = [*map(column, pairs), history]
    require_learning(model, tables, inputs, rng, "implicit-vectors-frozen")
    got = scores(model, *pairs, history)
    require(
        np.isfinite(got).all(),
        _("scores that are NaN after some steps of training"),
        cause=nan_in_training(),
    )
    require_learns(submission, model, inputs)
