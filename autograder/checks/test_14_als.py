"""Checks of `14_als`: the objective of Koren (2), and one sweep of alternating least squares."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from autograder.checking.asserts import alike, array, checks, close, number, pair, require, shape_of
from autograder.checking.value_causes import Cause
from autograder.checks.support.ratings import require_unchanged
from autograder.util.i18n import _


@dataclass(frozen=True)
class Problem:
    """Ratings and the tables to start from.

    Attributes:
        ratings: An encoded frame.
        p: The users' table, shape (U, K).
        q: The items' table, shape (I, K).
    """

    ratings: pd.DataFrame
    p: np.ndarray
    q: np.ndarray

    @property
    def triples(self):
        """Return users, items and ratings of all rows: arrays (m,) each."""
        return (self.ratings[name].to_numpy() for name in ("user", "item", "rating"))


def draw_problem(rng, n_users, n_items, n_factors, cold=(0, 0), dtype="float64") -> Problem:
    """Return ratings in no order, whose index holds no row numbers, and tables.

    Users and items differ in their numbers of ratings. `cold` gives the numbers of users and items
    without a rating, which lie anywhere in the tables.
    """
    warm = [np.sort(rng.permutation(n)[k:]) for n, k in zip((n_users, n_items), cold, strict=True)]
    shape = len(warm[0]), len(warm[1])
    chance = np.linspace(0.15, 0.9, shape[0])[:, None] * np.linspace(0.3, 1, shape[1])
    rated = rng.random(shape) < chance
    rated[np.arange(shape[0]), rng.integers(shape[1], size=shape[0])] = True
    rated[rng.integers(shape[0], size=shape[1]), np.arange(shape[1])] = True
    users, items = (ids[rows] for ids, rows in zip(warm, np.nonzero(rated), strict=True))
    order = rng.permutation(len(users))
    ratings = pd.DataFrame(
        {
            "timestamp": rng.integers(10**9, size=len(users)),
            "item": items[order].astype("int32"),
            "rating": rng.integers(1, 11, size=len(users)) / 2,
            "user": users[order].astype("int32"),
        },
        index=5 * rng.permutation(len(users)) + 11,
    )
    tables = (rng.normal(size=(n, n_factors)).astype(dtype) for n in (n_users, n_items))
    return Problem(ratings, *tables)


LARGE = 300, 270, 12
"""More users and items than a byte can count."""


# The objective


def parts_of(ratings, p, q):
    """Return errors (m,), |p_u|^2 and |q_i|^2 of every row (m,) in double precision."""
    p, q = np.asarray(p, dtype="float64"), np.asarray(q, dtype="float64")
    users, items = ratings["user"].to_numpy(), ratings["item"].to_numpy()
    errors = ratings["rating"].to_numpy() - np.sum(p[users] * q[items], axis=1)
    return errors, np.sum(p[users] ** 2, axis=1), np.sum(q[items] ** 2, axis=1)


def objective_of(ratings, p, q, reg) -> float:
    """Return the objective of Koren (2), with the penalty inside the sum."""
    errors, user_squares, item_squares = parts_of(ratings, p, q)
    return float(np.sum(errors**2 + reg * (user_squares + item_squares)))


def _paired_by_label(ratings, errors, penalty, reg) -> list[float]:
    """Return objectives of errors that pandas paired by label, with row numbers as labels."""
    predicted = pd.Series(ratings["rating"].to_numpy() - errors)
    paired = float(((ratings["rating"] - predicted) ** 2).sum())
    return [paired + reg * penalty, paired]


def require_objective(submission, problem: Problem, reg, answer) -> None:
    """Reject an answer of `objective` that is not Koren (2)."""
    ratings, p, q = problem.ratings, problem.p, problem.q
    errors, user_squares, item_squares = parts_of(ratings, p, q)
    right, squares = objective_of(ratings, p, q, reg), np.sum(errors**2)
    tables = np.sum(np.square(p, dtype="float64")) + np.sum(np.square(q, dtype="float64"))
    penalty = np.sum(user_squares + item_squares)
    known = np.sum((errors - ratings["rating"].to_numpy()) ** 2)
    unknown = np.sum((p.astype("float64") @ q.T.astype("float64")) ** 2) - known
    roots = np.sum(np.sqrt(user_squares) + np.sqrt(item_squares))
    mistakes = {
        "unknown-ratings-as-zero": any(
            alike(answer, squares + unknown + reg * each) for each in (penalty, tables, 0)
        ),
        "objective-averaged": alike(answer, right / len(errors)),
        "penalty-once-a-row-of-a-table": alike(answer, squares + reg * tables),
        "penalty-of-one-table": alike(answer, squares + reg * np.sum(user_squares))
        or alike(answer, squares + reg * np.sum(item_squares)),
        "objective-without-penalty": alike(answer, squares),
        "penalty-without-reg": alike(answer, squares + penalty),
        "penalty-of-lengths": alike(answer, squares + reg * roots),
        "penalty-without-sum": alike(answer, squares + reg * np.sqrt(tables)),
        "penalty-subtracted": alike(answer, squares - reg * penalty),
        "objective-not-squared": alike(answer, np.sum(np.abs(errors)) + reg * penalty),
        "objective-under-root": alike(answer, np.sqrt(right)),
        "penalty-counted-twice": alike(answer, squares + 2 * reg * penalty),
        "rows-paired-by-label": any(
            alike(answer, value) for value in _paired_by_label(ratings, errors, penalty, reg)
        ),
        "objective-of-first-rows": any(
            alike(answer, objective_of(ratings[:n], p, q, reg))
            for n in (50, 100, 256, 500, 1000, 5000, 10_000)
            if n < len(ratings)
        ),
        "objective-in-one-byte": len(p) > 256
        and any(
            alike(
                answer,
                objective_of(
                    ratings.assign(user=ratings["user"] % n, item=ratings["item"] % n), p, q, reg
                ),
            )
            for n in (128, 256)
        ),
        "objective-halved": alike(answer, right / 2),
        "objective-by-row": alike(answer, errors**2 + reg * (user_squares + item_squares)),
    }
    found = {name: shown for name, shown in mistakes.items() if shown and not alike(answer, right)}
    got = number(answer, _("the objective is one number"), mistakes=found)
    close(got, right, mistakes=found, otherwise=lambda: _cause_of_objective(submission, problem))


def _cause_of_objective(submission, problem: Problem) -> Cause | None:
    """Tell whether the squared errors are right, so that only the penalty is wrong."""
    ratings, p, q = problem.ratings, problem.p, problem.q
    errors = submission.aside(lambda: number(submission.objective(ratings, p, q, 0.0)))
    if errors is None:
        return None
    if alike(errors, objective_of(ratings, p, q, 0.0)):
        return Cause("penalty-off", _PENALTY_OFF)
    return Cause("squared-errors-off", _ERRORS_OFF)


_PENALTY_OFF = _(
    "With reg = 0 the objective is right, so that the penalty is not: other rows of p and q go in, "
    "more or less often, or not squared. How often does |p_u|² of a user with three ratings count?"
)
_ERRORS_OFF = _(
    "Even with reg = 0 the objective is off, so that the squared errors are: other rows of p and q "
    "meet, or rows are missing or paired wrongly. Which two vectors meet for the first rating?"
)


@checks("objective", share=2)
def test_the_penalty_counts_once_a_rating(submission, rng):
    """The sum over ratings of (r - q_i · p_u)² + reg (|q_i|² + |p_u|²): one number."""
    for sizes, reg in (
        ((6, 9, 3), 0.7),
        ((8, 5, 4), 2.5),
        ((5, 5, 2), 0.05),
        ((4, 7, 1), 1.3),
        (LARGE, 2),
    ):
        problem = draw_problem(rng, *sizes)
        answer = submission.objective(problem.ratings, problem.p, problem.q, reg)
        require_objective(submission, problem, reg, answer)


@checks("objective", share=1)
def test_rows_without_ratings_add_nothing(submission, rng):
    """Users and items without a rating add nothing; frame and tables stay as they were."""
    for dtype, reg in ("float64", 0.9), ("float32", 0.0), ("float64", 3):
        problem = draw_problem(rng, 7, 8, 3, cold=(2, 3), dtype=dtype)
        given = {"ratings": problem.ratings, "p": problem.p, "q": problem.q}
        kept = {name: submission.keep(value) for name, value in given.items()}
        require_objective(submission, problem, reg, submission.objective(**kept, reg=reg))
        for name, value in given.items():
            require_unchanged(submission, kept[name], value, {"objective-changes-arguments": True})


# A sweep


def solved(own, other, ratings, vectors, n_rows, weigh) -> np.ndarray:
    """Return the ridge solutions (n_rows, K) of one table's rows; 0 for rows without ratings.

    `own` and `other` are ids (m,). `weigh` returns the weight of |x|^2 for a number of ratings.
    """
    result = np.zeros((n_rows, vectors.shape[1]))
    for k in set(own.tolist()):
        rows = own == k
        x = vectors[other[rows]]
        left = np.vstack([x, np.sqrt(weigh(rows.sum())) * np.eye(x.shape[1])])
        right = np.concatenate([ratings[rows], np.zeros(x.shape[1])])
        result[k] = np.linalg.lstsq(left, right, rcond=None)[0]
    return result


def sweep_of(problem: Problem, reg, order="user", weigh=None, fresh=True):
    """Return (p, q) after a sweep in double precision; other keywords make known mistakes.

    `order` names the table to solve first. With `fresh` the second table uses the new first table.
    """
    users, items, ratings = problem.triples
    p, q = (np.asarray(table, dtype="float64") for table in (problem.p, problem.q))
    weigh = weigh or (lambda n: reg * n)
    if order == "user":
        new_p = solved(users, items, ratings, q, len(p), weigh)
        return new_p, solved(items, users, ratings, new_p if fresh else p, len(q), weigh)
    new_q = solved(items, users, ratings, p, len(q), weigh)
    return solved(users, items, ratings, new_q if fresh else q, len(p), weigh), new_q


RTOL, ATOL = 2e-3, 2e-4


def require_sweep(answer, problem: Problem, reg, must=None) -> None:
    """Reject an answer of `als_sweep` that is not the exact minimiser, users first."""
    p, q = pair(answer)
    want_p, want_q = sweep_of(problem, reg)
    swapped = shape_of(p) == want_q.shape != want_p.shape == shape_of(q)
    mistakes = {"tables-swapped": swapped}
    got = [
        array(table, want.shape, _table_must(name, want), mistakes)
        for name, table, want in (("p", p, want_p), ("q", q, want_q))
    ]
    wrong = _mistakes_of_sweep(got, problem, reg)
    for name, table, want in zip("pq", got, (want_p, want_q), strict=True):
        text = must or _MUST[name]
        cause = partial(_cause_of_table, name)
        close(table, want, text, wrong, RTOL, ATOL, otherwise=cause)


def _cause_of_table(name: str) -> Cause:
    """Name the table, p or q, that a sweep solves wrongly."""
    if name == "p":
        return Cause("users-off", _USERS_OFF)
    return Cause("items-off", _ITEMS_OFF)


_USERS_OFF = _(
    "The users' rows, solved first, minimise something else: other rows of q, another weight of "
    "the penalty, or another right-hand side. Solve for one user with two ratings by hand: where "
    "do you part?"
)
_ITEMS_OFF = _(
    "The users are right, the items are not. Both halves of a sweep are the same with the roles "
    "exchanged: which table, ids or count did not change its role?"
)
_MUST = {
    "p": _("p_u minimises the objective exactly, given the old q"),
    "q": _("q_i minimises the objective exactly, given the new p"),
}


def _table_must(name: str, want) -> str:
    return _("`{name}` has one row an id and one column a factor: {shape}").format(
        name=name, shape=want.shape
    )


def _mistakes_of_sweep(got, problem: Problem, reg) -> dict[str, bool]:
    """Return the known mistakes that give these tables, by the rows that have ratings."""
    users, items, _ratings = problem.triples
    warm = np.unique(users), np.unique(items)
    right = sweep_of(problem, reg)

    def found(tables) -> bool:
        return all(
            alike(mine[rows], theirs[rows], rtol=RTOL, atol=ATOL)
            for mine, theirs, rows in zip(got, tables, warm, strict=True)
        )

    fine = found(right)
    m = len(problem.ratings)
    known = {
        "items-from-old-users": lambda: sweep_of(problem, reg, fresh=False),
        "items-before-users": lambda: sweep_of(problem, reg, order="item"),
        "reg-not-counted": lambda: sweep_of(problem, reg, weigh=lambda n: reg),
        "reg-times-all-ratings": lambda: sweep_of(problem, reg, weigh=lambda n: reg * m),
        "sweep-without-reg": lambda: sweep_of(problem, reg, weigh=lambda n: 1e-9),
        "users-only": lambda: (right[0], problem.q),
        "items-only": lambda: (problem.p, sweep_of(problem, reg, order="item")[1]),
        "second-sweep-too-many": lambda: sweep_of(Problem(problem.ratings, *right), reg),
        "start-returned": lambda: (problem.p, problem.q),
        "ratings-below-zero-dropped": lambda: _without_negative(problem, reg),
        "unrated-cells-as-zeros": lambda: _with_zeros(problem, reg),
    }
    shown = {}
    if fine:
        cold_p = np.delete(got[0], warm[0], axis=0)
        cold_q = np.delete(got[1], warm[1], axis=0)
        shown["cold-rows-not-zero"] = bool(np.abs(cold_p).max(initial=0) > 0) or bool(
            np.abs(cold_q).max(initial=0) > 0
        )
        shown["cold-rows-missing-numbers"] = not all(np.isfinite(table).all() for table in got)
    else:
        shown = {name: True for name, make in known.items() if found(make())}
        if not shown:
            users_match = alike(got[0][warm[0]], right[0][warm[0]], rtol=RTOL, atol=ATOL)
            shown["only-items-are-off"] = users_match
    return shown


def _without_negative(problem: Problem, reg) -> tuple[np.ndarray, np.ndarray]:
    """Return the sweep that treats ratings of zero and less as missing."""
    ratings = problem.ratings[problem.ratings["rating"] > 0]
    return sweep_of(Problem(ratings, problem.p, problem.q), reg)


def _with_zeros(problem: Problem, reg) -> tuple[np.ndarray, np.ndarray]:
    """Return the sweep over the whole matrix, in which a cell without a rating holds 0."""
    users, items, ratings = problem.triples
    cells = np.zeros((len(problem.p), len(problem.q)))
    cells[users, items] = ratings

    def solve(vectors, cells):
        counts = np.maximum((cells != 0).sum(axis=1), 1)
        eye = np.eye(vectors.shape[1])
        return np.array(
            [
                np.linalg.solve(vectors.T @ vectors + reg * n * eye, vectors.T @ row)
                for n, row in zip(counts, cells, strict=True)
            ]
        )

    p = solve(problem.q, cells)
    return p, solve(p, cells.T)


@checks("als_sweep", share=3)
def test_a_sweep_solves_users_then_items(submission, rng):
    """p_u = (Q_u'Q_u + reg n_u I)⁻¹ Q_u'r_u from the old q, then every q_i from the new p."""
    for sizes, reg in (
        ((6, 9, 3), 0.4),
        ((9, 6, 2), 1.7),
        ((7, 7, 4), 0.9),
        ((5, 8, 1), 0.15),
        (LARGE, 1),
    ):
        problem = draw_problem(rng, *sizes)
        answer = submission.als_sweep(problem.ratings, problem.p, problem.q, reg)
        require_sweep(answer, problem, reg)
    below = problem.ratings.assign(rating=problem.ratings["rating"] - 2.75)
    problem = Problem(below, problem.p, problem.q)
    answer = submission.als_sweep(problem.ratings, problem.p, problem.q, reg)
    require_sweep(answer, problem, reg, _("ratings below zero, as biases leave them, count too"))


@checks("als_sweep", share=2)
def test_rows_without_ratings_become_zero(submission, rng):
    """Users and items without a rating get a row of zeros, wherever they stand in the tables."""
    for sizes, cold, dtype in ((8, 11, 3), (2, 4), "float64"), ((9, 7, 2), (4, 1), "float32"):
        problem = draw_problem(rng, *sizes, cold=cold, dtype=dtype)
        reg = float(rng.uniform(0.3, 1.5))
        answer = submission.als_sweep(ratings=problem.ratings, p=problem.p, q=problem.q, reg=reg)
        require_sweep(answer, problem, reg)


@checks("als_sweep", share=1)
def test_the_objective_never_rises(submission, rng):
    """From one sweep to the next the objective of Koren (2) never rises, and at first it falls."""
    problem = draw_problem(rng, 9, 7, 3, cold=(1, 1))
    reg = float(rng.uniform(0.2, 0.8))
    before = start = objective_of(problem.ratings, problem.p, problem.q, reg)
    for _sweep in range(3):
        answer = submission.als_sweep(problem.ratings, problem.p, problem.q, reg)
        p, q = pair(answer)
        tables = [array(t, np.shape(old)) for t, old in ((p, problem.p), (q, problem.q))]
        after = objective_of(problem.ratings, tables[0], tables[1], reg)
        require(
            after <= before * (1 + 1e-5) and after < start,
            _("an objective of {before:.5g} before the sweep, {after:.5g} after it").format(
                before=before, after=after
            ),
            mistakes=_mistakes_of_sweep(tables, problem, reg),
        )
        before, problem = after, Problem(problem.ratings, *tables)
        require_tables_are_of_the_last(tables)


def require_tables_are_of_the_last(tables) -> None:
    require(
        all(np.isfinite(table).all() for table in tables),
        _("tables with entries that are not finite"),
        _("every entry of both tables is a finite number"),
        cause=Cause("sweep-not-finite", _SINGULAR),
    )


_SINGULAR = _(
    "A row is NaN or infinite: an equation without a solution, as for a row without ratings, or a "
    "division by its count. What is solved for such a row?"
)


@checks("als_sweep", share=2)
def test_a_sweep_leaves_its_arguments_alone(submission, rng):
    """The new tables are new arrays; ratings, p and q stay as they were."""
    problem = draw_problem(rng, 6, 8, 3, cold=(1, 2))
    given = {"ratings": problem.ratings, "p": problem.p, "q": problem.q}
    kept = {name: submission.keep(value) for name, value in given.items()}
    answer = submission.als_sweep(**kept, reg=0.6)
    for name, value in given.items():
        require_unchanged(submission, kept[name], value, {"sweep-in-place": True})
    require_sweep(answer, problem, 0.6)
