"""Checks of `05_training`: the RMSE, one SGD step, and a training that stops at its best epoch.

Checks observe a training through two results that every right training has: the returned curves,
and the weights of a model whose score is a number of the user plus a number of the item.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from autograder.checking import value_causes
from autograder.checking.asserts import (
    alike,
    array,
    checks,
    close,
    fail,
    is_multiple,
    number,
    pair,
    require,
    shape_of,
    whole,
)
from autograder.checking.proxies import Proxy
from autograder.checking.value_causes import Cause
from autograder.checks.support.ratings import is_unchanged, require_as_it_was, require_unchanged
from autograder.util.i18n import _

N_USERS, N_ITEMS, N_ROWS = 12, 7, 240
PATIENT = 60
N_EPOCHS, BATCH = 11, 64


@dataclass(frozen=True)
class Task:
    """Start weights of an additive model, rows to train on and rows to validate on.

    Attributes:
        user_terms: The start weights of the users, shape (U,).
        item_terms: The start weights of the items, shape (I,).
        train: The rows to train on, ([users, items], y).
        val: The rows to validate on, ([users, items], y).
    """

    user_terms: np.ndarray
    item_terms: np.ndarray
    train: tuple
    val: tuple

    def model(self, submission, offsets=None, penalties=None) -> Proxy:
        """Return a fresh model on the learner's side that holds the start weights."""
        return submission.given.sum_model(self.user_terms, self.item_terms, offsets, penalties)

    def errors_at_start(self, rows) -> np.ndarray:
        """Return the residuals (rating minus prediction at the start weights), shape (m,)."""
        return errors_of(self.user_terms, self.item_terms, rows)


@dataclass(frozen=True)
class Curves:
    """The four curves by epoch, of one length: float arrays (n_epochs,)."""

    loss: np.ndarray
    val_loss: np.ndarray
    rmse: np.ndarray
    val_rmse: np.ndarray

    def __len__(self):
        return len(self.loss)


def draw_task(rng, train_side=1.0, val_side=1.0, m=N_ROWS, noise=0.0) -> Task:
    """Return a task with ratings at the start weights' predictions plus a multiple of a gap.

    The gap is positive, and the model can close it. A `train_side` of 0 leaves nothing to learn. A
    `val_side` of -1 makes validation worse with every step in the right direction; a `val_side`
    between 0 and 1 makes validation better at first and worse later. `noise`, in stars, is the
    standard deviation of the noise in train's ratings.
    """
    user_terms, item_terms = (rng.integers(-4, 5, size=n) / 4 for n in (N_USERS, N_ITEMS))
    user_gap, item_gap = (rng.integers(8, 13, size=n) / 4 for n in (N_USERS, N_ITEMS))

    def rows(n, side, spread):
        users = np.sort(np.resize(np.arange(N_USERS), n))
        items = np.concatenate([rng.integers(N_ITEMS, size=n - N_ITEMS), np.arange(N_ITEMS)])
        y = user_terms[users] + item_terms[items] + side * (user_gap[users] + item_gap[items])
        y = y + spread * rng.normal(size=n)
        columns = [ids.reshape(-1, 1).astype("int32") for ids in (users, items)]
        return columns, y.astype("float32")

    return Task(user_terms, item_terms, rows(m, train_side, noise), rows(60, val_side, 0.0))


def errors_of(user_terms, item_terms, rows) -> np.ndarray:
    """Return an additive model's residuals (rating minus prediction), shape (m,)."""
    (users, items), y = rows
    return y - user_terms[users[:, 0]] - item_terms[items[:, 0]]


def curves_of(history, shown=None) -> Curves:
    """Return the four curves of a History; reject an answer without them.

    `shown` holds the known mistakes that a missing curve shows before all others.
    """
    found = _curves_by_name(history, shown or {})
    curves = [array(found[name], (None,)) for name in NAMES]
    lengths = [len(curve) for curve in curves]
    require(
        min(lengths) == max(lengths) > 0,
        ", ".join(f"{n} × `{name}`" for n, name in zip(lengths, NAMES, strict=True)),
        _("every curve has one value an epoch"),
        cause=Cause("curves-of-another-length", _LENGTHS),
    )
    require(
        all(np.isfinite(curve).all() for curve in curves),
        _("curves with values that are not finite"),
        _("every value of a curve is a finite number"),
        {"loss-not-finite": True},
    )
    return Curves(*curves)


NAMES = ("loss", "val_loss", "rmse", "val_rmse")


def _curves_by_name(history, shown) -> dict:
    must = _("the answer is a History: its attribute `history` maps {names} to lists").format(
        names=", ".join(f"`{name}`" for name in NAMES)
    )
    if isinstance(history, dict):
        cause = value_causes.of_kind(history, _("a History"))
        fail(history, must, {"history-unwrapped": "loss" in history}, cause)
    if not isinstance(history, Proxy):
        cause = value_causes.of_kind(history, _("a History"))
        fail(history, must, {"history-not-returned": history is None}, cause)
    try:
        curves = history.history
    except AttributeError:
        fail(history, must, cause=value_causes.of_kind(history, _("a History")))
    if not isinstance(curves, dict):
        cause = value_causes.of_kind(curves, _("a dict of curves"))
        fail(history, must, {"model-for-history": isinstance(curves, Proxy)}, cause)
    missing = set(NAMES) - set(curves)
    require(
        not missing,
        _("a history with the keys {keys}").format(keys=", ".join(map(str, curves)) or "–"),
        must,
        {
            **shown,
            "validation-missing": "loss" in curves and {"val_loss", "val_rmse"} <= missing,
            "rmse-not-reported": missing <= {"rmse", "val_rmse"},
        },
        value_causes.of_missing(missing, curves, _("Curve")),
    )
    return curves


_LENGTHS = _(
    "The curves end at different epochs: values of one are added in another place of the loop, "
    "or of several trainings. Where in an epoch is each written down?"
)


def require_defaults(submission, **wanted) -> None:
    """Reject a signature with other defaults.

    A signature may say anything, so that calls have to show the defaults too.
    """
    told = submission.given.defaults(submission.compile_and_fit)
    others = [
        f"{name}={told[name]}" for name in wanted if told.get(name, wanted[name]) != wanted[name]
    ]
    require(
        not others,
        _("{defaults}, where the argument is left out").format(defaults=", ".join(others)),
        _("the defaults are epochs=50, batch_size=512, patience=3 and seed=0"),
        {"default-changed": True},
    )


@dataclass(frozen=True)
class Training:
    """A training that has ended.

    Attributes:
        task: The task.
        curves: The losses by epoch.
        terms: The terms that the training left in the model, the users' first, shape (U + I,).
        n_steps: The number of training steps; 0 where the model does not count them.
    """

    task: Task
    curves: Curves
    terms: np.ndarray
    n_steps: int = 0

    @property
    def moves(self) -> np.ndarray:
        """Return how far the training moved each term, shape (U + I,)."""
        return self.terms - self._start

    @property
    def start_is_kept(self) -> bool:
        """Return whether the final terms still resemble the start weights (correlation > 0.5)."""
        return bool(np.corrcoef(self._start, self.terms)[0, 1] > 0.5)

    @property
    def _start(self) -> np.ndarray:
        return np.concatenate([self.task.user_terms, self.task.item_terms])

    def errors(self, rows) -> np.ndarray:
        """Return the residuals (rating minus prediction of the trained model), shape (m,)."""
        user_terms, item_terms = np.split(self.terms, [N_USERS])
        return errors_of(user_terms, item_terms, rows)


def trained(submission, task, *arguments, offsets=None, penalties=None, **keywords) -> Training:
    """Train a fresh model on a task.

    `offsets` and `penalties` are as in `fixtures.sum_model`; further arguments go to
    `compile_and_fit`.
    """
    model = task.model(submission, offsets, penalties)
    history = submission.compile_and_fit(model, task.train, task.val, *arguments, **keywords)
    return _ended(task, history, model)


def _ended(task, history, model, shown=None) -> Training:
    curves = curves_of(history, shown)
    terms, *n_steps = model.get_weights()
    return Training(task, curves, array(terms).ravel(), int(n_steps[0]) if n_steps else 0)


# Trainings that several checks examine, each for another property


def noisy_training(submission, rng) -> Training:
    """Return a training of three epochs on noisy ratings; each step makes validation worse."""

    def train():
        return _in_another_state(submission, draw_task(rng, val_side=-1.0, noise=3.0), rng)

    return submission.once("noisy", train)


def _in_another_state(submission, task, rng) -> Training:
    """Return a training with a fixed seed, after a disturbance of the global generators."""
    submission.given.disturb_random(int(rng.integers(1000)))
    return trained(submission, task, epochs=3, batch_size=BATCH, patience=PATIENT, seed=3)


def idle_training(submission, rng) -> tuple[Training, bool]:
    """Return a training of one epoch that has nothing to learn, and whether its rows are unchanged.

    Batches have 64 rows. The start weights fit train, and val asks for higher terms.
    """

    return submission.once("idle", lambda: _train_idly(submission, rng))


def _train_idly(submission, rng) -> tuple[Training, bool]:
    task = draw_task(rng, train_side=0.0)
    kept = submission.keep(task.train), submission.keep(task.val)
    model = task.model(submission, [0])
    history = submission.compile_and_fit(model, *kept, 1, BATCH, 9, 1)
    training = _ended(task, history, model)
    rows = zip((task.train, task.val), kept, strict=True)
    return training, all(is_unchanged(submission, placed, before) for before, placed in rows)


def planted_training(submission, rng, patience: int, n_epochs: int) -> Training:
    """Return a training with one step an epoch whose validation is best in the third epoch.

    The model adds `PLANTED` outside of training, far more than it learns, so that every optimizer
    has the same best epoch, neither the first nor the last. A penalty, `PENALTIES`, makes the
    validation loss smallest in another epoch.
    """

    def train():
        task = draw_task(rng, val_side=0.0)
        planted = {"offsets": PLANTED, "penalties": PENALTIES}
        return trained(submission, task, n_epochs, 512, patience, 2, **planted)

    return submission.once(f"planted {patience} {n_epochs}", train)


# Added to every score after k steps: the third one after the start is the smallest.
PLANTED = [0, 50.0, 46.0, 32.0, 39.0, 44.0, 47.0, 51.0, 54.0, 56.0, 58.0, 61.0, 63.0]

# Added to the loss after k steps: with these, the loss on val falls up to the sixth epoch, which no
# other mistake chooses, and grows from there on.
PENALTIES = [4_000.0 + 1_000.0 * abs(k - 6) - offset**2 for k, offset in enumerate(PLANTED)]


# Trainings that together show every property of `compile_and_fit`

# Added to every score after k steps, two an epoch: for patience 2, a training has to end after five
# epochs, the third of which is the best; of fifty epochs, the ninth is the best.
JOINT = [26.0] + [
    {1: 26.0, 2: 24.0, 3: 20.0, 4: 23.0, 5: 25.0, 9: 8.0}.get(epoch, 22.0 + epoch * 5 % 8)
    for epoch in range(1, 51)
    for _step in range(2)
]

# Added to the loss after k steps: with these, the loss on val is smallest in the fourth epoch.
JOINT_PENALTIES = [
    2_000.0 + 40.0 * abs((k + 1) // 2 - 4) - offset**2 for k, offset in enumerate(JOINT)
]

# With patience 3, a training has to end after eleven epochs. Two epochs without progress come
# early, and later epochs with little progress.
RESTARTS = [0, 1.3, 1.35, 1.38, 1.0, *(1 - 2e-4 * np.arange(1, 5)), 1.1, 1.15, 1.2, 1.25, 1.3, 1.35]


def shows_everything(submission, rng) -> bool:
    """Return whether five trainings show every property that a check of `compile_and_fit` states.

    If they do not, each check trains for its own property and names the fault.
    """
    own = rng.spawn(1)[0]  # draws nothing from the check's generator
    return submission.jointly("every property", lambda: _joint_trainings(submission, own))


def _joint_trainings(submission, rng) -> bool:
    """Train five times; raise or return False where a property does not show."""
    require_defaults(submission, epochs=50, batch_size=512, patience=3, seed=0)
    training, unchanged = _train_idly(submission, rng)
    return (
        unchanged
        and _is_idle(training)
        and _joint_flat(submission, rng)
        and _joint_restarts(submission, rng)
        and _joint_defaults(submission, rng)
    )


def _is_idle(training) -> bool:
    """Return whether a training with nothing to learn moved nothing and measured right errors."""
    curves, val = training.curves, training.task.val
    errors = training.task.errors_at_start(val)
    require_rmse(curves, errors, val[1])
    return (
        len(curves) == 1
        and training.n_steps == -(-N_ROWS // BATCH)
        and curves.loss.max() < 1e-2
        and bool(np.abs(training.moves).max() < 1e-2 and training.moves.min() <= 1e-5)
        and alike(curves.val_loss, [np.mean(errors**2)], rtol=1e-2, atol=1e-2)
    )


def _joint_flat(submission, rng) -> bool:
    """Return whether a model whose scores are a vector is trained on squared errors."""
    model_of, train, val = draw_table_task(submission, rng)
    curves = curves_of(submission.compile_and_fit(model_of(True), train, val, 3))
    want = np.full(3, np.mean((val[1] - train[1]) ** 2))
    return alike(curves.val_loss, want, rtol=0.02) and bool(curves.loss.max() < 0.05)


def _joint_restarts(submission, rng) -> bool:
    """Return whether patience is 3, counts epochs in a row and takes a little progress for some."""
    task = draw_task(rng, train_side=0.0, val_side=0.0, m=30)
    val_rmse = trained(submission, task, offsets=RESTARTS, epochs=14).curves.val_rmse
    return alike(val_rmse, RESTARTS[1 : 1 + epochs_due(RESTARTS[1:], 3, 14)], atol=1e-5)


def _joint_defaults(submission, rng) -> bool:
    """Return whether a training by defaults and a shorter one that names them agree and fit train.

    Before the second training, the caller compiles its model otherwise.
    """
    task = draw_task(rng, val_side=0.0, m=640, noise=1.0)
    planted = {"offsets": JOINT, "penalties": JOINT_PENALTIES}
    submission.given.disturb_random(int(rng.integers(1000)))
    whole = trained(submission, task, patience=PATIENT, **planted)
    require_fit(whole, 50)
    model = task.model(submission, **planted)
    model.compile(optimizer={"class_name": "SGD", "config": {"learning_rate": 0.0}}, loss="mae")
    submission.given.disturb_random(int(rng.integers(1000)))
    history = submission.compile_and_fit(
        model, task.train, task.val, epochs=N_EPOCHS, batch_size=512, patience=2, seed=0
    )
    short = _ended(task, history, model)
    n = epochs_due(short.curves.val_rmse, 2, N_EPOCHS)
    start = np.mean(task.errors_at_start(task.train) ** 2)
    return (
        len(short.curves) == n
        and all(
            _same(getattr(short.curves, name), getattr(whole.curves, name)[:n]) for name in NAMES
        )
        and bool(0.2 * start < short.curves.loss[0] < 1.2 * start)
        and _has_best(whole, 9)
        and _has_best(short, 3)
    )


def _has_best(training, epoch: int) -> bool:
    """Return whether a training with `JOINT` offsets left the weights of this epoch, its best."""
    val_rmse = training.curves.val_rmse
    errors = training.errors(training.task.val) - JOINT[2 * epoch]
    return int(np.argmin(val_rmse)) == epoch - 1 and alike(
        np.mean(errors**2), val_rmse[epoch - 1] ** 2, rtol=3e-5, atol=0
    )


@checks("rmse", share=1.5)
def test_root_of_the_mean_squared_error(submission, rng):
    """RMSE is the root of the mean of the squared errors, in stars: a float."""
    for m, size in (30, 1), (7, 1), (1, 1), (3_000, 8):
        y = rng.normal(3, 1, size=m)
        prediction = y + size * rng.normal(1, 1.5, size=m)
        if m == 30:
            y[:4] = 0  # what is measured need not be stars
        errors = y - prediction
        want = np.sqrt(np.mean(errors**2))
        got = number(submission.rmse(y, prediction))
        close(
            got,
            want,
            mistakes={
                "mse-for-rmse": m > 1 and alike(got, want**2),
                "mae-for-rmse": m > 1 and alike(got, np.abs(errors).mean()),
                "zero-ratings-left-out": m == 30
                and alike(got, np.sqrt(np.mean(errors[y != 0] ** 2))),
                "errors-not-averaged": m > 1 and alike(got, want * np.sqrt(m)),
                "errors-cancel-out": m > 1
                and (alike(abs(got), abs(errors.mean())) or alike(got, abs(errors.mean()) ** 0.5)),
                "spread-for-rmse": m > 1 and alike(got, errors.std()),
                "divided-by-one-less": m > 1 and alike(got, want * np.sqrt(m / (m - 1))),
                "predictions-clipped-first": _is_clipped(got, y, prediction),
                "rmse-of-first-rows": any(
                    alike(got, np.sqrt(np.mean(errors[:n] ** 2)))
                    for n in (50, 100, 128, 256, 500, 512, 1000, 1024)
                    if n < m
                ),
                "errors-limited": any(
                    alike(got, np.sqrt(np.mean(np.clip(errors, -most, most) ** 2)))
                    for most in (1, 4, 4.5, 5, 10)
                ),
            },
            otherwise=lambda: Cause("steps-of-rmse", _STEPS_OF_RMSE),
        )


_STEPS_OF_RMSE = _(
    "A step is missing, added, or in another place: errors, their squares, the mean, the root. "
    "For two errors of 3 and 4, what does each line of yours give?"
)


@checks("rmse", share=0.5)
def test_columns_and_vectors_mix(submission, rng):
    """Ratings and predictions are vectors (m,) or columns (m, 1), in any mix; neither changes."""
    y, prediction = rng.normal(3, 1, size=(2, 25)).astype("float32")
    want = np.sqrt(np.mean((y - prediction) ** 2))
    every_pair = np.sqrt(np.mean((y[:, None] - prediction) ** 2))
    for y_shape, shape in ((25, 1), (25,)), ((25,), (25, 1)), ((25, 1), (25, 1)), ((25,), (25,)):
        arguments = y.reshape(y_shape), prediction.reshape(shape)
        kept = [submission.keep(argument) for argument in arguments]
        got = number(submission.rmse(*kept))
        mistakes = {
            "column-minus-vector": alike(got, every_pair),
            "predictions-clipped-first": _is_clipped(got, y, prediction),
        }
        close(got, want, mistakes=mistakes)
        for before, placed in zip(arguments, kept, strict=True):
            require_unchanged(submission, placed, before)


def _is_clipped(got, y, prediction) -> bool:
    """Return whether an RMSE is the RMSE of predictions clipped to a scale of stars."""
    return any(
        alike(got, np.sqrt(np.mean((y - np.clip(prediction, *scale)) ** 2)))
        for scale in ((0.5, 5), (1, 5), (0, 5))
    )


def draw_step(rng, n_factors, reg, miss=1.0):
    """Return the arguments of one SGD step: p and q (K,), a rating that they miss, lr and reg.

    `miss` is the least distance of the rating from the prediction; twice as much is the largest.
    """
    p, q = rng.normal(size=(2, n_factors))
    rating = float(p @ q + rng.choice([-1, 1]) * miss * rng.uniform(1, 2))
    return p, q, rating, rng.uniform(0.05, 0.2), reg


def wrong_steps(p, q, rating, lr, reg) -> dict[str, tuple]:
    """Return the vectors (p, q) that known mistakes make of one SGD step, by the mistake's name."""
    e = rating - q @ p
    p_new, q_new = p + lr * (e * q - reg * p), q + lr * (e * p - reg * q)
    return {
        "new-p-used-for-q": (p_new, q + lr * ((rating - q @ p) * p_new - reg * q)),
        "error-recomputed": (p_new, q + lr * ((rating - q @ p_new) * p_new - reg * q)),
        "error-of-new-p": (p_new, q + lr * ((rating - q @ p_new) * p - reg * q)),
        "error-limited": (
            p + lr * (np.clip(e, -5, 5) * q - reg * p),
            q + lr * (np.clip(e, -5, 5) * p - reg * q),
        ),
        "step-uphill": (p - lr * (e * q - reg * p), q - lr * (e * p - reg * q)),
        "error-sign-reversed": (p + lr * (-e * q - reg * p), q + lr * (-e * p - reg * q)),
        "penalty-added": (p + lr * (e * q + reg * p), q + lr * (e * p + reg * q)),
        "penalty-forgotten": (p + lr * e * q, q + lr * e * p),
        "penalty-outside-the-step": (p + lr * e * q - reg * p, q + lr * e * p - reg * q),
        "penalty-of-the-other": (p + lr * (e * q - reg * q), q + lr * (e * p - reg * p)),
        "pull-towards-itself": (p + lr * (e * p - reg * p), q + lr * (e * q - reg * q)),
        "step-doubled": (p + 2 * lr * (e * q - reg * p), q + 2 * lr * (e * p - reg * q)),
        "rating-for-error": (
            p + lr * (rating * q - reg * p),
            q + lr * (rating * p - reg * q),
        ),
        "error-entrywise": (
            p + lr * ((rating - q * p) * q - reg * p),
            q + lr * ((rating - q * p) * p - reg * q),
        ),
        "error-squared": (p + lr * (e**2 * q - reg * p), q + lr * (e**2 * p - reg * q)),
        "one-vector-moved": (p_new, q),
        "vectors-swapped": (q_new, p_new),
        "change-for-vector": (p_new - p, q_new - q),
    }


def check_step(submission, step, shown=None):
    """Reject an answer that is not the new p and q of a step, both from the old vectors.

    `shown` returns the known mistakes, where they are others than those of any step.
    """
    p, q, rating, lr, reg = step
    answer = pair(submission.sgd_step(p=p, q=q, rating=rating, lr=lr, reg=reg))
    summed = len(p) > 1 and tuple(map(shape_of, answer)) == ((), ())
    got = [array(part, (len(p),), mistakes={"scalar-for-vector": summed}) for part in answer]
    e = rating - q @ p
    for new, want in zip(
        got, (p + lr * (e * q - reg * p), q + lr * (e * p - reg * q)), strict=True
    ):
        close(
            new,
            want,
            mistakes=(shown or _mistake_of_step)(got, step),
            rtol=1e-5,
            otherwise=lambda: _cause_of_step(got, step),
        )


def _stands_still(got, step) -> dict[str, bool]:
    """Return whether both vectors stayed, where the penalty alone moves them."""
    return {"no-step-without-error": alike(got[0], step[0]) and alike(got[1], step[1])}


def _mistake_of_step(got, step) -> dict[str, bool]:
    """Return the known mistakes that give these vectors; some coincide without a penalty."""
    shown = [name for name, wrong in wrong_steps(*step).items() if alike(got, wrong)]
    return dict.fromkeys(shown, True)


def _cause_of_step(got, step) -> Cause:
    """Tell which vector is wrong, and whether its change has a wrong length or direction."""
    p, q, rating, lr, reg = step
    e = rating - q @ p
    steps = lr * (e * q - reg * p), lr * (e * p - reg * q)
    moves = [new - old for new, old in zip(got, (p, q), strict=True)]
    right = [alike(move, want, rtol=1e-4) for move, want in zip(moves, steps, strict=True)]
    if any(right):
        return Cause("one-vector-right", _ONE_RIGHT.format(name="q" if right[0] else "p"))
    along = [is_multiple(move, want) for move, want in zip(moves, steps, strict=True)]
    return Cause("step-of-another-length", _LENGTH) if all(along) else Cause("other-step", _OTHER)


_ONE_RIGHT = _(
    "One vector is right, {name} is not. Both rules are the same with p and q exchanged: in which "
    "sign, factor or vector do your two lines differ?"
)
_LENGTH = _(
    "Both vectors move along the right line, but too far, not far enough, or the wrong way: the "
    "error or the learning rate is another number. What do you get for e by hand?"
)
_OTHER = _(
    "Neither vector moves where the rule sends it. Put numbers in: K = 1, p = 1, q = 2, rating 5. "
    "What are e, the two brackets and the two new numbers?"
)


@checks("sgd_step", share=1.5)
def test_a_step_follows_the_error(submission, rng):
    """Without a penalty (reg = 0): p moves by lr e q and q by lr e p, both from the old values."""
    for n_factors in 4, 2, 1, 7, 80:
        check_step(submission, draw_step(rng, n_factors, reg=0.0))
    check_step(submission, draw_step(rng, 5, reg=0.0, miss=12.0))


@checks("sgd_step", share=1.5)
def test_a_penalty_shrinks_both_vectors(submission, rng):
    """p += lr (e q - reg p) and q += lr (e p - reg q), both from the old p and q."""
    for n_factors in 3, 5, 1:
        check_step(submission, draw_step(rng, n_factors, reg=rng.uniform(0.3, 0.8)))
    no_error = draw_step(rng, 4, reg=rng.uniform(0.3, 0.8), miss=0.0)
    check_step(submission, no_error, _stands_still)


@checks("sgd_step", share=1)
def test_a_step_leaves_its_arguments_alone(submission, rng):
    """The new vectors are new arrays: p and q themselves stay as they were."""
    p, q, rating, lr, reg = step = draw_step(rng, 5, reg=0.4)
    kept = submission.keep(p), submission.keep(q)
    answer = pair(submission.sgd_step(*kept, rating, lr, reg))
    for before, placed in zip((p, q), kept, strict=True):
        require_unchanged(submission, placed, before, {"updated-in-place": True})
    got = [array(part, (5,)) for part in answer]
    e = rating - q @ p
    for new, want in zip(
        got, (p + lr * (e * q - reg * p), q + lr * (e * p - reg * q)), strict=True
    ):
        close(new, want, mistakes=_mistake_of_step(got, step))


@checks("compile_and_fit", share=1)
def test_training_lowers_the_training_loss(submission, rng):
    """Training fits all training rows, for `epochs` epochs (50 where no number is given)."""
    if shows_everything(submission, rng):
        return
    require_fit(noisy_training(submission, rng), 3)
    require_defaults(submission, epochs=50)
    require_fit(trained(submission, draw_task(rng), patience=PATIENT), 50)


def require_fit(training, n_epochs):
    """Reject a training of another length, or a training that did not approach train's ratings."""
    curves = training.curves
    require(
        len(curves) == n_epochs,
        _("{n} epochs, where {wanted} were asked for and patience is {patience}").format(
            n=len(curves), wanted=n_epochs, patience=PATIENT
        ),
        mistakes={"epochs-ignored": True},
    )
    rows = training.task.train
    before, after = (
        np.mean(e**2) for e in (training.task.errors_at_start(rows), training.errors(rows))
    )
    falls = curves.loss[-1] < curves.loss[0]
    away = falls and bool((training.moves < 0).any())
    kept = training.start_is_kept
    mistakes = {
        "loss-not-finite": after > 1e3 * before,
        "start-or-targets-changed": away and kept,
        "start-weights-replaced": not kept,
    }
    require(
        falls and after < before * (1 - 1e-5),
        _("squared errors on train: {before:.4g} before, {after:.4g} after").format(
            before=before, after=after
        ),
        mistakes={"other-model-trained": after == before, **mistakes},
        cause=Cause("training-does-not-fit", _NOT_FITTED),
    )
    require(
        (training.moves > 0).all(),
        _("{n} users and items have not moved towards their ratings").format(
            n=int((training.moves <= 0).sum())
        ),
        mistakes={"rows-left-out": kept and not away, **mistakes},
        cause=Cause("training-does-not-fit", _NOT_FITTED),
    )


_NOT_FITTED = _(
    "Training does not bring the model towards all ratings of train: rows are left out, weighed or "
    "paired with others' ratings, or steps are too long. What goes into `fit`, and in which order?"
)


@checks("compile_and_fit", share=1)
def test_losses_are_squared_errors_from_the_start_weights(submission, rng):
    """Training starts from the model's own weights: where they fit every row, the loss stays 0."""
    if shows_everything(submission, rng):
        return
    training, _unchanged = idle_training(submission, rng)
    curves = training.curves
    require(
        curves.loss.max() < 1e-2,
        _("a first training loss of {loss:.4g}").format(loss=curves.loss[0]),
        mistakes=_mistakes_of_moves(training),
        cause=Cause("loss-of-something-else", _LOSS),
    )
    errors = training.task.errors_at_start(training.task.val)
    require(
        alike(curves.val_loss, np.full(len(curves), np.mean(errors**2)), rtol=1e-2, atol=1e-2),
        _("`val_loss` {value:.4g} where the mean squared error is {mse:.4g}").format(
            value=curves.val_loss[-1], mse=np.mean(errors**2)
        ),
        _("`val_loss` is the mean squared error on the rows of val"),
        {
            **_loss_mistakes(curves.val_loss[-1], errors),
            "validated-on-train": alike(curves.val_loss, curves.loss, atol=1e-2),
        },
        Cause("loss-of-something-else", _LOSS),
    )
    require_rmse(curves, errors, training.task.val[1])


def require_rmse(curves, errors, y) -> None:
    """Reject curves `rmse` and `val_rmse` that are no RMSE of train, which fits, and of val."""
    roots = np.sqrt(curves.val_loss)  # no penalty is in this loss
    want, got = roots[-1], curves.val_rmse[-1]
    predictions = y - errors
    every_pair = np.sqrt(np.mean((y[:, None] - predictions) ** 2))
    mae = want * np.mean(np.abs(errors)) / np.sqrt(np.mean(errors**2))
    require(
        alike(curves.val_rmse, roots, rtol=1e-3),
        _("`val_rmse` {value:.4g} where the RMSE is {rmse:.4g}").format(value=got, rmse=want),
        _("`val_rmse` is the root mean squared error on the rows of val"),
        {
            "rmse-without-a-root": alike(got, want**2, rtol=1e-2),
            "rmse-of-all-pairs": alike(got, every_pair, rtol=1e-2),
            "mae-reported-as-rmse": alike(got, mae, rtol=1e-3),
            "validated-on-train": alike(curves.val_rmse, curves.rmse, atol=1e-2),
        },
        Cause("rmse-of-something-else", _RMSE),
    )
    require(
        curves.rmse.max() < 0.1,
        _("a first training RMSE of {value:.4g}").format(value=curves.rmse[0]),
        _("`rmse` is the root mean squared error on the rows of train, which the model fits here"),
        cause=Cause("rmse-of-something-else", _RMSE),
    )


_RMSE = _(
    "The loss is right, and the metric `rmse` is not: it measures something else than the root of "
    "the mean squared error, or other rows. What does it give for a batch of two rows, by hand?"
)
_LOSS = _(
    "The loss is no mean squared error of these rows: another loss, a penalty or weight in it, or "
    "other rows. What did you hand to `compile`, and what to `validation_data`?"
)


def _mistakes_of_moves(training) -> dict[str, bool]:
    """Return the mistakes that moved a model which fits train, where val asks for higher terms."""
    kept = training.start_is_kept
    towards_val = bool((training.moves > -1e-2).all())
    return {
        "validation-trained-on": kept and towards_val,
        "start-or-targets-changed": kept and not towards_val,
        "start-weights-replaced": not kept,
    }


def _loss_mistakes(value, errors) -> dict[str, bool]:
    """Return the other measures of the errors that a loss equals."""
    return {
        "loss-not-squared": alike(value, np.mean(np.abs(errors)), rtol=1e-3),
        "loss-under-a-root": alike(value, np.sqrt(np.mean(errors**2)), rtol=1e-3),
    }


@checks("compile_and_fit", share=1)
def test_stops_when_validation_stops_improving(submission, rng):
    """Training stops when `val_rmse` has not improved for `patience` epochs."""
    if shows_everything(submission, rng):
        return
    hasty = planted_training(submission, rng, 2, N_EPOCHS)
    short, due_short = _lengths(hasty, patience=2)
    if short != due_short:
        patient = planted_training(submission, rng, 5, N_EPOCHS)
        long, due_long = _lengths(patient, patience=5)
        late = [short - due_short, long - due_long]
        fail(
            _("{short} epochs with patience=2, {long} with patience=5").format(
                short=short, long=long
            ),
            _(
                "training stops as soon as `patience` epochs in a row have brought no lower "
                "`val_rmse`: here after {due_short} and {due_long} epochs"
            ).format(due_short=due_short, due_long=due_long),
            {
                "penalty-watched": _follows_the_loss(hasty, 2) and _follows_the_loss(patient, 5),
                "no-early-stopping": short == long == N_EPOCHS,
                "patience-ignored": short == long < N_EPOCHS,
                "patience-cut-short": min(late) == -1,
                "patience-exceeded": late == [1, 1],
            },
            Cause("stops-by-another-rule", _RULE),
        )
    require_defaults(submission, patience=3)


def _lengths(training, patience: int) -> tuple[int, int]:
    """Return the numbers of epochs that a training took and should have taken."""
    curves = training.curves
    return len(curves), epochs_due(curves.val_rmse, patience, N_EPOCHS)


def _follows_the_loss(training, patience: int) -> bool:
    """Return whether a training ended when the loss, with the penalty, had not improved."""
    return len(training.curves) == epochs_due(training.curves.val_loss, patience, N_EPOCHS)


_RULE = _(
    "Training ends by another rule: another curve, another idea of what is better, or a count that "
    "is never set back. After which epoch does it stop, and what did the curve do before?"
)


@checks("compile_and_fit", share=0.25)
def test_patience_begins_anew_after_every_progress(submission, rng):
    """Only epochs in a row count: after a lower `val_rmse`, patience begins anew; it is 3."""
    if shows_everything(submission, rng):
        return
    task = draw_task(rng, train_side=0.0, val_side=0.0)
    val_rmse = trained(submission, task, offsets=JAGGED, epochs=14).curves.val_rmse
    due = epochs_due(val_rmse, 3, 14)
    worse = val_rmse[1:] >= np.minimum.accumulate(val_rmse)[:-1]
    require(
        len(val_rmse) == due,
        _("{n} epochs by default, with errors on val of {losses}").format(
            n=len(val_rmse), losses=_shown(val_rmse)
        ),
        _("after {n} epochs `val_rmse` has not improved for 3 in a row").format(n=due),
        {
            "patience-exceeded": len(val_rmse) == due + 1,
            "default-changed": len(val_rmse) > due
            or any(len(val_rmse) == epochs_due(val_rmse, n, 14) for n in (1, 2)),
            "patience-never-reset": worse.sum() == 3 and not worse[-3:].all(),
        },
        Cause("stops-by-another-rule", _RULE),
    )


@checks("compile_and_fit", share=0.25)
def test_small_progress_counts(submission, rng):
    """A `val_rmse` that is lower by a little is lower, and each epoch is trained once."""
    if shows_everything(submission, rng):
        return
    # So few rows make one step of any usual batch size.
    task = draw_task(rng, train_side=0.0, val_side=0.0, m=30)
    n = len(SMALL_STEPS) - 1
    training = trained(submission, task, n, 512, 2, offsets=SMALL_STEPS)
    val_rmse = training.curves.val_rmse
    steps_before = int(np.abs(np.array(SMALL_STEPS) - val_rmse[0]).argmin())
    require(
        len(val_rmse) == epochs_due(val_rmse, 2, n),
        _("{n} epochs with patience=2, with errors on val of {losses}").format(
            n=len(val_rmse), losses=_shown(val_rmse)
        ),
        _("training goes on while every epoch has a lower `val_rmse`"),
        {"small-progress-ignored": bool((np.diff(val_rmse) < 0).all())},
        Cause("stops-by-another-rule", _RULE),
    )
    require(
        steps_before <= 3,
        _("a first `val_rmse` after {n} steps, where an epoch has one step").format(n=steps_before),
        _("the first value of `val_rmse` is that after the first epoch"),
        {"trained-before-the-curve": True},
    )


# Each error on val is a little smaller than the one before.
SMALL_STEPS = [1.02, *(1 - 2e-4 * np.arange(9))]


@checks("compile_and_fit", share=0.25)
def test_scores_may_be_a_vector_and_the_model_compiled(submission, rng):
    """Scores come as (b, 1) or (b,); how the caller compiled the model before does not matter."""
    if shows_everything(submission, rng):
        return
    model_of, train, val = draw_table_task(submission, rng)
    column, flat = (
        curves_of(submission.compile_and_fit(model_of(flat), train, val, 1))
        for flat in (False, True)
    )
    gap = val[1] - train[1]
    want = np.mean(gap**2)
    is_right = [alike(each.val_loss[0], want, rtol=0.02) for each in (column, flat)]
    require(
        is_right[1] and flat.loss[0] < 0.05,
        _("a first loss of {loss:.4g} and `val_loss` {val:.4g}").format(
            loss=flat.loss[0], val=flat.val_loss[0]
        ),
        _(
            "for scores that are a vector (b,) and equal the ratings of train: 0 and {want:.4g}"
        ).format(want=want),
        {"scores-of-another-shape": is_right[0]},
        Cause("loss-of-something-else", _LOSS),
    )
    task = draw_task(rng)
    model = task.model(submission)
    model.compile(optimizer={"class_name": "SGD", "config": {"learning_rate": 0.0}}, loss="mae")
    before = np.mean(task.errors_at_start(task.train) ** 2)
    history = submission.compile_and_fit(model, task.train, task.val, 2)
    training = _ended(task, history, model, {"compiled-by-the-caller": True})
    loss = training.curves.loss[0]
    require(
        0.2 * before < loss < 1.2 * before and bool(training.moves.any()),
        _("a first loss of {loss:.4g}; users and items moved by up to {x:.3g}").format(
            loss=loss, x=np.abs(training.moves).max()
        ),
        _("a model that the caller has compiled otherwise is trained on squared errors"),
        {"compiled-by-the-caller": True},
    )


def draw_table_task(submission, rng) -> tuple:
    """Return (model, train, val): a maker of models that fit train, which val exceeds by gaps.

    The maker takes whether scores come as a vector (b,) in place of (b, 1).
    """
    scores = rng.uniform(1, 5, size=(N_USERS, N_ITEMS)).astype("float32")
    users, items = rng.integers(N_USERS, size=90), rng.integers(N_ITEMS, size=90)
    columns = [ids.reshape(-1, 1).astype("int32") for ids in (users, items)]
    y, gap = scores[users, items], rng.uniform(0.5, 2, size=90).astype("float32")
    return partial(submission.given.table_model, scores), (columns, y), (columns, y + gap)


# Errors on val before the first epoch and after each epoch; the fourth error is the smallest.
JAGGED = [0, 5.0, 5.4, 5.6, 4.0, 4.4, 4.6, 4.8, 5.0]


def epochs_due(watched, patience: int, n_epochs: int) -> int:
    """Return the number of epochs after which a training that watches this curve has to stop.

    Where the curve ends before its patience is used up, later epochs count as no better.
    """
    best = 0
    for epoch, value in enumerate(watched):
        if value < watched[best]:
            best = epoch
        if epoch - best >= patience:
            return epoch + 1
    return min(best + patience + 1, n_epochs)


@checks("compile_and_fit", share=1.25)
def test_the_best_epoch_is_left_in_the_model(submission, rng):
    """The best epoch's weights are left in the model, also when the epochs run out."""
    if shows_everything(submission, rng):
        return
    _require_best_planted(planted_training(submission, rng, 2, N_EPOCHS))
    _require_best_planted(planted_training(submission, rng, PATIENT, 8))
    task = draw_task(rng, val_side=0.1)
    _require_best(trained(submission, task, epochs=7, batch_size=40, patience=3, seed=2))


def _require_best_planted(training):
    """Reject a training with `PLANTED` offsets that left the weights of another epoch."""
    val_rmse = training.curves.val_rmse
    errors = training.errors(training.task.val)
    found = [np.mean((errors - offset) ** 2) for offset in PLANTED]
    gaps = np.abs(np.array(found)[:, None] / val_rmse[None] ** 2 - 1).min(axis=0)
    best, left = int(np.argmin(val_rmse)), int(np.argmin(gaps))
    certain = gaps[left] < 1e-5
    start = alike(training.moves, 0 * training.moves, 0, 0)
    others = certain and not start
    require(
        gaps[best] < 3e-5 and (left == best or gaps[best] < 2e-6) and not start,
        _("the weights of epoch {left}, where epoch {best} is the best (the first is 0)").format(
            left=left, best=best
        )
        if others
        else _("weights of no epoch of the curve"),
        mistakes={
            "other-model-trained": start,
            "last-epoch-kept": others and left == len(val_rmse) - 1,
            "penalty-watched": others and left == np.argmin(training.curves.val_loss),
            "weights-one-epoch-early": others and left == best - 1,
            "weights-one-epoch-late": others and left == best + 1 < len(val_rmse) - 1,
            "another-epoch-kept": others
            and left not in (best, best - 1, best + 1, len(val_rmse) - 1),
        },
        cause=Cause("weights-of-no-epoch", _NO_EPOCH),
    )


def _require_best(training):
    """Reject a training that left the weights of another epoch in the model."""
    val, val_loss = training.task.val, training.curves.val_loss
    best = val_loss[np.argmin(training.curves.val_rmse)]
    errors = training.errors(val)
    mse, start = (np.mean(e**2) for e in (errors, training.task.errors_at_start(val)))
    last_kept = alike(mse, val_loss[-1]) and val_loss[-1] > best
    another_kept = np.isclose(mse, val_loss[:-1], rtol=1e-4, atol=1e-5).any()
    require(
        alike(mse, best, rtol=1e-4, atol=2e-3),
        _("squared errors on val: {mse:.4g} now, {best:.4g} in the best epoch").format(
            mse=mse, best=best
        ),
        mistakes={
            "last-epoch-kept": last_kept,
            "another-epoch-kept": another_kept and not last_kept,
            "other-model-trained": alike(mse, start, rtol=1e-6),
            **_loss_mistakes(best, errors),
        },
        cause=Cause("weights-of-no-epoch", _NO_EPOCH),
    )


_NO_EPOCH = _(
    "What is left in the model fits no epoch of the curve: the training went on afterwards, only a "
    "part was put back, or weights were kept as they changed. When do you copy them?"
)


@checks("compile_and_fit", share=0.5)
def test_the_same_seed_gives_the_same_curves(submission, rng):
    """The same seed gives the same curves, whatever else was drawn before."""
    if shows_everything(submission, rng):
        return
    first = noisy_training(submission, rng)
    second = _in_another_state(submission, first.task, rng)
    for training in first, second:
        require(
            not alike(training.moves, 0 * training.moves, 0, 0),
            _("the model's weights are those that it came with"),
            _("the model learns from the rows of train"),
            {"other-model-trained": True},
        )
    require(
        _same(first.curves.loss, second.curves.loss)
        and _same(first.curves.val_loss, second.curves.val_loss),
        _("training losses {first} and, with the same seed again, {second}").format(
            first=_shown(first.curves.loss), second=_shown(second.curves.loss)
        ),
        mistakes={"shuffle-not-seeded": True},
    )


@checks("compile_and_fit", share=0.5)
def test_batches_have_the_size_asked_for(submission, rng):
    """A step sees `batch_size` rows (512 where none is named): another size gives other curves."""
    if shows_everything(submission, rng):
        return
    require_defaults(submission, batch_size=512, patience=3, seed=0)
    due = -(-N_ROWS // BATCH)
    task = draw_task(rng, m=640, noise=1.0)

    def loss(**keywords):
        return trained(submission, task, epochs=1, **keywords).curves.loss

    named, small = loss(batch_size=512, patience=3, seed=0), loss(batch_size=64)
    require(
        not _same(small, named),
        _("the same losses for batches of 64 and of 512 rows: {loss}").format(loss=_shown(named)),
        mistakes={"batch-size-ignored": True},
    )
    # A loop that calls the model twice counts more steps; a loop without such calls counts 0 steps.
    n_steps = idle_training(submission, rng)[0].n_steps
    require(
        not 0 < n_steps < due,
        _("steps in an epoch: {n}").format(n=n_steps),
        _("batches of {size} of {m} rows make an epoch of {due} steps").format(
            size=BATCH, m=N_ROWS, due=due
        ),
        {"epoch-cut-short": True},
    )
    default = loss()
    require(
        _same(default, named),
        _("losses {default} by default, {named} with batch_size=512, patience=3, seed=0").format(
            default=_shown(default), named=_shown(named)
        ),
        _("the defaults are batch_size=512, patience=3 and seed=0"),
        {"default-changed": True},
    )


@checks("compile_and_fit", share=0.5)
def test_validation_rows_are_only_looked_at(submission, rng):
    """Validation rows do not teach: a model that fits train already stays as it is."""
    if shows_everything(submission, rng):
        return
    training, unchanged = idle_training(submission, rng)
    loss, moves = training.curves.loss.max(), training.moves
    up = moves.min() > 1e-5
    require(
        loss < 1e-2 and np.abs(moves).max() < 1e-2 and not up,
        _("a training loss of {loss:.4g}; users and items moved by up to {x:.3g} stars").format(
            loss=loss, x=np.abs(moves).max()
        ),
        _("where the model fits train, there is nothing to learn, whatever val says"),
        _mistakes_of_moves(training),
    )
    require_as_it_was(unchanged)


def _same(first, second) -> bool:
    """Return whether two curves come from the same steps: equal up to the order of additions."""
    return alike(first, second, rtol=1e-5, atol=1e-7)


MAX_LOSSES = 30


def _shown(curve) -> str:
    """Return the first losses of a curve in words."""
    shown = ", ".join(f"{value:.6g}" for value in curve[:MAX_LOSSES])
    return f"{shown}, …" if len(curve) > MAX_LOSSES else shown


def draw_curve(n_epochs, best, rng) -> list[float]:
    """Return a jagged curve: highest at epoch 0, a dip at epoch 1, lowest at `best` (3 or more).

    The deepest drop leads to epoch 1. A curve of one epoch has one value.
    """
    if n_epochs == 1:
        return [rng.uniform(0.5, 1)]
    curve = rng.permutation(np.linspace(1.3, 2.2, n_epochs))
    curve[[0, 1, best]] = 2.5, 1.25, 1.0
    return (curve * rng.uniform(0.3, 0.9)).tolist()


@checks("best_epoch", share=0.5)
def test_the_lowest_validation_error_wins(submission, rng):
    """The best epoch is the one with the lowest `val_rmse`; the first epoch is number 0."""
    for n_epochs, best in (
        (9, int(rng.integers(3, 7))),
        (12, int(rng.integers(3, 10))),
        (1, 0),
        (400, 330),
    ):
        val_rmse = draw_curve(n_epochs, best, rng)
        by_loss = best - 1 if best > 3 else best + 2
        history = {
            "loss": draw_curve(n_epochs, n_epochs - 1, rng),
            "val_loss": draw_curve(n_epochs, by_loss, rng),
            "rmse": draw_curve(n_epochs, n_epochs - 1, rng),
            "val_rmse": val_rmse,
        }
        kept = submission.keep(history)
        answer = submission.best_epoch(kept)
        got = whole(answer, mistakes={"loss-for-epoch": alike(answer, min(val_rmse))})
        require(
            got == best,
            answer,
            _("expected {want}").format(want=best),
            {
                "loss-chooses-by-default": n_epochs > 1 and got == by_loss,
                "epochs-counted-from-one": got == best + 1,
                "last-epoch-chosen": got == n_epochs - 1,
                "highest-loss-chosen": got == int(np.argmax(val_rmse)),
                "first-dip-chosen": got == 1,
            },
            Cause("another-epoch-chosen", _EPOCH),
        )
        require_unchanged(submission, kept, history)
    require_small_gains_count(submission)


def require_small_gains_count(submission) -> None:
    """Reject a best epoch before the last of many small gains."""
    falling = (0.9 - 1e-4 * np.arange(8)).tolist()
    got = whole(submission.best_epoch({"rmse": falling[::-1], "val_rmse": [1.0, *falling, 0.95]}))
    require(
        got == len(falling),
        got,
        _(
            "each epoch is lower than the one before, by 0.0001, up to {want}: expected {want}"
        ).format(want=len(falling)),
        {"small-gains-ignored": got < len(falling)},
        Cause("another-epoch-chosen", _EPOCH),
    )


@checks("best_epoch", share=0.25)
def test_the_first_of_equal_epochs(submission, rng):
    """The best epoch is the first of those with the lowest value; a lowest value may be 0."""
    for low in 0.5, 0.0, -1.5, 2e6:
        curve = (low + rng.uniform(0.1, 1, size=9)).tolist()
        first, last = 2 + int(rng.integers(2)), 5 + int(rng.integers(3))
        curve[first] = curve[last] = low
        got = whole(submission.best_epoch({"rmse": curve[::-1], "val_rmse": curve}))
        require(
            got == first,
            got,
            _("epochs {first} and {last} are both lowest: expected {first}").format(
                first=first, last=last
            ),
            {"last-of-equals-chosen": got == last, "start-below-the-curve": low > 1e5 and got == 0},
            Cause("another-epoch-chosen", _EPOCH),
        )


@checks("best_epoch", share=0.5)
def test_any_curve_can_choose(submission, rng):
    """`key` names the curve that chooses: its lowest value wins."""
    places = (rng.permutation(5) + 3).tolist()
    keys = ("val_rmse", "loss", "val_loss", "rmse")
    history = {key: draw_curve(10, best, rng) for key, best in zip(keys, places, strict=False)}
    for key, best in zip(keys, places, strict=False):
        got = whole(submission.best_epoch(history=history, key=key))
        require(
            got == best,
            got,
            _("expected {want}").format(want=best),
            {"key-ignored": got == places[0]},
            Cause("another-epoch-chosen", _EPOCH),
        )


_EPOCH = _(
    "Another epoch was chosen than the one where the curve is lowest. Print the curve beside its "
    "positions: at which one is the smallest value, and how does your code look for it?"
)
