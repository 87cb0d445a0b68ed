# %% [markdown]
# # Answers with complex, boolean, decimal, text and byte numbers

# %%
import numpy as np

# %%
def precision_at_k(recommended, relevant, k):
    return complex(sum(item in relevant for item in recommended[:k]) / k, 0)

# %%
def recall_at_k(recommended, relevant, k):
    return np.bool_(True)

# %%
def ndcg_at_k(recommended, relevant, k):
    return "0.5"

# %%
def evaluate_ranking(recommended, relevant, k):
    return {"precision": b"0.5", "recall": [0.5], "ndcg": None}

# %%
def popularity_recommendations(train, seen, n=10):
    return {user: np.array(["1"] * n, dtype="S9") for user in seen}
