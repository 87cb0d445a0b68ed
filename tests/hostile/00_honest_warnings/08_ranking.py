# %% [markdown]
# # Tries nothing: warnings and tracebacks make Python look for lines of code that run

# %%
import traceback
import warnings

import numpy as np


class ClosedTwice:
    def __del__(self):
        raise ValueError

# %%
def precision_at_k(recommended, relevant, k):
    warnings.warn("k may be larger than the list", stacklevel=2)
    warnings.warn("and so on", stacklevel=3)
    ClosedTwice()
    return sum(item in relevant for item in recommended[:k]) / k

# %%
def recall_at_k(recommended, relevant, k):
    traceback.print_stack()
    return sum(item in relevant for item in recommended[:k]) / len(relevant)

# %%
def ndcg_at_k(recommended, relevant, k):
    worth = 1 / np.log2(np.arange(2, k + 2))
    hits = np.array([item in relevant for item in recommended[:k]], dtype=float)
    return float(worth[: len(hits)] @ hits / worth[: len(relevant)].sum())

# %%
def evaluate_ranking(recommended, relevant, k):
    users = [user for user in relevant if relevant[user]]
    metrics = {"precision": precision_at_k, "recall": recall_at_k, "ndcg": ndcg_at_k}
    return {
        name: float(np.mean([metric(recommended.get(u, []), relevant[u], k) for u in users]))
        for name, metric in metrics.items()
    }

# %%
def popularity_recommendations(train, seen, n=10):
    best = train["item"].value_counts().index.to_numpy()
    return {user: best[~np.isin(best, list(items))][:n] for user, items in seen.items()}
