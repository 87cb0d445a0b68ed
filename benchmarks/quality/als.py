"""Alternating least squares for implicit feedback (Hu, Koren and Volinsky, ICDM 2008)."""

import numpy as np
from scipy.sparse import csr_matrix


def factorise_watched(
    watched: csr_matrix, n_factors: int, reg: float, alpha: float, sweeps: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return tables (U, K) and (I, K) whose products are near 1 where `watched` (U, I) has a value.

    Elsewhere the products are near 0 and count for less: the confidence is 1 + alpha where there is
    a value, and 1 where there is no value.
    """
    by_item = watched.T.tocsr()
    q = 0.1 * np.random.default_rng(seed).standard_normal((watched.shape[1], n_factors))
    for _sweep in range(sweeps):
        p = _half_sweep(watched, q, reg, alpha)
        q = _half_sweep(by_item, p, reg, alpha)
    return p, q


def _half_sweep(watched: csr_matrix, other: np.ndarray, reg: float, alpha: float) -> np.ndarray:
    """Return each row's exact minimiser for the other table; share the sum over all columns."""
    gram = other.T @ other + reg * np.eye(other.shape[1])
    result = np.zeros((watched.shape[0], other.shape[1]))
    for row, (start, end) in enumerate(zip(watched.indptr, watched.indptr[1:], strict=False)):
        q = other[watched.indices[start:end]]
        result[row] = np.linalg.solve(gram + alpha * q.T @ q, (1 + alpha) * q.sum(axis=0))
    return result
