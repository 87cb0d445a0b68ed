"""Checks of `14_als`: Koren (2), one sweep for it, and one over all pairs of what was watched."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from autograder.checking.asserts import alike, array, checks, close, number, pair, require, shape_of
from autograder.checking.value_causes import Cause
from autograder.checks.support.ratings import require_as_it_was, require_unchanged
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


# A sweep over all pairs


@dataclass(frozen=True)
class Watched:
    """Counts of what was watched, and tables to start from.

    Attributes:
        counts: The counts, shape (U, I), 0 where a pair was never seen.
        p: The users' table, shape (U, K).
        q: The items' table, shape (I, K).
    """

    counts: np.ndarray
    p: np.ndarray
    q: np.ndarray

    def sparse(self, submission):
        """Return the counts as a sparse array on the learner's side."""
        users, items = np.nonzero(self.counts)
        values = self.counts[users, items]
        return submission.given.sparse_array(users, items, values, self.counts.shape)


def draw_watched(rng, n_users, n_items, n_factors, unseen=(0, 0), dtype="float64") -> Watched:
    """Return counts and tables; some users and items, anywhere, have no count.

    Users and items differ in their numbers of counts. Tables of "float64" come with whole counts.
    """
    chance = np.linspace(0.1, 0.7, n_users)[:, None] * np.linspace(0.3, 1, n_items)
    counts = np.where(rng.random(chance.shape) < chance, rng.integers(1, 9, chance.shape), 0)
    counts[np.arange(n_users), rng.integers(n_items, size=n_users)] = 2
    counts = counts[rng.permutation(n_users)][:, rng.permutation(n_items)]
    counts[rng.choice(n_users, size=unseen[0], replace=False)] = 0
    counts[:, rng.choice(n_items, size=unseen[1], replace=False)] = 0
    tables = (rng.normal(size=(n, n_factors)).astype(dtype) for n in (n_users, n_items))
    return Watched(counts if dtype == "float64" else counts / 2, *tables)


def implicit_objective_of(watched: Watched, p, q, alpha, reg) -> float:
    """Return the sum over all pairs of confidence times squared error, plus the penalty."""
    errors = (watched.counts > 0) - p @ q.T
    return float(
        np.sum((1 + alpha * watched.counts) * errors**2) + reg * (np.sum(p**2) + np.sum(q**2))
    )


def confidence_of(counts, alpha):
    return 1 + alpha * counts


def target_of(counts, alpha):
    return (1 + alpha * counts) * (counts > 0)


def implicit_half(counts, vectors, alpha, reg, weights=confidence_of, target=target_of, **other):
    """Return the rows (n, K) that minimise the sum over all pairs, given the other table.

    `weights` and `target` return the weights of the squares on the left-hand side and of the
    vectors on the right-hand side. `gram` replaces the sum over the pairs that were never seen,
    `penalty` the weight of |x|^2 for a number of counts. All four make known mistakes.
    """
    gram = other.get("gram", vectors.T @ vectors)
    penalty = other.get("penalty", lambda n: reg)
    eye = np.eye(vectors.shape[1])
    rows = []
    for row in counts:
        more = (weights(row, alpha) - 1) * vectors.T @ vectors
        left = gram + more + penalty(np.count_nonzero(row)) * eye
        rows.append(np.linalg.solve(left, vectors.T @ target(row, alpha)))
    return np.array(rows)


def implicit_sweep_of(watched: Watched, alpha, reg, order="user", fresh=True, **other):
    """Return (p, q) after a sweep over all pairs; other keywords make known mistakes."""
    p, q = (np.asarray(table, dtype="float64") for table in (watched.p, watched.q))
    counts = watched.counts
    if order == "item":
        q = implicit_half(counts.T, p, alpha, reg, **other)
        return implicit_half(counts, q, alpha, reg, **other), q
    new_p = implicit_half(counts, q, alpha, reg, **other)
    return new_p, implicit_half(counts.T, new_p if fresh else p, alpha, reg, **other)


def require_implicit_sweep(answer, watched: Watched, alpha, reg, must=None) -> None:
    """Reject an answer of `implicit_als_sweep` that is not the exact minimiser, users first."""
    p, q = pair(answer)
    want = implicit_sweep_of(watched, alpha, reg)
    swapped = shape_of(p) == want[1].shape != want[0].shape == shape_of(q)
    mistakes = {"implicit-tables-swapped": swapped}
    got = [
        array(table, right.shape, _table_must(name, right), mistakes)
        for name, table, right in zip("pq", (p, q), want, strict=True)
    ]
    shown = {} if _same_tables(got, want) else _mistakes_of_implicit(got, watched, alpha, reg)
    for name, table, right in zip("pq", got, want, strict=True):
        text = must or _IMPLICIT_MUST[name]
        cause = partial(_cause_of_implicit, name)
        close(table, right, text, shown, RTOL, ATOL, otherwise=cause)


_IMPLICIT_MUST = {
    "p": _("p_u minimises the sum over all pairs exactly, given the old q"),
    "q": _("q_i minimises the sum over all pairs exactly, given the new p"),
}


def _same_tables(got, want) -> bool:
    pairs = zip(got, want, strict=True)
    return all(alike(table, right, rtol=RTOL, atol=ATOL) for table, right in pairs)


def _mistakes_of_implicit(got, watched: Watched, alpha, reg) -> dict[str, bool]:
    """Return the known mistakes that give these tables."""
    right = implicit_sweep_of(watched, alpha, reg)
    p, q = watched.p.astype("float64"), watched.q.astype("float64")
    make = partial(implicit_sweep_of, watched, alpha, reg)
    only_seen = np.zeros((q.shape[1],) * 2)
    known = {
        "unseen-pairs-left-out": lambda: make(
            weights=lambda n, a: (1 + a * n) * (n > 0) + 1, gram=only_seen
        ),
        "confidence-on-the-left-only": lambda: make(target=lambda n, a: n > 0),
        "confidence-on-the-right-only": lambda: make(weights=lambda n, a: np.ones(len(n))),
        "one-counted-twice": lambda: make(weights=lambda n, a: 1 + (1 + a * n) * (n > 0)),
        "preference-without-its-one": lambda: make(target=lambda n, a: a * n),
        "counts-for-preferences": lambda: make(target=lambda n, a: (1 + a * n) * n),
        "implicit-alpha-left-out": lambda: make(
            weights=lambda n, a: 1 + n, target=lambda n, a: (1 + n) * (n > 0)
        ),
        "implicit-counts-as-yes-or-no": lambda: make(
            weights=lambda n, a: 1 + a * (n > 0), target=lambda n, a: (1 + a) * (n > 0)
        ),
        "implicit-reg-by-count": lambda: make(penalty=lambda n: reg * n),
        "implicit-reg-left-out": lambda: make(penalty=lambda n: 0),
        "implicit-items-from-old-users": lambda: make(fresh=False),
        "implicit-items-before-users": lambda: make(order="item"),
        "implicit-users-only": lambda: (right[0], q),
        "gram-of-the-other-half": lambda: (
            right[0],
            implicit_half(watched.counts.T, right[0], alpha, reg, gram=q.T @ q),
        ),
        "implicit-start-returned": lambda: (p, q),
        "implicit-second-sweep": lambda: implicit_sweep_of(
            Watched(watched.counts, *right), alpha, reg
        ),
    }
    return {name: True for name, tables in known.items() if _gives(tables, got)}


def _gives(make, got) -> bool:
    """Return whether a mistake leads to these tables; a singular system leads to none."""
    try:
        return _same_tables(got, make())
    except np.linalg.LinAlgError:
        return False


def _cause_of_implicit(name: str) -> Cause:
    """Name the table, p or q, that a sweep over all pairs solves wrongly."""
    if name == "p":
        return Cause("implicit-users-off", _IMPLICIT_USERS_OFF)
    return Cause("implicit-items-off", _IMPLICIT_ITEMS_OFF)


_IMPLICIT_USERS_OFF = _(
    "The users' rows, solved first, minimise something else. Write both sides of the system for a "
    "user with a single count: what do the unseen items add to each side, and what does the seen "
    "item add?"
)
_IMPLICIT_ITEMS_OFF = _(
    "The users are right, the items are not. Both halves of a sweep are the same with the roles "
    "exchanged: which table, which sum of products or which rows of the counts did not change?"
)


@checks("implicit_als_sweep", share=3)
def test_an_implicit_sweep_solves_users_then_items(submission, rng):
    """Each row minimises the sum over all pairs of (1 + alpha n)(preference - q_i · p_u)²."""
    for sizes, alpha, reg in (
        ((6, 9, 3), 0.7, 0.4),
        ((9, 6, 2), 3.0, 1.7),
        ((7, 7, 4), 0.2, 5.0),
        ((5, 8, 1), 12.0, 0.9),
        ((90, 270, 6), 2, 3),
    ):
        watched = draw_watched(rng, *sizes)
        counts = watched.sparse(submission)
        answer = submission.implicit_als_sweep(counts, watched.p, watched.q, alpha, reg)
        require_implicit_sweep(answer, watched, alpha, reg)


@checks("implicit_als_sweep", share=1)
def test_rows_that_were_never_seen_become_zero(submission, rng):
    """Users without a count and items that nobody watched get a row of zeros, as the sum asks."""
    for sizes, unseen, dtype in (((8, 11, 3), (2, 4), "float64"), ((9, 7, 2), (3, 1), "float32")):
        watched = draw_watched(rng, *sizes, unseen=unseen, dtype=dtype)
        alpha, reg = float(rng.uniform(0.5, 4)), float(rng.uniform(0.5, 3))
        given = {"counts": watched.sparse(submission), "p": watched.p, "q": watched.q}
        answer = submission.implicit_als_sweep(**given, alpha=alpha, reg=reg)
        require_implicit_sweep(answer, watched, alpha, reg)


@checks("implicit_als_sweep", share=1)
def test_the_sum_over_all_pairs_never_rises(submission, rng):
    """From one sweep to the next the sum over all pairs never rises, and at first it falls."""
    watched = draw_watched(rng, 9, 12, 3, unseen=(1, 1))
    alpha, reg = float(rng.uniform(0.5, 3)), float(rng.uniform(0.3, 2))
    start = before = implicit_objective_of(watched, watched.p, watched.q, alpha, reg)
    for _sweep in range(3):
        counts = watched.sparse(submission)
        answer = submission.implicit_als_sweep(counts, watched.p, watched.q, alpha, reg)
        tables = [
            array(table, np.shape(old))
            for table, old in zip(pair(answer), (watched.p, watched.q), strict=True)
        ]
        require_tables_are_of_the_last(tables)
        after = implicit_objective_of(watched, tables[0], tables[1], alpha, reg)
        require(
            after <= before * (1 + 1e-5) and after < start,
            _("a sum of {before:.5g} before the sweep, {after:.5g} after it").format(
                before=before, after=after
            ),
            mistakes=_mistakes_of_implicit(tables, watched, alpha, reg),
            cause=Cause("implicit-sum-rises", _IMPLICIT_USERS_OFF),
        )
        before, watched = after, Watched(watched.counts, *tables)


@checks("implicit_als_sweep", share=1)
def test_an_implicit_sweep_leaves_its_arguments_alone(submission, rng):
    """The new tables are new arrays; counts, p and q stay as they were."""
    watched = draw_watched(rng, 6, 8, 3, unseen=(1, 2))
    counts = watched.sparse(submission)
    parts = ("data", "indices", "indptr")
    before = [np.array(getattr(counts, name)) for name in parts]
    p, q = submission.keep(watched.p), submission.keep(watched.q)
    answer = submission.implicit_als_sweep(counts, p, q, 1.5, 0.6)
    require_unchanged(submission, p, watched.p, {"implicit-sweep-in-place": True})
    require_unchanged(submission, q, watched.q, {"implicit-sweep-in-place": True})
    after = [np.array(getattr(counts, name)) for name in parts]
    require_as_it_was(all(map(np.array_equal, before, after)), {"implicit-counts-changed": True})
    require_implicit_sweep(answer, watched, 1.5, 0.6)
