"""Checks of `06_biases`: means, damped biases, the model of Koren (4), one table of errors."""

from functools import partial

import numpy as np
import pandas as pd

from autograder.checking.asserts import (
    alike,
    array,
    checks,
    close,
    crash_means,
    fail,
    frame,
    mapping,
    number,
    pair,
    require,
    shape_cause,
    shape_of,
)
from autograder.checking.value_causes import Cause, argument_changed, of_members
from autograder.checks.support.biased import (
    BIASES,
    FACTORS,
    bias_table,
    factor_penalties,
    penalty_of_biases,
    plant_biases,
    plant_factors,
    zero_tables,
)
from autograder.checks.support.models import (
    column,
    draw_pairs,
    keras_model,
    layer,
    require_learns,
    require_single_ids,
    score_pairs,
    table,
    weights_in,
)
from autograder.checks.support.planted import term_at_fault
from autograder.checks.support.ratings import require_unchanged
from autograder.util.i18n import _

# Means


def encoded(rng, users, items) -> pd.DataFrame:
    """Return drawn ratings of the given pairs, in no order; the index holds no row numbers."""
    m = len(users)
    order = rng.permutation(m)
    return pd.DataFrame(
        {
            "user": np.asarray(users)[order].astype("int32"),
            "item": np.asarray(items)[order].astype("int32"),
            "rating": rng.integers(1, 11, size=m) / 2,
            "timestamp": rng.integers(10**9, size=m),
        },
        index=3 * rng.permutation(m) + 7,
    )


def draw_train(rng, users, items) -> pd.DataFrame:
    """Return ratings of every given user and item, a few or many for each; no pair occurs twice."""
    grid = [(u, i) for u in range(len(users)) for i in range(len(items))]
    rated = [(u, i) for u, i in grid if (u + i) % len(users) == 0 or rng.random() < 0.2 + u / 10]
    rows, columns = np.array(rated).T
    return encoded(rng, np.asarray(users)[rows], np.asarray(items)[columns])


def draw_many(rng, n_users=280, n_items=310, m=2500, largest=0) -> pd.DataFrame:
    """Return many ratings, more users and items than a byte can count, columns in another order.

    Some ids have one rating or none. User 0 rates 0.5 throughout, and item 0 gets 5.0 from others.

    Args:
        rng: Draws the ratings.
        n_users: The number of users.
        n_items: The number of items.
        m: The number of rows before repeated pairs are dropped.
        largest: Added to the upper half of the ids, which begins at 0 again; 0 leaves the ids.
    """
    users = np.concatenate([[0, 0, 0], rng.integers(n_users, size=m)])
    items = np.concatenate([[1, 2, 3], (n_items * rng.random(m) ** 2).astype(int)])
    ratings = encoded(rng, users, items)
    ratings.loc[ratings["item"] == 0, "rating"] = 5.0
    ratings.loc[ratings["user"] == 0, "rating"] = 0.5
    ratings = ratings.drop_duplicates(["user", "item"])
    for key, n in ("user", n_users), ("item", n_items):
        ratings = ratings[(ratings[key] < n - 15) | ~ratings.duplicated(key)]
    for key, n in ("user", n_users), ("item", n_items):
        ids = ratings[key].to_numpy(dtype="int64")
        ratings[key] = np.where((ids >= n // 2) & (largest > 0), ids - n // 2 + largest, ids)
    return ratings[["timestamp", "rating", "item", "user"]]


def in_type(frame, kind: str) -> pd.DataFrame:
    """Return a frame whose ids went through a smaller integer type, back as int64."""
    narrow = {key: frame[key].astype(kind).astype("int64") for key in ("user", "item")}
    return frame.assign(**narrow)


def by_place(frame) -> pd.DataFrame:
    """Return a frame whose columns are named by their places: user, item, rating, timestamp."""
    return frame.set_axis(["user", "item", "rating", "timestamp"], axis=1)


SMALL_TYPES = "int8", "uint8", "int16", "uint16"
CAPS = 50, 100, 200, 256, 300, 500, 1000, 2000
SCALES = (1, 5), (1, 4.5), (1.5, 4.5), (2, 5), (0.5, 4.5), (1, 4)


def means_of(train, test) -> dict[str, np.ndarray]:
    """Return the right answer of `mean_baselines`."""
    mu = train["rating"].mean()
    want = {"global": np.full(len(test), mu)}
    for key in ("user", "item"):
        own = train.groupby(key)["rating"].mean()
        want[key] = test[key].map(own).fillna(mu).to_numpy()
    return want


def medians_of(train, test) -> dict[str, np.ndarray]:
    """Return the answer that medians in place of means would give."""
    middle = train["rating"].median()
    medians = {"global": np.full(len(test), middle)}
    for key in ("user", "item"):
        own = train.groupby(key)["rating"].median()
        medians[key] = test[key].map(own).fillna(middle).to_numpy()
    return medians


def means_of_means(train) -> list[float]:
    """Return the mean of the users' means, that of the items' means, and the mean of both."""
    user, item = (train.groupby(key)["rating"].mean().mean() for key in ("user", "item"))
    return [user, item, (user + item) / 2]


def require_means(answer, train, test) -> None:
    """Reject an answer of `mean_baselines` that is not three arrays of the right means."""
    want = means_of(train, test)
    answer = mapping(answer, want)
    for key in want:
        values = array(
            answer[key],
            (len(test),),
            must=_("`{key}` is an array with one prediction a row of test").format(key=key),
            mistakes={"global-one-number": key == "global" and shape_of(answer[key]) == ()},
        )
        close(
            values,
            want[key],
            must=_("`{key}`: {must}").format(key=key, must=_MEANS[key]),
            mistakes=partial(mistakes_of_means, values, key, train, test),
        )


def mistakes_of_means(values, key: str, train, test) -> dict[str, bool]:
    """Return the known mistakes that explain the predictions under a key of the answer."""
    want = means_of(train, test)
    both = pd.concat([train, test])
    other = {"user": "item", "item": "user", "global": "global"}
    unseen = ~test[key].isin(train[key]).to_numpy() if key != "global" else np.array(False)
    return {
        "unseen-left-missing": np.isnan(values).any(),
        "unseen-rated-zero": bool((unseen & (values == 0)).any()),
        "means-clipped": key != "global"
        and any(alike(values, np.clip(want[key], *scale)) for scale in SCALES),
        "means-of-test": alike(values, means_of(test, test)[key]),
        "test-in-the-means": alike(values, means_of(both, test)[key]),
        "medians-for-means": alike(values, medians_of(train, test)[key]),
        "unseen-given-a-constant": bool(unseen.any())
        and alike(values[~unseen], want[key][~unseen])
        and np.ptp(values[unseen]) == 0
        and values[unseen][0] != 0,
        "means-exchanged": other[key] != key and alike(values, want[other[key]]),
        "means-by-position": key != "global" and _by_position(values, train, test[key], key),
        "global-mean-of-means": key == "global"
        and (values == values[0]).all()
        and any(alike(values[0], mean) for mean in means_of_means(train)),
        "means-of-first-rows": any(
            alike(values, means_of(part, test)[key])
            for n in CAPS
            if n < len(train)
            for part in (train[:n], train[-n:])
        ),
        "means-columns-by-place": list(train)[:3] != ["user", "item", "rating"]
        and alike(values, means_of(by_place(train), by_place(test))[key]),
        "mean-ids-in-a-small-type": key != "global"
        and any(
            alike(values, means_of(in_type(train, kind), in_type(test, kind))[key])
            for kind in SMALL_TYPES
        ),
        "means-of-few-not-used": key != "global" and _few_not_used(values, train, test, key),
    }


def _few_not_used(values, train, test, key) -> bool:
    """Return whether ids with few ratings got the global mean, and all others their own."""
    counts = test[key].map(train[key].value_counts()).fillna(0).to_numpy()
    want = means_of(train, test)[key]
    return len(train) > 1_000 and any(
        alike(values, np.where(counts < n, train["rating"].mean(), want)) for n in (2, 3, 5, 10)
    )


def _by_position(values, train, ids, key: str) -> bool:
    """Return whether the means of the ids that occur were indexed as if every id occurred."""
    own, ids = train.groupby(key)["rating"].mean().to_numpy(), ids.to_numpy()
    inside = ids < len(own)
    gaps = train[key].nunique() <= train[key].max()
    return gaps and inside.any() and alike(values[inside], own[ids[inside]])


_MEANS = {
    "global": _("the mean of all training ratings"),
    "user": _("the mean of the row's user in train, the global mean if unseen"),
    "item": _("the mean of the row's item in train, the global mean if unseen"),
}


@checks("mean_baselines", share=1)
def test_rows_get_the_means_of_train(submission, rng):
    """Each row of test gets the mean of all training ratings, of its user's, and of its item's."""
    train = draw_train(rng, range(6), range(9))
    test = encoded(rng, *draw_pairs(rng, 6, 9, n_pairs=5))
    require_means(submission.mean_baselines(train, test), train, test)
    for largest in 0, 65_536:
        train = draw_many(rng, largest=largest)
        test = pd.concat([train[:200], draw_many(rng, 300, 330, 100, largest)])
        test = test.reset_index(drop=True).assign(rating=4.0)
        require_means(submission.mean_baselines(train, test), train, test)


@checks("mean_baselines", share=1)
def test_the_unseen_get_the_global_mean(submission, rng):
    """A user or item without a training rating gets the global mean; the others keep their own."""
    users, items = [0, 2, 3, 7], [1, 2, 4, 5, 8]
    train = draw_train(rng, users, items)
    test = encoded(rng, *draw_pairs(rng, 9, 11, n_pairs=5))
    require_means(submission.mean_baselines(train, test), train, test)
    test = encoded(rng, [8, 0], [1, 10])
    require_means(submission.mean_baselines(train=train, test=test), train, test)


@checks("mean_baselines", share=1)
def test_ratings_of_test_are_never_used(submission, rng):
    """Only training ratings count: ratings of test change nothing, and no frame is changed."""
    train = draw_train(rng, range(5), range(4))
    test = encoded(rng, *draw_pairs(rng, 6, 6, n_pairs=0))
    require_means(submission.mean_baselines(train, test), train, test)
    test["rating"] = 0.5
    kept_train, kept_test = submission.keep(train), submission.keep(test)
    require_means(submission.mean_baselines(kept_train, kept_test), train, test)
    require_unchanged(submission, kept_train, train, {"frames-changed": True})
    require_unchanged(submission, kept_test, test, {"frames-changed": True})


# Damped biases

MAX_REPEATS = 21


def damped(values, ids, n_ids: int, reg: float) -> np.ndarray:
    """Return sums of `values` by id over reg + count: (n_ids,); 0 for ids without a value."""
    sums, counts = (np.bincount(ids, part, n_ids) for part in (values, np.ones(len(values))))
    return sums[:n_ids] / np.where(counts > 0, reg + counts, 1)[:n_ids]


def biases_of(train, n_users, n_items, reg_user=5.0, reg_item=5.0, first="item"):
    """Return (mu, b_user, b_item) of Koren (3).

    The `first` side is estimated from ratings minus mu, the other side from the remainder.
    """
    mu = train["rating"].mean()
    rest = train["rating"].to_numpy() - mu
    users, items = train["user"].to_numpy(), train["item"].to_numpy()
    if first == "item":
        b_item = damped(rest, items, n_items, reg_item)
        return mu, damped(rest - b_item[items], users, n_users, reg_user), b_item
    b_user = damped(rest, users, n_users, reg_user)
    return mu, b_user, damped(rest - b_user[users], items, n_items, reg_item)


def require_biases(answer, train, n_users, n_items, **regs) -> None:
    """Reject an answer of `bias_baseline` that is not (mu, b_user, b_item)."""
    mu, b_user, b_item = biases_of(train, n_users, n_items, **regs)
    got_mu, got_user, got_item = pair(answer, 3)
    close(
        number(got_mu, _("the first part, mu, is one number")),
        mu,
        _("mu is the mean of the training ratings"),
        lambda: {
            "mu-of-means": any(alike(got_mu, mean) for mean in means_of_means(train)),
            "mu-is-the-median": alike(got_mu, train["rating"].median()),
            "biases-of-first-rows": any(
                alike(got_mu, part["rating"].mean())
                for n in CAPS
                if n < len(train)
                for part in (train[:n], train[-n:])
            ),
        },
        otherwise=lambda: Cause("mu-off", _MU_OFF),
    )
    shapes = shape_of(got_user), shape_of(got_item)
    exchanged = {"biases-exchanged": shapes == ((n_items,), (n_users,))}
    seen = train["user"].nunique(), train["item"].nunique()
    short = {"unseen-have-no-bias": shapes == ((seen[0],), (seen[1],))}
    got_item = array(got_item, (n_items,), _part("b_item", n_items), exchanged | short)
    got_user = array(got_user, (n_users,), _part("b_user", n_users), exchanged | short)
    mistakes = partial(bias_mistakes, got_user, got_item, train, regs)
    close(
        got_item,
        b_item,
        _("b_item is the sum of r - mu over reg_item + n_i"),
        mistakes,
        otherwise=lambda: Cause("first-estimate-off", _FIRST_OFF),
    )
    close(
        got_user,
        b_user,
        _("b_user is the sum of r - mu - b_i over reg_user + n_u"),
        mistakes,
        otherwise=lambda: Cause("second-estimate-off", _SECOND_OFF),
    )


_MU_OFF = _(
    "mu is neither the mean of all training ratings nor a mean of means: a number of your own, or "
    "the mean of other rows. Which line makes it, and from which column?"
)
_FIRST_OFF = _(
    "The first of the two estimates, b_item, is off already: another sum stands above, or another "
    "number below. Compute it by hand for the item with the fewest ratings: where do you part?"
)
_SECOND_OFF = _(
    "The items' biases are right and the users' are not: something else than r - mu - b_i is "
    "summed, or divided by another number. Which b_i goes with which row of train?"
)


def _part(name: str, n: int) -> str:
    return _("`{name}` has one entry an id, shape ({n},)").format(name=name, n=n)


def bias_mistakes(b_user, b_item, train, regs) -> dict[str, bool]:
    """Return the known mistakes that explain these biases."""
    sizes = len(b_user), len(b_item)
    reg_user, reg_item = regs.get("reg_user", 5.0), regs.get("reg_item", 5.0)
    mu, right_user, right_item = biases_of(train, *sizes, **regs)
    ratings, users = train["rating"].to_numpy(), train["user"].to_numpy()

    def found(answer) -> bool:
        seen_user, seen_item = np.unique(users), np.unique(train["item"])
        return alike(b_user[seen_user], answer[1][seen_user]) and alike(
            b_item[seen_item], answer[2][seen_item]
        )

    items = train["item"].to_numpy()
    rest = ratings - mu
    missing = bool(np.isnan(b_user).any() or np.isnan(b_item).any())
    means = damped(ratings, items, sizes[1], 0)
    shown = {
        "no-ratings-divided-by-none": missing and reg_user == reg_item == 0,
        "unseen-have-no-bias": missing,
        "biases-undamped": found(biases_of(train, *sizes, reg_user=0, reg_item=0)),
        "users-before-items": found(biases_of(train, *sizes, **regs, first="user")),
        "regs-exchanged": reg_user != reg_item
        and found(biases_of(train, *sizes, reg_user=reg_item, reg_item=reg_user)),
        "one-damping-for-both": reg_user != reg_item
        and any(
            found(biases_of(train, *sizes, reg_user=reg, reg_item=reg))
            for reg in (reg_user, reg_item)
        ),
        "item-bias-not-subtracted": alike(b_item, right_item)
        and alike(b_user, damped(ratings - mu, users, sizes[0], reg_user)),
        "item-bias-added": alike(b_item, right_item)
        and alike(b_user, damped(rest + right_item[items], users, sizes[0], reg_user)),
        "rest-of-undamped-means": alike(b_item, right_item)
        and any(
            alike(b_user, damped(ratings - means[items], users, sizes[0], reg))
            for reg in (reg_user, 0)
        ),
        "estimates-repeated": not alike(b_item, right_item)
        and any(
            found((mu, *_repeated(rest, users, items, (right_user, right_item), regs, n)))
            for n in range(1, MAX_REPEATS)
        ),
        "bias-ids-in-a-small-type": any(
            found(biases_of(in_type(train, kind), *sizes, **regs))
            for kind in SMALL_TYPES[1::2]
            if train[["user", "item"]].max().max() > np.iinfo(kind).max
        ),
        "biases-clipped": _are_clipped(b_item, right_item)
        or (alike(b_item, right_item) and _are_clipped(b_user, right_user)),
    }
    if not alike(b_item, right_item):
        shown |= _mistakes_of_items(b_item, ratings, items, reg_item)
    if not any(shown.values()):
        left = rest - b_item[items]
        shown["damped-by-another-number"] = (
            _damping(b_item, rest, items) is not None and _damping(b_user, left, users) is not None
        )
    return shown


def _are_clipped(biases, right) -> bool:
    """Return whether biases are the right ones, cut off at the same distance on both sides."""
    limit = np.abs(biases).max()
    cut = alike(biases, np.clip(right, -limit, limit)) and not alike(biases, right)
    return cut and any(np.isclose(limit, size) for size in (0.5, 1, 1.5, 2))


def _mistakes_of_items(b_item, ratings, items, reg) -> dict[str, bool]:
    """Return the known mistakes that explain the items' biases, the first of the two estimates."""
    n_items, mu = len(b_item), ratings.mean()
    rest = ratings - mu
    sums, counts = (np.bincount(items, part, n_items) for part in (rest, np.ones(len(rest))))
    means, weights = sums / np.maximum(counts, 1), np.maximum(reg + counts, 1e-9)
    last = np.zeros(n_items)
    last[items] = rest
    of_stars = damped(ratings, items, n_items, reg)
    outside = [counts + sums / (reg or 1), means + reg]
    thresholds = [np.where(enough, means, 0) for enough in (counts >= reg, counts > reg)]
    return {
        "mu-not-subtracted": alike(b_item, of_stars),
        "mu-subtracted-after-damping": alike(b_item[items], of_stars[items] - mu),
        "count-outside-the-fraction": any(alike(b_item, wrong) for wrong in outside),
        "damping-as-threshold": reg > 0 and any(alike(b_item, wrong) for wrong in thresholds),
        "divided-twice": alike(b_item, means / weights),
        "last-rating-for-sum": alike(b_item, last / weights),
        "counts-of-other-ids": _counts_are_shuffled(b_item, sums, counts, reg),
    }


def _repeated(rest, users, items, biases, regs, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the biases of users and items after n more rounds of alternating estimates."""
    b_user, b_item = biases
    reg_user, reg_item = regs.get("reg_user", 5.0), regs.get("reg_item", 5.0)
    for _round in range(n):
        b_item = damped(rest - b_user[users], items, len(b_item), reg_item)
        b_user = damped(rest - b_item[items], users, len(b_user), reg_user)
    return b_user, b_item


def _counts_are_shuffled(biases, sums, counts, reg) -> bool:
    """Return whether each sum was divided by the count of another id."""
    known = (counts > 0) & (np.abs(sums) > 0.1)
    if not known.all() or not np.all(biases):
        return False
    taken = sums / biases - reg
    return not alike(taken, counts) and alike(np.sort(taken), np.sort(counts), atol=1e-4)


def _damping(biases, values, ids) -> float | None:
    """Return the reg that explains biases as damped means of `values`; None if no reg does."""
    sums, counts = (np.bincount(ids, part, len(biases)) for part in (values, np.ones(len(ids))))
    known = np.abs(sums) > 0.1
    if not known.any() or not np.all(biases[known]):
        return None
    found = float(np.median(sums[known] / biases[known] - counts[known]))
    return found if alike(biases, damped(values, ids, len(biases), found), atol=1e-4) else None


@checks("bias_baseline", share=2)
def test_biases_are_damped_means(submission, rng):
    """b_i = sum (r - mu) / (reg_item + n_i), then b_u = sum (r - mu - b_i) / (reg_user + n_u)."""
    for n_users, n_items, reg_user, reg_item in (7, 5, 2.5, 6.0), (4, 8, 9, 0.5), (5, 6, 0, 3):
        train = draw_train(rng, range(n_users), range(n_items))
        regs = {"reg_user": reg_user, "reg_item": reg_item}
        answer = submission.bias_baseline(train, n_users, n_items, **regs)
        require_biases(answer, train, n_users, n_items, **regs)
    for largest in 0, 65_536:
        train, regs = draw_many(rng, largest=largest), {"reg_user": 0.5, "reg_item": 0.25}
        sizes = [train[key].max() + 1 + more for key, more in (("user", 0), ("item", 3))]
        n_users, n_items = map(int, sizes)
        answer = submission.bias_baseline(train, n_users, n_items, **regs)
        require_biases(answer, train, n_users, n_items, **regs)


@checks("bias_baseline", share=1)
def test_ids_without_ratings_have_no_bias(submission, rng):
    """Every id below n_users and n_items has an entry; without a training rating it is 0."""
    train = draw_train(rng, [1, 2, 5, 6], [0, 3, 4])
    for n_users, n_items, reg_user, reg_item in (9, 6, 4.0, 1.5), (7, 12, 0.0, 0.0):
        regs = {"reg_user": reg_user, "reg_item": reg_item}
        answer = submission.bias_baseline(train=train, n_users=n_users, n_items=n_items, **regs)
        require_biases(answer, train, n_users, n_items, **regs)


@checks("bias_baseline", share=1)
def test_damping_defaults_to_5(submission, rng):
    """By default reg_user and reg_item are 5; train is not changed."""
    train = draw_train(rng, range(8), range(6))
    kept = submission.keep(train)
    require_biases(submission.bias_baseline(kept, 8, 6), train, 8, 6)
    require_unchanged(submission, kept, train, {"train-changed": True})
    require_biases(submission.bias_baseline(train, 8, 6, reg_item=2.0), train, 8, 6, reg_item=2.0)
    require_biases(submission.bias_baseline(train, 8, 6, 3.0), train, 8, 6, reg_user=3.0)


# The model

SIZES = {"n_users": 6, "n_items": 9, "n_factors": 4}
SQUARE_SIZES = {"n_users": 7, "n_items": 7, "n_factors": 3}
MANY_IDS = {"n_users": 300, "n_items": 40_000, "n_factors": 2}  # beyond one byte, and two
OUT_OF_BOUNDS = ("out of bounds", "indices[", "not in [0")


def build(submission, sizes, mu, **penalty):
    """Return a model of the learner's, built and called once."""
    with crash_means(biased_ids_exchanged=OUT_OF_BOUNDS):
        answer = submission.build_biased_mf(**sizes, mu=mu, **penalty)
        model = keras_model(submission, answer, (*FACTORS, *BIASES))
    require_single_ids(model, (sizes["n_users"], sizes["n_items"]))
    return model


def scores_of_pairs(model, users, items, n_factors) -> np.ndarray:
    """Return the model's scores as (m,); reject any shape but (m, 1) and (m,)."""
    with crash_means(biased_ids_exchanged=OUT_OF_BOUNDS):
        answer = score_pairs(model, users, items)
    m, shape = len(users), shape_of(answer)
    require(
        shape in {(m, 1), (m,)},
        _("an output of shape {shape} for {m} pairs").format(shape=shape, m=m),
        _("a batch of b pairs gives b scores, in an output of shape (b, 1)"),
        {
            "sum-not-flattened": shape == (m, 1, 1),
            "bias-as-wide-as-factors": shape in {(m, n_factors), (m, 1, n_factors)},
            "sum-over-all-pairs": shape in {(m, m), (m, m, 1), (m, 1, m)},
            "terms-not-added": shape in {(m, 2), (m, 3), (m, 1, 3)},
        },
        shape_cause(answer, (m, 1)),
    )
    return array(answer).reshape(-1)


@checks("build_biased_mf", share=4)
def test_scores_are_mu_plus_biases_plus_dot_products(submission, rng):
    """With planted tables, the score of (u, i) is exactly mu + b_i + b_u + q_i · p_u."""
    for sizes, mu, penalty in (
        (SIZES, 3.4, {}),
        (SQUARE_SIZES, -1.7, {"l2": 0.02}),
        (MANY_IDS, 0.0, {}),
    ):
        model = build(submission, sizes, mu, **penalty)
        start = [bias_table(model, name, sizes) for name in BIASES]
        p, q = plant_factors(model, sizes, rng, scale=4 if sizes is MANY_IDS else 1)
        user_bias, item_bias = plant_biases(model, sizes, rng)
        users, items = draw_pairs(rng, sizes["n_users"], min(sizes["n_items"], 500))
        items[1::2] += sizes["n_items"] - items.max() - 1
        scores = scores_of_pairs(model, users, items, sizes["n_factors"])
        dots = np.sum(p[users] * q[items], axis=1)
        planted = mu, (users, items), (p, q, user_bias, item_bias), start
        close(
            scores,
            mu + user_bias[users] + item_bias[items] + dots,
            mistakes=partial(mistakes_of_scores, scores, *planted),
            otherwise=partial(_term_at_fault, model, sizes, mu, (users, items), rng),
        )
        training = array(score_pairs(model, users, items, training=True)).reshape(-1)
        close(
            training,
            scores,
            _("while training the score is the same sum as otherwise"),
            {"biased-score-disturbed": True},
        )


def mistakes_of_scores(scores, mu, pair, tables, start) -> dict[str, bool]:
    """Return the known mistakes that explain the scores of planted tables.

    Args:
        scores: The model's scores, shape (m,).
        mu: The mean that the model was built with.
        pair: The ids of the users and of the items, each of shape (m,).
        tables: The factors and the biases: p, q, b_u, b_i.
        start: The biases before they were planted.
    """
    (users, items), (p, q, user_bias, item_bias) = pair, tables
    dots = np.sum(p[users] * q[items], axis=1)
    b_u, b_i = user_bias[users], item_bias[items]
    want = mu + b_u + b_i + dots
    without_mu = mu != 0 and alike(scores, want - mu)
    mu_in_biases = alike(sum(np.mean(part) for part in start), mu, rtol=0.05)
    lengths = np.linalg.norm(p[users], axis=1), np.linalg.norm(q[items], axis=1)
    return {
        "mu-zero-replaced": mu == 0 and bool(np.ptp(scores - want) < 1e-4),
        "mu-stored-in-biases": without_mu and mu_in_biases,
        "mu-left-out": without_mu and not mu_in_biases,
        "bias-left-out": any(alike(scores, want - part) for part in (b_u, b_i, b_u + b_i)),
        "biased-ids-exchanged": len(user_bias) == len(item_bias)
        and alike(scores, mu + user_bias[items] + item_bias[users] + dots),
        "score-forced-into-range": forced(scores, want),
        "factors-left-out": alike(scores, want - dots),
        "biased-dot-normalised": alike(scores, want - dots + dots / lengths[0] / lengths[1]),
        "biases-inside-the-dot": alike(
            scores, mu + np.sum((p[users] + b_u[:, None]) * (q[items] + b_i[:, None]), 1)
        ),
        "bias-of-the-other-id": any(
            alike(scores, want + change)
            for change in (
                item_bias[np.minimum(users, len(item_bias) - 1)] - b_i,
                user_bias[np.minimum(items, len(user_bias) - 1)] - b_u,
            )
        ),
        "biases-multiplied": alike(scores, mu + b_u * b_i + dots)
        or alike(scores, mu + b_u * b_i * dots),
        "mu-cut-to-whole": any(
            alike(scores, want - mu + cut(mu)) for cut in (np.trunc, np.floor, np.round)
        ),
        "biased-ids-cut": users.max() > 255 and _ids_are_cut(scores, mu, pair, tables),
        "score-cut-off": _cut_off(scores, want),
        "mu-replaced": _shifted(scores, want) and not without_mu,
        "sum-reweighted": not _shifted(scores, want) and _reweighted(scores, [dots, b_u, b_i]),
    }


def _ids_are_cut(scores, mu, pair, tables) -> bool:
    """Return whether ids were read in a type too small for them, or cut off at a number."""
    p, q, user_bias, item_bias = tables
    cuts = [lambda ids, n=n: ids % n for n in (256, 2**16)]
    cuts += [lambda ids, n=n: np.minimum(ids, n) for n in (99, 127, 255, 999, 9_999)]
    cuts += [lambda ids, kind=kind: ids.astype(kind).astype(int) for kind in ("int8", "int16")]
    for cut in cuts:
        users, items = map(cut, pair)
        sums = mu + user_bias[users] + item_bias[items] + np.sum(p[users] * q[items], axis=1)
        whole = (users >= 0) & (items >= 0)
        if alike(scores[whole], sums[whole]) and not alike(sums, scores - scores):
            return True
    return False


def _cut_off(scores, want) -> bool:
    """Return whether scores are the right ones, cut off at the same distance on both sides."""
    limit = float(np.abs(scores).max())
    cut = alike(scores, np.clip(want, -limit, limit)) and not alike(scores, want)
    return cut and np.isclose(np.abs(scores), limit).sum() > 1


def _term_at_fault(model, sizes, mu, pair, rng) -> Cause:
    """Return the term of Koren (4) that the model computes wrongly, as a cause."""
    users, items = pair
    tables = {name: (sizes[size], sizes["n_factors"]) for name, size in FACTORS.items()}
    tables |= {name: (sizes[size], 1) for name, size in BIASES.items()}

    def formula(rows):
        dots = np.sum(rows["user_embedding"][users] * rows["item_embedding"][items], axis=1)
        return mu + rows["user_bias"][users, 0] + rows["item_bias"][items, 0] + dots

    def ask():
        return scores_of_pairs(model, users, items, sizes["n_factors"])

    terms = [("user_bias",), ("item_bias",), ("user_embedding", "item_embedding")]
    return term_at_fault(model, tables, ask, formula, terms, rng)


def _shifted(scores, want) -> bool:
    return alike(scores - np.mean(scores - want), want)


def _reweighted(scores, terms) -> bool:
    """Return whether scores are a weighted sum of all terms, plus a constant."""
    weights = weights_in(scores, np.column_stack([*terms, np.ones(len(scores))]), atol=1e-5)
    if weights is None or np.abs(weights[:-1]).min() <= 1e-3:
        return False
    return not np.isclose(weights[:-1], 1, rtol=1e-3).any()


def forced(scores, want) -> bool:
    """Return whether scores were clipped to a scale, or sent through a sigmoid."""
    sigmoid = 1 / (1 + np.exp(-want))
    ranges = (0.5, 5), (1, 5), (0, 5), (0, 1)
    return any(
        alike(scores, np.clip(want, low, high)) or alike(scores, low + (high - low) * sigmoid)
        for low, high in ranges
    ) or alike(scores, np.maximum(want, 0))


@checks("build_biased_mf", share=1)
def test_empty_tables_predict_mu(submission, rng):
    """With every table at zero, each prediction is mu, whatever mu is."""
    for mu in rng.uniform(2, 4), -rng.uniform(2, 4):
        model = build(submission, SIZES, float(mu))
        zero_tables(model, SIZES)
        users, items = draw_pairs(rng, SIZES["n_users"], SIZES["n_items"], n_pairs=3)
        scores = scores_of_pairs(model, users, items, SIZES["n_factors"])
        nothing = alike(scores, np.zeros(len(users)))
        close(scores, np.full(len(users), mu), mistakes={"mu-left-out": nothing})


def require_penalty(submission, model, sizes, l2, rng) -> None:
    """Reject a model whose loss does not contain l2 times the squares of each factor table."""
    shapes = [(sizes[size], sizes["n_factors"]) for size in FACTORS.values()]
    tables = [rng.normal(scale=3, size=shape) for shape in shapes]
    want = [l2 * np.sum(rows**2) for rows in tables]
    found = []
    for added in factor_penalties(model, sizes, tables, FEW_USERS, FEW_ITEMS):
        if same_penalty(added, want):
            return
        found.append(added)
    must = _(
        "l2 times the sum of squares of each table is in the loss: here {user:.4g} and {item:.4g}"
    ).format(user=want[0], item=want[1])
    got = _("planted user factors raise the loss by {user:.4g}, item factors by {item:.4g}").format(
        user=found[0][0], item=found[0][1]
    )
    cause = Cause("penalty-of-another-size", _PENALTY)
    mistakes = penalty_mistakes(np.array(found[0]), tables, l2)
    if mistakes["penalty-left-out"]:
        with submission.unrecorded():
            of_biases = penalty_of_biases(model, sizes, FEW_USERS, FEW_ITEMS, rng)
        mistakes = {"penalty-on-biases-alone": of_biases > 1e-6} | mistakes
    fail(got, must, mistakes, cause)


_PENALTY = _(
    "A penalty is there, and it is not l2 times the sum of squares of each whole table: counted "
    "twice, averaged, of other rows, or with a number of its own. Where does l2 go in?"
)


def same_penalty(added, want) -> bool:
    return alike(added, want, rtol=2e-3, atol=1e-5)


DEFAULT_L2 = 1e-4

# Pairs that leave out rows of both tables and name one row twice.
FEW_USERS, FEW_ITEMS = np.array([0, 0, 3]), np.array([4, 2, 1])


def penalty_mistakes(added, tables, l2) -> dict[str, bool]:
    """Return the known mistakes behind the terms that both factor tables add to the loss."""
    squares = np.array([np.sum(rows**2) for rows in tables])
    of_batch = np.array(
        [np.sum(rows[ids] ** 2) for rows, ids in zip(tables, (FEW_USERS, FEW_ITEMS), strict=True)]
    )
    n_values = np.array([rows.size for rows in tables])
    want = l2 * squares
    weights = added / squares
    weight = weights[0] if alike(weights[0], weights[1], rtol=2e-3) else None
    return {
        "penalty-left-out": same_penalty(added, 0 * want) and l2 > 0,
        "penalty-on-one-table": any(same_penalty(added, want * side) for side in ([1, 0], [0, 1])),
        "penalty-on-lookups": l2 > 0
        and any(same_penalty(added, l2 * of_batch / n) for n in (1, len(FEW_USERS))),
        "penalty-doubled": l2 > 0 and alike(weight, 2 * l2, rtol=2e-3),
        "penalty-halved": l2 > 0 and alike(weight, l2 / 2, rtol=2e-3),
        "koren-lambda-for-l2": l2 == DEFAULT_L2 and weight is not None and 2e-3 < weight < 1,
        "l2-of-zero-replaced": l2 == 0 and alike(weight, DEFAULT_L2, rtol=2e-3),
        "l2-not-passed-on": l2 not in (0, DEFAULT_L2)
        and any(alike(weight, fixed, rtol=2e-3) for fixed in (1e-4, 1e-2)),
        "penalty-averaged": same_penalty(added, want / n_values),
        "penalty-not-squared": any(
            same_penalty(added, [l2 * norm(rows) for rows in tables])
            for norm in (np.linalg.norm, lambda rows: np.abs(rows).sum())
        ),
    }


@checks("build_biased_mf", share=3)
def test_penalty_is_l2_times_the_squares_of_both_tables(submission, rng):
    """The loss contains l2 times the sum of squares of each factor table, for any l2."""
    for sizes, l2 in (SIZES, rng.uniform(0.02, 0.08)), (SQUARE_SIZES, rng.uniform(0.2, 0.8)):
        model = build(submission, sizes, 3.5, l2=float(l2))
        require_penalty(submission, model, sizes, l2, rng)


@checks("build_biased_mf", share=1)
def test_penalty_defaults_to_a_ten_thousandth(submission, rng):
    """Without a word about l2 it is 1e-4; with l2 = 0 there is no penalty."""
    model = build(submission, SIZES, 3.0)
    require_penalty(submission, model, SIZES, DEFAULT_L2, rng)
    model = build(submission, SIZES, 3.0, l2=0.0)
    require_penalty(submission, model, SIZES, 0.0, rng)


@checks("build_biased_mf", share=1)
def test_factors_start_at_random_and_all_tables_learn(submission, rng):
    """Both factor tables start at random; both factor tables and both biases are trainable."""
    model = build(submission, SIZES, 3.0)
    for name, size in FACTORS.items():
        start = table(model, name, SIZES[size], SIZES["n_factors"])
        require(
            np.ptp(start, axis=0).min() > 0 and np.ptp(start, axis=1).min() > 0,
            _("`{name}` starts with equal rows or equal columns").format(name=name),
            mistakes={"factors-start-at-zero": not start.any()},
            cause=Cause("factors-start-equal", _START_EQUAL),
        )
    for name in BIASES:
        bias_table(model, name, SIZES)
    for name in (*FACTORS, *BIASES):
        require(
            len(layer(model, name).trainable_variables) > 0,
            _("`{name}` has no trainable weights").format(name=name),
            mistakes={"biases-frozen": name in BIASES},
            cause=Cause("table-not-trainable", _FROZEN),
        )
    pairs = draw_pairs(rng, SIZES["n_users"], SIZES["n_items"])
    require_learns(submission, model, [column(ids) for ids in pairs])


_START_EQUAL = _(
    "Rows or columns of the table start equal, get equal gradients and stay alike. "
    "Which initialiser draws a number of its own for every entry?"
)
_FROZEN = _(
    "The table cannot learn: `trainable` is off, or numbers were put in as constants. "
    "What does `trainable_variables` list?"
)


# One table of errors

# Root mean squared errors of warm and cold rows. With one cold row in four, the errors of all rows
# rank the models item, user, biased. Neither column, nor the dict, nor the alphabet has this order.
ERRORS = {"user": (0.9, 0.3), "biased": (0.4, 2.0), "item": (0.6, 1.0)}
COLUMNS = ["rmse", "rmse_warm", "rmse_cold"]


def draw_predictions(rng, names=ERRORS, n_warm=30, n_cold=10):
    """Return (predictions, y, cold) of some models, with errors of about `ERRORS`."""
    cold = rng.permutation(np.repeat([False, True], [n_warm, n_cold]))
    y = rng.choice([0.5, 3.0, 5.0], size=len(cold))
    predictions = {}
    for name in names:
        warm_error, cold_error = ERRORS[name]
        signs = rng.choice([-1, 1], size=len(y)) * rng.uniform(0.9, 1.1, size=len(y))
        predictions[name] = y + signs * np.where(cold, cold_error, warm_error)
    return predictions, y, cold


def root_mean_square(errors) -> float:
    return np.sqrt(np.mean(errors**2))


def errors_of(predictions, y, cold, measure=root_mean_square) -> pd.DataFrame:
    """Return the answer that `compare` must give, or a wrong answer by another `measure`."""
    parts = slice(None), ~cold, cold
    errors = {
        name: [measure(values[part] - y[part]) for part in parts]
        for name, values in predictions.items()
    }
    return pd.DataFrame.from_dict(errors, orient="index", columns=COLUMNS)


def mean_absolute(errors) -> float:
    return np.mean(np.abs(errors))


def names_of(answer, predictions) -> list[str]:
    """Return the models in the order of the answer's rows; reject other indexes and columns."""
    if isinstance(answer, pd.DataFrame) and set(answer.columns) == set(predictions):
        must = _("the models are rows, and the columns are rmse, rmse_warm and rmse_cold")
        fail(answer, must, {"models-in-columns": True})
    answer = frame(answer, COLUMNS)
    names = list(map(str, answer.index))
    numbered = names == [str(k) for k in range(len(names))]
    missing = [name for name in predictions if name not in names]
    known = [predictions[name] for name in names if name in predictions]
    tied = [any(alike(predictions[name], other) for other in known) for name in missing]
    require(
        sorted(names) == sorted(predictions),
        _("a frame with index {names}").format(names=names),
        _("the index holds the names of the models"),
        {
            "tied-models-lost": bool(tied) and all(tied),
            "table-cut-short": len(missing) > 0
            and len(names) >= 3
            and set(names) < set(predictions)
            and not any(tied),
            "names-not-in-index": numbered or set(map(str, answer.columns)) > set(COLUMNS),
        },
        of_members(set(names), set(predictions)),
    )
    return names


RANGES = (0.5, 5), (1, 5), (0, 5)


def _made_of(got, predictions, y, cold, changes) -> bool:
    """Return whether numbers are the errors of predictions that one of some functions changed."""
    errors = (
        errors_of({name: change(values) for name, values in predictions.items()}, y, cold)
        for change in changes
    )
    return any(alike(np.sort(got, axis=0), np.sort(table, axis=0)) for table in errors)


def _first(n, predictions, y, cold):
    return {name: values[:n] for name, values in predictions.items()}, y[:n], cold[:n]


def require_errors(answer, predictions, y, cold) -> None:
    """Reject a comparison whose numbers are not the errors of all, warm and cold rows."""
    names = names_of(answer, predictions)
    got = array(answer[COLUMNS], (len(names), 3))
    want = errors_of(predictions, y, cold).loc[names].to_numpy()
    mistakes = partial(mistakes_of_errors, got, names, want, predictions, y, cold)
    for name, row, wanted in zip(names, got, want, strict=True):
        close(
            row,
            wanted,
            _("the RMSE of all, warm and cold rows of `{name}`").format(name=name),
            mistakes,
            otherwise=partial(_cause_of_errors, row, wanted),
        )


def mistakes_of_errors(got, names, want, predictions, y, cold) -> dict[str, bool]:
    """Return the known mistakes that explain a table of errors.

    Args:
        got: The answer's errors, shape (n_models, 3).
        names: The models in the order of the answer's rows.
        want: The right errors in the same order.
        predictions: The predictions of each model by name.
        y: The ratings.
        cold: Whether each row is cold.
    """
    absolute = errors_of(predictions, y, cold, mean_absolute).loc[names].to_numpy()
    biased = errors_of(predictions, y, cold, np.mean).loc[names].to_numpy()
    return {
        "mse-compared": alike(got, want**2),
        "absolute-errors-compared": alike(got, absolute),
        "warm-and-cold-exchanged": alike(got, want[:, [0, 2, 1]]),
        "mask-made-of-integers": any(
            alike(got[:, column], [root_mean_square((predictions[n] - y)[rows]) for n in names])
            for column, rows in ((1, 1 - cold), (2, 1 * cold))
        ),
        "compared-after-clipping": _made_of(
            got, predictions, y, cold, [partial(np.clip, a_min=a, a_max=b) for a, b in RANGES]
        ),
        "compared-after-rounding": _made_of(
            got, predictions, y, cold, [np.round, lambda values: np.round(values * 2) / 2]
        ),
        "errors-of-first-rows": any(
            alike(got, errors_of(*_first(n, predictions, y, cold)).loc[names].to_numpy())
            for n in CAPS
            if n < len(y)
        ),
        "parts-averaged": alike(got[:, 0], want[:, 1:].mean(axis=1)),
        "other-rows-as-zero": alike(got, want * np.sqrt([1, 1 - cold.mean(), cold.mean()])),
        "mean-error-squared": alike(got, np.abs(biased)),
        "errors-beside-other-names": alike(np.sort(got, axis=0), np.sort(want, axis=0)),
    }


def _cause_of_errors(row: np.ndarray, wanted: np.ndarray) -> Cause:
    """Tell whether the error of all rows is right, so that only warm or cold rows are wrong."""
    return _PARTS_OFF if alike(row[0], wanted[0]) else _ALL_OFF


_PARTS_OFF = Cause(
    "warm-or-cold-off",
    _(
        "All rows together are right, warm or cold ones are not: other rows are picked, or their "
        "squares are divided by another number. How many rows are cold, and how many do you take?"
    ),
)
_ALL_OFF = Cause(
    "rmse-of-all-off",
    _(
        "Already the error over all rows is no RMSE: a step is missing or in another place. "
        "For two errors of 3 and 4, what does each line of yours give?"
    ),
)


@checks("compare", share=2)
def test_errors_of_all_warm_and_cold_rows(submission, rng):
    """Each model has its RMSE over all rows, over the warm ones and over the cold ones."""
    for names, n_warm, n_cold in (
        (["user", "item"], 30, 10),
        (["item", "biased"], 6, 14),
        (["user", "item"], 9, 1),
    ):
        data = draw_predictions(rng, names, n_warm, n_cold)
        require_errors(submission.compare(*data), *data)
    data = draw_predictions(rng, ["user", "item"], 1_300, 1_001)
    require_errors(submission.compare(*data), *data)


@checks("compare", share=1)
def test_best_model_comes_first(submission, rng):
    """Rows are sorted by `rmse`, the smallest first."""
    data = draw_predictions(rng)
    answer = submission.compare(*data)
    require_errors(answer, *data)
    names, given = names_of(answer, data[0]), list(data[0])
    best_first = list(errors_of(*data)["rmse"].sort_values().index)
    require(
        names == best_first,
        _("the rows {names}").format(names=", ".join(names)),
        _("smallest `rmse` first: {names}").format(names=", ".join(best_first)),
        {
            "worst-model-first": names == best_first[::-1],
            "rows-not-sorted": names in (given, sorted(given)),
            "sorted-by-a-part": any(
                names == list(errors_of(*data)[column].sort_values().index)
                for column in ("rmse_warm", "rmse_cold")
            ),
        },
        Cause("rows-in-another-order", _ORDER),
    )
    predictions, y, cold = draw_predictions(rng)
    predictions["twin"] = predictions[given[0]].copy()
    require_errors(submission.compare(predictions, y, cold), predictions, y, cold)
    many = draw_models(rng, y, cold)
    answer = submission.compare(many, y, cold)
    require_errors(answer, many, y, cold)
    require_close_order(names_of(answer, many), errors_of(many, y, cold)["rmse"])


def draw_models(rng, y, cold) -> dict[str, np.ndarray]:
    """Return 23 models in no order; two differ in the fourth digit, and some errors exceed 10."""
    signs = rng.choice([-1, 1], size=len(y))
    sizes = [0.84, 0.8403, 0.8397, *rng.uniform(1, 30, size=20)]
    order = rng.permutation(len(sizes))
    return {f"model {k}": y + signs * sizes[k] * np.where(cold, 1.1, 1) for k in order}


def require_close_order(names, errors) -> None:
    """Reject an order of models, none of them tied, that is not that of their errors."""
    got = errors.loc[names].to_numpy()
    place = int(np.argmax(np.append(np.diff(got) < 0, True)))
    shown = ", ".join(f"{error:.5g}" for error in got[place : place + 2])
    text = [str(error) for error in got]
    require(
        (np.diff(got) > 0).all(),
        _("the errors {errors} one below the other").format(errors=shown),
        _("smallest `rmse` first, however close two models are"),
        {
            "sorted-as-text": text == sorted(text),
            "sorted-after-rounding": any((np.diff(got.round(k)) >= 0).all() for k in (1, 2, 3)),
        },
        Cause("rows-in-another-order", _ORDER),
    )


_ORDER = _(
    "The rows are in an order that no column has: sorted before the numbers were there, or put "
    "together anew afterwards. Which line is the last to decide the order?"
)


@checks("compare", share=1)
def test_predictions_stay_as_they_are(submission, rng):
    """The arguments are not changed; one model alone can be judged, too."""
    predictions, y, cold = draw_predictions(rng, ["biased"])
    kept, kept_y, kept_cold = map(submission.keep, (predictions, y, cold))
    answer = submission.compare(predictions=kept, y=kept_y, cold=kept_cold)
    require_errors(answer, predictions, y, cold)
    require_unchanged(submission, kept_y, y)
    require_unchanged(submission, kept_cold, cold)
    now = submission.read(kept)
    require(
        list(now) == ["biased"] and np.array_equal(now["biased"], predictions["biased"]),
        _("the call left `predictions` changed"),
        _("a function leaves its arguments as they were"),
        cause=argument_changed(),
    )
