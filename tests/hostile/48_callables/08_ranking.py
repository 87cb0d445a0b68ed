# %% [markdown]
# # Its functions are a lambda, an object, a partial, a decorated and a bound one

# %%
import numpy as np

# %%
import functools
import operator

# %%
precision_at_k = lambda recommended, relevant, k: sum(i in relevant for i in recommended[:k]) / k

# %%
class Recall:
    def __call__(self, recommended, relevant, k):
        return sum(item in relevant for item in recommended[:k]) / len(relevant)

    def __getattr__(self, name):
        raise RuntimeError(name)


recall_at_k = Recall()

# %%
def discounted(base, recommended, relevant, k):
    worth = 1 / np.log2(np.arange(base, k + base))
    hits = np.array([item in relevant for item in recommended[:k]], dtype=float)
    return float(worth[: len(hits)] @ hits / worth[: len(relevant)].sum())


ndcg_at_k = functools.partial(discounted, 2)

# %%
def logged(function):
    @functools.wraps(function)
    def wrapper(*arguments, **keywords):
        print(function.__name__)
        return function(*arguments, **keywords)

    return wrapper


@logged
def evaluate_ranking(recommended, relevant, k):
    users = [user for user in relevant if relevant[user]]
    metrics = {"precision": precision_at_k, "recall": recall_at_k, "ndcg": ndcg_at_k}
    return {
        name: float(np.mean([metric(recommended.get(u, []), relevant[u], k) for u in users]))
        for name, metric in metrics.items()
    }

# %%
class Popular:
    def lists(self, train, seen, n=10):
        best = train["item"].value_counts().index.to_numpy()
        return {user: best[~np.isin(best, list(items))][:n] for user, items in seen.items()}


popularity_recommendations = Popular().lists
