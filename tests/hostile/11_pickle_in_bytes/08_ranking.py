# %% [markdown]
# # Returns pickles, as bytes and as a frame, that run a program

# %%
import numpy as np

# %%
import pandas as pd

bomb = b"cos\nsystem\n(S'touch @OUTSIDE@/escaped'\ntR."

# %%
def precision_at_k(recommended, relevant, k):
    return sum(item in relevant for item in recommended[:k]) / k

# %%
def recall_at_k(recommended, relevant, k):
    return sum(item in relevant for item in recommended[:k]) / len(relevant)

# %%
def ndcg_at_k(recommended, relevant, k):
    return bomb

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
    return {user: pd.Series([bomb] * n) for user in seen}
