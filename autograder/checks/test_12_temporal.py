"""Checks of `12_temporal`: deviations in time, bins of time, biases that change with time."""

import numpy as np

from autograder.checking.asserts import alike, array, checks, close, crash_means, integers, require
from autograder.checks.support.models import (
    column,
    draw_pairs,
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
)
from autograder.checks.support.ratings import require_unchanged
from autograder.util.i18n import _

# Deviations


def deviations_of(t, t_mean, beta) -> np.ndarray:
    return np.array([np.copysign(abs(x - t_mean) ** beta, x - t_mean) for x in t])


def require_deviations(answer, t, t_mean, beta) -> None:
    """Reject an answer of `time_deviation` that is not sign(t - t_mean) |t - t_mean|^beta."""
    right = deviations_of(t, t_mean, beta)
    got = array(answer, np.shape(t))
    distance = t - t_mean
    late = distance >= 0
    close(
        got,
        right,
        mistakes={
            "deviation-of-early-times-missing": np.isnan(got[~late]).any()
            and alike(got[late], right[late]),
            "deviation-without-sign": alike(got, np.abs(right)),
            "deviation-reversed": alike(got, -right),
            "deviation-not-bent": alike(got, distance),
            "deviation-cut-at-the-mean": alike(got, np.where(late, right, 0)),
            "deviation-sign-only": alike(got, np.sign(distance)),
            "deviation-bent-before-subtracting": alike(
                got, deviations_of(t, 0, beta) - deviations_of([t_mean], 0, beta)
            ),
            "deviation-mean-not-subtracted": alike(got, np.sign(distance) * np.abs(t) ** beta)
            or alike(got, deviations_of(t, 0, beta)),
            "beta-not-passed-on": any(
                beta != fixed and alike(got, deviations_of(t, t_mean, fixed))
                for fixed in (0.4, 0.5)
            ),
            "beta-as-a-factor": alike(got, beta * distance),
            "distance-counted-twice": alike(got, distance * np.abs(distance) ** beta),
            "deviation-from-own-mean": alike(got, deviations_of(t, np.mean(t), beta))
            or alike(got, deviations_of(t, np.median(t), beta)),
            "deviation-of-first-times": _rest_is_zero(got, right),
            "deviation-beta-limited": beta >= 1
            and any(alike(got, deviations_of(t, t_mean, least)) for least in (0.9, 0.99, 0.999, 1))
            and not alike(got, right),
            "deviation-cut-to-whole": alike(got, np.trunc(right)) or alike(got, np.round(right)),
        },
    )


def _rest_is_zero(got, right) -> bool:
    """Return whether the first entries are right and all further ones are zero."""
    zero = np.flatnonzero((got == 0) & (right != 0))
    if not zero.size:
        return False
    first = zero[0]
    return first > 1 and alike(got[:first], right[:first]) and not got[first:].any()


def draw_days(rng, m: int, t_mean: float) -> np.ndarray:
    """Return times before and after t_mean, near and far, in no order: float array (m,), days."""
    return rng.permutation(t_mean + np.linspace(-1, 1, m) * rng.uniform(2, 900, size=m))


@checks("time_deviation", share=2)
def test_deviation_is_the_signed_power_of_the_distance(submission, rng):
    """The answer is sign(t - t_mean) |t - t_mean|^beta, negative for times before the mean."""
    for m, beta in (9, 0.4), (6, 0.75), (12, float(rng.uniform(0.1, 0.3))), (2_500, 1.0), (7, 1.5):
        t_mean = float(rng.uniform(9_000, 15_000))
        t = draw_days(rng, m, t_mean)
        require_deviations(submission.time_deviation(t, t_mean, beta), t, t_mean, beta)


@checks("time_deviation", share=1)
def test_beta_is_0_4_unless_told_otherwise(submission, rng):
    """Without a word about beta it is 0.4; by name, another one counts."""
    t = draw_days(rng, 8, 40.0)
    require_deviations(submission.time_deviation(t, 40.0), t, 40.0, 0.4)
    require_deviations(submission.time_deviation(t=t, t_mean=31.5, beta=0.9), t, 31.5, 0.9)


@checks("time_deviation", share=1)
def test_the_mean_itself_deviates_by_nothing(submission, rng):
    """At t = t_mean the deviation is 0; whole days do as well, and t is left as it was."""
    days = rng.permutation(np.arange(10, 30))
    for t, t_mean in (
        (days, int(days[3])),
        (days, 19.5),
        (days.astype("float64"), 17.0),
        (days.astype("float32") - 20, 0.0),
    ):
        kept = submission.keep(t)
        require_deviations(submission.time_deviation(kept, t_mean, 0.5), t, t_mean, 0.5)
        require_unchanged(submission, kept, t, {"times-changed": True})


# Bins


def bins_of(timestamps, edges) -> np.ndarray:
    """Return the right answer of `time_bins`, counted edge by edge."""
    inner = list(edges)[1:-1]
    return np.array([sum(t >= edge for edge in inner) for t in timestamps])


def require_bins(answer, timestamps, edges) -> None:
    """Reject an answer of `time_bins` that is not the bin of every time."""
    edges = np.asarray(edges)
    right, n_bins = bins_of(timestamps, edges), len(edges) - 1
    floats = array(answer, np.shape(timestamps))

    def nearest(places):
        return np.abs(np.subtract.outer(np.asarray(timestamps), places)).argmin(axis=1)

    after = np.searchsorted(edges, timestamps, side="right")
    before = np.searchsorted(edges, timestamps, side="left")
    evenly = np.linspace(edges[0], edges[-1], n_bins + 1)
    by_rows = [
        np.quantile(timestamps, np.linspace(0, 1, n_bins + 1)),
        np.linspace(np.min(timestamps), np.max(timestamps), n_bins + 1),
    ]
    last = n_bins - 1
    mistakes = {
        "bins-in-one-byte": n_bins > 127
        and any(alike(floats, right.astype(kind)) for kind in ("int8", "uint8")),
        "outer-times-without-a-bin": alike(floats, after - 1)
        or np.isnan(floats).any()
        or (floats < 0).any()
        or alike(floats, np.maximum(after - 1, 0))
        or alike(floats, np.minimum(after - 1, last)),
        "bins-closed-on-the-right": any(
            alike(floats, np.clip(before - 1, low, last)) for low in (0, -1)
        ),
        "bins-counted-from-one": any(
            alike(floats, bins)
            for bins in (after, right + 1, np.clip(after, 0, last), np.clip(after, 1, n_bins))
        ),
        "bins-of-equal-width": alike(floats, bins_of(timestamps, evenly)),
        "bin-edges-from-rows": any(alike(floats, bins_of(timestamps, own)) for own in by_rows),
        "bins-counted-backwards": alike(floats, last - right),
        "nearest-edge-for-bin": alike(floats, nearest(edges)),
        "nearest-centre-for-bin": alike(floats, nearest((edges[:-1] + edges[1:]) / 2)),
    }
    close(floats, right, mistakes=mistakes)
    integers(answer, mistakes={"bins-as-floats": True})


def draw_edges(rng, n_bins: int) -> np.ndarray:
    """Return rising seconds since 1970 with unequal gaps: int64 array (n_bins + 1,)."""
    return 900_000_000 + np.cumsum(rng.integers(10**4, 10**8, size=n_bins + 1))


def draw_inside(rng, edges, m: int) -> np.ndarray:
    """Return times in every bin, away from the edges, in no order."""
    bins = rng.permutation(np.arange(m) % (len(edges) - 1))
    share = rng.uniform(0.05, 0.95, size=m)
    return (edges[bins] + share * np.diff(edges)[bins]).astype("int64")


@checks("time_bins", share=2)
def test_a_time_is_in_the_bin_between_its_edges(submission, rng):
    """Bin k holds the times from edges[k], included, to edges[k + 1], excluded."""
    for n_bins in 4, 7, 1, 300:
        edges = draw_edges(rng, n_bins)
        times = draw_inside(rng, edges, 12 * n_bins + 2)
        require_bins(submission.time_bins(times, edges), times, edges)
        times = rng.permutation(np.concatenate([times, edges[:-1], edges[1:-1] - 1]))
        require_bins(submission.time_bins(timestamps=times, edges=edges), times, edges)


@checks("time_bins", share=2)
def test_outer_times_go_to_the_outer_bins(submission, rng):
    """Times before the first edge are in bin 0, those at or after the last one in bin B - 1."""
    for n_bins in 5, 1, 3:
        edges = draw_edges(rng, n_bins)
        outside = [edges[0] - 1, edges[0] - 10**7, edges[-1], edges[-1] + 1, edges[-1] + 10**8]
        times = rng.permutation(np.concatenate([draw_inside(rng, edges, n_bins + 3), outside]))
        kept, kept_edges = submission.keep(times), submission.keep(edges)
        require_bins(submission.time_bins(kept, kept_edges), times, edges)
        for own, original in (kept, times), (kept_edges, edges):
            require_unchanged(submission, own, original, {"times-or-edges-changed": True})


# The model

SIZES = {"n_users": 6, "n_items": 9, "n_factors": 4, "n_bins": 3}
SQUARE_SIZES = {"n_users": 5, "n_items": 5, "n_factors": 3, "n_bins": 5}
LARGE_SIZES = {"n_users": 140, "n_items": 130, "n_factors": 2, "n_bins": 130}
OUT_OF_BOUNDS = ("out of bounds", "indices[", "not in [0")


def table_sizes(sizes) -> dict[str, tuple[int, int]]:
    users, items, width = sizes["n_users"], sizes["n_items"], sizes["n_factors"]
    return {
        "user_embedding": (users, width),
        "item_embedding": (items, width),
        "user_bias": (users, 1),
        "item_bias": (items, 1),
        "item_bin_bias": (items * sizes["n_bins"], 1),
        "user_drift": (users, 1),
    }


def spare_rows(sizes) -> dict[str, int]:
    """Return the numbers of spare rows by table; the bins of a spare item may be spare."""
    return {"item_bin_bias": sizes["n_bins"]}


def draw_inputs(rng, sizes):
    """Return (users, items, bins, deviations) with every id and every item's every bin."""
    n_items, n_bins = sizes["n_items"], sizes["n_bins"]
    users, items = draw_pairs(rng, sizes["n_users"], n_items, n_pairs=n_items * n_bins)
    items[: n_items * n_bins] = np.arange(n_items * n_bins) // n_bins
    bins = rng.integers(n_bins, size=len(items))
    bins[: n_items * n_bins] = np.arange(n_items * n_bins) % n_bins
    order = rng.permutation(len(items))
    return users[order], items[order], bins[order], rng.normal(scale=3, size=len(order))


def columns(inputs) -> list[np.ndarray]:
    *ids, deviations = inputs
    return [*map(column, ids), np.reshape(deviations, (-1, 1)).astype("float32")]


def build(submission, sizes, mu, inputs):
    """Return a model of the learner's, called once, so that a subclassed model has its weights."""
    model = model_of(submission.build_temporal_mf(**sizes, mu=mu))
    scores(model, inputs, sizes)
    require_keras(submission, model, columns(inputs), table_sizes(sizes))
    n_items, n_bins = sizes["n_items"], sizes["n_bins"]
    known = {"bins-in-columns": [(n_items, n_bins)], "bins-of-all-items-alike": [(n_bins, 1)]}
    weights_of(model, "item_bin_bias", (n_items * n_bins, 1), n_bins, mistakes=known)
    return model


def scores(model, inputs, sizes):
    """Return the model's scores (m,)."""
    widths = {sizes["n_factors"], sizes["n_bins"]}
    with crash_means(row_out_of_its_table=OUT_OF_BOUNDS):
        return scores_for(
            model,
            columns(inputs),
            lambda shape, m: {
                "bias-as-wide-as-factors": shape in {(m, w) for w in widths}
                or shape in {(m, 1, w) for w in widths}
            },
        )


def formula(inputs, sizes, mu, drift=None, bin_row=None, **factors):
    """Return Koren (7) as a function of the tables.

    `drift(alpha, deviation)` and `bin_row(item, bin)` replace the right terms. `factors` holds the
    factor of a table's term where it is not 1.
    """
    users, items, bins, deviations = inputs
    n_bins = sizes["n_bins"]
    places = items * n_bins + bins if bin_row is None else bin_row(items, bins)

    def result(rows):
        alpha = rows["user_drift"][users, 0]
        terms = {
            "mean": mu,
            "user_bias": rows["user_bias"][users, 0],
            "item_bias": rows["item_bias"][items, 0],
            "item_bin_bias": rows["item_bin_bias"][places, 0],
            "user_drift": alpha * deviations if drift is None else drift(alpha, deviations),
            "dots": np.sum(rows["user_embedding"][users] * rows["item_embedding"][items], axis=1),
        }
        return sum(factors.get(name, 1) * term for name, term in terms.items())

    return result


def require_scores(model, sizes, mu, inputs, rng) -> None:
    """Reject a model whose scores, with drawn tables, differ from Koren (7)."""
    tables = table_sizes(sizes)
    planted = plant_tables(model, tables, rng, spare_rows(sizes))
    n_cells = tables["item_bin_bias"][0]
    planted["item_bin_bias"] = planted["item_bin_bias"][:n_cells]
    got = scores(model, inputs, sizes)
    right = formula(inputs, sizes, mu)
    if fits(got, right, planted, tables):
        return
    mistakes = wrong_scores(got, planted, sizes, mu, inputs)
    terms = [
        *((name,) for name in ("user_bias", "user_drift", "item_bias", "item_bin_bias")),
        ("user_embedding", "item_embedding"),
    ]
    close(
        got,
        right(next(readings(planted, tables))),
        mistakes=mistakes,
        otherwise=lambda: term_at_fault(
            model,
            tables,
            lambda: scores(model, inputs, sizes),
            right,
            terms,
            rng,
            spare_rows(sizes),
        ),
    )


def wrong_scores(got, planted, sizes, mu, inputs) -> dict[str, bool]:
    """Return the known mistakes that explain scores which differ from Koren (7)."""
    users, items, bins, deviations = inputs
    n_users, n_items, n_bins = sizes["n_users"], sizes["n_items"], sizes["n_bins"]

    def shows(**changes) -> bool:
        own = formula(inputs, sizes, mu, **changes)
        return fits(got, own, planted, table_sizes(sizes))

    def on_items(rows):
        alpha = rows["user_drift"]
        without = formula(inputs, sizes, mu, user_drift=0)(rows)
        return without + alpha[np.minimum(items, n_users - 1), 0] * deviations

    def all_scaled(rows):
        alpha = rows["user_drift"][users, 0]
        return (formula(inputs, sizes, mu, user_drift=0)(rows) + alpha) * deviations

    def in_factors(rows):
        drift = rows["user_drift"][users] * deviations[:, None]
        without = formula(inputs, sizes, mu, user_drift=0)(rows)
        return without + np.sum(drift * rows["item_embedding"][items], axis=1)

    def scaled_bin(rows):
        without = formula(inputs, sizes, mu, item_bin_bias=0)(rows)
        return without + rows["item_bin_bias"][items * n_bins + bins, 0] * deviations

    return {
        "bias-times-deviation": shows(user_bias=deviations),
        "drift-left-out": shows(user_drift=0),
        "drift-without-deviation": shows(drift=lambda alpha, d: alpha),
        "deviation-without-drift": shows(drift=lambda alpha, d: d),
        "deviation-added-to-drift": shows(drift=lambda alpha, d: alpha + d),
        "drift-without-sign": shows(drift=lambda alpha, d: alpha * np.abs(d)),
        "deviation-made-whole": shows(drift=lambda alpha, d: alpha * np.trunc(d)),
        "deviation-bent-again": shows(drift=lambda alpha, d: alpha * deviations_of(d, 0, 0.4)),
        "everything-times-deviation": fits(got, all_scaled, planted, table_sizes(sizes)),
        "drift-subtracted": shows(user_drift=-1),
        "drift-in-the-factors": fits(got, in_factors, planted, table_sizes(sizes)),
        "drift-of-items": fits(got, on_items, planted, table_sizes(sizes)),
        "bin-bias-left-out": shows(item_bin_bias=0),
        "bins-before-items": any(
            shows(bin_row=lambda i, b, n=n: np.minimum(b * n + i, n_items * n_bins - 1))
            for n in (n_items, n_bins)
        ),
        "bins-of-all-items-alike": shows(bin_row=lambda i, b: b),
        "bins-ignored": shows(bin_row=lambda i, b: i * n_bins) or shows(bin_row=lambda i, b: i),
        "bin-row-by-sum": shows(bin_row=lambda i, b: i + b),
        "bin-rows-strided-by-items": shows(
            bin_row=lambda i, b: np.minimum(i * n_items + b, n_items * n_bins - 1)
        ),
        "bin-bias-times-deviation": fits(got, scaled_bin, planted, table_sizes(sizes)),
        "mu-left-out": shows(mean=0),
        "bias-left-out": shows(user_bias=0)
        or shows(item_bias=0)
        or shows(user_bias=0, item_bias=0),
        "factors-left-out": shows(dots=0),
    }


@checks("build_temporal_mf", share=4)
def test_scores_are_those_of_koren_7(submission, rng):
    """The score is mu + b_u + a_u deviation + b_i + b_{i,bin} + q_i · p_u."""
    for sizes, mu, reach in (SIZES, 3.4, 1), (LARGE_SIZES, 0.0, 10), (SQUARE_SIZES, -1.3, 1):
        *ids, deviations = draw_inputs(rng, sizes)
        inputs = (*ids, reach * deviations)
        model = build(submission, sizes, mu, inputs)
        require_scores(model, sizes, mu, inputs, rng)
    require_same_in_training(model, columns(inputs))


@checks("build_temporal_mf", share=2)
def test_one_bin_for_all_times(submission, rng):
    """With a single bin, and at the mean of a user's time, the rest of the formula is left."""
    sizes = SIZES | {"n_bins": 1}
    users, items, bins, deviations = draw_inputs(rng, sizes)
    model = build(submission, sizes, 2.8, (users, items, bins, deviations))
    require_scores(model, sizes, 2.8, (users, items, bins, deviations), rng)
    require_scores(model, sizes, 2.8, (users, items, bins, 0 * deviations), rng)


@checks("build_temporal_mf", share=2)
def test_every_table_learns_also_of_time(submission, rng):
    """All six tables change in training."""
    inputs = draw_inputs(rng, SIZES)
    model = build(submission, SIZES, 3.1, inputs)
    tables, spares = table_sizes(SIZES), spare_rows(SIZES)
    small = columns((*inputs[:3], inputs[3] / 10))
    require_learning(model, tables, small, rng, "temporal-table-frozen", spares)
    got = scores(model, inputs, SIZES)
    require(
        np.isfinite(got).all(),
        _("scores that are NaN after some steps of training"),
        cause=nan_in_training(),
    )
    require_learns(submission, model, small)
