# %% [markdown]
# # Puts lone surrogates, NUL and invisible marks into messages, names, keys and output

# %%
import numpy as np

# %%
print("\ud800 \x00 \u202e \x1b[31m red")
raise ValueError("\ud800 \x00 \u202e \x1b]0;title\x07")

# %%
def precision_at_k(recommended, relevant, k):
    return "\ud800\x00\u202e"

# %%
def recall_at_k(recommended, relevant, k):
    raise type("Error\ud800\x00\u202e", (Exception,), {})("\ud800\x00\u202e")

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
    return {"\ud800": np.array(["\ud800"]), "\x00": "\ud800\x00"}
