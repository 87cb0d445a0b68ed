"""Checks of `13_confidence`: confidence from counts, the weighted sum of Koren (8), a fit with it.

Checks observe a fit through the weights that it leaves in a model of the kit's own, whose score is
a number of the user plus a number of the item.
"""

from dataclasses import dataclass

import numpy as np

from autograder.checking import value_causes
from autograder.checking.asserts import alike, array, checks, close, fail, number, require
from autograder.checking.proxies import Proxy
from autograder.checking.value_causes import Cause
from autograder.checks.support.ratings import require_unchanged
from autograder.util.i18n import _

N_USERS, N_ITEMS = 10, 6
MANY_USERS = 400
"""The number of users in a task of thousands of rows."""


# Confidence


def require_confidence(answer, counts, alpha) -> None:
    """Reject an answer of `confidence` that is not 1 + alpha counts."""
    right = 1 + alpha * counts
    mistakes = {
        "unseen-without-weight": alike(answer, alpha * counts),
        "confidence-in-logs": alike(answer, 1 + alpha * np.log1p(counts)),
        "counts-as-yes-or-no": alike(answer, 1 + alpha * (counts > 0)),
        "alpha-on-everything": alike(answer, alpha * (1 + counts)),
        "alpha-left-out": alpha != 1 and alike(answer, 1 + counts),
        "counts-made-shares": any(
            alike(answer, 1 + alpha * counts / total) for total in (np.max(counts), np.sum(counts))
        ),
        "counts-cut-off": any(
            alike(answer, 1 + alpha * np.minimum(counts, most))
            for most in (5, 10, 50, 100, 127, 255, 1000, np.percentile(counts, 99))
        ),
        "confidence-cut-to-whole": alike(answer, np.floor(right)),
        "confidence-made-shares": alike(answer, right / np.mean(right))
        or alike(answer, right / np.sum(right))
        or alike(answer, right / np.max(right)),
    }
    shown = {name: shown for name, shown in mistakes.items() if shown and not alike(answer, right)}
    close(array(answer, np.shape(counts), mistakes=shown), right, mistakes=shown)


def draw_counts(rng, shape, n_unseen: int) -> np.ndarray:
    """Return counts from 0 to 40, in no order, the given number of them 0."""
    counts = rng.integers(1, 41, size=shape)
    counts.flat[rng.choice(counts.size, size=n_unseen, replace=False)] = 0
    return counts


@checks("confidence", share=3)
def test_confidence_grows_with_the_count(submission, rng):
    """The confidence of a count is 1 + alpha times the count, also where the count is 0."""
    for m, alpha in (12, 0.37), (7, 2.0), (9, float(rng.uniform(10, 40))), (5, 0.0):
        counts = draw_counts(rng, m, n_unseen=2)
        require_confidence(submission.confidence(counts, alpha), counts, alpha)


@checks("confidence", share=1)
def test_counts_may_have_any_shape_and_stay_as_they_are(submission, rng):
    """The answer has the shape of `counts`, and counts, whole or not, are left as they were."""
    for counts in (
        draw_counts(rng, 8, n_unseen=3) / 4,
        draw_counts(rng, (3, 5), n_unseen=4),
        draw_counts(rng, 6, n_unseen=1).astype("float32"),
        draw_counts(rng, 1, n_unseen=0),
        draw_counts(rng, (2, 3, 4), n_unseen=5) * 1_000,
        draw_counts(rng, 300, n_unseen=100) * 7,
    ):
        alpha = float(rng.uniform(0.2, 3))
        kept = submission.keep(counts)
        require_confidence(submission.confidence(counts=kept, alpha=alpha), counts, alpha)
        require_unchanged(submission, kept, counts, {"counts-changed": True})


# The loss


def require_loss(answer, y_true, y_pred, weights) -> None:
    """Reject an answer of `weighted_loss` that is not the sum of weighted squared errors."""
    errors = y_true - y_pred
    squares = errors**2
    right = np.sum(weights * squares)
    every_pair = np.subtract.outer(y_true, y_pred) ** 2
    mistakes = {
        "loss-of-every-pair": len(y_true) > 1
        and any(alike(answer, np.sum(weights * pairs)) for pairs in (every_pair, every_pair.T)),
        "loss-as-weighted-mean": alike(answer, right / np.sum(weights))
        or alike(answer, right / np.mean(weights)),
        "loss-as-mean": alike(answer, np.mean(weights * squares)),
        "loss-under-root": alike(answer, np.sqrt(right))
        or alike(answer, np.sqrt(np.mean(weights * squares)))
        or alike(answer, np.sqrt(right / np.sum(weights))),
        "confidence-squared": alike(answer, np.sum((weights * errors) ** 2)),
        "errors-not-squared": alike(answer, np.sum(weights * np.abs(errors)))
        or alike(answer, np.sum(weights * errors)),
        "confidence-outside-the-sum": alike(answer, np.sum(weights) * np.sum(squares))
        or alike(answer, np.mean(weights) * np.sum(squares)),
        "confidence-left-out": alike(answer, np.sum(squares)) or alike(answer, np.mean(squares)),
        "loss-not-summed": alike(answer, weights * squares),
        "loss-halved": alike(answer, right / 2),
        "loss-errors-limited": any(
            alike(answer, np.sum(weights * np.clip(errors, -most, most) ** 2))
            for most in (4, 4.5, 5)
        ),
        "loss-of-first-rows": any(
            alike(answer, np.sum((weights * squares)[:n]))
            for n in (10, 20, 50, 100, 128, 256, 512, 1000)
            if n < len(errors)
        ),
        "zeros-left-out": any(
            not known.all() and alike(answer, np.sum((weights * squares)[known]))
            for known in (y_true != 0, y_true > 0)
        ),
    }
    found = {name: shown for name, shown in mistakes.items() if shown and not alike(answer, right)}
    got = number(answer, _("the loss is one number"), mistakes=found)
    close(got, right, mistakes=found, otherwise=lambda: Cause("other-sum", _OTHER_SUM))


_OTHER_SUM = _(
    "A sum comes back, of something else than weight times squared error. Take two rows with "
    "errors 1 and 2 and weights 3 and 1: what does each line of yours give?"
)


def draw_rows(rng, m: int, dtype="float64"):
    """Return ratings, predictions and unequal positive weights not around 1: (m,) each."""
    y_true = rng.normal(3, 1, size=m)
    y_pred = y_true + rng.choice([-1, 1], size=m) * rng.uniform(0.4, 2, size=m)
    weights = rng.uniform(2, 9, size=m)
    return tuple(part.astype(dtype) for part in (y_true, y_pred, weights))


@checks("weighted_loss", share=2)
def test_loss_sums_weighted_squares(submission, rng):
    """The loss is the sum over rows of the weight times the squared error: one number."""
    for m, dtype in (
        (11, "float64"),
        (40, "float32"),
        (6, "float64"),
        (2, "float64"),
        (1_500, "float64"),
    ):
        rows = draw_rows(rng, m, dtype)
        require_loss(submission.weighted_loss(*rows), *(r.astype("float64") for r in rows))


@checks("weighted_loss", share=1)
def test_rows_of_weight_0_cost_nothing(submission, rng):
    """A row of weight 0 adds nothing, however wrong its prediction is; no argument is changed."""
    for m in 9, 15:
        y_true, y_pred, weights = draw_rows(rng, m)
        weights[rng.choice(m, size=m // 3, replace=False)] = 0
        y_pred[weights == 0] += 100
        rows = {"y_true": y_true, "y_pred": y_pred, "weights": weights}
        kept = {name: submission.keep(value) for name, value in rows.items()}
        require_loss(submission.weighted_loss(**kept), **rows)
        for name, value in rows.items():
            require_unchanged(submission, kept[name], value, {"loss-arguments-changed": True})


@checks("weighted_loss", share=1)
def test_doubled_weights_double_the_loss(submission, rng):
    """Twice the weights give twice the loss, and rows that are given twice count twice."""
    y_true, y_pred, weights = rows = draw_rows(rng, 12)
    y_true[::3] = 0
    require_loss(submission.weighted_loss(y_true, y_pred, 2 * weights), y_true, y_pred, 2 * weights)
    twice = [np.concatenate([row, row]) for row in rows]
    require_loss(submission.weighted_loss(*twice), *twice)
    require_loss(submission.weighted_loss(y_true, y_pred, 0 * weights), y_true, y_pred, 0 * weights)


# A fit with weights


@dataclass(frozen=True)
class Task:
    """Start weights of an additive model, and weighted rows to train it on.

    Attributes:
        user_terms: The start weights of the users, shape (U,).
        item_terms: The start weights of the items, shape (I,).
        train: The rows, ([users, items], y).
        weights: The weights of the rows, shape (m,).
    """

    user_terms: np.ndarray
    item_terms: np.ndarray
    train: tuple
    weights: np.ndarray

    def model(self, submission) -> Proxy:
        """Return a fresh model on the learner's side that holds the start weights."""
        return submission.given.sum_model(self.user_terms, self.item_terms)


@dataclass(frozen=True)
class Fitted:
    """The result of a fit.

    Attributes:
        loss: The losses by epoch, shape (n_epochs,).
        terms: The terms that the fit left in the model, the users' first, shape (U + I,).
        moves: The differences between the terms and the start weights, shape (U + I,).
    """

    loss: np.ndarray
    terms: np.ndarray
    moves: np.ndarray


def draw_task(rng, above, weight_above, below=0.0, weight_below=0.0, n_users=N_USERS) -> Task:
    """Return a task that has every pair twice, rated above and below the start weights' prediction.

    `above` and `below` are the distances in stars. Weights vary from row to row by a tenth. Rows
    are sorted by user; the weights of rows above and below lie in no order.
    """
    user_terms, item_terms = (rng.integers(2, 9, size=n) / 4 for n in (n_users, N_ITEMS))
    users = np.repeat(np.arange(n_users), 2 * N_ITEMS)
    items = np.tile(np.arange(N_ITEMS), 2 * n_users)
    is_above = np.concatenate([_sides(rng) for _user in range(n_users)])
    y = user_terms[users] + item_terms[items] + np.where(is_above, above, -below)
    weights = np.where(is_above, weight_above, weight_below) * rng.uniform(0.95, 1.05, len(y))
    columns = [ids.reshape(-1, 1).astype("int32") for ids in (users, items)]
    return Task(user_terms, item_terms, (columns, y.astype("float32")), weights.astype("float32"))


def _sides(rng) -> np.ndarray:
    """Return whether each of a user's rows, the items in order twice, lies above: bool (2 I,)."""
    first = rng.random(N_ITEMS) < 0.5
    return np.concatenate([first, ~first])


def fit(submission, task: Task, other_loss: str | None = None, **options) -> Fitted:
    """Fit a fresh model with the learner's function; options go to `fit_weighted`.

    The model has been compiled with `other_loss`, if there is one.
    """
    return _after(submission, task, task.train, task.weights, options, other_loss)


def _after(submission, task, train, weights, options, other_loss=None) -> Fitted:
    """Fit with rows and weights that may be proxies of objects on the learner's side."""
    model = task.model(submission)
    if other_loss is not None:
        model.compile(optimizer="sgd", loss=other_loss)
    losses = losses_of(submission.fit_weighted(model, train, weights, **options))
    start = np.concatenate([task.user_terms, task.item_terms])
    terms = np.concatenate([array(part).ravel() for part in model.get_weights()])
    require(
        np.isfinite(terms).all(),
        _("numbers in the model that are not finite"),
        _("the fitted model's weights are finite numbers"),
        cause=Cause("fit-diverges", _DIVERGES),
    )
    return Fitted(losses, terms, terms - start)


def losses_of(history) -> np.ndarray:
    """Return the losses of a History by epoch; reject any other answer."""
    must = _("the answer is a History: its attribute `history` maps `loss` to a list")
    if not isinstance(history, Proxy):
        unwrapped = isinstance(history, dict) and "loss" in history
        mistakes = {"curves-without-history": unwrapped, "no-history-returned": history is None}
        fail(history, must, mistakes, value_causes.of_kind(history, _("a History")))
    try:
        losses = history.history
    except AttributeError:
        fail(history, must, cause=value_causes.of_kind(history, _("a History")))
    if not isinstance(losses, dict) or "loss" not in losses:
        cause = value_causes.of_kind(losses, _("a dict of curves"))
        if isinstance(losses, dict):
            cause = value_causes.of_missing(["loss"], losses, _("Curve"))
        fail(history, must, {"model-returned": isinstance(losses, Proxy)}, cause)
    return array(losses["loss"], (None,))


_DIVERGES = _(
    "Training blew up: steps too long for these weights, or a division by a weight of zero. "
    "By what are errors multiplied, and how long is a step?"
)
_FIT = _(
    "Training does not pull the model towards all ratings that have a weight: rows are left out or "
    "stand beside others' weights, or steps are too long. Which arrays go into `fit` together?"
)
_NOT_ZERO = _(
    "The model fits every row, and the loss is not 0: it holds something else than weighted "
    "squared errors. What did you hand to `compile`?"
)
_PULL = _(
    "The row that should win does not: the weight acts on something else than the squared error, "
    "or not at all. How is the weight of a row handed over?"
)


def require_epochs(fitted: Fitted, n_epochs: int) -> None:
    n = len(fitted.loss)
    require(
        n == n_epochs,
        _("{n} epochs, where {wanted} were due").format(n=n, wanted=n_epochs),
        _("training goes on for `epochs` epochs, 5 where no number is given"),
        {"epochs-not-heeded": n > n_epochs or n <= 1, "stopped-too-early": 1 < n < n_epochs},
    )


@checks("fit_weighted", share=2)
def test_every_row_with_a_weight_teaches(submission, rng):
    """All rows of weight above 0 pull the model towards their ratings, for `epochs` epochs."""
    task = draw_task(rng, above=3.0, weight_above=2.0, below=-3.0, weight_below=0.5)
    fitted = fit(submission, task)
    require_epochs(fitted, 5)
    falls = len(fitted.loss) > 1 and fitted.loss[-1] < fitted.loss[0]
    require_all_move(fitted, falls)


@checks("fit_weighted", share=1)
def test_thousands_of_rows_teach(submission, rng):
    """Where there are thousands of rows, the last ones teach as the first ones do."""
    task = draw_task(rng, 3.0, 2.0, below=-3.0, weight_below=0.5, n_users=MANY_USERS)
    fitted = fit(submission, task, epochs=1, seed=5)
    require_epochs(fitted, 1)
    require_all_move(fitted, falls=True)


def require_all_move(fitted: Fitted, falls: bool) -> None:
    """Reject a fit that did not move every user and item up, towards all of their ratings."""
    still, away = not fitted.moves.any(), bool((fitted.moves < 0).any())
    users = fitted.moves[:-N_ITEMS] > 0
    n_first = int(np.argmin(users))
    last_still = N_USERS < len(users) > 1.5 * n_first and not users[n_first:].any()
    require(
        (fitted.moves > 0).all(),
        _("{n} of {total} users and items have not moved towards their ratings").format(
            n=int((fitted.moves <= 0).sum()), total=len(fitted.moves)
        ),
        mistakes={
            "given-model-not-trained": still,
            "fit-of-first-rows": last_still and not still and not away,
            "some-rows-held-back": not still and not away and falls and not last_still,
            "start-or-ratings-changed": away,
        },
        cause=Cause("rows-do-not-teach", _FIT),
    )


@checks("fit_weighted", share=1)
def test_a_model_that_fits_already_stays_as_it_is(submission, rng):
    """Training starts from the model's own weights; where these fit, the loss stays 0."""
    task = draw_task(rng, above=0.0, weight_above=3.0, below=0.0, weight_below=0.3)
    fitted = fit(submission, task, epochs=7, seed=1)
    moved = float(np.abs(fitted.moves).max())
    require(
        moved < 1e-2,
        _("users and items have moved by up to {x:.3g} stars").format(x=moved),
        mistakes={"start-or-ratings-changed": True},
    )
    require_epochs(fitted, 7)
    require(
        float(np.abs(fitted.loss).max()) < 1e-2,
        _("a loss of {x:.3g}").format(x=float(np.abs(fitted.loss).max())),
        cause=Cause("loss-without-error", _NOT_ZERO),
    )


@checks("fit_weighted", share=1)
def test_the_same_seed_gives_the_same_fit(submission, rng):
    """The same seed gives the same fit, whatever was drawn before; train and weights stay."""
    task = draw_task(rng, above=3.0, weight_above=1.0, below=2.0, weight_below=0.7)
    found = []
    for state in rng.integers(1000, size=2):
        submission.given.disturb_random(int(state))
        train, weights = submission.keep(task.train), submission.keep(task.weights)
        options = {"epochs": 1, "seed": 11}
        found.append(_after(submission, task, train, weights, options))
        for before, placed in (task.train, train), (task.weights, weights):
            require_unchanged(submission, placed, before, {"rows-or-weights-changed": True})
    first, second = found
    require(
        first.moves.any(),
        _("the model's weights are those that it came with"),
        _("the model learns from the rows of train"),
        {"given-model-not-trained": True},
    )
    difference = float(np.abs(first.terms - second.terms).max())
    require(
        difference < 1e-5,
        _("two fits with seed 11 differ by up to {x:.3g} stars").format(x=difference),
        mistakes={"fit-not-seeded": True},
    )


@checks("fit_weighted", share=2)
def test_confident_rows_pull_harder(submission, rng):
    """The pull of a row is its weight times its error: it is the squared error that is weighted."""
    for above, weight_above, below, weight_below, other_loss in (
        (4.0, 0.4, 1.0, 1.0, None),
        (4.0, 2.0, 1.0, 12.0, None),
        (4.0, 0.4, 1.0, 1.0, "mae"),
    ):
        task = draw_task(rng, above, weight_above, below, weight_below)
        want = np.sign(weight_above * above - weight_below * below)
        linear = np.sign(weight_above - weight_below)
        squared = np.sign(weight_above**2 * above - weight_below**2 * below)
        root = np.sign(weight_above**0.5 * above - weight_below**0.5 * below)
        fitted = fit(submission, task, other_loss, epochs=6, seed=int(rng.integers(1, 1000)))
        require_epochs(fitted, 6)
        mean = float(np.mean(fitted.moves))
        found = np.sign(mean)
        close_to_none = abs(mean) < 1e-6
        require(
            other_loss is None or found == want,
            _(
                "a model that was compiled with the loss {loss}: it moved by {mean:.3g} stars"
            ).format(loss=other_loss, mean=mean),
            _("the squared error is weighted, also if the model was compiled with another loss"),
            {"compiled-loss-kept": found == linear},
            Cause("weights-act-otherwise", _PULL),
        )
        require(
            found == want and not close_to_none,
            _(
                "rows {above:g} stars above with weights near {weight_above:g}, rows {below:g} "
                "below with {weight_below:g}: the model moved by {mean:.3g} stars"
            ).format(
                above=above,
                weight_above=weight_above,
                below=below,
                weight_below=weight_below,
                mean=mean,
            ),
            _("it moves {way}: each row pulls with weight times error").format(
                way=_("up") if want > 0 else _("down")
            ),
            {
                "given-model-not-trained": close_to_none,
                "rows-weighted-alike": not close_to_none
                and found == np.sign(above - below) != want
                and found == root,
                "squares-of-weights-or-no-squares": not close_to_none
                and found == linear == squared != want,
            },
            Cause("weights-act-otherwise", _PULL),
        )


@checks("fit_weighted", share=2)
def test_the_rating_of_a_row_of_weight_0_changes_nothing(submission, rng):
    """With the same seed, other ratings in rows of weight 0 leave the fitted model the same."""
    task = draw_task(rng, above=3.0, weight_above=1.0, below=2.0, weight_below=0.0)
    inputs, y = task.train
    other = np.where(task.weights == 0, y + rng.uniform(-9, 9, size=len(y)), y).astype("float32")
    first = fit(submission, task, epochs=2, seed=3)
    second = _after(submission, task, (inputs, other), task.weights, {"epochs": 2, "seed": 3})
    require(
        first.moves.any(),
        _("the model's weights are those that it came with"),
        _("the model learns from the rows of train"),
        {"given-model-not-trained": True},
    )
    changed = float(np.abs(first.terms - second.terms).max())
    pulled = float(np.mean(first.moves))
    require(
        changed < 1e-4 and pulled > 0,
        _("the fitted model differs by up to {x:.3g} stars").format(x=changed)
        if changed >= 1e-4
        else _("the model moved by {x:.3g} stars").format(x=pulled),
        mistakes={"zero-weights-teach": True},
    )
