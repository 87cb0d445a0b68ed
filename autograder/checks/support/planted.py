"""Helpers for checks of models with further inputs: planted tables, scores, learning tables."""

from collections.abc import Callable, Collection, Iterator
from itertools import product
from typing import Any

import numpy as np

from autograder.checking.asserts import alike, array, close, require, shape_cause, shape_of
from autograder.checking.value_causes import Cause
from autograder.checks.support.models import layer, rows_by_id, weights_of
from autograder.util.i18n import _

Tables = dict[str, np.ndarray]
Sizes = dict[str, tuple[int, int]]
"""The number of ids and the width of each table, by the name of its layer."""


def scores_for(
    model: Any, inputs: list[Any], mistakes: Callable | None = None, **keywords: Any
) -> np.ndarray:
    """Return a model's scores (m,) for inputs; reject all shapes but (m, 1) and (m,).

    Args:
        model: The model.
        inputs: The arrays that go into the model, each of m rows.
        mistakes: Returns the known mistakes behind a wrong shape, given the shape and m.
        **keywords: Arguments of the model's call, such as `training`.
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
    model: Any,
    sizes: Sizes,
    rng: np.random.Generator,
    spares: dict[str, int] | None = None,
    only: Collection[str] | None = None,
) -> Tables:
    """Put drawn numbers into every table, spare rows too; return the tables, two axes each.

    Args:
        model: The model.
        sizes: The size of each table.
        rng: Draws the numbers.
        spares: The number of spare rows that a table may have, by its name; 1 by default.
        only: The names of the tables that get numbers; the other tables get zeros.
    """
    planted = {}
    for name, (n, width) in sizes.items():
        weights = weights_of(model, name, (n, width), (spares or {}).get(name, 1))
        drawn = rng.normal(size=weights.shape) * (only is None or name in only)
        layer(model, name).set_weights([drawn])
        planted[name] = drawn.reshape(len(drawn), width)
    return planted


def readings(planted: Tables, sizes: Sizes) -> Iterator[Tables]:
    """Yield the rows that ids 0, 1, … may read from the tables; a spare row is last or first."""
    choices = [rows_by_id(planted[name], n) for name, (n, _width) in sizes.items()]
    for rows in product(*choices):
        yield dict(zip(sizes, rows, strict=True))


def fits(
    scores: Any, formula: Callable[[Tables], np.ndarray], planted: Tables, sizes: Sizes
) -> bool:
    """Return whether a formula gives these scores in one of the tables' readings."""
    return any(alike(scores, formula(rows)) for rows in readings(planted, sizes))


def term_at_fault(
    model: Any,
    sizes: Sizes,
    ask: Callable[[], np.ndarray],
    formula: Callable[[Tables], np.ndarray],
    terms: list[tuple[str, ...]],
    rng: np.random.Generator,
    spares: dict[str, int] | None = None,
) -> Cause:
    """Find the term of a sum that a model computes wrongly, by planting one term at a time.

    Args:
        model: The model.
        sizes: The size of each table.
        ask: Returns the model's scores (m,).
        formula: Returns the right scores (m,) from the tables.
        terms: The names of the tables, one or two, that each term consists of.
        rng: Draws the numbers.
        spares: As in `plant_tables`.

    Returns:
        The cause, which names the term.
    """
    for term in [(), *terms]:
        planted = plant_tables(model, sizes, rng, spares, only=term)
        planted |= {name: planted[name][: sizes[name][0]] for name in spares or {}}
        if fits(ask(), formula, planted, sizes):
            continue
        if not term:
            return Cause("constant-at-fault", _CONSTANT)
        return Cause("term-at-fault", _TERM.format(names=_in_words(term)))
    return Cause("terms-meet", _TERMS_MEET)


def _in_words(term: tuple[str, ...]) -> str:
    if len(term) == 2:
        return _("`{first}` and `{second}`").format(first=term[0], second=term[1])
    return ", ".join(f"`{name}`" for name in term)


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


def require_same_in_training(model: Any, inputs: list[Any]) -> None:
    """Reject a model that gives other scores while it is trained, by dropout for example."""
    resting, training = (scores_for(model, inputs, training=mode) for mode in (False, True))
    close(
        training,
        resting,
        _("while training the score is the same sum as otherwise"),
        {"score-changes-in-training": True},
    )


def train_briefly(
    model: Any, inputs: list[Any], rng: np.random.Generator, rate: float = 0.5
) -> None:
    """Take three steps of gradient descent towards drawn ratings."""
    optimizer = {"class_name": "SGD", "config": {"learning_rate": rate}}
    model.compile(optimizer=optimizer, loss="mse", run_eagerly=True)
    y = rng.uniform(1, 5, size=(len(inputs[0]), 1)).astype("float32")
    model.fit(inputs, y, epochs=3, batch_size=len(y), verbose=0)


def require_learning(
    model: Any,
    sizes: Sizes,
    inputs: list[Any],
    rng: np.random.Generator,
    frozen: str,
    spares: dict[str, int] | None = None,
) -> None:
    """Reject a model with a table that training from its own start does not change.

    Args:
        model: The model.
        sizes: The size of each table.
        inputs: The arrays that go into the model.
        rng: Draws the ratings.
        frozen: The name of the mistake that a constant table shows, unless the table holds factors
            that start at zero.
        spares: As in `plant_tables`.
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
    """Return the cause behind a model that holds NaN after training, but not before."""
    return Cause("nan-in-training", _NAN_IN_TRAINING)


_STAY_EQUAL = _(
    "All factors of an id start from the same number and get the same gradient ever after, as if "
    "there were one. What must differ at the start?"
)
_NAN_IN_TRAINING = _(
    "The gradient is NaN for some row: a root or a fraction whose number can be zero is fine in "
    "the score and not in its derivative. What is the slope of a root at zero?"
)
