"""What checks ask of models with further inputs: planted tables, scores, whether tables learn."""

from collections.abc import Callable, Collection, Iterator
from itertools import product

import numpy as np

from autograder.checking.asserts import alike, array, close, require, shape_cause, shape_of
from autograder.checking.value_causes import Cause
from autograder.checks.support.models import layer, rows_by_id, weights_of
from autograder.util.i18n import _

Tables = dict[str, np.ndarray]
Sizes = dict[str, tuple[int, int]]
"""Number of ids and width of each table, by the layer's name."""


def scores_for(model, inputs, mistakes: Callable | None = None, **keywords) -> np.ndarray:
    """A model's scores (m,) for a list of inputs; rejects any shape but (m, 1) and (m,).

    mistakes: tells known mistakes from a wrong shape and m.
    """
    answer = model(inputs, **keywords)
    m, shape = len(inputs[0]), shape_of(answer)
    require(
        shape in {(m, 1), (m,)},
        _("an output of shape {shape} for {m} rows").format(shape=shape, m=m),
        _("a batch of b rows gives b scores, in an output of shape (b, 1)"),
        {
            "sum-not-flattened": shape == (m, 1, 1),
            "sum-over-all-pairs": shape in {(m, m), (m, m, 1), (m, 1, m)},
            **(mistakes(shape, m) if mistakes else {}),
        },
        shape_cause(answer, (m, 1)),
    )
    return array(answer).reshape(-1)


def plant_tables(
    model,
    sizes: Sizes,
    rng,
    spares: dict[str, int] | None = None,
    only: Collection[str] | None = None,
) -> Tables:
    """Put drawn numbers into every table, spare rows too; returns them, two axes each.

    spares: how many spare rows a table may have, where that is not one. only: the names of the
    tables that get numbers, where the others get zeros.
    """
    planted = {}
    for name, (n, width) in sizes.items():
        weights = weights_of(model, name, (n, width), (spares or {}).get(name, 1))
        drawn = rng.normal(size=weights.shape) * (only is None or name in only)
        layer(model, name).set_weights([drawn])
        planted[name] = drawn.reshape(len(drawn), width)
    return planted


def readings(planted: Tables, sizes: Sizes) -> Iterator[Tables]:
    """The rows that ids 0, 1, … may read from the tables: a spare row may come last or first."""
    choices = [rows_by_id(planted[name], n) for name, (n, _width) in sizes.items()]
    for rows in product(*choices):
        yield dict(zip(sizes, rows, strict=True))


def fits(scores, formula: Callable[[Tables], np.ndarray], planted: Tables, sizes: Sizes) -> bool:
    """Whether a formula gives these scores in one of the tables' readings."""
    return any(alike(scores, formula(rows)) for rows in readings(planted, sizes))


def term_at_fault(
    model,
    sizes: Sizes,
    ask: Callable[[], np.ndarray],
    formula: Callable[[Tables], np.ndarray],
    terms: list[tuple[str, ...]],
    rng,
    spares: dict[str, int] | None = None,
) -> Cause:
    """Which term of a sum a model computes wrongly, found by planting one term at a time.

    ask: gives the model's scores (m,). formula: what they must be, as a function of the tables.
    terms: the names of the tables that each term is made of.
    """
    for term in [(), *terms]:
        planted = plant_tables(model, sizes, rng, spares, only=term)
        planted |= {name: planted[name][: sizes[name][0]] for name in spares or {}}
        if fits(ask(), formula, planted, sizes):
            continue
        if not term:
            return Cause("constant-at-fault", _CONSTANT)
        names = _(" and ").join(f"`{name}`" for name in term)
        return Cause("term-at-fault", _TERM.format(names=names))
    return Cause("terms-meet", _TERMS_MEET)


_CONSTANT = _(
    "With every table at zero, mu alone should be left, and is not: it is missing, or something is "
    "added, weighed or bent behind the sum. What does your last line do to its terms?"
)
_TERM = _(
    "The term of {names} is wrong even when all other tables are zero: read at another row, "
    "weighed, bent or left out. What should this term alone add, and what does it?"
)
_TERMS_MEET = _(
    "Each term is right while the others are zero; together they are not their sum. Two of them "
    "meet in a product, or a function bends what they add up to. Where?"
)


def require_same_in_training(model, inputs) -> None:
    """Reject a model that gives other scores while it is trained, by dropout for example."""
    resting, training = (scores_for(model, inputs, training=mode) for mode in (False, True))
    close(
        training,
        resting,
        _("while training the score is the same sum as otherwise"),
        {"score-changes-in-training": True},
    )


def train_briefly(model, inputs, rng, rate: float = 0.5) -> None:
    """A few steps of gradient descent towards drawn ratings."""
    optimizer = {"class_name": "SGD", "config": {"learning_rate": rate}}
    model.compile(optimizer=optimizer, loss="mse", run_eagerly=True)
    y = rng.uniform(1, 5, size=(len(inputs[0]), 1)).astype("float32")
    model.fit(inputs, y, epochs=3, batch_size=len(y), verbose=0)


def require_learning(model, sizes: Sizes, inputs, rng, frozen: str, spares=None) -> None:
    """Reject a model of which a table does not change when it is trained from its own start.

    frozen: the mistake that a table which never changes shows, unless it is a table of factors that
    starts at zero.
    """
    spare = {name: (spares or {}).get(name, 1) for name in sizes}
    before = {name: weights_of(model, name, size, spare[name]) for name, size in sizes.items()}
    train_briefly(model, inputs, rng)
    for name, size in sizes.items():
        after = weights_of(model, name, size, spare[name])
        require(
            not np.array_equal(before[name], after),
            _("`{name}` is the same after some steps of training").format(name=name),
            mistakes={
                "factors-start-at-zero": size[1] > 1 and not before[name].any(),
                frozen: True,
            },
        )
        require(
            np.isfinite(after).all(),
            _("`{name}` holds NaN after training").format(name=name),
            cause=nan_in_training(),
        )
        require(
            size[1] == 1 or np.ptp(after, axis=1).max() > 1e-7,
            _("all columns of `{name}` are equal, also after training").format(name=name),
            _("the factors of an id differ from each other"),
            cause=Cause("factors-stay-equal", _STAY_EQUAL),
        )


def nan_in_training() -> Cause:
    """The cause behind a model that is fine before training and not after it."""
    return Cause("nan-in-training", _NAN_IN_TRAINING)


_STAY_EQUAL = _(
    "All factors of an id start from the same number and get the same gradient ever after, as if "
    "there were one. What must differ at the start?"
)
_NAN_IN_TRAINING = _(
    "The gradient is NaN for some row: a root or a fraction whose number can be zero is fine in "
    "the score and not in its derivative. What is the slope of a root at zero?"
)
