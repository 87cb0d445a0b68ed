# %% [markdown]
# # Answers with arrays of dates, records, texts, no dimension, and thirty dimensions

# %%
import numpy as np

# %%
def precision_at_k(recommended, relevant, k):
    return np.datetime64("2020-01-01")

# %%
def recall_at_k(recommended, relevant, k):
    return np.zeros((1,) * 30)

# %%
def ndcg_at_k(recommended, relevant, k):
    return np.zeros(1, dtype=[("a", "f8"), ("b", "O")])[0]

# %%
def evaluate_ranking(recommended, relevant, k):
    return {"precision": np.array("0.5"), "recall": np.array(["x" * 1000]), "ndcg": np.array([])}

# %%
def popularity_recommendations(train, seen, n=10):
    return {np.datetime64("NaT"): np.array([object(), {}, [1]], dtype=object), None: np.array(None)}
