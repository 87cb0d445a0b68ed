"""Rating tables of any length with the shape of MovieLens 25M."""

import numpy as np

MILLION = 1_000_000
FULL_ROWS, FULL_USERS, FULL_ITEMS = 25 * MILLION, 162_541, 59_047


def shape(n_rows: int) -> tuple[int, int]:
    """Return the numbers of users and items: proportional to the rows, and to their square root."""
    share = n_rows / FULL_ROWS
    return max(1, round(FULL_USERS * share)), max(1, round(FULL_ITEMS * share**0.5))


def draw(n_rows: int, seed: int = 0):
    """Return ([users, items], stars): int32 (m, 1) each and float32 (m,), in random order.

    Users' activity is log-normal; an item's popularity falls with its rank r as 1 / (r + I / 100).
    A pair may occur twice. Stars are noise around the middle of the scale.
    """
    rng = np.random.default_rng(seed)
    n_users, n_items = shape(n_rows)
    users = _draw_ids(rng, rng.lognormal(sigma=1.2, size=n_users), n_rows)
    items = _draw_ids(rng, 1 / (np.arange(n_items) + n_items / 100), n_rows)
    stars = rng.normal(3.5, 1.0, n_rows).astype("float32")
    return [users, items], np.clip(np.round(2 * stars) / 2, 0.5, 5)


def _draw_ids(rng: np.random.Generator, weights: np.ndarray, n_rows: int) -> np.ndarray:
    total = np.cumsum(rng.permutation(weights))
    drawn = np.searchsorted(total, rng.random(n_rows) * total[-1], side="right")
    return drawn.astype("int32").reshape(-1, 1)
