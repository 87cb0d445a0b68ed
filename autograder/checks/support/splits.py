"""Helpers for checks of splits: the rows of each part, and whether chance chose them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from autograder.checking.asserts import array, frame, pair, require
from autograder.checking.value_causes import Cause
from autograder.checks.support.ratings import COLUMNS, STARS, draw_ids, draw_times
from autograder.util.i18n import _

RATINGS_OF_USERS = (90, 120, 160, 230)
N_USERS = len(RATINGS_OF_USERS)
SURPRISING = 6


@dataclass(frozen=True)
class Runs:
    """The alternations of two parts in an order of the rows, by Wald and Wolfowitz' runs test.

    Attributes:
        number: The number of runs, each of neighbouring rows of one part.
        surprise: The difference between the number and its mean under chance, in standard
            deviations. It is negative for blocks and positive for a regular beat.
    """

    number: int
    surprise: float


def runs_of(left: np.ndarray, right: np.ndarray, order: np.ndarray) -> Runs:
    """Return the runs of two parts, both row positions, in an order of all rows."""
    labels = np.zeros(len(order))
    labels[left], labels[right] = 1, 2
    labels = labels[order][labels[order] > 0]
    number = 1 + int(np.count_nonzero(np.diff(labels)))
    n, n_pairs = max(len(labels), 2), len(left) * len(right)
    mean = 1 + 2 * n_pairs / n
    variance = max((mean - 1) * (mean - 2) / (n - 1), 0)
    return Runs(number, (number - mean) / np.sqrt(variance) if variance else -np.inf)


def draw_table(rng: np.random.Generator) -> pd.DataFrame:
    """Return 600 ratings of four users, sorted like MovieLens' file; some films have one rating."""
    films = draw_ids(rng, 300, 9_000)
    parts = [
        pd.DataFrame({"userId": user, "movieId": np.sort(rng.choice(films, n, replace=False))})
        for user, n in zip(np.sort(draw_ids(rng, N_USERS)), RATINGS_OF_USERS, strict=True)
    ]
    table = pd.concat(parts, ignore_index=True)
    table["rating"] = rng.choice(STARS, size=len(table))
    table["timestamp"] = draw_times(rng, len(table))
    return table.set_index(pd.Index(draw_ids(rng, len(table), 9_000)))


def parts_of(answer: Any, ratings: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the row positions of train, val and test; reject rows that `ratings` lacks."""
    must = _("the answer is a tuple of three frames (train, val, test)")
    parts = dict(zip(("train", "val", "test"), pair(answer, 3, must), strict=True))
    return {name: positions_of(frame(part, COLUMNS), ratings) for name, part in parts.items()}


def positions_of(part: pd.DataFrame, ratings: pd.DataFrame) -> np.ndarray:
    """Return the positions of a part's rows in `ratings`, whose timestamps all differ."""
    rows = np.column_stack([array(part[name], (len(part),)) for name in COLUMNS])
    table = ratings[COLUMNS].to_numpy(dtype="float64")
    by_time = np.argsort(table[:, 3])
    places = by_time[np.searchsorted(table[by_time, 3], rows[:, 3]).clip(max=len(table) - 1)]
    changed = np.flatnonzero((table[places] != rows).any(axis=1))
    require(
        not len(changed),
        _("a row {row} that is not in the ratings").format(row=rows[changed[:1]].ravel().tolist()),
        _("every row of a part is a row of the ratings, unchanged"),
        lambda: {
            "columns-torn-apart": len(rows) > 0
            and all(np.isin(*pair).all() for pair in zip(rows.T, table.T, strict=True))
        },
        Cause("rows-altered", _ALTERED),
    )
    return places


_ALTERED = _(
    "Rows of a part are no rows of the ratings: their values were converted, replaced or put "
    "together anew. What happens to a row between the draw and the answer?"
)


def overlap(left: Any, right: Any) -> int:
    """Return the number of distinct values that two arrays share."""
    return len(np.intersect1d(left, right))


def orders_of(ratings: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return row positions in the orders in which a draw without chance stands out."""
    users, films, times = (ratings[name].to_numpy() for name in ("userId", "movieId", "timestamp"))
    return {
        "file": np.arange(len(ratings)),
        "time": np.argsort(times),
        "time of each user": np.lexsort([times, users]),
        "film": np.argsort(films, kind="stable"),
    }


def ids_kept_apart(ratings: pd.DataFrame, left: np.ndarray, right: np.ndarray) -> dict[str, bool]:
    """Return whether two parts, both row positions, share no user or share no film."""
    columns = {"split-by-user": "userId", "split-by-item": "movieId"}
    return {
        mistake: min(len(left), len(right)) > 0
        and not overlap(ratings[column].iloc[left], ratings[column].iloc[right])
        for mistake, column in columns.items()
    }


def pattern_of(
    runs: dict[str, Runs], ratings: pd.DataFrame, left: np.ndarray, right: np.ndarray
) -> dict[str, bool]:
    """Return the known mistake, if any, behind two parts that do not look like random rows."""
    apart = ids_kept_apart(ratings, left, right)
    if any(apart.values()):
        return apart
    if runs["file"].number <= 2 * N_USERS:
        return {"block-of-the-file": True}
    if runs["time"].number <= 3:
        return {"latest-rows-held-out": True}
    if runs["time of each user"].number <= 2 * N_USERS:
        return {"latest-of-each-user-held-out": True}
    return {"every-nth-row": max(found.surprise for found in runs.values()) > SURPRISING}
