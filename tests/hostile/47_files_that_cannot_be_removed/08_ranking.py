# %% [markdown]
# # Leaves folders without rights, 10,000 nested ones, and odd names

# %%
import numpy as np

# %%
import os

os.makedirs("locked/inner")
open("locked/inner/file", "w").close()
for name in ("-rf", "new\nline", "\udcff", "a" * 255, "\u202e.py"):
    open(name, "w").close()
os.mkfifo("pipe")
os.chmod("locked/inner", 0)
os.chmod("locked", 0)
here = os.getcwd()
try:
    for _level in range(10_000):
        os.mkdir("d")
        os.chdir("d")
except OSError as error:
    print(error)
os.chdir(here)
os.chmod(here, 0)

# %%
def precision_at_k(recommended, relevant, k):
    return sum(item in relevant for item in recommended[:k]) / k

# %%
def recall_at_k(recommended, relevant, k):
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
