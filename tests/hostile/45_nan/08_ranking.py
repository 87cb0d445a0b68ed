# %% [markdown]
# # Answers everything with NaN and infinities

# %%
import numpy as np

# %%
def precision_at_k(recommended, relevant, k):
    return float("nan")

# %%
def recall_at_k(recommended, relevant, k):
    return np.float32("-inf")

# %%
def ndcg_at_k(recommended, relevant, k):
    worth = 1 / np.log2(np.arange(2, k + 2))
    hits = np.array([item in relevant for item in recommended[:k]], dtype=float)
    return float(worth[: len(hits)] @ hits / worth[: len(relevant)].sum())

# %%
def evaluate_ranking(recommended, relevant, k):
    return dict.fromkeys(["precision", "recall", "ndcg"], np.nan)

# %%
def popularity_recommendations(train, seen, n=10):
    return {user: np.full(n, np.nan) for user in seen}
