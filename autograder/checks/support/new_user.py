"""A new user with a few ratings, the answer to fold them in, and the answers of known mistakes."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

Answer = tuple[float, np.ndarray]
"""A bias and factors (K,)."""


@dataclass(frozen=True)
class NewUser:
    """A few ratings, and the items' side of a trained model.

    Attributes:
        ratings: The stars, shape (m,).
        items: The rated items, int, shape (m,).
        item_factors: The items' table, shape (I, K).
        item_bias: The items' biases, shape (I,).
        mu: The mean rating.
    """

    ratings: np.ndarray
    items: np.ndarray
    item_factors: np.ndarray
    item_bias: np.ndarray
    mu: float

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of `fold_in` by name, without `reg`."""
        return dict(vars(self))


def draw_user(
    rng: np.random.Generator, n_ratings: int, n_items: int, n_factors: int, dtype: str = "float64"
) -> NewUser:
    """Return a user whose ratings come in no order; item 0 and the last item are rated."""
    others = rng.permutation(np.arange(1, n_items - 1))[: max(n_ratings - 2, 0)]
    items = rng.permutation(np.concatenate([[0, n_items - 1], others])[:n_ratings]).astype(int)
    return NewUser(
        ratings=rng.integers(1, 11, size=n_ratings) / 2,
        items=items,
        item_factors=rng.normal(scale=0.7, size=(n_items, n_factors)).astype(dtype),
        item_bias=rng.normal(scale=0.6, size=n_items).astype(dtype),
        mu=float(rng.uniform(2.8, 4.1)),
    )


def folded_in(
    user: NewUser,
    reg: float,
    *,
    rest: np.ndarray | None = None,
    rows: np.ndarray | None = None,
    penalty: np.ndarray | None = None,
) -> Answer:
    """Return the minimiser of sum (r - mu - b_i - b_u - q_i.p_u)² + reg (b_u² + |p_u|²).

    Args:
        user: The ratings and the items' side.
        reg: The penalty, above 0.
        rest: What bias and factors have to explain, shape (m,), in place of r - mu - b_i.
        rows: The rows of the items' table, int, shape (m,), in place of the rated items.
        penalty: The penalty of the bias, then of each factor, shape (1 + K,), in place of `reg`.
    """
    q = user.item_factors.astype("float64")[user.items if rows is None else rows]
    if rest is None:
        rest = user.ratings - user.mu - user.item_bias.astype("float64")[user.items]
    design = np.column_stack([np.ones(len(q)), q])
    weights = np.full(design.shape[1], reg) if penalty is None else penalty
    normal = design.T @ design + np.diag(weights)
    solved = np.linalg.lstsq(normal, design.T @ rest, rcond=None)[0]
    return float(solved[0]), solved[1:]


def mistakes_of_fold_in(user: NewUser, reg: float) -> dict[str, Callable[[], Answer]]:
    """Return the answer of each known mistake, by its name."""
    n, k = len(user.ratings), user.item_factors.shape[1]
    bias = user.item_bias.astype("float64")[user.items]
    free_bias, free_factors = np.full(1 + k, reg), np.full(1 + k, 0.0)
    free_bias[0], free_factors[0] = 0.0, reg
    solve = partial(folded_in, user, reg)
    return {
        "fold-penalty-by-count": lambda: solve(penalty=np.full(1 + k, reg * n)),
        "fold-penalty-by-mean": lambda: solve(penalty=np.full(1 + k, reg / n)),
        "fold-bias-free": lambda: solve(penalty=free_bias),
        "fold-factors-free": lambda: solve(penalty=free_factors),
        "fold-no-penalty": lambda: solve(penalty=np.zeros(1 + k)),
        "fold-mean-kept": lambda: solve(rest=user.ratings - bias),
        "fold-item-bias-kept": lambda: solve(rest=user.ratings - user.mu),
        "fold-rows-by-place": lambda: solve(rows=np.arange(n)),
        "fold-no-user-bias": lambda: (0.0, _factors_alone(user, reg)),
        "fold-bias-then-factors": lambda: _one_after_the_other(user, reg),
        "fold-mean-of-items": lambda: _mean_of_items(user, reg),
        "fold-penalty-halved": lambda: solve(penalty=np.full(1 + k, reg / 2)),
        "fold-penalty-doubled": lambda: solve(penalty=np.full(1 + k, reg * 2)),
    }


def is_of_rounds(got: np.ndarray, user: NewUser, reg: float) -> bool:
    """Return whether an answer stems from a few rounds of the bias and the factors in turn.

    Rounds whose answer is near the minimiser do not count: other mistakes lead there too.
    """
    want = np.concatenate([[part] if np.ndim(part) == 0 else part for part in folded_in(user, reg)])
    q, rest = user.item_factors.astype("float64")[user.items], _rest(user)
    b_u, p_u = 0.0, np.zeros(q.shape[1])
    for _round in range(30):
        b_u = float((rest - q @ p_u).sum() / (reg + len(rest)))
        p_u = _factors_alone(user, reg, rest - b_u)
        of_round = np.concatenate([[b_u], p_u])
        far = not np.allclose(of_round, want, rtol=1e-2, atol=1e-3)
        if far and np.allclose(got, of_round, rtol=1e-3, atol=1e-4):
            return True
    return False


def _rest(user: NewUser) -> np.ndarray:
    return user.ratings - user.mu - user.item_bias.astype("float64")[user.items]


def _factors_alone(user: NewUser, reg: float, rest: np.ndarray | None = None) -> np.ndarray:
    q = user.item_factors.astype("float64")[user.items]
    rest = _rest(user) if rest is None else rest
    solved: np.ndarray = np.linalg.solve(q.T @ q + reg * np.eye(q.shape[1]), q.T @ rest)
    return solved


def _one_after_the_other(user: NewUser, reg: float) -> Answer:
    rest = _rest(user)
    b_u = float(rest.sum() / (reg + len(rest)))
    return b_u, _factors_alone(user, reg, rest - b_u)


def _mean_of_items(user: NewUser, reg: float) -> Answer:
    rest = _rest(user)
    b_u = float(rest.sum() / (reg + len(rest)))
    return b_u, user.item_factors.astype("float64")[user.items].mean(axis=0)
